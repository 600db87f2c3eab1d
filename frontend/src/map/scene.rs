//! What is drawn and how it stands on the two canvases. Knows no Leaflet: it is told where the eye is.

use super::crowd::Crowd;
use super::eye::Eye;
use super::layers::marks::Strength;
use super::layers::{areas, cameras, ground, incidents, labels, marks};
use super::palette::Palette;
use super::sprites::{Sprites, Weight};
use super::surface::{Surface, transform};
use super::town::Town;
use crate::model::{Lang, Layers, Target};
use geodata::cluster::{Group, Layout};
use geodata::mercator::{Sheet, Unit, pixels_per_unit};
use leptos::logging::warn;
use std::rc::Rc;

/// Canvases reach this far beyond the map's box, as a part of it, so that a drag redraws seldom.
const MARGIN: f64 = 0.2;
/// Labels are arranged anew at every such step of a pinch.
const LABEL_STEPS: f64 = 4.0;

/// What must be drawn again.
struct Stale {
    base: bool,
    live: bool,
    /// The live pen's type must be told it again; that costs too much to do it every time.
    hand: bool,
}

/// The map's contents and its two canvases.
pub struct Scene {
    /// The fixed things.
    pub town: Town,
    /// The incidents.
    pub crowd: Crowd,
    /// Buildings from west to east; none until they are fetched.
    pub buildings: Vec<Unit>,
    /// Symbols and labels drawn so far.
    pub sprites: Sprites,
    /// Which layers are drawn.
    pub layers: Layers,
    /// How deeply each grid is shaded; empty where none is.
    pub shades: Vec<Option<usize>>,
    /// The language of labels.
    pub lang: Lang,
    /// What is selected.
    pub selected: Option<Target>,
    /// What is pointed at.
    pub hovered: Option<Target>,
    /// The cameras that see the selected place, in the town's order of cameras.
    pub seeing: Vec<i64>,
    /// The cluster that is pointed at.
    pub lit: Option<Group>,
    /// Whether tiles lie below, so that the land must stay clear.
    pub over_tiles: bool,
    base: Surface,
    live: Surface,
    /// What the base canvas shows.
    sheet: Option<Sheet>,
    /// What the live canvas shows.
    live_sheet: Option<Sheet>,
    labels: Vec<labels::Label>,
    labels_scale: f64,
    stale: Stale,
}

impl Scene {
    /// A scene on these canvases; nothing is drawn yet.
    pub fn new(town: Town, sprites: Sprites, base: Surface, live: Surface) -> Self {
        Self {
            town,
            crowd: Crowd::default(),
            buildings: Vec::new(),
            sprites,
            layers: Layers::default(),
            shades: Vec::new(),
            lang: Lang::default(),
            selected: None,
            hovered: None,
            seeing: Vec::new(),
            lit: None,
            over_tiles: false,
            base,
            live,
            sheet: None,
            live_sheet: None,
            labels: Vec::new(),
            labels_scale: 0.0,
            stale: Stale { base: true, live: true, hand: true },
        }
    }

    /// Everything must be drawn again.
    pub fn touch(&mut self) {
        self.stale.base = true;
        self.labels_scale = 0.0;
        self.touch_live();
    }

    /// Incidents, cameras or labels must be drawn again; labels may stand elsewhere.
    pub fn touch_labels(&mut self) {
        self.labels_scale = 0.0;
        self.touch_live();
    }

    /// What the pointer lights must be drawn again.
    pub fn touch_live(&mut self) {
        self.stale.live = true;
    }

    /// How much larger than on a desk everything is drawn.
    pub fn enlargement(&self) -> f64 {
        self.sprites.palette.enlargement()
    }

    /// Takes new colours, sizes and device pixels; true where that changes anything.
    pub fn renew(&mut self, palette: Palette, ratio: f64) -> bool {
        self.crowd.enlarge(palette.enlargement());
        let changed = self.sprites.renew(palette, ratio);
        if changed {
            self.stale.hand = true;
            self.touch();
        }
        changed
    }

