//! What stands on the map itself: its buttons, its scale, and who made its tiles.

use super::events::{fold, select_middle};
use super::follow::Held;
use super::view::Island;
use crate::model::Lang;
use leptos::prelude::*;

fn with(held: Held, act: impl FnOnce(&Island)) {
    let island = held.try_with_value(Clone::clone).flatten();
    if let Some(island) = island {
        act(&island);
    }
}

/// Escape puts a fan back together, Enter selects the place in the middle. Leaflet moves and zooms by the keys; Home is the
/// page's.
pub fn press_key(held: Held, key: &str) {
    match key {
        "Escape" => with(held, fold),
        "Enter" | "i" => with(held, select_middle),
        _ => {}
    }
}

/// Zoom in, zoom out.
#[component]
pub fn Buttons(held: Held, lang: Signal<Lang>) -> impl IntoView {
    let title = move |zh: &'static str, en: &'static str| move || in_words(lang.get(), zh, en);
    view! {
        <div class="map-buttons">
            <button type="button" title=title("放大", "Zoom in") aria-label=title("放大", "Zoom in")
                on:click=move |_| with(held, |island| island.zoom_by(1.0))>
                <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 4v12M4 10h12"/></svg>
            </button>
            <button type="button" title=title("缩小", "Zoom out") aria-label=title("缩小", "Zoom out")
                on:click=move |_| with(held, |island| island.zoom_by(-1.0))>
                <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M4 10h12"/></svg>
            </button>
        </div>
    }
}

/// A scale bar in metres.
#[component]
pub fn Scale(scale: RwSignal<(f64, f64)>, lang: Signal<Lang>) -> impl IntoView {
    let length = move || {
        let (metres, _) = scale.get();
        let (number, unit) = match lang.get() {
            Lang::Zh if metres >= 1_000.0 => (metres / 1_000.0, " 千米"),
            Lang::Zh => (metres, " 米"),
            Lang::En if metres >= 1_000.0 => (metres / 1_000.0, " km"),
            Lang::En => (metres, " m"),
        };
        [&crate::format::trimmed(number, 1), unit].concat()
    };
    view! {
        <div class="map-scale" style:width=move || [&crate::format::whole(scale.get().1), "px"].concat() aria-hidden="true">
            {move || length()}
        </div>
    }
}

/// The words of a language.
pub fn in_words(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
