//! A town's working hours, holidays and make-up workdays.

use super::{cases, towns};
use super::{decode_error, name_or_null, parsed};
use chrono::{DateTime, Datelike as _, NaiveDate, Offset as _, TimeZone as _, Utc};
use chrono_tz::Tz;
use geodata::town::TownId;
use geodata::wire::HoursInForce;
use geodata::worktime::{Day, EDITABLE, Statute, WorkCalendar, Year, Zone};
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The years of which the clocks' changes are looked up; before and after them they stand as at their ends.
const CLOCKS: std::ops::RangeInclusive<i32> = 1970..=2100;

/// Which edition of a town's calendar is in force: its number, and when it was made (a restored backup counts anew).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition(i64, Option<DateTime<Utc>>);

/// The edition in force.
pub async fn edition(db: &mut PgConnection, town: TownId) -> sqlx::Result<Edition> {
    let row = sqlx::query("SELECT version, changed_at FROM calendar WHERE town_id = $1").bind(town.0);
    let row = row.fetch_optional(db).await?;
    row.map_or(Ok(Edition(0, None)), |row| Ok(Edition(row.try_get("version")?, row.try_get("changed_at")?)))
}

/// The town's working time. Years that are not in the database are as the program knows them.
pub async fn load(db: &mut PgConnection, town: TownId) -> sqlx::Result<WorkCalendar> {
    let zone = zone(db, town).await?;
    let hours = hours(db, town).await?.into_iter().map(|h| (h.from, h.hours));
    let years = years(db, town, EDITABLE).await?;
    let offset = |at: DateTime<Utc>| zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc();
    Ok(WorkCalendar::new(Zone::sampled(CLOCKS, offset), hours, Statute::of_zone(zone.name()), years))
}

/// Whose holidays the town keeps.
pub async fn statute(db: &mut PgConnection, town: TownId) -> sqlx::Result<Statute> {
    Ok(Statute::of_zone(zone(db, town).await?.name()))
}

async fn zone(db: &mut PgConnection, town: TownId) -> sqlx::Result<Tz> {
    parsed(&sqlx::query("SELECT time_zone FROM town WHERE town_id = $1").bind(town.0).fetch_one(db).await?, "time_zone")
}

/// The town's working hours, the earliest first; empty while nobody has set any.
pub async fn hours(db: &mut PgConnection, town: TownId) -> sqlx::Result<Vec<HoursInForce>> {
    let rows = sqlx::query("SELECT valid_from, hours FROM work_hours WHERE town_id = $1 ORDER BY valid_from");
    let rows = rows.bind(town.0).fetch_all(db).await?;
    rows.iter()
        .map(|row| {
            let hours: serde_json::Value = row.try_get("hours")?;
            let hours = serde_json::from_value(hours).map_err(|e| decode_error("hours", e))?;
            Ok(HoursInForce { from: row.try_get("valid_from")?, hours })
        })
        .collect()
}

/// The stored ones of these years.
pub async fn years(
    db: &mut PgConnection,
    town: TownId,
    years: std::ops::RangeInclusive<i32>,
) -> sqlx::Result<Vec<Year>> {
    let sql = "SELECT y.year, y.state, d.day, d.kind, d.name_zh, d.name_en
                 FROM calendar_year y LEFT JOIN calendar_day d ON d.town_id = y.town_id AND d.year = y.year
                WHERE y.town_id = $1 AND y.year BETWEEN $2 AND $3 ORDER BY y.year";
    let rows = sqlx::query(sql).bind(town.0).bind(years.start()).bind(years.end()).fetch_all(db).await?;
    let mut found: Vec<Year> = Vec::new();
    for row in &rows {
        let year: i32 = row.try_get("year")?;
        if found.last().is_none_or(|last| last.year != year) {
            found.push(Year { year, state: parsed(row, "state")?, days: BTreeMap::new() });
        }
        if let (Some(year), Some(date)) = (found.last_mut(), row.try_get::<Option<NaiveDate>, _>("day")?) {
            year.days.insert(date, day(row)?);
        }
    }
    Ok(found)
}

