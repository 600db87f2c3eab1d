//! The land, stage by stage: ground, settlement, mosaic, regions, borders.

use super::chance::{Stage, stream};
use super::facts::{AREA_M2, VILLAGES};
use super::ground::{Ground, Road};
use super::hamlets::{Settlement, settle};
use super::plane::{P, degrees};
use super::{arcs, grow, mesh, ways};
use geo::GeodesicArea as _;

/// A draw of the land and its borders, on the plane; what the rest is built on.
#[derive(Debug)]
pub(super) struct Land {
    pub(super) ground: Ground,
    pub(super) settlement: Settlement,
    /// Village roads, each with the hamlet that it starts from.
    pub(super) ways: Vec<(usize, Road)>,
    /// A ring about each group's grid, counter-clockwise, and each village's, and the town's.
    pub(super) grids: Vec<Vec<P>>,
    pub(super) villages: Vec<Vec<P>>,
    pub(super) town: Vec<P>,
    /// By what everything is multiplied to give the town its exact area.
    pub(super) scale: f64,
}

impl Land {
    /// Longitude and latitude of a point on the plane.
    pub(super) fn degrees(&self, at: P) -> P {
        degrees(at * self.scale)
    }

    /// A ring as a polygon in longitude and latitude.
    pub(super) fn polygon(&self, ring: &[P]) -> geo::Polygon {
        geo::Polygon::new(self.line(ring), Vec::new())
    }

    /// A path in longitude and latitude; points that fall together are kept once.
    pub(super) fn line(&self, path: &[P]) -> geo::LineString {
        let mut points: Vec<P> = path.iter().map(|&at| self.degrees(at)).collect();
        points.dedup();
        geo::LineString::new(points)
    }
}

/// One draw of the land; `None` where it breaks a rule, which is seldom, and the next draw is to be tried.
pub(super) fn draw(seed: u64, attempt: u64) -> Option<Land> {
    let ground = Ground::draw(&mut stream(seed, attempt, Stage::Ground));
    let mut chance = stream(seed, attempt, Stage::Hamlets);
    let settlement = settle(&ground, &mut chance);
    let ways = ways::village_roads(&ground, &settlement, &mut chance);
    let mut lines = ground.lines();
    lines.extend(ways.iter().map(|(_, r)| (r.path.as_slice(), super::ground::crossing_cost(r.class))));
    let mesh = mesh::lay(&ground, &settlement, &lines, &mut stream(seed, attempt, Stage::Mesh))?;
    let town = grow::town(&mesh);
    let groups = grow::group_seeds(&mesh, &settlement)?;
    let villages = grow::villages(&mesh, &settlement, &town, &groups)?;
    let grids = grow::grids(&mesh, &settlement, &villages, &groups)?;
    let village = |g: usize| settlement.groups.get(g).map_or(grow::NOBODY, |g| g.village);
    let arcs = arcs::arcs(&mesh, &grids, &village)?;
    if !arcs::crossed(&arcs).is_empty() {
        return None;
    }
    let grid_rings = arcs::rings(&arcs, settlement.groups.len(), &|g| g)?;
    let village_rings = arcs::rings(&arcs, VILLAGES.len(), &village)?;
    let town_ring = arcs::rings(&arcs, 1, &|g| if g == grow::NOBODY { g } else { 0 })?.pop()?;
    let mut land =
        Land { ground, settlement, ways, grids: grid_rings, villages: village_rings, town: town_ring, scale: 1.0 };
    for _ in 0..3 {
        land.scale *= (AREA_M2 / land.polygon(&land.town).geodesic_area_unsigned()).sqrt();
    }
    Some(land)
}
