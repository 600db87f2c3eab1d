//! Where things happen: at houses, along roads and water, at gully edges, on fields; and what such a place is called.

use super::kinds::Haunt;
use crate::demo::chance::{Chance, between};
use crate::demo::index::PointIndex;
use crate::demo::model::DemoTown;
use crate::demo::plane::{P, dist, distance_to, inside, length, metres, p, resample};
use crate::place::Position;
use crate::town::{PlaceKind, RoadClass, WaterKind};
use rand::Rng as _;
use std::f64::consts::TAU;

/// Spacing of the points that stand for lines, metres.
const STEP_M: f64 = 25.0;

/// A place in the town with a name.
#[derive(Debug, Clone)]
struct Named {
    name: String,
    at: P,
}

/// A named road, as points.
#[derive(Debug, Clone)]
struct NamedRoad {
    name: String,
    path: Vec<P>,
}

/// A ring with its box.
#[derive(Debug, Clone)]
struct Ring {
    shell: Vec<P>,
    low: P,
    high: P,
}

/// The town as the process sees it, on the plane.
#[derive(Debug, Clone)]
pub(super) struct Haunts {
    town: Ring,
    grids: Vec<Ring>,
    houses: Vec<P>,
    /// Running sums of the households in `houses`.
    households: Vec<u32>,
    lanes: Vec<P>,
    roads: Vec<P>,
    great_roads: Vec<P>,
    water: Vec<P>,
    gullies: Vec<P>,
    edges: Vec<P>,
    fields: Vec<P>,
    market: Vec<P>,
    schools: Vec<P>,
    hamlets: Vec<Named>,
    named_roads: Vec<NamedRoad>,
}

fn plane(at: Position) -> P {
    metres(p(at.lon(), at.lat()))
}

fn path(line: &geo::LineString) -> Vec<P> {
    line.0.iter().map(|&c| metres(c)).collect()
}

impl Ring {
    fn new(polygon: &geo::Polygon) -> Self {
        let shell = path(polygon.exterior());
        let low = shell.iter().fold(p(f64::MAX, f64::MAX), |m, q| p(m.x.min(q.x), m.y.min(q.y)));
        let high = shell.iter().fold(p(f64::MIN, f64::MIN), |m, q| p(m.x.max(q.x), m.y.max(q.y)));
        Self { shell, low, high }
    }

    fn holds(&self, at: P) -> bool {
        let boxed = at.x >= self.low.x && at.x <= self.high.x && at.y >= self.low.y && at.y <= self.high.y;
        boxed && inside(&self.shell, at)
    }
}

impl Haunts {
    pub(super) fn of(town: &DemoTown) -> Self {
        let ring = Ring::new(&town.boundary);
        let houses: Vec<P> = town.buildings.iter().map(|b| plane(b.position)).collect();
        let mut sum = 0;
        let households = town
            .buildings
            .iter()
            .map(|b| {
                sum += u32::try_from(b.households).unwrap_or(0);
                sum
            })
            .collect();
        let along = |classes: &[RoadClass]| -> Vec<P> {
            let roads = town.roads.iter().filter(|r| classes.contains(&r.class));
            points(roads.map(|r| path(&r.path)), &ring)
        };
        let places =
            |kind| town.places.iter().filter(move |p| p.kind == kind).map(|p| plane(p.position)).collect::<Vec<P>>();
        let mut haunts = Self {
            lanes: along(&[RoadClass::Lane, RoadClass::Village]),
            roads: along(&[RoadClass::Village, RoadClass::Township]),
            great_roads: along(&[RoadClass::Township, RoadClass::County]),
            water: points(town.water.iter().filter_map(line_of), &ring),
            gullies: points(town.water.iter().filter_map(rim_of), &ring),
            edges: Vec::new(),
            fields: Vec::new(),
            market: places(PlaceKind::Market),
            schools: places(PlaceKind::School),
            hamlets: named_hamlets(town),
            named_roads: named_roads(town),
            grids: town.grids.iter().map(|g| Ring::new(&g.boundary)).collect(),
            town: ring,
            houses,
            households,
        };
        haunts.survey();
        haunts
    }

    /// Finds open fields and the edges of hamlets, and drops lanes that no house stands by.
    fn survey(&mut self) {
        let mut near = PointIndex::new(120.0);
        self.houses.iter().for_each(|&h| near.add(h));
        self.lanes.retain(|&at| near.any_within(at, 60.0));
        self.gullies.retain(|&at| near.any_within(at, 120.0) || (at.x + at.y).rem_euclid(5.0) < 1.0);
        let mut y = self.town.low.y;
        while y < self.town.high.y {
            let mut x = self.town.low.x;
            while x < self.town.high.x {
                let at = p(x, y);
                if !near.any_within(at, 45.0) && self.inside(at) {
                    if near.any_within(at, 100.0) {
                        self.edges.push(at);
                    } else {
                        self.fields.push(at);
                    }
                }
                x += 60.0;
            }
            y += 60.0;
        }
    }

