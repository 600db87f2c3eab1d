//! A secret that is shown once.

use crate::components::act;
use crate::components::icons::icon;
use crate::desk::icons::COPY;
use crate::desk::{Desk, Say};
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A secret in large letters, with a button that copies it.
pub fn copyable(desk: Desk, say: Say, label: &'static str, shown: String, copied: String) -> AnyView {
    let copy = move || {
        let copied = copied.clone();
        leptos::task::spawn_local(async move {
            // There is no clipboard where the page did not come over a safe line: then it is read off the screen.
            let done = JsFuture::from(window().navigator().clipboard().write_text(&copied)).await;
            if done.is_ok() {
                desk.toasts.tell(say.d.copied);
            }
        });
    };
    let has_clipboard = window().is_secure_context();
    view! {
        <p class="secret">
            <span class="unseen">{label}</span>
            <code translate="no">{shown}</code>
            {has_clipboard.then(|| view! {
                <button class="quiet square" type="button" aria-label=say.d.copy title=say.d.copy on:click=act(copy)>{icon(COPY)}</button>
            })}
        </p>
    }
    .into_any()
}
