//! What lies on the ground: roads, water, places, buildings, cameras.

use super::{collection, geometry, name, name_or_null, parsed, parsed_or_null};
use chrono::{DateTime, Utc};
use geodata::town::TownId;
use geodata::wire::{
    BuildingProperties, CameraProperties, Collection, Feature, FeatureKind, Ground, PlaceProperties, RoadProperties,
    WaterProperties,
};
use sqlx::{PgConnection, Row as _, postgres::PgRow};

/// Most features of one kind in an answer; a town has a few hundred roads and some thousands of buildings.
pub const GROUND_LIMIT: i64 = 50_000;

/// Roads, water and places.
pub async fn ground(db: &mut PgConnection, town: TownId) -> sqlx::Result<Ground> {
    let roads = "SELECT road_id::text AS id, class, name_zh, name_en, ST_AsGeoJSON(path, 6) AS shape
                   FROM road WHERE town_id = $1 ORDER BY road_id LIMIT $2";
    let water = "SELECT water_id::text AS id, kind, name_zh, name_en, ST_AsGeoJSON(shape, 6) AS shape
                   FROM water WHERE town_id = $1 ORDER BY water_id LIMIT $2";
    let places = "SELECT place_id::text AS id, kind, name_zh, name_en, ST_AsGeoJSON(position, 6) AS shape
                    FROM place WHERE town_id = $1 ORDER BY place_id LIMIT $2";
    let road = |row: &PgRow| Ok(RoadProperties { class: parsed(row, "class")?, name: name_or_null(row)? });
    let stream = |row: &PgRow| Ok(WaterProperties { kind: parsed(row, "kind")?, name: name_or_null(row)? });
    let place = |row: &PgRow| Ok(PlaceProperties { kind: parsed(row, "kind")?, name: name(row)? });
    Ok(Ground {
        roads: features(db, town, roads, road).await?,
        water: features(db, town, water, stream).await?,
        places: features(db, town, places, place).await?,
    })
}

/// Building points with their count of households.
pub async fn buildings(db: &mut PgConnection, town: TownId) -> sqlx::Result<Collection<BuildingProperties>> {
    let sql = "SELECT building_id::text AS id, households, ST_AsGeoJSON(position, 6) AS shape
                 FROM building WHERE town_id = $1 ORDER BY building_id LIMIT $2";
    features(db, town, sql, |row| Ok(BuildingProperties { households: row.try_get("households")? })).await
}

/// Cameras, with the village and the grid (of the plan valid at `at`) that they stand in.
pub async fn cameras(
    db: &mut PgConnection,
    town: TownId,
    at: DateTime<Utc>,
) -> sqlx::Result<Collection<CameraProperties>> {
    let query = sqlx::query(include_str!("cameras.sql")).bind(town.0).bind(at).bind(GROUND_LIMIT + 1);
    collection(&query.fetch_all(db).await?, GROUND_LIMIT, |row| feature(row, &camera))
}

fn camera(row: &PgRow) -> sqlx::Result<CameraProperties> {
    Ok(CameraProperties {
        code: row.try_get("id")?,
        name: name(row)?,
        bearing_deg: row.try_get("bearing_deg")?,
        fov_deg: row.try_get("fov_deg")?,
        range_m: row.try_get("range_m")?,
        status: parsed(row, "status")?,
        owner: parsed(row, "owner")?,
        village: parsed_or_null(row, "village_code")?,
        grid: parsed_or_null(row, "grid_code")?,
    })
}

/// Rows of `id`, `shape` and what `properties` reads, for a query of town and limit.
async fn features<P>(
    db: &mut PgConnection,
    town: TownId,
    sql: &'static str,
    properties: impl Fn(&PgRow) -> sqlx::Result<P>,
) -> sqlx::Result<Collection<P>> {
    let rows = sqlx::query(sql).bind(town.0).bind(GROUND_LIMIT + 1).fetch_all(db).await?;
    collection(&rows, GROUND_LIMIT, |row| feature(row, &properties))
}

fn feature<P>(row: &PgRow, properties: &impl Fn(&PgRow) -> sqlx::Result<P>) -> sqlx::Result<Feature<P>> {
    Ok(Feature {
        kind: FeatureKind::Feature,
        id: row.try_get("id")?,
        geometry: geometry(row, "shape")?,
        properties: properties(row)?,
    })
}
