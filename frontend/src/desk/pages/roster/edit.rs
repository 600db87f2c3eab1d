//! A day of the roster, planned: who is on duty, line by line, and a line to add.

use super::Page;
use super::draft::{Entry, Line, usual_place};
use super::week::times;
use crate::api::{Errand, Failure};
use crate::desk::Say;
use crate::desk::icons::PLUS;
use crate::desk::parts::field::{self, Choice, Line as Typed};
use crate::desk::parts::form::{self, Form};
use crate::desk::parts::{icon_button, listed, search};
use crate::desk::site::focus;
use crate::state::watch;
use crate::words;
use geodata::roster::{DutyShift, checked, edition};
use geodata::wire::{DutyDay, DutyPlan, NewDuty};
use leptos::prelude::*;

/// The dialogue's state.
#[derive(Clone, Copy)]
struct Plan {
    page: Page,
    form: Form,
    lines: RwSignal<Vec<Line>>,
    entry: Entry,
    /// A line at fault, and what is wrong with it.
    fault: RwSignal<Option<(usize, String)>>,
}

/// The form.
pub fn edit(page: Page, say: Say, day: &DutyDay) -> AnyView {
    let form = Form::new(page.desk, "duty");
    let lines = day.duties.iter().filter(|duty| untrack(|| page.shows(duty))).map(Line::of).collect();
    let plan = Plan { page, form, lines: RwSignal::new(lines), entry: Entry::new(), fault: RwSignal::new(None) };
    plan.follow_person();
    let date = day.day;
    let seen = edition(&day.duties, untrack(|| page.village()).as_ref());
    let part = untrack(|| page.village()).map(|village| {
        let name = page.places.village(say, &village);
        view! { <p>{say.d.roster_part_of(&name)}</p> }
    });
    let list = move || plan.list(say);
    let fields = view! {
        {part}
        {move || list()}
        {plan.adding(say)}
    };
    let send = move || {
        // What is filled in but not added yet is meant as well.
        if plan.entry.staff.with_untracked(|staff| !staff.is_empty()) && !plan.add(say) {
            return;
        }
        let duties: Vec<NewDuty> = plan.lines.with_untracked(|lines| lines.iter().map(|l| l.duty.clone()).collect());
        if let Err((at, rule)) = checked(duties.clone()) {
            return plan.blame(at, say.rule(rule));
        }
        let body = DutyPlan { duties, village: untrack(|| page.village()), seen: Some(seen.clone()) };
        let path = page.desk.session.path(&["/api/roster/", &date.to_string()].concat());
        let told = say.d.roster_saved(&date.to_string());
        form.send_or(Errand::put(path).with(&body), move |_| page.saved(told), move |failure| plan.caught(failure));
    };
    form::form(say, form, say.d.save, send, fields, page.cancel(say))
}

impl Plan {
    /// Where somebody usually is is filled in with them.
    fn follow_person(self) {
        watch(move || {
            let person = self.entry.staff.with(|staff| staff.first().cloned()).and_then(|key| self.page.person(&key));
            let Some(person) = person else { return };
            let place = usual_place(&person);
            let village = untrack(|| self.page.village());
            if self.entry.place.with_untracked(Vec::is_empty) && (village.is_none() || village == place.village()) {
                self.entry.place.set(vec![place.to_string()]);
            }
        });
    }

    fn blame(self, at: usize, text: String) {
        self.fault.set(Some((at, text)));
        request_animation_frame(move || focus(&line_id(at)));
    }

    /// A refusal that names a line goes to that line.
    fn caught(self, failure: &Failure) -> bool {
        let Failure::Refused(_, said) = failure else { return false };
        if said.code == "replanned" {
            // Behind the dialogue, which keeps what was typed, the week is shown as it is now.
            self.page.list.again();
        }
        let at = failure.field().and_then(|field| field.strip_prefix("duties.")?.split('.').next()?.parse().ok());
        let there = at.filter(|at| self.lines.with_untracked(|lines| *at < lines.len()));
        if let Some(at) = there {
            self.blame(at, said.message.clone());
        }
        there.is_some()
    }

