//! Mapbox vector tiles of incidents, made by PostGIS.

use super::incidents::push_filter;
use geodata::filter::IncidentFilter;
use geodata::town::TownId;
use sqlx::{PgPool, QueryBuilder};

/// Most incidents in one tile; past it a tile is a sample, and one zooms in.
pub const TILE_LIMIT: i64 = 50_000;
/// Deepest zoom with tiles of its own.
pub const MAX_ZOOM: u8 = 18;

/// A tile's address, checked.
#[derive(Debug, Clone, Copy)]
pub struct Tile {
    /// Zoom, 0 to [`MAX_ZOOM`].
    pub z: u8,
    /// Column, from the west.
    pub x: u32,
    /// Row, from the north.
    pub y: u32,
}

impl Tile {
    /// West, south, east and north in degrees, grown by a share of the tile's side.
    fn bounds(self, margin: f64) -> [f64; 4] {
        let side = f64::from(1_u32 << self.z);
        let lon = |column: f64| (column / side * 360.0 - 180.0).clamp(-180.0, 180.0);
        let lat = |row: f64| {
            let y = std::f64::consts::PI * (1.0 - 2.0 * row / side);
            y.sinh().atan().to_degrees()
        };
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        [lon(x - margin), lat(y + 1.0 + margin), lon(x + 1.0 + margin), lat(y - margin)]
    }
}

/// The incidents of a tile as an MVT layer `incidents`, extent 4096, buffer 64.
pub async fn incidents(pool: &PgPool, town: TownId, tile: Tile, filter: &IncidentFilter) -> sqlx::Result<Vec<u8>> {
    let [west, south, east, north] = tile.bounds(64.0 / 4096.0);
    let mut query =
        QueryBuilder::new("SELECT ST_AsMVT(t, 'incidents', 4096, 'geom', 'id') FROM (SELECT i.incident_id AS id, ");
    query
        .push("i.severity, i.state, i.category_code AS category, ")
        .push("extract(epoch FROM i.reported_at)::bigint AS reported_at, ");
    query.push("ST_AsMVTGeom(i.mercator, ST_TileEnvelope(").push_bind(i32::from(tile.z));
    query.push(", ").push_bind(i32::try_from(tile.x).unwrap_or(i32::MAX));
    query.push(", ").push_bind(i32::try_from(tile.y).unwrap_or(i32::MAX));
    query.push("), 4096, 64, true) AS geom FROM incident i WHERE i.town_id = ").push_bind(town.0);
    query.push(" AND i.position && ST_MakeEnvelope(").push_bind(west).push(", ").push_bind(south);
    query.push(", ").push_bind(east).push(", ").push_bind(north).push(", 4326)");
    push_filter(&mut query, town, filter);
    query.push(" LIMIT ").push_bind(TILE_LIMIT).push(") t");
    query.build_query_scalar().fetch_one(pool).await
}
