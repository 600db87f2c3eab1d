//! SQL, a module a resource. Functions take a town's key first, and return domain or wire values.

pub mod accounts;
pub mod around;
pub mod audit;
pub mod audit_log;
pub mod calendar;
pub mod cameras;
pub mod cases;
pub mod categories;
pub mod colleagues;
pub mod events;
pub mod ground;
pub mod idempotency;
pub mod import;
pub mod incidents;
pub mod lockout;
pub mod parties;
pub mod photos;
pub mod roster;
pub mod scope;
pub mod search;
pub mod seed;
pub mod sessions;
pub mod steps;
pub mod tiles;
pub mod totals;
pub mod totp;
pub mod towns;
pub mod units;
pub mod verify;
pub mod work;

use geodata::wire::{Collection, Feature};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

/// The migrations, embedded; sqlx holds an advisory lock while it runs them.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// A column's text parsed into a domain value; text that does not fit is a corrupt row.
fn parsed<T>(row: &PgRow, column: &str) -> sqlx::Result<T>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|e| decode_error(column, e))
}

/// The same for a column that may be null.
fn parsed_or_null<T>(row: &PgRow, column: &str) -> sqlx::Result<Option<T>>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: Option<&str> = row.try_get(column)?;
    text.map(|t| t.parse().map_err(|e| decode_error(column, e))).transpose()
}

fn decode_error(column: &str, source: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(source) }
}

/// The features of rows that were asked for with a limit one above `limit`.
fn collection<P>(
    rows: &[PgRow],
    limit: i64,
    feature: impl Fn(&PgRow) -> sqlx::Result<Feature<P>>,
) -> sqlx::Result<Collection<P>> {
    let features = rows.iter().map(feature).collect::<sqlx::Result<_>>()?;
    Ok(Collection::capped(features, usize::try_from(limit).unwrap_or(usize::MAX)))
}

/// Names in both languages from `name_zh` and `name_en`.
fn name(row: &PgRow) -> sqlx::Result<geodata::town::Name> {
    Ok(geodata::town::Name { zh: row.try_get("name_zh")?, en: row.try_get("name_en")? })
}

/// The same where there may be none.
fn name_or_null(row: &PgRow) -> sqlx::Result<Option<geodata::town::Name>> {
    let (zh, en): (Option<String>, Option<String>) = (row.try_get("name_zh")?, row.try_get("name_en")?);
    Ok(zh.zip(en).map(|(zh, en)| geodata::town::Name { zh, en }))
}

/// Geometry from a column made by `ST_AsGeoJSON`.
fn geometry(row: &PgRow, column: &str) -> sqlx::Result<geojson::Geometry> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|e| decode_error(column, e))
}
