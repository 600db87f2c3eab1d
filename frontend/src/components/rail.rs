//! The rail: the view, and what can be shown or put away around it. On a phone it lies at the bottom.

use super::icons::{HELP, LAYERS, LEGEND, LIST, MAP, icon};
use super::{Page, Say, act, go_home};
use crate::state::ui::Sheet;
use leptos::prelude::*;

/// The rail.
pub fn rail(page: Page, say: Say) -> AnyView {
    let (w, ui) = (say.w, page.ui);
    let home = move || {
        ui.sheet.set(Sheet::Low);
        go_home(page);
    };
    let list = move || {
        if super::small_screen() {
            ui.panel.set(true);
            ui.sheet.update(|s| *s = if *s == Sheet::Low { Sheet::Half } else { Sheet::Low });
        } else {
            ui.panel.update(|p| *p = !*p);
        }
    };
    let list_on = move || if super::small_screen() { ui.sheet.get() != Sheet::Low } else { ui.panel.get() };
    view! {
        <nav class="rail" aria-label=w.nav>
            <button type="button" class="here" aria-current="page" title=w.nav_map_long on:click=act(home)>
                {icon(MAP)}
                {w.nav_map}
            </button>
            {toggle(LIST, w.nav_list, w.nav_list_long, list_on, list)}
            {toggle(LAYERS, w.nav_layers, w.nav_layers_long, move || ui.layers.get(), move || flip(page, ui.layers))}
            {toggle(LEGEND, w.nav_legend, w.nav_legend_long, move || ui.legend.get(), move || flip(page, ui.legend))}
            <span class="space"></span>
            <button type="button" title=w.nav_help_long aria-haspopup="dialog" on:click=act(move || ui.help.set(true))>
                {icon(HELP)}
                {w.nav_help}
            </button>
        </nav>
    }
    .into_any()
}

/// Opens or closes a card; a phone has room for one, above a lowered sheet.
fn flip(page: Page, card: RwSignal<bool>) {
    let open = !card.get_untracked();
    if super::small_screen() && open {
        page.ui.layers.set(false);
        page.ui.legend.set(false);
        page.ui.sheet.set(Sheet::Low);
    }
    card.set(open);
}

fn toggle(
    path: &'static str,
    text: &'static str,
    long: &'static str,
    on: impl Fn() -> bool + Copy + Send + Sync + 'static,
    press: impl FnMut() + 'static,
) -> AnyView {
    view! {
        <button type="button" title=long aria-pressed=move || if on() { "true" } else { "false" } on:click=act(press)>
            {icon(path)}
            {text}
        </button>
    }
    .into_any()
}
