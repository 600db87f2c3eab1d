//! One thing that waits: what, where, why, how long there is, and the steps at hand.

use super::Page;
use crate::components::symbol::symbol;
use crate::desk::Say;
use crate::desk::parts::left;
use crate::words;
use geodata::wire::{IncidentFeature, Why, WorkItem};
use leptos::prelude::*;
use std::sync::Arc;

/// Something that a person answers for while another moves, as an item without steps.
pub fn answering(incident: &IncidentFeature) -> WorkItem {
    WorkItem { incident: incident.clone(), why: Why::Turn, left: None, offers: Vec::new() }
}

/// The row; `now` tells how it stands when time has gone on.
pub fn row(page: Page, say: Say, item: &WorkItem, now: Memo<Option<WorkItem>>) -> AnyView {
    let (d, places, clock) = (say.d, page.places, page.desk.clock.now);
    let incident = Arc::new(item.incident.clone());
    let p = &incident.properties;
    let id = incident.id;
    let (due, open) = (p.due_at, p.state.is_open());
    let late = move || open && due.is_some_and(|due| due < clock.get());
    let time = move || match now.with(|item| item.as_ref().and_then(|item| item.left)) {
        Some(minutes) => left::left(say, minutes),
        None => String::new(),
    };
    let until = due.map(|due| say.w.due_at(&say.dates.short(due, clock.get_untracked())));
    let place = {
        let incident = incident.clone();
        move || {
            let p = &incident.properties;
            [&places.place(say, p), " · ", &places.category(say, &p.category), " · #", &p.number].concat()
        }
    };
    let why =
        if item.offers.is_empty() { words::of(say.w.doing, p.state.word()) } else { words::of(d.why, item.why.into()) };
    let href = page.desk.session.path(&["/incidents/", &id.to_string()].concat());
    let marked = move || page.marked.with(|marked| marked.contains(&id));
    let mark = (!item.offers.is_empty()).then(|| {
        let label = [d.mark, d.colon, &p.title].concat();
        view! {
            <input class="mark-box" type="checkbox" aria-label=label prop:checked=move || marked() on:change=move |_| page.mark(id)/>
        }
    });
    let simulated = p.simulated.then_some(say.w.simulated);
    view! {
        <li id=["job-", &id.to_string()].concat() class="job" class:late=move || late() class:marked=move || marked()
            data-incident=id.to_string() tabindex="0" aria-label=p.title.clone()>
            {mark}
            {symbol(p.severity, p.state.is_taken(), late)}
            <div class="what">
                <a href=href>{p.title.clone()}</a>
                <small>{move || place()}</small>
            </div>
            <span class="why">{why}{simulated.map(|text| view! { <small>{text}</small> })}</span>
            <div class="time"><b>{move || time()}</b><small>{until}</small></div>
            <div class="does">{page.acts.short(say, &incident, &item.offers)}</div>
        </li>
    }
    .into_any()
}
