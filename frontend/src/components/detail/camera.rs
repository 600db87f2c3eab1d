//! The card of a camera: where it looks, whether it works, whose it is. Never its picture: that needs a stated reason.

use super::marks::marks;
use super::{fact, head, missing};
use crate::components::icons::{CAMERA, icon};
use crate::components::{Page, Say};
use crate::format::{compass, whole};
use crate::state::town::Lookup as _;
use crate::words;
use geodata::place::Position;
use leptos::prelude::*;

/// The card of the camera with this code.
pub fn card(page: Page, say: Say, code: &str) -> AnyView {
    let w = say.w;
    let Some(feature) = page.town.camera(code) else {
        return missing(page, say, code.to_owned());
    };
    let camera = &feature.properties;
    let place = say.lies(&page.town, false, camera.village.as_ref(), camera.grid.as_ref());
    let degrees = |n: f32| [&whole(f64::from(n)), "°"].concat();
    let looks = match camera.bearing_deg {
        Some(bearing) => [words::of(w.compass, compass(bearing)), " ", &degrees(bearing)].concat(),
        None => w.turning.to_owned(),
    };
    let working = camera.status == geodata::town::CameraStatus::Online;
    view! {
        {head(page, say, icon(CAMERA), w.name(&camera.name).to_owned(), point(&feature.geometry))}
        <p class="where">{[w.camera, " ", &camera.code, " · ", &place].concat()}</p>
        <dl class="facts">
            {fact(w.status, view! { <span class:over=!working>{words::of(w.camera_status, camera.status.word())}</span> })}
            {fact(w.owner, words::of(w.camera_owner, camera.owner.word()))}
            {fact(w.bearing, looks)}
            {fact(w.fov, degrees(camera.fov_deg))}
            {fact(w.range, w.metres(&whole(f64::from(camera.range_m))))}
        </dl>
        {marks(page, say, &camera.code)}
    }
    .into_any()
}

fn point(geometry: &geojson::Geometry) -> Option<Position> {
    match &geometry.value {
        geojson::GeometryValue::Point { coordinates } => match coordinates.as_slice() {
            [lon, lat, ..] => Position::new(*lon, *lat).ok(),
            _ => None,
        },
        _ => None,
    }
}
