//! What a search reads: everything with a name that stays where it is, and incidents by number and by words.

use super::incidents::{COLUMNS, feature};
use super::{name, parsed, parsed_or_null};
use chrono::{DateTime, Utc};
use geodata::place::{BBox, Position};
use geodata::town::{GridCode, Name, TownId, VillageCode};
use geodata::wire::{FoundKind, IncidentFeature};
use sqlx::{PgConnection, QueryBuilder, Row as _, postgres::PgRow};

/// The most things that are looked through; a town has some hundreds.
const THINGS: i64 = 20_000;
/// The most open incidents that are looked through by pinyin, the newest.
pub const OPEN: i64 = 2_000;
/// How many of a town's latest incidents are looked through for words and ends of numbers, whoever asks: what the title holds no
/// index tells, and whether a person sees it is asked of each.
pub const LATEST: i64 = 20_000;

/// Something with a name that stays where it is.
#[derive(Debug, Clone)]
pub struct Thing {
    /// A village, a grid, a place or a camera.
    pub kind: FoundKind,
    /// Its code or key.
    pub key: String,
    /// Its name.
    pub name: Name,
    /// The village, where it is one or a grid.
    pub village: Option<VillageCode>,
    /// The grid, where it is one.
    pub grid: Option<GridCode>,
    /// Where; of an area some point inside it.
    pub position: Position,
}

/// Everything with a name that stays where it is, as of a time.
///
/// # Errors
/// The database's.
pub async fn things(db: &mut PgConnection, town: TownId, at: DateTime<Utc>) -> sqlx::Result<Vec<Thing>> {
    let sql = format!("SELECT t.*, ST_X(t.spot) AS lon, ST_Y(t.spot) AS lat FROM ({}) t", include_str!("search.sql"));
    let rows = sqlx::query(&sql).bind(town.0).bind(at).bind(THINGS).fetch_all(db).await?;
    rows.iter().map(thing).collect()
}

fn thing(row: &PgRow) -> sqlx::Result<Thing> {
    let position = Position::new(row.try_get("lon")?, row.try_get("lat")?);
    Ok(Thing {
        kind: parsed(row, "kind")?,
        key: row.try_get("key")?,
        name: name(row)?,
        village: parsed_or_null(row, "village_code")?,
        grid: parsed_or_null(row, "grid_code")?,
        position: position.map_err(|e| super::decode_error("spot", e))?,
    })
}

/// The box around a town.
///
/// # Errors
/// The database's.
pub async fn bounds(db: &mut PgConnection, town: TownId) -> sqlx::Result<Option<BBox>> {
    let sql = "SELECT ST_XMin(t.boundary) AS west, ST_YMin(t.boundary) AS south, ST_XMax(t.boundary) AS east,
                      ST_YMax(t.boundary) AS north FROM town t WHERE t.town_id = $1";
    let row = sqlx::query(sql).bind(town.0).fetch_optional(db).await?;
    let read = |row: PgRow| -> sqlx::Result<BBox> {
        let edge = |name: &str| row.try_get(name);
        Ok(BBox { west: edge("west")?, south: edge("south")?, east: edge("east")?, north: edge("north")? })
    };
    row.map(read).transpose()
}

/// Village and grid of each of these points, as of a time; nothing where none holds it.
///
/// # Errors
/// The database's.
pub async fn grids_at(
    db: &mut PgConnection,
    town: TownId,
    at: DateTime<Utc>,
    points: &[Position],
) -> sqlx::Result<Vec<Option<(VillageCode, GridCode)>>> {
    let (lon, lat): (Vec<f64>, Vec<f64>) = points.iter().map(|point| (point.lon(), point.lat())).unzip();
    let rows =
        sqlx::query(include_str!("grids_at.sql")).bind(town.0).bind(at).bind(lon).bind(lat).fetch_all(db).await?;
    let mut told = vec![None; points.len()];
    for row in &rows {
        let n: i64 = row.try_get("n")?;
        if let Some(place) = usize::try_from(n - 1).ok().and_then(|n| told.get_mut(n)) {
            *place = Some((parsed(row, "village_code")?, parsed(row, "grid_code")?));
        }
    }
    Ok(told)
}

