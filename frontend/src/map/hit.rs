//! What lies under a point of the map: the topmost thing that can be pointed at.

use super::crowd::Fan;
use super::eye::Eye;
use super::layers::{cameras, labels};
use super::scene::Scene;
use crate::model::Target;
use geodata::cluster::Group;
use geodata::symbol::{Shape, disc_radius};

/// Below this zoom an area means a village, from here on a grid.
const GRIDS_FROM: f64 = 12.75;

/// The topmost thing under a point.
#[derive(Debug, Clone, PartialEq)]
pub enum Hit {
    /// Something with a card of its own.
    Thing(Target),
    /// A cluster.
    Cluster(Group),
    /// The ground, within the smallest area that is shown.
    Ground(Target),
    /// The town, but nothing in it that is shown.
    Town,
    /// Not the town.
    Outside,
}

impl Hit {
    /// The thing that can be pointed at.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Thing(target) | Self::Ground(target) => Some(target),
            _ => None,
        }
    }

    /// Whether it can be pressed on its own, rather than being the ground under the pointer.
    pub fn is_mark(&self) -> bool {
        matches!(self, Self::Cluster(_) | Self::Thing(Target::Incident(_) | Target::Camera(_)))
    }
}

/// How far from a mark still counts, CSS pixels: a finger is broader than a pointer.
#[derive(Debug, Clone, Copy)]
pub struct Reach(pub f64);

impl Reach {
    /// A pointer's.
    pub const POINTER: Self = Self(3.0);
    /// A finger's: with the symbol, 44 pixels across.
    pub const FINGER: Self = Self(14.0);
}

impl Scene {
    /// The topmost thing at a point of the map's box: incident, cluster, camera, village name, grid, village.
    pub fn hit(&mut self, eye: &Eye, x: f64, y: f64, reach: Reach) -> Hit {
        if self.layers.incidents
            && let Some(hit) = self.hit_incident(eye, x, y, reach)
        {
            return hit;
        }
        if let Some(target) = self.hit_camera(eye, x, y, reach) {
            return Hit::Thing(target);
        }
        let at = eye.under(x, y);
        if let Some((placed, sheet)) = self.labels() {
            let corner = eye.corner(sheet);
            let on_sheet = (x - eye.pane.0 - corner.0, y - eye.pane.1 - corner.1);
            if let Some(village) = labels::village_under(placed, sheet, on_sheet.0, on_sheet.1) {
                return Hit::Thing(Target::Village(village.clone()));
            }
        }
        let grids = self.layers.grids && (eye.zoom() >= GRIDS_FROM || !self.layers.villages);
        if grids && let Some(grid) = self.town.grid_at(at) {
            return Hit::Ground(Target::Grid(grid.code.clone()));
        }
        if self.layers.villages
            && let Some(village) = self.town.village_at(at)
        {
            return Hit::Ground(Target::Village(village.code.clone()));
        }
        if self.town.holds(at) { Hit::Town } else { Hit::Outside }
    }

    fn hit_incident(&mut self, eye: &Eye, x: f64, y: f64, reach: Reach) -> Option<Hit> {
        let unit = self.sprites.palette.symbol;
        if let Some(fan) = &self.crowd.fan
            && let Some(index) = fanned(fan, eye, x, y, unit + reach.0)
        {
            return self.crowd.id(index).map(|id| Hit::Thing(Target::Incident(id)));
        }
        let layout = self.crowd.layout(eye.zoom());
        let spots = self.crowd.spots();
        let single = layout.singles.iter().filter_map(|&i| {
            let spot = &spots[i];
            let off = distance(eye.place(spot.at), x, y);
            (off <= Shape::of(spot.symbol.severity).radius() * unit + reach.0).then_some((off, i))
        });
        if let Some((_, index)) = single.min_by(|a, b| a.0.total_cmp(&b.0)) {
            return self.crowd.id(index).map(|id| Hit::Thing(Target::Incident(id)));
        }
        let group = layout.groups.iter().filter_map(|group| {
            let off = distance(eye.place(group.at), x, y);
            (off <= disc_radius(group.count) * unit + reach.0).then_some((off, group))
        });
        group.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, group)| Hit::Cluster(group.clone()))
    }

    fn hit_camera(&self, eye: &Eye, x: f64, y: f64, reach: Reach) -> Option<Target> {
        if !self.layers.cameras || eye.zoom() < cameras::SHOWN_FROM {
            return None;
        }
        let radius = self.sprites.palette.camera_radius + reach.0 + 1.0;
        let near = self.town.cameras.iter().filter_map(|camera| {
            let off = distance(eye.place(camera.at), x, y);
            (off <= radius).then_some((off, camera))
        });
        near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, camera)| Target::Camera(camera.code.clone()))
    }
}

fn fanned(fan: &Fan, eye: &Eye, x: f64, y: f64, radius: f64) -> Option<usize> {
    let (middle_x, middle_y) = eye.place(fan.at);
    let near = fan.members.iter().map(|(i, (dx, dy))| (distance((middle_x + dx, middle_y + dy), x, y), *i));
    near.filter(|(off, _)| *off <= radius).min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, i)| i)
}

fn distance(at: (f64, f64), x: f64, y: f64) -> f64 {
    (at.0 - x).hypot(at.1 - y)
}
