//! Houses: rows along the lanes of each block, filled from the middle, strictly inside the block's grid.

use super::build::Land;
use super::chance::{Chance, Noise, between, weighted};
use super::facts::RESIDENTS;
use super::index::{PointIndex, SegmentIndex};
use super::plane::{P, along, dist, distance_to, inside, left, length, nearest, p, turn};
use crate::town::RoadClass;
use rand::Rng as _;

/// A house on the plane.
#[derive(Debug, Clone, Copy)]
pub(super) struct House {
    pub(super) at: P,
    pub(super) households: u32,
    pub(super) residents: u32,
}

/// The houses and the lanes between them.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) houses: Vec<House>,
    pub(super) lanes: Vec<Vec<P>>,
}

/// From lane to lane, from a lane to its houses, and from house to house, metres: a homestead there is some 10 m wide and
/// 20 m deep.
const LANE_M: f64 = 50.0;
const FRONT_M: f64 = 13.0;
const PLOT_M: f64 = 11.5;
/// How near two houses may stand, middle to middle, metres.
const NEXT_DOOR_M: f64 = 9.5;
/// How near a house may come to its grid's border, metres.
const MARGIN_M: f64 = 7.0;
/// Shares of households with 1, 2, … 8 residents; invented, with a mean near the town's 4.1.
const HOUSEHOLD_SIZES: [f64; 8] = [6.0, 12.0, 18.0, 24.0, 20.0, 13.0, 5.0, 2.0];

/// What houses keep clear of, with how far.
fn obstacles(land: &Land) -> SegmentIndex<f64> {
    let mut index = SegmentIndex::new(90.0);
    for road in land.ground.roads.iter().chain(land.ways.iter().map(|(_, r)| r)) {
        index.add(&road.path, if road.class == RoadClass::Village { 10.0 } else { 17.0 });
    }
    index.add(&land.ground.canal, 22.0);
    land.ground.ditches.iter().for_each(|d| index.add(d, 12.0));
    for gully in &land.ground.gullies {
        for (s, width) in gully.bed.windows(2).zip(&gully.half_widths) {
            index.add(s, width + 18.0);
        }
    }
    index
}

/// Builds every group's block. `kept` are spots that stay free of houses, with how far.
pub(super) fn build(land: &Land, kept: &[(P, f64)], chance: &mut Chance) -> Option<Built> {
    let obstacles = obstacles(land);
    let ragged = Noise(chance.random());
    let mut built = Built { houses: Vec::new(), lanes: Vec::new() };
    for group in 0..land.settlement.groups.len() {
        block(land, group, &obstacles, kept, ragged, &mut built, chance)?;
    }
    people(&mut built.houses, chance);
    Some(built)
}

/// The number of no lane: plots on a road.
const NO_LANE: i32 = 99;

/// A place for a house: where, and in which lane of its block.
struct Plot {
    at: P,
    lane: i32,
    /// Metres along and across the block, of the plot and of its lane.
    along: f64,
    lane_y: f64,
    rank: f64,
}

fn block(
    land: &Land,
    number: usize,
    obstacles: &SegmentIndex<f64>,
    kept: &[(P, f64)],
    ragged: Noise,
    built: &mut Built,
    chance: &mut Chance,
) -> Option<()> {
    let group = &land.settlement.groups[number];
    let hamlet = &land.settlement.hamlets[group.hamlet];
    let ring = &land.grids[number];
    let mut plots = plots(group.at, group.half, hamlet.angle, ragged, chance);
    plots.extend(roadside(land, number, chance));
    plots.sort_by(|a, b| a.rank.total_cmp(&b.rank));
    let closed: Vec<P> = ring.iter().chain(ring.first()).copied().collect();
    let mut left = group.households;
    let mut placed = PointIndex::new(50.0);
    let mut used: Vec<Plot> = Vec::new();
    for plot in plots {
        if left == 0 {
            break;
        }
        let free = obstacles.near(plot.at, 90.0).all(|(s, foot)| dist(foot, plot.at) > s.tag)
            && kept.iter().all(|(k, clear)| dist(*k, plot.at) > *clear);
        if !free || !inside(ring, plot.at) || distance_to(&closed, plot.at) < MARGIN_M {
            continue;
        }
        if placed.any_within(plot.at, NEXT_DOOR_M) {
            continue;
        }
        placed.add(plot.at);
        let street = hamlet.market && dist(plot.at, hamlet.at) < 420.0 && near_county_road(land, plot.at);
        let households = if street { chance.random_range(2..=6) } else { 1 + u32::from(chance.random_bool(0.04)) };
        let households = households.min(left);
        left -= households;
        built.houses.push(House { at: plot.at, households, residents: 0 });
        used.push(plot);
    }
    built.lanes.extend(lanes(group.at, hamlet.angle, &used));
    (left == 0).then_some(())
}

