//! The mosaic that borders are made of: Voronoi cells of sites set along the field edges.
//!
//! Either side of every road, gully and canal stand pairs of sites, so that the cells' edges between them run along its
//! middle: a border that follows the mosaic's edges follows the ground.

use super::chance::{Chance, between};
use super::facts::board;
use super::ground::Ground;
use super::hamlets::Settlement;
use super::index::{PointIndex, SegmentIndex};
use super::plane::{P, along, area, crossing, dist, distance_to, inside, left, length, p, turn, unit};
use rand::Rng as _;
use spade::{DelaunayTriangulation, Point2, Triangulation as _};

/// One side of a cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side {
    /// The cell on the other side.
    pub(super) cell: usize,
    /// The mesh's nodes at its ends, counter-clockwise about the cell; absent where it runs off to infinity.
    pub(super) nodes: Option<(usize, usize)>,
    /// Metres.
    pub(super) length: f64,
    /// What crossing it costs, metres of plain field, beyond the way itself; nought on plain field.
    pub(super) crossing: f64,
}

/// A cell.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) site: P,
    /// Counter-clockwise.
    pub(super) sides: Vec<Side>,
    /// Square metres; nought for the unbounded ones at the board's rim.
    pub(super) area: f64,
    /// The village group in whose block it lies.
    pub(super) block: Option<usize>,
    /// Whether its site lies in the town's outline.
    pub(super) inside: bool,
}

/// The mosaic.
#[derive(Debug)]
pub(super) struct Mesh {
    pub(super) cells: Vec<Cell>,
    /// Where three cells meet; those that trace a line of the ground are moved onto it.
    pub(super) nodes: Vec<P>,
}

/// Half the gap between a pair of sites, and the step from pair to pair, metres.
const PAIR_M: f64 = 15.0;
const STEP_M: f64 = 50.0;
/// How far apart two nodes are put that would fall together, metres.
const PART_M: f64 = 7.0;
/// A plot of field, along and across, metres.
pub(super) const PLOT: P = P { x: 118.0, y: 96.0 };

struct Sites {
    points: Vec<(P, Option<usize>)>,
    index: PointIndex,
}

impl Sites {
    fn try_add(&mut self, at: P, block: Option<usize>, clear: f64) -> bool {
        let free = !self.index.any_within(at, clear);
        if free {
            self.index.add(at);
            self.points.push((at, block));
        }
        free
    }
}

/// Lays the mosaic. `lines` are what its edges trace, the most important first, with the cost of crossing each.
pub(super) fn lay(
    ground: &Ground,
    settlement: &Settlement,
    lines: &[(&[P], f64)],
    chance: &mut Chance,
) -> Option<Mesh> {
    let mut sites = Sites { points: Vec::new(), index: PointIndex::new(130.0) };
    let near_town = |at: P| inside(&ground.outline, at) || distance_to_ring(&ground.outline, at) < 420.0;
    let mut traced: SegmentIndex<usize> = SegmentIndex::new(120.0);
    for (number, (line, _)) in lines.iter().enumerate() {
        pairs(&mut sites, line, number, &traced, &near_town);
        traced.add(line, number);
    }
    blocks(&mut sites, settlement, chance);
    fields(&mut sites, ground, &near_town, chance);
    let mut costs: SegmentIndex<f64> = SegmentIndex::new(120.0);
    for (line, cost) in lines {
        costs.add(line, *cost);
    }
    voronoi(&sites.points, &costs, &ground.outline)
}

fn distance_to_ring(ring: &[P], at: P) -> f64 {
    let closing = ring.last().zip(ring.first()).map_or(f64::INFINITY, |(&a, &b)| distance_to(&[a, b], at));
    distance_to(ring, at).min(closing)
}

/// Pairs of sites along a line, where no line before it is too near.
fn pairs(sites: &mut Sites, line: &[P], number: usize, traced: &SegmentIndex<usize>, near_town: &impl Fn(P) -> bool) {
    let total = length(line);
    let mut gone = STEP_M * 0.4;
    while gone < total {
        let (middle, direction) = along(line, gone);
        gone += STEP_M;
        let off = left(direction) * PAIR_M;
        let clear = |at: P| {
            traced.near(at, PAIR_M * 1.3).all(|(s, _)| s.tag == number) && !sites.index.any_within(at, PAIR_M * 1.9)
        };
        if near_town(middle) && clear(middle + off) && clear(middle - off) {
            for at in [middle + off, middle - off] {
                sites.index.add(at);
                sites.points.push((at, None));
            }
        }
    }
}

/// Nine sites a block, so that the edges between two blocks run straight along the lane between them.
fn blocks(sites: &mut Sites, settlement: &Settlement, chance: &mut Chance) {
    for (number, group) in settlement.groups.iter().enumerate() {
        let angle = settlement.hamlets[group.hamlet].angle;
        for (x, y) in [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, -1), (-1, 1), (1, 1)]
            .map(|(x, y)| (f64::from(x), f64::from(y)))
        {
            let third = p(x * group.half.x, y * group.half.y) * (2.0 / 3.0);
            let shake = p(between(chance, -4.0, 4.0), between(chance, -4.0, 4.0));
            sites.try_add(group.at + turn(third + shake, angle), Some(number), 34.0);
        }
    }
}

