//! The append-only log, and the numbers that a town gives its events.

use super::steps::{self, SYSTEM};
use super::{incidents, parsed};
use chrono::NaiveDate;
use geodata::incident::{Particulars, Standing, Step};
use geodata::town::TownId;
use geodata::wire::{Actor, EventEntry, LiveEvent};
use sqlx::types::Json;
use sqlx::{PgConnection, Row as _, postgres::PgRow};

/// The channel on which a commit tells that there is something new: `town:seq`, no more.
pub const CHANNEL: &str = "fangge_event";

/// The channel on which a commit tells whose session, account, role or place has changed: `town:staff`.
pub const STAFF_CHANNEL: &str = "fangge_staff";

/// Numbers given under the town's lock, which is held until the transaction ends: they commit in order.
#[derive(Debug, Clone)]
pub struct Numbers {
    /// The event's.
    pub seq: i64,
    /// A new incident's key.
    pub incident: i64,
    /// A new incident's number as people say it.
    pub number: String,
}

/// Takes the town's lock, and gives no number yet.
///
/// # Errors
/// The database's.
pub async fn lock(db: &mut PgConnection, town: TownId) -> sqlx::Result<()> {
    let sql = "SELECT last_seq FROM town_feed WHERE town_id = $1 FOR NO KEY UPDATE";
    sqlx::query(sql).bind(town.0).fetch_optional(db).await.map(drop)
}

/// Takes the town's lock and gives the next event its number.
pub async fn next_seq(db: &mut PgConnection, town: TownId) -> sqlx::Result<i64> {
    sqlx::query_scalar("UPDATE town_feed SET last_seq = last_seq + 1 WHERE town_id = $1 RETURNING last_seq")
        .bind(town.0)
        .fetch_one(db)
        .await
}

/// Takes the town's lock and gives a new incident and its first event their numbers. `day` is the local day of writing;
/// where a clock was set back, or two servers' clocks differ, the count goes on in the later day: no number comes twice.
pub async fn next_numbers(db: &mut PgConnection, town: TownId, day: NaiveDate) -> sqlx::Result<Numbers> {
    let sql = "
        UPDATE town_feed
           SET last_seq = last_seq + 1, last_incident = last_incident + 1,
               day_count = CASE WHEN $2 > day THEN 1 ELSE day_count + 1 END, day = greatest(day, $2)
         WHERE town_id = $1
        RETURNING last_seq, last_incident, day, day_count";
    let row = sqlx::query(sql).bind(town.0).bind(day).fetch_one(db).await?;
    let (day, count) = (row.try_get("day")?, row.try_get("day_count")?);
    Ok(Numbers { seq: row.try_get("last_seq")?, incident: row.try_get("last_incident")?, number: number(day, count) })
}

/// The number people say: day, and count on that day.
pub fn number(day: NaiveDate, count: i32) -> String {
    format!("{}-{count:04}", day.format("%Y%m%d"))
}

/// One event to be appended.
pub struct NewEvent<'a> {
    /// Its number.
    pub seq: i64,
    /// The incident it belongs to.
    pub incident: i64,
    /// What was done, when, by whom, and with which words.
    pub told: &'a steps::Told<'a>,
    /// Where it led.
    pub to: Standing,
}

/// Appends an event, and tells the listeners when the transaction commits.
///
/// # Errors
/// The database's.
pub async fn append(db: &mut PgConnection, town: TownId, event: &NewEvent<'_>) -> sqlx::Result<()> {
    let sql = "
        INSERT INTO incident_event (town_id, seq, incident_id, at, recorded_at, action, role, actor, state, level, note,
               simulated, staff_id, particulars)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let told = event.told;
    let with = Some(&told.step.with).filter(|with| **with != Particulars::default());
    sqlx::query(sql)
        .bind(town.0)
        .bind(event.seq)
        .bind(event.incident)
        .bind(told.step.at)
        .bind(told.recorded_at)
        .bind(told.step.action.word())
        .bind(told.role)
        .bind(told.actor)
        .bind(event.to.state.word())
        .bind(event.to.level.word())
        .bind(told.note)
        .bind(told.simulated)
        .bind(told.step.by)
        .bind(with.map(Json))
        .execute(&mut *db)
        .await?;
    if told.simulated {
        // The row is held already: the event's number came from it.
        let sql = "UPDATE town_feed SET simulated_at = $2 WHERE town_id = $1";
        sqlx::query(sql).bind(town.0).bind(told.recorded_at).execute(&mut *db).await?;
    }
    tell(db, town, event.seq).await
}

