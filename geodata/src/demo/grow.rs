//! Who each cell belongs to: villages and grids grown over the mosaic from where people live.
//!
//! Growth is a shortest-path forest from all sources at once, each with a head start that is steered until the areas
//! come right; a cell always follows the cell that it was reached from, so every region is connected. Afterwards cells on
//! the borders change hands where that makes the border shorter, and stretches along roads, gullies and canals count for
//! less: so borders come to follow them. A cell changes hands only where that can neither part a region nor close a ring
//! around another.

use super::chance::Chance;
use super::hamlets::Settlement;
use super::mesh::{Cell, Mesh};
use super::plane::dist;
use rand::Rng as _;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// The largest worsening that is taken in the first round, metres.
const WORSE_M: f64 = 70.0;

/// A side shorter than this is a corner: nothing grows through it, metres.
const GATE_M: f64 = 9.0;

/// No region: outside the town, or not reached.
pub(super) const NOBODY: usize = usize::MAX;

/// A cost in whole millimetres, so that it can be ordered.
fn millimetres(metres: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "costs are positive and below 1e9")]
    let whole = (metres.max(0.0) * 1e3) as u64;
    whole
}

/// What it costs to go from a cell over one of its sides.
fn step(mesh: &Mesh, from: usize, side: &super::mesh::Side) -> f64 {
    dist(mesh.cells[from].site, mesh.cells[side.cell].site) + side.crossing
}

/// Which cells are the town: those in the outline that hang together, and whatever they enclose. The ragged teeth of its
/// border are worn off.
pub(super) fn town(mesh: &Mesh, chance: &mut Chance) -> Vec<usize> {
    let mut of: Vec<usize> = mesh.cells.iter().map(|c| if c.inside { 0 } else { NOBODY }).collect();
    keep_largest(mesh, &mut of, 0, NOBODY);
    keep_largest(mesh, &mut of, NOBODY, 0);
    let fixed: Vec<bool> = mesh.cells.iter().map(|c| c.block.is_some()).collect();
    let rule = Rule { fixed: &fixed, may: &|from, to| from != to, targets: &[], even: 0.0 };
    refine(mesh, &mut of, &rule, 12, chance);
    of
}

/// Gives all but the largest piece of `label` to `other`.
fn keep_largest(mesh: &Mesh, of: &mut [usize], label: usize, other: usize) {
    let mut seen = vec![false; of.len()];
    let mut pieces: Vec<Vec<usize>> = Vec::new();
    for start in 0..of.len() {
        if seen[start] || of[start] != label {
            continue;
        }
        let mut piece = vec![start];
        seen[start] = true;
        let mut next = 0;
        while let Some(&at) = piece.get(next) {
            next += 1;
            for side in &mesh.cells[at].sides {
                if !seen[side.cell] && of[side.cell] == label {
                    seen[side.cell] = true;
                    piece.push(side.cell);
                }
            }
        }
        pieces.push(piece);
    }
    let largest = (0..pieces.len()).max_by_key(|&i| pieces[i].len());
    for (i, piece) in pieces.iter().enumerate() {
        if Some(i) != largest {
            for &c in piece {
                of[c] = other;
            }
        }
    }
}

/// The cells that a group starts from: the cells of its block that hang together about its middle.
fn block_cells(mesh: &Mesh, settlement: &Settlement, group: usize, taken: &[usize]) -> Option<Vec<usize>> {
    let middle = settlement.groups[group].at;
    let nearest = |cells: &mut dyn Iterator<Item = usize>| {
        cells.min_by(|&a, &b| dist(mesh.cells[a].site, middle).total_cmp(&dist(mesh.cells[b].site, middle)))
    };
    let free = |c: &usize| taken[*c] == NOBODY && mesh.cells[*c].inside;
    let own = nearest(&mut (0..mesh.cells.len()).filter(free).filter(|&c| mesh.cells[c].block == Some(group)));
    let start =
        own.or_else(|| nearest(&mut (0..mesh.cells.len()).filter(free).filter(|&c| mesh.cells[c].block.is_none())))?;
    let mut cells = vec![start];
    let mut next = 0;
    while let Some(&at) = cells.get(next) {
        next += 1;
        for side in &mesh.cells[at].sides {
            let theirs = mesh.cells[side.cell].block == Some(group) && free(&side.cell);
            // A block does not reach over a great road: the other side starts its own life.
            if theirs && side.crossing < 200.0 && side.length > GATE_M && !cells.contains(&side.cell) {
                cells.push(side.cell);
            }
        }
    }
    Some(cells)
}

