//! Borders as arcs: each stretch between two junctions is kept once, smoothed once, and shared by the polygons on its two
//! sides, so that neighbours are the same vertex for vertex.

use super::grow::NOBODY;
use super::index::SegmentIndex;
use super::mesh::Mesh;
use super::plane::{P, area, chaikin, cross, crossing, dist, length, lerp, simplify};
use std::collections::BTreeMap;

/// A stretch of border between two junctions.
#[derive(Debug, Clone)]
pub(super) struct Arc {
    /// Junctions at its ends.
    pub(super) from: usize,
    pub(super) to: usize,
    /// The grids on its left and right; [`NOBODY`] outside the town.
    pub(super) left: usize,
    pub(super) right: usize,
    /// From end to end.
    pub(super) path: Vec<P>,
}

/// Junctions nearer to each other than this are made one, metres.
const MERGE_M: f64 = 14.0;
/// Corners smaller than these are dropped before and after smoothing, m².
const ROUGH_M2: f64 = 420.0;
const FINE_M2: f64 = 28.0;

/// All arcs between the grids, smoothed. `village` tells a grid's village. `None` where a border closes on itself without
/// a junction: a region within another, which the town does not have.
pub(super) fn arcs(mesh: &Mesh, grid: &[usize], village: &dyn Fn(usize) -> usize) -> Option<Vec<Arc>> {
    let mut arcs = trace(mesh, grid)?;
    merge_junctions(&mut arcs, village);
    smooth(&mut arcs);
    Some(arcs)
}

/// A directed step along the border: the node it leads to, and the regions on its left and right.
#[derive(Clone, Copy)]
struct Step {
    to: usize,
    left: usize,
    right: usize,
}

/// Follows the mosaic's edges between different regions from junction to junction.
fn trace(mesh: &Mesh, grid: &[usize]) -> Option<Vec<Arc>> {
    let mut steps: BTreeMap<usize, Vec<Step>> = BTreeMap::new();
    for (c, cell) in mesh.cells.iter().enumerate() {
        for side in &cell.sides {
            let Some((a, b)) = side.nodes else { continue };
            if grid[c] != grid[side.cell] {
                // Sides run counter-clockwise, so the cell lies on the left.
                steps.entry(a).or_default().push(Step { to: b, left: grid[c], right: grid[side.cell] });
            }
        }
    }
    let mut arcs = Vec::new();
    let mut walked = 0;
    for (&from, out) in &steps {
        if out.len() < 3 {
            continue;
        }
        for &first in out {
            let mut path = vec![mesh.nodes[from], mesh.nodes[first.to]];
            let (mut before, mut here) = (from, first.to);
            while let Some(next) = steps.get(&here).filter(|s| s.len() == 2) {
                let step = next.iter().find(|s| s.to != before)?;
                before = here;
                here = step.to;
                path.push(mesh.nodes[here]);
            }
            walked += path.len() - 1;
            // Each arc is met from both ends; it is kept in the direction that has the lower region on the left.
            if first.left < first.right {
                arcs.push(Arc { from, to: here, left: first.left, right: first.right, path });
            }
        }
    }
    // Whatever was not walked is a ring without a junction.
    let all: usize = steps.values().map(Vec::len).sum();
    (walked == all).then_some(arcs)
}

/// Makes one junction of two that stand very near, where four different regions then meet.
fn merge_junctions(arcs: &mut Vec<Arc>, village: &dyn Fn(usize) -> usize) {
    let mut i = 0;
    while i < arcs.len() {
        let short = &arcs[i];
        let (from, to, middle) = (short.from, short.to, lerp(short.path[0], short.path[short.path.len() - 1], 0.5));
        if length(&short.path) < MERGE_M && from != to && may_merge(arcs, i, village) {
            arcs.remove(i);
            for arc in arcs.iter_mut() {
                let last = arc.path.len() - 1;
                if arc.from == from || arc.from == to {
                    arc.from = from;
                    arc.path[0] = middle;
                }
                if arc.to == from || arc.to == to {
                    arc.to = from;
                    arc.path[last] = middle;
                }
            }
        } else {
            i += 1;
        }
    }
}

