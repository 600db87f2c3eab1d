//! Incidents: reading them by filter, reporting one, taking a step with one.

use super::events::{self, Numbers};
use super::{parsed, parsed_or_null};
use chrono::{DateTime, Datelike as _, Utc};
use geodata::filter::IncidentFilter;
use geodata::incident::{Limits, Progress, Standing, State};
use geodata::town::TownId;
use geodata::wire::{
    CollectionKind, FeatureKind, IncidentFeature, IncidentPage, IncidentProperties, NewIncident, PointGeometry,
};
use sqlx::{PgConnection, Postgres, QueryBuilder, Row as _, postgres::PgRow};

/// The columns that [`feature`] reads, of an incident called `i`.
pub(super) const COLUMNS: &str = "i.incident_id, i.number, i.title, i.category_code, i.severity, i.state AS now_state,
    i.level AS now_level, i.source, i.village_code, i.grid_code, i.outside, i.reported_at, i.due_at, i.ended_at, i.last_seq,
    i.simulated AS made_up, ST_X(i.position) AS lon, ST_Y(i.position) AS lat";

/// Where a page of the list goes on: after the incident of this time and key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    reported_at: DateTime<Utc>,
    id: i64,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.reported_at.timestamp_micros(), self.id)
    }
}

impl std::str::FromStr for Cursor {
    type Err = geodata::Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once('_')
            .and_then(|(time, id)| {
                let reported_at = DateTime::from_timestamp_micros(time.parse().ok()?)?;
                // Years that the wire's times have; PostgreSQL's own range is another.
                (0..=9999).contains(&reported_at.year()).then_some(())?;
                Some(Self { reported_at, id: id.parse().ok()? })
            })
            .ok_or_else(|| {
                geodata::Invalid::new("after", "须为上一页给出的 next", "give the `next` of the page before")
            })
    }
}

/// One page of the incidents that a filter takes, newest first.
pub async fn page(
    db: &mut PgConnection,
    town: TownId,
    filter: &IncidentFilter,
    after: Option<Cursor>,
    limit: u32,
) -> sqlx::Result<IncidentPage> {
    // Read before the list: the list may hold newer events than the number says, never fewer.
    let seq = events::last_seq(db, town).await?;
    let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM incident i WHERE i.town_id = "));
    query.push_bind(town.0);
    push_filter(&mut query, town, filter);
    if let Some(cursor) = after {
        query.push(" AND (i.reported_at, i.incident_id) < (").push_bind(cursor.reported_at);
        query.push(", ").push_bind(cursor.id).push(")");
    }
    query.push(" ORDER BY i.reported_at DESC, i.incident_id DESC LIMIT ").push_bind(i64::from(limit) + 1);
    let rows = query.build().fetch_all(db).await?;
    let mut features = rows.iter().map(feature).collect::<sqlx::Result<Vec<_>>>()?;
    let more = features.len() > limit as usize;
    features.truncate(limit as usize);
    let next = features
        .last()
        .filter(|_| more)
        .map(|last| Cursor { reported_at: last.properties.reported_at, id: last.id }.to_string());
    Ok(IncidentPage { kind: CollectionKind::FeatureCollection, features, next, seq })
}

