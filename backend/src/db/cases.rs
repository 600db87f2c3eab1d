//! An incident as its rules see it: read for the next step, and written after it.

use super::events;
use super::{incidents, parsed, parsed_or_null};
use crate::hours::Counted;
use chrono::{DateTime, Utc};
use geodata::incident::rights::Whereabouts;
use geodata::incident::{Case, Ground, Hours, Severity, Terms};
use geodata::town::TownId;
use geodata::wire::IncidentFeature;
use geodata::worktime::WorkCalendar;
use sqlx::types::Json;
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use std::sync::Arc;

/// An incident, ready for the next step to be judged and reckoned.
#[derive(Debug, Clone)]
pub struct Held {
    /// As people see it.
    pub incident: IncidentFeature,
    /// As the rules see it; absent where it was written before there were any, until [`Held::case`] has read its log.
    life: Option<Case>,
    /// What its category says of the time, of the version it was filed under.
    pub terms: Terms,
    /// Whether only working time counts.
    pub working_time: bool,
    /// Where it lies, and who reported it.
    pub place: Whereabouts,
    /// Which of the town's areas that is.
    pub ground: Ground,
}

/// What a query of an incident `i` and its category `c` must select for [`held_of`], besides what a feature needs.
pub const COLUMNS: &str = "i.life, i.reporter_id, c.limit_min, c.limit_grid_min, c.limit_village_min, c.limit_town_min,
    c.working_time, c.pauses_referred, c.pauses_parked";

/// The category that an incident keeps.
pub const JOIN: &str = "JOIN category c ON c.town_id = i.town_id AND c.category_code = i.category_code
    AND c.version = i.category_version";

/// Reads an incident for its next step; the town's lock, taken before, keeps it so.
///
/// # Errors
/// The database's.
pub async fn held(db: &mut PgConnection, town: TownId, id: i64) -> sqlx::Result<Option<Held>> {
    let sql = format!(
        // Who reads the incident sees it: its log and its photos, asked for next in this transaction, need not look again.
        "SELECT {}, {COLUMNS}, set_config('fangge.seen', i.incident_id::text, true) AS seen
           FROM incident i {JOIN} WHERE i.town_id = $1 AND i.incident_id = $2",
        incidents::COLUMNS
    );
    let row = sqlx::query(&sql).bind(town.0).bind(id).fetch_optional(db).await?;
    row.as_ref().map(held_of).transpose()
}

/// Incidents for their next steps, from rows with the columns of a feature and [`COLUMNS`].
///
/// # Errors
/// A row that does not hold what it should.
pub fn held_of(row: &PgRow) -> sqlx::Result<Held> {
    let incident = incidents::feature(row)?;
    let properties = &incident.properties;
    let place = Whereabouts {
        village: properties.village.clone(),
        grid: properties.grid.clone(),
        reporter: row.try_get("reporter_id")?,
        alert: properties.severity.alerts(),
    };
    let ground = Ground { village: place.village.is_some(), grid: place.grid.is_some() };
    let life: Option<Json<Case>> = row.try_get("life")?;
    Ok(Held {
        terms: terms(row, properties.severity)?,
        working_time: row.try_get("working_time")?,
        life: life.map(|Json(case)| case),
        incident,
        place,
        ground,
    })
}

/// A category's terms for one severity, from a row with its limits.
///
/// # Errors
/// A row that does not hold what it should.
pub fn terms(row: &PgRow, severity: Severity) -> sqlx::Result<Terms> {
    let all: Option<Vec<i32>> = row.try_get("limit_min")?;
    let first = usize::from(severity.number() - 1) * 3;
    let limits = match all.as_deref().and_then(|all| all.get(first..first + 3)) {
        Some(&[grid, village, town]) => [grid, village, town],
        _ => [row.try_get("limit_grid_min")?, row.try_get("limit_village_min")?, row.try_get("limit_town_min")?],
    };
    Ok(Terms { limits, pauses_referred: row.try_get("pauses_referred")?, pauses_parked: row.try_get("pauses_parked")? })
}

impl Held {
    /// The incident as the rules see it. One that was written before there were rules is read from its log.
    ///
    /// # Errors
    /// The database's.
    pub async fn case(&self, db: &mut PgConnection, town: TownId, hours: &impl Hours) -> sqlx::Result<Case> {
        if let Some(case) = &self.life {
            return Ok(case.clone());
        }
        let log = events::steps(db, town, self.incident.id).await?;
        if let Ok(Some(case)) = Case::of(&log, self.ground, &self.terms, hours) {
            return Ok(case);
        }
        // A log that today's rules would not allow: it stands where its row says, and its clock begins anew.
        tracing::warn!(incident = self.incident.id, "a log that the rules don't allow; going on from where it stands");
        let properties = &self.incident.properties;
        let standing = geodata::incident::Standing { state: properties.state, level: properties.level };
        let since = log.last().map_or(properties.reported_at, |step| step.at);
        Ok(Case::found(standing, since, properties.ended_at, &self.terms, hours))
    }

    /// The same where it is known already: of incidents that the rules have written.
    pub fn known(&self) -> Option<&Case> {
        self.life.as_ref()
    }
}

