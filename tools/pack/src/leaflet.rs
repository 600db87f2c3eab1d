//! Only as much of Leaflet as the bindings name. Its modules are taken one by one, because its bundle does not fall apart
//! into what is used and what is not; the page draws on canvases of its own, and needs neither markers nor vectors.

use anyhow::{Result, bail};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The modules that bring each class, below `leaflet/src`. The first names it; handlers of the mouse come with the map.
const CLASSES: [(&str, &str); 6] = [
    ("Map", "map/index.js"),
    ("LatLng", "geo/LatLng.js"),
    ("LatLngBounds", "geo/LatLngBounds.js"),
    ("Point", "geometry/Point.js"),
    ("GridLayer", "layer/tile/GridLayer.js"),
    ("TileLayer", "layer/tile/TileLayer.js"),
];

/// What Leaflet's licence asks to stand in every copy; its modules don't carry it, only its bundle does.
pub const NOTICE: &str = "/*! Leaflet 1.9.4, a JS library for interactive maps. https://leafletjs.com \
                          (c) 2010-2023 Vladimir Agafonkin, (c) 2010-2011 CloudMade, BSD-2-Clause */";

/// A module whose default export is the global `L` that `bindings` need.
///
/// # Errors
/// When the bindings name a class whose module is not known here.
pub fn module(bindings: &str) -> Result<String> {
    let names = named(bindings);
    let mut module = String::new();
    for name in &names {
        let Some((_, path)) = CLASSES.iter().find(|(class, _)| class == name) else {
            bail!("the page uses L.{name}; name its module in tools/pack/src/leaflet.rs");
        };
        writeln!(module, "import {{ {name} }} from \"leaflet/src/{path}\";")?;
    }
    let list = names.iter().copied().collect::<Vec<_>>().join(", ");
    writeln!(module, "export default {{ {list} }};")?;
    Ok(module)
}

/// The names that stand after `L.` in the bindings.
fn named(bindings: &str) -> BTreeSet<&str> {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    bindings
        .match_indices("L.")
        // `URL.` and the like end in the same letter.
        .filter(|(at, _)| !bindings[..*at].ends_with(|c| word(c) || c == '.'))
        .filter_map(|(at, mark)| bindings[at + mark.len()..].split(|c| !word(c)).next())
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_members_of_the_global_are_named() {
        let bindings = "const m = new L.Map(x); HTML.Point; y.L.Point; new URL.Point; return L.LatLng instanceof L.Map";
        assert_eq!(named(bindings).into_iter().collect::<Vec<_>>(), ["LatLng", "Map"]);
    }

    #[test]
    fn a_class_without_a_module_is_refused() {
        let made = module("new L.Map(); new L.Point()").unwrap();
        assert!(
            made.contains("leaflet/src/map/index.js") && made.ends_with("export default { Map, Point };\n"),
            "{made}"
        );
        assert!(module("L.Popup").unwrap_err().to_string().contains("L.Popup"));
    }
}
