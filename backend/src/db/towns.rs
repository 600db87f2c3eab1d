//! Towns, villages and grids.

use super::{collection, geometry, name, parsed};
use crate::state::TownKey;
use chrono::{DateTime, Utc};
use geodata::town::{Name, Slug, TownId};
use geodata::wire::{Collection, Feature, FeatureKind, GridProperties, Town, VillageProperties};
use sqlx::{PgConnection, PgPool, Row as _, postgres::PgRow};

/// Most villages or grids in an answer; a town has some dozens, a hundred.
pub const AREA_LIMIT: i64 = 5_000;

/// A town's key by its short name.
pub async fn key(pool: &PgPool, slug: &Slug) -> sqlx::Result<Option<TownKey>> {
    let row = sqlx::query("SELECT town_id, time_zone FROM town WHERE slug = $1")
        .bind(slug.as_str())
        .fetch_optional(pool)
        .await?;
    row.map(|row| {
        Ok(TownKey { id: TownId(row.try_get("town_id")?), slug: slug.clone(), zone: parsed(&row, "time_zone")? })
    })
    .transpose()
}

/// Every town's short name, in the order of their keys.
pub async fn slugs(pool: &PgPool) -> sqlx::Result<Vec<Slug>> {
    let rows = sqlx::query("SELECT slug FROM town ORDER BY town_id").fetch_all(pool).await?;
    rows.iter().map(|row| parsed(row, "slug")).collect()
}

/// Every town, as requests and jobs need it.
///
/// # Errors
/// The database's.
pub async fn every(pool: &PgPool) -> sqlx::Result<Vec<TownKey>> {
    let rows = sqlx::query("SELECT town_id, slug, time_zone FROM town ORDER BY town_id").fetch_all(pool).await?;
    let town = |row: &PgRow| -> sqlx::Result<TownKey> {
        Ok(TownKey { id: TownId(row.try_get("town_id")?), slug: parsed(row, "slug")?, zone: parsed(row, "time_zone")? })
    };
    rows.iter().map(town).collect()
}

/// Every town's key.
pub async fn keys(pool: &PgPool) -> sqlx::Result<Vec<TownId>> {
    let ids: Vec<i32> = sqlx::query_scalar("SELECT town_id FROM town ORDER BY town_id").fetch_all(pool).await?;
    Ok(ids.into_iter().map(TownId).collect())
}

/// A town's name.
pub async fn called(db: &mut PgConnection, town: TownId) -> sqlx::Result<Option<Name>> {
    let row =
        sqlx::query("SELECT name_zh, name_en FROM town WHERE town_id = $1").bind(town.0).fetch_optional(db).await?;
    row.as_ref().map(name).transpose()
}

/// Takes the town's lock: nothing is reported, and nobody else keeps the town's things up, until the transaction ends.
///
/// # Errors
/// The database's; when the lock is not to be had in five seconds.
pub async fn lock(db: &mut PgConnection, town: TownId) -> sqlx::Result<()> {
    super::scope::wait_briefly(&mut *db).await?;
    sqlx::query("SELECT 1 FROM town_feed WHERE town_id = $1 FOR UPDATE").bind(town.0).fetch_optional(db).await?;
    Ok(())
}

/// A town as the page needs it.
pub async fn town(db: &mut PgConnection, key: &TownKey, now: DateTime<Utc>) -> sqlx::Result<Option<Town>> {
    let sql = "
        SELECT t.name_zh, t.name_en, t.time_zone, t.demonstration, ST_AsGeoJSON(t.boundary, 7) AS boundary,
               ST_XMin(t.boundary) AS west, ST_YMin(t.boundary) AS south,
               ST_XMax(t.boundary) AS east, ST_YMax(t.boundary) AS north, f.last_seq, f.simulated_at
          FROM town t JOIN town_feed f ON f.town_id = t.town_id
         WHERE t.town_id = $1";
    let row = sqlx::query(sql).bind(key.id.0).fetch_optional(db).await?;
    row.map(|row| {
        Ok(Town {
            slug: key.slug.clone(),
            name: name(&row)?,
            bbox: [row.try_get("west")?, row.try_get("south")?, row.try_get("east")?, row.try_get("north")?],
            boundary: geometry(&row, "boundary")?,
            time_zone: row.try_get("time_zone")?,
            demonstration: row.try_get("demonstration")?,
            simulated_at: row.try_get("simulated_at")?,
            seq: row.try_get("last_seq")?,
            now,
            basemap: None,
        })
    })
    .transpose()
}

/// The town's villages, by code.
pub async fn villages(
    db: &mut PgConnection,
    town: TownId,
    at: DateTime<Utc>,
) -> sqlx::Result<Collection<VillageProperties>> {
    let query = sqlx::query(include_str!("villages.sql")).bind(town.0).bind(at).bind(AREA_LIMIT + 1);
    collection(&query.fetch_all(db).await?, AREA_LIMIT, village)
}

fn village(row: &PgRow) -> sqlx::Result<Feature<VillageProperties>> {
    Ok(Feature {
        kind: FeatureKind::Feature,
        id: row.try_get("village_code")?,
        geometry: geometry(row, "boundary")?,
        properties: VillageProperties {
            code: parsed(row, "village_code")?,
            name: name(row)?,
            area_m2: row.try_get("area_m2")?,
            grids: row.try_get("grids")?,
            households: row.try_get("households")?,
            residents: row.try_get("residents")?,
            chief: row.try_get("chief")?,
            label: [row.try_get("label_lon")?, row.try_get("label_lat")?],
        },
    })
}

/// The grids of the plan that was valid at a time, by code.
pub async fn grids(db: &mut PgConnection, town: TownId, at: DateTime<Utc>) -> sqlx::Result<Collection<GridProperties>> {
    let query = sqlx::query(include_str!("grids.sql")).bind(town.0).bind(at).bind(AREA_LIMIT + 1);
    collection(&query.fetch_all(db).await?, AREA_LIMIT, grid)
}

fn grid(row: &PgRow) -> sqlx::Result<Feature<GridProperties>> {
    Ok(Feature {
        kind: FeatureKind::Feature,
        id: row.try_get("grid_code")?,
        geometry: geometry(row, "boundary")?,
        properties: GridProperties {
            code: parsed(row, "grid_code")?,
            name: name(row)?,
            village: parsed(row, "village_code")?,
            plan: row.try_get("plan_id")?,
            valid_from: row.try_get("valid_from")?,
            valid_to: row.try_get("valid_to")?,
            land_use: Name { zh: row.try_get("land_use_zh")?, en: row.try_get("land_use_en")? },
            area_m2: row.try_get("area_m2")?,
            households: row.try_get("households")?,
            residents: row.try_get("residents")?,
            member: row.try_get("member")?,
            label: [row.try_get("label_lon")?, row.try_get("label_lat")?],
        },
    })
}
