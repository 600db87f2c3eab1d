//! The question that a step asks: exactly what its rule needs.

use super::finder::{self, Finder};
use super::{Acts, Question, for_all};
use crate::api::{self, Errand, Failure};
use crate::components::act;
use crate::desk::Say;
use crate::desk::parts::field::{self, Choice, Field, Line};
use crate::desk::parts::form::{self, Form};
use crate::desk::parts::search;
use crate::state::watch;
use crate::words;
use chrono::TimeDelta;
use geodata::incident::{NOTE_MAX, Recipient};
use geodata::wire::{Act, BulkResult};
use leptos::prelude::*;

/// What is filled in.
#[derive(Clone, Copy)]
struct Draft {
    note: RwSignal<String>,
    to: RwSignal<Vec<String>>,
    until: RwSignal<String>,
    hours: RwSignal<String>,
    other: RwSignal<String>,
    satisfaction: RwSignal<String>,
}

/// The form.
pub fn ask(acts: Acts, say: Say, question: Question) -> AnyView {
    let d = say.d;
    let text = || RwSignal::new(String::new());
    let form = Form::new(acts.desk, "act");
    let draft = Draft {
        note: text(),
        to: RwSignal::new(Vec::new()),
        until: text(),
        hours: text(),
        other: text(),
        satisfaction: text(),
    };
    let needs = question.offer.needs;
    let to = needs.to.map(|which| to(acts, say, form.field("to", d.act_to), which, &question, draft.to));
    let other = needs.other.then(|| match question.incidents.first() {
        Some(incident) => finder::view(say, Finder::new(acts.desk, incident.clone()), form, draft.other),
        None => ().into_any(),
    });
    let until = needs.until.then(|| until(acts, say, form, draft.until));
    let hours = needs.minutes.then(|| {
        let line = Line { inputmode: "decimal", ..Line::default() };
        field::text(say, form.field("minutes", d.act_hours).hint(d.act_hours_hint), line, draft.hours)
    });
    let satisfaction = needs.satisfaction.then(|| {
        let marks = ["5", "4", "3", "2", "1"].map(|mark| Choice::new(mark, words::of(d.satisfaction, mark)));
        field::radios(say, form.field("satisfaction", d.act_satisfaction), marks.to_vec(), draft.satisfaction)
    });
    let note = form.field("note", d.act_note);
    let note = if needs.note { note } else { note.optional() };
    let fields = view! {
        {to}
        {other}
        {until}
        {hours}
        {satisfaction}
        {field::area(say, note, 3, NOTE_MAX, draft.note)}
    };
    let cancel = view! {
        <button class="btn plain" type="button" on:click=act(move || acts.open.set(None))>{d.cancel}</button>
    };
    let submit = words::of(d.act, question.offer.action.word());
    let send = move || {
        if let Some(step) = read(say, form, draft, &question) {
            send(acts, say, form, &question, step);
        }
    };
    form::form(say, form, submit, send, fields, cancel)
}

/// Whom it goes to. A unit is asked for with the usual one of the category filled in.
fn to(
    acts: Acts,
    say: Say,
    field: Field,
    which: Recipient,
    question: &Question,
    value: RwSignal<Vec<String>>,
) -> AnyView {
    let usual = acts.recipients.usual(&question.incidents);
    if which == Recipient::Unit {
        watch(move || {
            if let Some(usual) = usual.get().filter(|_| value.with_untracked(Vec::is_empty)) {
                value.set(vec![usual]);
            }
        });
    }
    view! {
        {search::one(say, field, acts.recipients.choices(say, which, &question.incidents, usual), value)}
        {acts.recipients.trouble(say)}
    }
    .into_any()
}

