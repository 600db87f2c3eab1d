//! The duty roster: read by everyone in the town, planned by its chiefs, and in each village by its own.

use super::errors::{Body, BodyRefusals, Error, Query, Refusals, Result};
use super::fields::dotted;
use super::idempotency::{KeyHeader, Keyed, keep_answer, kept, replayed};
use super::person::Person;
use crate::db::roster;
use crate::roster::{Fault, Plan, by_day, is_open, part};
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chrono::{Days, NaiveDate};
use geodata::Invalid;
use geodata::roster::{DAYS_MAX, checked, is_of, monday};
use geodata::town::{Slug, VillageCode};
use geodata::wire::{Duty, DutyDay, DutyPlan, NewDuty, OnDuty, Roster, RosterCopied, RosterCopy};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use utoipa_axum::{router::OpenApiRouter, routes};

/// How many days more than today where it is not said.
const WEEK: Days = Days::new(6);

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(days)).routes(routes!(now)).routes(routes!(plan)).routes(routes!(copy))
}

/// Who is on duty, day by day: today and the six days after it, or any 62.
#[utoipa::path(get, path = "/api/roster", tag = "town",
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("from" = Option<NaiveDate>, Query, description = "the first day, of the town's own; today, where it is not given"),
           ("to" = Option<NaiveDate>, Query, description = "the last day; six later, where it is not given")),
    responses((status = OK, body = Roster), Refusals))]
async fn days(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<Roster>> {
    let query = query.only(&["from", "to"])?;
    let date = |field: &'static str| query.get(field).map(|text| day_of(field, text)).transpose();
    let from = date("from")?.unwrap_or_else(|| person.town.day(state.now()));
    let to = date("to")?.or_else(|| from.checked_add_days(WEEK)).unwrap_or(from);
    let count = (to - from).num_days();
    if count < 0 || count.unsigned_abs() >= DAYS_MAX {
        let zh = format!("须不早于 from，且一次最多 {DAYS_MAX} 天");
        return Err(Invalid::new("to", zh, format!("not before `from`, and at most {DAYS_MAX} days at once")).into());
    }
    let mut tx = state.begin(&person).await?;
    let duties = roster::days(&mut tx, person.town.id, from, to).await?;
    Ok(Json(Roster { days: by_day(from, to, duties) }))
}

/// Who is on duty now, by the town's own clock.
#[utoipa::path(get, path = "/api/roster/now", tag = "town",
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = OnDuty), Refusals))]
async fn now(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<OnDuty>> {
    query.only(&[])?;
    let at = state.now();
    let mut tx = state.begin(&person).await?;
    let duties = roster::on_duty(&mut tx, &person.town, at).await?;
    Ok(Json(OnDuty { at, day: at.with_timezone(&person.town.zone).date_naive(), duties }))
}

/// Plans a day: the duties that begin on it, in place of those that did; or a village's part of them. Days from yesterday, whose
/// night may be going on, to a year ahead. Where they are not any more what the person had `seen`, it is 409 with the `day` as it
/// stands.
#[utoipa::path(put, path = "/api/roster/{day}", tag = "town", request_body = DutyPlan,
    params(("day" = NaiveDate, Path, description = "the town's local date"),
           ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = DutyDay), Refusals, BodyRefusals))]
async fn plan(
    State(state): State<AppState>,
    Path(day): Path<String>,
    person: Person,
    query: Query,
    body: Body,
) -> Result<Json<DutyDay>> {
    query.only(&[])?;
    // Who plans nothing learns no rules.
    part(&person, None)?;
    let day = day_of("day", &day)?;
    if !is_open(day, person.town.day(state.now())) {
        return Err(closed("day"));
    }
    let DutyPlan { duties, village, seen } = body.json().map_err(dotted)?;
    let part = part(&person, village)?;
    let duties = checked(duties).map_err(|(at, invalid)| duty_fault(at, invalid))?;
    let duties = duties.into_iter().map(|duty| (day, duty)).collect();
    let plan = Plan { part, days: vec![day], duties, lent: BTreeSet::new(), seen };
    let mut tx = state.begin(&person).await?;
    plan.write(&mut tx, &state, &person).await.map_err(|fault| match fault {
        Fault::Duty(at, invalid) => duty_fault(at, invalid),
        Fault::Other(error) => error,
    })?;
    let duties = roster::days(&mut tx, person.town.id, day, day).await?;
    tx.commit().await?;
    Ok(Json(DutyDay::of(day, duties.into_iter().map(|(_, duty)| duty).collect())))
}

