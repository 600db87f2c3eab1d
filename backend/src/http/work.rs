//! My work: what waits for the person who asks, the most urgent first.

use super::errors::{Query, Refusals, Result};
use super::incidents::detail::left;
use super::person::Person;
use crate::db::cases::Held;
use crate::db::{events, work};
use crate::hours::Counted;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use geodata::Time;
use geodata::incident::rights::{Hand, Offer, offers, stands};
use geodata::incident::{Action, Case, State as Stage, urgency};
use geodata::town::{Role, Slug};
use geodata::wire::{Why, Work, WorkItem};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The most items in an answer.
const LIMIT: usize = 200;
/// The most closed ones among them.
const CLOSED: i64 = 200;
/// The most open incidents that are looked through for them.
const CANDIDATES: i64 = 2_000;

/// The route of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(work))
}

/// What waits for the person who asks: it is their move, or theirs to check, close, verify, supervise or file away. The most urgent
/// first: the gravest, then what is late, then what has the least time left.
#[utoipa::path(get, path = "/api/work", tag = "incidents", params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Work), Refusals))]
async fn work(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<Work>> {
    query.only(&[])?;
    let (town, now) = (person.town.id, state.now());
    let mut tx = state.begin_reading(&person).await?;
    let seq = events::last_seq(&mut tx, town).await?;
    let mut found = work::candidates(&mut tx, town, &person.who, now, CANDIDATES + 1).await?;
    let cut = found.len() > usize::try_from(CANDIDATES).unwrap_or(usize::MAX);
    found.extend(work::closed(&mut tx, town, &person.who, CLOSED + 1).await?);
    let (mut items, mut answering) = (Vec::new(), Vec::new());
    let working = state.counted(&mut tx, &person.town, true).await?;
    for held in found {
        let hours = if held.working_time { &working } else { &Counted::Always };
        let case = held.case(&mut tx, town, hours).await?;
        match waits(&person, &held, &case, hours, now) {
            Some(item) => items.push(item),
            None if stands(&person.who, Hand::Owner, &case, &held.place) => answering.push(held.incident),
            None => {}
        }
    }
    items.sort_by_key(|item: &WorkItem| (urgency(&item.incident.properties, now) >> 48, item.left.unwrap_or(i64::MAX)));
    let truncated = cut || items.len() > LIMIT;
    items.truncate(LIMIT);
    answering.truncate(LIMIT);
    Ok(Json(Work { items, answering, truncated, seq, now }))
}

/// Why an incident waits for a person, and what they may do with it; none where it does not.
fn waits(person: &Person, held: &Held, case: &Case, hours: &Counted, now: Time) -> Option<WorkItem> {
    let offers = offers(&person.who, case, &held.place);
    let why = reason(person, held, case, &offers, now)?;
    Some(WorkItem { why, left: left(case, hours, now), offers, incident: held.incident.clone() })
}

fn reason(person: &Person, held: &Held, case: &Case, offers: &[Offer], now: Time) -> Option<Why> {
    let may = |action| offers.iter().any(|offer| offer.action == action);
    let officer = person.who.role == Role::InformationOfficer;
    if may(Action::Acknowledge) {
        return Some(Why::Alert);
    }
    if may(Action::Check) {
        return Some(Why::Check);
    }
    if may(Action::Close) {
        return Some(Why::Close);
    }
    // Whose own work waits for somebody else's eyes has nothing to do with it now.
    let own = case.handlers.contains(&person.who.staff) && !may(Action::ReportBack) && !may(Action::Start);
    if !own && !offers.is_empty() && stands(&person.who, Hand::Turn, case, &held.place) {
        return Some(Why::Turn);
    }
    if officer && may(Action::Verify) {
        return Some(Why::Verify);
    }
    if case.standing.state == Stage::Closed {
        return may(Action::Archive).then_some(Why::Archive);
    }
    if !person.who.role.supervises() || !may(Action::Supervise) {
        return None;
    }
    let over = case.supervised_until.is_some_and(|until| until < now);
    let late = held.incident.properties.is_late(now).then_some(Why::Late);
    if over { Some(Why::Supervised) } else { late }
}
