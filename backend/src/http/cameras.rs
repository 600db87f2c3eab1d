//! What people know of a camera: what stands in its way is marked and taken back, and its picture is checked, by the town's
//! chiefs, and in each village by its own.

use super::errors::{Body, BodyRefusals, Error, OftenRefusals, Query, Refusals, Result};
use super::idempotency::{KeyHeader, Keyed, first_answer, keep_answer};
use super::person::Person;
use crate::db::audit::{self, Entry};
use crate::db::cameras;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use geodata::line::line;
use geodata::matter::Matter;
use geodata::town::Slug;
use geodata::wire::{
    AuditAction, AuditObject, CameraCheck, CameraMarks, NewCheck, NewObstruction, OBSTRUCTIONS_MAX, ObstructionMark,
};
use serde_json::json;
use sqlx::PgConnection;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// Longest note, in characters.
const NOTE_MAX: usize = 200;

/// The routes of this resource; cameras' facts are the town's.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(marks, mark)).routes(routes!(unmark)).routes(routes!(check))
}

/// What stands in a camera's way, who marked it and when, and the last check of its picture.
#[utoipa::path(get, path = "/api/cameras/{code}/obstructions", tag = "town",
    params(("code" = String, Path, description = "the camera's number in the town"),
           ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = CameraMarks), Refusals))]
async fn marks(
    State(state): State<AppState>,
    Path(code): Path<String>,
    person: Person,
    query: Query,
) -> Result<Json<CameraMarks>> {
    query.only(&[])?;
    let town = person.town.id;
    let mut tx = state.begin_reading(&person).await?;
    let marks = cameras::may_mark(&mut tx, town, &code).await?.ok_or(Error::NotFound)?;
    let obstructions = cameras::obstructions(&mut tx, town, &[&code]).await?.remove(&code).unwrap_or_default();
    let check = cameras::last_check(&mut tx, town, &code).await?;
    Ok(Json(CameraMarks { obstructions, check, marks }))
}

/// Marks a sector of a camera's field of view in which something stands in the way: what lies there it does not see.
#[utoipa::path(post, path = "/api/cameras/{code}/obstructions", tag = "town", request_body = NewObstruction,
    params(("code" = String, Path, description = "the camera's number in the town"),
           ("town" = Option<Slug>, Query, description = "short name"), KeyHeader),
    responses((status = CREATED, body = ObstructionMark), Refusals, BodyRefusals, OftenRefusals))]
async fn mark(
    State(state): State<AppState>,
    Path(code): Path<String>,
    person: Person,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    query.only(&[])?;
    may_at_all(&person)?;
    state.count_writes(&person, 1)?;
    let mut new: NewObstruction = body.json()?;
    new.shape()?;
    new.note = line("note", &new.note, 1, NOTE_MAX)?;
    let keyed = Keyed::of(&headers, &format!("obstruction {code}"), &body)?;
    let (town, now, id) = (person.town.id, state.now(), Uuid::new_v4());
    let mut tx = state.begin_writing(&person).await?;
    may(&mut tx, &person, &code).await?;
    if let Some(first) = first_answer(&mut tx, &person, keyed.as_ref(), now).await? {
        return Ok(first);
    }
    if !cameras::mark(&mut tx, town, &code, (id, &new), (person.who.staff, now)).await? {
        let zh = format!("一个摄像头最多标注 {OBSTRUCTIONS_MAX} 处遮挡");
        let en = format!("a camera has at most {OBSTRUCTIONS_MAX} obstructions marked");
        return Err(Error::Conflict { zh, en });
    }
    let entry = Entry::of(AuditAction::MarkObstruction.word()).to(AuditObject::Camera.word(), &code).because(&new.note);
    let details = json!({ "sector": sector(new.from_deg, new.to_deg, new.beyond_m) });
    audit::write(&mut tx, person.by(), now, &entry.with(details)).await?;
    let marked = ObstructionMark {
        id: id.to_string(),
        from_deg: new.from_deg,
        to_deg: new.to_deg,
        beyond_m: new.beyond_m,
        note: new.note,
        marked_by: person.name.clone(),
        role: person.who.role,
        marked_at: now,
    };
    keep_answer(&mut tx, &person, keyed.as_ref(), &marked).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(marked)).into_response())
}

