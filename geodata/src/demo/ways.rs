//! Village roads: which hamlets they join, and how they run.

use super::chance::{Chance, between};
use super::ground::{Ground, Road, meet};
use super::hamlets::Settlement;
use super::plane::{P, chaikin, dist, lerp, nearest, p, turn};
use crate::town::RoadClass;
use rand::Rng as _;

/// A possible road: from, to, and what it would cost to build, metres.
struct Link {
    from: usize,
    to: Option<usize>,
    end: P,
    cost: f64,
}

/// The village roads, without names yet; each starts at the hamlet whose index is beside it.
pub(super) fn village_roads(ground: &Ground, settlement: &Settlement, chance: &mut Chance) -> Vec<(usize, Road)> {
    let mut links = links(ground, settlement);
    links.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let n = settlement.hamlets.len();
    // Kruskal's tree over the hamlets and, as one more node, the great roads; then short cuts that spare a long way round.
    let mut root: Vec<usize> = (0..=n).collect();
    let find = |root: &[usize], mut i: usize| {
        while root[i] != i {
            i = root[i];
        }
        i
    };
    let mut degree = vec![0; n + 1];
    let mut roads = Vec::new();
    for link in &links {
        let to = link.to.unwrap_or(n);
        let (a, b) = (find(&root, link.from), find(&root, to));
        let spare = link.cost < 1_050.0 && degree[link.from] < 2 && (to == n || degree[to] < 3);
        if a == b && !spare {
            continue;
        }
        root[a] = b;
        degree[link.from] += 1;
        degree[to] += 1;
        if link.cost > 1.0 {
            let path = run(ground, settlement.hamlets[link.from].at, link.end, chance);
            roads.push((link.from, Road { class: RoadClass::Village, name: None, path }));
        }
    }
    roads
}

fn links(ground: &Ground, settlement: &Settlement) -> Vec<Link> {
    let hamlets = &settlement.hamlets;
    let mut links = Vec::new();
    for (i, a) in hamlets.iter().enumerate() {
        let road =
            ground.roads.iter().filter_map(|r| nearest(&r.path, a.at)).min_by(|x, y| x.distance.total_cmp(&y.distance));
        if let Some(road) = road {
            let cost = if road.distance < 25.0 { 0.0 } else { road.distance + obstacles(ground, a.at, road.point) };
            links.push(Link { from: i, to: None, end: road.point, cost });
        }
        for (j, b) in hamlets.iter().enumerate().skip(i + 1) {
            let far = dist(a.at, b.at);
            if far < 2_000.0 {
                // Neighbours of one village are joined sooner.
                let kin = if a.village == b.village { 0.8 } else { 1.1 };
                links.push(Link { from: i, to: Some(j), end: b.at, cost: far * kin + obstacles(ground, a.at, b.at) });
            }
        }
    }
    links
}

/// What gullies, the canal and the great roads between two places add to a road's cost, metres.
fn obstacles(ground: &Ground, a: P, b: P) -> f64 {
    let line = [a, b];
    let gullies = ground.gullies.iter().filter(|g| meet(&g.bed, &line).is_some()).count();
    let canals = usize::from(meet(&ground.canal, &line).is_some());
    // Beside a great road nobody builds another.
    let roads = ground.roads.iter().filter(|r| meet(&r.path, &line).is_some()).count();
    let count = |n: usize, each: f64| f64::from(u32::try_from(n).unwrap_or(0)) * each;
    count(gullies, 2_500.0) + count(canals, 250.0) + count(roads, 500.0)
}

/// A road over the fields: half along their edges, half straight, its bends worn round.
fn run(ground: &Ground, from: P, to: P, chance: &mut Chance) -> Vec<P> {
    let angle = ground.field_angle(lerp(from, to, 0.5));
    let local = turn(to - from, -angle);
    let bend = between(chance, 0.3, 0.7);
    let corners = if chance.random_bool(0.5) {
        [p(local.x * bend, 0.0), p(local.x * bend, local.y)]
    } else {
        [p(0.0, local.y * bend), p(local.x, local.y * bend)]
    };
    let square = between(chance, 0.35, 0.8);
    let mut path = vec![from];
    for (i, corner) in corners.into_iter().enumerate() {
        let straight = lerp(from, to, if i == 0 { 0.33 } else { 0.67 });
        path.push(lerp(straight, from + turn(corner, angle), square));
    }
    path.push(to);
    chaikin(&path, 0.28, 2)
}
