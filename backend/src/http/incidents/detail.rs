//! One incident, with everything that a person who may see it needs.

use super::super::errors::{Error, Query, Refusals, Result};
use super::super::person::Person;
use super::key;
use crate::db::cases::{self, Held};
use crate::db::{colleagues, events, incidents, parties, photos, roster};
use crate::hours::Counted;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use geodata::Time;
use geodata::incident::rights::offers;
use geodata::incident::{Case, Level, Party, Span, spans, up};
use geodata::town::{CategoryGroup, Slug};
use geodata::wire::{ClockFace, EventEntry, IncidentDetail, Link};
use sqlx::PgConnection;

/// Entries of a log in one answer, the newest.
const LOG_LIMIT: i64 = 500;

/// One incident: its description, category, log, photos, clock, where its time went, who answers for it, and what the person
/// who asks may do with it.
#[utoipa::path(get, path = "/api/incidents/{id}", tag = "incidents",
    params(("id" = i64, Path, description = "its key"), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = IncidentDetail), Refusals))]
pub async fn one(
    State(state): State<AppState>,
    Path(id): Path<String>,
    person: Person,
    query: Query,
) -> Result<Json<IncidentDetail>> {
    query.only(&[])?;
    let (id, town, now) = (key(&id)?, person.town.id, state.now());
    let mut tx = state.begin_reading(&person).await?;
    let held = cases::held(&mut tx, town, id).await?.ok_or(Error::NotFound)?;
    let hours = state.counted(&mut tx, &person.town, held.working_time).await?;
    let case = held.case(&mut tx, town, &hours).await?;
    let log = events::log(&mut tx, town, id, LOG_LIMIT).await?;
    let spans = past(&mut tx, &person, &held, &hours, now).await?;
    let told = incidents::told(&mut tx, town, id, held.incident.properties.severity).await?.ok_or(Error::NotFound)?;
    let duties = roster::on_duty(&mut tx, &person.town, now).await?;
    let parties = named(&held, &case, &log, &spans);
    let parties = colleagues::parties(&mut tx, town, &held.place, &parties, &duties).await?;
    let (merged_into, absorbed) = incidents::links(&mut tx, town, id, case.merged_into).await?;
    Ok(Json(IncidentDetail {
        opens_parties: opens_parties(&mut tx, &person, id, told.category.group).await?,
        description: told.description,
        category: told.category,
        clock: clock_face(&case, &hours, now),
        offers: offers(&person.who, &case, &held.place),
        extended: case.extended,
        review_at: case.review_at,
        supervised_until: case.supervised_until,
        photos: photos::of(&mut tx, town, id).await?,
        incident: held.incident,
        log,
        spans,
        parties,
        merged_into,
        absorbed,
    }))
}

/// Whether it is a dispute that the person handles.
async fn opens_parties(db: &mut PgConnection, person: &Person, id: i64, group: CategoryGroup) -> Result<bool> {
    if group != CategoryGroup::Dispute {
        return Ok(false);
    }
    let concern = parties::concern(db, person.town.id, id).await?;
    Ok(concern.is_some_and(|concern| concern.is_handled_by(&person.who)))
}

/// The incident of a number, as people say it on the telephone.
#[utoipa::path(get, path = "/api/incidents/number/{number}", tag = "incidents",
    params(("number" = String, Path, description = "such as 20261123-0007"), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Link), Refusals))]
pub async fn by_number(
    State(state): State<AppState>,
    Path(number): Path<String>,
    person: Person,
    query: Query,
) -> Result<Json<Link>> {
    query.only(&[])?;
    let mut tx = state.begin(&person).await?;
    incidents::by_number(&mut tx, person.town.id, &number).await?.map(Json).ok_or(Error::NotFound)
}

/// A clock as it stands; none once the incident has ended.
fn clock_face(case: &Case, hours: &Counted, now: Time) -> Option<ClockFace> {
    let clock = case.clock.filter(|_| case.standing.state.is_open())?;
    Some(ClockFace {
        turn: case.turn().clone(),
        level: clock.level,
        since: clock.since,
        limit: clock.limit,
        left: clock.left_at(now, hours),
        due: clock.due,
        provisional: clock.running.is_some_and(|from| hours.is_provisional(from, clock.limit - clock.used)),
    })
}

/// Where its time went. A log that today's rules don't allow (an imported one, say) tells none.
async fn past(db: &mut PgConnection, person: &Person, held: &Held, hours: &Counted, now: Time) -> Result<Vec<Span>> {
    let log = events::steps(db, person.town.id, held.incident.id).await?;
    Ok(spans(&log, held.ground, &held.terms, hours, now).unwrap_or_default())
}

/// Every party that the answer names, and those that answer along the chain, each once, the chain first.
fn named(held: &Held, case: &Case, log: &[EventEntry], spans: &[Span]) -> Vec<Party> {
    let mut parties = chain(held.ground.first());
    let spans = spans.iter().flat_map(|span| [&span.turn, &span.owner]);
    let log = log.iter().filter_map(|entry| entry.with.to.as_ref());
    for party in [Some(&case.owner), case.offered.as_ref()].into_iter().flatten().chain(log).chain(spans) {
        if !parties.contains(party) {
            parties.push(party.clone());
        }
    }
    parties
}

/// Who answers from a level upwards.
pub(in crate::http) fn chain(first: Level) -> Vec<Party> {
    std::iter::successors(Some(first), |&level| up(level)).map(Party::at).collect()
}

/// Counted minutes left on a case's clock; none while none runs.
pub(in crate::http) fn left(case: &Case, hours: &Counted, now: Time) -> Option<i64> {
    case.clock.filter(|clock| clock.running.is_some()).map(|clock| clock.left_at(now, hours))
}
