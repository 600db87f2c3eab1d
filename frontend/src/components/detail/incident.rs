//! The card of an incident: what and where, how far along, and everything that was done.

use super::{head, missing, not_here};
use crate::api;
use crate::components::list::{due_text, reveal};
use crate::components::symbol::symbol;
use crate::components::{Page, Say};
use crate::format::Span;
use crate::model::{Card, Sheet};
use crate::state::remote::{Remote, follow};
use crate::state::town::of_town;
use crate::words;
use geodata::incident::{Milestone, chain};
use geodata::place::Position;
use geodata::wire::{EventEntry, IncidentFeature};
use leptos::prelude::*;
use std::sync::Arc;

/// The card of the incident with this id. The list's knowledge is shown at once, its log when it comes, and again with
/// every step that the live feed tells.
pub fn card(page: Page, say: Say, id: i64) -> AnyView {
    let known = Memo::new(move |_| page.incidents.get(id));
    let seq = Memo::new(move |_| known.with(|k| k.as_ref().map(|i| i.properties.seq)));
    let path = ["/api/incidents/", &id.to_string()].concat();
    let asked = move || {
        seq.get();
        api::address(&path, of_town(page.url.town.get_value().as_ref()))
    };
    let detail = follow::<Sheet>(asked, page.url.lang.into(), page.health);
    // What the list has may be newer than the detail, which is fetched after it.
    let incident = Memo::new(move |_| {
        let fetched =
            detail.state.with(|d| d.ready().and_then(|d| d.incident().map(|card| Arc::new(card.incident.clone()))));
        match (known.get(), fetched) {
            (Some(a), Some(b)) => Some(if a.properties.seq >= b.properties.seq { a } else { b }),
            (a, b) => a.or(b),
        }
    });
    let summary = move || match (incident.get(), detail.state.get()) {
        (Some(incident), _) => summary(page, say, &incident),
        (None, Remote::Failed(api::Failure::Refused(404, _))) => missing(page, say, format_id(id)),
        (None, _) => head(page, say, ().into_any(), format_id(id), None),
    };
    let rest = move || match detail.state.get() {
        Remote::Ready(sheet) => {
            // The card grows, and may grow over its own row.
            request_animation_frame(move || reveal(id));
            sheet.incident().map(|card| progress(page, say, card)).into_any()
        }
        Remote::Failed(api::Failure::Refused(404, _)) => ().into_any(),
        other => not_here(say, &other, detail),
    };
    view! {
        {move || summary()}
        {move || rest()}
    }
    .into_any()
}

fn format_id(id: i64) -> String {
    ["#", &id.to_string()].concat()
}

/// Title, place, kind, number, state and limit.
fn summary(page: Page, say: Say, incident: &IncidentFeature) -> AnyView {
    let w = say.w;
    let p = &incident.properties;
    let now = page.clock.now;
    let [lon, lat] = incident.geometry.coordinates;
    let (due, open, reported, ended) = (p.due_at, p.state.is_open(), p.reported_at, p.ended_at);
    let late = move || open && due.is_some_and(|due| due < now.get());
    let (place, category) = (say.place(&page.town, p), say.category(&page.town, &p.category));
    let mut line = [&place, " · ", &category, " · ", say.severity(p.severity), " · #", &p.number].concat();
    if p.simulated {
        line.push_str(" · ");
        line.push_str(w.simulated);
    }
    let limit = match due {
        Some(due) if open => w.due_at(&say.dates.short(due, now.get_untracked())),
        _ if open => w.no_due.to_owned(),
        _ => String::new(),
    };
    let left = move || due_text(say, now.get(), due.filter(|_| open), ended.map(|e| (reported, e)));
    let sign = symbol(p.severity, p.state.is_taken(), late);
    view! {
        {head(page, say, sign, p.title.clone(), Position::new(lon, lat).ok())}
        <p class="where">{line}</p>
        <p class="standing">
            <b class="state">{words::of(w.state, p.state.word())}</b>
            <span>{words::of(w.level, p.level.word())}</span>
            <span>{limit}</span>
            <span class="due" class:over=move || late()>{move || left()}</span>
        </p>
        {onward(page, say, incident.id)}
    }
    .into_any()
}

/// The way to its own page, for those whose page it is.
fn onward(page: Page, say: Say, id: i64) -> AnyView {
    let path = ["/incidents/", &id.to_string()].concat();
    let href = api::address(&path, of_town(page.url.town.get_value().as_ref()));
    let sees = page.town.visitor.role.sees_cases();
    sees.then(|| view! { <a class="wide" href=href>{say.w.open_page}</a> }.into_any()).into_any()
}

/// The chain of stations, the report's words, and the log.
fn progress(page: Page, say: Say, detail: &Card) -> AnyView {
    let w = say.w;
    let stations = chain(&detail.log);
    let open = detail.incident.properties.state.is_open();
    let next = stations.iter().position(|s| s.reached.is_none()).filter(|_| open);
    let since = detail.log.last().map(|e| e.at);
    let steps = stations
        .iter()
        .enumerate()
        .map(|(i, milestone)| station(page, say, milestone, (Some(i) == next).then_some(since).flatten()));
    let log = detail.log.iter().rev().map(|entry| logged(page, say, entry));
    view! {
        <ol class="chain" aria-label=w.chain>{steps.collect_view()}</ol>
        <p class="words">{detail.description.clone().unwrap_or_else(|| w.no_description.to_owned())}</p>
        <h3>{w.log_count(&detail.log.len().to_string())}</h3>
        <ol class="log">{log.collect_view()}</ol>
    }
    .into_any()
}

/// One station: reached, waited for since, or still to come.
fn station(page: Page, say: Say, milestone: &Milestone, waiting: Option<geodata::Time>) -> AnyView {
    let w = say.w;
    let now = page.clock.now;
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

/// One entry of the log: when, what, by whom, and the words that went with it.
fn logged(page: Page, say: Say, entry: &EventEntry) -> AnyView {
    let w = say.w;
    let mut who = entry.actor.as_ref().map_or(w.system, |actor| words::of(w.role, actor.role.word())).to_owned();
    if let Some(name) = entry.actor.as_ref().and_then(|actor| actor.name.as_ref()) {
        who.push(' ');
        who.push_str(name);
    }
    if entry.simulated {
        who.push_str(" · ");
        who.push_str(w.simulated);
    }
    view! {
        <li>
            <time>{say.dates.short(entry.at, page.clock.now.get_untracked())}</time>
            <b>{words::of(w.action, entry.action.word())}</b>
            <span>{who}</span>
            {entry.note.clone().map(|note| view! { <p>{note}</p> }.into_any())}
        </li>
    }
    .into_any()
}
