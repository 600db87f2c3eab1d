//! Incidents: reading them by filter, reporting one, taking a step with one.

use super::events::{self, Numbers};
use super::{cases, parsed, parsed_or_null};
use chrono::{DateTime, Datelike as _, Utc};
use geodata::filter::IncidentFilter;
use geodata::incident::{Case, NEAR_HOURS, NEAR_M, Severity, likeness};
use geodata::place::Position;
use geodata::town::{CategoryCode, Name, TownId};
use geodata::wire::{
    Acknowledged, CategoryTerms, CollectionKind, FeatureKind, IncidentFeature, IncidentPage, IncidentProperties, Link,
    Nearby, NewIncident, PointGeometry,
};
use sqlx::types::Json;
use sqlx::{PgConnection, Postgres, QueryBuilder, Row as _, postgres::PgRow};

/// The columns that [`feature`] reads, of an incident called `i`.
pub(super) const COLUMNS: &str = "i.incident_id, i.number, i.title, i.category_code, i.severity, i.state AS now_state,
    i.level AS now_level, i.owner, i.offered, i.source, i.village_code, i.grid_code, i.outside, i.reported_at, i.due_at, i.ended_at,
    i.acknowledged_at, i.acknowledged_by, i.last_seq, i.simulated AS made_up, ST_X(i.position) AS lon, ST_Y(i.position) AS lat";

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

fn acknowledged(row: &PgRow) -> sqlx::Result<Option<Acknowledged>> {
    let at: Option<DateTime<Utc>> = row.try_get("acknowledged_at")?;
    at.map(|at| Ok(Acknowledged { at, by: row.try_get("acknowledged_by")? })).transpose()
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
            owner: super::cases::owner_of(row)?,
            offered: parsed_or_null(row, "offered")?,
            source: parsed(row, "source")?,
            village: parsed_or_null(row, "village_code")?,
            grid: parsed_or_null(row, "grid_code")?,
            outside: row.try_get("outside")?,
            reported_at: row.try_get("reported_at")?,
            due_at: row.try_get("due_at")?,
            ended_at: row.try_get("ended_at")?,
            acknowledged: acknowledged(row)?,
            seq: row.try_get("last_seq")?,
            simulated: row.try_get("made_up")?,
        },
    })
}

/// One incident.
///
/// # Errors
/// The database's.
pub async fn one(db: &mut PgConnection, town: TownId, id: i64) -> sqlx::Result<Option<IncidentFeature>> {
    let sql = format!("SELECT {COLUMNS} FROM incident i WHERE i.town_id = $1 AND i.incident_id = $2");
    sqlx::query(&sql).bind(town.0).bind(id).fetch_optional(db).await?.as_ref().map(feature).transpose()
}

/// What an incident's page says besides what the list has.
pub struct Words {
    /// The report in full.
    pub description: Option<String>,
    /// Its category as it was when it was filed.
    pub category: CategoryTerms,
}

/// An incident's words, and its category as it was when it was filed.
///
/// # Errors
/// The database's.
pub async fn told(db: &mut PgConnection, town: TownId, id: i64, severity: Severity) -> sqlx::Result<Option<Words>> {
    let sql = format!(
        "SELECT i.description, c.name_zh, c.name_en, c.group_word, c.filing_standard_zh, c.filing_standard_en,
                c.closing_standard_zh, c.closing_standard_en, {} FROM incident i {}
          WHERE i.town_id = $1 AND i.incident_id = $2",
        cases::COLUMNS,
        cases::JOIN
    );
    let row = sqlx::query(&sql).bind(town.0).bind(id).fetch_optional(db).await?;
    row.map(|row| {
        let both =
            |zh: &str, en: &str| -> sqlx::Result<Name> { Ok(Name { zh: row.try_get(zh)?, en: row.try_get(en)? }) };
        let category = CategoryTerms {
            name: super::name(&row)?,
            group: parsed(&row, "group_word")?,
            filing_standard: both("filing_standard_zh", "filing_standard_en")?,
            closing_standard: both("closing_standard_zh", "closing_standard_en")?,
            limit_minutes: cases::terms(&row, severity)?.limits,
            working_time: row.try_get("working_time")?,
        };
        Ok(Words { description: row.try_get("description")?, category })
    })
    .transpose()
}

/// The incident that one goes on in, and those that go on in it, as far as the person sees them.
///
/// # Errors
/// The database's.
pub async fn links(
    db: &mut PgConnection,
    town: TownId,
    id: i64,
    main: Option<i64>,
) -> sqlx::Result<(Option<Link>, Vec<Link>)> {
    let sql = "SELECT i.incident_id, i.number, i.title, i.state FROM incident i
                WHERE i.town_id = $1 AND (i.merged_into = $2 OR i.incident_id = $3) ORDER BY i.incident_id LIMIT 200";
    let rows = sqlx::query(sql).bind(town.0).bind(id).bind(main).fetch_all(db).await?;
    let links = rows.iter().map(link).collect::<sqlx::Result<Vec<_>>>()?;
    let (main, absorbed): (Vec<_>, Vec<_>) = links.into_iter().partition(|link| Some(link.id) == main);
    Ok((main.into_iter().next(), absorbed))
}

