//! The fixed things of a generated town. Rows travel as arrays: one statement a table.

use crate::db::categories::{self, Difference};
use chrono::{DateTime, Utc};
use geodata::category::{Content, Version};
use geodata::demo::{DemoCategory, DemoTown};
use geodata::place::Position;
use geodata::town::{Slug, TownId};
use sqlx::PgConnection;

/// A column of rows.
fn column<'a, T, U>(rows: &'a [T], get: impl Fn(&'a T) -> U) -> Vec<U> {
    rows.iter().map(get).collect()
}

fn lons(positions: &[Position]) -> Vec<f64> {
    column(positions, |p| p.lon())
}

fn lats(positions: &[Position]) -> Vec<f64> {
    column(positions, |p| p.lat())
}

fn polygon(shape: &geo::Polygon) -> String {
    geojson::Geometry::from(shape).to_string()
}

fn keys(count: usize) -> anyhow::Result<Vec<i32>> {
    Ok((1..=i32::try_from(count)?).collect())
}

/// Writes everything but the incidents.
pub async fn write(
    db: &mut PgConnection,
    id: TownId,
    slug: &Slug,
    town: &DemoTown,
    plan_from: DateTime<Utc>,
) -> anyhow::Result<()> {
    frame(db, id, slug, town, plan_from).await?;
    grids(db, id, town, plan_from).await?;
    ground(db, id, town).await?;
    buildings(db, id, town).await?;
    cameras(db, id, town).await?;
    staff(db, id, town).await?;
    write_categories(db, id, town, plan_from).await
}

async fn frame(
    db: &mut PgConnection,
    id: TownId,
    slug: &Slug,
    town: &DemoTown,
    plan_from: DateTime<Utc>,
) -> anyhow::Result<()> {
    let sql = "INSERT INTO town (town_id, slug, code, name_zh, name_en, time_zone, demonstration, boundary)
               VALUES ($1, $2, $3, $4, $5, 'Asia/Shanghai', true, ST_Multi(ST_GeomFromGeoJSON($6)))";
    sqlx::query(sql)
        .bind(id.0)
        .bind(slug.as_str())
        .bind(&town.code)
        .bind(&town.name.zh)
        .bind(&town.name.en)
        .bind(polygon(&town.boundary))
        .execute(&mut *db)
        .await?;
    sqlx::query("INSERT INTO town_feed (town_id) VALUES ($1)").bind(id.0).execute(&mut *db).await?;
    let sql = "INSERT INTO village (town_id, village_code, name_zh, name_en, boundary)
               SELECT $1, v.code, v.zh, v.en, ST_GeomFromGeoJSON(v.shape)
                 FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS v (code, zh, en, shape)";
    sqlx::query(sql)
        .bind(id.0)
        .bind(column(&town.villages, |v| v.code.as_str()))
        .bind(column(&town.villages, |v| v.name.zh.as_str()))
        .bind(column(&town.villages, |v| v.name.en.as_str()))
        .bind(column(&town.villages, |v| polygon(&v.boundary)))
        .execute(&mut *db)
        .await?;
    let sql = "INSERT INTO plan (town_id, plan_id, name_zh, name_en, state, valid_from)
               VALUES ($1, 1, '现行网格方案（示范）', 'Current plan (demonstration)', 'published', $2)";
    sqlx::query(sql).bind(id.0).bind(plan_from).execute(db).await?;
    Ok(())
}

async fn grids(db: &mut PgConnection, id: TownId, town: &DemoTown, plan_from: DateTime<Utc>) -> anyhow::Result<()> {
    let sql = "
        INSERT INTO grid (town_id, plan_id, grid_code, village_code, name_zh, name_en, land_use_zh, land_use_en,
               valid_from, boundary)
        SELECT $1, 1, g.code, left(g.code, 12), g.zh, g.en, g.use_zh, g.use_en, $2, ST_GeomFromGeoJSON(g.shape)
          FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
            AS g (code, zh, en, use_zh, use_en, shape)";
    sqlx::query(sql)
        .bind(id.0)
        .bind(plan_from)
        .bind(column(&town.grids, |g| g.code.as_str()))
        .bind(column(&town.grids, |g| g.name.zh.as_str()))
        .bind(column(&town.grids, |g| g.name.en.as_str()))
        .bind(column(&town.grids, |g| g.land_use.zh.as_str()))
        .bind(column(&town.grids, |g| g.land_use.en.as_str()))
        .bind(column(&town.grids, |g| polygon(&g.boundary)))
        .execute(db)
        .await?;
    Ok(())
}