/// The keys and titles of open incidents, the newest first.
///
/// # Errors
/// The database's.
pub async fn open_titles(db: &mut PgConnection, town: TownId) -> sqlx::Result<Vec<(i64, String)>> {
    let sql = "SELECT i.incident_id, i.title FROM incident i WHERE i.town_id = $1 AND i.ended_at IS NULL
                ORDER BY i.reported_at DESC, i.incident_id DESC LIMIT $2";
    sqlx::query_as(sql).bind(town.0).bind(OPEN).fetch_all(db).await
}

/// What of incidents is looked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// All of these in the title, in small letters, or, where they are numbers, in the number.
    pub words: Vec<String>,
    /// A whole number.
    pub number: Option<String>,
    /// The end of a number, with its line: `-0012`.
    pub end: Option<String>,
}

/// The least of a number that is looked for within one.
const DIGITS_MIN: usize = 4;

/// The keys of incidents that are wanted among the town's latest, the best first; and how many that were, where there are more.
///
/// # Errors
/// The database's.
pub async fn latest(
    db: &mut PgConnection,
    town: TownId,
    wanted: &Wanted,
    limit: i64,
) -> sqlx::Result<(Vec<i64>, Option<i64>)> {
    let last = "SELECT f.last_incident FROM town_feed f WHERE f.town_id = $1";
    let last: Option<i64> = sqlx::query_scalar(last).bind(town.0).fetch_optional(&mut *db).await?;
    let before = last.unwrap_or_default() - LATEST;
    let mut query = QueryBuilder::new("SELECT i.incident_id FROM incident i WHERE i.town_id = ");
    query.push_bind(town.0).push(" AND i.incident_id > ").push_bind(before.max(0)).push(" AND ((");
    for (n, word) in wanted.words.iter().enumerate() {
        query.push(if n == 0 { "" } else { " AND " }).push("(strpos(lower(i.title), ").push_bind(word).push(") > 0");
        if word.len() >= DIGITS_MIN && word.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            query.push(" OR strpos(i.number, ").push_bind(word).push(") > 0");
        }
        query.push(")");
    }
    let end = wanted.end.as_deref().unwrap_or_default();
    query.push(if wanted.words.is_empty() { "false)" } else { ")" });
    query.push(" OR right(i.number, nullif(length(").push_bind(end).push("), 0)) = ").push_bind(end).push(")");
    query.push(" ORDER BY right(i.number, nullif(length(").push_bind(end).push("), 0)) = ").push_bind(end);
    query.push(" DESC NULLS LAST, i.ended_at IS NOT NULL, i.reported_at DESC, i.incident_id DESC LIMIT ");
    let keys = query.push_bind(limit).build_query_scalar().fetch_all(db).await?;
    Ok((keys, (before > 0).then_some(LATEST)))
}

/// The incidents with these keys, as far as the person sees them, and the one of a number.
///
/// # Errors
/// The database's.
pub async fn incidents(
    db: &mut PgConnection,
    town: TownId,
    keys: &[i64],
    number: Option<&str>,
) -> sqlx::Result<Vec<IncidentFeature>> {
    // Two statements, each by its own key: an OR would have all be read.
    let sql = format!("SELECT {COLUMNS} FROM incident i WHERE i.town_id = $1 AND i.incident_id = ANY ($2)");
    let mut rows = sqlx::query(&sql).bind(town.0).bind(keys).fetch_all(&mut *db).await?;
    if let Some(number) = number {
        let sql = format!("SELECT {COLUMNS} FROM incident i WHERE i.town_id = $1 AND i.number = $2");
        rows.extend(sqlx::query(&sql).bind(town.0).bind(number).fetch_optional(db).await?);
    }
    rows.iter().map(feature).collect()
}
