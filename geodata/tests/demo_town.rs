//! The demonstration town: its published figures to the letter, and a geometry without gap, overlap or stray vertex.

use geo::{Area as _, Centroid as _, Contains as _, GeodesicArea as _, Validation as _};
use geodata::demo::{DemoTown, town};
use geodata::town::{CameraStatus, CategoryGroup, PlaceKind, RoadClass, Role};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::LazyLock;

static TOWN: LazyLock<DemoTown> = LazyLock::new(|| town(1));

fn fingerprint(town: &DemoTown) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{town:?}").hash(&mut hasher);
    hasher.finish()
}

type Vertex = (i64, i64);
type Edge = (Vertex, Vertex);

/// A vertex on the lattice of 1e-7 degree; a coordinate off the lattice fails.
fn vertex(c: geo::Coord) -> Vertex {
    let on_lattice = |v: f64| {
        let steps = (v * 1e7).round();
        assert!((v - steps / 1e7).abs() < f64::EPSILON, "{v} is off the lattice");
        #[expect(clippy::cast_possible_truncation, reason = "below 2e9")]
        let whole = steps as i64;
        whole
    };
    (on_lattice(c.x), on_lattice(c.y))
}

fn edges<'a>(polygons: impl IntoIterator<Item = &'a geo::Polygon>) -> BTreeMap<Edge, u32> {
    let mut count = BTreeMap::new();
    for polygon in polygons {
        for line in polygon.exterior().lines() {
            let (a, b) = (vertex(line.start), vertex(line.end));
            *count.entry((a.min(b), a.max(b))).or_insert(0) += 1;
        }
    }
    count
}

fn outline(count: &BTreeMap<Edge, u32>) -> BTreeSet<Edge> {
    count.iter().filter(|(_, n)| **n == 1).map(|(e, _)| *e).collect()
}

#[test]
fn the_published_figures_are_met_exactly() {
    let t = &*TOWN;
    assert_eq!((t.code.as_str(), t.name.zh.as_str()), ("610304105", "慕仪镇"));
    assert_eq!((t.villages.len(), t.grids.len(), t.cameras.len()), (11, 120, 180));
    assert_eq!(t.buildings.iter().map(|b| u32::try_from(b.households).unwrap()).sum::<u32>(), 9_259);
    assert_eq!(t.buildings.iter().map(|b| u32::try_from(b.residents).unwrap()).sum::<u32>(), 38_000);
    assert!(t.buildings.iter().all(|b| b.households >= 1 && b.residents >= b.households));
}

