//! Past incidents in bulk: copied to a table of their own, sorted out there, and written in one transaction.

use super::{calendar, events, parsed};
use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use geodata::Time;
use geodata::incident::{Action, Source, next};
use geodata::place::Position;
use geodata::town::{CategoryCode, CategoryGroup, Name, Role, Slug, TownId};
use sqlx::{PgConnection, PgPool, Row as _};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// Rows written by one statement: often enough for a progress bar, seldom enough to be fast.
const CHUNK: i64 = 2_000;
/// Minutes that a category made from the data has at grid, village and town: a day, three and five.
const LIMITS: [i32; 3] = [1_440, 4_320, 7_200];
/// The plan and the categories of a new town hold for whatever its files tell of.
const ALWAYS: &str = "1900-01-01T00:00:00Z";

/// One past incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its line in the file.
    pub line: u64,
    /// What tells it from others, unique in its town.
    pub key: String,
    /// When it happened.
    pub at: Time,
    /// A few words.
    pub title: String,
    /// Its category's name or code, as the file has it.
    pub category: String,
    /// 1 to 4.
    pub severity: u8,
    /// Where.
    pub position: Position,
}

/// What a town is made of when it does not exist yet.
#[derive(Debug, Clone)]
pub struct NewTown {
    /// Its key.
    pub id: TownId,
    /// Whether that is its administrative code.
    pub has_code: bool,
    /// Its name.
    pub name: Name,
    /// The zone of its days.
    pub zone: Tz,
    /// Polygons as GeoJSON, WGS 84; without any, the boundary is made from the data.
    pub boundary: Option<Vec<String>>,
}

/// What is to be loaded, and where.
#[derive(Debug, Clone, Copy)]
pub struct Load<'a> {
    /// The town.
    pub slug: &'a Slug,
    /// How it is made when it does not exist.
    pub new_town: &'a NewTown,
    /// The group of categories that the data bring along.
    pub group: CategoryGroup,
    /// The file's name, which each incident's log tells.
    pub file: &'a str,
}

/// What became of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    /// Incidents written.
    pub added: u64,
    /// Rows that an earlier import brought.
    pub known: u64,
    /// Lines of rows outside the town's boundary.
    pub outside: Vec<u64>,
    /// Whether the town was made.
    pub made_town: bool,
    /// The town's area on the ellipsoid, m².
    pub area_m2: f64,
}

/// The zone of a town that exists.
pub async fn zone(pool: &PgPool, slug: &Slug) -> sqlx::Result<Option<Tz>> {
    let row =
        sqlx::query("SELECT time_zone FROM town WHERE slug = $1").bind(slug.as_str()).fetch_optional(pool).await?;
    row.map(|row| parsed(&row, "time_zone")).transpose()
}