/// Tells the listeners, when the transaction commits, that a town's log has come this far.
pub async fn tell(db: &mut PgConnection, town: TownId, seq: i64) -> sqlx::Result<()> {
    sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(format!("{}:{seq}", town.0)).execute(db).await?;
    Ok(())
}

/// The number of a town's last event; 0 where there is no such town any more.
pub async fn last_seq(db: &mut PgConnection, town: TownId) -> sqlx::Result<i64> {
    let last = sqlx::query_scalar("SELECT last_seq FROM town_feed WHERE town_id = $1").bind(town.0);
    Ok(last.fetch_optional(db).await?.unwrap_or_default())
}

/// An incident's log, oldest first; at most `limit` entries, the newest.
pub async fn log(db: &mut PgConnection, town: TownId, incident: i64, limit: i64) -> sqlx::Result<Vec<EventEntry>> {
    let sql = "
        SELECT seq, at, action, role, actor, state, level, note, simulated, particulars FROM incident_event
         WHERE town_id = $1 AND incident_id = $2 ORDER BY seq DESC LIMIT $3";
    let rows = sqlx::query(sql).bind(town.0).bind(incident).bind(limit).fetch_all(db).await?;
    rows.iter().rev().map(entry).collect()
}

/// An event for the live feed, and for whom it is beside those whom its place tells.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The event, with its incident as it stands.
    pub event: LiveEvent,
    /// Everyone whom the incident was given to by name.
    pub involved: Vec<String>,
}

/// Events after a number, in order, each with its incident as it stands.
pub async fn after(db: &mut PgConnection, town: TownId, seq: i64, limit: i64) -> sqlx::Result<Vec<Heard>> {
    let sql = format!(
        "SELECT e.seq, e.at, e.action, e.role, e.actor, e.state, e.level, e.note, e.simulated, e.particulars,
                ARRAY(SELECT x.party FROM incident_involved x
                       WHERE x.town_id = e.town_id AND x.incident_id = e.incident_id ORDER BY x.party) AS involved, {}
           FROM incident_event e
           JOIN incident i ON i.town_id = e.town_id AND i.incident_id = e.incident_id
          WHERE e.town_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3",
        incidents::COLUMNS
    );
    let rows = sqlx::query(&sql).bind(town.0).bind(seq).bind(limit).fetch_all(db).await?;
    let told = |row: &PgRow| {
        let event = LiveEvent { event: entry(row)?, incident: incidents::feature(row)? };
        Ok(Heard { event, involved: row.try_get("involved")? })
    };
    rows.iter().map(told).collect()
}

/// An incident's log as its rules read it, oldest first.
///
/// # Errors
/// The database's.
pub async fn steps(db: &mut PgConnection, town: TownId, incident: i64) -> sqlx::Result<Vec<Step>> {
    let sql = "SELECT at, action, staff_id, particulars FROM incident_event
                WHERE town_id = $1 AND incident_id = $2 ORDER BY seq";
    let rows = sqlx::query(sql).bind(town.0).bind(incident).fetch_all(db).await?;
    let step = |row: &PgRow| -> sqlx::Result<Step> {
        Ok(Step {
            action: parsed(row, "action")?,
            at: row.try_get("at")?,
            by: row.try_get("staff_id")?,
            with: particulars(row)?,
        })
    };
    rows.iter().map(step).collect()
}

fn particulars(row: &PgRow) -> sqlx::Result<Particulars> {
    let with: Option<Json<Particulars>> = row.try_get("particulars")?;
    Ok(with.map(|Json(with)| with).unwrap_or_default())
}

fn entry(row: &PgRow) -> sqlx::Result<EventEntry> {
    let role: &str = row.try_get("role")?;
    let actor =
        if role == SYSTEM { None } else { Some(Actor { role: parsed(row, "role")?, name: row.try_get("actor")? }) };
    Ok(EventEntry {
        seq: row.try_get("seq")?,
        at: row.try_get("at")?,
        action: parsed(row, "action")?,
        actor,
        state: parsed(row, "state")?,
        level: parsed(row, "level")?,
        note: row.try_get("note")?,
        with: particulars(row)?,
        simulated: row.try_get("simulated")?,
    })
}
