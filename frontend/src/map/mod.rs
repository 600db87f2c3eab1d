//! The map: an imperative island. Only this module touches Leaflet.
//!
//! Two canvases in Leaflet's panes carry everything: [`scene`] draws them, from things projected once ([`town`],
//! [`crowd`]) and the [`eye`]'s place above them; [`view`] owns the Leaflet map and says when to draw, [`aim`] where it looks; [`events`] and
//! [`hit`] answer people; [`follow`] keeps it all in step with the signals of [`MapLink`].

mod aim;
mod basemap;
mod controls;
mod crowd;
mod events;
mod eye;
mod follow;
mod hit;
mod interop;
mod layers;
mod palette;
mod pulse;
mod scene;
mod sprites;
mod surface;
mod town;
mod view;

use crate::model::{Buildings, Command, Hover, Lang, Layers, Target, Theme, TownBundle, Viewport};
use crate::state::watch;
use controls::{Buttons, Scale};
use follow::Held;
use geodata::Time;
use geodata::place::{BBox, Position};
use geodata::wire::IncidentFeature;
use leptos::logging::warn;
use leptos::prelude::*;
use std::sync::Arc;
use view::Island;

/// What the map reads and what it tells. Everything it reads is derived elsewhere; it keeps no copy of the truth.
#[derive(Clone, Copy)]
pub struct MapLink {
    /// Incidents that the filter lets through (its box apart), newest first. Shared one by one, so that a new event
    /// copies pointers and not twenty thousand texts.
    pub incidents: Signal<Arc<Vec<Arc<IncidentFeature>>>>,
    /// Buildings, once fetched.
    pub buildings: Signal<Option<Arc<Buildings>>>,
    /// Which layers are drawn.
    pub layers: Signal<Layers>,
    /// How deeply each grid is shaded, in the town's order of grids; empty where none is.
    pub shades: Signal<Vec<Option<usize>>>,
    /// The language of labels.
    pub lang: Signal<Lang>,
    /// Light or dark: colours are read from the style sheet's tokens when it changes.
    pub theme: Signal<Theme>,
    /// The server's time, ticking every few seconds; lateness is reckoned by it.
    pub now: Signal<Time>,
    /// Incidents that arrived in the last seconds, to pulse: id.
    pub fresh: Signal<Vec<i64>>,
    /// What to do once.
    pub command: Signal<Option<(u64, Command)>>,
    /// What is selected; set by a click on the map (`None` outside the town).
    pub selected: RwSignal<Option<Target>>,
    /// Whether a press on the ground selects the very place, or the area that it lies in.
    pub places: bool,
    /// The cameras that see the selected place, in the town's order of cameras.
    pub seeing: Signal<Vec<i64>>,
    /// What is pointed at; set by the map, and by the list.
    pub hovered: RwSignal<Option<Target>>,
    /// What the pointer rests on and where: for the tooltip.
    pub tooltip: WriteSignal<Option<Hover>>,
    /// Where the map looks; `None` is the whole town. Read once at the start, written after each move.
    pub viewport: RwSignal<Option<Viewport>>,
    /// The box on screen.
    pub bounds: WriteSignal<Option<BBox>>,
    /// Where the pointer is.
    pub pointer: WriteSignal<Option<Position>>,
    /// Set once, when the first frame has been drawn.
    pub drawn: WriteSignal<bool>,
    /// Where a place is asked for: set to what is pressed, unless that is an incident.
    pub pick: Option<WriteSignal<Option<Position>>>,
}

/// The map of one town, filling its parent.
#[component]
pub fn MapView(
    /// The town and its fixed things.
    town: Arc<TownBundle>,
    /// What the map reads and tells.
    link: MapLink,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    let room = NodeRef::<leptos::html::Div>::new();
    let held: Held = StoredValue::new_local(None);
    let scale = RwSignal::new((0.0, 0.0));
    // Leaflet gives the map the focus when it is pressed; only who came by keys needs to see that.
    let pressed = RwSignal::new(false);
    let credit = town.town.basemap.as_ref().map(|basemap| basemap.attribution.clone());
    watch(move || {
        let (Some(element), Some(room)) = (node.get(), room.get()) else { return };
        match Island::new((&element, &room), &town, &link, scale) {
            Ok(island) => {
                held.set_value(Some(island));
                follow::follow(held, &link);
            }
            Err(error) => warn!("the map could not be made: {error:?}"),
        }
    });
    on_cleanup(move || drop(held.try_update_value(Option::take)));
    let label = move || {
        let (zh, en) = if link.places {
            (
                "全镇地图：方向键移动，加减键缩放，Home 键看全镇，Enter 键看地图中心处",
                "Map of the town. Arrow keys move it, plus and minus zoom, Home shows the whole town, Enter tells of the place in the middle",
            )
        } else {
            (
                "全镇地图：方向键移动，加减键缩放，Home 键看全镇",
                "Map of the town. Arrow keys move it, plus and minus zoom, Home shows the whole town",
            )
        };
        controls::in_words(link.lang.get(), zh, en)
    };
    let shown = move || link.layers.get().basemap;
    view! {
        <div class="map">
            <div class="map-box" node_ref=node tabindex="0" role="application" aria-label=label
                class:is-pressed=move || pressed.get() on:pointerdown=move |_| pressed.set(true)
                on:keydown=move |event| {
                    pressed.set(false);
                    controls::press_key(held, &event.key());
                }>
            </div>
            <div class="map-room" node_ref=room></div>
            <Buttons held=held lang=link.lang/>
            <div class="map-foot">
                <Scale scale=scale lang=link.lang/>
                {credit.map(|credit| view! { <span class="map-credit" hidden=move || !shown()>{credit}</span> })}
            </div>
        </div>
    }
}
