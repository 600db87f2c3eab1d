//! Field tracks (生产路): along the field edges, from road to road, broken at gullies, water and houses.

use super::build::Land;
use super::chance::{Chance, between};
use super::facts::board;
use super::houses::Built;
use super::index::{PointIndex, SegmentIndex};
use super::mesh::PLOT;
use super::plane::{P, dist, inside, length, p, simplify};
use rand::Rng as _;

/// Spacing of the points that a track is tried at, metres.
const STEP_M: f64 = 28.0;

/// What a track meets at a point.
#[derive(Clone, Copy, PartialEq)]
enum Meets {
    Field,
    Road,
    Obstacle,
}

/// The tracks of the town.
pub(super) fn tracks(land: &Land, built: &Built, chance: &mut Chance) -> Vec<Vec<P>> {
    let mut houses = PointIndex::new(60.0);
    built.houses.iter().for_each(|h| houses.add(h.at));
    let mut obstacles = SegmentIndex::new(90.0);
    obstacles.add(&land.ground.canal, 24.0);
    for gully in &land.ground.gullies {
        gully.bed.windows(2).zip(&gully.half_widths).for_each(|(s, width)| obstacles.add(s, width + 30.0));
    }
    let mut roads = SegmentIndex::new(90.0);
    for road in land.ground.roads.iter().chain(land.ways.iter().map(|(_, r)| r)) {
        roads.add(&road.path, ());
    }
    let meets = |at: P| {
        let blocked = obstacles.near(at, 90.0).any(|(s, foot)| dist(foot, at) < s.tag);
        if blocked || houses.any_within(at, 34.0) || !inside(&land.town, at) {
            Meets::Obstacle
        } else if roads.near(at, STEP_M * 0.75).next().is_some() {
            Meets::Road
        } else {
            Meets::Field
        }
    };
    let mut kept = Vec::new();
    for line in lines(land, chance) {
        for piece in pieces(&line, &meets) {
            if length(&piece) > 170.0 && chance.random_bool(0.62) {
                kept.push(simplify(&piece, 60.0));
            }
        }
    }
    kept
}

/// Lines along the field pattern, both ways, some hundreds of metres apart.
fn lines(land: &Land, chance: &mut Chance) -> Vec<Vec<P>> {
    let reach = board();
    let mut lines = Vec::new();
    let mut row = -(reach.y / PLOT.y).floor() + 0.5;
    while row * PLOT.y < reach.y {
        lines.push(line(land, p(-reach.x, row * PLOT.y), p(reach.x, row * PLOT.y)));
        row += between(chance, 3.0, 6.5).round();
    }
    let mut x = -reach.x;
    while x < reach.x {
        lines.push(line(land, p(x, -reach.y), p(x, reach.y)));
        x += between(chance, 330.0, 700.0);
    }
    lines
}

fn line(land: &Land, from: P, to: P) -> Vec<P> {
    let flat = super::plane::resample(&[from, to], STEP_M);
    flat.into_iter().map(|at| land.ground.field(at)).collect()
}

/// A line cut where it meets roads, which end a piece, and obstacles, which belong to none. What runs along a road is
/// none either.
fn pieces(line: &[P], meets: &impl Fn(P) -> Meets) -> Vec<Vec<P>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<P> = Vec::new();
    let mut open = false;
    for &at in line {
        match meets(at) {
            Meets::Field => {
                piece.push(at);
                open = true;
            }
            Meets::Road if open => {
                piece.push(at);
                pieces.push(std::mem::replace(&mut piece, vec![at]));
                open = false;
            }
            Meets::Road => piece = vec![at],
            Meets::Obstacle => {
                pieces.push(std::mem::take(&mut piece));
                open = false;
            }
        }
    }
    pieces
}