    /// Draws what is not as the eye sees it. While the zoom is `moving`, the base is only enlarged; `goal` is the zoom
    /// that it moves to, at which symbols are grouped.
    pub fn frame(&mut self, eye: &Eye, moving: bool, goal: f64) {
        let kept = self.sheet.filter(|sheet| {
            let level = eye.is_level(sheet);
            !self.stale.base && (if level { eye.is_covered(sheet) } else { moving })
        });
        let sheet = kept.unwrap_or_else(|| self.draw_base(eye));
        self.base.lay(eye.corner(&sheet), eye.scale / sheet.scale);
        let shown = if eye.is_level(&sheet) { sheet } else { eye.sheet(margin(eye)) };
        self.live.lay(eye.corner(&shown), 1.0);
        if self.stale.live || self.live_sheet != Some(shown) {
            self.draw_live(&shown, moving, goal);
        }
    }

    /// Draws the base for where a zoom leads, where that is further out: its edges are then there from the beginning.
    pub fn prepare(&mut self, to: &Eye) {
        if self.sheet.is_some_and(|sheet| to.scale < sheet.scale) {
            self.draw_base(to);
        }
    }

    /// Whether the canvases should be drawn about the middle again, now that there is time.
    pub fn is_off_centre(&self, eye: &Eye) -> bool {
        self.sheet.is_some_and(|sheet| {
            let (corner, margin) = (eye.corner(&sheet), margin(eye));
            let off = |corner: f64, pane: f64| (corner + pane + margin).abs();
            off(corner.0, eye.pane.0).max(off(corner.1, eye.pane.1)) > margin * 0.5
        })
    }

    /// Draws the base about the middle at the next frame.
    pub fn recentre(&mut self) {
        self.stale.base = true;
    }

    fn draw_base(&mut self, eye: &Eye) -> Sheet {
        let sheet = eye.sheet(margin(eye));
        self.base.clear((sheet.width, sheet.height), self.sprites.ratio);
        let (pen, town, palette) = (&self.base.pen, &self.town, &self.sprites.palette);
        pen.set_line_cap("round");
        pen.set_line_join("round");
        if !self.over_tiles {
            ground::land(pen, &sheet, town, palette);
        }
        // Below water and roads, so that people find their way in it.
        areas::shaded(pen, &sheet, town, &self.shades, palette);
        if self.layers.ground {
            ground::water(pen, &sheet, town, palette);
            ground::roads(pen, &sheet, town, palette);
        }
        if self.layers.buildings {
            ground::buildings(pen, &sheet, &self.buildings, palette);
        }
        if self.layers.cameras {
            cameras::views(pen, &sheet, town, palette);
        }
        if self.layers.grids {
            areas::grids(pen, &sheet, town, palette);
        }
        if self.layers.villages {
            areas::villages(pen, &sheet, town, palette);
        }
        self.sheet = Some(sheet);
        self.stale.base = false;
        sheet
    }

    fn draw_live(&mut self, sheet: &Sheet, moving: bool, goal: f64) {
        let layout = self.crowd.layout(goal);
        self.arrange(&layout, moving, goal);
        if self.live.clear((sheet.width, sheet.height), self.sprites.ratio) || self.stale.hand {
            incidents::set_type(&self.live.pen, &self.sprites);
            self.stale.hand = false;
        }
        self.draw_marks(sheet);
        let pen = &self.live.pen;
        transform(pen, 1.0);
        if self.layers.cameras {
            cameras::rings(pen, sheet, &self.town, &mut self.sprites);
        }
        labels::draw(pen, sheet, &self.labels, self.sprites.ratio);
        if self.layers.incidents {
            let chinese = self.lang == Lang::Zh;
            incidents::draw(pen, sheet, &self.crowd, &layout, &mut self.sprites, chinese);
        }
        self.draw_chosen(sheet);
        self.live_sheet = Some(*sheet);
        self.stale.live = false;
    }

    fn arrange(&mut self, layout: &Rc<Layout>, moving: bool, goal: f64) {
        let level = if moving { (goal * LABEL_STEPS).round() / LABEL_STEPS } else { goal };
        let scale = pixels_per_unit(level);
        if (self.labels_scale / scale - 1.0).abs() < 1e-9 {
            return;
        }
        let request = labels::Request {
            town: &self.town,
            crowd: &self.crowd,
            layout,
            scale,
            layers: self.layers,
            lang: self.lang,
            selected: self.selected.as_ref(),
        };
        self.labels = labels::arrange(&request, &mut self.sprites);
        self.labels_scale = scale;
    }