/// Plans a week as another was, all of it or a village's part; its days before yesterday stay as they are. Duties of people whose
/// accounts are closed are left out, and named.
#[utoipa::path(post, path = "/api/roster/copy", tag = "town", request_body = RosterCopy,
    params(("town" = Option<Slug>, Query, description = "short name"),
           KeyHeader),
    responses((status = OK, body = RosterCopied), Refusals, BodyRefusals))]
async fn copy(
    State(state): State<AppState>,
    person: Person,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    query.only(&[])?;
    part(&person, None)?;
    let RosterCopy { from_week, to_week, village } = body.json()?;
    let part = part(&person, village)?;
    let (from, to, today) = (monday(from_week), monday(to_week), person.town.day(state.now()));
    if from == to {
        return Err(Invalid::new("to_week", "须为另一周", "another week than the one to copy").into());
    }
    if to < monday(today) || !is_open(sunday(to), today) {
        return Err(closed("to_week"));
    }
    let keyed = Keyed::of(&headers, "roster/copy", &body)?;
    let mut tx = state.begin_writing(&person).await?;
    if let Some(first) = kept(&mut tx, &person, keyed.as_ref(), state.now()).await? {
        return Ok(replayed(StatusCode::OK, &first));
    }
    let (plan, left_out) = week_like(&mut tx, &person, part, (from, to), today).await?;
    plan.write(&mut tx, &state, &person).await.map_err(|fault| match fault {
        Fault::Duty(_, invalid) => Invalid { field: "to_week", ..invalid }.into(),
        Fault::Other(error) => error,
    })?;
    let duties = roster::days(&mut tx, person.town.id, to, sunday(to)).await?;
    let copied = RosterCopied { days: by_day(to, sunday(to), duties), left_out: left_out.into_iter().collect() };
    keep_answer(&mut tx, &person, keyed.as_ref(), &copied).await?;
    tx.commit().await?;
    Ok(Json(copied).into_response())
}

fn sunday(monday: NaiveDate) -> NaiveDate {
    monday.checked_add_days(WEEK).unwrap_or(monday)
}

/// A plan of one week, as far as it is open, like another; and the names of those who are left out of it.
async fn week_like(
    db: &mut PgConnection,
    person: &Person,
    part: Option<VillageCode>,
    (from, to): (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> Result<(Plan, BTreeSet<String>)> {
    let days: Vec<NaiveDate> = to.iter_days().take(7).filter(|day| is_open(*day, today)).collect();
    let like = roster::days(db, person.town.id, from, sunday(from)).await?;
    let like: Vec<_> = like.into_iter().filter(|(_, duty)| is_of(&duty.place, part.as_ref())).collect();
    let staff: Vec<i32> = like.iter().map(|(_, duty)| duty.staff).collect();
    let members = roster::members(db, person.town.id, &staff).await?;
    let has_left = |duty: &Duty| members.get(&duty.staff).is_none_or(|member| member.left);
    let (left_out, kept): (Vec<_>, Vec<_>) = like.into_iter().partition(|(_, duty)| has_left(duty));
    let left_out = left_out.into_iter().map(|(_, duty)| duty.name).collect();
    let moved = kept.into_iter().map(|(day, duty)| (day + (to - from), as_new(duty)));
    let duties: Vec<_> = moved.filter(|(day, _)| days.contains(day)).collect();
    let lent = duties.iter().map(|(_, duty)| duty.staff).collect();
    Ok((Plan { part, days, duties, lent, seen: None }, left_out))
}

fn as_new(duty: Duty) -> NewDuty {
    NewDuty { staff: duty.staff, shift: duty.shift, place: duty.place, note: duty.note }
}

/// A broken rule of one of the duties in a request.
fn duty_fault(at: usize, invalid: Invalid) -> Error {
    Error::Body { field: format!("duties.{at}.{}", invalid.field), zh: invalid.zh, en: invalid.en }
}

fn closed(field: &'static str) -> Error {
    Invalid::new(field, "只能安排昨天到一年以内的值班", "duties are planned from yesterday to a year ahead").into()
}

fn day_of(field: &'static str, text: &str) -> Result<NaiveDate> {
    let day = text.parse().ok().filter(|day: &NaiveDate| (1900..3000).contains(&chrono::Datelike::year(day)));
    day.ok_or_else(|| Invalid::new(field, "须为日期，如 2026-11-23", "a date, such as 2026-11-23").into())
}
