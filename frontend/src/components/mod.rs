//! The chrome around the map. Plain functions from state to a view; none knows Leaflet.

pub mod alert;
pub mod banner;
pub mod bar;
pub mod cards;
pub mod detail;
pub mod filters;
pub mod help;
pub mod icons;
pub mod list;
pub mod menu;
pub mod panel;
pub mod rail;
pub mod search;
pub mod strip;
pub mod symbol;
pub mod tools;
pub mod tooltip;

use crate::format::Dates;
use crate::model::{Buildings, Command, TownBundle};
use crate::state::clock::Clock;
use crate::state::health::Health;
use crate::state::incidents::Incidents;
use crate::state::live::Live;
use crate::state::siren::Siren;
use crate::state::totals::Figures;
use crate::state::town::Lookup as _;
use crate::state::ui::Ui;
use crate::state::url::Url;
use crate::words::{self, Words};
use geodata::town::{CategoryCode, GridCode, VillageCode};
use geodata::wire::IncidentProperties;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use std::sync::Arc;

/// What a part of the page may look at and change: handles, not data. Made once and kept as long as the page is open, so
/// that each of the hundreds of closures holds one pointer.
pub type Page = &'static Parts;

/// The handles.
pub struct Parts {
    /// What the address holds.
    pub url: Url,
    /// What is open and pointed at.
    pub ui: Ui,
    /// The server's time.
    pub clock: Clock,
    /// Whether the server is there.
    pub health: Health,
    /// The incidents.
    pub incidents: Incidents,
    /// The alert's sound.
    pub siren: Siren,
    /// The live feed.
    pub live: &'static Live,
    /// The town's figures.
    pub figures: Figures,
    /// The town.
    pub town: Arc<TownBundle>,
    /// Its buildings, once fetched.
    pub buildings: RwSignal<Option<Arc<Buildings>>>,
}

/// How a part of the page speaks. Parts are built anew when the language changes, so this never changes under them.
#[derive(Clone, Copy)]
pub struct Say {
    /// The texts.
    pub w: &'static Words,
    /// Clock and calendar.
    pub dates: Dates,
}

impl Say {
    /// Where an incident is, in words: village and grid.
    pub fn place(self, town: &TownBundle, incident: &IncidentProperties) -> String {
        self.lies(town, incident.outside, incident.village.as_ref(), incident.grid.as_ref())
    }

    /// Where something lies, in words: village and grid.
    pub fn lies(
        self,
        town: &TownBundle,
        outside: bool,
        village: Option<&VillageCode>,
        grid: Option<&GridCode>,
    ) -> String {
        let w = self.w;
        if outside {
            return w.outside.to_owned();
        }
        let village = village.and_then(|v| town.village(v)).map(|v| w.name(&v.name));
        match (village, grid) {
            (Some(village), Some(grid)) => w.place_grid(village, grid.sequence()),
            (Some(village), None) => village.to_owned(),
            (None, Some(grid)) => grid.to_string(),
            (None, None) => w.unknown_place.to_owned(),
        }
    }

    /// A category's name; its code where the town no longer has it.
    pub fn category(self, town: &TownBundle, code: &CategoryCode) -> String {
        town.category(code).map_or_else(|| code.to_string(), |c| self.w.name(&c.name).to_owned())
    }

    /// A severity in words.
    pub fn severity(self, severity: geodata::incident::Severity) -> &'static str {
        words::of(self.w.severity, symbol::digit(severity))
    }
}

/// Shows the whole town.
pub fn go_home(page: Page) {
    page.ui.tell(Command::WholeTown);
}

/// What a press does. One boxed type for all buttons: a handler of its own type is compiled with all of its element.
pub fn act(mut press: impl FnMut() + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(move |_| press())
}

/// Whether the page is laid out for a phone: the panel is a sheet.
pub fn small_screen() -> bool {
    window().match_media("(max-width: 760px)").ok().flatten().is_some_and(|m| m.matches())
}
