//! What pages are made of. All of it works with keys alone, speaks to screen readers, and lays itself out for a phone.
//!
//! - [`form`]: a [`Form`](form::Form) knows which fields are at fault and whether it is being sent; [`form::form`] is its
//!   frame. A refusal of the server finds its field by name.
//! - [`field`]: a label, a control, a hint and what is wrong with it: text, password, long text, choice, switch.
//! - [`left`]: counted time in words.
//! - [`search`]: choosing one or several of many by typing.
//! - [`chart`]: a small map.
//! - [`dialog`]: a question over the page, with the focus kept in it and given back.
//! - [`sieve`]: what a list is sifted by.
//! - [`table`]: rows and columns, which become cards on a phone.
//! - [`toast`]: what is told in passing, with a way back where there is one.
//! - [`menu`](crate::components::menu) is shared with the map.
//!
//! ```ignore
//! let form = Form::new(desk, "password");
//! let old = RwSignal::new(String::new());
//! form::form(say, form, say.d.save, move || form.send(errand(), move |_| desk.toasts.tell("…")), view! {
//!     {field::password(say, form.field("old", say.d.password_old), "current-password", old)}
//! }.into_any())
//! ```

pub mod chart;
pub mod dialog;
pub mod field;
pub mod form;
pub mod left;
pub mod search;
pub mod secret;
pub mod sieve;
pub mod table;
pub mod toast;

use super::Say;
use crate::components::act;
use crate::components::icons::{CLOSE, icon};
use crate::desk::icons::PENCIL;
use crate::state::remote::Remote;
use leptos::prelude::*;

/// A page's head: its title, a sentence under it, and what can be done from here.
pub fn head(title: impl IntoAny, lead: impl IntoAny, actions: impl IntoAny) -> AnyView {
    view! {
        <header class="head">
            <div><h1>{title.into_any()}</h1><p>{lead.into_any()}</p></div>
            <div class="does">{actions.into_any()}</div>
        </header>
    }
    .into_any()
}

/// What stands where there is nothing to list.
pub fn empty(title: &'static str, hint: &'static str) -> AnyView {
    view! { <div class="empty"><b>{title}</b><span>{hint}</span></div> }.into_any()
}

/// An answer's state: lines while it is fetched, the reason when it failed, else what `show` makes of it.
pub fn remote<T: Send + Sync + 'static>(
    say: Say,
    state: &Remote<T>,
    again: impl FnMut() + 'static,
    show: impl FnOnce(&std::sync::Arc<T>) -> AnyView,
) -> AnyView {
    match state {
        Remote::Loading => lines(),
        Remote::Ready(thing) => show(thing),
        Remote::Failed(failure) => view! {
            <div class="empty" role="alert">
                <b>{say.w.failed}</b>
                <span>{crate::pages::reason(say.w, failure)}</span>
                <button type="button" on:click=act(again)>{say.w.retry}</button>
            </div>
        }
        .into_any(),
    }
}

/// Lines in the place of what is being fetched.
pub fn lines() -> AnyView {
    view! { <div class="skeleton lines" aria-hidden="true"><i></i><i></i><i></i><i></i></div> }.into_any()
}

/// A line of a list that is being changed: whose or what it is, what else is told of it, and the ways to change it and to take it out.
pub fn listed(
    say: Say,
    name: &str,
    told: AnyView,
    change: impl FnMut() + 'static,
    take_out: impl FnMut() + 'static,
) -> AnyView {
    let [edit, out] = [say.d.account_edit, say.d.take_out].map(|what| [what, say.d.colon, name].concat());
    view! {
        <span class="what"><b>{name.to_owned()}</b>" "{told}</span>
        <button class="quiet square" type="button" aria-label=edit title=say.d.account_edit on:click=act(change)>{icon(PENCIL)}</button>
        <button class="quiet square" type="button" aria-label=out title=say.d.take_out on:click=act(take_out)>{icon(CLOSE)}</button>
    }
    .into_any()
}

/// A button that does something; `class` is `primary`, `plain`, `danger` or `quiet`.
pub fn button(class: &'static str, text: &'static str, press: impl FnMut() + 'static) -> AnyView {
    view! { <button class=["btn ", class].concat() type="button" on:click=act(press)>{text}</button> }.into_any()
}

/// A button with an icon before its text.
pub fn icon_button(
    class: &'static str,
    path: &'static str,
    text: &'static str,
    press: impl FnMut() + 'static,
) -> AnyView {
    view! {
        <button class=["btn ", class].concat() type="button" on:click=act(press)>{icon(path)}<span>{text}</span></button>
    }
    .into_any()
}
