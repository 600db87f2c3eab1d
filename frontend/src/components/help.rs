//! How to read and use the page, in one dialogue.

use super::icons::{CLOSE, icon};
use super::{Page, Say, act};
use crate::state::watch;
use leptos::html::Dialog;
use leptos::prelude::*;

/// The help.
pub fn help(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let dialog = NodeRef::<Dialog>::new();
    watch(move || {
        let Some(dialog) = dialog.get() else { return };
        if page.ui.help.get() == dialog.open() {
            return;
        }
        if dialog.open() {
            dialog.close();
        } else {
            // Fails only for a dialogue that is not in the page.
            let _ = dialog.show_modal();
        }
    });
    let keys = [
        ("← ↑ → ↓", w.key_move),
        ("+ −", w.key_zoom),
        ("Home", w.key_home),
        ("Enter", w.key_place),
        ("↑ ↓", w.key_rows),
        ("Enter", w.key_select),
        ("/", w.key_search),
        ("Esc", w.key_escape),
    ];
    let demonstration = page.town.town.demonstration.then_some(w.demonstration_long);
    view! {
        <dialog class="help" node_ref=dialog aria-label=w.help on:close=move |_| page.ui.help.set(false)>
            <button class="quiet square shut" type="button" aria-label=w.close on:click=act(move || page.ui.help.set(false))>
                {icon(CLOSE)}
            </button>
            <h2>{w.help}</h2>
            <p>{w.help_shapes}</p>
            <p>{w.help_list}</p>
            <p>{w.help_place}</p>
            <p>{w.help_share}</p>
            {demonstration.map(|text| view! { <p>{text}</p> })}
            <h3>{w.help_keys}</h3>
            <dl>
                {keys.map(|(key, what)| view! { <dt><kbd>{key}</kbd></dt><dd>{what}</dd> }).into_view()}
            </dl>
        </dialog>
    }
    .into_any()
}
