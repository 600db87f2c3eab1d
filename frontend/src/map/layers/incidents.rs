//! Incidents: clusters where they are dense, symbols where they are not, fans where they share a place.

use crate::map::crowd::{Crowd, Fan};
use crate::map::sprites::Sprites;
use crate::map::surface::{Pen, transform};
use geodata::cluster::{Group, Layout};
use geodata::mercator::Sheet;
use geodata::symbol::short_count;
use leptos::logging::warn;

/// Pixels by which a symbol may stand off the sheet and still show on it.
const MARGIN: f64 = 24.0;

/// Clusters below, symbols on top. The pen counts in device pixels, and does so again afterwards.
pub fn draw(pen: &Pen, sheet: &Sheet, crowd: &Crowd, layout: &Layout, sprites: &mut Sprites, chinese: bool) {
    let shown = sheet.bounds(MARGIN * sprites.palette.enlargement());
    let ratio = sprites.ratio;
    // A group that is fanned out shows its members instead.
    let fanned = crowd.fan.as_ref().map(|fan| fan.at);
    let groups = || layout.groups.iter().filter(|group| shown.holds(group.at) && Some(group.at) != fanned);
    for group in groups() {
        let (x, y) = sheet.place(group.at);
        if let Some(sprite) = sprites.disc(group) {
            sprite.stamp(pen, x * ratio, y * ratio);
        }
    }
    counts(pen, sheet, groups(), sprites, chinese);
    for &i in &layout.singles {
        let spot = &crowd.spots()[i];
        if shown.holds(spot.at) {
            let (x, y) = sheet.place(spot.at);
            if let Some(sprite) = sprites.incident(spot.symbol, false) {
                sprite.stamp(pen, x * ratio, y * ratio);
            }
        }
    }
}

/// Tells a pen how counts are written; it keeps that until its canvas is made anew.
pub fn set_type(pen: &Pen, sprites: &Sprites) {
    let palette = &sprites.palette;
    pen.set_font(
        &["600 ", &crate::format::trimmed(palette.grid_type * sprites.ratio, 2), "px ", &palette.font].concat(),
    );
    pen.set_text_align("center");
    pen.set_text_baseline("middle");
}

fn counts<'a>(pen: &Pen, sheet: &Sheet, groups: impl Iterator<Item = &'a Group>, sprites: &Sprites, chinese: bool) {
    let palette = &sprites.palette;
    pen.set_fill_style_str(&palette.cluster_ink);
    for group in groups {
        let (x, y) = sheet.place(group.at);
        let text = short_count(group.count, chinese);
        let middle = (y + palette.grid_type * 0.08) * sprites.ratio;
        if let Err(error) = pen.fill_text(&text, (x * sprites.ratio).round(), middle.round()) {
            warn!("a count could not be drawn: {error:?}");
        }
    }
}

/// The ring about a cluster that is pointed at.
pub fn lit(pen: &Pen, sheet: &Sheet, group: &Group, sprites: &Sprites) {
    let (x, y) = sheet.place(group.at);
    let palette = &sprites.palette;
    let radius = geodata::symbol::disc_radius(group.count) * palette.symbol + 3.5 * palette.enlargement();
    pen.begin_path();
    if let Err(error) = pen.arc(x, y, radius, 0.0, std::f64::consts::TAU) {
        warn!("a cluster's ring could not be drawn: {error:?}");
    }
    pen.set_global_alpha(0.35);
    pen.set_line_width(5.0 * palette.enlargement());
    pen.set_stroke_style_str(group.worst.map_or(&palette.ink_3, |severity| palette.of(severity)));
    pen.stroke();
    pen.set_global_alpha(1.0);
}

/// Symbols spread out from their common place, each on a thread.
pub fn fanned(pen: &Pen, sheet: &Sheet, crowd: &Crowd, fan: &Fan, sprites: &mut Sprites) {
    let (x, y) = sheet.place(fan.at);
    transform(pen, sprites.ratio);
    pen.begin_path();
    for (_, (dx, dy)) in &fan.members {
        pen.move_to(x, y);
        pen.line_to(x + dx, y + dy);
    }
    for (colour, width) in [(&sprites.palette.halo, 3.0), (&sprites.palette.ink_3, 1.0)] {
        pen.set_stroke_style_str(colour);
        pen.set_line_width(width * sprites.palette.enlargement());
        pen.stroke();
    }
    transform(pen, 1.0);
    for (i, (dx, dy)) in fan.members.iter().rev() {
        if let Some(sprite) = sprites.incident(crowd.spots()[*i].symbol, false) {
            sprite.stamp(pen, (x + dx) * sprites.ratio, (y + dy) * sprites.ratio);
        }
    }
}

/// One incident that is pointed at or selected, large and above all others.
pub fn chosen(pen: &Pen, sheet: &Sheet, crowd: &Crowd, id: i64, selected: bool, sprites: &mut Sprites) {
    let Some(index) = crowd.index(id) else { return };
    let spot = crowd.spots()[index];
    let (mut x, mut y) = sheet.place(spot.at);
    if let Some(fan) = &crowd.fan
        && let Some((_, (dx, dy))) = fan.members.iter().find(|(member, _)| *member == index)
    {
        (x, y) = (sheet.place(fan.at).0 + dx, sheet.place(fan.at).1 + dy);
    }
    if selected {
        let palette = &sprites.palette;
        let radius = (spot.symbol.ring() * 1.35 + 0.5) * palette.symbol;
        transform(pen, sprites.ratio);
        pen.begin_path();
        if let Err(error) = pen.arc(x, y, radius, 0.0, std::f64::consts::TAU) {
            warn!("a selection could not be drawn: {error:?}");
        }
        for (colour, width) in [(&palette.halo, 5.0), (&palette.accent, 2.6)] {
            pen.set_stroke_style_str(colour);
            pen.set_line_width(width * palette.enlargement());
            pen.stroke();
        }
        transform(pen, 1.0);
    }
    if let Some(sprite) = sprites.incident(spot.symbol, true) {
        sprite.stamp(pen, x * sprites.ratio, y * sprites.ratio);
    }
}
