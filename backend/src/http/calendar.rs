//! The town's calendar and working hours: everyone reads them, the administrator changes them.

use super::errors::{Body, BodyRefusals, Query, Refusals, Result};
use super::person::Person;
use crate::db::audit::{self, Entry};
use crate::db::{calendar, scope};
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use chrono::{Datelike as _, NaiveDate};
use geodata::Invalid;
use geodata::incident::text;
use geodata::matter::Matter;
use geodata::town::{Name, Slug};
use geodata::wire::{CalendarYear, DayChange, HoursInForce};
use geodata::worktime::{Day, EDITABLE, Statute, Year};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Longest name of a day, in characters.
const NAME_MAX: usize = 40;
/// Most sets of working hours, past ones and planned ones together.
const HOURS_MAX: usize = 400;

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(year))
        .routes(routes!(set_day))
        .routes(routes!(confirm))
        .routes(routes!(reset))
        .routes(routes!(hours, set_hours))
}

/// A year, day by day: what is worked, what is a holiday, and whether that may still change.
#[utoipa::path(get, path = "/api/calendar/{year}", tag = "town",
    params(("year" = i32, Path, minimum = 2000, maximum = 2100), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = CalendarYear), Refusals))]
async fn year(
    State(state): State<AppState>,
    Path(year): Path<String>,
    person: Person,
    query: Query,
) -> Result<Json<CalendarYear>> {
    query.only(&[])?;
    let year = number(&year)?;
    let mut tx = state.begin(&person).await?;
    let calendar = state.calendars.of(&mut tx, person.town.id).await?;
    Ok(Json(CalendarYear::of(&calendar, year)))
}

/// Makes a day a workday, a holiday, a make-up workday or a day of the weekend. Limits of open incidents follow.
#[utoipa::path(put, path = "/api/calendar/{year}/{date}", tag = "town", request_body = DayChange,
    params(("year" = i32, Path, minimum = 2000, maximum = 2100), ("date" = NaiveDate, Path, description = "a date of that year"),
           ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = CalendarYear), Refusals, BodyRefusals))]
async fn set_day(
    State(state): State<AppState>,
    Path((year, date)): Path<(String, String)>,
    person: Person,
    query: Query,
    body: Body,
) -> Result<Json<CalendarYear>> {
    query.only(&[])?;
    person.must_keep(Matter::Calendar)?;
    let year = number(&year)?;
    let date = date_of(year, &date)?;
    let asked: DayChange = body.json()?;
    let day = Day { kind: asked.kind.on(date)?, name: asked.name.as_ref().map(named).transpose()? };
    let details = |before: &Year| json!({ "from": before.day(date).kind.word(), "to": day.kind.word() });
    change(&state, &person, year, &date.to_string(), details, |y, statute| y.with(date, day.clone(), statute)).await
}

/// Takes a provisional year as final: it is as it was announced.
#[utoipa::path(post, path = "/api/calendar/{year}/confirm", tag = "town",
    params(("year" = i32, Path, minimum = 2000, maximum = 2100), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = CalendarYear), Refusals))]
async fn confirm(
    State(state): State<AppState>,
    Path(year): Path<String>,
    person: Person,
    query: Query,
) -> Result<Json<CalendarYear>> {
    query.only(&[])?;
    person.must_keep(Matter::Calendar)?;
    let year = number(&year)?;
    change(&state, &person, year, &year.to_string(), |_| json!({ "to": "confirmed" }), |y, _| y.confirmed()).await
}

/// Undoes all edits to a year: it is again as it comes with the program.
#[utoipa::path(post, path = "/api/calendar/{year}/reset", tag = "town",
    params(("year" = i32, Path, minimum = 2000, maximum = 2100), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = CalendarYear), Refusals))]
async fn reset(
    State(state): State<AppState>,
    Path(year): Path<String>,
    person: Person,
    query: Query,
) -> Result<Json<CalendarYear>> {
    query.only(&[])?;
    person.must_keep(Matter::Calendar)?;
    let year = number(&year)?;
    change(&state, &person, year, &year.to_string(), |_| json!({ "to": "reset" }), |_, statute| statute.year(year))
        .await
}

