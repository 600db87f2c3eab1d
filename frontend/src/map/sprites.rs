//! Symbols and labels drawn once, on canvases of their own, and copied from then on.

use super::palette::Palette;
use super::surface::{Pen, canvas, transform};
use geodata::cluster::Group;
use geodata::incident::Severity;
use geodata::symbol::{Body, Shape, Symbol, disc_radius, eighths};
use geodata::town::{CameraStatus, PlaceKind};
use js_sys::Array;
use leptos::logging::warn;
use std::collections::HashMap;
use std::f64::consts::{FRAC_PI_2, TAU};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{Document, HtmlCanvasElement};

/// More than this many and all are drawn anew.
const KEPT: usize = 1_500;

/// A drawn thing, its middle the place it stands on.
pub struct Sprite {
    canvas: HtmlCanvasElement,
    /// Device pixels across.
    pub width: f64,
    /// Device pixels down.
    pub height: f64,
}

impl Sprite {
    /// Copies it, its middle on this device pixel. The pen must count in device pixels.
    pub fn stamp(&self, pen: &Pen, x: f64, y: f64) {
        let (left, top) = ((x - self.width / 2.0).round(), (y - self.height / 2.0).round());
        if let Err(error) = pen.draw_image_with_html_canvas_element(&self.canvas, left, top) {
            warn!("a symbol could not be drawn: {error:?}");
        }
    }
}

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// A village's name.
    Village,
    /// The name of the village that is selected or pointed at.
    ChosenVillage,
    /// A grid's number.
    Grid,
    /// The number of the grid that is selected.
    ChosenGrid,
    /// A place's name.
    Place,
}

/// How loud a camera is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weight {
    /// One of many, seen from afar.
    Small,
    /// Seen from near.
    Full,
    /// Pointed at or selected.
    Chosen,
}

#[derive(PartialEq, Eq, Hash)]
enum Key {
    Incident(usize, bool),
    Disc(Option<Severity>, u32, u8),
    Camera(CameraStatus, Weight),
    Place(PlaceKind),
    Text(Style, String),
}

/// All that has been drawn in the present theme.
pub struct Sprites {
    document: Document,
    /// The colours they are drawn in.
    pub palette: Palette,
    /// Device pixels a CSS pixel.
    pub ratio: f64,
    kept: HashMap<Key, Rc<Sprite>>,
}

impl Sprites {
    /// None yet.
    pub fn new(document: Document, palette: Palette, ratio: f64) -> Self {
        Self { document, palette, ratio, kept: HashMap::new() }
    }

    /// Takes new colours or a new ratio; true where that changes anything.
    pub fn renew(&mut self, palette: Palette, ratio: f64) -> bool {
        let changed = self.palette != palette || (self.ratio - ratio).abs() > f64::EPSILON;
        if changed {
            (self.palette, self.ratio) = (palette, ratio);
            self.kept.clear();
        }
        changed
    }

    /// An incident's symbol; larger while pointed at or selected.
    pub fn incident(&mut self, symbol: Symbol, large: bool) -> Option<Rc<Sprite>> {
        let unit = self.palette.symbol * if large { 1.35 } else { 1.0 };
        let half = unit * symbol.ring() + 3.0;
        self.sprite(Key::Incident(symbol.index(), large), half * 2.0, half * 2.0, |pen, palette| {
            incident(pen, palette, symbol, unit);
        })
    }