/// The cells that each group starts from, with the group's number; `None` where two groups got in each other's way.
pub(super) fn group_seeds(mesh: &Mesh, settlement: &Settlement) -> Option<Vec<usize>> {
    let mut of = vec![NOBODY; mesh.cells.len()];
    for group in 0..settlement.groups.len() {
        for cell in block_cells(mesh, settlement, group, &of)? {
            of[cell] = group;
        }
    }
    Some(of)
}

/// The cells that each village starts from: its groups' cells, joined by the cheapest ways between them.
fn village_seeds(mesh: &Mesh, settlement: &Settlement, town: &[usize], groups: &[usize]) -> Option<Vec<usize>> {
    let village = |g: usize| settlement.groups.get(g).map_or(NOBODY, |g| g.village);
    let blocks: Vec<usize> = groups.iter().map(|&g| village(g)).collect();
    let mut of = vec![NOBODY; mesh.cells.len()];
    for v in 0..settlement.shares.len() {
        let mut wanted: BTreeSet<usize> = groups.iter().filter(|&&g| village(g) == v).copied().collect();
        let first = wanted.pop_first()?;
        let mut joined: Vec<usize> = (0..groups.len()).filter(|&c| groups[c] == first).collect();
        while !wanted.is_empty() {
            let open = |c: usize| town[c] == 0 && of[c] == NOBODY && (blocks[c] == NOBODY || blocks[c] == v);
            let way = cheapest_way(mesh, &joined, &open, &|c| wanted.contains(&groups[c]))?;
            let reached = groups[*way.first()?];
            wanted.remove(&reached);
            joined.extend(way);
            joined.extend((0..groups.len()).filter(|&c| groups[c] == reached));
        }
        for c in joined {
            of[c] = v;
        }
    }
    Some(of)
}

/// The cheapest way over open cells from any of `from` to a cell that is a goal, the goal first.
fn cheapest_way(
    mesh: &Mesh,
    from: &[usize],
    open: &dyn Fn(usize) -> bool,
    goal: &dyn Fn(usize) -> bool,
) -> Option<Vec<usize>> {
    let mut best = vec![u64::MAX; mesh.cells.len()];
    let mut before = vec![NOBODY; mesh.cells.len()];
    let mut heap = BinaryHeap::new();
    for &c in from {
        best[c] = 0;
        heap.push(Reverse((0u64, c)));
    }
    while let Some(Reverse((cost, at))) = heap.pop() {
        if cost > best[at] {
            continue;
        }
        if goal(at) {
            let mut way = vec![at];
            let mut here = at;
            while before[here] != NOBODY {
                here = before[here];
                way.push(here);
            }
            return Some(way);
        }
        for side in &mesh.cells[at].sides {
            let reached = cost + millimetres(step(mesh, at, side));
            if side.length > GATE_M && open(side.cell) && reached < best[side.cell] {
                best[side.cell] = reached;
                before[side.cell] = at;
                heap.push(Reverse((reached, side.cell)));
            }
        }
    }
    None
}

/// Every cell of the town to its village.
pub(super) fn villages(
    mesh: &Mesh,
    settlement: &Settlement,
    town: &[usize],
    groups: &[usize],
    chance: &mut Chance,
) -> Option<Vec<usize>> {
    let seeds = village_seeds(mesh, settlement, town, groups)?;
    let whole: f64 = (0..town.len()).filter(|&c| town[c] == 0).map(|c| mesh.cells[c].area).sum();
    let targets: Vec<f64> = settlement.shares.iter().map(|s| s * whole).collect();
    let mut of = steer(mesh, &seeds, &targets, &|_, to| town[to] == 0, 40, 0.6);
    let fixed: Vec<bool> = seeds.iter().map(|&s| s != NOBODY).collect();
    let may = |from: usize, to: usize| from != NOBODY && to != NOBODY;
    refine(mesh, &mut of, &Rule { fixed: &fixed, may: &may, targets: &targets, even: 0.5 }, 60, chance);
    complete(town, &of).then_some(of)
}