async fn ground(db: &mut PgConnection, id: TownId, town: &DemoTown) -> anyhow::Result<()> {
    let sql = "INSERT INTO road (town_id, road_id, class, name_zh, name_en, path)
               SELECT $1, r.id, r.class, r.zh, r.en, ST_GeomFromGeoJSON(r.shape)
                 FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[]) AS r (id, class, zh, en, shape)";
    sqlx::query(sql)
        .bind(id.0)
        .bind(keys(town.roads.len())?)
        .bind(column(&town.roads, |r| r.class.word()))
        .bind(column(&town.roads, |r| r.name.as_ref().map(|n| n.zh.as_str())))
        .bind(column(&town.roads, |r| r.name.as_ref().map(|n| n.en.as_str())))
        .bind(column(&town.roads, |r| geojson::Geometry::from(&r.path).to_string()))
        .execute(&mut *db)
        .await?;
    let sql = "INSERT INTO water (town_id, water_id, kind, name_zh, name_en, shape)
               SELECT $1, w.id, w.kind, w.zh, w.en, ST_GeomFromGeoJSON(w.shape)
                 FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[]) AS w (id, kind, zh, en, shape)";
    sqlx::query(sql)
        .bind(id.0)
        .bind(keys(town.water.len())?)
        .bind(column(&town.water, |w| w.kind.word()))
        .bind(column(&town.water, |w| w.name.as_ref().map(|n| n.zh.as_str())))
        .bind(column(&town.water, |w| w.name.as_ref().map(|n| n.en.as_str())))
        .bind(column(&town.water, |w| geojson::Geometry::from(&w.shape).to_string()))
        .execute(&mut *db)
        .await?;
    let sql = "INSERT INTO place (town_id, place_id, kind, name_zh, name_en, position)
               SELECT $1, p.id, p.kind, p.zh, p.en, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)
                 FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[])
                   AS p (id, kind, zh, en, lon, lat)";
    let positions = column(&town.places, |p| p.position);
    sqlx::query(sql)
        .bind(id.0)
        .bind(keys(town.places.len())?)
        .bind(column(&town.places, |p| p.kind.word()))
        .bind(column(&town.places, |p| p.name.zh.as_str()))
        .bind(column(&town.places, |p| p.name.en.as_str()))
        .bind(lons(&positions))
        .bind(lats(&positions))
        .execute(db)
        .await?;
    Ok(())
}

async fn buildings(db: &mut PgConnection, id: TownId, town: &DemoTown) -> anyhow::Result<()> {
    let sql = "INSERT INTO building (town_id, building_id, position, households, residents)
               SELECT $1, b.id, ST_SetSRID(ST_MakePoint(b.lon, b.lat), 4326), b.households, b.residents
                 FROM unnest($2::int[], $3::float8[], $4::float8[], $5::int2[], $6::int2[])
                   AS b (id, lon, lat, households, residents)";
    let positions = column(&town.buildings, |b| b.position);
    sqlx::query(sql)
        .bind(id.0)
        .bind(keys(town.buildings.len())?)
        .bind(lons(&positions))
        .bind(lats(&positions))
        .bind(column(&town.buildings, |b| b.households))
        .bind(column(&town.buildings, |b| b.residents))
        .execute(db)
        .await?;
    Ok(())
}

