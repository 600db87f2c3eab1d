//! Owns the Leaflet map: what it is told, what it tells, and when it draws.

use super::MapLink;
use super::aim::MIN_ZOOM;
use super::basemap::Tiles;
use super::crowd::MAX_ZOOM;
use super::eye::{Eye, Zooming};
use super::interop::{call, set};
use super::palette::Palette;
use super::pulse::Pulses;
use super::scene::{Scene, ratio};
use super::sprites::Sprites;
use super::surface::Surface;
use super::town::Town;
use crate::model::{TownBundle, Viewport};
use geodata::mercator::{Unit, scale_bar};
use geodata::place::{BBox, Position};
use leaflet::{Map, MapOptions};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::logging::warn;
use leptos::prelude::*;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, HtmlElement, Window};

/// The scale bar is at most this long, pixels on a desk; a wall enlarges it as it does all else.
const SCALE_ROOM: f64 = 96.0;
/// After a move, the address is written when the map has rested this long.
const REST: Duration = Duration::from_millis(180);

type OnFrame = Closure<dyn FnMut(f64)>;

/// The map, while it is on the page.
pub struct Island {
    pub(super) map: Map,
    pub(super) link: MapLink,
    pub(super) scene: RefCell<Scene>,
    /// Whether the pointer is a finger, which hovers nowhere.
    pub(super) touch: bool,
    pub(super) window: Window,
    pub(super) container: HtmlElement,
    pub(super) room: HtmlElement,
    tiles: RefCell<Option<Tiles>>,
    pulses: RefCell<Pulses>,
    zooming: Cell<Option<Zooming>>,
    /// Where to look when the zoom is over: in the middle of one Leaflet hears nothing.
    pub(super) next: Cell<Option<(Unit, f64)>>,
    moving: Cell<bool>,
    /// Set when tokens may have changed: read again at the next frame, when the page has its new style.
    restyle: Cell<bool>,
    on_frame: RefCell<Option<OnFrame>>,
    requested: Cell<Option<i32>>,
    rest: Cell<Option<TimeoutHandle>>,
    /// Metres of the scale bar, and pixels.
    scale: RwSignal<(f64, f64)>,
    handles: RefCell<Vec<Box<dyn Any>>>,
}

impl Island {
    /// Makes the map in its container, and shows what the link asks for. `room` is an element that lies where no card
    /// covers the map.
    ///
    /// # Errors
    /// What Leaflet or the browser threw: Leaflet is not there, or there is no canvas.
    pub fn new(
        (container, room): (&HtmlElement, &HtmlElement),
        bundle: &TownBundle,
        link: &MapLink,
        scale: RwSignal<(f64, f64)>,
    ) -> Result<Rc<Self>, JsValue> {
        let window = web_sys::window().ok_or("no window")?;
        let document = window.document().ok_or("no document")?;
        let matches = |query| window.match_media(query).ok().flatten().is_some_and(|list| list.matches());
        let map = Map::new_with_element(container, &options(matches("(prefers-reduced-motion: reduce)")))?;
        let pane = |name: &str, class: &str| {
            let pane = map.create_pane_by_name(name);
            pane.set_class_name(&format!("leaflet-pane {class}"));
            pane
        };
        let base = Surface::new(&document, &pane("map-base", "map-base"))?;
        let pulses = Pulses::new(document.clone(), pane("map-pulses", "map-pulses"));
        let live = Surface::new(&document, &pane("map-live", "map-live"))?;
        let tiles = bundle.town.basemap.as_ref().map(|basemap| Tiles::new(&map, basemap));
        let sprites = Sprites::new(Document::clone(&document), Palette::default(), ratio(&window));
        let island = Rc::new(Self {
            map,
            link: *link,
            scene: RefCell::new(Scene::new(Town::new(bundle), sprites, base, live)),
            touch: matches("(hover: none)"),
            window,
            container: container.clone(),
            room: room.clone(),
            tiles: RefCell::new(tiles),
            pulses: RefCell::new(pulses),
            zooming: Cell::new(None),
            next: Cell::new(None),
            moving: Cell::new(false),
            restyle: Cell::new(true),
            on_frame: RefCell::new(None),
            requested: Cell::new(None),
            rest: Cell::new(None),
            scale,
            handles: RefCell::new(Vec::new()),
        });
        island.listen();
        island.look();
        Ok(island)
    }

    /// Keeps something alive for as long as the map.
    pub(super) fn keep(&self, handle: impl Any) {
        self.handles.borrow_mut().push(Box::new(handle));
    }

