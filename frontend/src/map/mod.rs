//! The map: an imperative island. Only this module touches Leaflet.

use crate::model::{Buildings, Command, Hover, Lang, Layers, Target, Theme, TownBundle, Viewport};
use geodata::Time;
use geodata::place::{BBox, Position};
use geodata::wire::IncidentFeature;
use leptos::prelude::*;
use std::sync::Arc;

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
    /// What is selected; set by a click on the map (`None` on empty ground).
    pub selected: RwSignal<Option<Target>>,
    /// What is pointed at; set by the map, and by the list.
    pub hovered: RwSignal<Option<Target>>,
    /// What the pointer rests on and where: for the tooltip.
    pub tooltip: WriteSignal<Option<Hover>>,
    /// Where the map looks. Read once at the start (`None`: the whole town), written after each move.
    pub viewport: RwSignal<Option<Viewport>>,
    /// The box on screen.
    pub bounds: WriteSignal<Option<BBox>>,
    /// Where the pointer is.
    pub pointer: WriteSignal<Option<Position>>,
    /// Set once, when the first frame has been drawn.
    pub drawn: WriteSignal<bool>,
}

/// The map of one town, filling its parent.
#[component]
pub fn MapView(town: Arc<TownBundle>, link: MapLink) -> impl IntoView {
    let _ = (town, link);
    view! { <div class="map" tabindex="0"></div> }
}
