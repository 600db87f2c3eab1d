//! The few things of Leaflet and the browser that leaflet-rs has no name for. Nothing fails silently here: what could
//! not be read or set is told on the console, and the map goes on.

use geodata::mercator::Unit;
use js_sys::{Array, Function, Object, Reflect};
use leaflet::{LatLng, Map, Point};
use leptos::logging::warn;
use wasm_bindgen::{JsCast, JsValue};

/// A member of an object; `undefined` where it has none.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_else(|error| {
        warn!("{name} could not be read: {error:?}");
        JsValue::UNDEFINED
    })
}

/// Sets a member of an object.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    match Reflect::set(object, &name.into(), value) {
        Ok(true) => {}
        Ok(false) => warn!("{name} could not be set"),
        Err(error) => warn!("{name} could not be set: {error:?}"),
    }
}

/// A member that is a number.
pub fn number(object: &JsValue, name: &str) -> Option<f64> {
    get(object, name).as_f64()
}

/// Calls a method; `None` where there is none or it threw.
pub fn call(object: &JsValue, name: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let method = get(object, name).dyn_into::<Function>().ok();
    let Some(method) = method else {
        warn!("{name} is not a method");
        return None;
    };
    let list: Array = arguments.iter().copied().collect();
    method.apply(object, &list).map_err(|error| warn!("{name} failed: {error:?}")).ok()
}

/// A plain object with these members.
pub fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        set(&object, name, value);
    }
    object.into()
}

/// A Leaflet point.
pub fn point(x: f64, y: f64) -> JsValue {
    Point::new(x, y).into()
}

/// The x and y of a Leaflet point.
pub fn xy(point: &JsValue) -> Option<(f64, f64)> {
    Some((number(point, "x")?, number(point, "y")?))
}

/// A unit coordinate as Leaflet takes it.
pub fn lat_lng(at: Unit) -> LatLng {
    LatLng::new(at.lat(), at.lon())
}

/// World pixels of the layer panes' corner.
pub fn pixel_origin(map: &Map) -> Option<(f64, f64)> {
    xy(&call(map, "getPixelOrigin", &[])?)
}

/// Pixels from the map's corner to the layer panes' corner.
pub fn pane_position(map: &Map) -> Option<(f64, f64)> {
    let corner = call(map, "containerPointToLayerPoint", &[&point(0.0, 0.0)])?;
    xy(&corner).map(|(x, y)| (-x, -y))
}
