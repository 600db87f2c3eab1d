//! The town's fixed things, projected once.

use crate::model::{Buildings, TownBundle};
use geodata::mercator::{Bounds, Unit};
use geodata::order::by_rank;
use geodata::outline::{self, Path, Seen};
use geodata::place::BBox;
use geodata::town::{CameraStatus, GridCode, Name, PlaceKind, RoadClass, VillageCode, WaterKind};
use strum::VariantArray as _;

/// A line with the box that holds it.
pub struct Line {
    /// Its points.
    pub path: Path,
    /// The box around them.
    pub bounds: Bounds,
}

impl Line {
    fn new(path: Path) -> Self {
        let bounds = Bounds::around(path.iter().copied());
        Self { path, bounds }
    }
}

/// A village or a grid.
pub struct Area<C> {
    /// Its code.
    pub code: C,
    /// Its shell and holes.
    pub rings: Vec<Path>,
    /// The box around them.
    pub bounds: Bounds,
    /// Where its label stands.
    pub label: Unit,
    /// Its name.
    pub name: Name,
}

impl<C> Area<C> {
    /// Whether the point lies in it.
    pub fn holds(&self, at: Unit) -> bool {
        self.bounds.holds(at) && outline::contains(&self.rings, at)
    }
}

/// A camera.
pub struct Camera {
    /// Its code.
    pub code: String,
    /// Its place in the town's order of cameras.
    pub order: i64,
    /// Where it stands.
    pub at: Unit,
    /// Whether it gives a picture.
    pub status: CameraStatus,
    /// What it sees: the camera, then the far edge from left to right, metres truly measured. A camera that turns sees
    /// a whole circle, without the camera itself.
    pub view: Path,
    /// The box around that.
    pub reach: Bounds,
    /// Whether it turns.
    pub turns: bool,
}

/// A piece of water.
pub struct Water {
    /// What holds it.
    pub kind: WaterKind,
    /// Whether it covers ground.
    pub area: bool,
    /// Its outline or course.
    pub lines: Vec<Line>,
}

/// A place that people steer by.
pub struct Place {
    /// Where.
    pub at: Unit,
    /// What it is.
    pub kind: PlaceKind,
    /// Its name.
    pub name: Name,
}

/// All of it, in unit coordinates.
pub struct Town {
    /// The box around the boundary.
    pub bounds: Bounds,
    /// The boundary.
    pub boundary: Vec<Path>,
    /// The villages.
    pub villages: Vec<Area<VillageCode>>,
    /// The grids.
    pub grids: Vec<Area<GridCode>>,
    /// Village borders, each once.
    pub village_lines: Vec<Line>,
    /// Grid borders that are not village borders, each once.
    pub grid_lines: Vec<Line>,
    /// Roads, the narrowest class first.
    pub roads: Vec<(RoadClass, Vec<Line>)>,
    /// Water.
    pub water: Vec<Water>,
    /// Places.
    pub places: Vec<Place>,
    /// Cameras.
    pub cameras: Vec<Camera>,
}

impl Town {
    /// Projects what was fetched.
    pub fn new(bundle: &TownBundle) -> Self {
        let villages: Vec<_> = bundle
            .villages
            .features
            .iter()
            .map(|f| area(f.properties.code.clone(), &f.geometry, f.properties.label, &f.properties.name))
            .collect();
        let grids: Vec<_> = bundle
            .grids
            .features
            .iter()
            .map(|f| area(f.properties.code.clone(), &f.geometry, f.properties.label, &f.properties.name))
            .collect();
        // Villages first: their borders are grid borders too, and are drawn as the stronger of the two.
        let mut seen = Seen::default();
        let village_lines = borders(&villages, &mut seen);
        let grid_lines = borders(&grids, &mut seen);
        let [west, south, east, north] = bundle.town.bbox;
        Self {
            bounds: Bounds::around([Unit::of(west, south), Unit::of(east, north)]),
            boundary: outline::paths(&bundle.town.boundary),
            village_lines,
            grid_lines,
            villages,
            grids,
            roads: roads(bundle),
            water: bundle.ground.water.features.iter().map(|f| water(f.properties.kind, &f.geometry)).collect(),
            places: bundle.ground.places.features.iter().filter_map(place).collect(),
            cameras: (0..).zip(&bundle.cameras.features).filter_map(camera).collect(),
        }
    }

