//! A button with a list of links and actions under it, and the account's own: who is signed in, what waits for them, the
//! way out.

use super::act;
use super::icons::{DOWN, PERSON, icon};
use crate::state::session::Session;
use crate::words::{self, Words};
use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// A menu: `button` is what stands on its button, `label` what readers hear, `items` the list, made when it opens.
pub fn menu(
    class: &'static str,
    label: String,
    button: AnyView,
    items: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let open = RwSignal::new(false);
    let node = NodeRef::<Div>::new();
    leave(node, open);
    let expanded = move || if open.get() { "true" } else { "false" };
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
        }
    };
    view! {
        <div class=["menu ", class].concat() node_ref=node on:keydown=escape>
            <button class="quiet" type="button" aria-expanded=expanded aria-label=label
                on:click=act(move || open.update(|o| *o = !*o))>
                {button}
            </button>
            {move || open.get().then(|| view! { <div class="items" on:click=move |_| open.set(false)>{items()}</div> })}
        </div>
    }
    .into_any()
}

/// Closes when something outside is pressed or gets the focus.
fn leave(node: NodeRef<Div>, open: RwSignal<bool>) {
    for event in ["pointerdown", "focusin"] {
        let handle = window_event_listener_untyped(event, move |event| {
            let Some(menu) = node.get_untracked().filter(|_| open.get_untracked()) else { return };
            let target = event.target().and_then(|t| t.dyn_into::<web_sys::Node>().ok());
            if !menu.contains(target.as_ref()) {
                open.set(false);
            }
        });
        on_cleanup(move || handle.remove());
    }
}

/// Whoever is signed in, by name and role; under it what waits for them, their account, and the way out. `waiting` is
/// how many incidents wait, where that is known.
pub fn account(
    w: &'static Words,
    session: Session,
    waiting: Signal<Option<i64>>,
    sign_out: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let built = move || {
        session.me.get().map(|me| {
            let role = words::of(w.role, me.role.word());
            let label = [w.account_menu, " ", &me.name, " · ", role].concat();
            let button = view! {
                {icon(PERSON)}
                <span class="who">{me.name.clone()}<small>{role}</small></span>
                {badge(waiting)}
                {icon(DOWN)}
            };
            let has_work = me.role.sees_cases();
            menu("account", label, button.into_any(), move || {
                let work = has_work
                    .then(|| view! { <a href=session.href("/work")>{w.my_work}{badge(waiting)}</a> }.into_any());
                view! {
                    <p><b>{me.name.clone()}</b><small>{role}</small></p>
                    {work}
                    <a href=session.href("/account")>{w.my_account}</a>
                    <button type="button" on:click=act(sign_out)>{w.sign_out}</button>
                }
                .into_any()
            })
        })
    };
    view! { {move || built()} }.into_any()
}

fn badge(waiting: Signal<Option<i64>>) -> AnyView {
    let text =
        move || waiting.get().filter(|n| *n > 0).map(|n| view! { <b class="badge">{crate::format::count(n)}</b> });
    view! { {move || text()} }.into_any()
}