/// Every cell of the town to its grid, within its village.
pub(super) fn grids(
    mesh: &Mesh,
    settlement: &Settlement,
    villages: &[usize],
    groups: &[usize],
    chance: &mut Chance,
) -> Option<Vec<usize>> {
    let village = |g: usize| settlement.groups.get(g).map_or(NOBODY, |g| g.village);
    let mut spread = vec![0.0; settlement.shares.len()];
    let weight = |households: u32| f64::from(households).sqrt();
    for g in &settlement.groups {
        spread[g.village] += weight(g.households);
    }
    let mut whole = vec![0.0; settlement.shares.len()];
    for (c, &v) in villages.iter().enumerate() {
        if v != NOBODY {
            whole[v] += mesh.cells[c].area;
        }
    }
    let targets: Vec<f64> =
        settlement.groups.iter().map(|g| whole[g.village] * weight(g.households) / spread[g.village]).collect();
    // Steered only part of the way: real groups' lands differ.
    let mut of = steer(mesh, groups, &targets, &|g, to| village(g) == villages[to], 12, 0.35);
    let fixed: Vec<bool> = groups.iter().map(|&s| s != NOBODY).collect();
    let may = |from: usize, to: usize| from != NOBODY && to != NOBODY && village(from) == village(to);
    refine(mesh, &mut of, &Rule { fixed: &fixed, may: &may, targets: &targets, even: 0.35 }, 60, chance);
    complete(villages, &of).then_some(of)
}

/// Whether exactly the cells that have an owner above have one below.
fn complete(above: &[usize], below: &[usize]) -> bool {
    above.iter().zip(below).all(|(a, b)| (*a == NOBODY) == (*b == NOBODY))
}

/// Grows regions from their seeds, `rounds` times, with head starts steered towards the target areas.
fn steer(
    mesh: &Mesh,
    seeds: &[usize],
    targets: &[f64],
    may: &dyn Fn(usize, usize) -> bool,
    rounds: u32,
    gain: f64,
) -> Vec<usize> {
    let mut starts = vec![0.0; targets.len()];
    let mut of = grow(mesh, seeds, &starts, may);
    for _ in 0..rounds {
        let mut areas = vec![0.0; targets.len()];
        for (c, &r) in of.iter().enumerate() {
            if r != NOBODY {
                areas[r] += mesh.cells[c].area;
            }
        }
        for (start, (area, target)) in starts.iter_mut().zip(areas.iter().zip(targets)) {
            // In metres: the difference of the radii of discs that large.
            *start += gain * (area.sqrt() - target.sqrt()) * 0.6;
        }
        let least = starts.iter().copied().fold(f64::INFINITY, f64::min);
        for start in &mut starts {
            *start -= least;
        }
        of = grow(mesh, seeds, &starts, may);
    }
    of
}

/// One shortest-path forest: every cell follows the seed that reaches it first.
fn grow(mesh: &Mesh, seeds: &[usize], starts: &[f64], may: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut of = seeds.to_vec();
    let mut best = vec![u64::MAX; seeds.len()];
    let mut heap = BinaryHeap::new();
    for (c, &region) in seeds.iter().enumerate() {
        if region != NOBODY {
            best[c] = 0;
            heap.push(Reverse((millimetres(starts[region]), c, region)));
        }
    }
    while let Some(Reverse((cost, at, region))) = heap.pop() {
        if of[at] != region {
            if of[at] != NOBODY {
                continue;
            }
            of[at] = region;
        }
        for side in &mesh.cells[at].sides {
            let reached = cost + millimetres(step(mesh, at, side));
            if side.length > GATE_M && of[side.cell] == NOBODY && reached < best[side.cell] && may(region, side.cell) {
                best[side.cell] = reached;
                heap.push(Reverse((reached, side.cell, region)));
            }
        }
    }
    of
}

