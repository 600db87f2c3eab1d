//! Water to be written down: the canal and its ditches as lines, gullies and ponds as areas.

use super::build::Land;
use super::chance::{Chance, Noise, between, shuffle};
use super::facts::chinese_number;
use super::ground::GULLIES;
use super::model::DemoWater;
use super::places::Spot;
use super::plane::{P, dist, distance_to, left, p, spline, turn, unit};
use crate::town::{Name, PlaceKind, WaterKind};
use geo::{Area as _, unary_union};
use rand::Rng as _;
use std::f64::consts::TAU;

/// A village pond (涝池).
#[derive(Debug, Clone)]
pub(super) struct Pond {
    pub(super) at: P,
    pub(super) radius: f64,
    shore: Vec<P>,
    name: Option<(String, String)>,
}

/// Ponds at the edges of about a third of the hamlets, off roads and borders.
pub(super) fn ponds(land: &Land, spots: &[Spot], chance: &mut Chance) -> Vec<Pond> {
    let ragged = Noise(chance.random());
    let mut order: Vec<usize> = (0..land.settlement.hamlets.len()).collect();
    shuffle(chance, &mut order);
    let names: Vec<&Spot> = spots.iter().filter(|s| s.kind == PlaceKind::Hamlet).collect();
    let mut ponds: Vec<Pond> = Vec::new();
    for hamlet in order.into_iter().take(17) {
        let h = &land.settlement.hamlets[hamlet];
        let radius = between(chance, 17.0, 33.0);
        let start = between(chance, 0.0, TAU);
        let site = (0..12).map(|i| start + TAU * f64::from(i) / 12.0).find_map(|angle| {
            let at = h.at + turn(p(h.radius * 0.85, 0.0), angle);
            free(land, spots, at, radius).then_some(at)
        });
        if let Some(at) = site {
            let name = names.get(hamlet).map(|n| (format!("{}涝池", n.zh), format!("{} Pond", n.en)));
            ponds.push(Pond { at, radius, shore: shore(at, radius, ragged, chance), name });
        }
    }
    ponds
}

fn free(land: &Land, spots: &[Spot], at: P, radius: f64) -> bool {
    let roads = land.ground.roads.iter().chain(land.ways.iter().map(|(_, r)| r));
    let lines =
        land.ground.ditches.iter().chain([&land.ground.canal]).chain(land.ground.gullies.iter().map(|g| &g.bed));
    let inner = land.grids.iter().all(|ring| {
        let closing = ring.last().zip(ring.first()).map_or(f64::INFINITY, |(&a, &b)| distance_to(&[a, b], at));
        distance_to(ring, at).min(closing) > radius + 12.0
    });
    inner
        && roads.map(|r| &r.path).chain(lines).all(|l| distance_to(l, at) > radius + 20.0)
        && spots.iter().all(|s| dist(s.at, at) > s.clear + radius + 10.0)
}

fn shore(at: P, radius: f64, ragged: Noise, chance: &mut Chance) -> Vec<P> {
    let (long, lie) = (between(chance, 1.0, 1.5), between(chance, 0.0, TAU));
    let controls: Vec<P> = (0..11)
        .map(|i| {
            let angle = TAU * f64::from(i) / 11.0;
            let rim = p(angle.cos() * radius, angle.sin() * radius / long);
            at + turn(rim * (1.0 + 0.22 * ragged.at(at + rim, 18.0)), lie)
        })
        .collect();
    spline(&controls, 3, true)
}

/// All water.
pub(super) fn water(land: &Land, ponds: &[Pond]) -> Vec<DemoWater> {
    let line = |kind, name: Name, path: &[P]| DemoWater { kind, name: Some(name), shape: land.line(path).into() };
    let ground = &land.ground;
    let mut water = vec![line(WaterKind::Canal, Name::new("慕仪干渠", "Muyi Main Canal"), &ground.canal)];
    for (i, ditch) in ground.ditches.iter().enumerate() {
        let name = Name::new(format!("{}支渠", chinese_number(i + 1)), format!("Branch Ditch {}", i + 1));
        water.push(line(WaterKind::Ditch, name, ditch));
    }
    for (tree, (zh, en)) in GULLIES.into_iter().enumerate() {
        let arms: Vec<geo::Polygon> = ground
            .gullies
            .iter()
            .filter(|g| g.tree == tree)
            .map(|g| geo::Polygon::new(geo::LineString::new(banks(&g.bed, &g.half_widths)), Vec::new()))
            .collect();
        // Branches flow into their trunk: one area. What a sharp bend pinches off is too small to keep.
        for part in unary_union(&arms).0.into_iter().filter(|part| part.unsigned_area() > 2_000.0) {
            let ring = |r: &geo::LineString| {
                let open: Vec<P> = r.0.iter().skip(1).copied().collect();
                land.polygon(&open).exterior().clone()
            };
            let holes = part.interiors().iter().map(ring).collect();
            let shape = geo::Polygon::new(ring(part.exterior()), holes).into();
            water.push(DemoWater { kind: WaterKind::Gully, name: Some(Name::new(zh, en)), shape });
        }
    }
    for pond in ponds {
        let name = pond.name.clone().map(|(zh, en)| Name::new(zh, en));
        water.push(DemoWater { kind: WaterKind::Pond, name, shape: land.polygon(&pond.shore).into() });
    }
    water
}

/// A ring along both banks of a bed.
fn banks(bed: &[P], half_widths: &[f64]) -> Vec<P> {
    let side = |sign: f64| {
        bed.iter().zip(half_widths).enumerate().map(move |(i, (&at, width))| {
            let along = unit(bed[(i + 1).min(bed.len() - 1)] - bed[i.saturating_sub(1)]);
            at + left(along) * (width * sign)
        })
    };
    let mut ring: Vec<P> = side(-1.0).collect();
    ring.extend(side(1.0).collect::<Vec<P>>().into_iter().rev());
    ring
}
