//! Where incidents happen: at buildings, by their households, some metres off; always inside the town.

use super::super::chance::Chance;
use super::super::model::DemoTown;
use crate::place::Position;
use geo::{BoundingRect as _, Contains as _, Point, Polygon, Rect};
use rand::Rng as _;

/// Metres a degree of latitude, near enough for a displacement.
const METRES: f64 = 110_900.0;

/// The town's buildings as places where something can happen.
pub(super) struct Places {
    positions: Vec<Position>,
    /// Running sums of households.
    sums: Vec<f64>,
    boundary: Polygon,
}

impl Places {
    pub(super) fn of(town: &DemoTown) -> Self {
        let mut sum = 0.0;
        let sums = town
            .buildings
            .iter()
            .map(|b| {
                sum += f64::from(b.households);
                sum
            })
            .collect();
        let positions = town.buildings.iter().map(|b| b.position).collect();
        Self { positions, sums, boundary: town.boundary.clone() }
    }

    /// A place near a building drawn by its households.
    pub(super) fn draw(&self, chance: &mut Chance) -> Option<Position> {
        let at = chance.random::<f64>() * self.sums.last()?;
        let building = *self.positions.get(self.sums.partition_point(|&s| s <= at))?;
        Some(self.near(building, 18.0, chance))
    }

    /// A place at a Gaussian distance (metres, a side); the place itself when none in the town is drawn.
    pub(super) fn near(&self, place: Position, sigma: f64, chance: &mut Chance) -> Position {
        for _ in 0..8 {
            let (dx, dy) = (gauss(chance) * sigma, gauss(chance) * sigma);
            let lon = place.lon() + dx / (METRES * place.lat().to_radians().cos());
            let lat = place.lat() + dy / METRES;
            let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
            if let Ok(moved) = Position::new(round(lon), round(lat))
                && self.boundary.contains(&moved.point())
            {
                return moved;
            }
        }
        place
    }
}

/// A standard normal number (Box and Muller).
pub(super) fn gauss(chance: &mut Chance) -> f64 {
    let u: f64 = chance.random::<f64>().max(f64::MIN_POSITIVE);
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * chance.random::<f64>()).cos()
}

/// Which of some polygons holds a point.
pub(super) struct Finder {
    areas: Vec<(Rect, Polygon)>,
}

impl Finder {
    pub(super) fn of<'a>(polygons: impl Iterator<Item = &'a Polygon>) -> Self {
        let rect = |p: &Polygon| p.bounding_rect().unwrap_or(Rect::new((0.0, 0.0), (0.0, 0.0)));
        Self { areas: polygons.map(|p| (rect(p), p.clone())).collect() }
    }

    pub(super) fn index(&self, point: Point) -> Option<usize> {
        self.areas.iter().position(|(rect, area)| rect.contains(&point) && area.contains(&point))
    }
}