/// What `refine` goes by.
struct Rule<'a> {
    /// Cells that keep their region.
    fixed: &'a [bool],
    /// Whether a cell may go from one region to another.
    may: &'a dyn Fn(usize, usize) -> bool,
    /// Areas to aim at, m², and how much they matter.
    targets: &'a [f64],
    even: f64,
}

/// Moves border cells between regions while that shortens the borders or evens the areas.
///
/// In the first half of the rounds a third of the moves that would make it somewhat worse are taken too, ever smaller
/// ones (threshold accepting: Dueck and Scheuer 1990, *J. Comput. Phys.* 90(1)): a strip is given up only once its first
/// cell has gone, and that one is a loss.
fn refine(mesh: &Mesh, of: &mut [usize], rule: &Rule<'_>, rounds: u32, chance: &mut Chance) {
    let mut areas = vec![0.0; rule.targets.len()];
    for (c, &r) in of.iter().enumerate() {
        if let Some(area) = areas.get_mut(r) {
            *area += mesh.cells[c].area;
        }
    }
    for round in 0..rounds {
        let mut moved = false;
        let worse = WORSE_M * (1.0 - 2.0 * f64::from(round) / f64::from(rounds));
        for i in 0..of.len() {
            // To and fro, so that a strip can be taken back from either end.
            let c = if round % 2 == 0 { i } else { of.len() - 1 - i };
            let cell = &mesh.cells[c];
            if rule.fixed[c] || cell.area <= 0.0 {
                continue;
            }
            let Some((worth, to)) = better(cell, c, of, rule, &areas) else { continue };
            if worth > -1.0 && !(worth < worse && chance.random_bool(0.3)) {
                continue;
            }
            if let Some(area) = areas.get_mut(of[c]) {
                *area -= cell.area;
            }
            if let Some(area) = areas.get_mut(to) {
                *area += cell.area;
            }
            of[c] = to;
            moved = true;
        }
        if !moved && worse <= 0.0 {
            break;
        }
    }
}

/// The best region for a cell to go to, if it may go to any, and by how much that changes the cost, metres.
fn better(cell: &Cell, c: usize, of: &[usize], rule: &Rule<'_>, areas: &[f64]) -> Option<(f64, usize)> {
    let from = of[c];
    let mut best: Option<(f64, usize)> = None;
    for side in &cell.sides {
        let to = of[side.cell];
        if to == from || !(rule.may)(from, to) || runs(cell, of, from) != 1 || runs(cell, of, to) != 1 {
            continue;
        }
        let border = |own: usize| -> f64 {
            cell.sides.iter().filter(|s| of[s.cell] != own).map(|s| seen_length(s.length, s.crossing)).sum()
        };
        // In metres: how the radii of discs of that area would come nearer to their targets.
        let uneven = |region: usize, change: f64| -> f64 {
            let (Some(area), Some(target)) = (areas.get(region), rule.targets.get(region)) else { return 0.0 };
            let off = |a: f64| (a.max(0.0).sqrt() - target.sqrt()).powi(2) / target.sqrt();
            off(area + change) - off(*area)
        };
        let change = border(to) - border(from) + rule.even * 4.0 * (uneven(from, -cell.area) + uneven(to, cell.area));
        if best.is_none_or(|b| change < b.0) {
            best = Some((change, to));
        }
    }
    best
}

/// How long a border's stretch counts: along a line of the ground it costs little.
fn seen_length(length: f64, crossing: f64) -> f64 {
    if crossing > 0.0 { length * (0.42 - 0.15 * (crossing / 900.0)) } else { length }
}

/// In how many runs a region's cells lie around a cell.
fn runs(cell: &Cell, of: &[usize], region: usize) -> usize {
    let n = cell.sides.len();
    (0..n).filter(|&i| of[cell.sides[i].cell] == region && of[cell.sides[(i + 1) % n].cell] != region).count()
        + usize::from(n > 0 && cell.sides.iter().all(|s| of[s.cell] == region))
}