fn day(row: &PgRow) -> sqlx::Result<Day> {
    Ok(Day { kind: parsed(row, "kind")?, name: name_or_null(row)? })
}

/// Changes a year, under the town's lock; whether anything is different now.
pub async fn change(
    db: &mut PgConnection,
    town: TownId,
    year: i32,
    now: DateTime<Utc>,
    to: impl FnOnce(&Year, Statute) -> Year,
) -> sqlx::Result<bool> {
    towns::lock(db, town).await?;
    let statute = statute(db, town).await?;
    let before = years(db, town, year..=year).await?.pop().unwrap_or_else(|| statute.year(year));
    let after = to(&before, statute);
    if after == before {
        return Ok(false);
    }
    store(db, town, &[after]).await?;
    new_edition(db, town, now).await?;
    Ok(true)
}

/// Sets the hours from a local date on, under the town's lock; whether anything is different now.
pub async fn set_hours(
    db: &mut PgConnection,
    town: TownId,
    hours: &HoursInForce,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    towns::lock(db, town).await?;
    usual_hours(db, town).await?;
    let sql = "INSERT INTO work_hours (town_id, valid_from, hours) VALUES ($1, $2, $3)
               ON CONFLICT (town_id, valid_from) DO UPDATE SET hours = excluded.hours
                WHERE work_hours.hours IS DISTINCT FROM excluded.hours";
    let done = sqlx::query(sql).bind(town.0).bind(hours.from).bind(written(hours)?).execute(&mut *db).await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    new_edition(db, town, now).await?;
    Ok(true)
}

/// Writes the usual hours and the years about `now` into a town that has none yet. No new edition: they are as everyone
/// reckoned them until now.
pub async fn seed(db: &mut PgConnection, town: TownId, now: DateTime<Utc>) -> sqlx::Result<()> {
    usual_hours(db, town).await?;
    let statute = statute(db, town).await?;
    let known: Vec<i32> = years(db, town, EDITABLE).await?.iter().map(|y| y.year).collect();
    let about = now.year() - 2..=now.year() + 2;
    let missing = about.filter(|y| EDITABLE.contains(y) && !known.contains(y)).map(|y| statute.year(y));
    store(db, town, &missing.collect::<Vec<_>>()).await
}

/// Writes the usual hours down where none are: others that begin later leave the time before them as it was.
async fn usual_hours(db: &mut PgConnection, town: TownId) -> sqlx::Result<()> {
    let usual = HoursInForce::usual();
    let sql = "INSERT INTO work_hours (town_id, valid_from, hours)
               SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM work_hours WHERE town_id = $1)";
    sqlx::query(sql).bind(town.0).bind(usual.from).bind(written(&usual)?).execute(db).await?;
    Ok(())
}

fn written(hours: &HoursInForce) -> sqlx::Result<serde_json::Value> {
    serde_json::to_value(&hours.hours).map_err(|e| decode_error("hours", e))
}

/// Adds the years that have come near, and the announcements that this version of the program brings. Whether limits must
/// be reckoned anew.
pub async fn keep_up(db: &mut PgConnection, town: TownId, now: DateTime<Utc>) -> sqlx::Result<bool> {
    if is_kept_up(db, town, now).await? {
        return Ok(false);
    }
    towns::lock(db, town).await?;
    seed(db, town, now).await?;
    let statute = statute(db, town).await?;
    let stored = years(db, town, EDITABLE).await?;
    let announced: Vec<Year> = stored.iter().filter_map(|year| year.caught_up(statute)).collect();
    if announced.is_empty() {
        return Ok(false);
    }
    store(db, town, &announced).await?;
    new_edition(db, town, now).await?;
    Ok(true)
}

