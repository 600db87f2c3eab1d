//! The page's views, and what it says when there is none to show.

pub mod commander;

use crate::api::Failure;
use crate::components::bar::mark;
use crate::words::Words;
use leptos::prelude::*;

/// Why something did not come, in a sentence.
pub fn reason(w: &Words, failure: &Failure) -> String {
    match failure {
        Failure::Offline => w.offline.to_owned(),
        Failure::Unreachable | Failure::Aborted => w.unreachable.to_owned(),
        Failure::Away(_) => w.database_away.to_owned(),
        Failure::Busy(_) => w.busy.to_owned(),
        Failure::SignedOut => w.signed_out.to_owned(),
        Failure::Refused(_, said) if said.message.is_empty() => w.failed.to_owned(),
        Failure::Refused(_, said) => w.failed_refused(&said.message),
        Failure::Garbled => w.failed_garbled.to_owned(),
    }
}

/// The page before the town is here: its outline, and why it takes so long where that is known.
pub fn waiting(w: &'static Words, trouble: impl Fn() -> Option<&'static str> + Send + Sync + 'static) -> AnyView {
    view! {
        <div class="app waiting">
            <header class="bar"><span class="mark">{mark()}</span><h1>{w.product}<small>{w.centre}</small></h1></header>
            <nav class="rail"></nav>
            <main class="stage"><p role="status">{move || trouble().unwrap_or(w.opening)}</p></main>
            <aside class="panel"></aside>
        </div>
    }
    .into_any()
}

/// The page when the town will not come by itself.
pub fn failed(w: &'static Words, failure: &Failure, retry: impl Fn() + 'static) -> AnyView {
    // A server without any town is not broken, it is new.
    let new = matches!(failure, Failure::Refused(404, _));
    let title = if new { w.no_town } else { w.failed };
    let why = if new { w.no_town_hint.to_owned() } else { reason(w, failure) };
    view! {
        <div class="app waiting">
            <header class="bar"><span class="mark">{mark()}</span><h1>{w.product}<small>{w.centre}</small></h1></header>
            <nav class="rail"></nav>
            <main class="stage">
                <div class="empty" role="alert">
                    <b>{title}</b>
                    <span>{why}</span>
                    <button type="button" on:click=crate::components::act(retry)>{w.retry}</button>
                </div>
            </main>
            <aside class="panel"></aside>
        </div>
    }
    .into_any()
}
