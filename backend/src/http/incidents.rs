//! Incidents: the list, one with its log, a report, a step.

pub(super) mod idempotency;

use super::errors::{Body, BodyRefusals, Error, Query, Refusals, Result};
use super::person::Person;
use crate::db::events::{self, NewEvent};
use crate::db::incidents::{self, Report};
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use geodata::access::{Scope, staff_party};
use geodata::filter::IncidentFilter;
use geodata::incident::{Action, NOTE_MAX, Progress, TITLE_MAX, is_before_records, text};
use geodata::town::{GridCode, Slug, VillageCode};
use geodata::wire::{Act, IncidentDetail, IncidentFeature, IncidentPage, NewIncident, PAGE_LIMIT};
use geodata::{Invalid, Time};
use idempotency::{Keyed, first_answer, keep_answer};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Page length where none is asked for.
const PAGE: u32 = 500;
/// Entries of a log in one answer, the newest.
const LOG_LIMIT: i64 = 500;
/// How far a reporter's clock may be ahead of ours.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// How long a write waits for the town's lock.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '5s'";

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, report)).routes(routes!(one)).routes(routes!(act))
}

/// Incidents by filter, newest first, a page at a time.
#[utoipa::path(get, path = "/api/incidents", tag = "incidents",
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("bbox" = Option<String>, Query, description = "west,south,east,north in degrees; west > east crosses the antimeridian"),
           ("state" = Option<String>, Query, description = "`open`, or states separated by commas"),
           ("category" = Option<String>, Query, description = "codes or groups separated by commas"),
           ("severity" = Option<String>, Query, description = "1 to 4, separated by commas"),
           ("village" = Option<VillageCode>, Query, description = "12-digit code"),
           ("grid" = Option<GridCode>, Query, description = "15-digit code"),
           ("from" = Option<String>, Query, description = "reported at or after, RFC 3339"),
           ("to" = Option<String>, Query, description = "reported before, RFC 3339"),
           ("limit" = Option<u32>, Query, minimum = 1, maximum = 5000, description = "500 where it is not given"),
           ("after" = Option<String>, Query, description = "the `next` of the page before")),
    responses((status = OK, body = IncidentPage), Refusals))]
async fn list(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<IncidentPage>> {
    let mut known = IncidentFilter::PARAMETERS.to_vec();
    known.extend(["limit", "after"]);
    let query = query.only(&known)?;
    let filter = filter(&query)?;
    let limit = query.get("limit").map_or(Ok(PAGE), limit)?;
    let after = query.get("after").map(str::parse).transpose()?;
    let mut tx = state.begin(&person).await?;
    Ok(Json(incidents::page(&mut tx, person.town.id, &filter, after, limit).await?))
}

/// The incident filter among a query's pairs.
pub(super) fn filter(query: &Query) -> Result<IncidentFilter> {
    Ok(IncidentFilter::from_pairs(query.0.iter().map(|(name, value)| (name.as_str(), value.as_str())))?)
}

fn limit(text: &str) -> Result<u32> {
    text.parse().ok().filter(|n| (1..=PAGE_LIMIT).contains(n)).ok_or_else(|| {
        Invalid::new(
            "limit",
            format!("须为 1 到 {PAGE_LIMIT} 的整数"),
            format!("a whole number from 1 to {PAGE_LIMIT}"),
        )
        .into()
    })
}

/// One incident with its description and its log.
#[utoipa::path(get, path = "/api/incidents/{id}", tag = "incidents",
    params(("id" = i64, Path, description = "its key"), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = IncidentDetail), Refusals))]
async fn one(
    State(state): State<AppState>,
    Path(id): Path<String>,
    person: Person,
    query: Query,
) -> Result<Json<IncidentDetail>> {
    query.only(&[])?;
    let id = key(&id)?;
    let (mut tx, town) = (state.begin(&person).await?, person.town.id);
    let (incident, description) = incidents::one(&mut tx, town, id).await?.ok_or(Error::NotFound)?;
    let log = events::log(&mut tx, town, id, LOG_LIMIT).await?;
    Ok(Json(IncidentDetail { incident, description, log }))
}

/// An incident's key from a path.
pub(super) fn key(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Invalid::new("id", "须为整数", "a whole number").into())
}

/// Reports an incident. Number, time, village and grid are found, never asked for.
#[utoipa::path(post, path = "/api/incidents", tag = "incidents", request_body = NewIncident,
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[ -~]+$", description = "1 to 200 ASCII characters; the same key and body get the first answer")),
    responses((status = CREATED, body = IncidentFeature), Refusals, BodyRefusals))]