    /// Whether a point lies in the town.
    pub(super) fn inside(&self, at: P) -> bool {
        self.town.holds(at)
    }

    /// The index of the grid that holds a point.
    pub(super) fn grid(&self, at: P) -> Option<usize> {
        self.grids.iter().position(|g| g.holds(at))
    }

    /// A place where such a thing would be found, in the town.
    pub(super) fn place(&self, haunt: Haunt, chance: &mut Chance) -> P {
        for _ in 0..40 {
            let (at, stray) = self.spot(haunt, chance);
            let (angle, out) = (between(chance, 0.0, TAU), between(chance, 0.0, 1.0).sqrt() * stray);
            let place = at + p(angle.cos(), angle.sin()) * out;
            if self.inside(place) {
                return place;
            }
        }
        self.house(chance)
    }

    /// A point to start from and how far to stray from it, metres.
    fn spot(&self, haunt: Haunt, chance: &mut Chance) -> (P, f64) {
        let any = |list: &[P], chance: &mut Chance| {
            if list.is_empty() { None } else { Some(list[chance.random_range(0..list.len())]) }
        };
        // Most of what is seen on roads is seen near houses, where people pass.
        let by_house = chance.random_bool(0.55);
        let found = match haunt {
            Haunt::Homes => Some((self.house(chance), 12.0)),
            Haunt::Lanes | Haunt::Roads if by_house => Some((self.house(chance), 26.0)),
            Haunt::Lanes => any(&self.lanes, chance).map(|at| (at, 8.0)),
            Haunt::Roads => any(&self.roads, chance).map(|at| (at, 10.0)),
            Haunt::GreatRoads => any(&self.great_roads, chance).map(|at| (at, 10.0)),
            Haunt::Market if chance.random_bool(0.6) => any(&self.market, chance).map(|at| (at, 230.0)),
            Haunt::Market => Some((self.house(chance), 20.0)),
            Haunt::School => any(&self.schools, chance).map(|at| (at, 70.0)),
            Haunt::Fields => any(&self.fields, chance).map(|at| (at, 40.0)),
            Haunt::Gullies => any(&self.gullies, chance).map(|at| (at, 15.0)),
            Haunt::HamletEdges => any(&self.edges, chance).map(|at| (at, 30.0)),
            Haunt::Water => any(&self.water, chance).map(|at| (at, 12.0)),
        };
        found.unwrap_or_else(|| (self.house(chance), 20.0))
    }

    /// A house, as likely as it has households.
    fn house(&self, chance: &mut Chance) -> P {
        let Some(&all) = self.households.last().filter(|&&n| n > 0) else { return P::default() };
        let drawn = chance.random_range(0..all);
        self.houses[self.households.partition_point(|&sum| sum <= drawn)]
    }

    /// The name of the hamlet nearest to a point.
    pub(super) fn hamlet(&self, at: P) -> Option<&str> {
        let near = self.hamlets.iter().min_by(|a, b| dist(a.at, at).total_cmp(&dist(b.at, at)));
        near.map(|n| n.name.as_str())
    }

    /// The name of the road nearest to a point, within 150 m.
    pub(super) fn road(&self, at: P) -> Option<&str> {
        self.named_roads
            .iter()
            .map(|r| (distance_to(&r.path, at), r))
            .filter(|(far, _)| *far < 150.0)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, r)| r.name.as_str())
    }
}

/// Points along lines, those in the ring.
fn points(lines: impl Iterator<Item = Vec<P>>, ring: &Ring) -> Vec<P> {
    lines.filter(|l| length(l) > 1.0).flat_map(|l| resample(&l, STEP_M)).filter(|&at| ring.holds(at)).collect()
}

fn line_of(water: &crate::demo::DemoWater) -> Option<Vec<P>> {
    match (&water.shape, water.kind) {
        (geo::Geometry::LineString(line), WaterKind::Canal | WaterKind::Ditch) => Some(path(line)),
        _ => None,
    }
}

fn rim_of(water: &crate::demo::DemoWater) -> Option<Vec<P>> {
    match (&water.shape, water.kind) {
        (geo::Geometry::Polygon(area), WaterKind::Gully) => Some(path(area.exterior())),
        (geo::Geometry::LineString(line), WaterKind::Gully) => Some(path(line)),
        _ => None,
    }
}

fn named_hamlets(town: &DemoTown) -> Vec<Named> {
    let hamlets = town.places.iter().filter(|p| p.kind == PlaceKind::Hamlet);
    hamlets.map(|h| Named { name: h.name.zh.clone(), at: plane(h.position) }).collect()
}

fn named_roads(town: &DemoTown) -> Vec<NamedRoad> {
    let roads = town.roads.iter().filter_map(|r| r.name.as_ref().map(|n| (n, r)));
    roads.map(|(name, r)| NamedRoad { name: name.zh.clone(), path: path(&r.path) }).collect()
}
