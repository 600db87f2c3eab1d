//! The commander's view: the map is the page; around it one bar, one rail, one panel.

use crate::components::{
    Page, Say, alert, banner, bar, cards, go_home, help, panel, rail, search, strip, tools, tooltip,
};
use crate::format::Dates;
use crate::map::{MapLink, MapView};
use crate::words::Words;
use geodata::shade;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// The view.
pub fn commander(page: Page) -> AnyView {
    let zone = page.town.town.time_zone.clone();
    // Parts are built anew when the language changes; the map is not, it is told.
    let say = Memo::new_with_compare(
        move |_| {
            let lang = page.url.lang.get();
            Say { w: Words::of(lang), dates: Dates::new(&zone) }
        },
        |a, b| a.map(|s: &Say| s.w.lang) != b.map(|s| s.w.lang),
    );
    let keys = window_event_listener(leptos::ev::keydown, move |event| key(page, &event));
    on_cleanup(move || keys.remove());
    alert::title(page);
    let town = page.town.clone();
    let class = move || if page.ui.panel.get() { "app" } else { "app wide" };
    let sheet = move || page.ui.sheet.get().class();
    view! {
        <a class="skip" href="#list">{move || say.get().w.skip}</a>
        <div class=move || class()>
            {move || bar::bar(page, say.get())}
            {move || rail::rail(page, say.get())}
            <main class="stage">
                {move || alert::alert(page, say.get())}
                <div class="ground">
                    <MapView town=town link=link(page) />
                    {move || overlays(page, say.get())}
                </div>
            </main>
            <aside class=move || sheet()>{move || panel::panel(page, say.get())}</aside>
        </div>
        {move || help::help(page, say.get())}
    }
    .into_any()
}

fn overlays(page: Page, say: Say) -> AnyView {
    view! {
        {banner::banner(page, say)}
        <div class="cards">
            {cards::layers(page, say)}
            {cards::legend(page, say)}
        </div>
        {tools::reset(page, say)}
        <div class="foot">
            {tools::coordinates(page, say)}
            {strip::strip(page, say)}
        </div>
        {tooltip::tooltip(page, say)}
    }
    .into_any()
}

fn link(page: Page) -> MapLink {
    let (url, ui, clock, incidents) = (page.url, page.ui, page.clock, page.incidents);
    MapLink {
        incidents: incidents.chosen,
        buildings: page.buildings.into(),
        layers: url.layers.into(),
        shades: shades(page).into(),
        lang: url.lang.into(),
        theme: url.theme.into(),
        now: clock.now,
        fresh: incidents.fresh.into(),
        command: ui.command(),
        selected: url.selected,
        places: true,
        seeing: ui.seeing.into(),
        hovered: ui.hovered,
        tooltip: ui.tooltip.write_only(),
        viewport: url.viewport,
        bounds: ui.bounds.write_only(),
        pointer: ui.pointer.write_only(),
        drawn: ui.drawn.write_only(),
        pick: None,
    }
}

/// How deeply each grid is shaded, by what the choice lets through.
fn shades(page: Page) -> Memo<Vec<Option<usize>>> {
    let grids = &page.town.grids.features;
    Memo::new(move |_| {
        page.incidents.chosen.with(|list| {
            let incidents = list.iter().map(|incident| &incident.properties);
            shade::classes(
                page.url.shade.get(),
                incidents,
                grids.iter().map(|f| (&f.properties.code, &f.properties.village)),
            )
        })
    })
}

/// Escape clears, Home shows the whole town, `/` and Ctrl+K lead to the search, unless the key belongs to what has the focus.
fn key(page: Page, event: &KeyboardEvent) {
    let focus = document().active_element();
    let typing = focus.as_ref().is_some_and(|e| matches!(e.tag_name().as_str(), "INPUT" | "SELECT"));
    let walking = focus.is_some_and(|e| e.id() == "list");
    let held = event.ctrl_key() || event.meta_key();
    // What took it has said so; an open dialogue closes itself.
    if event.default_prevented() || page.ui.help.get_untracked() && event.key() != "Home" {
        return;
    }
    match event.key().as_str() {
        "Escape" => page.url.selected.set(None),
        "/" if !typing && !held => {
            event.prevent_default();
            search::focus(page);
        }
        "k" if held && !event.alt_key() && !event.shift_key() => {
            event.prevent_default();
            search::focus(page);
        }
        "Home" if !typing && !walking => {
            event.prevent_default();
            go_home(page);
        }
        _ => {}
    }
}