async fn report(State(state): State<AppState>, person: Person, headers: HeaderMap, body: Body) -> Result<Response> {
    // Who may see no case may bring none.
    if person.who.scope == Scope::Nothing {
        return Err(Error::Denied);
    }
    let new = checked(body.json()?, state.now())?;
    let keyed = Keyed::of(&headers, "report", &body)?;
    let town = &person.town;
    let mut tx = state.begin(&person).await?;
    sqlx::query(LOCK_TIMEOUT).execute(&mut *tx).await?;
    if let Some(first) = first_answer(&mut tx, &person, keyed.as_ref(), state.now()).await? {
        return Ok(first);
    }
    let at = new.reported_at.unwrap_or_else(|| state.now());
    let (category_version, limits) = incidents::category_in_force(&mut tx, town.id, new.category.as_str(), at)
        .await?
        .ok_or_else(unknown_category)?;
    let progress = Progress::after(None, Action::Report, at, &limits)?;
    let numbers = events::next_numbers(&mut tx, town.id, town.day(state.now())).await?;
    incidents::report(&mut tx, town.id, &numbers, &Report { new: &new, category_version, progress, at }).await?;
    // Wherever it lies, who brought it goes on seeing it.
    incidents::involve(&mut tx, town.id, numbers.incident, &staff_party(person.who.staff)).await?;
    let event = NewEvent {
        seq: numbers.seq,
        incident: numbers.incident,
        at,
        recorded_at: state.now(),
        action: Action::Report,
        role: person.who.role,
        actor: &person.name,
        to: progress.standing,
        note: None,
        simulated: new.simulated,
    };
    events::append(&mut tx, town.id, &event).await?;
    let (incident, _) = incidents::one(&mut tx, town.id, numbers.incident).await?.ok_or(Error::NotFound)?;
    keep_answer(&mut tx, &person, keyed.as_ref(), &incident).await?;
    tx.commit().await?;
    metrics::counter!("fangge_events_total", "action" => "report").increment(1);
    Ok((StatusCode::CREATED, Json(incident)).into_response())
}

/// Takes a step with an incident: the next entry of its log, and where it leads.
#[utoipa::path(post, path = "/api/incidents/{id}/events", tag = "incidents", request_body = Act,
    params(("id" = i64, Path, description = "its key"), ("town" = Option<Slug>, Query, description = "short name"),
           ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[ -~]+$", description = "1 to 200 ASCII characters; the same key and body get the first answer")),
    responses((status = CREATED, body = IncidentFeature), Refusals, BodyRefusals))]
async fn act(
    State(state): State<AppState>,
    Path(id): Path<String>,
    person: Person,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let id = self::key(&id)?;
    let mut act: Act = body.json()?;
    act.note = act.note.as_deref().map(|note| text("note", note, NOTE_MAX)).transpose()?;
    let role = person.who.acts_as(act.role)?;
    let keyed = Keyed::of(&headers, &format!("act {id}"), &body)?;
    let (now, town) = (state.now(), &person.town);
    let mut tx = state.begin(&person).await?;
    sqlx::query(LOCK_TIMEOUT).execute(&mut *tx).await?;
    if let Some(first) = first_answer(&mut tx, &person, keyed.as_ref(), now).await? {
        return Ok(first);
    }
    // The town's lock first: what is read after it is what the step is judged by.
    let seq = events::next_seq(&mut tx, town.id).await?;
    let held = incidents::held(&mut tx, town.id, id).await?.ok_or(Error::NotFound)?;
    if act.seen_seq.is_some_and(|seen| seen != held.last_seq) {
        return Err(Error::Conflict {
            zh: "此事件已有新进展，请看过再操作".into(),
            en: "the incident has moved on since you looked; look again".into(),
        });
    }
    let to = Progress::after(Some(&held.progress), act.action, now, &held.limits)?;
    let event = NewEvent {
        seq,
        incident: id,
        at: now,
        recorded_at: now,
        action: act.action,
        role,
        actor: &person.name,
        to: to.standing,
        note: act.note.as_deref(),
        simulated: act.simulated,
    };
    events::append(&mut tx, town.id, &event).await?;
    incidents::advance(&mut tx, town.id, id, seq, &to).await?;
    let (incident, _) = incidents::one(&mut tx, town.id, id).await?.ok_or(Error::NotFound)?;
    keep_answer(&mut tx, &person, keyed.as_ref(), &incident).await?;
    tx.commit().await?;
    metrics::counter!("fangge_events_total", "action" => act.action.word()).increment(1);
    Ok((StatusCode::CREATED, Json(incident)).into_response())
}

/// A report with its words trimmed and its time believed.
fn checked(mut new: NewIncident, now: Time) -> Result<NewIncident> {
    new.title = text("title", &new.title, TITLE_MAX)?;
    new.description = new.description.as_deref().map(|d| text("description", d, NOTE_MAX)).transpose()?;
    if new.reported_at.is_some_and(|at| at > now + CLOCK_TOLERANCE) {
        return Err(Invalid::new("reported_at", "上报时间不能在将来", "a report can't come from the future").into());
    }
    if new.reported_at.is_some_and(is_before_records) {
        let (zh, en) = ("上报时间不能早于 1900 年", "a report can't be from before 1900");
        return Err(Invalid::new("reported_at", zh, en).into());
    }
    Ok(new)
}

fn unknown_category() -> Error {
    Invalid::new("category", "上报时没有此类别", "no such category was in force when it was reported").into()
}