/// Takes the mark of an obstruction away: it is gone, or was none.
#[utoipa::path(delete, path = "/api/cameras/{code}/obstructions/{id}", tag = "town",
    params(("code" = String, Path, description = "the camera's number in the town"),
           ("id" = String, Path, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description = "the mark's key, a UUID"),
           ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = NO_CONTENT), Refusals, OftenRefusals))]
async fn unmark(
    State(state): State<AppState>,
    Path((code, id)): Path<(String, String)>,
    person: Person,
    query: Query,
) -> Result<StatusCode> {
    query.only(&[])?;
    may_at_all(&person)?;
    state.count_writes(&person, 1)?;
    let town = person.town.id;
    let mut tx = state.begin_writing(&person).await?;
    may(&mut tx, &person, &code).await?;
    let marks = cameras::obstructions(&mut tx, town, &[&code]).await?.remove(&code).unwrap_or_default();
    // What is no key is the key of nothing.
    let key: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let gone = marks.iter().find(|mark| mark.id == key.to_string()).ok_or(Error::NotFound)?;
    if !cameras::unmark(&mut tx, town, &code, key).await? {
        return Err(Error::NotFound);
    }
    let entry = Entry::of(AuditAction::UnmarkObstruction.word()).to(AuditObject::Camera.word(), &code);
    let details = json!({ "sector": sector(gone.from_deg, gone.to_deg, gone.beyond_m), "note": gone.note });
    audit::write(&mut tx, person.by(), state.now(), &entry.with(details)).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Writes down what somebody found who looked at a camera's picture.
#[utoipa::path(post, path = "/api/cameras/{code}/checks", tag = "town", request_body = NewCheck,
    params(("code" = String, Path, description = "the camera's number in the town"),
           ("town" = Option<Slug>, Query, description = "short name"), KeyHeader),
    responses((status = CREATED, body = CameraCheck), Refusals, BodyRefusals, OftenRefusals))]
async fn check(
    State(state): State<AppState>,
    Path(code): Path<String>,
    person: Person,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    query.only(&[])?;
    may_at_all(&person)?;
    state.count_writes(&person, 1)?;
    let mut new: NewCheck = body.json()?;
    new.note = new.note.map(|note| line("note", &note, 1, NOTE_MAX)).transpose()?;
    let keyed = Keyed::of(&headers, &format!("check {code}"), &body)?;
    let (town, now) = (person.town.id, state.now());
    let mut tx = state.begin_writing(&person).await?;
    may(&mut tx, &person, &code).await?;
    if let Some(first) = first_answer(&mut tx, &person, keyed.as_ref(), now).await? {
        return Ok(first);
    }
    cameras::check(&mut tx, town, &code, &new, (person.who.staff, now)).await?;
    let entry = Entry::of(AuditAction::CheckCamera.word()).to(AuditObject::Camera.word(), &code);
    let entry = Entry { reason: new.note.as_deref(), ..entry.with(json!({ "verdict": new.verdict })) };
    audit::write(&mut tx, person.by(), now, &entry).await?;
    let (checked_by, role) = (person.name.clone(), person.who.role);
    let checked = CameraCheck { verdict: new.verdict, note: new.note, checked_by, role, checked_at: now };
    keep_answer(&mut tx, &person, keyed.as_ref(), &checked).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(checked)).into_response())
}

/// Refuses who marks no camera anywhere, before they learn any rules.
fn may_at_all(person: &Person) -> Result<()> {
    let role = person.who.role;
    if role.keeps(Matter::Cameras) || role.keeps_own(Matter::Cameras) { Ok(()) } else { Err(Error::Denied) }
}

/// Refuses who does not mark this camera.
async fn may(db: &mut PgConnection, person: &Person, code: &str) -> Result<()> {
    match cameras::may_mark(db, person.town.id, code).await? {
        Some(true) => Ok(()),
        Some(false) => Err(Error::Denied),
        None => Err(Error::NotFound),
    }
}

/// A sector as the audit log tells it.
fn sector(from_deg: f64, to_deg: f64, beyond_m: Option<f64>) -> String {
    let beyond = beyond_m.map(|metres| format!(" ≥ {metres} m")).unwrap_or_default();
    format!("{from_deg}°–{to_deg}°{beyond}")
}