    fn listen(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let frame = OnFrame::new(move |time| with(&weak, |island| island.frame(time)));
        *self.on_frame.borrow_mut() = Some(frame);
        super::events::listen(self);
        let weak = Rc::downgrade(self);
        let resized = Closure::<dyn FnMut()>::new(move || with(&weak, |island| island.resized()));
        match web_sys::ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            Ok(observer) => {
                observer.observe(&self.container);
                self.keep(Observing(observer, resized));
            }
            Err(error) => warn!("the map can't follow its size: {error:?}"),
        }
    }

    pub(super) fn has_view(&self) -> bool {
        self.map.get_zoom().is_finite()
    }

    fn resized(&self) {
        self.restyle.set(true);
        if self.has_view() {
            self.map.invalidate_size(false);
        } else {
            self.map.invalidate_size(false);
            self.look();
        }
        self.request();
    }

    /// The page may have changed its style.
    pub fn restyle(&self) {
        self.restyle.set(true);
        self.request();
    }

    /// Changes the scene, and draws it at the next frame.
    pub fn change(&self, change: impl FnOnce(&mut Scene)) {
        change(&mut self.scene.borrow_mut());
        self.request();
    }

    /// Asks for a frame, if none has been asked for.
    pub(super) fn request(&self) {
        if self.requested.get().is_some() {
            return;
        }
        let frame = self.on_frame.borrow();
        let Some(frame) = frame.as_ref() else { return };
        match self.window.request_animation_frame(frame.as_ref().unchecked_ref()) {
            Ok(id) => self.requested.set(Some(id)),
            Err(error) => warn!("no frame to draw in: {error:?}"),
        }
    }

    /// Where the map looks now, also in the middle of an animated zoom.
    pub(super) fn eye(&self) -> Option<Eye> {
        self.has_view().then(|| Eye::of(&self.map)).flatten()
    }

    fn frame(&self, time: f64) {
        self.requested.set(None);
        if !self.is_zooming()
            && let Some((middle, zoom)) = self.next.take()
        {
            self.set_view(middle, zoom, true);
        }
        let Some(now) = self.eye() else { return };
        if self.restyle.take() {
            let palette = Palette::read(&self.window, &self.container);
            self.scene.borrow_mut().renew(palette, ratio(&self.window));
        }
        let (eye, goal, moving) = match self.zooming.get() {
            Some(zooming) => (zooming.at(time), zooming.to.zoom(), true),
            None => (now, now.zoom(), self.moving.get()),
        };
        let mut scene = self.scene.borrow_mut();
        let first = !scene.is_drawn();
        scene.frame(&eye, moving, goal);
        let pulses = self.pulses.borrow();
        if !pulses.is_empty() {
            pulses.lay(|id| scene.crowd.seen_at(id, goal).map(|at| eye.layer(at)).filter(|_| scene.layers.incidents));
        }
        drop((scene, pulses));
        if self.zooming.get().is_some() {
            self.request();
        }
        if first {
            self.rested();
            self.link.drawn.set(true);
        }
    }

    /// Whether a zoom is on its way.
    pub(super) fn is_zooming(&self) -> bool {
        self.zooming.get().is_some()
    }

    /// A zoom is announced.
    pub(super) fn zooming(&self, event: &JsValue) {
        let Some(from) = self.eye() else { return };
        let Some(to) = from.after(&self.map, event) else { return };
        self.scene.borrow_mut().prepare(&to);
        let since = self.now();
        self.zooming.set(Some(Zooming { from, to, since }));
        self.request();
    }

    /// The zoom has begun, or is over.
    pub(super) fn set_moving(&self, moving: bool) {
        self.moving.set(moving);
        if !moving {
            self.zooming.set(None);
        }
        self.request();
    }

    /// The map has moved: tells where it looks, at once to the list, and to the address when it has rested.
    pub(super) fn moved(self: &Rc<Self>) {
        self.request();
        let Some(eye) = self.eye() else { return };
        self.link.bounds.set(Some(bbox(&eye)));
        let weak = Rc::downgrade(self);
        self.stir();
        match set_timeout_with_handle(move || with(&weak, |island| island.rested()), REST) {
            Ok(handle) => self.rest.set(Some(handle)),
            Err(error) => warn!("the map's place can't be written: {error:?}"),
        }
    }

    /// The map moves again: what waits for its rest waits on.
    pub(super) fn stir(&self) {
        if let Some(handle) = self.rest.take() {
            handle.clear();
        }
    }

    fn rested(&self) {
        let Some(eye) = self.eye() else { return };
        let middle = eye.under(eye.size.0 / 2.0, eye.size.1 / 2.0);
        let (east, north) = middle.metres();
        let room = SCALE_ROOM * self.scene.borrow().enlargement();
        self.scale.set(scale_bar(f64::midpoint(east, north) / eye.scale, room));
        self.link.bounds.set(Some(bbox(&eye)));
        if let Ok(centre) = Position::new(middle.lon(), middle.lat()) {
            let viewport = (!self.shows_town(middle, eye.zoom())).then(|| Viewport { centre, zoom: eye.zoom() });
            if self.link.viewport.get_untracked() != viewport {
                self.link.viewport.set(viewport);
            }
        }
        let mut scene = self.scene.borrow_mut();
        if scene.is_off_centre(&eye) {
            scene.recentre();
            drop(scene);
            self.request();
        } else {
            // While there is time: the next step of a zoom finds its groups made.
            for step in [1.0, -1.0, 0.5, -0.5] {
                scene.crowd.layout((eye.zoom() + step).clamp(MIN_ZOOM, MAX_ZOOM));
            }
        }
    }

    /// A hand over what can be pressed.
    pub(super) fn set_cursor(&self, pressable: bool) {
        if let Err(error) = self.container.class_list().toggle_with_force("is-over-mark", pressable) {
            warn!("the pointer could not be changed: {error:?}");
        }
    }

    /// Milliseconds by the clock that frames are given.
    pub(super) fn now(&self) -> f64 {
        self.window.performance().map_or(0.0, |clock| clock.now())
    }

    /// Starts beats for incidents that have just come in.
    pub fn pulse(&self, fresh: &[i64]) {
        let scene = self.scene.borrow();
        let severity = |id| {
            let index = scene.crowd.index(id)?;
            Some(scene.crowd.spots()[index].symbol.severity.number())
        };
        self.pulses.borrow_mut().follow(fresh, self.now(), severity);
        self.request();
    }

    /// Shows or hides the configured tiles.
    pub fn show_tiles(&self, shown: bool) {
        let mut tiles = self.tiles.borrow_mut();
        let Some(tiles) = tiles.as_mut() else { return };
        if tiles.show(&self.map, shown) {
            self.change(|scene| {
                scene.over_tiles = shown;
                scene.touch();
            });
        }
    }
}

