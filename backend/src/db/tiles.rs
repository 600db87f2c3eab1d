//! Mapbox vector tiles of incidents, made by PostGIS.

use super::incidents::push_filter;
use geodata::filter::IncidentFilter;
use geodata::town::TownId;
use sqlx::{PgConnection, Postgres, QueryBuilder};

/// Most incidents in one tile; of more it holds a sample, and one zooms in.
pub const TILE_LIMIT: i64 = 50_000;
/// Down to this zoom the planner is asked how dense a tile is; a deeper one covers less than 2 km² and rarely is.
const DENSE_ZOOM: u8 = 14;
/// Deepest zoom with tiles of its own.
pub const MAX_ZOOM: u8 = 18;

/// Units along a tile's side.
const EXTENT: f64 = 4096.0;
/// Units that a tile reaches over its edges, so that a symbol on the edge is whole in both.
const BUFFER: f64 = 64.0;

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
    /// West and north edge and the length of a side, in metres of Web Mercator (EPSG:3857).
    fn corner(self) -> (f64, f64, f64) {
        /// Half the equator of EPSG:3857's sphere.
        const HALF: f64 = std::f64::consts::PI * 6_378_137.0;
        let side = 2.0 * HALF / f64::from(1_u32 << self.z);
        (f64::from(self.x) * side - HALF, HALF - f64::from(self.y) * side, side)
    }

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

/// How much of a tile is drawn.
#[derive(Clone, Copy)]
enum Share {
    /// All of it, as far as the limit reaches.
    Whole,
    /// This share of its incidents, 0 to 1, chosen by a hash of their keys: the same ones at every zoom, from all over the
    /// tile.
    Sample(f64),
    /// As many as the limit lets in, by the same hash. Sorts them all, but leaves no part of the tile out.
    Lowest,
}

/// The incidents of a tile as an MVT layer `incidents`, extent 4096, buffer 64; of more than [`TILE_LIMIT`], a sample that
/// leaves no part of the tile out.
pub async fn incidents(
    db: &mut PgConnection,
    town: TownId,
    tile: Tile,
    filter: &IncidentFilter,
) -> sqlx::Result<Vec<u8>> {
    let share = if tile.z <= DENSE_ZOOM { share(expected(db, town, tile, filter).await?) } else { Share::Whole };
    let (bytes, count) = draw(db, town, tile, filter, share).await?;
    if count <= TILE_LIMIT {
        return Ok(bytes);
    }
    // The planner had thought of fewer.
    Ok(draw(db, town, tile, filter, Share::Lowest).await?.0)
}

fn share(expected: f64) -> Share {
    #[expect(clippy::cast_precision_loss, reason = "a limit of five digits")]
    let limit = TILE_LIMIT as f64;
    // Somewhat less than fits: it is an estimate.
    if expected > limit { Share::Sample(0.9 * limit / expected) } else { Share::Whole }
}

/// How many incidents the planner expects in a tile: from its statistics, without looking at a row.
async fn expected(db: &mut PgConnection, town: TownId, tile: Tile, filter: &IncidentFilter) -> sqlx::Result<f64> {
    let mut query = QueryBuilder::new("EXPLAIN (FORMAT JSON) SELECT 1 FROM incident i");
    push_place(&mut query, town, tile, filter);
    let plan: serde_json::Value = query.build_query_scalar().fetch_one(db).await?;
    Ok(plan.pointer("/0/Plan/Plan Rows").and_then(serde_json::Value::as_f64).unwrap_or_default())
}

/// The tile's bytes, and how many incidents are in it: one more than the limit where there are more.
async fn draw(
    db: &mut PgConnection,
    town: TownId,
    tile: Tile,
    filter: &IncidentFilter,
    share: Share,
) -> sqlx::Result<(Vec<u8>, i64)> {
    let mut query = QueryBuilder::new(
        "SELECT ST_AsMVT(t, 'incidents', 4096, 'geom', 'id'), count(*)
           FROM (SELECT i.incident_id AS id, i.severity, i.state, i.category_code AS category,
                        date_part('epoch', i.reported_at)::bigint AS reported_at,
                        ST_MakePoint(round((ST_X(i.mercator) - ",
    );
    // Plain arithmetic: a point needs neither clipping nor repair, and ST_AsMVTGeom costs a third of the whole tile.
    let (west, north, side) = tile.corner();
    let units = EXTENT / side;
    query.push_bind(west).push(") * ").push_bind(units).push("), round((").push_bind(north);
    query.push(" - ST_Y(i.mercator)) * ").push_bind(units).push(")) AS geom FROM incident i");
    push_place(&mut query, town, tile, filter);
    let most = match share {
        Share::Whole => TILE_LIMIT + 1,
        Share::Sample(share) => {
            query.push(" AND hashint8(i.incident_id) < ").push_bind(share * 2_f64.powi(32) - 2_f64.powi(31));
            TILE_LIMIT + 1
        }
        Share::Lowest => {
            query.push(" ORDER BY hashint8(i.incident_id)");
            TILE_LIMIT
        }
    };
    query.push(" LIMIT ").push_bind(most).push(") t");
    query.build_query_as().fetch_one(db).await
}

/// Adds the conditions of place and filter on an incident called `i`.
fn push_place(query: &mut QueryBuilder<'_, Postgres>, town: TownId, tile: Tile, filter: &IncidentFilter) {
    let [west, south, east, north] = tile.bounds(BUFFER / EXTENT);
    query.push(" WHERE i.town_id = ").push_bind(town.0);
    query.push(" AND i.position && ST_MakeEnvelope(").push_bind(west).push(", ").push_bind(south);
    query.push(", ").push_bind(east).push(", ").push_bind(north).push(", 4326)");
    push_filter(query, town, filter);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tiles_corner_is_that_of_the_tiling_scheme() {
        // ST_TileEnvelope(2, 1, 1) of PostGIS 3.3.
        let (west, north, side) = Tile { z: 2, x: 1, y: 1 }.corner();
        assert!((west + 10_018_754.171_394_6).abs() < 1e-6 && (north - 10_018_754.171_394_6).abs() < 1e-6);
        assert!((side - 10_018_754.171_394_6).abs() < 1e-6);
    }

    #[test]
    fn only_what_is_too_dense_is_thinned() {
        assert!(matches!(share(50_000.0), Share::Whole));
        assert!(matches!(share(1_000_000.0), Share::Sample(s) if (s - 0.045).abs() < 1e-9));
    }
}
