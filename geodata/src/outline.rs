//! Outlines in unit coordinates: read from GeoJSON once, each shared edge drawn once, asked what they contain.

use crate::mercator::{Bounds, Unit};
use geojson::{Geometry, GeometryValue};
use std::collections::HashSet;

/// A line of points; a ring repeats its first point at its end.
pub type Path = Vec<Unit>;

/// The rings of a polygon or multi-polygon, or the lines of a line string, projected. Points have none.
///
/// ```
/// let geometry: geojson::Geometry =
///     serde_json::from_str(r#"{"type":"LineString","coordinates":[[107.4,34.4],[107.5,34.4]]}"#).unwrap();
/// assert_eq!(geodata::outline::paths(&geometry)[0].len(), 2);
/// ```
pub fn paths(geometry: &Geometry) -> Vec<Path> {
    match &geometry.value {
        GeometryValue::LineString { coordinates } => vec![path(coordinates)],
        GeometryValue::MultiLineString { coordinates } | GeometryValue::Polygon { coordinates } => {
            coordinates.iter().map(|line| path(line)).collect()
        }
        GeometryValue::MultiPolygon { coordinates } => coordinates.iter().flatten().map(|ring| path(ring)).collect(),
        GeometryValue::GeometryCollection { geometries } => geometries.iter().flat_map(paths).collect(),
        GeometryValue::Point { .. } | GeometryValue::MultiPoint { .. } => Vec::new(),
    }
}

/// Whether the geometry covers ground: a polygon or several.
pub fn is_area(geometry: &Geometry) -> bool {
    matches!(geometry.value, GeometryValue::Polygon { .. } | GeometryValue::MultiPolygon { .. })
}

/// The projected position of a point; `None` for anything else.
pub fn point(geometry: &Geometry) -> Option<Unit> {
    match &geometry.value {
        GeometryValue::Point { coordinates } => unit(coordinates),
        _ => None,
    }
}

fn path(positions: &[geojson::Position]) -> Path {
    positions.iter().filter_map(unit).collect()
}

fn unit(position: &geojson::Position) -> Option<Unit> {
    match position.as_slice() {
        [lon, lat, ..] => Some(Unit::of(*lon, *lat)),
        _ => None,
    }
}

/// The smallest box around these paths.
pub fn bounds(paths: &[Path]) -> Bounds {
    Bounds::around(paths.iter().flatten().copied())
}

/// Whether a point lies inside these rings, by the even-odd rule; holes are rings like any other.
///
/// ```
/// use geodata::mercator::Unit;
/// use geodata::outline::contains;
/// let at = |x, y| Unit { x, y };
/// let ring = |a, b| vec![at(a, a), at(b, a), at(b, b), at(a, b), at(a, a)];
/// let with_hole = [ring(0.1, 0.9), ring(0.4, 0.6)];
/// assert!(contains(&with_hole, at(0.2, 0.2)));
/// assert!(!contains(&with_hole, at(0.5, 0.5)));
/// ```
pub fn contains(rings: &[Path], p: Unit) -> bool {
    let crossings = rings.iter().flat_map(|ring| ring.windows(2)).filter(|edge| {
        let (a, b) = (edge[0], edge[1]);
        (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x)
    });
    crossings.count() % 2 == 1
}

/// Remembers which edges have been drawn, so that a border between neighbours is one line and not two.
///
/// Neighbours share edges vertex for vertex; an edge that differs in a vertex is another edge, and is drawn as well.
///
/// ```
/// use geodata::mercator::Unit;
/// use geodata::outline::Seen;
/// let at = |x, y| Unit { x, y };
/// let west = vec![at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0), at(0.0, 0.0)];
/// let east = vec![at(1.0, 0.0), at(2.0, 0.0), at(2.0, 1.0), at(1.0, 1.0), at(1.0, 0.0)];
/// let mut seen = Seen::default();
/// assert_eq!(seen.runs(&west), [west.clone()]);
/// assert_eq!(seen.runs(&east), [east[..4].to_vec()]);
/// ```
#[derive(Debug, Default)]
pub struct Seen {
    edges: HashSet<[u64; 4]>,
}

impl Seen {
    /// The parts of a path that no earlier path had, in order, each as long as it can be.
    pub fn runs(&mut self, path: &[Unit]) -> Vec<Path> {
        let mut runs: Vec<Path> = Vec::new();
        let mut open = false;
        for edge in path.windows(2) {
            let (a, b) = (edge[0], edge[1]);
            if !self.edges.insert(key(a, b)) {
                open = false;
                continue;
            }
            match runs.last_mut().filter(|_| open) {
                Some(run) => run.push(b),
                None => runs.push(vec![a, b]),
            }
            open = true;
        }
        runs
    }
}

fn key(a: Unit, b: Unit) -> [u64; 4] {
    let bits = |p: Unit| (p.x.to_bits(), p.y.to_bits());
    let (first, last) = if bits(a) <= bits(b) { (bits(a), bits(b)) } else { (bits(b), bits(a)) };
    [first.0, first.1, last.0, last.1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn path_strategy() -> impl Strategy<Value = Path> {
        proptest::collection::vec((0_i32..5, 0_i32..5), 2..12)
            .prop_map(|v| v.into_iter().map(|(x, y)| Unit { x: f64::from(x), y: f64::from(y) }).collect())
    }

    fn edges(paths: &[Path]) -> Vec<[u64; 4]> {
        paths.iter().flat_map(|p| p.windows(2).map(|e| key(e[0], e[1]))).collect()
    }

    proptest! {
        #[test]
        fn every_edge_is_drawn_exactly_once(given in proptest::collection::vec(path_strategy(), 1..6)) {
            let mut seen = Seen::default();
            let runs: Vec<Path> = given.iter().flat_map(|p| seen.runs(p)).collect();
            let (wanted, drawn) = (edges(&given), edges(&runs));
            let unique: HashSet<_> = drawn.iter().collect();
            prop_assert_eq!(unique.len(), drawn.len(), "drawn twice");
            prop_assert_eq!(unique, wanted.iter().collect::<HashSet<_>>());
        }
    }

    #[test]
    fn a_polygon_gives_its_shell_and_its_holes() {
        let text = r#"{"type":"MultiPolygon","coordinates":[
            [[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[2,1],[2,2],[1,2],[1,1]]], [[[5,5],[6,5],[6,6],[5,5]]]]}"#;
        let geometry: Geometry = serde_json::from_str(text).unwrap();
        let rings = paths(&geometry);
        assert_eq!(rings.len(), 3);
        assert!(is_area(&geometry) && point(&geometry).is_none());
        assert!(contains(&rings, Unit::of(3.0, 3.0)));
        assert!(!contains(&rings, Unit::of(1.5, 1.5)));
        assert!(!contains(&rings, Unit::of(4.5, 3.0)));
        assert!(bounds(&rings).holds(Unit::of(5.5, 5.5)));
    }
}