    /// The disc under a cluster's count.
    pub fn disc(&mut self, group: &Group) -> Option<Rc<Sprite>> {
        let size = group.count.min(1_000);
        let radius = disc_radius(size);
        let late = eighths(group.late, group.count);
        let unit = self.palette.symbol;
        let half = unit * (radius + 1.1) + 3.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "one of four sizes, in hundredths")]
        let key = Key::Disc(group.worst, (radius * 100.0) as u32, late);
        let worst = group.worst;
        self.sprite(key, half * 2.0, half * 2.0, |pen, palette| disc(pen, palette, worst, late, unit, radius))
    }

    /// A camera's ring.
    pub fn camera(&mut self, status: CameraStatus, weight: Weight) -> Option<Rc<Sprite>> {
        let radius = self.palette.camera_radius
            * match weight {
                Weight::Small => 0.66,
                Weight::Full => 1.0,
                Weight::Chosen => 1.5,
            };
        let half = radius + 3.0;
        self.sprite(Key::Camera(status, weight), half * 2.0, half * 2.0, |pen, palette| {
            camera(pen, palette, status, radius, weight);
        })
    }

    /// The mark of a place that people steer by.
    pub fn place(&mut self, kind: PlaceKind) -> Option<Rc<Sprite>> {
        let half = self.palette.place_type * 0.3 + 2.0;
        self.sprite(Key::Place(kind), half * 2.0, half * 2.0, |pen, palette| place(pen, palette, kind))
    }

    /// A line of text with its halo.
    pub fn text(&mut self, style: Style, text: &str) -> Option<Rc<Sprite>> {
        let key = Key::Text(style, text.to_owned());
        if let Some(kept) = self.kept.get(&key) {
            return Some(Rc::clone(kept));
        }
        let (font, colour, halo) = self.hand(style);
        let (_, ruler) = canvas(&self.document).map_err(|e| warn!("no canvas: {e:?}")).ok()?;
        ruler.set_font(&font);
        let width = ruler.measure_text(text).map_or(0.0, |m| m.width()).ceil() + halo * 2.0;
        let height = self.type_size(style) * 1.3 + halo * 2.0;
        self.sprite(key, width, height, |pen, palette| {
            pen.set_font(&font);
            pen.set_text_align("center");
            pen.set_text_baseline("middle");
            pen.set_line_join("round");
            pen.set_line_width(halo * 2.0);
            pen.set_stroke_style_str(&palette.halo);
            pen.set_fill_style_str(&colour);
            let drawn = pen.stroke_text(text, 0.0, 0.5).and_then(|()| pen.fill_text(text, 0.0, 0.5));
            if let Err(error) = drawn {
                warn!("a label could not be drawn: {error:?}");
            }
        })
    }

    fn type_size(&self, style: Style) -> f64 {
        match style {
            Style::Village | Style::ChosenVillage => self.palette.village_type,
            Style::Grid | Style::ChosenGrid => self.palette.grid_type,
            Style::Place => self.palette.place_type,
        }
    }

    fn hand(&self, style: Style) -> (String, String, f64) {
        let palette = &self.palette;
        let (weight, colour, halo) = match style {
            Style::Village => (600, &palette.village, 2.0),
            Style::ChosenVillage => (700, &palette.accent, 2.5),
            Style::Grid => (400, &palette.ink_3, 1.5),
            Style::ChosenGrid => (700, &palette.accent, 2.0),
            Style::Place => (400, &palette.place, 1.5),
        };
        let font = format!("{weight} {}px {}", crate::format::trimmed(self.type_size(style), 2), palette.font);
        (font, colour.clone(), halo * palette.enlargement())
    }

    /// The sprite of a key, drawn if it has not been; the pen stands in its middle and counts in CSS pixels.
    fn sprite(&mut self, key: Key, width: f64, height: f64, draw: impl FnOnce(&Pen, &Palette)) -> Option<Rc<Sprite>> {
        if let Some(kept) = self.kept.get(&key) {
            return Some(Rc::clone(kept));
        }
        if self.kept.len() >= KEPT {
            self.kept.clear();
        }
        let (sheet, pen) = canvas(&self.document).map_err(|e| warn!("no canvas: {e:?}")).ok()?;
        let device = |css: f64| (css * self.ratio).ceil();
        let (width, height) = (device(width), device(height));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a sprite is some dozen pixels wide"
        )]
        let whole = |v: f64| v.max(1.0) as u32;
        sheet.set_width(whole(width));
        sheet.set_height(whole(height));
        transform(&pen, self.ratio);
        if let Err(error) = pen.translate(width / 2.0 / self.ratio, height / 2.0 / self.ratio) {
            warn!("a symbol could not be placed: {error:?}");
        }
        draw(&pen, &self.palette);
        let sprite = Rc::new(Sprite { canvas: sheet, width, height });
        self.kept.insert(key, Rc::clone(&sprite));
        Some(sprite)
    }
}

/// Traces a shape around the origin; `unit` is the symbol radius.
fn outline(pen: &Pen, shape: Shape, unit: f64) {
    pen.begin_path();
    if shape.corners().is_empty() {
        circle(pen, shape.radius() * unit);
    }
    for (i, (x, y)) in shape.corners().iter().enumerate() {
        if i == 0 { pen.move_to(x * unit, y * unit) } else { pen.line_to(x * unit, y * unit) }
    }
    pen.close_path();
}

fn circle(pen: &Pen, radius: f64) {
    arc(pen, radius, 0.0, TAU);
}

fn arc(pen: &Pen, radius: f64, from: f64, to: f64) {
    if let Err(error) = pen.arc(0.0, 0.0, radius, from, to) {
        warn!("a circle could not be drawn: {error:?}");
    }
}

fn stroke(pen: &Pen, colour: &str, width: f64) {
    pen.set_stroke_style_str(colour);
    pen.set_line_width(width);
    pen.stroke();
}

fn dashes(pen: &Pen, lengths: &[f64]) {
    let list: Array = lengths.iter().map(|l| JsValue::from_f64(*l)).collect();
    if let Err(error) = pen.set_line_dash(&list) {
        warn!("a line could not be dashed: {error:?}");
    }
}

