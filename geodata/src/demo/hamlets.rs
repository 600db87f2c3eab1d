//! Where people live: hamlets beside the roads, each of one village, and the village groups as blocks within them.

use super::chance::{Chance, between, shuffle, weighted};
use super::facts::{GRID_HOUSEHOLDS, HOUSEHOLDS, VILLAGES};
use super::ground::Ground;
use super::plane::{P, dist, distance_to, dot, inside, left, nearest, norm, p, turn, unit};
use rand::Rng as _;

/// A natural village (自然村).
#[derive(Debug, Clone)]
pub(super) struct Hamlet {
    /// Index of its village in the register.
    pub(super) village: usize,
    pub(super) at: P,
    /// The direction of its streets, radians to the left of east.
    pub(super) angle: f64,
    /// How far its houses reach from its middle, metres.
    pub(super) radius: f64,
    /// Whether it is the town's market street.
    pub(super) market: bool,
}

/// A village group (村民小组): a block of a hamlet, and the grid that will grow from it.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) village: usize,
    pub(super) hamlet: usize,
    pub(super) at: P,
    /// Half its block along and across the streets, metres.
    pub(super) half: P,
    pub(super) households: u32,
}

/// All that is settled.
#[derive(Debug)]
pub(super) struct Settlement {
    pub(super) hamlets: Vec<Hamlet>,
    pub(super) groups: Vec<Group>,
    /// Each village's share of the town's area; they add up to 1.
    pub(super) shares: Vec<f64>,
}

/// Spacing of the points that stand for the land while territories are shared out, metres.
const SAMPLE_M: f64 = 120.0;
/// Block half-size along and across the streets before it is varied, metres.
const BLOCK: P = P { x: 98.0, y: 84.0 };

/// Settles the ground.
pub(super) fn settle(ground: &Ground, chance: &mut Chance) -> Settlement {
    let land = land(ground);
    let shares = shares(chance);
    let owner = territories(&land, &shares, ground.centre, chance);
    let mut hamlets = Vec::new();
    let mut groups = Vec::new();
    for (village, fact) in VILLAGES.iter().enumerate() {
        let mine: Vec<P> = land.iter().zip(&owner).filter(|(_, o)| **o == village).map(|(at, _)| *at).collect();
        let market = fact.zh == "慕仪村";
        let sites = sites(&mine, fact.groups, market.then_some(ground.centre), chance);
        let counts = sizes(fact.groups, sites.len(), market, chance);
        for (i, (site, size)) in sites.into_iter().zip(counts).enumerate() {
            let hamlet = place(ground, village, site, market && i == 0, chance);
            lay_out(ground, hamlet, size, hamlets.len(), &mut hamlets, &mut groups, chance);
        }
    }
    share_households(&hamlets, &mut groups, chance);
    Settlement { hamlets, groups, shares }
}

/// Points that stand for the land inside the outline.
fn land(ground: &Ground) -> Vec<P> {
    let mut land = Vec::new();
    let reach = super::facts::board();
    let mut y = -reach.y;
    while y < reach.y {
        let mut x = -reach.x;
        while x < reach.x {
            if inside(&ground.outline, p(x, y)) {
                land.push(p(x, y));
            }
            x += SAMPLE_M;
        }
        y += SAMPLE_M;
    }
    land
}

fn shares(chance: &mut Chance) -> Vec<f64> {
    let raw: Vec<f64> = VILLAGES
        .iter()
        .map(|v| {
            let groups = u32::try_from(v.groups).unwrap_or(0);
            f64::from(groups).powf(0.85) * between(chance, 0.85, 1.2)
        })
        .collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|r| r / sum).collect()
}

