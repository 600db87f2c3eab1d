//! The whole town, put together from its stages.

use super::build::{Land, draw};
use super::cameras::{Lens, cameras};
use super::categories::categories;
use super::chance::{Stage, stream};
use super::facts::{TOWN_CODE, TOWN_NAME, VILLAGES, chinese_number};
use super::houses::{Built, build};
use super::model::{DemoBuilding, DemoCamera, DemoGrid, DemoPlace, DemoRoad, DemoTown, DemoVillage};
use super::number::{centroid, order};
use super::places::{Spot, places};
use super::plane::P;
use super::staff::{staff, units};
use super::tracks::tracks;
use super::water::{ponds, water};
use crate::place::Position;
use crate::town::{Name, PlaceKind, RoadClass};

/// The demonstration town: the same from the same seed.
///
/// Figures, names and codes are the town's published ones; geometry, people and places are generated or invented. All
/// coordinates are WGS 84 longitude and latitude, snapped to 1e-7 degree.
///
/// ```
/// let town = geodata::demo::town(1);
/// assert_eq!((town.villages.len(), town.grids.len(), town.cameras.len()), (11, 120, 180));
/// ```
pub fn town(seed: u64) -> DemoTown {
    let mut attempt = 0;
    loop {
        // A draw that breaks a rule (two villages' ways cross, say) is thrown away; the next one is as fixed by the seed.
        if let Some(town) = draw(seed, attempt).and_then(|land| furnish(land, seed, attempt)) {
            return town;
        }
        attempt += 1;
    }
}

fn furnish(mut land: Land, seed: u64, attempt: u64) -> Option<DemoTown> {
    let mut chance = stream(seed, attempt, Stage::Houses);
    let spots = places(&land, &mut chance);
    name_ways(&mut land, &spots);
    let ponds = ponds(&land, &spots, &mut chance);
    let mut kept: Vec<(P, f64)> = spots.iter().filter(|s| s.clear > 0.0).map(|s| (s.at, s.clear)).collect();
    kept.extend(ponds.iter().map(|pond| (pond.at, pond.radius + 14.0)));
    let mut built = build(&land, &kept, &mut chance)?;
    built.lanes.extend(tracks(&land, &built, &mut chance));
    let lenses = cameras(&land, &spots, &built, &mut stream(seed, attempt, Stage::Cameras))?;
    let villages = villages(&land)?;
    let grids = grids(&land)?;
    let units = units()?;
    let staff = staff(&villages, &grids, &units, &mut stream(seed, attempt, Stage::Staff));
    let (zh, en) = TOWN_NAME;
    Some(DemoTown {
        code: TOWN_CODE.to_owned(),
        name: Name::new(zh, en),
        boundary: land.polygon(&land.town),
        villages,
        grids,
        buildings: buildings(&land, &built)?,
        cameras: lenses.iter().enumerate().map(|(i, l)| camera(&land, i, l)).collect::<Option<_>>()?,
        roads: roads(&land, &built),
        water: water(&land, &ponds),
        places: spots.iter().map(|s| place(&land, s)).collect::<Option<_>>()?,
        units,
        staff,
        categories: categories(),
    })
}

fn position(land: &Land, at: P) -> Option<Position> {
    let at = land.degrees(at);
    Position::new(at.x, at.y).ok()
}

/// A village road is called by the hamlet it starts from; only the first of each hamlet has a name.
fn name_ways(land: &mut Land, spots: &[Spot]) {
    let names: Vec<&Spot> = spots.iter().filter(|s| s.kind == PlaceKind::Hamlet).collect();
    let mut done = vec![false; names.len()];
    for (hamlet, way) in &mut land.ways {
        if let (Some(name), Some(has_one)) = (names.get(*hamlet), done.get_mut(*hamlet))
            && !*has_one
        {
            *has_one = true;
            way.name = Some((format!("{}路", name.zh), format!("{} Road", name.en)));
        }
    }
}

fn villages(land: &Land) -> Option<Vec<DemoVillage>> {
    VILLAGES
        .iter()
        .zip(&land.villages)
        .map(|(fact, ring)| {
            Some(DemoVillage {
                code: fact.code.parse().ok()?,
                name: Name::new(fact.zh, fact.en),
                boundary: land.polygon(ring),
            })
        })
        .collect()
}

/// The grids in the order of their codes.
fn grids(land: &Land) -> Option<Vec<DemoGrid>> {
    let mut grids = Vec::new();
    for (village, fact) in VILLAGES.iter().enumerate() {
        let mine: Vec<usize> =
            (0..land.grids.len()).filter(|&g| land.settlement.groups[g].village == village).collect();
        let middles: Vec<P> = mine.iter().map(|&g| centroid(&land.grids[g])).collect();
        for (sequence, of) in order(&middles).into_iter().enumerate() {
            let (group, number) = (mine[of], sequence + 1);
            let market = land.settlement.hamlets[land.settlement.groups[group].hamlet].market;
            grids.push(DemoGrid {
                code: format!("{}{number:03}", fact.code).parse().ok()?,
                name: Name::new(
                    format!("{}{}组", fact.zh, chinese_number(number)),
                    format!("{} Group {number}", fact.en),
                ),
                land_use: land_use(market, &land.grids[group]),
                boundary: land.polygon(&land.grids[group]),
            });
        }
    }
    Some(grids)
}

/// What a grid's ground is mostly used for: by whether it lies on the market street, and how much field it has.
fn land_use(market: bool, ring: &[P]) -> Name {
    let hectares = super::plane::area(ring) / 1e4;
    if market {
        Name::new("商住", "Shops and homes")
    } else if hectares < 22.0 {
        Name::new("居住", "Homes")
    } else {
        Name::new("居住、农田", "Homes and fields")
    }
}

fn buildings(land: &Land, built: &Built) -> Option<Vec<DemoBuilding>> {
    built
        .houses
        .iter()
        .map(|h| {
            Some(DemoBuilding {
                position: position(land, h.at)?,
                households: i16::try_from(h.households).ok()?,
                residents: i16::try_from(h.residents).ok()?,
            })
        })
        .collect()
}

fn camera(land: &Land, index: usize, lens: &Lens) -> Option<DemoCamera> {
    #[expect(clippy::cast_possible_truncation, reason = "angles and ranges of a few digits")]
    let short = |v: f64| ((v * 10.0).round() / 10.0) as f32;
    Some(DemoCamera {
        code: format!("C-{:03}", index + 1),
        name: Name::new(lens.zh.clone(), lens.en.clone()),
        position: position(land, lens.at)?,
        bearing_deg: lens.bearing.map(|b| short(b) % 360.0),
        fov_deg: short(lens.fov),
        range_m: short(lens.range),
        status: lens.status,
        owner: lens.owner,
    })
}

fn roads(land: &Land, built: &Built) -> Vec<DemoRoad> {
    let ways = land.ways.iter().map(|(_, r)| r);
    let mut roads: Vec<DemoRoad> = land
        .ground
        .roads
        .iter()
        .chain(ways)
        .map(|r| DemoRoad {
            class: r.class,
            name: r.name.clone().map(|(zh, en)| Name::new(zh, en)),
            path: land.line(&r.path),
        })
        .collect();
    roads.extend(built.lanes.iter().map(|l| DemoRoad { class: RoadClass::Lane, name: None, path: land.line(l) }));
    roads
}

fn place(land: &Land, spot: &Spot) -> Option<DemoPlace> {
    Some(DemoPlace {
        kind: spot.kind,
        name: Name::new(spot.zh.clone(), spot.en.clone()),
        position: position(land, spot.at)?,
    })
}
