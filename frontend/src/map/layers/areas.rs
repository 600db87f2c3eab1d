//! Grid and village borders.

use super::{stroke, trace, width};
use crate::map::palette::Palette;
use crate::map::surface::Pen;
use crate::map::town::Town;
use geodata::mercator::Sheet;

/// Grid borders: fine, and told apart from the roads that they follow.
pub fn grids(pen: &Pen, sheet: &Sheet, town: &Town, palette: &Palette) {
    let wide = width(sheet, 1.0, 0.2).clamp(0.9, 1.8) * palette.enlargement();
    stroke(pen, sheet, &town.grid_lines, &palette.grid, wide);
}

/// Grids filled by their class, a path a class.
pub fn shaded(pen: &Pen, sheet: &Sheet, town: &Town, shades: &[Option<usize>], palette: &Palette) {
    let shown = sheet.bounds(0.0);
    for (class, colour) in palette.shades.iter().enumerate() {
        let grids =
            town.grids.iter().zip(shades).filter(|(grid, shade)| **shade == Some(class) && grid.bounds.meets(&shown));
        pen.begin_path();
        for ring in grids.flat_map(|(grid, _)| &grid.rings) {
            trace(pen, sheet, ring);
            pen.close_path();
        }
        pen.set_fill_style_str(colour);
        pen.fill_with_canvas_winding_rule(web_sys::CanvasWindingRule::Evenodd);
    }
}

/// Village borders, which speak.
pub fn villages(pen: &Pen, sheet: &Sheet, town: &Town, palette: &Palette) {
    let wide = width(sheet, 1.7, 0.2).clamp(1.1, 3.2) * palette.enlargement();
    stroke(pen, sheet, &town.village_lines, &palette.village, wide);
}