/// The dashed ring of what is overdue, from one angle to another.
fn late_ring(pen: &Pen, palette: &Palette, radius: f64, from: f64, to: f64) {
    let width = 1.8 * palette.enlargement();
    pen.begin_path();
    arc(pen, radius, from, to);
    pen.set_line_cap("butt");
    pen.set_global_alpha(0.75);
    stroke(pen, &palette.halo, width + 1.6);
    pen.set_global_alpha(1.0);
    // Whole dashes: the ring closes without a stump.
    let dash = (to - from) * radius / ((to - from) * radius / (width * 3.1)).round().max(1.0);
    dashes(pen, &[dash * 0.58, dash * 0.42]);
    stroke(pen, &palette.late, width);
    dashes(pen, &[]);
}

fn incident(pen: &Pen, palette: &Palette, symbol: Symbol, unit: f64) {
    let shape = Shape::of(symbol.severity);
    let colour = palette.of(symbol.severity);
    let thick = palette.enlargement();
    pen.set_line_join("round");
    if symbol.late {
        late_ring(pen, palette, symbol.ring() * unit, -FRAC_PI_2, -FRAC_PI_2 + TAU);
    }
    match symbol.body {
        Body::Filled => {
            outline(pen, shape, unit);
            stroke(pen, &palette.halo, 3.2 * thick);
            pen.set_fill_style_str(colour);
            pen.fill();
        }
        Body::Hollow => {
            outline(pen, shape, unit * 0.9);
            stroke(pen, &palette.halo, 5.0 * thick);
            pen.set_fill_style_str(&palette.panel);
            pen.fill();
            stroke(pen, colour, 2.3 * thick);
        }
        Body::Ended => {
            outline(pen, shape, unit * 0.72);
            stroke(pen, &palette.halo, 2.4 * thick);
            pen.set_fill_style_str(&palette.camera_off);
            pen.set_global_alpha(0.7);
            pen.fill();
            pen.set_global_alpha(1.0);
        }
    }
}

/// A cluster: a disc for the count, ringed in the colour of the gravest open incident, whose shape sits on its rim; a
/// dashed arc for the share that is late.
fn disc(pen: &Pen, palette: &Palette, worst: Option<Severity>, late: u8, unit: f64, radius: f64) {
    let thick = palette.enlargement();
    let rim = radius * unit;
    let colour = worst.map_or(palette.line_2.as_str(), |severity| palette.of(severity));
    if late > 0 {
        let share = TAU * f64::from(late) / 8.0;
        late_ring(pen, palette, rim + 3.6 * thick, FRAC_PI_2 - share / 2.0, FRAC_PI_2 + share / 2.0);
    }
    pen.begin_path();
    circle(pen, rim);
    stroke(pen, &palette.halo, 3.6 * thick);
    pen.set_fill_style_str(&palette.cluster);
    pen.fill();
    stroke(pen, colour, 1.8 * thick);
    let Some(severity) = worst else { return };
    if let Err(error) = pen.translate(0.0, -rim) {
        warn!("a cluster's mark could not be placed: {error:?}");
    }
    pen.set_line_join("round");
    outline(pen, Shape::of(severity), unit * 0.56);
    stroke(pen, &palette.cluster, 2.6 * thick);
    pen.set_fill_style_str(colour);
    pen.fill();
}

fn camera(pen: &Pen, palette: &Palette, status: CameraStatus, radius: f64, weight: Weight) {
    let thick = palette.enlargement() * if weight == Weight::Small { 0.8 } else { 1.0 };
    let colour = if status == CameraStatus::Online { &palette.camera } else { &palette.camera_off };
    pen.begin_path();
    circle(pen, radius);
    stroke(pen, &palette.halo, 3.2 * thick);
    pen.set_fill_style_str(&palette.panel);
    pen.fill();
    stroke(pen, colour, 1.4 * thick);
    match status {
        CameraStatus::Online if weight != Weight::Small => {
            pen.begin_path();
            circle(pen, radius * 0.36);
            pen.set_fill_style_str(colour);
            pen.fill();
        }
        CameraStatus::Offline => {
            pen.begin_path();
            let arm = radius * 0.62;
            pen.move_to(-arm, -arm);
            pen.line_to(arm, arm);
            pen.move_to(arm, -arm);
            pen.line_to(-arm, arm);
            stroke(pen, colour, 1.2 * thick);
        }
        CameraStatus::Online | CameraStatus::Maintenance => {}
    }
}

/// Offices are squares, schools and clinics rounder, hamlets dots: small, and never louder than an incident.
fn place(pen: &Pen, palette: &Palette, kind: PlaceKind) {
    let size = palette.place_type * 0.27;
    pen.begin_path();
    match kind {
        PlaceKind::Hamlet => circle(pen, size * 0.55),
        PlaceKind::School | PlaceKind::Clinic | PlaceKind::Market => circle(pen, size),
        PlaceKind::TownHall
        | PlaceKind::VillageOffice
        | PlaceKind::PoliceStation
        | PlaceKind::JusticeOffice
        | PlaceKind::FireStation => pen.rect(-size, -size, size * 2.0, size * 2.0),
    }
    stroke(pen, &palette.halo, 2.0);
    pen.set_fill_style_str(&palette.place);
    pen.fill();
}
