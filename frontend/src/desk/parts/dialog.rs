//! A question over the page. The browser's own `dialog` keeps the focus in it, makes the rest of the page inert, closes
//! on Escape and gives the focus back to what had it.

use crate::components::act;
use crate::components::icons::{CLOSE, icon};
use crate::desk::Say;
use crate::state::watch;
use leptos::html::Dialog;
use leptos::prelude::*;

/// A dialogue that is there while `open` holds something, and shows what `body` makes of it; its title is `title`.
/// The body is made anew each time it opens, so that a form in it starts empty. Setting `open` to `None` closes it.
pub fn dialog<T: Clone + Send + Sync + 'static>(
    say: Say,
    open: RwSignal<Option<T>>,
    title: impl Fn(&T) -> String + Send + 'static,
    body: impl Fn(T) -> AnyView + Send + 'static,
) -> AnyView {
    let node = NodeRef::<Dialog>::new();
    watch(move || {
        let Some(dialog) = node.get() else { return };
        let wanted = open.with(Option::is_some);
        if wanted && !dialog.open() {
            // Fails only for a dialogue that is not in the page.
            let _ = dialog.show_modal();
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    let content = move || {
        open.get().map(|thing| {
            view! {
                <header>
                    <h2 id="dialog-title">{title(&thing)}</h2>
                    <button class="quiet square" type="button" aria-label=say.d.close on:click=act(move || open.set(None))>
                        {icon(CLOSE)}
                    </button>
                </header>
                <div class="body">{body(thing)}</div>
            }
            .into_any()
        })
    };
    view! {
        <dialog class="ask" node_ref=node aria-labelledby="dialog-title" on:close=move |_| open.set(None)>
            {move || content()}
        </dialog>
    }
    .into_any()
}