/// A moment in the future, with the commonest at one press.
fn until(acts: Acts, say: Say, form: Form, value: RwSignal<String>) -> AnyView {
    /// When offices close.
    const EVENING: &str = "T18:00";
    let input = Line { kind: "datetime-local", ..Line::default() };
    let day = move |days: i64| {
        let at = acts.desk.clock.read() + TimeDelta::days(days);
        let day = say.dates.input(at).get(..10).unwrap_or_default().to_owned();
        form.mend("until");
        value.set([&day, EVENING].concat());
    };
    let chips = [(1, say.d.tomorrow), (3, say.d.in_three_days), (7, say.d.in_a_week)].map(|(days, text)| {
        view! { <button class="chip" type="button" on:click=act(move || day(days))>{text}</button> }.into_any()
    });
    view! {
        {field::text(say, form.field("until", say.d.act_until), input, value)}
        <div class="chips beside">{chips.into_iter().collect_view()}</div>
    }
    .into_any()
}

/// The step as it is filled in; none where something is missing, which is then told.
fn read(say: Say, form: Form, draft: Draft, question: &Question) -> Option<Act> {
    let needs = question.offer.needs;
    let text = |signal: RwSignal<String>| signal.with_untracked(|text| text.trim().to_owned());
    let note = text(draft.note);
    let to = draft.to.with_untracked(|to| to.first().cloned());
    let until = text(draft.until);
    let hours = text(draft.hours);
    let asked = [
        ("to", needs.to.is_none() || to.is_some()),
        ("other", !needs.other || !draft.other.with_untracked(String::is_empty)),
        ("until", !needs.until || !until.is_empty()),
        ("minutes", !needs.minutes || !hours.is_empty()),
        ("satisfaction", !needs.satisfaction || !draft.satisfaction.with_untracked(String::is_empty)),
        ("note", !needs.note || !note.is_empty()),
    ];
    if !form.requires(say, &asked) {
        return None;
    }
    let minutes = if needs.minutes {
        #[expect(clippy::cast_possible_truncation, reason = "hours at most; `as` saturates")]
        let minutes = crate::format::decimal(&hours).map(|hours| (hours * 60.0).round() as i64);
        if minutes.is_none_or(|minutes| minutes <= 0) {
            form.blame("minutes", say.d.act_hours_hint);
            return None;
        }
        minutes
    } else {
        None
    };
    let until = if needs.until {
        let at = say.dates.read(&until);
        if at.is_none() {
            form.blame("until", say.d.time_wrong);
            return None;
        }
        at
    } else {
        None
    };
    Some(Act {
        note: (!note.is_empty()).then_some(note),
        to: to.and_then(|to| to.parse().ok()),
        until,
        minutes,
        other: draft.other.with_untracked(|other| other.parse().ok()),
        satisfaction: draft.satisfaction.with_untracked(|mark| mark.parse().ok()),
        ..Act::plain(question.offer.action)
    })
}

fn send(acts: Acts, say: Say, form: Form, question: &Question, step: Act) {
    let action = question.offer.action;
    let caught = move |failure: &Failure| {
        // What was looked at is no longer so: better to look again than to try again.
        let moved = failure.code() == "moved";
        if moved {
            acts.open.set(None);
            acts.warn(say, failure);
            acts.settle();
        }
        moved
    };
    let after = move || {
        acts.open.set(None);
        acts.settle();
        acts.desk.refresh_waiting();
    };
    if let [one] = &question.incidents[..] {
        let step = Act { seen_seq: Some(one.properties.seq), ..step };
        let errand = Errand::post(acts.path(one.id)).with(&step).once(&form.key());
        let done = move |body| {
            acts.tell(say, action, api::read(&body).ok());
            after();
        };
        return form.send_or(errand, done, caught);
    }
    let path = acts.desk.session.path("/api/incidents/acts");
    let errand = Errand::post(path).with(&for_all(&question.incidents, step)).once(&form.key());
    let marked = question.marked;
    let done = move |body| {
        if let Ok(results) = api::read::<Vec<BulkResult>>(&body) {
            acts.tell_several(say, action, &results);
            let done = |id: &i64| results.iter().any(|result| result.id == *id && result.error.is_none());
            marked.and_then(|marked| marked.try_update(|marked| marked.retain(|id| !done(id))));
        }
        after();
    };
    form.send_or(errand, done, caught);
}
