//! Cameras where a town puts them: at its offices and schools, at junctions, where roads come in over the border, on
//! bridges, at hamlet entrances, and on the lanes.

use super::build::Land;
use super::chance::{Chance, between};
use super::facts::CAMERAS;
use super::ground::Road;
use super::houses::Built;
use super::places::Spot;
use super::plane::{P, bearing, crossing, dist, inside, left, nearest, unit};
use crate::town::{CameraOwner, CameraStatus, PlaceKind, RoadClass};
use rand::Rng as _;

/// A camera on the plane.
#[derive(Debug, Clone)]
pub(super) struct Lens {
    pub(super) at: P,
    pub(super) zh: String,
    pub(super) en: String,
    /// Degrees clockwise from north; `None` turns.
    pub(super) bearing: Option<f64>,
    pub(super) fov: f64,
    pub(super) range: f64,
    pub(super) owner: CameraOwner,
    pub(super) status: CameraStatus,
}

/// A wish for a camera.
struct Wish {
    at: P,
    toward: Option<P>,
    zh: String,
    en: String,
    owner: CameraOwner,
}

/// The town's cameras, in the order of their need; `None` where there is no room for all of them.
pub(super) fn cameras(land: &Land, spots: &[Spot], built: &Built, chance: &mut Chance) -> Option<Vec<Lens>> {
    let mut wishes = at_places(land, spots);
    wishes.extend(at_junctions(land));
    wishes.extend(at_the_border(land));
    wishes.extend(at_bridges(land));
    wishes.extend(at_entrances(land, spots));
    wishes.extend(on_lanes(land, spots, built));
    let mut lenses: Vec<Lens> = Vec::new();
    for wish in wishes {
        let town = land.grids.iter().any(|ring| inside(ring, wish.at));
        if lenses.len() == CAMERAS || !town || lenses.iter().any(|l| dist(l.at, wish.at) < 9.0) {
            continue;
        }
        lenses.push(lens(wish, chance));
    }
    (lenses.len() == CAMERAS).then_some(lenses)
}

fn lens(wish: Wish, chance: &mut Chance) -> Lens {
    // Some turn about, some are down or under repair.
    let turns = wish.toward.is_none() || chance.random_bool(0.04);
    let state = chance.random::<f64>();
    let status = if state < 0.92 {
        CameraStatus::Online
    } else if state < 0.97 {
        CameraStatus::Offline
    } else {
        CameraStatus::Maintenance
    };
    let sway = between(chance, -6.0, 6.0);
    Lens {
        at: wish.at,
        zh: wish.zh,
        en: wish.en,
        bearing: wish.toward.filter(|_| !turns).map(|d| (bearing(d) + sway).rem_euclid(360.0)),
        fov: if turns { 60.0 } else { between(chance, 40.0, 110.0) }.round(),
        range: (between(chance, 60.0, if turns { 200.0 } else { 170.0 }) / 5.0).round() * 5.0,
        owner: wish.owner,
        status,
    }
}

fn at_places(land: &Land, spots: &[Spot]) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for spot in spots.iter().filter(|s| s.kind != PlaceKind::Hamlet) {
        let road = nearest_road(land, spot.at);
        let out = road.map(|(foot, _)| unit(foot - spot.at));
        let owner = match spot.kind {
            PlaceKind::School => CameraOwner::School,
            PlaceKind::PoliceStation => CameraOwner::Police,
            PlaceKind::VillageOffice => CameraOwner::Village,
            PlaceKind::Market | PlaceKind::Clinic => CameraOwner::Business,
            _ => CameraOwner::Town,
        };
        let at = spot.at + out.unwrap_or_default() * (spot.clear * 0.6);
        let mut add = |at: P, toward: Option<P>, zh: &str, en: &str| {
            wishes.push(Wish { at, toward, zh: format!("{}{zh}", spot.zh), en: format!("{}, {en}", spot.en), owner });
        };
        add(at, out, "门口", "gate");
        if matches!(spot.kind, PlaceKind::Market) {
            add(spot.at, None, "场内", "hall");
        }
        if matches!(spot.kind, PlaceKind::School | PlaceKind::Market | PlaceKind::TownHall)
            && let Some((foot, direction)) = road
        {
            add(foot + left(direction) * 8.0, Some(direction), "路段", "road");
        }
    }
    wishes
}

/// The foot on the nearest road and the road's direction there.
fn nearest_road(land: &Land, at: P) -> Option<(P, P)> {
    all_roads(land)
        .filter_map(|r| nearest(&r.path, at))
        .min_by(|a, b| a.distance.total_cmp(&b.distance))
        .map(|n| (n.point, n.direction))
}

fn all_roads(land: &Land) -> impl Iterator<Item = &Road> {
    land.ground.roads.iter().chain(land.ways.iter().map(|(_, r)| r))
}

/// Where two great roads cross, one camera along each; where a village road leaves a great one, one along that.
fn at_junctions(land: &Land) -> Vec<Wish> {
    let mut wishes = Vec::new();
    let roads = &land.ground.roads;
    for (i, one) in roads.iter().enumerate() {
        for other in &roads[i + 1..] {
            for (at, d1, d2) in crossings(&one.path, &other.path) {
                let (Some(a), Some(b)) = (&one.name, &other.name) else { continue };
                let corner = at + unit(d1 + d2) * 11.0;
                for (d, zh, en) in [(d1, "东西向", "east–west"), (d2, "南北向", "north–south")] {
                    let side = if zh == "东西向" { corner } else { at - unit(d1 - d2) * 11.0 };
                    wishes.push(Wish {
                        at: side,
                        toward: Some(d),
                        zh: format!("{}{}路口{zh}", a.0, b.0),
                        en: format!("{} and {}, {en}", a.1, b.1),
                        owner: CameraOwner::Police,
                    });
                }
            }
        }
    }
    for (_, way) in &land.ways {
        let Some((name, at)) = way.name.as_ref().zip(way.path.last()) else { continue };
        for great in roads {
            let Some(foot) = nearest(&great.path, *at).filter(|n| n.distance < 3.0) else { continue };
            let Some(road) = &great.name else { continue };
            wishes.push(Wish {
                at: foot.point + left(foot.direction) * 9.0,
                toward: Some(foot.direction),
                zh: format!("{}{}路口", road.0, name.0),
                en: format!("{} and {}", road.1, name.1),
                owner: CameraOwner::Police,
            });
        }
    }
    wishes
}

