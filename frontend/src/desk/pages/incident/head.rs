//! What and where, how far along, and the report itself.

use super::Page;
use crate::components::symbol::{digit, symbol};
use crate::desk::Say;
use crate::format::Span;
use crate::words;
use geodata::incident::{Milestone, chain};
use geodata::wire::{IncidentDetail, Link};
use leptos::prelude::*;

/// The page's head.
pub fn head(page: Page, say: Say) -> AnyView {
    let incident = page.part(|d| d.incident.clone());
    let marks = page.part(|d| (d.merged_into.clone(), d.absorbed.clone(), d.extended, d.review_at, d.supervised_until));
    let head = move || {
        incident.get().map(|incident| {
            let p = &incident.properties;
            let now = page.desk.clock.now;
            let (due, open) = (p.due_at, p.state.is_open());
            let late = move || open && due.is_some_and(|due| due < now.get());
            let state = words::of(say.w.state, p.state.word());
            let simulated = p.simulated.then(|| view! { <span class="chip dashed">{say.w.simulated}</span> });
            let line = {
                let p = p.clone();
                move || {
                    let source = say.w.reported_by(words::of(say.w.source, p.source.word()).trim_end());
                    let severity = words::of(say.w.severity, digit(p.severity));
                    let at = say.dates.short(p.reported_at, now.get_untracked());
                    [
                        &page.places.place(say, &p),
                        &page.places.category(say, &p.category),
                        severity,
                        &[&at, " ", &source].concat(),
                        &["#", &p.number].concat(),
                    ]
                    .join(" · ")
                }
            };
            view! {
                <header class="head case-head">
                    {symbol(p.severity, p.state.is_taken(), late)}
                    <div>
                        <h1>{p.title.clone()}</h1>
                        <p>{move || line()}</p>
                    </div>
                    <div class="does"><b class="state">{state}</b>{simulated}</div>
                </header>
            }
            .into_any()
        })
    };
    let marks = move || {
        marks.get().map(|(merged, absorbed, extended, review, supervised)| {
            let now = page.desk.clock.now.get_untracked();
            let day = |at| say.dates.short(at, now);
            let merged = merged.map(|link| told(page, say.d.merged_into, &link));
            let absorbed = absorbed.iter().map(|link| told(page, say.d.absorbed, link)).collect_view();
            let extended = extended.then(|| view! { <li>{say.d.was_extended}</li> });
            let review = review.map(|at| view! { <li>{say.d.review_at(&day(at))}</li> });
            let supervised = supervised.map(|at| view! { <li class="bad">{say.d.supervised_until(&day(at))}</li> });
            view! { <ul class="marks">{merged}{absorbed}{supervised}{review}{extended}</ul> }.into_any()
        })
    };
    view! { {move || head()}{move || marks()} }.into_any()
}

/// Another incident, and how this one hangs together with it.
fn told(page: Page, how: &'static str, link: &Link) -> AnyView {
    let href = page.desk.session.path(&["/incidents/", &link.id.to_string()].concat());
    view! { <li>{how}" "<a href=href>{["#", &link.number, " ", &link.title].concat()}</a></li> }.into_any()
}

/// The stations of its life, and the report's words.
pub fn report(page: Page, say: Say) -> AnyView {
    let stations = page.part(|d| (chain(&d.log), d.incident.properties.state.is_open(), d.log.last().map(|e| e.at)));
    let words = page.part(|d: &IncidentDetail| d.description.clone());
    let chain = move || {
        stations.get().map(|(stations, open, since)| {
            let next = stations.iter().position(|s| s.reached.is_none()).filter(|_| open);
            let steps = stations
                .iter()
                .enumerate()
                .map(|(i, milestone)| station(page, say, milestone, since.filter(|_| Some(i) == next)));
            view! { <ol class="chain" aria-label=say.w.chain>{steps.collect_view()}</ol> }.into_any()
        })
    };
    let description = move || words.get().map(|words| words.unwrap_or_else(|| say.w.no_description.to_owned()));
    view! {
        <section class="box">
            {move || chain()}
            <h2>{say.w.description}</h2>
            <p class="words">{move || description()}</p>
        </section>
    }
    .into_any()
}

/// One station: reached, waited for since, or still to come.
fn station(page: Page, say: Say, milestone: &Milestone, waiting: Option<geodata::Time>) -> AnyView {
    let (w, now) = (say.w, page.desk.clock.now);
    let word = milestone.station.word();
    match (milestone.reached, waiting) {
        (Some((at, level)), _) => view! {
            <li class="done">
                <b>{words::of(w.station, word)}</b>
                <span>{words::of(w.level, level.word())}</span>
                <time>{say.dates.short(at, now.get_untracked())}</time>
            </li>
        }
        .into_any(),
        (None, Some(since)) => view! {
            <li class="now" aria-current="step">
                <b>{words::of(w.awaiting, word)}</b>
                <span>{move || w.waiting(&Span::between(since, now.get()).say(w))}</span>
            </li>
        }
        .into_any(),
        (None, None) => view! { <li><b>{words::of(w.station, word)}</b></li> }.into_any(),
    }
}
