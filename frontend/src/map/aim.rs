//! Where the map looks: at first, when told, and in the room that cards leave.

use super::crowd::MAX_ZOOM;
use super::interop;
use super::palette::pixels;
use super::town::bounds_of;
use super::view::Island;
use crate::model::{Command, Viewport};
use geodata::mercator::{self, Bounds, Room, Unit, pixels_per_unit};
use geodata::place::Position;
use leptos::prelude::*;

/// Widest zoom of the map.
pub const MIN_ZOOM: f64 = 8.0;

impl Island {
    /// Looks where it is asked to, as soon as there is something to look through.
    pub(super) fn look(&self) {
        let size = self.map.get_size();
        if self.has_view() || size.x() < 1.0 || size.y() < 1.0 {
            return;
        }
        match self.link.viewport.get_untracked() {
            Some(Viewport { centre, zoom }) => {
                self.map.set_view(&interop::lat_lng(unit(centre)), zoom.clamp(MIN_ZOOM, MAX_ZOOM));
            }
            None => self.show_town(false),
        }
    }

    /// Does what it is told once.
    pub fn obey(&self, command: &Command) {
        if !self.has_view() {
            return;
        }
        match command {
            Command::WholeTown => self.show_town(true),
            Command::Centre(position, zoom) => self.centre(unit(*position), *zoom),
            Command::Fit(bbox) => self.fit(bounds_of(bbox), true),
        }
    }

    /// Zooms in or out by a level.
    pub fn zoom_by(&self, levels: f64) {
        if self.has_view() {
            let centre = self.map.get_center();
            let here = (Unit::of(centre.lng(), centre.lat()), self.map.get_zoom());
            let (middle, zoom) = self.next.get().unwrap_or(here);
            self.set_view(middle, zoom + levels, true);
        }
    }

    /// The room that cards leave: the style sheet lays a box there that nobody sees.
    fn room(&self) -> Room {
        let (room, size) = (&self.room, self.map.get_size());
        let style = self.window.get_computed_style(room).ok().flatten();
        let covered = style.map_or(0.0, |style| pixels(&style, "padding-left", 0.0));
        let [x, y, w, h] =
            [room.offset_left(), room.offset_top(), room.offset_width(), room.offset_height()].map(f64::from);
        if w < 50.0 || h < 50.0 {
            return Room { x: 0.0, y: 0.0, w: size.x(), h: size.y(), covered: 0.0 };
        }
        Room { x, y, w, h, covered }
    }

    /// Whether the map looks where [`Command::WholeTown`] takes it, to a pixel or two.
    pub(super) fn shows_town(&self, middle: Unit, zoom: f64) -> bool {
        const NEAR: f64 = 2.0;
        let size = self.map.get_size();
        let (home, at) = mercator::fit(&self.scene.borrow().town.bounds, (size.x(), size.y()), &self.room(), MAX_ZOOM);
        let scale = pixels_per_unit(zoom);
        (zoom - home.clamp(MIN_ZOOM, MAX_ZOOM)).abs() < 1e-6
            && (middle.x - at.x).abs() * scale < NEAR
            && (middle.y - at.y).abs() * scale < NEAR
    }

    fn show_town(&self, animate: bool) {
        // Moving the map answers with events that ask for the scene again.
        let bounds = self.scene.borrow().town.bounds;
        self.fit(bounds, animate);
    }

    /// Shows a box in the room that cards leave.
    pub(super) fn fit(&self, bounds: Bounds, animate: bool) {
        let size = self.map.get_size();
        let (zoom, middle) = mercator::fit(&bounds, (size.x(), size.y()), &self.room(), MAX_ZOOM);
        self.set_view(middle, zoom, animate);
    }

    /// Brings a place to the middle of the room that cards leave, at least this close.
    fn centre(&self, at: Unit, zoom: f64) {
        let zoom = self.map.get_zoom().max(zoom);
        let (size, room, scale) = (self.map.get_size(), self.room(), pixels_per_unit(zoom));
        let off =
            (size.x() / 2.0 - room.x - f64::midpoint(room.w, room.covered), size.y() / 2.0 - room.y - room.h / 2.0);
        self.set_view(Unit { x: at.x + off.0 / scale, y: at.y + off.1 / scale }, zoom, true);
    }

    pub(super) fn set_view(&self, middle: Unit, zoom: f64, animate: bool) {
        let zoom = zoom.clamp(MIN_ZOOM, MAX_ZOOM);
        if self.is_zooming() {
            self.next.set(Some((middle, zoom)));
            return;
        }
        let options = interop::object(&[("animate", animate.into())]);
        self.map.set_view_with_options(&interop::lat_lng(middle), zoom, &options);
    }
}

fn unit(position: Position) -> Unit {
    Unit::of(position.lon(), position.lat())
}