/// Working hours, each set with the day from which it holds; the last one begun is in force.
#[utoipa::path(get, path = "/api/hours", tag = "town", params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Vec<HoursInForce>), Refusals))]
async fn hours(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<Vec<HoursInForce>>> {
    query.only(&[])?;
    let mut tx = state.begin(&person).await?;
    let set = calendar::hours(&mut tx, person.town.id).await?;
    // As long as nobody has set any, the usual ones hold.
    Ok(Json(if set.is_empty() { vec![HoursInForce::usual()] } else { set }))
}

/// Sets the working hours from today or a later day on. Limits of open incidents follow.
#[utoipa::path(put, path = "/api/hours", tag = "town", request_body = HoursInForce,
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Vec<HoursInForce>), Refusals, BodyRefusals))]
async fn set_hours(
    State(state): State<AppState>,
    person: Person,
    query: Query,
    body: Body,
) -> Result<Json<Vec<HoursInForce>>> {
    query.only(&[])?;
    person.must_keep(Matter::Calendar)?;
    let asked: HoursInForce = body.json()?;
    let asked = HoursInForce { from: asked.from, hours: asked.hours.checked()? };
    if asked.from < person.town.day(state.now()) || !EDITABLE.contains(&asked.from.year()) {
        return Err(Invalid::new(
            "from",
            "工作时间只能从今天或以后的日期起修改",
            "hours change from today or a later day on",
        )
        .into());
    }
    let (town, now) = (person.town.id, state.now());
    let mut tx = state.begin(&person).await?;
    if calendar::set_hours(&mut tx, town, &asked, now).await? {
        let details = json!({ "from": asked.from, "to": asked.hours.to_string() });
        let entry = Entry::of("change_hours").to("calendar", asked.from).with(details);
        audit::write(&mut tx, person.by(), now, &entry).await?;
        scope::go_on_as_system(&mut tx).await?;
        calendar::after_calendar_change(&mut tx, town, now).await?;
    }
    let set = calendar::hours(&mut tx, town).await?;
    if set.len() > HOURS_MAX {
        return Err(Invalid::new("from", "工作时间的记录过多", "there are too many sets of hours").into());
    }
    tx.commit().await?;
    Ok(Json(set))
}

/// Changes a year, writes that down, and lets the limits follow; answers the year as it is then.
async fn change(
    state: &AppState,
    person: &Person,
    year: i32,
    key: &str,
    details: impl FnOnce(&Year) -> serde_json::Value,
    to: impl FnOnce(&Year, Statute) -> Year,
) -> Result<Json<CalendarYear>> {
    let (town, now) = (person.town.id, state.now());
    let mut told = serde_json::Value::Null;
    let mut tx = state.begin(person).await?;
    let changed = calendar::change(&mut tx, town, year, now, |before, statute| {
        told = details(before);
        to(before, statute)
    });
    if changed.await? {
        let entry = Entry::of("change_calendar").to("calendar", key).with(told);
        audit::write(&mut tx, person.by(), now, &entry).await?;
        scope::go_on_as_system(&mut tx).await?;
        calendar::after_calendar_change(&mut tx, town, now).await?;
    }
    let calendar = calendar::load(&mut tx, town).await?;
    tx.commit().await?;
    Ok(Json(CalendarYear::of(&calendar, year)))
}

fn number(text: &str) -> Result<i32> {
    text.parse().ok().filter(|year| EDITABLE.contains(year)).ok_or_else(|| {
        let (first, last) = (EDITABLE.start(), EDITABLE.end());
        Invalid::new("year", format!("年份须在 {first} 到 {last} 之间"), format!("a year from {first} to {last}"))
            .into()
    })
}

fn date_of(year: i32, text: &str) -> Result<NaiveDate> {
    text.parse().ok().filter(|date: &NaiveDate| date.year() == year).ok_or_else(|| {
        Invalid::new(
            "date",
            format!("须为 {year} 年的日期，如 {year}-05-01"),
            format!("a date of {year}, such as {year}-05-01"),
        )
        .into()
    })
}

/// A name that an administrator typed; one that lacks English is called the same in both languages.
fn named(name: &Name) -> Result<Name> {
    let zh = text("name", &name.zh, NAME_MAX)?;
    let en = if name.en.trim().is_empty() { zh.clone() } else { text("name", &name.en, NAME_MAX)? };
    Ok(Name { zh, en })
}