/// Loads past incidents; `written` hears how many rows are through.
///
/// # Errors
/// Then nothing is written.
pub async fn incidents(
    pool: &PgPool,
    load: &Load<'_>,
    rows: &[Row],
    now: DateTime<Utc>,
    written: impl Fn(u64),
) -> anyhow::Result<Loaded> {
    let mut tx = pool.begin().await?;
    let mut loaded = Loaded::default();
    let known = sqlx::query("SELECT town_id FROM town WHERE slug = $1").bind(load.slug.as_str());
    let known = known.fetch_optional(&mut *tx).await?.map(|row| row.try_get("town_id").map(TownId)).transpose()?;
    let town = known.unwrap_or(load.new_town.id);
    let codes = category_codes(&mut tx, town, rows, now).await?;
    copy(&mut tx, rows, &codes).await?;
    if known.is_none() {
        make_town(&mut tx, load).await?;
        calendar::seed(&mut tx, town, now).await?;
        loaded.made_town = true;
    }
    let row = sqlx::query(
        "SELECT f.last_seq, f.last_incident, t.area_m2, t.time_zone FROM town_feed f JOIN town t USING (town_id)
          WHERE f.town_id = $1 FOR UPDATE OF f",
    );
    let row = row.bind(town.0).fetch_one(&mut *tx).await?;
    loaded.area_m2 = row.try_get("area_m2")?;
    let zone: String = row.try_get("time_zone")?;
    let (last_seq, last_incident): (i64, i64) = (row.try_get("last_seq")?, row.try_get("last_incident")?);
    make_categories(&mut tx, town, load.group, &codes, now).await?;
    loaded.outside = sort_out_outside(&mut tx, town).await?;
    loaded.known = sqlx::query(include_str!("known.sql")).bind(town.0).execute(&mut *tx).await?.rows_affected();
    let passed = loaded.outside.len() as u64 + loaded.known;
    written(passed);
    let numbered = sqlx::query(include_str!("number.sql")).bind(town.0).bind(&zone).bind(last_incident).bind(last_seq);
    loaded.added = numbered.execute(&mut *tx).await?.rows_affected();
    // The chunks are found by it: without, each would walk the whole table.
    sqlx::query("CREATE UNIQUE INDEX ON import_row (n)").execute(&mut *tx).await?;
    let mut from = 0;
    while from < i64::try_from(loaded.added)? {
        let to = (from + CHUNK).min(i64::try_from(loaded.added)?);
        let done = write_chunk(&mut tx, town, load.file, from..to, now).await?;
        // Numbers were given for all of them: one that was not written would be a gap in the log.
        ensure!(done == u64::try_from(to - from)?, "rows {from} to {to} were not all written; nothing is kept");
        from = to;
        written((passed + u64::try_from(from)?).min(rows.len() as u64));
    }
    if loaded.added > 0 {
        sqlx::query(include_str!("feed.sql")).bind(town.0).bind(&zone).execute(&mut *tx).await?;
        events::tell(&mut tx, town, last_seq + i64::try_from(loaded.added)?).await?;
    }
    tx.commit().await?;
    if loaded.added > 0 {
        // Fresh statistics, or the first lists and totals walk whole tables.
        sqlx::query("ANALYZE incident, incident_event").execute(pool).await?;
    }
    Ok(loaded)
}

/// The code of each category name in the rows: of a category in force that has this code or name, or a new one.
async fn category_codes(
    db: &mut PgConnection,
    town: TownId,
    rows: &[Row],
    now: DateTime<Utc>,
) -> anyhow::Result<BTreeMap<String, CategoryCode>> {
    let sql = "SELECT category_code, name_zh, name_en FROM category
                WHERE town_id = $1 AND valid_from <= $2 AND (valid_to IS NULL OR $2 < valid_to)";
    let mut known: HashMap<String, CategoryCode> = HashMap::new();
    for row in sqlx::query(sql).bind(town.0).bind(now).fetch_all(db).await? {
        let code: CategoryCode = parsed(&row, "category_code")?;
        for name in [code.to_string(), row.try_get("name_zh")?, row.try_get("name_en")?] {
            known.entry(name.to_lowercase()).or_insert_with(|| code.clone());
        }
    }
    let mut codes = BTreeMap::new();
    for row in rows {
        if !codes.contains_key(&row.category) {
            let code = known.get(&row.category.to_lowercase()).cloned();
            codes.insert(row.category.clone(), code.unwrap_or_else(|| CategoryCode::from_name(&row.category)));
        }
    }
    Ok(codes)
}

/// Copies the rows to a table that lives as long as the transaction.
async fn copy(db: &mut PgConnection, rows: &[Row], codes: &BTreeMap<String, CategoryCode>) -> anyhow::Result<()> {
    sqlx::query(include_str!("table.sql")).execute(&mut *db).await?;
    let mut sink =
        db.copy_in_raw("COPY import_row (line, key, at, title, category, severity, lon, lat) FROM STDIN").await?;
    let mut text = String::new();
    for chunk in rows.chunks(4_096) {
        text.clear();
        for row in chunk {
            let code = codes.get(&row.category).context("a category without a code")?;
            let (lon, lat) = (row.position.lon(), row.position.lat());
            write!(text, "{}\t{}\t{}\t{}", row.line, Escaped(&row.key), row.at.to_rfc3339(), Escaped(&row.title))?;
            writeln!(text, "\t{code}\t{}\t{lon}\t{lat}", row.severity)?;
        }
        sink.send(text.as_bytes()).await?;
    }
    sink.finish().await?;
    sqlx::query("ANALYZE import_row").execute(db).await?;
    Ok(())
}

/// Text as COPY's text format has it.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '\\' => f.write_str("\\\\"),
            '\t' => f.write_str("\\t"),
            '\n' => f.write_str("\\n"),
            '\r' => f.write_str("\\r"),
            other => f.write_char(other),
        })
    }
}

