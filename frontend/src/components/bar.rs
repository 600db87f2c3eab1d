//! The bar at the top: which town, whether its data are real and live, and how the page looks.

use super::icons::{MOON, SUN, icon};
use super::{Page, Say, act, alert, menu, search};
use crate::api;
use crate::model::{Lang, Theme, Visitor};
use crate::state::feed::Phase;
use crate::state::looks::Looks;
use crate::state::session;
use crate::state::town::of_town;
use crate::words::Words;
use leptos::prelude::*;

/// How long a simulator's last event makes the page say that a simulation runs.
const SIMULATION: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

/// The bar.
pub fn bar(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let town = &page.town.town;
    let simulation = move || {
        let last = page.incidents.simulated.get().max(town.simulated_at);
        last.is_some_and(|at| page.clock.now.get() - at < SIMULATION)
    };
    view! {
        <header class="bar">
            <span class="mark">{mark()}</span>
            <h1>{w.name(&town.name)}<small>{w.centre}</small></h1>
            {town.demonstration.then(|| chip("demonstration", (w.demonstration, w.demonstration), w.demonstration_geometry, w.demonstration_long))}
            {move || simulation().then(|| chip("simulation", (w.simulation, w.simulation_short), w.simulation_also, w.simulation_long))}
            {search::search(page, say)}
            <span class="space"></span>
            {live(page, say)}
            {lang(page.url.looks, w)}
            {alert::sound(page, say)}
            {theme(page.url.looks, w)}
            {account(page, say)}
        </header>
    }
    .into_any()
}

/// The product's sign: four grids, one of them at work.
pub fn mark() -> AnyView {
    view! {
        <svg viewBox="0 0 26 26" aria-hidden="true">
            <path class="line" d="M2 2h10v10H2zM14 2h10v10H14zM2 14h10v10H2z"></path>
            <path class="full" d="M14 14h10v10H14z"></path>
        </svg>
    }
    .into_any()
}

/// What the town's data are, in full and for a telephone.
fn chip(
    mark: &'static str,
    (text, short): (&'static str, &'static str),
    also: &'static str,
    long: &'static str,
) -> AnyView {
    view! { <span class="chip dashed" data-demonstration={mark == "demonstration"} data-simulation={mark == "simulation"} title=long><span class="whole">{text}</span><span class="short" aria-hidden="true">{short}</span><span class="also">" · "{also}</span></span> }.into_any()
}

/// The switch from one language to the other.
pub fn lang(looks: Looks, w: &'static Words) -> AnyView {
    view! {
        <button class="quiet lang" type="button" title=w.lang_label on:click=act(move || looks.turn_lang())>
            <span class:on=w.lang == Lang::Zh>"中"</span><i>" / "</i><span class:on=w.lang == Lang::En>"EN"</span>
            <span class="unseen">{w.lang_label}</span>
        </button>
    }
    .into_any()
}

/// The switch between light and dark.
pub fn theme(looks: Looks, w: &'static Words) -> AnyView {
    let dark = move || looks.theme.get() == Theme::Dark;
    let label = move || if dark() { w.theme_light } else { w.theme_dark };
    view! {
        <button
            class="quiet square" type="button" aria-label=move || label() title=move || label()
            on:click=act(move || looks.turn_theme())
        >
            {move || icon(if dark() { SUN } else { MOON })}
        </button>
    }
    .into_any()
}

/// Who is signed in.
fn account(page: Page, say: Say) -> AnyView {
    let town = page.url.town.get_value();
    let at = move |path: &str| api::address(path, of_town(town.as_ref()));
    let (end, door) = (at("/api/session"), at("/sign-in"));
    // Rare, and nothing else on this page is told in passing.
    let failed = |why: String| drop(window().alert_with_message(&why));
    let sign_out = move || session::sign_out(end.clone(), door.clone(), say.w.lang, Box::new(failed));
    let Visitor { name, role } = &page.town.visitor;
    menu::account(say.w, (name, *role), at, || ().into_any(), sign_out)
}

/// The live state: a word for all, the seconds only for the eye.
fn live(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let phase = page.live.phase;
    let class = move || match phase.get() {
        Phase::Live { .. } => "live on",
        Phase::Starting | Phase::CatchingUp => "live wait",
        Phase::Away { .. } => "live off",
    };
    let mark = Memo::new(move |_| match phase.get() {
        Phase::Live { .. } => "live",
        Phase::Starting => "starting",
        Phase::CatchingUp => "catching",
        Phase::Away { .. } => "away",
    });
    let word = Memo::new(move |_| match phase.get() {
        Phase::Live { .. } => w.live,
        Phase::Starting => w.starting,
        Phase::CatchingUp => w.catching_up,
        Phase::Away { .. } => w.not_live,
    });
    let rest = move || match phase.get() {
        Phase::Live { heard } => match (page.clock.second.get() - heard).max(0.0) / 1_000.0 {
            s if s < 1.5 => [" · ", w.live_now].concat(),
            s => [" · ", &w.live_age(&crate::format::whole(s))].concat(),
        },
        Phase::Away { since } => [" · ", &say.dates.time(since)].concat(),
        Phase::Starting | Phase::CatchingUp => String::new(),
    };
    let spoken = move || match phase.get() {
        Phase::Away { since } => w.not_live_since(&say.dates.time(since)),
        _ => word.get().to_owned(),
    };
    view! {
        <span class=move || class() data-live=mark title=move || spoken()>
            <i></i>
            <span aria-hidden="true">{word}<span class="age">{move || rest()}</span></span>
            <span class="unseen" role="status">{move || spoken()}</span>
        </span>
    }
    .into_any()
}