/// Writes where an incident stands after one more event, which `actor` took, by name: who acknowledges is kept beside the
/// incident, because everybody who sees it is told.
///
/// # Errors
/// The database's.
pub async fn write(
    db: &mut PgConnection,
    town: TownId,
    (id, seq): (i64, i64),
    case: &Case,
    act_at: Option<DateTime<Utc>>,
    actor: Option<&str>,
) -> sqlx::Result<()> {
    let sql = "
        UPDATE incident
           SET state = $3, level = $4, due_at = $5, accepted_at = $6, ended_at = $7, ended_in_time = $8, last_seq = $9,
               owner = $10, offered = $11, turn = $12, act_at = $13, merged_into = $14, life = $15, acknowledged_at = $16,
               acknowledged_by = CASE WHEN $16 IS NULL THEN NULL ELSE coalesce(acknowledged_by, $17, '') END
         WHERE town_id = $1 AND incident_id = $2";
    sqlx::query(sql)
        .bind(town.0)
        .bind(id)
        .bind(case.standing.state.word())
        .bind(case.standing.level.word())
        .bind(case.due_at())
        .bind(case.accepted_at)
        .bind(case.ended_at)
        .bind(case.ended_in_time)
        .bind(seq)
        .bind(case.owner.to_string())
        .bind(case.offered.as_ref().map(ToString::to_string))
        .bind(case.turn().to_string())
        .bind(act_at)
        .bind(case.merged_into)
        .bind(Json(case))
        .bind(case.acknowledged_at)
        .bind(actor)
        .execute(db)
        .await?;
    Ok(())
}

/// Remembers that an incident was given to somebody by name: they see it from now on.
///
/// # Errors
/// The database's.
pub async fn involve(db: &mut PgConnection, town: TownId, id: i64, party: &str) -> sqlx::Result<()> {
    // No column is named for the conflict: that would ask for the right to read the row, which is theirs to read.
    let sql = "INSERT INTO incident_involved (town_id, party, incident_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    sqlx::query(sql).bind(town.0).bind(party).bind(id).execute(db).await?;
    Ok(())
}

/// Incidents of a town whose time to act has come, the longest waiting first.
///
/// # Errors
/// The database's.
pub async fn ringing(db: &mut PgConnection, town: TownId, now: DateTime<Utc>, limit: i64) -> sqlx::Result<Vec<i64>> {
    let sql =
        "SELECT incident_id FROM incident WHERE town_id = $1 AND act_at <= $2 ORDER BY act_at, incident_id LIMIT $3";
    sqlx::query_scalar(sql).bind(town.0).bind(now).bind(limit).fetch_all(db).await
}

/// Open incidents that were written before there were rules.
///
/// # Errors
/// The database's.
pub async fn unread(db: &mut PgConnection, town: TownId, limit: i64) -> sqlx::Result<Vec<i64>> {
    let sql = "SELECT incident_id FROM incident WHERE town_id = $1 AND ended_at IS NULL AND life IS NULL
                ORDER BY incident_id LIMIT $2";
    sqlx::query_scalar(sql).bind(town.0).bind(limit).fetch_all(db).await
}

/// Reckons the limits of a town's open incidents anew, by a calendar that has changed; how many there were. Under the town's
/// lock and in the scope `system`. It is no event: nobody did anything with them.
///
/// # Errors
/// The database's.
pub async fn reckon_open(db: &mut PgConnection, town: TownId, calendar: &Arc<WorkCalendar>) -> sqlx::Result<usize> {
    let sql = format!(
        "SELECT {}, {COLUMNS} FROM incident i {JOIN}
          WHERE i.town_id = $1 AND i.ended_at IS NULL AND i.life IS NOT NULL AND c.working_time ORDER BY i.incident_id",
        incidents::COLUMNS
    );
    let rows = sqlx::query(&sql).bind(town.0).fetch_all(&mut *db).await?;
    for row in &rows {
        let held = held_of(row)?;
        let hours = Counted::by(calendar, true);
        let Some(case) = held.known().map(|case| case.reckoned(&hours)) else { continue };
        let act_at = case.next_alarm(&held.terms, &hours).map(|(at, _)| at);
        write(db, town, (held.incident.id, held.incident.properties.seq), &case, act_at, None).await?;
    }
    Ok(rows.len())
}

/// What a category in force at a time says: its version, its terms for a severity, and whether only working time counts.
///
/// # Errors
/// The database's.
pub async fn category_in_force(
    db: &mut PgConnection,
    town: TownId,
    code: &str,
    severity: Severity,
    at: DateTime<Utc>,
) -> sqlx::Result<Option<(i32, Terms, bool)>> {
    let sql =
        "SELECT version, limit_min, limit_grid_min, limit_village_min, limit_town_min, working_time, pauses_referred,
                      pauses_parked
                 FROM category
                WHERE town_id = $1 AND category_code = $2 AND valid_from <= $3 AND (valid_to IS NULL OR $3 < valid_to)";
    let row = sqlx::query(sql).bind(town.0).bind(code).bind(at).fetch_optional(db).await?;
    row.map(|row| Ok((row.try_get("version")?, terms(&row, severity)?, row.try_get("working_time")?))).transpose()
}

/// Which areas a place lies in now: what a report there is judged by before it is written.
///
/// # Errors
/// The database's.
pub async fn whereabouts(
    db: &mut PgConnection,
    town: TownId,
    (lon, lat): (f64, f64),
    at: DateTime<Utc>,
) -> sqlx::Result<(Whereabouts, bool)> {
    let row =
        sqlx::query(include_str!("whereabouts.sql")).bind(town.0).bind(lon).bind(lat).bind(at).fetch_one(db).await?;
    let place = Whereabouts {
        village: parsed_or_null(&row, "village_code")?,
        grid: parsed_or_null(&row, "grid_code")?,
        reporter: None,
        alert: false,
    };
    Ok((place, row.try_get("inside")?))
}

/// A case's owner as a column has it; the level's own party where it was written before there were rules.
pub(super) fn owner_of(row: &PgRow) -> sqlx::Result<geodata::incident::Party> {
    match parsed_or_null(row, "owner")? {
        Some(owner) => Ok(owner),
        None => Ok(geodata::incident::Party::at(parsed(row, "now_level")?)),
    }
}