async fn cameras(db: &mut PgConnection, id: TownId, town: &DemoTown) -> anyhow::Result<()> {
    let sql = "
        INSERT INTO camera (town_id, camera_code, name_zh, name_en, position, bearing_deg, fov_deg, range_m, status, owner)
        SELECT $1, c.code, c.zh, c.en, ST_SetSRID(ST_MakePoint(c.lon, c.lat), 4326), c.bearing, c.fov, c.range, c.status,
               c.owner
          FROM unnest($2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::float4[], $8::float4[],
                      $9::float4[], $10::text[], $11::text[])
            AS c (code, zh, en, lon, lat, bearing, fov, range, status, owner)";
    let positions = column(&town.cameras, |c| c.position);
    sqlx::query(sql)
        .bind(id.0)
        .bind(column(&town.cameras, |c| c.code.as_str()))
        .bind(column(&town.cameras, |c| c.name.zh.as_str()))
        .bind(column(&town.cameras, |c| c.name.en.as_str()))
        .bind(lons(&positions))
        .bind(lats(&positions))
        .bind(column(&town.cameras, |c| c.bearing_deg))
        .bind(column(&town.cameras, |c| c.fov_deg))
        .bind(column(&town.cameras, |c| c.range_m))
        .bind(column(&town.cameras, |c| c.status.word()))
        .bind(column(&town.cameras, |c| c.owner.word()))
        .execute(db)
        .await?;
    Ok(())
}

async fn staff(db: &mut PgConnection, id: TownId, town: &DemoTown) -> anyhow::Result<()> {
    let sql = "INSERT INTO unit (town_id, unit_code, name_zh, name_en)
               SELECT $1, u.code, u.zh, u.en FROM unnest($2::text[], $3::text[], $4::text[]) AS u (code, zh, en)";
    sqlx::query(sql)
        .bind(id.0)
        .bind(column(&town.units, |u| u.code.as_str()))
        .bind(column(&town.units, |u| u.name.zh.as_str()))
        .bind(column(&town.units, |u| u.name.en.as_str()))
        .execute(&mut *db)
        .await?;
    let staff_keys = keys(town.staff.len())?;
    let sql = "INSERT INTO staff (town_id, staff_id, role, name, village_code, unit_code, unit_zh, unit_en)
               SELECT $1, s.id, s.role, s.name, s.village, s.unit, s.zh, s.en
                 FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
                   AS s (id, role, name, village, unit, zh, en)";
    sqlx::query(sql)
        .bind(id.0)
        .bind(&staff_keys)
        .bind(column(&town.staff, |s| s.role.word()))
        .bind(column(&town.staff, |s| s.name.as_str()))
        .bind(column(&town.staff, |s| s.village.as_ref().map(geodata::town::VillageCode::as_str)))
        .bind(column(&town.staff, |s| s.unit.as_ref().map(|u| u.code.as_str())))
        .bind(column(&town.staff, |s| s.unit.as_ref().map(|u| u.name.zh.as_str())))
        .bind(column(&town.staff, |s| s.unit.as_ref().map(|u| u.name.en.as_str())))
        .execute(&mut *db)
        .await?;
    let bound: Vec<(i32, &str)> = staff_keys
        .iter()
        .zip(&town.staff)
        .flat_map(|(&key, s)| s.grids.iter().map(move |grid| (key, grid.as_str())))
        .collect();
    let sql = "INSERT INTO staff_grid (town_id, staff_id, grid_code)
               SELECT $1, s.id, s.grid FROM unnest($2::int[], $3::text[]) AS s (id, grid)";
    sqlx::query(sql).bind(id.0).bind(column(&bound, |b| b.0)).bind(column(&bound, |b| b.1)).execute(db).await?;
    Ok(())
}

async fn write_categories(
    db: &mut PgConnection,
    id: TownId,
    town: &DemoTown,
    from: DateTime<Utc>,
) -> anyhow::Result<()> {
    let content = |category: &DemoCategory| Content {
        group: category.group,
        name: category.name.clone(),
        filing_standard: category.filing_standard.clone(),
        closing_standard: category.closing_standard.clone(),
        limits: category.limits(),
        working_time: category.working_time(),
        pauses_referred: true,
        pauses_parked: true,
        default_unit: geodata::demo::unit_code(&category.default_unit.zh),
    };
    let difference = |category| {
        let version = Version { version: 1, content: content(category), from, to: None };
        (&category.code, Difference { added: vec![version], ..Difference::default() })
    };
    let all: Vec<_> = town.categories.iter().map(difference).collect();
    Ok(categories::write(db, id, &all).await?)
}
