//! Categories and their versions.

use super::{name, parsed, parsed_or_null};
use chrono::{DateTime, Utc};
use geodata::category::{Content, History, LimitTable, Version};
use geodata::town::{CategoryCode, Name, TownId, UnitCode};
use geodata::wire::{Category, CategoryHistory, CategoryVersion};
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use std::collections::{BTreeMap, BTreeSet};

/// Most categories in an answer: an administrator keeps a thousand at most, an import may bring more.
const LIMIT: i64 = 5_000;

const COLUMNS: &str = "c.category_code, c.version, c.group_word, c.name_zh, c.name_en, c.filing_standard_zh,
    c.filing_standard_en, c.closing_standard_zh, c.closing_standard_en, c.limit_min, c.limit_grid_min, c.limit_village_min,
    c.limit_town_min, c.working_time, c.pauses_referred, c.pauses_parked, c.default_unit_code, c.valid_from, c.valid_to";

/// The categories in force at a time, by code.
///
/// # Errors
/// The database's.
pub async fn in_force(db: &mut PgConnection, town: TownId, at: DateTime<Utc>) -> sqlx::Result<Vec<Category>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM category c
          WHERE c.town_id = $1 AND c.valid_from <= $2 AND (c.valid_to IS NULL OR $2 < c.valid_to)
          ORDER BY c.category_code LIMIT $3"
    );
    let rows = sqlx::query(&sql).bind(town.0).bind(at).bind(LIMIT).fetch_all(db).await?;
    rows.iter().map(|row| Ok(Category::of(parsed(row, "category_code")?, content(row)?))).collect()
}

/// Every version of every category.
///
/// # Errors
/// The database's.
pub async fn histories(db: &mut PgConnection, town: TownId) -> sqlx::Result<BTreeMap<CategoryCode, History>> {
    let sql = format!("SELECT {COLUMNS} FROM category c WHERE c.town_id = $1");
    let mut versions: BTreeMap<CategoryCode, Vec<Version>> = BTreeMap::new();
    for row in sqlx::query(&sql).bind(town.0).fetch_all(db).await? {
        versions.entry(parsed(&row, "category_code")?).or_default().push(version(&row)?);
    }
    Ok(versions.into_iter().map(|(code, versions)| (code, History::new(versions))).collect())
}

/// Where a page of versions goes on: after this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    code: CategoryCode,
    version: i32,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.code, self.version)
    }
}

impl std::str::FromStr for Cursor {
    type Err = geodata::Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (code, version) = text.split_once(':')?;
            Some(Self { code: code.parse().ok()?, version: version.parse().ok()? })
        };
        read().ok_or_else(|| {
            geodata::Invalid::new("after", "须为上一页给出的 next", "give the `next` of the page before")
        })
    }
}

/// A page of versions by code and number, of one category or of all.
///
/// # Errors
/// The database's.
pub async fn page(
    db: &mut PgConnection,
    town: TownId,
    code: Option<&CategoryCode>,
    after: Option<&Cursor>,
    limit: u16,
) -> sqlx::Result<CategoryHistory> {
    let sql = format!(
        "SELECT {COLUMNS} FROM category c
          WHERE c.town_id = $1 AND ($2::text IS NULL OR c.category_code = $2)
            AND ($3::text IS NULL OR (c.category_code, c.version) > ($3, $4))
          ORDER BY c.category_code, c.version LIMIT $5"
    );
    let rows = sqlx::query(&sql)
        .bind(town.0)
        .bind(code.map(CategoryCode::as_str))
        .bind(after.map(|cursor| cursor.code.as_str()))
        .bind(after.map_or(0, |cursor| cursor.version))
        .bind(i64::from(limit) + 1)
        .fetch_all(db)
        .await?;
    let told = |row: &PgRow| Ok(CategoryVersion::of(parsed(row, "category_code")?, version(row)?));
    let mut versions = rows.iter().map(told).collect::<sqlx::Result<Vec<_>>>()?;
    let more = versions.len() > usize::from(limit);
    versions.truncate(usize::from(limit));
    let last = versions.last().filter(|_| more);
    let next = last.map(|last| Cursor { code: last.code.clone(), version: last.version }.to_string());
    Ok(CategoryHistory { versions, next })
}

fn version(row: &PgRow) -> sqlx::Result<Version> {
    Ok(Version {
        version: row.try_get("version")?,
        content: content(row)?,
        from: row.try_get("valid_from")?,
        to: row.try_get("valid_to")?,
    })
}

fn content(row: &PgRow) -> sqlx::Result<Content> {
    let both = |zh: &str, en: &str| -> sqlx::Result<Name> { Ok(Name { zh: row.try_get(zh)?, en: row.try_get(en)? }) };
    Ok(Content {
        group: parsed(row, "group_word")?,
        name: name(row)?,
        filing_standard: both("filing_standard_zh", "filing_standard_en")?,
        closing_standard: both("closing_standard_zh", "closing_standard_en")?,
        limits: limits(row)?,
        working_time: row.try_get("working_time")?,
        pauses_referred: row.try_get("pauses_referred")?,
        pauses_parked: row.try_get("pauses_parked")?,
        default_unit: parsed_or_null(row, "default_unit_code")?,
    })
}

