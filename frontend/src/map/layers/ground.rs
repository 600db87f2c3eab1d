//! The quiet ground: land, water, roads with casings, buildings.

use super::{stroke, trace, width};
use crate::map::palette::Palette;
use crate::map::surface::Pen;
use crate::map::town::{Town, Water};
use geodata::mercator::{Sheet, Unit};
use geodata::town::{RoadClass, WaterKind};

/// Buildings are shown from here on.
const BUILDINGS_FROM: f64 = 13.25;
/// Lanes are shown from here on.
const LANES_FROM: f64 = 13.0;
/// A building's side on the ground, in units of a pixel at zoom 14, and the least it is drawn with.
const BUILDING: (f64, f64) = (1.5, 1.4);

/// Fills the town's land.
pub fn land(pen: &Pen, sheet: &Sheet, town: &Town, palette: &Palette) {
    pen.begin_path();
    for ring in &town.boundary {
        trace(pen, sheet, ring);
        pen.close_path();
    }
    // A soft edge lifts the town off the ground around it.
    pen.set_stroke_style_str(&palette.line);
    for (alpha, wide) in [(0.25, 14.0), (0.4, 7.0)] {
        pen.set_global_alpha(alpha);
        pen.set_line_width(wide * palette.enlargement());
        pen.stroke();
    }
    pen.set_global_alpha(1.0);
    pen.set_fill_style_str(&palette.land);
    pen.fill_with_canvas_winding_rule(web_sys::CanvasWindingRule::Evenodd);
}

/// Gullies, canals, ponds.
pub fn water(pen: &Pen, sheet: &Sheet, town: &Town, palette: &Palette) {
    let of = |kind| town.water.iter().filter(move |w| w.kind == kind);
    // From the weakest to the strongest, so that a canal bridges a gully.
    for kind in [WaterKind::Gully, WaterKind::Ditch, WaterKind::Canal, WaterKind::Pond] {
        for body in of(kind) {
            one_water(pen, sheet, body, palette);
        }
    }
}

fn one_water(pen: &Pen, sheet: &Sheet, body: &Water, palette: &Palette) {
    let (colour, at_14) = match body.kind {
        WaterKind::Gully => (&palette.gully, 5.0),
        WaterKind::Ditch => (&palette.water, 1.0),
        WaterKind::Canal => (&palette.water, 2.6),
        WaterKind::Pond => (&palette.water, 0.0),
    };
    if body.area {
        let shown = sheet.bounds(0.0);
        if !body.lines.iter().any(|line| line.bounds.meets(&shown)) {
            return;
        }
        pen.begin_path();
        for line in &body.lines {
            trace(pen, sheet, &line.path);
            pen.close_path();
        }
        pen.set_fill_style_str(colour);
        pen.fill_with_canvas_winding_rule(web_sys::CanvasWindingRule::Evenodd);
    } else {
        stroke(pen, sheet, &body.lines, colour, width(sheet, at_14, 0.6).max(0.6) * palette.enlargement());
    }
}

/// Pixels of a road at zoom 14: its surface, and its casing on each side; lanes have none.
fn road_width(class: RoadClass) -> (f64, f64) {
    match class {
        RoadClass::County => (4.2, 0.8),
        RoadClass::Township => (3.2, 0.8),
        RoadClass::Village => (1.9, 0.6),
        RoadClass::Lane => (0.9, 0.0),
    }
}

/// All casings first, so that roads meet without a line between them.
pub fn roads(pen: &Pen, sheet: &Sheet, town: &Town, palette: &Palette) {
    let shown = || town.roads.iter().filter(|(class, _)| *class != RoadClass::Lane || sheet.zoom() >= LANES_FROM);
    let wide = |at_14: f64| width(sheet, at_14, 0.55) * palette.enlargement();
    for (class, lines) in shown() {
        let (surface, casing) = road_width(*class);
        if casing > 0.0 {
            stroke(pen, sheet, lines, &palette.road_casing, wide(surface) + 2.0 * casing * palette.enlargement());
        }
    }
    for (class, lines) in shown() {
        let colour = if *class == RoadClass::Lane { &palette.minor } else { &palette.road };
        stroke(pen, sheet, lines, colour, wide(road_width(*class).0));
    }
}

/// Buildings as small squares; `buildings` runs from west to east.
pub fn buildings(pen: &Pen, sheet: &Sheet, buildings: &[Unit], palette: &Palette) {
    if sheet.zoom() < BUILDINGS_FROM {
        return;
    }
    let side = width(sheet, BUILDING.0, 0.75).max(BUILDING.1) * palette.enlargement();
    let shown = sheet.bounds(side);
    let first = buildings.partition_point(|b| b.x < shown.min.x);
    pen.set_fill_style_str(&palette.building);
    for building in buildings[first..].iter().take_while(|b| b.x <= shown.max.x) {
        if building.y >= shown.min.y && building.y <= shown.max.y {
            let (x, y) = sheet.place(*building);
            pen.fill_rect(x - side / 2.0, y - side / 2.0, side, side);
        }
    }
}
