//! What lies around a place: the cameras that see it, incidents near it, and who is near.

use super::{cameras, incidents, name, parsed};
use geodata::Time;
use geodata::place::Position;
use geodata::roster::DutyPlace;
use geodata::sight::{FieldOfView, LineOfSight, Obstruction, RANGE_MAX_M, Sight, sees};
use geodata::town::TownId;
use geodata::wire::{
    AROUND_LIMIT, Duty, ENDED_WITHIN_M, InView, NearIncident, OPEN_WITHIN_M, ObstructionMark, Responder, Way,
};
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use std::collections::{BTreeMap, HashMap};

/// Cameras that are looked at for whether they see a place; a town has some hundreds.
const CAMERAS_LOOKED_AT: i64 = 1_000;

/// The cameras in whose field of view a place lies, the nearest first.
///
/// # Errors
/// The database's.
pub async fn cameras(db: &mut PgConnection, town: TownId, at: Position) -> sqlx::Result<Vec<InView>> {
    let rows = sqlx::query(include_str!("cameras_near.sql"))
        .bind(town.0)
        .bind(at.lon())
        .bind(at.lat())
        .bind(RANGE_MAX_M)
        .bind(CAMERAS_LOOKED_AT)
        .fetch_all(&mut *db)
        .await?;
    let mut seeing = Vec::new();
    for row in &rows {
        let (field, line) = (field_of_view(row)?, line_of_sight(row, at)?);
        if field.covers(&line) {
            seeing.push((row, field, line));
        }
    }
    seeing.truncate(AROUND_LIMIT);
    let codes = seeing.iter().map(|(row, ..)| row.try_get("camera_code")).collect::<sqlx::Result<Vec<&str>>>()?;
    let marks = cameras::obstructions(db, town, &codes).await?;
    seeing.iter().map(|(row, field, line)| in_view(row, field, line, &marks)).collect()
}

fn field_of_view(row: &PgRow) -> sqlx::Result<FieldOfView> {
    let bearing: Option<f32> = row.try_get("bearing_deg")?;
    let (fov, range): (f32, f32) = (row.try_get("fov_deg")?, row.try_get("range_m")?);
    Ok(FieldOfView { bearing_deg: bearing.map(f64::from), fov_deg: fov.into(), range_m: range.into() })
}

fn line_of_sight(row: &PgRow, at: Position) -> sqlx::Result<LineOfSight> {
    let eye = Position::new(row.try_get("lon")?, row.try_get("lat")?);
    Ok(LineOfSight::between(eye.map_err(|e| super::decode_error("position", e))?, at))
}

fn in_view(
    row: &PgRow,
    field: &FieldOfView,
    line: &LineOfSight,
    marks: &HashMap<String, Vec<ObstructionMark>>,
) -> sqlx::Result<InView> {
    let code: String = row.try_get("camera_code")?;
    let marks = marks.get(&code).map_or(&[][..], Vec::as_slice);
    let shape = |mark: &ObstructionMark| Obstruction::new(mark.from_deg, mark.to_deg, mark.beyond_m);
    let shapes = marks.iter().map(shape).collect::<Result<Vec<_>, _>>();
    let shapes = shapes.map_err(|e| super::decode_error("obstruction", e))?;
    let obstructed = match sees(field, &shapes, line) {
        Sight::Obstructed(which) => marks.get(which).map(|mark| mark.note.clone()),
        Sight::Clear | Sight::OutOfView => None,
    };
    Ok(InView {
        name: name(row)?,
        metres: line.metres,
        azimuth_deg: line.azimuth_deg,
        status: parsed(row, "status")?,
        turns: field.bearing_deg.is_none(),
        code,
        obstructed,
    })
}

/// Open incidents near a place, the nearest first.
///
/// # Errors
/// The database's.
pub async fn open(db: &mut PgConnection, town: TownId, at: Position) -> sqlx::Result<Vec<NearIncident>> {
    near(db, town, at, OPEN_WITHIN_M, true).await
}

