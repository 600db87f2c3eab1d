//! Beside the case: whose move it is and how long they have, who answers along the chain, and the terms of its kind.

use super::Page;
use crate::desk::Say;
use crate::desk::pages::roster::times;
use crate::desk::parts::left::{exactly, left};
use crate::words;
use geodata::incident::Party;
use geodata::wire::PartyPeople;
use leptos::prelude::*;

/// The clock.
pub fn clock(page: Page, say: Say) -> AnyView {
    let part = page.part(|d| (d.clock.clone(), d.incident.properties.clone(), d.parties.clone()));
    let working = page.part(|d| d.category.working_time);
    let face = move || {
        let (clock, p, parties) = part.get()?;
        let Some(clock) = clock else {
            return Some(view! { <p class="turn">{words::of(say.w.doing, p.state.word())}</p> }.into_any());
        };
        let now = page.desk.clock.now.get_untracked();
        let (turn, owner) = (clock.turn.clone(), p.owner.clone());
        let who = {
            let (p, parties) = (p.clone(), parties.clone());
            move || page.places.party(say, &turn, &p, &parties)
        };
        // While it is offered to another, the first receiver goes on answering for it.
        let answers = (clock.turn != owner).then(|| {
            let who = page.places.party(say, &owner, &p, &parties);
            view! { <p class="hint">{say.d.answers_meanwhile(&who)}</p> }
        });
        let due = match clock.due {
            Some(due) => {
                let since = say.d.clock_since(&say.dates.short(clock.since, now));
                [&since, " · ", &say.w.due_at(&say.dates.short(due, now))].concat()
            }
            None => say.d.clock_stands.to_owned(),
        };
        let provisional = clock.provisional.then(|| [" · ", say.d.provisional].concat());
        let of = say.d.of_limit(&exactly(say, clock.limit));
        let kind = if working.get() == Some(true) { say.d.working_time } else { say.d.clock_time };
        let over = clock.left < 0;
        Some(
            view! {
                <p class="turn"><small>{say.d.turn}</small><b>{move || who()}</b></p>
                <p class="time-left" class:over=over class:still=clock.due.is_none()>
                    <b>{left(say, clock.left)}</b><small>{of}" · "{kind}</small>
                </p>
                {gauge(clock.limit, clock.left)}
                <p class="hint">{due}{provisional}</p>
                {answers}
            }
            .into_any(),
        )
    };
    view! { <div class="clock">{move || face()}</div> }.into_any()
}

/// How much of the limit is used, as a bar; a reader hears the words above it.
fn gauge(limit: i64, left: i64) -> AnyView {
    let used = if limit > 0 { (limit - left).clamp(0, limit) * 100 / limit } else { 100 };
    let width = [&used.to_string(), "%"].concat();
    view! { <div class="gauge" class:over=left < 0 aria-hidden="true"><i style:width=width></i></div> }.into_any()
}

/// Who answers along the chain: grid, village, town, and whoever else was given it.
pub fn chain(page: Page, say: Say) -> AnyView {
    let part = page.part(|d| (d.parties.clone(), d.incident.properties.clone()));
    let list = move || {
        part.get().map(|(parties, p)| {
            let rows = parties.iter().map(|people| {
                let mark = if Some(&people.party) == p.offered.as_ref().or(Some(&p.owner)) {
                    Some(say.d.has_it)
                } else if people.party == p.owner {
                    Some(say.d.answers)
                } else {
                    None
                };
                people_line(say, people, mark)
            });
            view! { <ul class="parties">{rows.collect_view()}</ul> }.into_any()
        })
    };
    view! { <section class="box"><h2>{say.d.who_answers}</h2>{move || list()}</section> }.into_any()
}

/// One party and the people in it.
pub fn people_line(say: Say, people: &PartyPeople, mark: Option<&'static str>) -> AnyView {
    let level = match people.party {
        Party::Grid => words::of(say.w.level, "grid"),
        Party::Village => words::of(say.w.level, "village"),
        Party::Town => words::of(say.w.level, "town"),
        Party::County => words::of(say.w.level, "county"),
        Party::Unit(_) => say.d.party_unit,
        Party::Staff(_) => say.d.party_person,
    };
    let name = people.name.as_ref().map(|name| say.w.name(name).to_owned());
    let names = people.people.iter().map(|one| [words::of(say.w.role, one.role.word()), " ", &one.name].concat());
    let names = names.collect::<Vec<_>>().join(say.d.and);
    let names = if names.is_empty() { say.w.nobody.to_owned() } else { names };
    let on_duty = people.on_duty.iter().map(|duty| {
        let note = duty.note.as_ref().map(|note| [" · ", note].concat());
        view! { <small class="duty">{say.d.on_duty(&duty.name, &times(duty.shift))}{note}</small> }
    });
    let on_duty = on_duty.collect_view();
    view! {
        <li class:now=mark.is_some()>
            <small>{level}</small>
            <span>{name.map(|name| view! { <b>{name}</b>" " })}{names}{on_duty}</span>
            {mark.map(|mark| view! { <em>{mark}</em> })}
        </li>
    }
    .into_any()
}

/// What its kind says: when it is filed, when it is done, how long each level has.
pub fn terms(page: Page, say: Say) -> AnyView {
    let part = page.part(|d| d.category.clone());
    let facts = move || {
        part.get().map(|terms| {
            let limits = ["grid", "village", "town"].iter().zip(terms.limit_minutes).map(|(level, minutes)| {
                [words::of(say.w.level, level), " ", &exactly(say, i64::from(minutes))].concat()
            });
            let limits = limits.collect::<Vec<_>>().join(" · ");
            let kind = if terms.working_time { say.d.working_time } else { say.d.clock_time };
            let rows = [
                (say.w.category, say.w.name(&terms.name).to_owned()),
                (say.d.filing_standard, say.w.name(&terms.filing_standard).to_owned()),
                (say.d.closing_standard, say.w.name(&terms.closing_standard).to_owned()),
                (say.d.limits, [&limits, " · ", kind].concat()),
            ];
            let rows = rows.into_iter().filter(|(_, text)| !text.is_empty());
            rows.map(|(name, text)| view! { <div><dt>{name}</dt><dd>{text}</dd></div> }.into_any()).collect_view()
        })
    };
    view! { <section class="box"><h2>{say.d.terms}</h2><dl class="terms">{move || facts()}</dl></section> }.into_any()
}
