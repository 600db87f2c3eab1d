//! Borders as arcs: each stretch between two junctions is kept once, and shared by the polygons on its two sides, so that
//! neighbours are the same vertex for vertex.

use super::grow::NOBODY;
use super::mesh::Mesh;
use super::plane::{P, area, length, lerp};
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
    /// Whether each of the mosaic's edges that it was made from traces a line of the ground.
    pub(super) traced: Vec<bool>,
}

/// Junctions nearer to each other than this are made one, metres.
const MERGE_M: f64 = 9.0;

/// All arcs between the grids, as the mosaic has them. `village` tells a grid's village. `None` where a border closes on
/// itself without a junction: a region within another, which the town does not have.
pub(super) fn arcs(mesh: &Mesh, grid: &[usize], village: &dyn Fn(usize) -> usize) -> Option<Vec<Arc>> {
    let mut arcs = trace(mesh, grid)?;
    merge_junctions(&mut arcs, village);
    Some(arcs)
}

/// A directed step along the border: the node it leads to, and the regions on its left and right.
#[derive(Clone, Copy)]
struct Step {
    to: usize,
    left: usize,
    right: usize,
    traced: bool,
}

/// Follows the mosaic's edges between different regions from junction to junction.
fn trace(mesh: &Mesh, grid: &[usize]) -> Option<Vec<Arc>> {
    let mut steps: BTreeMap<usize, Vec<Step>> = BTreeMap::new();
    for (c, cell) in mesh.cells.iter().enumerate() {
        for side in &cell.sides {
            let Some((a, b)) = side.nodes else { continue };
            if grid[c] != grid[side.cell] {
                // Sides run counter-clockwise, so the cell lies on the left.
                steps.entry(a).or_default().push(Step {
                    to: b,
                    left: grid[c],
                    right: grid[side.cell],
                    traced: side.crossing > 0.0,
                });
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
            let mut traced = vec![first.traced];
            let (mut before, mut here) = (from, first.to);
            while let Some(next) = steps.get(&here).filter(|s| s.len() == 2) {
                let step = next.iter().find(|s| s.to != before)?;
                before = here;
                here = step.to;
                path.push(mesh.nodes[here]);
                traced.push(step.traced);
            }
            walked += path.len() - 1;
            // Each arc is met from both ends; it is kept in the direction that has the lower region on the left.
            if first.left < first.right {
                arcs.push(Arc { from, to: here, left: first.left, right: first.right, path, traced });
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