fn link(row: &PgRow) -> sqlx::Result<Link> {
    Ok(Link {
        id: row.try_get("incident_id")?,
        number: row.try_get("number")?,
        title: row.try_get("title")?,
        state: parsed(row, "state")?,
    })
}

/// The incident of a number.
///
/// # Errors
/// The database's.
pub async fn by_number(db: &mut PgConnection, town: TownId, number: &str) -> sqlx::Result<Option<Link>> {
    let sql = "SELECT i.incident_id, i.number, i.title, i.state FROM incident i WHERE i.town_id = $1 AND i.number = $2";
    // The database holds no text with a NUL, and takes none.
    if number.contains('\0') {
        return Ok(None);
    }
    sqlx::query(sql).bind(town.0).bind(number).fetch_optional(db).await?.as_ref().map(link).transpose()
}

/// Near what: a place, a time, perhaps a category; perhaps not this one.
pub struct Near {
    /// The place.
    pub position: Position,
    /// The time.
    pub at: DateTime<Utc>,
    /// The category that counts as the same.
    pub category: Option<CategoryCode>,
    /// An incident to leave out.
    pub but: Option<i64>,
}

/// Incidents near a place and a time, the likest first.
///
/// # Errors
/// The database's.
pub async fn nearby(db: &mut PgConnection, town: TownId, near: &Near) -> sqlx::Result<Vec<Nearby>> {
    /// Looked at for likeness; a person reads a few.
    const LOOKED_AT: i64 = 100;
    const TOLD: usize = 20;
    let sql = include_str!("nearby.sql").replace("{columns}", COLUMNS);
    let rows = sqlx::query(&sql)
        .bind(town.0)
        .bind(near.position.lon())
        .bind(near.position.lat())
        .bind(near.at)
        .bind(NEAR_M)
        .bind(i32::try_from(NEAR_HOURS).unwrap_or(i32::MAX))
        .bind(near.but)
        .bind(LOOKED_AT)
        .fetch_all(&mut *db)
        .await?;
    let mut found = rows.iter().map(|row| like(row, near)).collect::<sqlx::Result<Vec<_>>>()?;
    found.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
    found.truncate(TOLD);
    let ids: Vec<i64> = found.iter().map(|nearby| nearby.incident.id).collect();
    let mut photos = super::photos::first_of(db, town, &ids).await?;
    for nearby in &mut found {
        nearby.photo = photos.remove(&nearby.incident.id);
    }
    Ok(found)
}

fn like(row: &PgRow, near: &Near) -> sqlx::Result<Nearby> {
    let incident = feature(row)?;
    let metres = row.try_get("metres")?;
    let minutes_before = (near.at - incident.properties.reported_at).num_minutes();
    let same_category = near.category.as_ref() == Some(&incident.properties.category);
    let likeness = likeness(metres, minutes_before, same_category);
    Ok(Nearby { incident, metres, minutes_before, same_category, likeness, photo: None })
}

/// A report that has passed its checks, ready to be written.
pub struct Report<'a> {
    /// What was sent.
    pub new: &'a NewIncident,
    /// The version of its category, in force when it was reported.
    pub category_version: i32,
    /// Where it stands by its first event.
    pub case: &'a Case,
    /// When the system acts.
    pub act_at: Option<DateTime<Utc>>,
    /// When it was reported.
    pub at: DateTime<Utc>,
    /// Who reported it.
    pub reporter: i32,
}

/// Writes a report, under the town's lock.
///
/// # Errors
/// The database's; a place outside the town among them.
pub async fn report(db: &mut PgConnection, town: TownId, numbers: &Numbers, report: &Report<'_>) -> sqlx::Result<()> {
    let sql = "
        INSERT INTO incident (town_id, incident_id, number, title, description, category_code, category_version, severity,
               state, level, source, position, outside, reported_at, due_at, last_seq, simulated, owner, turn, act_at,
               reporter_id, life)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, ST_SetSRID(ST_MakePoint($12, $13), 4326), $14, $15, $16, $17,
               $18, $19, $20, $21, $22, $23)";
    let (new, case) = (report.new, report.case);
    sqlx::query(sql)
        .bind(town.0)
        .bind(numbers.incident)
        .bind(&numbers.number)
        .bind(&new.title)
        .bind(&new.description)
        .bind(new.category.as_str())
        .bind(report.category_version)
        .bind(i16::from(new.severity.number()))
        .bind(case.standing.state.word())
        .bind(case.standing.level.word())
        .bind(new.source.word())
        .bind(new.position.lon())
        .bind(new.position.lat())
        .bind(new.outside)
        .bind(report.at)
        .bind(case.due_at())
        .bind(numbers.seq)
        .bind(new.simulated)
        .bind(case.owner.to_string())
        .bind(case.turn().to_string())
        .bind(report.act_at)
        .bind(report.reporter)
        .bind(Json(case))
        .execute(&mut *db)
        .await?;
    Ok(())
}