/// The last that ended there.
///
/// # Errors
/// The database's.
pub async fn ended(db: &mut PgConnection, town: TownId, at: Position) -> sqlx::Result<Vec<NearIncident>> {
    near(db, town, at, ENDED_WITHIN_M, false).await
}

async fn near(
    db: &mut PgConnection,
    town: TownId,
    at: Position,
    metres: f64,
    open: bool,
) -> sqlx::Result<Vec<NearIncident>> {
    let sql = include_str!("incidents_around.sql").replace("{columns}", incidents::COLUMNS);
    let query = sqlx::query(&sql).bind(town.0).bind(at.lon()).bind(at.lat()).bind(metres).bind(open).bind(limit());
    let told = |row: &PgRow| Ok(NearIncident { incident: incidents::feature(row)?, metres: row.try_get("metres")? });
    query.fetch_all(db).await?.iter().map(told).collect()
}

fn limit() -> i64 {
    i64::try_from(AROUND_LIMIT).unwrap_or(i64::MAX)
}

/// Those of `duties`, of now, who can be given an incident, the nearest to a place first, with what they have in hand.
///
/// # Errors
/// The database's.
pub async fn responders(
    db: &mut PgConnection,
    town: TownId,
    at: Position,
    now: Time,
    duties: Vec<Duty>,
) -> sqlx::Result<Vec<Responder>> {
    let duties: Vec<Duty> = duties.into_iter().filter(|duty| duty.role.handles()).collect();
    let far = distances(db, town, at, now, &duties).await?;
    let mut near: Vec<(Option<f64>, Duty)> =
        duties.into_iter().map(|duty| (far.get(&duty.place).copied(), duty)).collect();
    // Whoever is nowhere in particular comes last.
    let rank = |metres: Option<f64>| metres.unwrap_or(f64::INFINITY);
    near.sort_by(|(a, one), (b, other)| rank(*a).total_cmp(&rank(*b)).then(one.staff.cmp(&other.staff)));
    near.truncate(AROUND_LIMIT);
    let staff: Vec<i32> = near.iter().map(|(_, duty)| duty.staff).collect();
    let rows = sqlx::query(include_str!("loads.sql")).bind(town.0).bind(&staff).fetch_all(db).await?;
    let load = |row: &PgRow| Ok((row.try_get("staff_id")?, row.try_get("load")?));
    let loads = rows.iter().map(load).collect::<sqlx::Result<HashMap<i32, i64>>>()?;
    let responder = |(metres, duty): (Option<f64>, Duty)| Responder {
        load: loads.get(&duty.staff).copied().unwrap_or_default(),
        staff: duty.staff,
        name: duty.name,
        role: duty.role,
        at: duty.place,
        at_name: duty.place_name,
        metres,
        by: Way::Straight,
    };
    Ok(near.into_iter().map(responder).collect())
}

/// How far away the places of duties are, as far as it is known where they are.
async fn distances(
    db: &mut PgConnection,
    town: TownId,
    at: Position,
    now: Time,
    duties: &[Duty],
) -> sqlx::Result<BTreeMap<DutyPlace, f64>> {
    let codes = |code: fn(&DutyPlace) -> Option<String>| -> Vec<String> {
        duties.iter().filter_map(|duty| code(&duty.place)).collect()
    };
    let grids = codes(|place| if let DutyPlace::Grid(code) = place { Some(code.to_string()) } else { None });
    let villages = codes(|place| if let DutyPlace::Village(code) = place { Some(code.to_string()) } else { None });
    let rows = sqlx::query(include_str!("duty_places.sql"))
        .bind(town.0)
        .bind(at.lon())
        .bind(at.lat())
        .bind(now)
        .bind(grids)
        .bind(villages)
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| Ok((parsed(row, "place")?, row.try_get("metres")?))).collect()
}
