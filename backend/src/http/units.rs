//! Partner units: read by everyone, kept by the administrator.

use super::errors::{Body, BodyRefusals, Error, Query, Refusals, Result};
use super::idempotency::{KeyHeader, Keyed, first_answer, keep_answer};
use super::person::Person;
use crate::db::audit::{self, Entry};
use crate::db::units;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::line::line;
use geodata::matter::Matter;
use geodata::town::{Name, Slug, UnitCode};
use geodata::wire::{AuditAction, AuditObject, Unit, UnitChange};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Longest name of a unit, in characters.
const NAME_MAX: usize = 80;

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(change))
}

/// The units that incidents can be referred to.
#[utoipa::path(get, path = "/api/units", tag = "people",
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Vec<Unit>), Refusals))]
async fn list(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<Vec<Unit>>> {
    query.only(&[])?;
    let mut tx = state.begin(&person).await?;
    Ok(Json(units::list(&mut tx, person.town.id).await?))
}

/// Makes a unit.
#[utoipa::path(post, path = "/api/units", tag = "people", request_body = Unit,
    params(("town" = Option<Slug>, Query, description = "short name"),
           KeyHeader),
    responses((status = CREATED, body = Unit), Refusals, BodyRefusals))]
async fn make(
    State(state): State<AppState>,
    person: Person,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    query.only(&[])?;
    person.must_keep(Matter::Units)?;
    let Unit { code, name } = body.json()?;
    let unit = Unit { code, name: checked(&name)? };
    let keyed = Keyed::of(&headers, "unit", &body)?;
    let mut tx = state.begin_writing(&person).await?;
    if let Some(first) = first_answer(&mut tx, &person, keyed.as_ref(), state.now()).await? {
        return Ok(first);
    }
    if !units::make(&mut tx, person.town.id, &unit).await? {
        let (zh, en) = ("本镇已有此单位代码", "the town has a unit of this code");
        return Err(Invalid::new("code", zh, en).into());
    }
    let entry = Entry::of(AuditAction::AddUnit.word()).to(AuditObject::Unit.word(), &unit.code);
    audit::write(&mut tx, person.by(), state.now(), &entry.with(json!({ "name": unit.name.zh }))).await?;
    keep_answer(&mut tx, &person, keyed.as_ref(), &unit).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(unit)).into_response())
}

/// Gives a unit another name; its code stays.
#[utoipa::path(patch, path = "/api/units/{code}", tag = "people", request_body = UnitChange,
    params(("code" = String, Path, description = "its code"), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Unit), Refusals, BodyRefusals))]
async fn change(
    State(state): State<AppState>,
    person: Person,
    Path(code): Path<String>,
    query: Query,
    body: Body,
) -> Result<Json<Unit>> {
    query.only(&[])?;
    person.must_keep(Matter::Units)?;
    let code: UnitCode = code.parse().map_err(|_| Error::NotFound)?;
    let name = checked(&body.json::<UnitChange>()?.name)?;
    let mut tx = state.begin(&person).await?;
    if !units::rename(&mut tx, person.town.id, &code, &name).await? {
        return Err(Error::NotFound);
    }
    let entry = Entry::of(AuditAction::ChangeUnit.word()).to(AuditObject::Unit.word(), &code);
    audit::write(&mut tx, person.by(), state.now(), &entry.with(json!({ "name": name.zh }))).await?;
    tx.commit().await?;
    Ok(Json(Unit { code, name }))
}

fn checked(name: &Name) -> Result<Name> {
    let of = |text: &str| line("name", text, 1, NAME_MAX);
    Ok(Name { zh: of(&name.zh)?, en: of(&name.en)? })
}