    /// Areas and fields of view that are pointed at or selected.
    fn draw_marks(&self, sheet: &Sheet) {
        let (pen, palette) = (&self.live.pen, &self.sprites.palette);
        let hovered = self.hovered.as_ref().filter(|h| Some(*h) != self.selected.as_ref());
        let chosen = [(hovered, Strength::Hovered), (self.selected.as_ref(), Strength::Selected)];
        for (target, strength) in chosen.into_iter().filter_map(|(t, s)| t.map(|t| (t, s))) {
            match target {
                Target::Grid(code) => {
                    if let Some(grid) = self.town.grids.iter().find(|g| g.code == *code) {
                        marks::area(pen, sheet, grid, strength, palette);
                    }
                }
                Target::Village(code) => {
                    if let Some(village) = self.town.villages.iter().find(|v| v.code == *code) {
                        marks::area(pen, sheet, village, strength, palette);
                    }
                }
                Target::Camera(code) => {
                    if let Some(camera) = self.town.cameras.iter().find(|c| c.code == *code) {
                        marks::view(pen, sheet, camera, strength, palette);
                    }
                }
                Target::Place(at) => {
                    if let Some(grid) = self.town.grid_at(Unit::of(at.lon(), at.lat())) {
                        marks::area(pen, sheet, grid, Strength::Hovered, palette);
                    }
                    for camera in self.town.cameras.iter().filter(|c| self.seeing.contains(&c.order)) {
                        marks::view(pen, sheet, camera, Strength::Selected, palette);
                    }
                }
                Target::Incident(_) => {}
            }
        }
    }

    /// The cluster, camera and incidents that are pointed at or selected, above all others.
    fn draw_chosen(&mut self, sheet: &Sheet) {
        let pen = &self.live.pen;
        transform(pen, self.sprites.ratio);
        if let Some(group) = self.lit.as_ref().filter(|_| self.layers.incidents) {
            incidents::lit(pen, sheet, group, &self.sprites);
        }
        transform(pen, 1.0);
        if let Some(fan) = self.crowd.fan.as_ref().filter(|_| self.layers.incidents) {
            incidents::fanned(pen, sheet, &self.crowd, fan, &mut self.sprites);
        }
        for (target, selected) in [(&self.hovered, false), (&self.selected, true)] {
            match target {
                Some(Target::Incident(id)) => {
                    incidents::chosen(pen, sheet, &self.crowd, *id, selected, &mut self.sprites);
                }
                Some(Target::Camera(code)) => {
                    if let Some(camera) = self.town.cameras.iter().find(|c| c.code == *code) {
                        cameras::ring(pen, sheet, camera, &mut self.sprites, Weight::Chosen);
                    }
                }
                Some(Target::Place(at)) => {
                    let (at, palette) = (Unit::of(at.lon(), at.lat()), &self.sprites.palette);
                    marks::spot(pen, sheet, at, self.sprites.ratio, palette);
                }
                _ => {}
            }
        }
    }

    /// The labels as they stand, and the sheet they stand on.
    pub fn labels(&self) -> Option<(&[labels::Label], &Sheet)> {
        self.live_sheet.as_ref().map(|sheet| (self.labels.as_slice(), sheet))
    }

    /// Zoom at which the live canvas was last drawn; `None` before.
    pub fn is_drawn(&self) -> bool {
        self.live_sheet.is_some()
    }
}

fn margin(eye: &Eye) -> f64 {
    (eye.size.0.max(eye.size.1) * MARGIN).round().clamp(64.0, 360.0)
}

/// Device pixels a CSS pixel; beyond 2 nobody sees more, and everybody waits.
pub fn ratio(window: &web_sys::Window) -> f64 {
    let ratio = window.device_pixel_ratio();
    if ratio.is_finite() && ratio > 0.0 {
        ratio.clamp(1.0, 2.0)
    } else {
        warn!("the window has no pixel ratio");
        1.0
    }
}