/// Every crossing of two paths with the directions there.
fn crossings(one: &[P], other: &[P]) -> Vec<(P, P, P)> {
    let mut hits = Vec::new();
    for a in one.windows(2) {
        for b in other.windows(2) {
            if let Some(at) = crossing(a[0], a[1], b[0], b[1]) {
                hits.push((at, unit(a[1] - a[0]), unit(b[1] - b[0])));
            }
        }
    }
    hits
}

/// Where a great road comes in, a camera looks out along it.
fn at_the_border(land: &Land) -> Vec<Wish> {
    let ring: Vec<P> = land.town.iter().chain(land.town.first()).copied().collect();
    let mut wishes = Vec::new();
    for road in &land.ground.roads {
        let Some(name) = &road.name else { continue };
        // A border that runs along a road meets it often; a road comes in at its first and its last meeting.
        let hits = crossings(&road.path, &ring);
        let (first, last) = (hits.first(), hits.last().filter(|_| hits.len() > 1));
        for &(at, d, _) in first.into_iter().chain(last) {
            let inward = if inside(&land.town, at + d * 60.0) { d } else { d * -1.0 };
            wishes.push(Wish {
                at: at + inward * 60.0 + left(inward) * 8.0,
                toward: Some(inward * -1.0),
                zh: format!("{}镇界卡口", name.0),
                en: format!("{}, town border", name.1),
                owner: CameraOwner::Police,
            });
        }
    }
    wishes
}

fn at_bridges(land: &Land) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for road in all_roads(land).filter(|r| r.class != RoadClass::Lane) {
        let Some(name) = &road.name else { continue };
        for (at, d, water) in crossings(&road.path, &land.ground.canal) {
            wishes.push(Wish {
                at: at + d * 14.0 + left(d) * 7.0,
                toward: Some(water),
                zh: format!("{}干渠桥", name.0),
                en: format!("{}, canal bridge", name.1),
                owner: CameraOwner::Town,
            });
        }
    }
    wishes
}

/// Each hamlet's entrances: where its village roads leave its houses, and the nearest great road's side.
fn at_entrances(land: &Land, spots: &[Spot]) -> Vec<Wish> {
    let names: Vec<&Spot> = spots.iter().filter(|s| s.kind == PlaceKind::Hamlet).collect();
    let mut first = Vec::new();
    let mut second = Vec::new();
    for (hamlet, name) in land.settlement.hamlets.iter().zip(names) {
        let mut entrances: Vec<(P, P)> = Vec::new();
        for road in all_roads(land) {
            for s in road.path.windows(2) {
                let (a, b) = (dist(s[0], hamlet.at) - hamlet.radius, dist(s[1], hamlet.at) - hamlet.radius);
                if (a < 0.0) != (b < 0.0) {
                    let out = if a < b { unit(s[1] - s[0]) } else { unit(s[0] - s[1]) };
                    entrances.push((super::plane::lerp(s[0], s[1], a / (a - b)), out));
                }
            }
        }
        for (n, (at, out)) in entrances.into_iter().enumerate() {
            let side = ["东口", "西口", "南口", "北口"][quarter(at - hamlet.at)];
            let en = ["east", "west", "south", "north"][quarter(at - hamlet.at)];
            let wish = Wish {
                at: at + left(out) * 6.0,
                toward: Some(out),
                zh: format!("{}{side}", name.zh),
                en: format!("{}, {en} entrance", name.en),
                owner: CameraOwner::Village,
            };
            if n < 2 { first.push(wish) } else { second.push(wish) }
        }
    }
    first.extend(second);
    first
}

/// East, west, south or north.
fn quarter(d: P) -> usize {
    match (d.x.abs() > d.y.abs(), d.x > 0.0, d.y > 0.0) {
        (true, true, _) => 0,
        (true, false, _) => 1,
        (false, _, false) => 2,
        (false, _, true) => 3,
    }
}

fn on_lanes(land: &Land, spots: &[Spot], built: &Built) -> Vec<Wish> {
    let names: Vec<&Spot> = spots.iter().filter(|s| s.kind == PlaceKind::Hamlet).collect();
    let mut wishes = Vec::new();
    let mut counts = vec![0; names.len()];
    for lane in &built.lanes {
        let (Some(&from), Some(&to)) = (lane.first(), lane.last()) else { continue };
        let near = (0..names.len()).min_by(|&a, &b| dist(names[a].at, from).total_cmp(&dist(names[b].at, from)));
        let Some(near) = near.filter(|&n| counts[n] < 4 && dist(from, to) > 60.0 && n < land.settlement.hamlets.len())
        else {
            continue;
        };
        counts[near] += 1;
        wishes.push(Wish {
            at: from,
            toward: Some(unit(to - from)),
            zh: format!("{}巷道{}号", names[near].zh, counts[near]),
            en: format!("{}, lane {}", names[near].en, counts[near]),
            owner: CameraOwner::Village,
        });
    }
    wishes
}