/// Adds a filter's conditions on an incident called `i`.
pub(super) fn push_filter(query: &mut QueryBuilder<'_, Postgres>, town: TownId, filter: &IncidentFilter) {
    if let Some(bbox) = filter.bbox {
        query.push(" AND (");
        for (i, (west, south, east, north)) in bbox.parts().into_iter().enumerate() {
            query.push(if i == 0 { "" } else { " OR " }).push("i.position && ST_MakeEnvelope(");
            query.push_bind(west).push(", ").push_bind(south).push(", ");
            query.push_bind(east).push(", ").push_bind(north).push(", 4326)");
        }
        query.push(")");
    }
    if !filter.states.is_empty() {
        let words: Vec<_> = filter.states.iter().map(|s| s.word()).collect();
        query.push(" AND i.state = ANY(").push_bind(words).push(")");
        if filter.states.iter().all(|s| s.is_open()) {
            // Said again in the words of the partial index.
            query.push(" AND i.ended_at IS NULL");
        }
    }
    if !filter.categories.is_empty() {
        let words: Vec<_> = filter.categories.iter().map(ToString::to_string).collect();
        query.push(" AND (i.category_code = ANY(").push_bind(words.clone());
        query.push(") OR i.category_code IN (SELECT c.category_code FROM category c WHERE c.town_id = ");
        query.push_bind(town.0).push(" AND c.group_word = ANY(").push_bind(words).push(")))");
    }
    if !filter.severities.is_empty() {
        let numbers: Vec<_> = filter.severities.iter().map(|s| i16::from(s.number())).collect();
        query.push(" AND i.severity = ANY(").push_bind(numbers).push(")");
    }
    if let Some(village) = &filter.village {
        query.push(" AND i.village_code = ").push_bind(village.to_string());
    }
    if let Some(grid) = &filter.grid {
        query.push(" AND i.grid_code = ").push_bind(grid.to_string());
    }
    if let Some(from) = filter.from {
        query.push(" AND i.reported_at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        query.push(" AND i.reported_at < ").push_bind(to);
    }
}

/// An incident from a row of [`COLUMNS`].
pub(super) fn feature(row: &PgRow) -> sqlx::Result<IncidentFeature> {
    let severity = u8::try_from(row.try_get::<i16, _>("severity")?).unwrap_or_default();
    Ok(IncidentFeature {
        kind: FeatureKind::Feature,
        id: row.try_get("incident_id")?,
        geometry: PointGeometry::new(row.try_get("lon")?, row.try_get("lat")?),
        properties: IncidentProperties {
            number: row.try_get("number")?,
            title: row.try_get("title")?,
            category: parsed(row, "category_code")?,
            severity: severity.try_into().map_err(|e| super::decode_error("severity", e))?,
            state: parsed(row, "now_state")?,
            level: parsed(row, "now_level")?,
            source: parsed(row, "source")?,
            village: parsed_or_null(row, "village_code")?,
            grid: parsed_or_null(row, "grid_code")?,
            outside: row.try_get("outside")?,
            reported_at: row.try_get("reported_at")?,
            due_at: row.try_get("due_at")?,
            ended_at: row.try_get("ended_at")?,
            seq: row.try_get("last_seq")?,
            simulated: row.try_get("made_up")?,
        },
    })
}

/// One incident and its description.
pub async fn one(
    db: &mut PgConnection,
    town: TownId,
    id: i64,
) -> sqlx::Result<Option<(IncidentFeature, Option<String>)>> {
    let sql = format!("SELECT {COLUMNS}, i.description FROM incident i WHERE i.town_id = $1 AND i.incident_id = $2");
    let row = sqlx::query(&sql).bind(town.0).bind(id).fetch_optional(db).await?;
    row.map(|row| Ok((feature(&row)?, row.try_get("description")?))).transpose()
}

/// A category's version in force at a time, and its limits.
pub async fn category_in_force(
    db: &mut PgConnection,
    town: TownId,
    code: &str,
    at: DateTime<Utc>,
) -> sqlx::Result<Option<(i32, Limits)>> {
    let sql = "SELECT version, limit_grid_min, limit_village_min, limit_town_min FROM category
                WHERE town_id = $1 AND category_code = $2 AND valid_from <= $3 AND (valid_to IS NULL OR $3 < valid_to)";
    let row = sqlx::query(sql).bind(town.0).bind(code).bind(at).fetch_optional(db).await?;
    row.map(|row| Ok((row.try_get("version")?, limits(&row)?))).transpose()
}

fn limits(row: &PgRow) -> sqlx::Result<Limits> {
    Ok([row.try_get("limit_grid_min")?, row.try_get("limit_village_min")?, row.try_get("limit_town_min")?])
}

/// A report that has passed its checks, ready to be written.
pub struct Report<'a> {
    /// What was sent.
    pub new: &'a NewIncident,
    /// The version of its category, in force when it was reported.
    pub category_version: i32,
    /// Where it stands by its first event.
    pub progress: Progress,
    /// When it was reported.
    pub at: DateTime<Utc>,
}