async fn make_town(db: &mut PgConnection, load: &Load<'_>) -> anyhow::Result<()> {
    let new = load.new_town;
    let boundary = match &new.boundary {
        Some(polygons) => given_boundary(db, polygons).await?,
        None => sqlx::query_scalar::<_, Option<String>>(include_str!("boundary.sql"))
            .fetch_one(&mut *db)
            .await?
            .context("a boundary can't be made: no row of the file can be used")?,
    };
    let sql = "INSERT INTO town (town_id, slug, code, name_zh, name_en, time_zone, boundary)
               VALUES ($1, $2, $3, $4, $5, $6, ST_Multi(ST_GeomFromGeoJSON($7)))";
    let made = sqlx::query(sql)
        .bind(new.id.0)
        .bind(load.slug.as_str())
        .bind(new.has_code.then(|| new.id.0.to_string()))
        .bind(&new.name.zh)
        .bind(&new.name.en)
        .bind(new.zone.name())
        .bind(boundary)
        .execute(&mut *db)
        .await;
    if let Err(error) = made {
        if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) {
            bail!("another town has the key {} already; give this one its administrative code with --code", new.id.0);
        }
        return Err(error.into());
    }
    sqlx::query("INSERT INTO town_feed (town_id) VALUES ($1)").bind(new.id.0).execute(&mut *db).await?;
    let sql = "INSERT INTO plan (town_id, plan_id, name_zh, name_en, state, valid_from)
               VALUES ($1, 1, '尚未划分网格', 'No grids yet', 'published', $2::timestamptz)";
    sqlx::query(sql).bind(new.id.0).bind(ALWAYS).execute(db).await?;
    Ok(())
}

/// The union of what was given, as GeoJSON.
async fn given_boundary(db: &mut PgConnection, polygons: &[String]) -> anyhow::Result<String> {
    let sql = "WITH part AS (SELECT ST_Force2D(ST_GeomFromGeoJSON(shape)) AS shape FROM unnest($1::text[]) AS shape)
               SELECT (SELECT ST_IsValidReason(shape) FROM part WHERE NOT ST_IsValid(shape) LIMIT 1) AS fault,
                      (SELECT ST_AsGeoJSON(ST_Union(shape), 9) FROM part WHERE ST_IsValid(shape)) AS shape";
    let row = sqlx::query(sql).bind(polygons).fetch_one(db).await?;
    if let Some(fault) = row.try_get::<Option<String>, _>("fault")? {
        bail!("the boundary is not a valid polygon: {fault}");
    }
    Ok(row.try_get("shape")?)
}

async fn make_categories(
    db: &mut PgConnection,
    town: TownId,
    group: CategoryGroup,
    codes: &BTreeMap<String, CategoryCode>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query(include_str!("categories.sql"))
        .bind(town.0)
        .bind(group.word())
        .bind(LIMITS[0])
        .bind(LIMITS[1])
        .bind(LIMITS[2])
        .bind(ALWAYS)
        .bind(codes.values().map(CategoryCode::as_str).collect::<Vec<_>>())
        .bind(codes.keys().collect::<Vec<_>>())
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Takes out the rows that lie outside the town, and tells their lines.
async fn sort_out_outside(db: &mut PgConnection, town: TownId) -> anyhow::Result<Vec<u64>> {
    let lines: Vec<i64> = sqlx::query_scalar(include_str!("outside.sql")).bind(town.0).fetch_all(db).await?;
    Ok(lines.into_iter().map(u64::try_from).collect::<Result<_, _>>()?)
}

/// Writes incidents, each with the one event of its log; answers how many.
async fn write_chunk(
    db: &mut PgConnection,
    town: TownId,
    file: &str,
    range: std::ops::Range<i64>,
    now: DateTime<Utc>,
) -> anyhow::Result<u64> {
    // The same rules as the live path say where a record leads.
    let standing = next(None, Action::Record)?;
    let done = sqlx::query(include_str!("write.sql"))
        .bind(town.0)
        .bind(range.start)
        .bind(range.end)
        .bind(standing.state.word())
        .bind(standing.level.word())
        .bind(Source::Import.word())
        .bind(Action::Record.word())
        .bind(Role::Administrator.word())
        .bind(file)
        .bind(now)
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}
