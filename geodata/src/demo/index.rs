//! Finding what is near on the plane: points and line segments filed by the square that they lie in.

use super::plane::{P, crossing, dist, on_segment};
use std::collections::HashMap;

type Square = (i64, i64);

fn square(at: P, size: f64) -> Square {
    #[expect(clippy::cast_possible_truncation, reason = "the board is a few thousand metres wide")]
    let floor = |v: f64| (v / size).floor() as i64;
    (floor(at.x), floor(at.y))
}

/// Points filed by squares. Only looked up, never walked through, so the answers do not hang on hashing.
#[derive(Debug)]
pub(super) struct PointIndex {
    size: f64,
    squares: HashMap<Square, Vec<P>>,
}

impl PointIndex {
    pub(super) fn new(size: f64) -> Self {
        Self { size, squares: HashMap::new() }
    }

    pub(super) fn add(&mut self, at: P) {
        self.squares.entry(square(at, self.size)).or_default().push(at);
    }

    /// Whether a point lies nearer than `radius`, which is not larger than the squares.
    pub(super) fn any_within(&self, at: P, radius: f64) -> bool {
        let (sx, sy) = square(at, self.size);
        (sx - 1..=sx + 1).any(|x| {
            (sy - 1..=sy + 1)
                .any(|y| self.squares.get(&(x, y)).is_some_and(|list| list.iter().any(|&q| dist(q, at) < radius)))
        })
    }
}

/// A segment with whatever is told about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment<T> {
    pub(super) a: P,
    pub(super) b: P,
    pub(super) tag: T,
}

/// Line segments filed by squares.
#[derive(Debug)]
pub(super) struct SegmentIndex<T> {
    size: f64,
    squares: HashMap<Square, Vec<Segment<T>>>,
}

impl<T: Copy> SegmentIndex<T> {
    pub(super) fn new(size: f64) -> Self {
        Self { size, squares: HashMap::new() }
    }

    /// Files every segment of a path.
    pub(super) fn add(&mut self, path: &[P], tag: T) {
        for s in path.windows(2) {
            let segment = Segment { a: s[0], b: s[1], tag };
            for at in covered(s[0], s[1], self.size) {
                self.squares.entry(at).or_default().push(segment);
            }
        }
    }

    /// The segments that `a`–`b` meets, and where; one that spans squares may come more than once.
    pub(super) fn crossings(&self, a: P, b: P) -> impl Iterator<Item = (Segment<T>, P)> + '_ {
        covered(a, b, self.size)
            .into_iter()
            .filter_map(|at| self.squares.get(&at))
            .flatten()
            .filter_map(move |s| crossing(a, b, s.a, s.b).map(|hit| (*s, hit)))
    }

    /// The segments filed in the squares that `a`–`b` covers; the same may come more than once.
    pub(super) fn beside(&self, a: P, b: P) -> impl Iterator<Item = Segment<T>> + '_ {
        covered(a, b, self.size).into_iter().filter_map(|at| self.squares.get(&at)).flatten().copied()
    }

    /// The segments within `radius` of a point, which is not larger than the squares; the same may come twice.
    pub(super) fn near(&self, at: P, radius: f64) -> impl Iterator<Item = (Segment<T>, P)> + '_ {
        let (sx, sy) = square(at, self.size);
        (sx - 1..=sx + 1)
            .flat_map(move |x| (sy - 1..=sy + 1).map(move |y| (x, y)))
            .filter_map(|s| self.squares.get(&s))
            .flatten()
            .map(move |s| (*s, on_segment(s.a, s.b, at).0))
            .filter(move |(_, foot)| dist(*foot, at) < radius)
    }
}

/// The squares that a segment's box covers.
fn covered(a: P, b: P, size: f64) -> Vec<Square> {
    let (ax, ay) = square(a, size);
    let (bx, by) = square(b, size);
    (ax.min(bx)..=ax.max(bx)).flat_map(|x| (ay.min(by)..=ay.max(by)).map(move |y| (x, y))).collect()
}
