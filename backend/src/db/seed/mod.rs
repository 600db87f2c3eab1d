//! Writing a generated town down: its fixed things and its past, in one transaction.

mod history;
mod lives;
mod roster;
mod town;

use super::calendar;
use super::scope::Tx;
use chrono::{DateTime, Utc};
use geodata::demo::{DemoIncident, DemoTown};
use geodata::town::{Slug, TownId};
use sqlx::{PgConnection, PgPool};

/// Whether a town stands in the database.
pub async fn exists(pool: &PgPool, slug: &Slug) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM town WHERE slug = $1)").bind(slug.as_str()).fetch_one(pool).await
}

/// Whether any town does.
pub async fn any_town(pool: &PgPool) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM town)").fetch_one(pool).await
}

/// Whether a town is a demonstration.
pub async fn is_demonstration(db: &mut PgConnection, town: TownId) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT demonstration FROM town WHERE town_id = $1").bind(town.0).fetch_one(db).await
}

/// Writes a town and its past. `plan_from` is when its boundary plan came into force: before its first incident.
///
/// # Errors
/// Whatever rule of the database the data breaks; then nothing is written. A town whose key or name is taken is one.
pub async fn town(
    pool: &PgPool,
    slug: &Slug,
    town: &DemoTown,
    history: &[DemoIncident],
    plan_from: DateTime<Utc>,
    now: DateTime<Utc>,
) -> anyhow::Result<TownId> {
    let (tx, id) = begin(pool, slug, town, history, plan_from, now).await?;
    finish(pool, tx).await?;
    Ok(id)
}

/// The same, not committed yet: for what is to be written with it.
///
/// # Errors
/// As [`town`].
pub async fn begin(
    pool: &PgPool,
    slug: &Slug,
    town: &DemoTown,
    history: &[DemoIncident],
    plan_from: DateTime<Utc>,
    now: DateTime<Utc>,
) -> anyhow::Result<(Tx, TownId)> {
    let id = TownId(town.code.parse()?);
    let mut tx = pool.begin().await?;
    town::write(&mut tx, id, slug, town, plan_from).await?;
    calendar::seed(&mut tx, id, now).await?;
    history::write(&mut tx, id, town, history, now).await?;
    roster::write(&mut tx, id, town, now).await?;
    Ok((tx, id))
}

/// Commits what was begun.
///
/// # Errors
/// The database's.
pub async fn finish(pool: &PgPool, tx: Tx) -> sqlx::Result<()> {
    tx.commit().await?;
    // Fresh statistics, or the first totals walk whole tables. Only for this town's database, once.
    sqlx::query("ANALYZE").execute(pool).await?;
    Ok(())
}
