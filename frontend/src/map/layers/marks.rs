//! What is pointed at and what is selected, among areas.

use super::{trace, width};
use crate::map::palette::Palette;
use crate::map::surface::Pen;
use crate::map::town::{Area, Camera};
use geodata::mercator::{Sheet, Unit};

/// How strongly an area is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// Pointed at.
    Hovered,
    /// Selected.
    Selected,
}

/// Marks an area: a wash and a stronger border.
pub fn area<C>(pen: &Pen, sheet: &Sheet, area: &Area<C>, strength: Strength, palette: &Palette) {
    if !area.bounds.meets(&sheet.bounds(8.0)) {
        return;
    }
    pen.begin_path();
    for ring in &area.rings {
        trace(pen, sheet, ring);
        pen.close_path();
    }
    let (wash, line, colour) = match strength {
        Strength::Hovered => (0.05, 1.8, &palette.village),
        Strength::Selected => (0.09, 2.6, &palette.accent),
    };
    pen.set_fill_style_str(colour);
    pen.set_global_alpha(wash);
    pen.fill_with_canvas_winding_rule(web_sys::CanvasWindingRule::Evenodd);
    pen.set_global_alpha(1.0);
    pen.set_line_join("round");
    let wide = width(sheet, line, 0.15).clamp(line * 0.8, line * 1.6) * palette.enlargement();
    if strength == Strength::Selected {
        // A border that lies on a village line must still be seen as another line.
        pen.set_stroke_style_str(&palette.halo);
        pen.set_line_width(wide + 2.4 * palette.enlargement());
        pen.stroke();
    }
    pen.set_stroke_style_str(colour);
    pen.set_line_width(wide);
    pen.stroke();
}

/// Marks what a camera sees.
pub fn view(pen: &Pen, sheet: &Sheet, camera: &Camera, strength: Strength, palette: &Palette) {
    super::cameras::view(pen, sheet, camera);
    pen.set_fill_style_str(&palette.accent);
    pen.set_global_alpha(if strength == Strength::Selected { 0.24 } else { 0.16 });
    pen.fill();
    pen.set_global_alpha(1.0);
    pen.set_stroke_style_str(&palette.accent);
    pen.set_line_width(1.4 * palette.enlargement());
    pen.stroke();
}

/// Marks a place by a cross, on a pen that counts in device pixels.
pub fn spot(pen: &Pen, sheet: &Sheet, at: Unit, ratio: f64, palette: &Palette) {
    let (x, y) = sheet.place(at);
    let (x, y, arm) = (x * ratio, y * ratio, palette.symbol * ratio);
    pen.begin_path();
    for (across, down) in [(arm, 0.0), (0.0, arm)] {
        pen.move_to(x - across, y - down);
        pen.line_to(x + across, y + down);
    }
    pen.set_line_cap("round");
    for (colour, wide) in [(&palette.halo, 5.0), (&palette.accent, 2.4)] {
        pen.set_stroke_style_str(colour);
        pen.set_line_width(wide * ratio * palette.enlargement());
        pen.stroke();
    }
}
