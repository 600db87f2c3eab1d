//! Arcs drawn as a surveyor would: straight over the fields, and along roads, gullies and canals as these run.
//!
//! Whether arcs cross or touch is settled on the very coordinates that are written down, in whole steps of the lattice,
//! where the arithmetic is exact.

use super::arcs::Arc;
use super::index::SegmentIndex;
use super::plane::{P, chaikin, cross, dot, lattice, length, simplify, straighten};
use std::collections::BTreeMap;

/// How far a stretch over open fields may be straightened, metres, and how far where that brings it across another.
const ROUGH_M: [f64; 3] = [36.0, 18.0, 6.0];
/// Corners smaller than this are dropped, m².
const FINE_M2: f64 = 16.0;
/// A line of the ground followed for less than this is not worth a kink, metres.
const TRACED_M: f64 = 75.0;
/// Side of the squares that segments are filed by, lattice steps: about a hundred metres.
const SQUARE: f64 = 1e4;

/// Smooths every arc between its ends. Arcs that would meet elsewhere are straightened less, and at last left as the
/// mosaic has them; `None` where even that does not help. `scale` is what the plane is multiplied by before it is written
/// down.
pub(super) fn smooth(rough: &[Arc], scale: f64) -> Option<Vec<Arc>> {
    let mut arcs = rough.to_vec();
    let mut tries = vec![0; arcs.len()];
    for arc in &mut arcs {
        forget_short(&mut arc.traced, &arc.path);
        arc.path = smoothed(&arc.path, &arc.traced, ROUGH_M[0]);
    }
    loop {
        let clashing = clashing(&arcs, scale);
        if clashing.is_empty() {
            return Some(arcs);
        }
        let mut any = false;
        for i in clashing {
            tries[i] += 1;
            any |= tries[i] <= ROUGH_M.len();
            arcs[i].path = match ROUGH_M.get(tries[i]) {
                Some(&most) => smoothed(&rough[i].path, &arcs[i].traced, most),
                None => rough[i].path.clone(),
            };
        }
        if !any {
            return None;
        }
    }
}

/// Takes short traced stretches for open field.
fn forget_short(traced: &mut [bool], path: &[P]) {
    let mut from = 0;
    while from < traced.len() {
        let to = (from..traced.len()).find(|&i| traced[i] != traced[from]).unwrap_or(traced.len());
        if traced[from] && length(&path[from..=to]) < TRACED_M {
            traced[from..to].fill(false);
        }
        from = to;
    }
}

/// An arc's stretches along lines of the ground as they are, the others straightened by at most so many metres and their
/// corners cut.
fn smoothed(path: &[P], traced: &[bool], most: f64) -> Vec<P> {
    let mut out: Vec<P> = path.first().into_iter().copied().collect();
    let mut from = 0;
    while from < traced.len() {
        let kind = traced[from];
        let to = (from..traced.len()).find(|&i| traced[i] != kind).unwrap_or(traced.len());
        let stretch = &path[from..=to];
        let drawn = if kind {
            simplify(stretch, FINE_M2)
        } else {
            simplify(&chaikin(&straighten(stretch, most), 0.18, 2), FINE_M2)
        };
        out.extend_from_slice(&drawn[1..]);
        from = to;
    }
    out
}

/// Whose a lattice point is: it may be one junction's or one bend's, or a border would touch itself there.
#[derive(Clone, Copy, PartialEq)]
enum Owner {
    Junction(usize),
    Bend(usize, usize),
}