/// The table by severity; where there is none, the three columns hold for every severity.
fn limits(row: &PgRow) -> sqlx::Result<LimitTable> {
    let all: Option<Vec<i32>> = row.try_get("limit_min")?;
    let three = [row.try_get("limit_grid_min")?, row.try_get("limit_village_min")?, row.try_get("limit_town_min")?];
    let all = all.unwrap_or_default();
    let at = |severity: usize| all.get(severity * 3..severity * 3 + 3).and_then(|three| three.try_into().ok());
    Ok([0, 1, 2, 3].map(|severity| at(severity).unwrap_or(three)))
}

/// The codes of the town's units.
///
/// # Errors
/// The database's.
pub async fn units(db: &mut PgConnection, town: TownId) -> sqlx::Result<BTreeSet<UnitCode>> {
    let rows = sqlx::query("SELECT unit_code FROM unit WHERE town_id = $1").bind(town.0).fetch_all(db).await?;
    rows.iter().map(|row| parsed(row, "unit_code")).collect()
}

/// How many incidents of a category were reported at or after a time; seen by a job of the server's own only.
///
/// # Errors
/// The database's.
pub async fn reported_since(
    db: &mut PgConnection,
    town: TownId,
    code: &CategoryCode,
    since: DateTime<Utc>,
) -> sqlx::Result<i64> {
    let sql = "SELECT count(*) FROM incident WHERE town_id = $1 AND category_code = $2 AND reported_at >= $3";
    sqlx::query_scalar(sql).bind(town.0).bind(code.as_str()).bind(since).fetch_one(db).await
}

/// What must be written for a category's history to become another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    /// Numbers of versions that go: they were only planned.
    pub removed: Vec<i32>,
    /// Versions that end at another time.
    pub ended: Vec<(i32, Option<DateTime<Utc>>)>,
    /// Versions that come.
    pub added: Vec<Version>,
}

impl Difference {
    /// Between a history and what it shall be.
    pub fn between(before: &History, after: &History) -> Self {
        let of = |history: &History, number: i32| history.versions().iter().find(|v| v.version == number).cloned();
        let mut difference = Self::default();
        for old in before.versions() {
            match of(after, old.version) {
                None => difference.removed.push(old.version),
                Some(new) if new.to != old.to => difference.ended.push((new.version, new.to)),
                Some(_) => {}
            }
        }
        let new = after.versions().iter().filter(|new| of(before, new.version).is_none());
        difference.added = new.cloned().collect();
        difference
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.ended.is_empty() && self.added.is_empty()
    }
}

/// A version as a row.
#[derive(Serialize)]
struct Row<'a> {
    code: &'a CategoryCode,
    version: i32,
    group: &'static str,
    name: &'a Name,
    filing: &'a Name,
    closing: &'a Name,
    limits: Vec<i32>,
    working_time: bool,
    pauses_referred: bool,
    pauses_parked: bool,
    unit: Option<&'a UnitCode>,
    valid_from: DateTime<Utc>,
    valid_to: Option<DateTime<Utc>>,
}

impl<'a> Row<'a> {
    fn of(code: &'a CategoryCode, version: &'a Version) -> Self {
        let content = &version.content;
        Self {
            code,
            version: version.version,
            group: content.group.word(),
            name: &content.name,
            filing: &content.filing_standard,
            closing: &content.closing_standard,
            limits: content.limits.as_flattened().to_vec(),
            working_time: content.working_time,
            pauses_referred: content.pauses_referred,
            pauses_parked: content.pauses_parked,
            unit: content.default_unit.as_ref(),
            valid_from: version.from,
            valid_to: version.to,
        }
    }
}

/// Writes differences, whatever their number, in three statements.
///
/// # Errors
/// The database's; a version that was planned and yet has incidents can't go.
pub async fn write(
    db: &mut PgConnection,
    town: TownId,
    differences: &[(&CategoryCode, Difference)],
) -> sqlx::Result<()> {
    let removed: Vec<(&str, i32)> =
        differences.iter().flat_map(|(code, d)| d.removed.iter().map(|n| (code.as_str(), *n))).collect();
    if !removed.is_empty() {
        let sql = "DELETE FROM category c USING unnest($2::text[], $3::integer[]) AS x (code, version)
                    WHERE c.town_id = $1 AND c.category_code = x.code AND c.version = x.version";
        let (codes, numbers): (Vec<_>, Vec<_>) = removed.into_iter().unzip();
        sqlx::query(sql).bind(town.0).bind(codes).bind(numbers).execute(&mut *db).await?;
    }
    let ended: Vec<_> =
        differences.iter().flat_map(|(code, d)| d.ended.iter().map(|(n, to)| (code.as_str(), *n, *to))).collect();
    if !ended.is_empty() {
        let sql = "UPDATE category c SET valid_to = x.valid_to
                     FROM unnest($2::text[], $3::integer[], $4::timestamptz[]) AS x (code, version, valid_to)
                    WHERE c.town_id = $1 AND c.category_code = x.code AND c.version = x.version";
        sqlx::query(sql)
            .bind(town.0)
            .bind(ended.iter().map(|(code, ..)| *code).collect::<Vec<_>>())
            .bind(ended.iter().map(|(_, number, _)| *number).collect::<Vec<_>>())
            .bind(ended.iter().map(|(.., to)| *to).collect::<Vec<_>>())
            .execute(&mut *db)
            .await?;
    }
    let added = differences.iter().flat_map(|(code, d)| d.added.iter().map(|version| Row::of(code, version)));
    let added: Vec<Row<'_>> = added.collect();
    if !added.is_empty() {
        sqlx::query(include_str!("categories.sql")).bind(town.0).bind(Json(added)).execute(db).await?;
    }
    Ok(())
}
