//! The configured background of tiles, each laid so that our layers fit on it.
//!
//! Tiles of a shifted reference system (GCJ-02, BD-09) are asked for by where the view lies in *that* system, and each is
//! laid by where its corners really are: moved by some hundred metres, turned and stretched by a little.
//!
//! Tiles must be square and numbered as Web Mercator XYZ. Baidu's own pyramid is not (its origin, projection and tile
//! numbers differ): BD-09 means here tiles in Web Mercator whose coordinates are BD-09's.

use super::crowd::MAX_ZOOM;
use super::interop::{call, get, number, set, xy};
use crate::format::trimmed;
use geodata::mercator::{Unit, pixels_per_unit};
use geodata::wire::{Basemap, Datum};
use js_sys::{Array, Function};
use leaflet::{Event, Evented, LatLng, Map, TileLayer, TileLayerOptions};
use leptos::logging::warn;
use std::any::Any;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// The pane that tiles lie in, under everything.
const PANE: &str = "map-tiles";
/// Pixels across a tile.
const TILE: f64 = 256.0;
/// Tiles reach this much over their neighbours, pixels, so that no light shows between them.
const LAP: f64 = 1.2;

/// The layer of tiles.
pub struct Tiles {
    layer: TileLayer,
    shown: bool,
    /// What Leaflet calls for as long as the layer lives.
    _held: Vec<Box<dyn Any>>,
}

impl Tiles {
    /// The layer of a configured source; not shown yet.
    pub fn new(map: &Map, basemap: &Basemap) -> Self {
        map.create_pane_by_name(PANE).set_class_name("leaflet-pane map-tiles");
        let options = TileLayerOptions::new();
        options.set_max_zoom(MAX_ZOOM);
        set(&options, "maxNativeZoom", &f64::from(basemap.max_zoom).into());
        set(&options, "pane", &PANE.into());
        let subdomains: Array = basemap.subdomains.iter().map(|s| JsValue::from_str(s)).collect();
        set(&options, "subdomains", &subdomains);
        let layer = TileLayer::new_options(&basemap.url, &options);
        let datum = basemap.datum;
        let held = if datum == Datum::Wgs84 { Vec::new() } else { shift(&layer, datum) };
        Self { layer, shown: false, _held: held }
    }

    /// Shows or hides it; true where that changed.
    pub fn show(&mut self, map: &Map, shown: bool) -> bool {
        if self.shown == shown {
            return false;
        }
        self.shown = shown;
        if shown {
            map.add_layer(&self.layer)
        } else {
            map.remove_layer(&self.layer)
        };
        true
    }
}

/// Makes a layer ask for the tiles of its own reference system, and lays each where it belongs.
fn shift(layer: &TileLayer, datum: Datum) -> Vec<Box<dyn Any>> {
    let mut held: Vec<Box<dyn Any>> = Vec::new();
    if let Some(bounds) = shift_bounds(layer, datum) {
        held.push(Box::new(bounds));
    }
    let evented: &Evented = layer.unchecked_ref();
    held.push(Box::new(Evented::on_leaflet_event(&evented, "tileloadstart", move |event: Event| {
        if lay(event.as_ref(), datum).is_none() {
            warn!("a tile could not be laid");
        }
    })));
    held
}

/// Lays a tile that Leaflet has just put down as if its system were ours.
fn lay(event: &JsValue, datum: Datum) -> Option<()> {
    let (tile, coords) = (get(event, "tile"), get(event, "coords"));
    let ((x, y), zoom) = (xy(&coords)?, number(&coords, "z")?);
    let (left, top) = xy(&get(&tile, "_leaflet_pos"))?;
    // A level's corner is where its tile 0/0 would lie.
    let origin = (x * TILE - left, y * TILE - top);
    let scale = pixels_per_unit(zoom);
    let place = |at: Unit| (at.x * scale - origin.0, at.y * scale - origin.1);
    let [corner, east, south] = datum.tile_corners(zoom, x, y).map(place);
    let stretch = (TILE + LAP) / TILE / TILE;
    let slope = |to: (f64, f64)| [(to.0 - corner.0) * stretch, (to.1 - corner.1) * stretch];
    let numbers: Vec<String> =
        [slope(east), slope(south), [corner.0, corner.1]].iter().flatten().map(|number| trimmed(*number, 6)).collect();
    let style = tile.unchecked_ref::<HtmlElement>().style();
    let laid = style.set_property("transform-origin", "0 0").and_then(|()| {
        let value = ["matrix(", &numbers.join(","), ")"].concat();
        style.set_property("transform", &value)
    });
    laid.map_err(|error| warn!("{error:?}")).ok()
}

/// Leaflet asks a layer which of its pixels a view about a centre shows: ours answers for the centre in its own system.
fn shift_bounds(layer: &TileLayer, datum: Datum) -> Option<Closure<dyn FnMut(JsValue) -> JsValue>> {
    const METHOD: &str = "_getTiledPixelBounds";
    let Ok(original) = get(layer, METHOD).dyn_into::<Function>() else {
        warn!("this Leaflet has no {METHOD}: shifted tiles may be missing at the edges");
        return None;
    };
    let target = layer.clone();
    let closure = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |centre: JsValue| {
        let (Some(lon), Some(lat)) = (number(&centre, "lng"), number(&centre, "lat")) else {
            return JsValue::UNDEFINED;
        };
        let (lon, lat) = datum.shifted(lon, lat);
        let bounds = original.call1(&target, &LatLng::new(lat, lon));
        bounds.unwrap_or_else(|error| {
            warn!("{METHOD} failed: {error:?}");
            JsValue::UNDEFINED
        })
    });
    set(layer, METHOD, closure.as_ref());
    Some(closure)
}

impl Drop for Tiles {
    fn drop(&mut self) {
        call(&self.layer, "remove", &[]);
    }
}