/// Which village each piece of land falls to: Lloyd's rounds over a power diagram whose weights are steered until
/// every village has its share.
fn territories(land: &[P], shares: &[f64], centre: P, chance: &mut Chance) -> Vec<usize> {
    let extent = land.iter().fold(p(0.0, 0.0), |m, q| p(m.x.max(q.x.abs()), m.y.max(q.y.abs())));
    let mut seats: Vec<P> = VILLAGES
        .iter()
        .map(|v| {
            p(
                (v.lies.x + between(chance, -0.14, 0.14)) * extent.x,
                (v.lies.y + between(chance, -0.14, 0.14)) * extent.y,
            )
        })
        .collect();
    let mut weights = vec![0.0; seats.len()];
    let mut owner = vec![0; land.len()];
    for round in 0..60 {
        for (o, &at) in owner.iter_mut().zip(land) {
            *o = (0..seats.len())
                .min_by(|&a, &b| {
                    let of = |i: usize| dot(at - seats[i], at - seats[i]) - weights[i];
                    of(a).total_cmp(&of(b))
                })
                .unwrap_or(0);
        }
        for (v, seat) in seats.iter_mut().enumerate() {
            let mine: Vec<P> = land.iter().zip(&owner).filter(|(_, o)| **o == v).map(|(at, _)| *at).collect();
            let count = f64::from(u32::try_from(mine.len()).unwrap_or(0));
            let all = f64::from(u32::try_from(land.len()).unwrap_or(1));
            weights[v] += (shares[v] - count / all) * extent.x * extent.y * 0.9;
            // The seats wander to the middles of their lands, then stand while the weights settle.
            if round < 8 && count > 0.0 {
                *seat = mine.iter().fold(p(0.0, 0.0), |s, &q| s + q) / count;
            }
            if VILLAGES[v].zh == "慕仪村" {
                *seat = centre;
            }
        }
    }
    owner
}

/// The middles of a village's hamlets: Lloyd's rounds over its own land.
fn sites(land: &[P], groups: usize, fixed: Option<P>, chance: &mut Chance) -> Vec<P> {
    let each = between(chance, 2.2, 3.1);
    let all = f64::from(u32::try_from(groups).unwrap_or(1));
    let count = (1..=groups).find(|&k| f64::from(u32::try_from(k).unwrap_or(1)) * each >= all).unwrap_or(1);
    let mut order: Vec<P> = land.to_vec();
    shuffle(chance, &mut order);
    let mut seats: Vec<P> = fixed.into_iter().collect();
    for &at in &order {
        if seats.len() < count && seats.iter().all(|&s| dist(s, at) > 420.0) {
            seats.push(at);
        }
    }
    for _ in 0..7 {
        let mut sums = vec![(p(0.0, 0.0), 0.0); seats.len()];
        for &at in land {
            let near = (0..seats.len()).min_by(|&a, &b| dist(seats[a], at).total_cmp(&dist(seats[b], at)));
            if let Some(i) = near {
                sums[i].0 = sums[i].0 + at;
                sums[i].1 += 1.0;
            }
        }
        for (i, (sum, n)) in sums.into_iter().enumerate() {
            if n > 0.0 && !(i == 0 && fixed.is_some()) {
                seats[i] = sum / n;
            }
        }
    }
    seats
}

/// How many groups each of a village's hamlets has.
fn sizes(groups: usize, hamlets: usize, market: bool, chance: &mut Chance) -> Vec<usize> {
    let mut sizes = vec![1; hamlets];
    if market {
        sizes[0] = 6;
    }
    while sizes.iter().sum::<usize>() < groups {
        let weights: Vec<f64> = sizes
            .iter()
            .enumerate()
            .map(|(i, &s)| if s >= 5 { 0.02 } else { [1.6, 1.2, 0.9, 0.8, 0.7][i.min(4)] })
            .collect();
        sizes[weighted(chance, &weights)] += 1;
    }
    sizes
}

/// Moves a hamlet's middle to the road nearby and off the gullies, and turns its streets.
fn place(ground: &Ground, village: usize, site: P, market: bool, chance: &mut Chance) -> Hamlet {
    let mut at = site;
    let mut angle = ground.field_angle(at) + between(chance, -0.06, 0.06);
    let road = ground
        .roads
        .iter()
        .filter_map(|r| nearest(&r.path, at))
        .min_by(|a, b| a.distance.total_cmp(&b.distance))
        .filter(|n| n.distance < 420.0);
    if let Some(road) = road {
        // A third straddle the road, the others lie to one side of it.
        let off = if market || chance.random_bool(0.35) { 0.0 } else { between(chance, 90.0, 170.0) };
        at = road.point + unit(at - road.point) * off;
        let along = road.direction.y.atan2(road.direction.x);
        // Houses face south: the streets take whichever of the road's two axes runs nearer to east and west.
        let quarter = std::f64::consts::FRAC_PI_2;
        angle = along - (along / quarter).round() * quarter;
    }
    for line in ground.gullies.iter().map(|g| (&g.bed, 230.0)).chain([(&ground.canal, 150.0)]) {
        if let Some(near) = nearest(line.0, at)
            && near.distance < line.1
            && !market
        {
            let away = if near.distance > 1.0 { unit(at - near.point) } else { left(near.direction) };
            at = near.point + away * line.1;
        }
    }
    for _ in 0..6 {
        let edge = distance_to(&ground.outline, at);
        if edge > 330.0 && inside(&ground.outline, at) {
            break;
        }
        at = at - unit(at) * 70.0;
    }
    Hamlet { village, at, angle, radius: 0.0, market }
}

