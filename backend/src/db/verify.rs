//! The log, and what was made of it, side by side: read by `fangge verify` and nobody else.

use super::cases::{self, Held};
use super::{incidents, parsed};
use chrono::{DateTime, Utc};
use geodata::incident::{Level, Particulars, State, Step};
use geodata::town::TownId;
use sqlx::types::Json;
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use std::collections::HashMap;

/// The migration from which on every step is taken by the rules of a case.
const RULES: i64 = 6;

/// An incident's row, and its log.
#[derive(Debug, Clone)]
pub struct Stood {
    /// The row, as the next step would read it.
    pub held: Held,
    /// What else the row has of the case in columns of their own.
    pub columns: Columns,
    /// The log, oldest entry first.
    pub log: Vec<Entry>,
}

/// Columns that repeat what `life` says, for queries.
#[derive(Debug, Clone)]
pub struct Columns {
    /// Who answers.
    pub owner: Option<String>,
    /// Whom it was handed to.
    pub offered: Option<String>,
    /// Whose move it is.
    pub turn: Option<String>,
    /// When the system acts.
    pub act_at: Option<DateTime<Utc>>,
    /// When it was taken on.
    pub accepted_at: Option<DateTime<Utc>>,
    /// Whether it ended within its limit.
    pub ended_in_time: Option<bool>,
    /// The incident that it goes on in.
    pub merged_into: Option<i64>,
}

/// An entry of a log, and where it says that it led.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number in the town.
    pub seq: i64,
    /// As the rules read it.
    pub step: Step,
    /// The state it led to.
    pub state: State,
    /// The level it led to.
    pub level: Level,
    /// When it was written.
    pub recorded_at: DateTime<Utc>,
}

/// How many of a thing a town has, and how they are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// The last number given.
    pub given: i64,
    /// So many there are.
    pub count: i64,
    /// The lowest number there is.
    pub lowest: i64,
    /// The highest number there is.
    pub highest: i64,
}

/// A town's incidents after a key, with their logs, so many at most.
///
/// # Errors
/// The database's.
pub async fn page(db: &mut PgConnection, town: TownId, after: i64, limit: i64) -> sqlx::Result<Vec<Stood>> {
    let sql = format!(
        "SELECT {}, {}, i.turn, i.act_at, i.accepted_at, i.ended_in_time, i.merged_into
           FROM incident i {} WHERE i.town_id = $1 AND i.incident_id > $2 ORDER BY i.incident_id LIMIT $3",
        incidents::COLUMNS,
        cases::COLUMNS,
        cases::JOIN
    );
    let rows = sqlx::query(&sql).bind(town.0).bind(after).bind(limit).fetch_all(&mut *db).await?;
    let mut found = rows.iter().map(stood).collect::<sqlx::Result<Vec<_>>>()?;
    let keys: Vec<i64> = found.iter().map(|stood| stood.held.incident.id).collect();
    let mut logs = logs(db, town, &keys).await?;
    for stood in &mut found {
        stood.log = logs.remove(&stood.held.incident.id).unwrap_or_default();
    }
    Ok(found)
}

fn stood(row: &PgRow) -> sqlx::Result<Stood> {
    let columns = Columns {
        owner: row.try_get("owner")?,
        offered: row.try_get("offered")?,
        turn: row.try_get("turn")?,
        act_at: row.try_get("act_at")?,
        accepted_at: row.try_get("accepted_at")?,
        ended_in_time: row.try_get("ended_in_time")?,
        merged_into: row.try_get("merged_into")?,
    };
    Ok(Stood { held: cases::held_of(row)?, columns, log: Vec::new() })
}

async fn logs(db: &mut PgConnection, town: TownId, incidents: &[i64]) -> sqlx::Result<HashMap<i64, Vec<Entry>>> {
    let sql =
        "SELECT incident_id, seq, at, recorded_at, action, staff_id, state, level, particulars FROM incident_event
                WHERE town_id = $1 AND incident_id = ANY ($2) ORDER BY seq";
    let rows = sqlx::query(sql).bind(town.0).bind(incidents).fetch_all(db).await?;
    let mut logs: HashMap<i64, Vec<Entry>> = HashMap::new();
    for row in &rows {
        logs.entry(row.try_get("incident_id")?).or_default().push(entry(row)?);
    }
    Ok(logs)
}

fn entry(row: &PgRow) -> sqlx::Result<Entry> {
    let with: Option<Json<Particulars>> = row.try_get("particulars")?;
    let with = with.map(|Json(with)| with).unwrap_or_default();
    Ok(Entry {
        seq: row.try_get("seq")?,
        step: Step { action: parsed(row, "action")?, at: row.try_get("at")?, by: row.try_get("staff_id")?, with },
        state: parsed(row, "state")?,
        level: parsed(row, "level")?,
        recorded_at: row.try_get("recorded_at")?,
    })
}

/// How a town's events are numbered, and its incidents.
///
/// # Errors
/// The database's.
pub async fn numbered(db: &mut PgConnection, town: TownId) -> sqlx::Result<[Numbered; 2]> {
    let sql = "
        SELECT f.last_seq, f.last_incident, e.*, i.*
          FROM town_feed f,
               (SELECT count(*) AS events, coalesce(min(seq), 1) AS first_event, coalesce(max(seq), 0) AS last_event
                  FROM incident_event WHERE town_id = $1) e,
               (SELECT count(*) AS incidents, coalesce(min(incident_id), 1) AS first_one, coalesce(max(incident_id), 0) AS last_one
                  FROM incident WHERE town_id = $1) i
         WHERE f.town_id = $1";
    let row = sqlx::query(sql).bind(town.0).fetch_one(db).await?;
    let numbered = |[given, count, lowest, highest]: [&str; 4]| -> sqlx::Result<Numbered> {
        Ok(Numbered {
            given: row.try_get(given)?,
            count: row.try_get(count)?,
            lowest: row.try_get(lowest)?,
            highest: row.try_get(highest)?,
        })
    };
    Ok([
        numbered(["last_seq", "events", "first_event", "last_event"])?,
        numbered(["last_incident", "incidents", "first_one", "last_one"])?,
    ])
}

/// Since when this database's steps are taken by the rules of a case. What was written before may have come about otherwise.
///
/// # Errors
/// The database's.
pub async fn ruled_since(db: &mut PgConnection) -> sqlx::Result<DateTime<Utc>> {
    let sql = "SELECT installed_on FROM _sqlx_migrations WHERE version = $1";
    sqlx::query_scalar(sql).bind(RULES).fetch_one(db).await
}

/// When a town's calendar was last changed, if it was.
///
/// # Errors
/// The database's.
pub async fn calendar_changed_at(db: &mut PgConnection, town: TownId) -> sqlx::Result<Option<DateTime<Utc>>> {
    let sql = "SELECT changed_at FROM calendar WHERE town_id = $1";
    sqlx::query_scalar(sql).bind(town.0).fetch_optional(db).await
}
