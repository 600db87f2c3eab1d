//! Holidays and working hours: a year as twelve small months, whether it is announced or only reckoned, and the shifts
//! that limits in working time count. Everybody reads it; the administrator changes it.

mod day;
mod hours;
pub mod months;

use super::admin_tabs;
use crate::api::Errand;
use crate::components::act;
use crate::components::icons::icon;
use crate::desk::icons::{BACK, ON};
use crate::desk::parts::form::Form;
use crate::desk::parts::{button, dialog, form, head, remote};
use crate::desk::route::Admin;
use crate::desk::{Desk, Say, Sheet};
use crate::state::remote::Following;
use crate::state::watch;
use crate::words;
use chrono::{Datelike as _, NaiveDate};
use geodata::matter::Matter;
use geodata::wire::{CalendarDay, CalendarYear, HoursInForce};
use geodata::worktime::{DayKind, EDITABLE, YearState};
use leptos::prelude::*;
use strum::VariantArray as _;

/// What is asked over the page.
#[derive(Clone)]
enum Question {
    Day(CalendarDay),
    Hours(HoursInForce),
    Confirm(i32),
    Reset(i32),
}

/// The page's state.
#[derive(Clone, Copy)]
struct Calendar {
    desk: Desk,
    year: RwSignal<i32>,
    list: Following<CalendarYear>,
    hours: Following<Vec<HoursInForce>>,
    /// The day that has the keyboard.
    at: RwSignal<Option<NaiveDate>>,
    open: RwSignal<Option<Question>>,
}

/// The page.
pub fn calendar(desk: Desk) -> Sheet {
    let asked = untrack(|| desk.asked("year")).and_then(|year| year.parse().ok());
    let year = asked.filter(|year| EDITABLE.contains(year)).unwrap_or_else(|| today(desk).year());
    let year = RwSignal::new(year);
    let path = move || ["/api/calendar/", &year.get().to_string()].concat();
    let page = Calendar {
        desk,
        year,
        list: desk.follow(move || desk.session.path(&path())),
        hours: desk.follow(move || desk.session.path("/api/hours")),
        at: RwSignal::new(None),
        open: RwSignal::new(None),
    };
    watch(move || desk.put([("year", year.get().to_string())]));
    Box::new(move |say| page.view(say))
}

/// The town's local date.
pub fn today(desk: Desk) -> NaiveDate {
    let now = desk.clock.now.get_untracked();
    let local = desk.say.get_untracked().dates.input(now);
    local.get(..10).and_then(|day| day.parse().ok()).unwrap_or_else(|| now.date_naive())
}

impl Calendar {
    fn manages(self) -> bool {
        self.desk.keeps(Matter::Calendar)
    }

    fn view(self, say: Say) -> AnyView {
        let d = say.d;
        let list = move || remote(say, &self.list.state.get(), move || self.list.again(), |year| self.shown(say, year));
        let hours =
            move || remote(say, &self.hours.state.get(), move || self.hours.again(), |list| self.hours(say, list));
        view! {
            {admin_tabs(self.desk, say, Admin::Calendar)}
            {head(d.calendar, d.calendar_lead, self.stepper(say))}
            {move || list()}
            {move || hours()}
            {dialog::dialog(say, self.open, move |question| title(say, question), move |question| self.ask(say, question))}
        }
        .into_any()
    }

    /// The year, with a way to the one before and the one after.
    fn stepper(self, say: Say) -> AnyView {
        let step = move |by: i32, path: &'static str, label: &'static str| {
            let to = move || self.year.get() + by;
            let go = move || {
                if EDITABLE.contains(&untrack(to)) {
                    self.at.set(None);
                    self.year.set(untrack(to));
                }
            };
            let off = move || (!EDITABLE.contains(&to())).then_some("true");
            view! {
                <button class="btn plain square" type="button" aria-label=label title=label aria-disabled=move || off()
                    on:click=act(go)>{icon(path)}</button>
            }
            .into_any()
        };
        view! {
            <div class="stepper">
                {step(-1, BACK, say.d.year_before)}
                <output aria-live="polite">{move || say.d.year_of(&self.year.get().to_string())}</output>
                {step(1, ON, say.d.year_after)}
            </div>
        }
        .into_any()
    }