    fn list(self, say: Say) -> AnyView {
        let lines = self.lines.get();
        if lines.is_empty() {
            return view! { <p class="hint">{say.d.roster_none}</p> }.into_any();
        }
        let rows = lines.into_iter().enumerate().map(|(at, line)| self.line(say, at, &line)).collect::<Vec<_>>();
        view! { <ul class="plan" aria-label=say.d.roster>{rows}</ul> }.into_any()
    }

    fn line(self, say: Say, at: usize, line: &Line) -> AnyView {
        let shift = shift_name(say, line.duty.shift);
        let place = self.page.place(say, &line.duty.place);
        let name = line.name.clone();
        let note = line.duty.note.clone().map(|note| view! { <small>{note}</small> });
        let fault = move || self.fault.get().filter(|(wrong, _)| *wrong == at).map(|(_, text)| text);
        let remove = move || {
            self.fault.set(None);
            self.lines.update(|lines| drop(lines.remove(at)));
        };
        let change = line.clone();
        let change = move || {
            remove();
            self.entry.take(change.clone());
            focus(&self.form.id("staff"));
        };
        let told = view! { <span>{shift}" · "{place}</span>{note} }.into_any();
        view! {
            <li class:wrong=move || fault().is_some() id=line_id(at) tabindex="-1">
                {listed(say, &name, told, change, remove)}
                <p class="fault" role="alert">{move || fault()}</p>
            </li>
        }
        .into_any()
    }

    fn adding(self, say: Say) -> AnyView {
        let (d, form, entry) = (say.d, self.form, self.entry);
        let shifts = [("day", d.shift_day_long), ("night", d.shift_night_long), ("other", d.shift_other)];
        let shifts = shifts.map(|(key, text)| Choice::new(key, text)).to_vec();
        let other = Memo::new(move |_| entry.shift.with(|shift| shift == "other"));
        let hours = move || {
            other.get().then(|| {
                let field = form.field("shift", d.shift_hours).hint(d.shift_hours_hint);
                field::text(say, field, Typed::default(), entry.hours)
            })
        };
        let add = move || {
            self.add(say);
        };
        view! {
            <fieldset class="adding">
                <legend>{d.roster_add}</legend>
                <div class="pair loose">
                    {search::one(say, form.field("staff", d.roster_person), self.page.people(say), entry.staff)}
                    {search::one(say, form.field("place", d.roster_place), self.page.duty_places(say), entry.place)}
                </div>
                {field::radios(say, form.field("when", d.roster_shift), shifts, entry.shift)}
                {move || hours()}
                {field::text(say, form.field("note", d.roster_note).hint(d.roster_note_hint).optional(), Typed::default(), entry.note)}
                <div class="does">{icon_button("plain", PLUS, d.roster_put, add)}</div>
            </fieldset>
        }
        .into_any()
    }

    /// Puts what is filled in into the list; tells whether it could.
    fn add(self, say: Say) -> bool {
        let (form, entry) = (self.form, self.entry);
        form.clear();
        self.fault.set(None);
        let first = |list: RwSignal<Vec<String>>| list.with_untracked(|list| list.first().cloned());
        let person = first(entry.staff).and_then(|key| self.page.person(&key));
        let place = first(entry.place).and_then(|key| key.parse().ok());
        if !form.requires(say, &[("staff", person.is_some()), ("place", place.is_some())]) {
            return false;
        }
        let shift = match entry.shift.get_untracked().as_str() {
            "other" => entry.hours.with_untracked(|hours| hours.trim().parse::<DutyShift>()),
            usual => usual.parse(),
        };
        let shift = shift.map_err(|rule| form.blame("shift", say.rule(rule)));
        let (Some(person), Some(place), Ok(shift)) = (person, place, shift) else { return false };
        let note = Some(entry.note.with_untracked(|note| note.trim().to_owned())).filter(|note| !note.is_empty());
        let duty = NewDuty { staff: person.staff, shift, place, note };
        self.lines.update(|lines| lines.push(Line { duty, name: person.name }));
        entry.clear();
        focus(&form.id("staff"));
        true
    }
}

fn line_id(at: usize) -> String {
    ["duty-line-", &at.to_string()].concat()
}

fn shift_name(say: Say, shift: DutyShift) -> String {
    match shift {
        DutyShift::DAY => words::of(say.d.shifts, "day").to_owned(),
        DutyShift::NIGHT => words::of(say.d.shifts, "night").to_owned(),
        other => times(other),
    }
}