#[test]
fn villages_have_the_registers_names_and_codes() {
    let mut names: BTreeMap<&str, &str> = TOWN.villages.iter().map(|v| (v.code.as_str(), v.name.zh.as_str())).collect();
    assert_eq!(names.get("610304105202"), Some(&"慕仪村"));
    assert_eq!(names.get("610304105215"), Some(&"洞坡村"));
    assert_eq!(names.len(), 11);
    // The register itself lies beside the project where it is developed.
    let register = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|dir| dir.join("shared/data/muyi-villages.json"))
        .find(|file| file.exists());
    if let Some(file) = register {
        let register: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        for village in register["villages"].as_array().unwrap() {
            assert_eq!(names.remove(village["code"].as_str().unwrap()), village["name"].as_str());
        }
        assert!(names.is_empty(), "not in the register: {names:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_town_and_another_seed_another() {
    assert_eq!(fingerprint(&town(1)), fingerprint(&TOWN));
    assert_ne!(fingerprint(&town(2)), fingerprint(&TOWN));
}

#[test]
fn borders_are_shared_vertex_for_vertex_whatever_the_seed() {
    for seed in [1, 2, 77] {
        let t = town(seed);
        let grids = edges(t.grids.iter().map(|g| &g.boundary));
        assert!(grids.values().all(|&n| n <= 2), "an edge has more than two grids (seed {seed})");
        let whole: BTreeSet<Edge> = edges([&t.boundary]).into_keys().collect();
        assert_eq!(outline(&grids), whole, "edges of one grid alone are the town's border (seed {seed})");
        let villages = edges(t.villages.iter().map(|v| &v.boundary));
        assert_eq!(outline(&villages), whole, "edges of one village alone are the town's border (seed {seed})");
        for village in &t.villages {
            let its = t.grids.iter().filter(|g| g.code.village() == village.code).map(|g| &g.boundary);
            let border: BTreeSet<Edge> = edges([&village.boundary]).into_keys().collect();
            assert_eq!(outline(&edges(its)), border, "{} is its grids (seed {seed})", village.name.zh);
        }
    }
}

#[test]
fn every_polygon_is_valid_counter_clockwise_and_without_holes() {
    let t = &*TOWN;
    let all = t.grids.iter().map(|g| &g.boundary).chain(t.villages.iter().map(|v| &v.boundary)).chain([&t.boundary]);
    for polygon in all {
        assert!(polygon.check_validation().is_ok(), "{:?}", polygon.check_validation());
        assert!(polygon.interiors().is_empty());
        assert!(polygon.signed_area() > 0.0, "shells run counter-clockwise");
    }
    for water in &t.water {
        assert!(water.shape.check_validation().is_ok(), "{:?}: {:?}", water.name, water.shape.check_validation());
    }
}

#[test]
fn areas_on_the_ellipsoid_add_up_to_the_published_one_and_no_grid_is_a_sliver() {
    let area = TOWN.boundary.geodesic_area_unsigned();
    assert!((area / 44e6 - 1.0).abs() < 1e-5, "{area} m²");
    let sum: f64 = TOWN.grids.iter().map(|g| g.boundary.geodesic_area_unsigned()).sum();
    assert!((sum / area - 1.0).abs() < 1e-9);
    for grid in &TOWN.grids {
        let (area, rim) = (grid.boundary.geodesic_area_unsigned(), grid.boundary.geodesic_perimeter());
        assert!(area > 20_000.0, "{} has {area} m²", grid.code);
        // Polsby and Popper's measure: 1 is a disc.
        assert!(4.0 * std::f64::consts::PI * area / (rim * rim) > 0.12, "{} is a sliver", grid.code);
    }
}

#[test]
fn every_building_stands_inside_one_grid_and_grids_have_41_to_131_households() {
    let mut households = vec![0; TOWN.grids.len()];
    for building in &TOWN.buildings {
        let at = building.position.point();
        let inside: Vec<usize> = (0..TOWN.grids.len()).filter(|&g| TOWN.grids[g].boundary.contains(&at)).collect();
        assert_eq!(inside.len(), 1, "{at:?} lies in {} grids", inside.len());
        households[inside[0]] += i32::from(building.households);
    }
    assert_eq!(households.iter().min(), Some(&41));
    assert_eq!(households.iter().max(), Some(&131));
}

#[test]
fn codes_are_numbered_row_by_row_from_the_north_and_from_west_to_east_within_a_row() {
    for village in &TOWN.villages {
        let grids: Vec<_> = TOWN.grids.iter().filter(|g| g.code.village() == village.code).collect();
        let numbers: Vec<String> = (1..=grids.len()).map(|n| format!("{n:03}")).collect();
        assert_eq!(grids.iter().map(|g| g.code.sequence()).collect::<Vec<_>>(), numbers);
        let middles: Vec<geo::Point> = grids.iter().map(|g| g.boundary.centroid().unwrap()).collect();
        let north = middles.iter().map(|m| m.y()).fold(f64::MIN, f64::max);
        let south = middles.iter().map(|m| m.y()).fold(f64::MAX, f64::min);
        let rows = f64::from(u32::try_from(grids.len()).unwrap()).sqrt().round();
        let row = |m: &geo::Point| {
            let row = ((north - m.y()) / (north - south) * rows).floor().min(rows - 1.0);
            #[expect(clippy::cast_possible_truncation, reason = "a handful of rows")]
            let whole = row as i32;
            whole
        };
        for pair in middles.windows(2) {
            let (before, after) = (row(&pair[0]), row(&pair[1]));
            assert!(before < after || (before == after && pair[0].x() < pair[1].x()), "{}", village.name.zh);
        }
    }
    assert_eq!(TOWN.grids.iter().map(|g| &g.code).collect::<BTreeSet<_>>().len(), 120);
    assert!(TOWN.grids.iter().any(|g| g.name.zh == "慕仪村三组" && g.name.en == "Muyi Village Group 3"));
}

#[test]
fn the_staff_is_full_and_every_grid_has_its_member() {
    let count = |role| TOWN.staff.iter().filter(|s| s.role == role).count();
    assert_eq!([Role::Commander, Role::ChiefOfGrids, Role::VillageChief].map(count), [1, 1, 11]);
    assert_eq!(count(Role::InformationOfficer), 11);
    assert_eq!(count(Role::GridMember), 120);
    assert_eq!([Role::Planner, Role::Auditor, Role::Administrator].map(count), [1, 1, 1]);
    assert!(count(Role::Mediator) >= 3);
    let members: BTreeSet<_> = TOWN.staff.iter().flat_map(|s| &s.grids).collect();
    assert_eq!(members.len(), 120);
    assert_eq!(TOWN.staff.iter().map(|s| &s.name).collect::<BTreeSet<_>>().len(), TOWN.staff.len());
    for category in &TOWN.categories {
        let unit = |s: &&geodata::demo::DemoStaff| {
            s.unit.as_ref().is_some_and(|u| u.name.zh.ends_with(&category.default_unit.zh))
        };
        assert!(TOWN.staff.iter().any(|s| unit(&s)), "nobody answers for {}", category.default_unit.zh);
    }
}

#[test]
fn cameras_places_and_roads_are_a_towns() {
    let t = &*TOWN;
    assert!(t.cameras.iter().all(|c| t.boundary.contains(&c.position.point())));
    assert!(t.cameras.iter().all(|c| (40.0..=110.0).contains(&c.fov_deg) && (60.0..=200.0).contains(&c.range_m)));
    assert!(t.cameras.iter().filter_map(|c| c.bearing_deg).all(|b| (0.0..360.0).contains(&b)));
    assert!(t.cameras.iter().any(|c| c.bearing_deg.is_none()));
    let online = t.cameras.iter().filter(|c| c.status == CameraStatus::Online).count();
    assert!((150..=176).contains(&online), "{online} of 180 online");
    assert_eq!(t.cameras.iter().map(|c| &c.code).collect::<BTreeSet<_>>().len(), 180);
    let places = |kind| t.places.iter().filter(|p| p.kind == kind).count();
    assert_eq!(places(PlaceKind::VillageOffice), 11);
    for kind in [PlaceKind::TownHall, PlaceKind::PoliceStation, PlaceKind::JusticeOffice, PlaceKind::FireStation] {
        assert_eq!(places(kind), 1, "{kind}");
    }
    assert!(places(PlaceKind::School) >= 5 && places(PlaceKind::Hamlet) >= 30);
    let roads = |class| t.roads.iter().filter(|r| r.class == class).count();
    assert!(roads(RoadClass::County) >= 1 && roads(RoadClass::Township) >= 3);
    assert!(roads(RoadClass::Village) >= 20 && roads(RoadClass::Lane) >= 200);
    assert!(t.roads.iter().all(|r| r.class == RoadClass::Lane || r.class == RoadClass::Village || r.name.is_some()));
    assert!(t.roads.iter().all(|r| r.path.0.len() >= 2));
}

#[test]
fn categories_cover_the_four_groups_with_limits_that_grow_with_the_level() {
    let codes: BTreeSet<_> = TOWN.categories.iter().map(|c| &c.code).collect();
    assert_eq!(codes.len(), TOWN.categories.len());
    for group in [CategoryGroup::Security, CategoryGroup::Emergency, CategoryGroup::Dispute, CategoryGroup::Management]
    {
        assert!(TOWN.categories.iter().any(|c| c.group == group), "{group}");
    }
    assert!(TOWN.categories.iter().all(|c| c.limit_minutes[0] > 0 && c.limit_minutes.is_sorted()));
    assert_eq!(TOWN.categories.iter().filter(|c| c.group == CategoryGroup::Dispute).count(), 17);
}
