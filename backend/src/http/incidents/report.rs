//! Reporting an incident.

use super::super::errors::{Body, BodyRefusals, Error, OftenRefusals, Refusals, Result};
use super::super::idempotency::{KeyHeader, Keyed, first_answer, keep_answer};
use super::super::person::Person;
use crate::db::cases;
use crate::db::events::{self, NewEvent};
use crate::db::incidents::{self, Report};
use crate::db::steps::Told;
use crate::state::AppState;
use crate::tally;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use geodata::access::staff_party;
use geodata::incident::rights::RIGHTS;
use geodata::incident::{Action, Case, Ground, NOTE_MAX, Step, TITLE_MAX, is_before_records, text};
use geodata::town::{Role, Slug};
use geodata::wire::{IncidentFeature, NewIncident};
use geodata::{Invalid, Time};
use sqlx::PgConnection;

/// How far a reporter's clock may be ahead of ours.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// Reports an incident. Number, time, village, grid and who answers for it are found, never asked for.
#[utoipa::path(post, path = "/api/incidents", tag = "incidents", request_body = NewIncident,
    params(("town" = Option<Slug>, Query, description = "short name"),
           KeyHeader),
    responses((status = CREATED, body = IncidentFeature), Refusals, BodyRefusals, OftenRefusals))]
pub async fn report(State(state): State<AppState>, person: Person, headers: HeaderMap, body: Body) -> Result<Response> {
    if !may_report(person.who.role) {
        return Err(Error::NotYours(Action::Report));
    }
    state.count_writes(&person, 1)?;
    let new = checked(body.json()?, state.now())?;
    let keyed = Keyed::of(&headers, "report", &body)?;
    let mut tx = state.begin_writing(&person).await?;
    if let Some(first) = first_answer(&mut tx, &person, keyed.as_ref(), state.now()).await? {
        return Ok(first);
    }
    let id = write(&mut tx, &state, &person, &new).await?;
    let incident = incidents::one(&mut tx, person.town.id, id).await?.ok_or(Error::NotFound)?;
    keep_answer(&mut tx, &person, keyed.as_ref(), &incident).await?;
    tx.commit().await?;
    tally::step(Action::Report);
    Ok((StatusCode::CREATED, Json(incident)).into_response())
}

/// Writes a report and its first event; answers its key.
async fn write(db: &mut PgConnection, state: &AppState, person: &Person, new: &NewIncident) -> Result<i64> {
    let (town, now) = (person.town.id, state.now());
    let at = new.reported_at.unwrap_or(now);
    let category = cases::category_in_force(db, town, new.category.as_str(), new.severity, at).await?;
    let (category_version, terms, working_time) = category.ok_or_else(unknown_category)?;
    let hours = state.counted(db, &person.town, working_time).await?;
    let (place, _) = cases::whereabouts(db, town, (new.position.lon(), new.position.lat()), at).await?;
    let ground = Ground { village: place.village.is_some(), grid: place.grid.is_some() };
    let step = Step::plain(Action::Report, at, Some(person.who.staff));
    let case = Case::after(None, &step, ground, &terms, &hours)?;
    let act_at = case.next_alarm(&terms, &hours).map(|(at, _)| at);
    let numbers = events::next_numbers(db, town, person.town.day(now)).await?;
    let reporter = person.who.staff;
    let report = Report { new, category_version, case: &case, act_at, at, reporter };
    incidents::report(db, town, &numbers, &report).await?;
    // Wherever it lies, who brought it goes on seeing it.
    cases::involve(db, town, numbers.incident, &staff_party(reporter)).await?;
    let told = Told {
        step,
        role: person.who.role.word(),
        actor: Some(&person.name),
        note: None,
        recorded_at: now,
        simulated: new.simulated,
    };
    let event = NewEvent { seq: numbers.seq, incident: numbers.incident, told: &told, to: case.standing };
    events::append(db, town, &event).await?;
    Ok(numbers.incident)
}

/// By the table of rights.
fn may_report(role: Role) -> bool {
    RIGHTS.iter().any(|right| right.action == Action::Report && right.roles.contains(&role))
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
