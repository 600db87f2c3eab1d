//! The configured background of tiles, moved so that our layers fit on it.
//!
//! Tiles of a shifted reference system (GCJ-02, BD-09) are asked for by where the view lies in *that* system, and their
//! pane is laid so that what they show comes to lie where it really is. The shift is not the same everywhere, but over
//! one screen it is very nearly an affine map, which is reckoned anew for each view.
//!
//! Tiles must be square and numbered as Web Mercator XYZ. Baidu's own pyramid is not (its origin, projection and tile
//! numbers differ): BD-09 means here tiles in Web Mercator whose coordinates are BD-09's.

use super::crowd::MAX_ZOOM;
use super::eye::Eye;
use super::interop::{call, get, number, set};
use geodata::datum::Affine;
use geodata::mercator::Unit;
use geodata::wire::{Basemap, Datum};
use js_sys::Function;
use leaflet::{LatLng, Map, TileLayer, TileLayerOptions};
use leptos::logging::warn;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// The pane that tiles lie in, under everything.
const PANE: &str = "map-tiles";

/// The layer of tiles.
pub struct Tiles {
    layer: TileLayer,
    pane: HtmlElement,
    datum: Datum,
    shown: bool,
    /// Held because Leaflet calls it for as long as the layer lives.
    _bounds: Option<Closure<dyn FnMut(JsValue) -> JsValue>>,
}

impl Tiles {
    /// The layer of a configured source; not shown yet.
    pub fn new(map: &Map, basemap: &Basemap) -> Self {
        let pane = map.create_pane_by_name(PANE);
        pane.set_class_name("leaflet-pane map-tiles leaflet-zoom-animated");
        let options = TileLayerOptions::new();
        options.set_max_zoom(MAX_ZOOM);
        set(&options, "maxNativeZoom", &f64::from(basemap.max_zoom).into());
        set(&options, "pane", &PANE.into());
        let layer = TileLayer::new_options(&basemap.url, &options);
        let bounds = (basemap.datum != Datum::Wgs84).then(|| shift_bounds(&layer, basemap.datum)).flatten();
        Self { layer, pane, datum: basemap.datum, shown: false, _bounds: bounds }
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

    /// Lays the pane for where the map looks.
    pub fn lay(&self, eye: &Eye) {
        if !self.shown || self.datum == Datum::Wgs84 {
            return;
        }
        let here = eye.under(eye.size.0 / 2.0, eye.size.1 / 2.0);
        let laid = self.datum.laid_right(here, eye.size.0.min(eye.size.1).max(64.0) / 2.0 / eye.scale);
        let numbers = matrix(&laid, |at| eye.layer(at)).map(|number| crate::format::trimmed(number, 6));
        let value = format!("matrix({})", numbers.join(","));
        if let Err(error) = self.pane.style().set_property("transform", &value) {
            warn!("the tiles could not be laid: {error:?}");
        }
    }
}

/// The same as a style sheet's matrix; `layer` tells the pane's point of a place.
fn matrix(laid: &Affine, layer: impl Fn(Unit) -> (f64, f64)) -> [f64; 6] {
    let ((x, y), (tile_x, tile_y)) = (layer(laid.to), layer(laid.from));
    let left = x - laid.east.0 * tile_x - laid.south.0 * tile_y;
    let top = y - laid.east.1 * tile_x - laid.south.1 * tile_y;
    [laid.east.0, laid.east.1, laid.south.0, laid.south.1, left, top]
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
