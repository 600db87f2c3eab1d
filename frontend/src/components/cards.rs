//! The cards on the map: layers and legend.

use super::symbol::symbol;
use super::{Page, Say};
use crate::format;
use crate::state::address::{SWITCHES, Switch};
use crate::words;
use geodata::incident::Severity;
use geodata::shade::{CLASSES, Shade};
use leptos::prelude::*;
use strum::VariantArray as _;

/// The layers, with how much each holds.
pub fn layers(page: Page, say: Say) -> AnyView {
    let has_basemap = page.town.town.basemap.is_some();
    let rows = SWITCHES.into_iter().filter(move |(word, _)| *word != "basemap" || has_basemap);
    view! {
        <section class="card layers" class:shut=move || !page.ui.layers.get() aria-label=say.w.layers>
            <h2>{say.w.layers}</h2>
            {rows.map(|switch| layer(page, say, switch)).collect_view()}
            {shading(page, say)}
        </section>
    }
    .into_any()
}

fn layer(page: Page, say: Say, (word, switch): Switch) -> AnyView {
    let on = move || page.url.layers.with(|layers| *switch(&mut layers.clone()));
    let turn = move |_| {
        page.url.layers.update(|layers| {
            let place = switch(layers);
            *place = !*place;
        });
    };
    view! {
        <label data-layer=word>
            <input type="checkbox" prop:checked=move || on() on:change=turn />
            <span>{words::of(say.w.layer, word)}</span>
            <em data-count="">{move || held(page, word).map(format::count)}</em>
        </label>
    }
    .into_any()
}

/// What grids are shaded by, and what the shades mean.
fn shading(page: Page, say: Say) -> AnyView {
    let (w, shade) = (say.w, page.url.shade);
    let choose = move |event| {
        if let Ok(chosen) = event_target_value(&event).parse() {
            shade.set(chosen);
        }
    };
    let option = move |one: &Shade| {
        let one = *one;
        let chosen = move || shade.get() == one;
        view! { <option value=one.word() prop:selected=move || chosen()>{words::of(w.shade, one.word())}</option> }
            .into_any()
    };
    let scale = move || (shade.get() != Shade::Off).then(|| scale(say));
    view! {
        <label class="shading">
            <span>{w.shading}</span>
            <select on:change=choose>{Shade::VARIANTS.iter().map(option).collect_view()}</select>
        </label>
        {move || scale()}
    }
    .into_any()
}

/// The classes with their counts: the same whatever is shown.
fn scale(say: Say) -> AnyView {
    let classes = CLASSES.iter().enumerate().map(|(i, least)| {
        let text = match CLASSES.get(i + 1) {
            Some(next) if next - 1 > *least => [least.to_string(), (next - 1).to_string()].join("–"),
            Some(_) => least.to_string(),
            None => [&least.to_string(), "+"].concat(),
        };
        view! { <li><i></i>{text}</li> }.into_any()
    });
    view! { <ol class="shades" aria-label=say.w.shades>{classes.collect_view()}</ol> }.into_any()
}

/// How many things a layer holds; roads are not counted, because nobody asks.
fn held(page: Page, layer: &str) -> Option<i64> {
    let count = match layer {
        "incidents" => page.incidents.chosen.with(|list| list.len()),
        "cameras" => page.town.cameras.features.len(),
        "grids" => page.town.grids.features.len(),
        "villages" => page.town.villages.features.len(),
        "buildings" => page.buildings.with(|b| b.as_ref().map(|b| b.features.len()))?,
        _ => return None,
    };
    i64::try_from(count).ok()
}

/// What the signs mean.
pub fn legend(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let severities = Severity::ALL.map(|severity| row(symbol(severity, true, || false), say.severity(severity)));
    let least = Severity::ALL[3];
    view! {
        <section class="card legend" class:shut=move || !page.ui.legend.get() aria-label=w.legend>
            <h2>{w.legend}</h2>
            {severities.into_view()}
            {row(symbol(least, false, || false), w.legend_hollow)}
            {row(ring(), w.legend_late)}
            {row(group(), w.legend_group)}
            {row(camera(), w.legend_camera)}
        </section>
    }
    .into_any()
}

fn row(sign: AnyView, text: &'static str) -> AnyView {
    view! { <p>{sign}<span>{text}</span></p> }.into_any()
}

/// Several in one place, as the map draws them.
fn group() -> AnyView {
    view! {
        <svg class="sym group" viewBox="-13 -13 26 26" aria-hidden="true">
            <circle r="10"></circle>
            <text y="5">"3"</text>
        </svg>
    }
    .into_any()
}

/// A camera and what it sees.
fn camera() -> AnyView {
    view! {
        <svg class="sym camera" viewBox="-13 -13 26 26" aria-hidden="true">
            <path d="M-6 4L6-10A20 20 0 0 1 12 10Z"></path>
            <circle cx="-6" cy="4" r="4"></circle>
        </svg>
    }
    .into_any()
}

fn ring() -> AnyView {
    view! {
        <svg class="sym late alone" viewBox="-13 -13 26 26" aria-hidden="true">
            <circle r="10"></circle>
        </svg>
    }
    .into_any()
}