/// Whether the regions about a short arc are four, and no village would touch itself at the new junction.
fn may_merge(arcs: &[Arc], short: usize, village: &dyn Fn(usize) -> usize) -> bool {
    let arc = &arcs[short];
    let third = |node: usize| {
        let mut around: Vec<usize> =
            arcs.iter().filter(|a| a.from == node || a.to == node).flat_map(|a| [a.left, a.right]).collect();
        around.sort_unstable();
        around.dedup();
        around.retain(|&r| r != arc.left && r != arc.right);
        <[usize; 1]>::try_from(around).ok().map(|[r]| r)
    };
    let (Some(c), Some(d)) = (third(arc.from), third(arc.to)) else { return false };
    // Around the new junction stand left, c, right, d: those across from each other would touch in a point.
    let apart = |x: usize, y: usize, between: [usize; 2]| {
        village(x) != village(y) || between.iter().any(|&b| village(b) == village(x))
    };
    c != d && apart(arc.left, arc.right, [c, d]) && apart(c, d, [arc.left, arc.right])
}

/// Smooths every arc between its ends. Where smoothed arcs would cross, those fall back to the mosaic's own edges, which
/// never do.
fn smooth(arcs: &mut [Arc]) {
    let rough: Vec<Vec<P>> = arcs.iter().map(|a| a.path.clone()).collect();
    for arc in arcs.iter_mut() {
        arc.path = simplify(&chaikin(&simplify(&arc.path, ROUGH_M2), 0.22, 2), FINE_M2);
    }
    loop {
        let crossed = crossed(arcs);
        let mut any = false;
        for i in crossed {
            any |= arcs[i].path != rough[i];
            arcs[i].path.clone_from(&rough[i]);
        }
        if !any {
            break;
        }
    }
}

/// The arcs that cross or touch one another, or themselves, elsewhere than at shared ends.
pub(super) fn crossed(arcs: &[Arc]) -> Vec<usize> {
    let mut index: SegmentIndex<(usize, usize)> = SegmentIndex::new(100.0);
    for (i, arc) in arcs.iter().enumerate() {
        for (k, s) in arc.path.windows(2).enumerate() {
            index.add(s, (i, k));
        }
    }
    let mut bad = Vec::new();
    for (i, arc) in arcs.iter().enumerate() {
        for (k, s) in arc.path.windows(2).enumerate() {
            for (other, _) in index.crossings(s[0], s[1]) {
                if other.tag != (i, k) && clash((s[0], s[1]), (other.a, other.b)) {
                    bad.push(i);
                    bad.push(other.tag.0);
                }
            }
        }
    }
    bad.sort_unstable();
    bad.dedup();
    bad
}

/// Whether two segments meet elsewhere than in one shared end.
fn clash(one: (P, P), other: (P, P)) -> bool {
    let shared = [
        (one.0, one.1, other.0, other.1),
        (one.0, one.1, other.1, other.0),
        (one.1, one.0, other.0, other.1),
        (one.1, one.0, other.1, other.0),
    ]
    .into_iter()
    .find(|(a, _, c, _)| a == c);
    match shared {
        // From a shared end they only clash when they run along each other.
        Some((a, b, _, d)) => {
            cross(b - a, d - a).abs() < 1e-6 * dist(a, b) * dist(a, d) && super::plane::dot(b - a, d - a) > 0.0
        }
        None => crossing(one.0, one.1, other.0, other.1).is_some(),
    }
}

/// The ring about each region, counter-clockwise, first point not repeated. `region` makes one of many grids: itself for
/// grids, its village for villages. `None` where a region has not exactly one ring.
pub(super) fn rings(arcs: &[Arc], count: usize, region: &dyn Fn(usize) -> usize) -> Option<Vec<Vec<P>>> {
    let mut starts: Vec<BTreeMap<usize, (usize, bool)>> = vec![BTreeMap::new(); count];
    for (i, arc) in arcs.iter().enumerate() {
        let (left, right) = (region(arc.left), region(arc.right));
        if left == right {
            continue;
        }
        for (r, node, forward) in [(left, arc.from, true), (right, arc.to, false)] {
            // A second way out of the same junction would be a region that touches itself.
            if r != NOBODY && starts[r].insert(node, (i, forward)).is_some() {
                return None;
            }
        }
    }
    starts.into_iter().map(|s| ring(arcs, s)).collect()
}

/// One region's ring from its arcs by the junction they start at.
fn ring(arcs: &[Arc], mut by_start: BTreeMap<usize, (usize, bool)>) -> Option<Vec<P>> {
    let (&first, _) = by_start.iter().next()?;
    let mut ring = Vec::new();
    let mut at = first;
    while let Some((i, forward)) = by_start.remove(&at) {
        let path = &arcs[i].path;
        if forward {
            ring.extend_from_slice(&path[..path.len() - 1]);
            at = arcs[i].to;
        } else {
            ring.extend(path[1..].iter().rev());
            at = arcs[i].from;
        }
    }
    (at == first && by_start.is_empty() && area(&ring) > 0.0).then_some(ring)
}
