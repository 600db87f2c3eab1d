//! The chain as a story: who had it and for how long, and within that what was done, by whom, with which words. Above it
//! one bar that shows where the time went.

use super::Page;
use crate::desk::Say;
use crate::desk::parts::left::counted;
use crate::words;
use geodata::incident::{Particulars, Party, Span};
use geodata::wire::{EventEntry, IncidentDetail, IncidentProperties, Link, PartyPeople};
use leptos::prelude::*;
use std::sync::Arc;

/// Entries and spans of one answer, with what names the people in them.
#[derive(Clone, PartialEq)]
struct Story {
    log: Vec<EventEntry>,
    spans: Vec<Span>,
    incident: IncidentProperties,
    parties: Vec<PartyPeople>,
    /// The incidents that it hangs together with.
    links: Vec<Link>,
}

impl Story {
    fn of(detail: &IncidentDetail) -> Arc<Self> {
        Arc::new(Self {
            log: detail.log.clone(),
            spans: detail.spans.clone(),
            incident: detail.incident.properties.clone(),
            parties: detail.parties.clone(),
            links: detail.merged_into.iter().chain(&detail.absorbed).cloned().collect(),
        })
    }
}

/// The timeline.
pub fn timeline(page: Page, say: Say) -> AnyView {
    let story = page.part(Story::of);
    let bar = move || story.get().map(|story| bar(page, say, &story));
    let chapters = move || story.get().map(|story| chapters(page, say, &story));
    view! {
        <section class="box story">
            <h2>{say.d.story}</h2>
            {move || bar()}
            <ol class="chapters">{move || chapters()}</ol>
        </section>
    }
    .into_any()
}

/// Where the time went: each stretch as broad as it took.
fn bar(page: Page, say: Say, story: &Story) -> AnyView {
    let total: i64 = story.spans.iter().map(|span| span.minutes).sum();
    if total <= 0 {
        return ().into_any();
    }
    let parts = story.spans.iter().filter(|span| span.minutes > 0).map(|span| {
        let share = [&(span.minutes * 1_000 / total).max(4).to_string(), " 1 0"].concat();
        let title = [&name(page, say, &span.turn, story), " ", &counted(say, span.minutes)].concat();
        view! { <i class=level_class(span) class:over={span.over > 0} style:flex=share title=title></i> }.into_any()
    });
    view! { <div class="stretch" aria-hidden="true">{parts.collect_view()}</div> }.into_any()
}

fn level_class(span: &Span) -> &'static str {
    match span.turn {
        Party::Grid => "at-grid",
        Party::Village => "at-village",
        Party::Town => "at-town",
        Party::County | Party::Unit(_) => "at-unit",
        Party::Staff(_) => "at-person",
    }
}

fn name(page: Page, say: Say, party: &Party, story: &Story) -> String {
    page.places.party(say, party, &story.incident, &story.parties)
}

/// One chapter for each stretch in which it was somebody's move; what was done stands in the chapter that it ended or
/// happened in.
fn chapters(page: Page, say: Say, story: &Story) -> AnyView {
    let mut rest = &story.log[..];
    let mut chapters = Vec::new();
    for (i, span) in story.spans.iter().enumerate() {
        let next = story.spans.get(i + 1).map(|next| next.from);
        // The step that handed it on is the last of its chapter: it was done by whoever had it.
        let n = next.map_or(rest.len(), |next| rest.iter().take_while(|entry| entry.at <= next).count());
        // An entry of the very moment in which the next chapter begins ends this one; one only.
        let (own, others) = rest.split_at(n);
        rest = others;
        chapters.push(chapter(page, say, story, Some(span), own));
    }
    if !rest.is_empty() {
        chapters.push(chapter(page, say, story, None, rest));
    }
    chapters.into_iter().collect_view().into_any()
}

fn chapter(page: Page, say: Say, story: &Story, span: Option<&Span>, log: &[EventEntry]) -> AnyView {
    let entries = log.iter().map(|entry| entry_line(page, say, story, entry)).collect_view();
    let Some(span) = span else {
        return view! { <li class="chapter"><ol>{entries}</ol></li> }.into_any();
    };
    let who = name(page, say, &span.turn, story);
    let took = if span.still { say.d.clock_stood.to_owned() } else { counted(say, span.minutes) };
    let over = (span.over > 0).then(|| view! { <em class="over">{say.w.over(&counted(say, span.over))}</em> });
    let running = span.to.is_none().then(|| view! { <em class="runs">{say.d.runs}</em> });
    view! {
        <li class=["chapter ", level_class(span)].concat()>
            <p class="whose"><b>{who}</b><span>{took}</span>{over}{running}</p>
            <ol>{entries}</ol>
        </li>
    }
    .into_any()
}

/// One entry: when, what, by whom, and what came with it.
fn entry_line(page: Page, say: Say, story: &Story, entry: &EventEntry) -> AnyView {
    let w = say.w;
    let now = page.desk.clock.now.get_untracked();
    let who = match &entry.actor {
        Some(actor) => {
            let role = words::of(w.role, actor.role.word());
            actor.name.as_ref().map_or_else(|| role.to_owned(), |name| [role, " ", name].concat())
        }
        None => w.system.to_owned(),
    };
    let with = particulars(page, say, story, &entry.with);
    let other = entry.with.other.map(|id| other(page, say, story, id));
    let simulated = entry.simulated.then(|| view! { <span class="chip dashed">{w.simulated}</span> });
    view! {
        <li class:by-system=entry.actor.is_none()>
            <time title=say.dates.stamp(entry.at)>{say.dates.short(entry.at, now)}</time>
            <div>
                <b>{words::of(w.action, entry.action.word())}</b>" "<span>{who}</span>" "{simulated}
                {other.map(|other| view! { <p class="with">{other}</p> })}
                {(!with.is_empty()).then(|| view! { <p class="with">{with}</p> })}
                {entry.note.clone().map(|note| view! { <p class="said">{note}</p> })}
            </div>
        </li>
    }
    .into_any()
}

/// The other incident of a step, with the way to it. Where it no longer hangs together with this one only its key is known.
fn other(page: Page, say: Say, story: &Story, id: i64) -> AnyView {
    let href = page.desk.session.path(&["/incidents/", &id.to_string()].concat());
    let text = match story.links.iter().find(|link| link.id == id) {
        Some(link) => ["#", &link.number, " ", &link.title].concat(),
        None => say.d.with_other(&id.to_string()),
    };
    view! { <a href=href>{text}</a> }.into_any()
}

/// What came with a step, in words.
fn particulars(page: Page, say: Say, story: &Story, with: &Particulars) -> String {
    let d = say.d;
    let now = page.desk.clock.now.get_untracked();
    let parts = [
        with.to.as_ref().map(|to| d.handed_to(&name(page, say, to, story))),
        with.until.map(|until| d.until(&say.dates.short(until, now))),
        with.minutes.map(|minutes| d.longer_by(&counted(say, minutes))),
        with.satisfaction.map(|mark| {
            let word = ["1", "2", "3", "4", "5"].get(usize::from(mark).saturating_sub(1)).copied().unwrap_or("3");
            words::of(d.satisfaction, word).to_owned()
        }),
        with.alarm.map(|alarm| words::of(d.alarm, alarm.into()).to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