impl Drop for Island {
    fn drop(&mut self) {
        if let Some(id) = self.requested.take()
            && let Err(error) = self.window.cancel_animation_frame(id)
        {
            warn!("a frame could not be called off: {error:?}");
        }
        self.stir();
        self.handles.borrow_mut().clear();
        self.tiles.borrow_mut().take();
        // A zoom under way ends by a timer of Leaflet's own, which would find no map any more; without this mark it finds nothing to end.
        set(&self.map, "_animatingZoom", &JsValue::FALSE);
        call(&self.map, "remove", &[]);
    }
}

/// Does something with the map if it is still there.
pub(super) fn with(weak: &Weak<Island>, act: impl FnOnce(&Rc<Island>)) {
    if let Some(island) = weak.upgrade() {
        act(&island);
    }
}

struct Observing(
    web_sys::ResizeObserver,
    #[expect(dead_code, reason = "held while it is called")] Closure<dyn FnMut()>,
);

impl Drop for Observing {
    fn drop(&mut self) {
        self.0.disconnect();
    }
}

fn options(calm: bool) -> MapOptions {
    let options = MapOptions::new();
    options.set_attribution_control(false);
    options.set_zoom_control(false);
    options.set_min_zoom(MIN_ZOOM);
    options.set_max_zoom(MAX_ZOOM);
    options.set_zoom_snap(0.25);
    options.set_zoom_delta(1.0);
    options.set_wheel_px_per_zoom_level(90.0);
    options.set_track_resize(false);
    options.set_zoom_animation(!calm);
    options.set_fade_animation(!calm);
    options.set_inertia(!calm);
    options.set_bounce_at_zoom_limits(false);
    options
}

fn bbox(eye: &Eye) -> BBox {
    let (min, max) = (eye.under(0.0, 0.0), eye.under(eye.size.0, eye.size.1));
    BBox {
        west: min.lon().max(-180.0),
        south: max.lat().max(-90.0),
        east: max.lon().min(180.0),
        north: min.lat().min(90.0),
    }
}
