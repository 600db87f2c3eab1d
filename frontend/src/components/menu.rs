//! Menus: the browser's own `details`, closed by [`close_when_left`]; and the account's, which both programs have.

use super::act;
use super::icons::{DOWN, PERSON, icon};
use crate::words::{self, Words};
use geodata::town::Role;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// A menu: `button` is what stands on its button, `label` what readers hear before it, `items` the list.
pub fn menu(class: &'static str, label: String, button: AnyView, items: AnyView) -> AnyView {
    view! {
        <details class=["menu ", class].concat()>
            <summary class="quiet"><span class="unseen">{label}</span>{button}</summary>
            <div class="items">{items}</div>
        </details>
    }
    .into_any()
}

/// Closes menus when something else is pressed or gets the focus, when one of their items was, and on Escape. Called
/// once by each program; it lasts as long as the page.
pub fn close_when_left() {
    for name in ["pointerdown", "focusin", "click", "keydown"] {
        let handle = window_event_listener_untyped(name, move |event| {
            let key = event.dyn_ref::<web_sys::KeyboardEvent>();
            if key.is_some_and(|key| key.key() != "Escape") {
                return;
            }
            let target = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
            let within = |selector| target.as_ref().and_then(|t| t.closest(selector).ok().flatten());
            let chosen = name == "click" && within(".menu .items a, .menu .items button").is_some();
            let own = within(".menu").filter(|_| key.is_none() && !chosen);
            let Ok(open) = document().query_selector_all(".menu[open]") else { return };
            for menu in (0..open.length()).filter_map(|i| open.get(i)?.dyn_into::<web_sys::Element>().ok()) {
                if own.as_ref() != Some(&menu) {
                    // Removing an attribute cannot fail.
                    let _ = menu.remove_attribute("open");
                }
            }
        });
        on_cleanup(move || handle.remove());
    }
}

/// Whoever is signed in, by name and role; under it what waits for them, their account, and the way out. `at` turns a
/// path into an address, `badge` tells how many incidents wait.
pub fn account(
    w: &'static Words,
    (name, role): (&str, Role),
    at: impl Fn(&str) -> String,
    badge: impl Fn() -> AnyView,
    sign_out: impl Fn() + 'static,
) -> AnyView {
    let role_name = words::of(w.role, role.word());
    let button = view! {
        {icon(PERSON)}
        <span class="who">{name.to_owned()}<small>{role_name}</small></span>
        {badge()}
        {icon(DOWN)}
    };
    let work = role.sees_cases().then(|| view! { <a href=at("/work")>{w.my_work}{badge()}</a> });
    let items = view! {
        <p><b>{name.to_owned()}</b><small>{role_name}</small></p>
        {work}
        <a href=at("/account")>{w.my_account}</a>
        <button type="button" on:click=act(sign_out)>{w.sign_out}</button>
    };
    menu("account", w.account_menu.to_owned(), button.into_any(), items.into_any())
}