/// Writes a report and its first event, under the town's lock.
pub async fn report(db: &mut PgConnection, town: TownId, numbers: &Numbers, report: &Report<'_>) -> sqlx::Result<()> {
    let sql = "
        INSERT INTO incident (town_id, incident_id, number, title, description, category_code, category_version, severity,
               state, level, source, position, outside, reported_at, due_at, accepted_at, last_seq, simulated)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, ST_SetSRID(ST_MakePoint($12, $13), 4326), $14, $15, $16, $17,
               $18, $19)";
    let (new, progress) = (report.new, &report.progress);
    sqlx::query(sql)
        .bind(town.0)
        .bind(numbers.incident)
        .bind(&numbers.number)
        .bind(&new.title)
        .bind(&new.description)
        .bind(new.category.as_str())
        .bind(report.category_version)
        .bind(i16::from(new.severity.number()))
        .bind(progress.standing.state.word())
        .bind(progress.standing.level.word())
        .bind(new.source.word())
        .bind(new.position.lon())
        .bind(new.position.lat())
        .bind(new.outside)
        .bind(report.at)
        .bind(progress.due_at)
        .bind(progress.accepted_at)
        .bind(numbers.seq)
        .bind(new.simulated)
        .execute(&mut *db)
        .await?;
    Ok(())
}

/// Writes down that an incident was given to someone by name, or brought by them: `staff:12`, `unit:police`.
pub async fn involve(db: &mut PgConnection, town: TownId, id: i64, party: &str) -> sqlx::Result<()> {
    // No column is named for the conflict: that would ask for the right to read the row, which is theirs to read.
    let sql = "INSERT INTO incident_involved (town_id, party, incident_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    sqlx::query(sql).bind(town.0).bind(party).bind(id).execute(db).await?;
    Ok(())
}

/// Where an incident stands, for the next step to be reckoned from. Its row stays locked until the transaction ends.
pub struct Held {
    /// State, level and clocks.
    pub progress: Progress,
    /// Its category's limits, of the version it was filed under.
    pub limits: Limits,
    /// Its last event.
    pub last_seq: i64,
}

/// Reads where an incident stands; the town's lock, taken before, keeps it so.
pub async fn held(db: &mut PgConnection, town: TownId, id: i64) -> sqlx::Result<Option<Held>> {
    let sql = "
        SELECT i.state, i.level, i.due_at, i.accepted_at, i.ended_at, i.ended_in_time, i.last_seq,
               c.limit_grid_min, c.limit_village_min, c.limit_town_min
          FROM incident i
          JOIN category c ON c.town_id = i.town_id AND c.category_code = i.category_code
                         AND c.version = i.category_version
         WHERE i.town_id = $1 AND i.incident_id = $2";
    let row = sqlx::query(sql).bind(town.0).bind(id).fetch_optional(db).await?;
    row.map(|row| {
        let state: State = parsed(&row, "state")?;
        Ok(Held {
            progress: Progress {
                standing: Standing { state, level: parsed(&row, "level")? },
                due_at: row.try_get("due_at")?,
                accepted_at: row.try_get("accepted_at")?,
                ended_at: row.try_get("ended_at")?,
                ended_in_time: row.try_get("ended_in_time")?,
            },
            limits: limits(&row)?,
            last_seq: row.try_get("last_seq")?,
        })
    })
    .transpose()
}

/// Writes the projection of one more event.
pub async fn advance(db: &mut PgConnection, town: TownId, id: i64, seq: i64, to: &Progress) -> sqlx::Result<()> {
    let sql = "
        UPDATE incident SET state = $3, level = $4, due_at = $5, accepted_at = $6, ended_at = $7, ended_in_time = $8,
               last_seq = $9
         WHERE town_id = $1 AND incident_id = $2";
    sqlx::query(sql)
        .bind(town.0)
        .bind(id)
        .bind(to.standing.state.word())
        .bind(to.standing.level.word())
        .bind(to.due_at)
        .bind(to.accepted_at)
        .bind(to.ended_at)
        .bind(to.ended_in_time)
        .bind(seq)
        .execute(db)
        .await?;
    Ok(())
}