/// Lays the groups out as blocks in one or two rows, and keeps hamlet and groups.
fn lay_out(
    ground: &Ground,
    mut hamlet: Hamlet,
    size: usize,
    index: usize,
    hamlets: &mut Vec<Hamlet>,
    groups: &mut Vec<Group>,
    chance: &mut Chance,
) {
    let half = p(BLOCK.x * between(chance, 0.86, 1.2), BLOCK.y * between(chance, 0.86, 1.15));
    let one_row = size <= 3 && chance.random_bool(0.45);
    let upper = if one_row { size } else { size.div_ceil(2) };
    let rows = if size > upper { vec![upper, size - upper] } else { vec![upper] };
    let float = |n: usize| f64::from(u32::try_from(n).unwrap_or(0));
    let mut radius = 0.0f64;
    for (r, &count) in rows.iter().enumerate() {
        let y = (float(rows.len()) / 2.0 - 0.5 - float(r)) * 2.0 * half.y;
        // A row is seldom set square on the other.
        let shift = between(chance, -0.5, 0.5) * half.x;
        for c in 0..count {
            let x = (float(c) - (float(count) - 1.0) / 2.0) * 2.0 * half.x + shift;
            let offset = p(x, y);
            radius = radius.max(norm(offset) + norm(half));
            let at = hamlet.at + turn(offset, hamlet.angle);
            let at = keep_clear(ground, at, 60.0);
            groups.push(Group { village: hamlet.village, hamlet: index, at, half, households: 0 });
        }
    }
    hamlet.radius = radius;
    hamlets.push(hamlet);
}

/// Moves a block's middle off the gullies and the canal.
fn keep_clear(ground: &Ground, at: P, clear: f64) -> P {
    let mut at = at;
    for line in ground.gullies.iter().map(|g| &g.bed).chain([&ground.canal]) {
        if let Some(near) = nearest(line, at)
            && near.distance < clear
        {
            let away = if near.distance > 1.0 { unit(at - near.point) } else { left(near.direction) };
            at = near.point + away * clear;
        }
    }
    at
}

/// Shares the published households out among the groups, within the invented least and most, both reached.
fn share_households(hamlets: &[Hamlet], groups: &mut [Group], chance: &mut Chance) {
    let (least, most) = GRID_HOUSEHOLDS;
    for group in groups.iter_mut() {
        let bell = between(chance, 0.0, 1.0) + between(chance, 0.0, 1.0) + between(chance, 0.0, 1.0);
        let size = if hamlets[group.hamlet].market { 84.0 } else { 52.0 } + 16.0 * bell;
        group.households = (least + 1..most).find(|&n| f64::from(n) >= size).unwrap_or(most - 1);
    }
    // The first two of a random order are the smallest and the largest; the rest take up what is over, one by one.
    let mut order: Vec<usize> = (0..groups.len()).collect();
    shuffle(chance, &mut order);
    let [small, large, rest @ ..] = order.as_slice() else { return };
    groups[*small].households = least;
    let largest = order.iter().copied().find(|&i| i != *small && hamlets[groups[i].hamlet].market).unwrap_or(*large);
    groups[largest].households = most;
    let rest: Vec<usize> = rest.iter().copied().chain([*large]).filter(|&i| i != largest).collect();
    let mut turn = 0;
    while !rest.is_empty() {
        let sum: u32 = groups.iter().map(|g| g.households).sum();
        let group = &mut groups[rest[turn % rest.len()]];
        turn += 1;
        if sum < HOUSEHOLDS && group.households < most - 1 {
            group.households += 1;
        } else if sum > HOUSEHOLDS && group.households > least + 1 {
            group.households -= 1;
        } else if sum == HOUSEHOLDS {
            break;
        }
    }
}
