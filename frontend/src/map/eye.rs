//! Where the map looks at a moment, also between two zoom levels.

use super::interop::{call, number, pane_position, pixel_origin, xy};
use geodata::mercator::{Sheet, Unit, pixels_per_unit, zoom_progress};
use leaflet::Map;
use wasm_bindgen::JsValue;

/// How long Leaflet takes for an animated zoom, milliseconds: the time in its style sheet.
const ZOOM_TIME: f64 = 250.0;

/// The map's state as far as drawing goes. A layer point is a world pixel less `origin`; a point in the map's box is a
/// layer point plus `pane`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Eye {
    /// Pixels a unit.
    pub scale: f64,
    /// World pixels of the layer panes' corner.
    pub origin: (f64, f64),
    /// The layer panes' corner in the map's box.
    pub pane: (f64, f64),
    /// The map's box.
    pub size: (f64, f64),
}

impl Eye {
    /// As the map stands now; `None` before it has been given a view.
    pub fn of(map: &Map) -> Option<Self> {
        let size = map.get_size();
        let (origin, pane) = (pixel_origin(map)?, pane_position(map)?);
        Some(Self { scale: pixels_per_unit(map.get_zoom()), origin, pane, size: (size.x(), size.y()) })
    }

    /// As it will stand after the zoom that a `zoomanim` event announces.
    pub fn after(&self, map: &Map, event: &JsValue) -> Option<Self> {
        let (centre, zoom) = (super::interop::get(event, "center"), number(event, "zoom")?);
        let (x, y) = xy(&call(map, "project", &[&centre, &zoom.into()])?)?;
        let corner = |world: f64, size: f64, pane: f64| (world - size / 2.0 + pane).round();
        let origin = (corner(x, self.size.0, self.pane.0), corner(y, self.size.1, self.pane.1));
        Some(Self { scale: pixels_per_unit(zoom), origin, ..*self })
    }

    /// Its zoom.
    pub fn zoom(&self) -> f64 {
        (self.scale / pixels_per_unit(0.0)).log2()
    }

    /// A sheet that covers the map's box and `margin` pixels around it, and the layer point of its corner.
    pub fn sheet(&self, margin: f64) -> Sheet {
        let corner = |pane: f64| (-pane - margin).round();
        let (left, top) = (corner(self.pane.0), corner(self.pane.1));
        Sheet {
            scale: self.scale,
            left: self.origin.0 + left,
            top: self.origin.1 + top,
            width: (self.size.0 + 2.0 * margin).round(),
            height: (self.size.1 + 2.0 * margin).round(),
        }
    }

    /// The layer point of a sheet's corner, whatever the sheet's scale.
    pub fn corner(&self, sheet: &Sheet) -> (f64, f64) {
        let growth = self.scale / sheet.scale;
        (sheet.left * growth - self.origin.0, sheet.top * growth - self.origin.1)
    }

    /// Whether a sheet of the same scale covers the map's box.
    pub fn is_covered(&self, sheet: &Sheet) -> bool {
        let (left, top) = (self.origin.0 - self.pane.0, self.origin.1 - self.pane.1);
        left >= sheet.left
            && top >= sheet.top
            && left + self.size.0 <= sheet.left + sheet.width
            && top + self.size.1 <= sheet.top + sheet.height
    }

    /// Whether a sheet has this scale.
    pub fn is_level(&self, sheet: &Sheet) -> bool {
        (self.scale / sheet.scale - 1.0).abs() < 1e-9
    }

    /// A place in the map's box.
    pub fn place(&self, at: Unit) -> (f64, f64) {
        let world = (at.x * self.scale, at.y * self.scale);
        (world.0 - self.origin.0 + self.pane.0, world.1 - self.origin.1 + self.pane.1)
    }

    /// A layer point.
    pub fn layer(&self, at: Unit) -> (f64, f64) {
        (at.x * self.scale - self.origin.0, at.y * self.scale - self.origin.1)
    }

    /// What lies under a point of the map's box.
    pub fn under(&self, x: f64, y: f64) -> Unit {
        Unit { x: (x - self.pane.0 + self.origin.0) / self.scale, y: (y - self.pane.1 + self.origin.1) / self.scale }
    }
}

/// An animated zoom on its way.
#[derive(Debug, Clone, Copy)]
pub struct Zooming {
    /// Where it began.
    pub from: Eye,
    /// Where it leads.
    pub to: Eye,
    /// When it began, milliseconds.
    pub since: f64,
}

impl Zooming {
    /// Where the eye is at this time. Scale and corner move in proportion, as a style sheet moves a transform, so that
    /// our layers stay with Leaflet's own.
    pub fn at(&self, now: f64) -> Eye {
        let part = zoom_progress((now - self.since) / ZOOM_TIME);
        let between = |a: f64, b: f64| a + (b - a) * part;
        Eye {
            scale: between(self.from.scale, self.to.scale),
            origin: (between(self.from.origin.0, self.to.origin.0), between(self.from.origin.1, self.to.origin.1)),
            ..self.to
        }
    }
}