/// The arcs that, as they are written down, meet one another or themselves elsewhere than in a shared end.
fn clashing(arcs: &[Arc], scale: f64) -> Vec<usize> {
    let mut index: SegmentIndex<(usize, usize)> = SegmentIndex::new(SQUARE);
    let mut segments = Vec::new();
    let mut bad = Vec::new();
    let mut used: BTreeMap<(u64, u64), (usize, Owner)> = BTreeMap::new();
    for (i, arc) in arcs.iter().enumerate() {
        let mut path: Vec<P> = arc.path.iter().map(|&at| lattice(at * scale)).collect();
        path.dedup();
        if path.len() < 2 {
            bad.push(i);
        }
        for (k, at) in path.iter().enumerate() {
            let owner = match k {
                0 => Owner::Junction(arc.from),
                k if k + 1 == path.len() => Owner::Junction(arc.to),
                k => Owner::Bend(i, k),
            };
            match used.insert((at.x.to_bits(), at.y.to_bits()), (i, owner)) {
                Some((other, before)) if before != owner => bad.extend([i, other]),
                _ => {}
            }
        }
        for s in path.windows(2) {
            index.add(s, (i, segments.len()));
            segments.push((i, s[0], s[1]));
        }
    }
    for (number, &(arc, a, b)) in segments.iter().enumerate() {
        for other in index.beside(a, b).filter(|o| o.tag.1 > number) {
            if clash((a, b), (other.a, other.b)) {
                bad.extend([arc, other.tag.0]);
            }
        }
    }
    bad.sort_unstable();
    bad.dedup();
    bad
}

/// Whether two segments meet elsewhere than in one shared end. Exact for coordinates that are whole numbers below 2²⁵
/// apart.
fn clash(one: (P, P), other: (P, P)) -> bool {
    let ends = [(one.0, one.1), (one.1, one.0)];
    let shared = ends.into_iter().find_map(|(a, b)| match other {
        (c, d) if a == c => Some((a, b, d)),
        (c, d) if a == d => Some((a, b, c)),
        _ => None,
    });
    match shared {
        // From a shared end they only clash when they run along each other.
        Some((a, b, d)) => cross(b - a, d - a) == 0.0 && dot(b - a, d - a) > 0.0,
        None => touch(one, other),
    }
}

/// Whether two segments have a point in common.
fn touch((a, b): (P, P), (c, d): (P, P)) -> bool {
    let side = |p: P, q: P, r: P| cross(q - p, r - p);
    let between =
        |p: P, q: P, r: P| r.x >= p.x.min(q.x) && r.x <= p.x.max(q.x) && r.y >= p.y.min(q.y) && r.y <= p.y.max(q.y);
    let (c_of, d_of) = (side(a, b, c), side(a, b, d));
    let (a_of, b_of) = (side(c, d, a), side(c, d, b));
    let apart = |u: f64, v: f64| (u > 0.0 && v < 0.0) || (u < 0.0 && v > 0.0);
    (apart(c_of, d_of) && apart(a_of, b_of))
        || (c_of == 0.0 && between(a, b, c))
        || (d_of == 0.0 && between(a, b, d))
        || (a_of == 0.0 && between(c, d, a))
        || (b_of == 0.0 && between(c, d, b))
}

#[cfg(test)]
mod tests {
    use super::super::plane::p;
    use super::*;

    #[test]
    fn segments_clash_when_they_cross_touch_or_overlap_but_not_in_a_shared_end() {
        let s = |ax: f64, ay: f64, bx: f64, by: f64| (p(ax, ay), p(bx, by));
        assert!(clash(s(0., 0., 4., 4.), s(0., 4., 4., 0.)), "crossing");
        assert!(clash(s(0., 0., 4., 0.), s(2., 0., 2., 3.)), "touching");
        assert!(clash(s(0., 0., 4., 0.), s(3., 0., 9., 0.)), "overlapping");
        assert!(clash(s(0., 0., 4., 0.), s(0., 0., 2., 0.)), "one over the other from a shared end");
        assert!(!clash(s(0., 0., 4., 0.), s(4., 0., 9., 0.)), "one after the other");
        assert!(!clash(s(0., 0., 4., 0.), s(0., 0., 0., 3.)), "a corner");
        assert!(!clash(s(0., 0., 4., 0.), s(5., 0., 9., 0.)), "apart on one line");
    }
}