/// Plots of field in rows that turn with the ground; some are let out, so that their neighbours grow together.
fn fields(sites: &mut Sites, ground: &Ground, near_town: &impl Fn(P) -> bool, chance: &mut Chance) {
    let reach = board();
    let (columns, rows) = (reach.x / PLOT.x, reach.y / PLOT.y);
    let mut row = -rows.floor();
    while row <= rows {
        // Rows are set off against each other, so that plots seldom meet four at a corner.
        let set_off = chance.random::<f64>();
        let mut column = -columns.floor();
        while column <= columns {
            let flat = p((column + set_off) * PLOT.x, row * PLOT.y);
            let at = ground.field(flat);
            let shake = p(between(chance, -11.0, 11.0), between(chance, -9.0, 9.0));
            if chance.random_bool(0.9) && near_town(at) {
                sites.try_add(at + shake, None, 58.0);
            }
            column += 1.0;
        }
        row += 1.0;
    }
}

fn voronoi(points: &[(P, Option<usize>)], costs: &SegmentIndex<f64>, outline: &[P]) -> Option<Mesh> {
    let sites = points.iter().map(|(at, _)| Point2::new(at.x, at.y)).collect();
    let triangulation: DelaunayTriangulation<Point2<f64>> = DelaunayTriangulation::bulk_load_stable(sites).ok()?;
    if triangulation.num_vertices() != points.len() {
        return None;
    }
    // Node i is the circumcentre of inner face i + 1: face 0 is the unbounded one.
    let nodes: Vec<P> = triangulation
        .inner_faces()
        .map(|face| {
            let c = face.circumcenter();
            p(c.x, c.y)
        })
        .collect();
    let mut cells = Vec::with_capacity(points.len());
    for vertex in triangulation.vertices() {
        let site = points[vertex.index()].0;
        let mut around = Vec::new();
        for edge in vertex.out_edges() {
            let cell = edge.to().index();
            let other = points[cell].0;
            let node = |inner: Option<usize>| inner.and_then(|i| i.checked_sub(1));
            let ends = node(edge.rev().face().as_inner().map(|f| f.index()))
                .zip(node(edge.face().as_inner().map(|f| f.index())));
            let length = ends.map_or(f64::INFINITY, |(a, b)| dist(nodes[a], nodes[b]));
            let crossing = costs.crossings(site, other).map(|(s, _)| s.tag).fold(0.0, f64::max);
            around.push(Side { cell, nodes: ends, length, crossing });
        }
        let ring: Option<Vec<P>> = around.iter().map(|s| s.nodes.map(|(a, _)| nodes[a])).collect();
        cells.push(Cell {
            site,
            area: ring.map_or(0.0, |r| area(&r)),
            sides: around,
            block: points[vertex.index()].1,
            inside: inside(outline, site),
        });
    }
    let nodes = onto_lines(&cells, &nodes, costs);
    Some(Mesh { cells, nodes })
}

/// Moves the nodes of traced sides onto the line that they trace, where it is near, and back where that would fold a cell.
fn onto_lines(cells: &[Cell], nodes: &[P], lines: &SegmentIndex<f64>) -> Vec<P> {
    let nodes = &parted(cells, nodes);
    let mut moved = nodes.clone();
    for (a, b) in cells.iter().flat_map(|c| &c.sides).filter(|s| s.crossing > 0.0).filter_map(|s| s.nodes) {
        for node in [a, b] {
            let foot = lines
                .near(nodes[node], PAIR_M * 1.5)
                .map(|(_, foot)| foot)
                .min_by(|x, y| dist(*x, nodes[node]).total_cmp(&dist(*y, nodes[node])));
            moved[node] = foot.unwrap_or(nodes[node]);
        }
    }
    loop {
        let mut back = false;
        for cell in cells {
            let Some(ring) = cell.sides.iter().map(|s| s.nodes.map(|(a, _)| a)).collect::<Option<Vec<usize>>>() else {
                continue;
            };
            if ring.iter().any(|&n| moved[n] != nodes[n]) && folded(&ring, &moved) {
                back = true;
                for n in ring {
                    moved[n] = nodes[n];
                }
            }
        }
        if !back {
            return moved;
        }
    }
}

/// Moves nodes apart that fall together: two pairs of sites across a straight line stand on one circle, so that four cells
/// meet where the mosaic wants three and three.
fn parted(cells: &[Cell], nodes: &[P]) -> Vec<P> {
    let mut parted = nodes.to_vec();
    for cell in cells {
        for side in cell.sides.iter().filter(|s| s.length < PART_M) {
            let Some((a, b)) = side.nodes else { continue };
            let middle = (parted[a] + parted[b]) / 2.0;
            let along = left(unit(cells[side.cell].site - cell.site));
            parted[a] = middle - along * (PART_M / 2.0);
            parted[b] = middle + along * (PART_M / 2.0);
        }
    }
    parted
}

/// Whether a cell's ring crosses itself, turns about, or has sides too short to be told apart.
fn folded(ring: &[usize], at: &[P]) -> bool {
    let corner = |i: usize| at[ring[i % ring.len()]];
    let n = ring.len();
    let points: Vec<P> = (0..n).map(corner).collect();
    let crossed = (0..n).any(|i| {
        (i + 2..n)
            .filter(|&j| (j + 1) % n != i)
            .any(|j| crossing(corner(i), corner(i + 1), corner(j), corner(j + 1)).is_some())
    });
    crossed || area(&points) <= 0.0 || (0..n).any(|i| dist(corner(i), corner(i + 1)) < 0.1)
}
