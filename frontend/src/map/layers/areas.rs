//! Grid and village borders.

use super::{stroke, width};
use crate::map::palette::Palette;
use crate::map::surface::Pen;
use crate::map::town::Town;
use geodata::mercator::Sheet;

/// Grid borders: fine, and told apart from the roads that they follow.
pub fn grids(pen: &Pen, sheet: &Sheet, town: &Town, palette: &Palette) {
    let wide = width(sheet, 1.0, 0.2).clamp(0.9, 1.8) * palette.enlargement();
    stroke(pen, sheet, &town.grid_lines, &palette.grid, wide);
}

/// Village borders, which speak.
pub fn villages(pen: &Pen, sheet: &Sheet, town: &Town, palette: &Palette) {
    let wide = width(sheet, 1.7, 0.2).clamp(1.1, 3.2) * palette.enlargement();
    stroke(pen, sheet, &town.village_lines, &palette.village, wide);
}