    fn shown(self, say: Say, year: &CalendarYear) -> AnyView {
        view! {
            {self.state(say, year)}
            {legend(say, year)}
            {self.months(say, year)}
            {months::festivals(say, year)}
        }
        .into_any()
    }

    /// How well the year is known, and what can be done about that.
    fn state(self, say: Say, year: &CalendarYear) -> AnyView {
        let (d, number) = (say.d, year.year);
        let edited = year.days.iter().filter(|day| day.edited).count();
        let confirm = (year.state == YearState::Provisional && self.manages())
            .then(|| button("plain", d.year_confirm, move || self.open.set(Some(Question::Confirm(number)))));
        let reset = ((edited > 0 || year.state == YearState::Edited) && self.manages())
            .then(|| button("quiet", d.year_reset, move || self.open.set(Some(Question::Reset(number)))));
        let word = year.state.word();
        let changed = (edited > 0).then(|| view! { <span>{d.days_edited(&edited.to_string())}</span> });
        view! {
            <div class=["notice ", word].concat()>
                <p><b>{words::of(d.year_state, word)}</b><span>{words::of(d.year_hint, word)}</span>{changed}</p>
                <div class="does">{confirm}{reset}</div>
            </div>
        }
        .into_any()
    }

    fn ask(self, say: Say, question: Question) -> AnyView {
        let d = say.d;
        match question {
            Question::Day(day) => day::edit(self, say, day),
            Question::Hours(hours) => hours::edit(self, say, &hours),
            Question::Confirm(year) => self.sure(say, year, "confirm", d.year_confirm, d.year_confirm_lead),
            Question::Reset(year) => self.sure(say, year, "reset", d.year_reset, d.year_reset_lead),
        }
    }

    /// Whether the whole year shall be confirmed, or set back.
    fn sure(self, say: Say, year: i32, word: &'static str, submit: &'static str, lead: &'static str) -> AnyView {
        let form = Form::new(self.desk, "year");
        let send = move || {
            let path = ["/api/calendar/", &year.to_string(), "/", word].concat();
            form.send(Errand::post(self.desk.session.path(&path)).once(&form.key()), move |_| self.saved(say));
        };
        form::form(say, form, submit, send, view! { <p>{lead}</p> }, self.cancel(say))
    }

    fn cancel(self, say: Say) -> AnyView {
        button("plain", say.d.cancel, move || self.open.set(None))
    }

    fn saved(self, say: Say) {
        self.list.again();
        self.hours.again();
        self.open.set(None);
        self.desk.toasts.tell(say.d.calendar_saved);
    }
}

/// The kinds of days: their sign, their name, and how many there are.
fn legend(say: Say, year: &CalendarYear) -> AnyView {
    let kinds = DayKind::VARIANTS.iter().map(|kind| {
        let count = year.days.iter().filter(|day| day.kind == *kind).count().to_string();
        view! {
            <li><i class=["date ", kind.word()].concat() aria-hidden="true">{words::of(say.d.day_sign, kind.word())}</i>
                {words::of(say.d.day_kind, kind.word())}" "<b>{say.d.days(&count)}</b></li>
        }
        .into_any()
    });
    view! { <ul class="kinds">{kinds.collect_view()}<li><i class="date edited" aria-hidden="true"></i>{say.d.day_edited}</li></ul> }
        .into_any()
}

fn title(say: Say, question: &Question) -> String {
    let d = say.d;
    match question {
        Question::Day(day) => months::label(say, day.date),
        Question::Hours(_) => d.hours_change.to_owned(),
        Question::Confirm(year) => d.year_confirm_of(&year.to_string()),
        Question::Reset(year) => d.year_reset_of(&year.to_string()),
    }
}