fn near_county_road(land: &Land, at: P) -> bool {
    land.ground.roads.iter().any(|r| r.class == RoadClass::County && distance_to(&r.path, at) < 46.0)
}

/// The plots about a block's middle, twice as far as the block reaches; nearer ones rank lower.
fn plots(middle: P, half: P, angle: f64, ragged: Noise, chance: &mut Chance) -> Vec<Plot> {
    let mut plots = Vec::new();
    let set_off = between(chance, -0.25, 0.25) * LANE_M;
    for lane in -5..=5 {
        let y = f64::from(lane) * LANE_M + set_off;
        for side in [-1.0, 1.0] {
            let mut x = -2.4 * half.x;
            while x < 2.4 * half.x {
                x += PLOT_M * between(chance, 0.97, 1.06);
                // The cross lane stays open, and some plots are gardens.
                if x.abs() < 7.5 || chance.random_bool(0.07) {
                    continue;
                }
                let local = p(x, y + side * FRONT_M + between(chance, -1.2, 1.2));
                let at = middle + turn(local, angle);
                let out = (local.x / half.x).abs().max((local.y / half.y).abs());
                let rank = out + 0.22 * ragged.at(at, 60.0) + between(chance, 0.0, 0.1);
                plots.push(Plot { at, lane, along: x, lane_y: y, rank });
            }
        }
    }
    plots
}

/// Plots along the roads that pass through a block; people like to build there.
fn roadside(land: &Land, number: usize, chance: &mut Chance) -> Vec<Plot> {
    let group = &land.settlement.groups[number];
    let reach = group.half.x * 1.5;
    let mut plots = Vec::new();
    for road in land.ground.roads.iter().chain(land.ways.iter().map(|(_, r)| r)) {
        let Some(near) = nearest(&road.path, group.at).filter(|n| n.distance < reach) else { continue };
        let off = if road.class == RoadClass::Village { 17.0 } else { 25.0 };
        let mut gone = near.along - reach;
        while gone < near.along + reach {
            gone += PLOT_M * between(chance, 0.95, 1.25);
            let (on, direction) = along(&road.path, gone);
            for side in [-1.0, 1.0] {
                if chance.random_bool(0.88) {
                    let at = on + left(direction) * (side * (off + between(chance, -1.5, 1.5)));
                    let rank = 0.25 + 0.55 * dist(at, group.at) / group.half.x;
                    plots.push(Plot { at, lane: NO_LANE, along: 0.0, lane_y: 0.0, rank });
                }
            }
        }
    }
    plots
}

/// The lanes along the plots in use, and the cross lane that joins them.
fn lanes(middle: P, angle: f64, used: &[Plot]) -> Vec<Vec<P>> {
    let mut lanes = Vec::new();
    let mut ends: Vec<P> = Vec::new();
    for lane in -5..=5 {
        let row: Vec<&Plot> = used.iter().filter(|u| u.lane == lane).collect();
        if row.len() < 3 {
            continue;
        }
        let from = row.iter().map(|r| r.along).fold(f64::INFINITY, f64::min).min(0.0) - 9.0;
        let to = row.iter().map(|r| r.along).fold(f64::NEG_INFINITY, f64::max).max(0.0) + 9.0;
        let y = row[0].lane_y;
        lanes.push(vec![middle + turn(p(from, y), angle), middle + turn(p(to, y), angle)]);
        ends.push(middle + turn(p(0.0, y), angle));
    }
    if let (Some(&first), Some(&last)) = (ends.first(), ends.last())
        && length(&[first, last]) > 1.0
    {
        lanes.push(vec![first, last]);
    }
    lanes
}

/// Gives every household its residents, and the town its published sum.
fn people(houses: &mut [House], chance: &mut Chance) {
    for house in houses.iter_mut() {
        for _ in 0..house.households {
            house.residents += u32::try_from(weighted(chance, &HOUSEHOLD_SIZES)).unwrap_or(0) + 1;
        }
    }
    while !houses.is_empty() {
        let sum: u32 = houses.iter().map(|h| h.residents).sum();
        let missing = i64::from(RESIDENTS) - i64::from(sum);
        if missing == 0 {
            break;
        }
        for _ in 0..missing.unsigned_abs() {
            let at = chance.random_range(0..houses.len());
            let house = &mut houses[at];
            if missing > 0 && house.residents < house.households * 9 {
                house.residents += 1;
            } else if missing < 0 && house.residents > house.households {
                house.residents -= 1;
            }
        }
    }
}
