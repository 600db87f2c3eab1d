//! Cameras: what they see, in true metres, where that is large enough to be read; and where they stand.

use super::trace;
use crate::map::palette::Palette;
use crate::map::sprites::{Sprites, Weight};
use crate::map::surface::Pen;
use crate::map::town::{Camera, Town};
use geodata::mercator::Sheet;
use geodata::town::CameraStatus;

/// Fields of view are shown from here on.
pub const VIEWS_FROM: f64 = 14.5;
/// Cameras are shown from here on.
pub const SHOWN_FROM: f64 = 12.5;

/// The fields of view of cameras that give a picture, and the outlines of those that don't.
pub fn views(pen: &Pen, sheet: &Sheet, town: &Town, palette: &Palette) {
    if sheet.zoom() < VIEWS_FROM {
        return;
    }
    let shown = sheet.bounds(0.0);
    pen.set_fill_style_str(&palette.camera);
    for camera in town.cameras.iter().filter(|c| c.status == CameraStatus::Online && c.reach.meets(&shown)) {
        // One that turns sees all of it, but not at once.
        pen.set_global_alpha(if camera.turns { 0.05 } else { 0.12 });
        view(pen, sheet, camera);
        pen.fill();
    }
    pen.set_global_alpha(0.5);
    pen.set_stroke_style_str(&palette.camera_off);
    pen.set_line_width(palette.enlargement());
    for camera in town.cameras.iter().filter(|c| c.status != CameraStatus::Online && c.reach.meets(&shown)) {
        view(pen, sheet, camera);
        pen.stroke();
    }
    pen.set_global_alpha(1.0);
}

/// Traces what one camera sees.
pub fn view(pen: &Pen, sheet: &Sheet, camera: &Camera) {
    pen.begin_path();
    trace(pen, sheet, &camera.view);
    pen.close_path();
}

/// The rings, on a pen that counts in device pixels.
pub fn rings(pen: &Pen, sheet: &Sheet, town: &Town, sprites: &mut Sprites) {
    if sheet.zoom() < SHOWN_FROM {
        return;
    }
    let shown = sheet.bounds(8.0);
    let weight = if sheet.zoom() < VIEWS_FROM { Weight::Small } else { Weight::Full };
    for camera in town.cameras.iter().filter(|c| shown.holds(c.at)) {
        ring(pen, sheet, camera, sprites, weight);
    }
}

/// One ring.
pub fn ring(pen: &Pen, sheet: &Sheet, camera: &Camera, sprites: &mut Sprites, weight: Weight) {
    let Some(sprite) = sprites.camera(camera.status, weight) else { return };
    let (x, y) = sheet.place(camera.at);
    sprite.stamp(pen, x * sprites.ratio, y * sprites.ratio);
}
