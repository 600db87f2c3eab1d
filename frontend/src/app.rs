//! The root: starts every part, and shows the page once the town is here.

use crate::components::{Parts, menu};
use crate::model::{Command, Viewport};
use crate::pages::{self, commander};
use crate::state::clock::Clock;
use crate::state::health::Health;
use crate::state::incidents::Incidents;
use crate::state::live::Live;
use crate::state::remote::Remote;
use crate::state::siren::Siren;
use crate::state::totals::Figures;
use crate::state::town::TownState;
use crate::state::ui::Ui;
use crate::state::url::Url;
use crate::state::watch;
use crate::words::Words;
use geodata::place::BBox;
use leptos::prelude::*;
use std::time::Duration;

/// How long the list waits for the map to say what it shows.
const PATIENCE: Duration = Duration::from_secs(5);

/// Puts the page into the document, in the place of its outline.
pub fn mount() {
    if let Some(outline) = document().get_element_by_id("boot") {
        outline.remove();
    }
    leptos::mount::mount_to_body(app);
}

fn app() -> impl IntoView {
    let (url, clock, health) = (Url::bind(), Clock::start(), Health::new());
    let ui = Ui::new(crate::components::small_screen());
    let town = TownState::new();
    let load = move || town.load(url.town.get_value(), url.lang.get_untracked(), health, clock);
    load();
    menu::close_when_left();
    let incidents = Incidents::new(url, town, clock, ui.bounds.read_only());
    incidents.keep_up_with(url, town, clock, health);
    let figures = Figures::new(url, clock, health);
    let alerts = incidents.alerts;
    let siren = Siren::hang(Signal::derive(move || alerts.waiting.with(|list| !list.is_empty())));
    let live = Live::start(url, clock, health, incidents, figures);
    watch(move || {
        if ui.drawn.get() {
            // The first frame stands: what measures and tests the page waits for this mark.
            if let Some(root) = document().document_element() {
                let _ = root.set_attribute("data-drawn", "true");
            }
            town.load_buildings(url.town.get_value(), url.lang.get_untracked(), health);
        }
    });
    watch(move || {
        if url.arrivals.get() > 0 {
            ui.tell(match url.viewport.get_untracked() {
                Some(Viewport { centre, zoom }) => Command::Centre(centre, zoom),
                None => Command::WholeTown,
            });
        }
    });
    // A browser that can't draw the map shows the list all the same.
    let everywhere = BBox { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
    let give_up = move || {
        if town.get().is_some() && ui.bounds.with_untracked(Option::is_none) {
            ui.bounds.set(Some(everywhere));
        }
    };
    watch(move || {
        if town.get().is_some() {
            set_timeout(give_up, PATIENCE);
        }
    });
    move || match town.bundle.get() {
        Remote::Ready(bundle) => commander::commander(Box::leak(Box::new(Parts {
            url,
            ui,
            clock,
            health,
            incidents,
            siren,
            live,
            figures,
            town: bundle,
            buildings: town.buildings,
        }))),
        Remote::Loading => {
            let w = Words::of(url.lang.get());
            pages::waiting(w, move || health.trouble().map(|trouble| trouble.say(w)))
        }
        Remote::Failed(failure) => pages::failed(Words::of(url.lang.get()), &failure, load),
    }
}
