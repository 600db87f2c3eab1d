//! The duty roster.

use super::{name_or_null, parsed};
use crate::state::TownKey;
use chrono::{Days, NaiveDate, NaiveDateTime};
use geodata::Time;
use geodata::roster::{DutyPlace, DutyShift};
use geodata::town::{TownId, VillageCode};
use geodata::wire::{Duty, NewDuty};
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use std::collections::{BTreeMap, BTreeSet};

/// The duties that begin on some days, in order.
///
/// # Errors
/// The database's.
pub async fn days(
    db: &mut PgConnection,
    town: TownId,
    from: NaiveDate,
    to: NaiveDate,
) -> sqlx::Result<Vec<(NaiveDate, Duty)>> {
    let query = sqlx::query(include_str!("roster.sql")).bind(town.0).bind(from).bind(to).bind(None::<NaiveDateTime>);
    query.fetch_all(db).await?.iter().map(|row| Ok((row.try_get("day")?, duty(row)?))).collect()
}

/// Who is on duty in a town at a moment, by its own clock; not those whose accounts are closed.
///
/// # Errors
/// The database's.
pub async fn on_duty(db: &mut PgConnection, town: &TownKey, at: Time) -> sqlx::Result<Vec<Duty>> {
    let local = at.with_timezone(&town.zone).naive_local();
    let today = local.date();
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let query = sqlx::query(include_str!("roster.sql")).bind(town.id.0).bind(yesterday).bind(today).bind(local);
    query.fetch_all(db).await?.iter().map(duty).collect()
}

fn duty(row: &PgRow) -> sqlx::Result<Duty> {
    Ok(Duty {
        staff: row.try_get("staff_id")?,
        name: row.try_get("staff_name")?,
        role: parsed(row, "role")?,
        shift: parsed(row, "shift")?,
        place: parsed(row, "place")?,
        place_name: name_or_null(row)?,
        note: row.try_get("note")?,
    })
}

/// A member of staff who may be planned.
#[derive(Debug, Clone)]
pub struct Member {
    /// Their name.
    pub name: String,
    /// The villages that they belong to: their own, and those of their grids.
    pub villages: BTreeSet<VillageCode>,
    /// Whether their account is closed.
    pub left: bool,
}

/// Those of these who are on the town's staff.
///
/// # Errors
/// The database's.
pub async fn members(db: &mut PgConnection, town: TownId, staff: &[i32]) -> sqlx::Result<BTreeMap<i32, Member>> {
    let sql = "
        SELECT s.staff_id, s.name, s.left_at IS NOT NULL AS has_left,
               array_remove(array_append(array_agg(left(g.grid_code, 12)), s.village_code), NULL) AS villages
          FROM staff s
          LEFT JOIN staff_grid g ON g.town_id = s.town_id AND g.staff_id = s.staff_id
         WHERE s.town_id = $1 AND s.staff_id = ANY ($2)
         GROUP BY s.town_id, s.staff_id";
    let rows = sqlx::query(sql).bind(town.0).bind(staff).fetch_all(db).await?;
    rows.iter()
        .map(|row| {
            let villages: Vec<String> = row.try_get("villages")?;
            let villages = villages.into_iter().filter_map(|code| code.parse().ok()).collect();
            let member = Member { name: row.try_get("name")?, villages, left: row.try_get("has_left")? };
            Ok((row.try_get("staff_id")?, member))
        })
        .collect()
}

/// Those of these places that the town has; a grid is one of a published plan.
///
/// # Errors
/// The database's.
pub async fn places(
    db: &mut PgConnection,
    town: TownId,
    wanted: &BTreeSet<DutyPlace>,
) -> sqlx::Result<BTreeSet<DutyPlace>> {
    let sql = "
        SELECT 'town' AS place
         UNION SELECT 'unit:' || u.unit_code FROM unit u WHERE u.town_id = $1
         UNION SELECT 'village:' || v.village_code FROM village v WHERE v.town_id = $1
         UNION SELECT 'grid:' || g.grid_code
          FROM grid g JOIN plan p ON p.town_id = g.town_id AND p.plan_id = g.plan_id
         WHERE g.town_id = $1 AND p.state <> 'draft' AND 'grid:' || g.grid_code = ANY ($2)";
    let words: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    let rows = sqlx::query(sql).bind(town.0).bind(&words).fetch_all(db).await?;
    rows.iter().map(|row| parsed(row, "place")).collect()
}

/// Takes a part of some days' duties away and writes others.
///
/// # Errors
/// The database's.
pub async fn replace(
    db: &mut PgConnection,
    town: TownId,
    days: &[NaiveDate],
    part: Option<&VillageCode>,
    duties: &[(NaiveDate, NewDuty)],
) -> sqlx::Result<()> {
    let sql =
        "DELETE FROM roster r WHERE r.town_id = $1 AND r.day = ANY ($2) AND ($3::text IS NULL OR r.village_code = $3)";
    sqlx::query(sql).bind(town.0).bind(days).bind(part.map(VillageCode::as_str)).execute(&mut *db).await?;
    let sql = "
        INSERT INTO roster (town_id, day, staff_id, from_min, to_min, place, unit_code, village_code, grid_code, note)
        SELECT $1, d.day, d.staff, d.from_min, d.to_min, d.place, d.unit, d.village, d.grid, d.note
          FROM unnest($2::date[], $3::int[], $4::int2[], $5::int2[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
            AS d (day, staff, from_min, to_min, place, unit, village, grid, note)";
    let minutes = |get: fn(DutyShift) -> u16| -> Vec<i16> {
        duties.iter().map(|(_, d)| i16::try_from(get(d.shift)).unwrap_or(i16::MAX)).collect()
    };
    let column = |get: fn(&DutyPlace) -> Option<String>| -> Vec<Option<String>> {
        duties.iter().map(|(_, d)| get(&d.place)).collect()
    };
    sqlx::query(sql)
        .bind(town.0)
        .bind(duties.iter().map(|(day, _)| *day).collect::<Vec<_>>())
        .bind(duties.iter().map(|(_, d)| d.staff).collect::<Vec<_>>())
        .bind(minutes(DutyShift::from))
        .bind(minutes(DutyShift::to))
        .bind(duties.iter().map(|(_, d)| kind(&d.place)).collect::<Vec<_>>())
        .bind(column(|place| if let DutyPlace::Unit(code) = place { Some(code.to_string()) } else { None }))
        .bind(column(|place| place.village().map(|code| code.to_string())))
        .bind(column(|place| if let DutyPlace::Grid(code) = place { Some(code.to_string()) } else { None }))
        .bind(duties.iter().map(|(_, d)| d.note.as_deref()).collect::<Vec<_>>())
        .execute(db)
        .await?;
    Ok(())
}

fn kind(place: &DutyPlace) -> &'static str {
    match place {
        DutyPlace::Town => "town",
        DutyPlace::Unit(_) => "unit",
        DutyPlace::Village(_) => "village",
        DutyPlace::Grid(_) => "grid",
    }
}
