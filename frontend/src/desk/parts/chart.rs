//! A small map on a page of the desk: the same island as the commander's, with a few incidents on it, and a place to be
//! picked where one is asked for.

use crate::desk::parts::remote;
use crate::desk::{Desk, Say};
use crate::map::{MapLink, MapView};
use crate::model::{Command, Layers, Target, Viewport};
use crate::state::remote::Remote;
use geodata::place::Position;
use geodata::wire::IncidentFeature;
use leptos::prelude::*;
use std::sync::Arc;

/// Close enough to know the place by its roads and houses.
const CLOSE: f64 = 15.5;

/// What is pointed at and selected on the map.
#[derive(Clone, Copy)]
pub struct Chart {
    /// What is selected, on the map or beside it.
    pub selected: RwSignal<Option<Target>>,
    command: RwSignal<Option<(u64, Command)>>,
}

impl Chart {
    /// A map of the town, which is fetched if it is not here yet.
    pub fn new(desk: Desk) -> Self {
        desk.need_ground();
        Self { selected: RwSignal::new(None), command: RwSignal::new(None) }
    }

    /// Brings a place to the middle.
    pub fn centre(self, at: Position) {
        self.command.update(|c| *c = Some((c.as_ref().map_or(1, |(n, _)| n + 1), Command::Centre(at, CLOSE))));
    }
}

/// The map; `near` is where it looks at first, the whole town where it is absent. `pick` is set to the place that is
/// pressed.
pub fn view(
    desk: Desk,
    say: Say,
    chart: Chart,
    incidents: Signal<Arc<Vec<Arc<IncidentFeature>>>>,
    near: Option<[f64; 2]>,
    pick: Option<WriteSignal<Option<Position>>>,
) -> AnyView {
    let centre = near.and_then(|[lon, lat]| Position::new(lon, lat).ok());
    let link = MapLink {
        incidents,
        buildings: desk.ground.buildings.into(),
        layers: Signal::stored(Layers { cameras: false, ..Layers::default() }),
        shades: Signal::stored(Vec::new()),
        lang: desk.looks.lang.into(),
        theme: desk.looks.theme.into(),
        now: desk.clock.now,
        fresh: Signal::stored(Vec::new()),
        command: chart.command.into(),
        selected: chart.selected,
        places: false,
        seeing: Signal::stored(Vec::new()),
        hovered: RwSignal::new(None),
        tooltip: RwSignal::new(None).write_only(),
        viewport: RwSignal::new(centre.map(|centre| Viewport { centre, zoom: CLOSE })),
        bounds: RwSignal::new(None).write_only(),
        pointer: RwSignal::new(None).write_only(),
        drawn: RwSignal::new(false).write_only(),
        pick,
    };
    let map = move || match desk.ground.bundle.get() {
        Remote::Ready(town) => view! { <MapView town=town link=link/> }.into_any(),
        Remote::Loading => view! { <p class="map-wait" role="status">{say.d.loading}</p> }.into_any(),
        failed @ Remote::Failed(_) => {
            let why = remote(say, &failed, move || desk.fetch_ground(), |_| ().into_any());
            view! { <div class="map-wait">{why}</div> }.into_any()
        }
    };
    view! { <div class="chart" class:picking=pick.is_some()>{move || map()}</div> }.into_any()
}
