//! The town's staff and units as those who answer for incidents.

use super::{name, name_or_null, parsed};
use geodata::incident::Party;
use geodata::incident::rights::Whereabouts;
use geodata::roster::DutyPlace;
use geodata::town::{GridCode, Name, Role, TownId, UnitCode, VillageCode};
use geodata::wire::{Colleague, Duty, PartyPeople};
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use strum::VariantArray as _;

/// Whether somebody is of the town's staff, in a role that handles incidents, and not shut out: whose account is closed never sees
/// what they are given.
///
/// # Errors
/// The database's.
pub async fn can_handle(db: &mut PgConnection, town: TownId, staff: i32) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (
        SELECT FROM staff s WHERE s.town_id = $1 AND s.staff_id = $2 AND s.left_at IS NULL
           AND s.role IN (SELECT unnest($3::text[])))";
    let handlers: Vec<&str> = Role::VARIANTS.iter().filter(|role| role.handles()).map(|role| role.word()).collect();
    sqlx::query_scalar(sql).bind(town.0).bind(staff).bind(handlers).fetch_one(db).await
}

/// Whether the town has this unit.
///
/// # Errors
/// The database's.
pub async fn unit_exists(db: &mut PgConnection, town: TownId, unit: &UnitCode) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT FROM unit u WHERE u.town_id = $1 AND u.unit_code = $2)";
    sqlx::query_scalar(sql).bind(town.0).bind(unit.as_str()).fetch_one(db).await
}

/// One member of staff, with what decides which parties they belong to.
struct Member {
    colleague: Colleague,
    village: Option<String>,
    unit: Option<String>,
    of_grid: bool,
    has_left: bool,
}

/// Who is meant by each of these parties, for an incident at a place, and who of `duties` is on duty there.
///
/// # Errors
/// The database's.
pub async fn parties(
    db: &mut PgConnection,
    town: TownId,
    place: &Whereabouts,
    wanted: &[Party],
    duties: &[Duty],
) -> sqlx::Result<Vec<PartyPeople>> {
    let staff: Vec<i32> =
        wanted.iter().filter_map(|p| if let Party::Staff(id) = p { Some(*id) } else { None }).collect();
    let units: Vec<&str> =
        wanted.iter().filter_map(|p| if let Party::Unit(code) = p { Some(code.as_str()) } else { None }).collect();
    let rows = sqlx::query(include_str!("colleagues.sql"))
        .bind(town.0)
        .bind(place.village.as_ref().map(VillageCode::as_str))
        .bind(place.grid.as_ref().map(GridCode::as_str))
        .bind(&staff)
        .bind(&units)
        .fetch_all(&mut *db)
        .await?;
    let members = rows.iter().map(member).collect::<sqlx::Result<Vec<_>>>()?;
    let mut told = Vec::with_capacity(wanted.len());
    for party in wanted {
        let people = members.iter().filter(|m| is_of(m, party, place)).map(|m| m.colleague.clone()).collect();
        let on_duty = duties.iter().filter(|duty| is_at(&duty.place, party, place)).cloned().collect();
        told.push(PartyPeople { party: party.clone(), name: name_of(db, town, party, place).await?, people, on_duty });
    }
    Ok(told)
}

fn member(row: &PgRow) -> sqlx::Result<Member> {
    Ok(Member {
        colleague: Colleague {
            staff: row.try_get("staff_id")?,
            name: row.try_get("name")?,
            role: parsed(row, "role")?,
        },
        village: row.try_get("village_code")?,
        unit: row.try_get("unit_code")?,
        of_grid: row.try_get("of_grid")?,
        has_left: row.try_get("has_left")?,
    })
}

fn is_of(member: &Member, party: &Party, place: &Whereabouts) -> bool {
    let role = member.colleague.role;
    // Whom a log names by name it names for ever; nobody else who has left answers for anything.
    if member.has_left && !matches!(party, Party::Staff(_)) {
        return false;
    }
    match party {
        Party::Grid => role == Role::GridMember && member.of_grid,
        Party::Village => {
            role == Role::VillageChief && member.village.as_deref() == place.village.as_ref().map(VillageCode::as_str)
        }
        // Two may act for the town; the chief of grids is the one to call.
        Party::Town => role == Role::ChiefOfGrids,
        Party::County => false,
        Party::Unit(code) => member.unit.as_deref() == Some(code.as_str()),
        Party::Staff(id) => member.colleague.staff == *id,
    }
}

/// Whether who is on duty there is on duty for a party.
fn is_at(duty: &DutyPlace, party: &Party, place: &Whereabouts) -> bool {
    match (duty, party) {
        (DutyPlace::Town, Party::Town) => true,
        (DutyPlace::Village(code), Party::Village) => place.village.as_ref() == Some(code),
        (DutyPlace::Grid(code), Party::Grid) => place.grid.as_ref() == Some(code),
        (DutyPlace::Unit(code), Party::Unit(unit)) => code == unit,
        _ => false,
    }
}

/// The name that a party has of its own.
async fn name_of(
    db: &mut PgConnection,
    town: TownId,
    party: &Party,
    place: &Whereabouts,
) -> sqlx::Result<Option<Name>> {
    let (sql, key) = match party {
        Party::Grid => (
            "SELECT name_zh, name_en FROM grid WHERE town_id = $1 AND grid_code = $2 ORDER BY plan_id DESC LIMIT 1",
            place.grid.as_ref().map(ToString::to_string),
        ),
        Party::Village => (
            "SELECT name_zh, name_en FROM village WHERE town_id = $1 AND village_code = $2",
            place.village.as_ref().map(ToString::to_string),
        ),
        Party::Unit(code) => {
            ("SELECT name_zh, name_en FROM unit WHERE town_id = $1 AND unit_code = $2", Some(code.to_string()))
        }
        Party::Town | Party::County | Party::Staff(_) => return Ok(None),
    };
    let Some(key) = key else { return Ok(None) };
    let row = sqlx::query(sql).bind(town.0).bind(key).fetch_optional(db).await?;
    row.as_ref().map(name).transpose()
}

/// The nearest place that people steer by, and how far it is, metres on the ellipsoid.
///
/// # Errors
/// The database's.
pub async fn landmark(db: &mut PgConnection, town: TownId, lon: f64, lat: f64) -> sqlx::Result<Option<(Name, f64)>> {
    let sql = "
        SELECT p.name_zh, p.name_en,
               ST_Distance(p.position::geography, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography) AS metres
          FROM place p WHERE p.town_id = $1
         ORDER BY p.position <-> ST_SetSRID(ST_MakePoint($2, $3), 4326) LIMIT 1";
    let row = sqlx::query(sql).bind(town.0).bind(lon).bind(lat).fetch_optional(db).await?;
    row.map(|row| Ok(name_or_null(&row)?.zip(Some(row.try_get("metres")?)))).transpose().map(Option::flatten)
}