    /// Whether the point lies inside the boundary.
    pub fn holds(&self, at: Unit) -> bool {
        self.bounds.holds(at) && outline::contains(&self.boundary, at)
    }

    /// The village here.
    pub fn village_at(&self, at: Unit) -> Option<&Area<VillageCode>> {
        self.villages.iter().find(|village| village.holds(at))
    }

    /// The grid here.
    pub fn grid_at(&self, at: Unit) -> Option<&Area<GridCode>> {
        self.grids.iter().find(|grid| grid.holds(at))
    }
}

fn area<C>(code: C, geometry: &geojson::Geometry, label: [f64; 2], name: &Name) -> Area<C> {
    let rings = outline::paths(geometry);
    let bounds = outline::bounds(&rings);
    Area { code, rings, bounds, label: Unit::of(label[0], label[1]), name: name.clone() }
}

fn borders<C>(areas: &[Area<C>], seen: &mut Seen) -> Vec<Line> {
    areas.iter().flat_map(|area| &area.rings).flat_map(|ring| seen.runs(ring)).map(Line::new).collect()
}

fn roads(bundle: &TownBundle) -> Vec<(RoadClass, Vec<Line>)> {
    let of = |class| {
        let roads = bundle.ground.roads.features.iter().filter(move |f| f.properties.class == class);
        (class, roads.flat_map(|f| outline::paths(&f.geometry)).map(Line::new).collect())
    };
    RoadClass::VARIANTS.iter().rev().map(|class| of(*class)).collect()
}

fn water(kind: WaterKind, geometry: &geojson::Geometry) -> Water {
    let lines = outline::paths(geometry).into_iter().map(Line::new).collect();
    Water { kind, area: outline::is_area(geometry), lines }
}

fn place(feature: &geodata::wire::Feature<geodata::wire::PlaceProperties>) -> Option<Place> {
    let at = outline::point(&feature.geometry)?;
    Some(Place { at, kind: feature.properties.kind, name: feature.properties.name.clone() })
}

fn camera((order, feature): (i64, &geodata::wire::Feature<geodata::wire::CameraProperties>)) -> Option<Camera> {
    let p = &feature.properties;
    let at = outline::point(&feature.geometry)?;
    let view = field_of_view(at, p.bearing_deg.map(f64::from), f64::from(p.fov_deg), f64::from(p.range_m));
    let reach = Bounds::around(view.iter().copied());
    Some(Camera { code: p.code.clone(), order, at, status: p.status, view, reach, turns: p.bearing_deg.is_none() })
}

/// The outline of what a camera sees, unobstructed: degrees clockwise from true north, metres.
fn field_of_view(at: Unit, bearing: Option<f64>, width: f64, range: f64) -> Path {
    const STEPS: i32 = 12;
    let (from, sweep, steps) = match bearing {
        Some(bearing) if width < 360.0 => (bearing - width / 2.0, width, STEPS),
        _ => (0.0, 360.0, STEPS * 3),
    };
    let edge = (0..=steps).map(|i| {
        let angle = (from + sweep * f64::from(i) / f64::from(steps)).to_radians();
        at.moved(range * angle.sin(), range * angle.cos())
    });
    if sweep < 360.0 { std::iter::once(at).chain(edge).collect() } else { edge.collect() }
}

/// Where the buildings stand, ordered from west to east so that a view's share is one slice.
pub fn buildings(buildings: &Buildings) -> Vec<Unit> {
    let points: Vec<Unit> = buildings.features.iter().filter_map(|f| outline::point(&f.geometry)).collect();
    // Between 0 and 1 the bits of floats stand in the order of the floats.
    let order = by_rank(points.iter().map(|point| point.x.to_bits()));
    order.into_iter().map(|at| points[at]).collect()
}

/// A box on the wire as one in unit coordinates.
pub fn bounds_of(bbox: &BBox) -> Bounds {
    Bounds::around([Unit::of(bbox.west, bbox.south), Unit::of(bbox.east, bbox.north)])
}
