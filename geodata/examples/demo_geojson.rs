//! Writes the demonstration town as one `GeoJSON` feature collection, for other programs to look at and to check.
//!
//! `cargo run --features demo --example demo_geojson -- [SEED] > town.geojson`

use geodata::demo::{DemoTown, town};
use geojson::{Feature, FeatureCollection, Geometry, JsonObject, JsonValue};
use std::io::Write as _;

fn feature<'a>(layer: &str, geometry: impl Into<&'a geo::Geometry>, facts: &[(&str, JsonValue)]) -> Feature {
    let mut properties = JsonObject::new();
    properties.insert("layer".to_owned(), layer.into());
    properties.extend(facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let geometry = Geometry::new(geojson::GeometryValue::from(geometry.into()));
    Feature { bbox: None, geometry: Some(geometry), id: None, properties: Some(properties), foreign_members: None }
}

fn features(town: &DemoTown) -> Vec<Feature> {
    let polygon = |p: &geo::Polygon| geo::Geometry::from(p.clone());
    let mut list = vec![feature("town", &polygon(&town.boundary), &[("code", town.code.clone().into())])];
    for v in &town.villages {
        let facts = [("code", v.code.as_str().into()), ("name", v.name.zh.clone().into())];
        list.push(feature("village", &polygon(&v.boundary), &facts));
    }
    for g in &town.grids {
        let facts = [("code", g.code.as_str().into()), ("name", g.name.zh.clone().into())];
        list.push(feature("grid", &polygon(&g.boundary), &facts));
    }
    for r in &town.roads {
        let facts = [("class", r.class.word().into()), ("name", r.name.as_ref().map(|n| n.zh.clone()).into())];
        list.push(feature("road", &geo::Geometry::from(r.path.clone()), &facts));
    }
    for w in &town.water {
        list.push(feature("water", &w.shape, &[("kind", w.kind.word().into())]));
    }
    for p in &town.places {
        let facts = [("kind", p.kind.word().into()), ("name", p.name.zh.clone().into())];
        list.push(feature("place", &geo::Geometry::from(p.position.point()), &facts));
    }
    for b in &town.buildings {
        let facts = [("households", b.households.into()), ("residents", b.residents.into())];
        list.push(feature("building", &geo::Geometry::from(b.position.point()), &facts));
    }
    for c in &town.cameras {
        let facts = [
            ("code", c.code.clone().into()),
            ("name", c.name.zh.clone().into()),
            ("bearing", c.bearing_deg.into()),
            ("fov", c.fov_deg.into()),
            ("range", c.range_m.into()),
        ];
        list.push(feature("camera", &geo::Geometry::from(c.position.point()), &facts));
    }
    list
}

fn main() -> std::io::Result<()> {
    let seed = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(1);
    let collection = FeatureCollection { bbox: None, features: features(&town(seed)), foreign_members: None };
    writeln!(std::io::stdout(), "{collection}")
}
