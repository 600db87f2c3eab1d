//! Small things at the map's edge: back to the whole town, and coordinates.

use super::icons::{WHOLE, icon};
use super::{Page, Say, act, go_home};
use crate::format;
use geodata::place::Position;
use leptos::prelude::*;
use std::time::Duration;

const TOLD: Duration = Duration::from_millis(1_500);

/// Back to the whole town, in one press.
pub fn reset(page: Page, say: Say) -> AnyView {
    let w = say.w;
    view! {
        <button
            class="float reset" type="button" title=w.whole_town aria-label=w.whole_town
            on:click=act(move || go_home(page))
        >
            {icon(WHOLE)}
        </button>
    }
    .into_any()
}

/// The position under the pointer, or of the map's centre where there is none; pressing it copies it.
pub fn coordinates(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let copied = RwSignal::new(false);
    let pointed = move || page.ui.pointer.get();
    let shown = move || pointed().or_else(|| centre(page));
    let copy = move || {
        let Some(at) = page.ui.pointer.get_untracked().or_else(|| untrack(|| centre(page))) else { return };
        let promise = window().navigator().clipboard().write_text(&format::position(at));
        leptos::task::spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(promise).await.is_ok() {
                copied.set(true);
                set_timeout(
                    move || {
                        copied.try_set(false);
                    },
                    TOLD,
                );
            }
        });
    };
    let label = move || if pointed().is_some() { w.pointer } else { w.centre_position };
    view! {
        <button class="float position" class:empty=move || shown().is_none() type="button" title=w.copy_position on:click=act(copy)>
            <span class="unseen">{move || label()}</span>
            <span>{move || if copied.get() { w.copied.to_owned() } else { shown().map(format::position).unwrap_or_default() }}</span>
        </button>
    }
    .into_any()
}

fn centre(page: Page) -> Option<Position> {
    let b = page.ui.bounds.get()?;
    Position::new(f64::midpoint(b.west, b.east), f64::midpoint(b.south, b.north)).ok()
}