/// Whether [`keep_up`] would find nothing to do: asked each hour for every town, without its lock.
async fn is_kept_up(db: &mut PgConnection, town: TownId, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "SELECT year, state FROM calendar_year WHERE town_id = $1";
    let rows = sqlx::query(sql).bind(town.0).fetch_all(&mut *db).await?;
    let mut known = BTreeMap::new();
    for row in &rows {
        known.insert(row.try_get::<i32, _>("year")?, row.try_get::<String, _>("state")? == "provisional");
    }
    let announced = statute(db, town).await?.announced_years();
    let waits =
        known.iter().any(|(year, &provisional)| provisional && announced.as_ref().is_some_and(|a| a.contains(year)));
    let near = (now.year() - 2..=now.year() + 2).filter(|year| EDITABLE.contains(year));
    Ok(!waits && near.clone().all(|year| known.contains_key(&year)))
}

/// Writes years as they are, in place of what was stored of them.
async fn store(db: &mut PgConnection, town: TownId, years: &[Year]) -> sqlx::Result<()> {
    if years.is_empty() {
        return Ok(());
    }
    let numbers: Vec<i32> = years.iter().map(|y| y.year).collect();
    let states: Vec<&str> = years.iter().map(|y| y.state.word()).collect();
    let sql = "INSERT INTO calendar_year (town_id, year, state)
               SELECT $1, y.year, y.state FROM unnest($2::integer[], $3::text[]) AS y (year, state)
               ON CONFLICT (town_id, year) DO UPDATE SET state = excluded.state";
    sqlx::query(sql).bind(town.0).bind(&numbers).bind(states).execute(&mut *db).await?;
    let sql = "DELETE FROM calendar_day WHERE town_id = $1 AND year = ANY ($2)";
    sqlx::query(sql).bind(town.0).bind(&numbers).execute(&mut *db).await?;
    let days: Vec<(&NaiveDate, &Day)> = years.iter().flat_map(|y| &y.days).collect();
    let sql = "INSERT INTO calendar_day (town_id, year, day, kind, name_zh, name_en)
               SELECT $1, extract(year FROM d.day), d.day, d.kind, d.zh, d.en
                 FROM unnest($2::date[], $3::text[], $4::text[], $5::text[]) AS d (day, kind, zh, en)";
    sqlx::query(sql)
        .bind(town.0)
        .bind(days.iter().map(|(date, _)| **date).collect::<Vec<_>>())
        .bind(days.iter().map(|(_, day)| day.kind.word()).collect::<Vec<_>>())
        .bind(days.iter().map(|(_, day)| day.name.as_ref().map(|n| n.zh.as_str())).collect::<Vec<_>>())
        .bind(days.iter().map(|(_, day)| day.name.as_ref().map(|n| n.en.as_str())).collect::<Vec<_>>())
        .execute(db)
        .await?;
    Ok(())
}

async fn new_edition(db: &mut PgConnection, town: TownId, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "INSERT INTO calendar (town_id, version, changed_at) VALUES ($1, 1, $2)
               ON CONFLICT (town_id) DO UPDATE SET version = calendar.version + 1, changed_at = excluded.changed_at";
    sqlx::query(sql).bind(town.0).bind(now).execute(db).await?;
    Ok(())
}

/// What follows from a changed calendar, in the transaction that changes it, under the town's lock and in the scope
/// `system`: limits of open incidents are reckoned anew.
pub async fn after_calendar_change(db: &mut PgConnection, town: TownId, now: DateTime<Utc>) -> sqlx::Result<()> {
    let Edition(version, _) = edition(db, town).await?;
    // Not by `Calendars`: nothing is committed yet.
    let calendar = Arc::new(load(db, town).await?);
    let followed = cases::reckon_open(db, town, &calendar).await?;
    tracing::info!(town = town.0, version, %now, followed, "the town's calendar has changed");
    Ok(())
}
