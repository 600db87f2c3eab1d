//! What is drawn, one module a layer. Layers draw what they are given where the sheet puts it, and remember nothing.
//!
//! The base canvas carries [`ground`], [`areas`] and the cameras' fields of view; the live canvas, redrawn at every step
//! of a zoom, carries [`marks`], [`cameras`], [`labels`] and [`incidents`].

pub mod areas;
pub mod cameras;
pub mod ground;
pub mod incidents;
pub mod labels;
pub mod marks;

use super::surface::Pen;
use super::town::Line;
use geodata::mercator::{Sheet, Unit};

/// Points nearer than this to the one before are passed over, pixels.
const FINEST: f64 = 0.7;

/// Adds a line to the pen's path.
pub fn trace(pen: &Pen, sheet: &Sheet, path: &[Unit]) {
    let Some((first, rest)) = path.split_first() else { return };
    let mut last = sheet.place(*first);
    pen.move_to(last.0, last.1);
    for (i, point) in rest.iter().enumerate() {
        let (x, y) = sheet.place(*point);
        let (dx, dy) = (x - last.0, y - last.1);
        if dx * dx + dy * dy >= FINEST * FINEST || i + 1 == rest.len() {
            pen.line_to(x, y);
            last = (x, y);
        }
    }
}

/// Strokes lines in one go, those off the sheet left out.
pub fn stroke(pen: &Pen, sheet: &Sheet, lines: &[Line], colour: &str, width: f64) {
    let shown = sheet.bounds(width);
    pen.begin_path();
    for line in lines.iter().filter(|line| line.bounds.meets(&shown)) {
        trace(pen, sheet, &line.path);
    }
    pen.set_line_width(width);
    pen.set_stroke_style_str(colour);
    pen.stroke();
}

/// A width that is `at_14` pixels at zoom 14, and grows by a share of the map's own growth: 0 keeps it, 1 is a true width.
pub fn width(sheet: &Sheet, at_14: f64, growth: f64) -> f64 {
    at_14 * ((sheet.zoom() - 14.0) * growth).exp2()
}
