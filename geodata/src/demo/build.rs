//! The land, stage by stage: ground, settlement, mosaic, regions, borders.

use super::chance::{Stage, stream};
use super::facts::{AREA_M2, VILLAGES};
use super::ground::{Ground, Road};
use super::hamlets::{Settlement, settle};
use super::plane::{P, degrees};
use super::smooth::smooth;
use super::{arcs, grow, mesh, ways};
use geo::GeodesicArea as _;

/// How near the town's area comes to the published one, relatively.
const EXACT: f64 = 1e-7;

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
    let mut chance = stream(seed, attempt, Stage::Growth);
    let town = grow::town(&mesh, &mut chance);
    let groups = grow::group_seeds(&mesh, &settlement)?;
    let villages = grow::villages(&mesh, &settlement, &town, &groups, &mut chance)?;
    let grids = grow::grids(&mesh, &settlement, &villages, &groups, &mut chance)?;
    let village = |g: usize| settlement.groups.get(g).map_or(grow::NOBODY, |g| g.village);
    let rough = arcs::arcs(&mesh, &grids, &village)?;
    let mut land =
        Land { ground, settlement, ways, grids: Vec::new(), villages: Vec::new(), town: Vec::new(), scale: 1.0 };
    // How arcs are smoothed hangs on the lattice, that on the scale, and that on the area; it comes to rest at once.
    for _ in 0..8 {
        let arcs = smooth(&rough, land.scale)?;
        land.town = arcs::rings(&arcs, 1, &|g| if g == grow::NOBODY { g } else { 0 })?.pop()?;
        let off = AREA_M2 / land.polygon(&land.town).geodesic_area_unsigned();
        if (off - 1.0).abs() < EXACT {
            land.grids = arcs::rings(&arcs, land.settlement.groups.len(), &|g| g)?;
            let village = |g: usize| land.settlement.groups.get(g).map_or(grow::NOBODY, |g| g.village);
            land.villages = arcs::rings(&arcs, VILLAGES.len(), &village)?;
            return Some(land);
        }
        land.scale *= off.sqrt();
    }
    None
}
