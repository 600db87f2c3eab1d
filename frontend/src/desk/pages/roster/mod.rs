//! The duty roster: a week, each day's day and night shift, people by where they are on duty. Everybody reads it; the
//! town's leads plan it, and a village's chief plans their village's part.

mod copy;
mod draft;
mod edit;
mod week;

pub use week::times;

use super::admin_tabs;
use super::calendar::{months, today};
use crate::components::act;
use crate::components::icons::icon;
use crate::desk::icons::{BACK, COPY, ON};
use crate::desk::parts::{button, dialog, head, icon_button, remote};
use crate::desk::places::Places;
use crate::desk::route::Admin;
use crate::desk::{Desk, Say, Sheet};
use crate::state::remote::Following;
use crate::state::watch;
use chrono::{Days, NaiveDate};
use geodata::matter::Matter;
use geodata::roster::{AHEAD_DAYS, monday};
use geodata::town::VillageCode;
use geodata::wire::{Duty, DutyDay, Roster, StaffRow};
use leptos::prelude::*;

/// What is asked over the page.
#[derive(Clone)]
enum Question {
    Day(DutyDay),
    Copy(NaiveDate),
}

/// The page's state.
#[derive(Clone, Copy)]
struct Page {
    desk: Desk,
    /// The Monday of the week shown.
    week: RwSignal<NaiveDate>,
    list: Following<Roster>,
    staff: Following<Vec<StaffRow>>,
    places: Places,
    /// A village's code, `town`, or nothing: whose part is shown.
    part: RwSignal<String>,
    open: RwSignal<Option<Question>>,
}

/// The page.
pub fn roster(desk: Desk) -> Sheet {
    let asked = untrack(|| desk.asked("week")).and_then(|day| day.parse().ok());
    let week = RwSignal::new(monday(asked.unwrap_or_else(|| today(desk))));
    let path = move || {
        let from = week.get();
        let to = later(from, 6);
        desk.session.query("/api/roster", &[("from", from.to_string()), ("to", to.to_string())])
    };
    let part = desk.session.me.with_untracked(|me| me.as_ref().and_then(|me| me.village.clone()));
    let page = Page {
        desk,
        week,
        list: desk.follow(path),
        staff: desk.follow(move || desk.session.path("/api/staff")),
        places: Places::of(desk),
        part: RwSignal::new(part.map(|village| village.to_string()).unwrap_or_default()),
        open: RwSignal::new(None),
    };
    watch(move || desk.put([("week", week.get().to_string())]));
    Box::new(move |say| page.view(say))
}

fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

impl Page {
    /// Whether the person plans duties at all.
    fn plans(self) -> bool {
        self.desk.role().is_some_and(|role| role.keeps(Matter::Roster) || role.keeps_own(Matter::Roster))
    }

    /// The only village that the person plans for, where that is so.
    fn own_village(self) -> Option<VillageCode> {
        self.desk
            .session
            .me
            .with(|me| me.as_ref().filter(|me| me.role.keeps_own(Matter::Roster)).and_then(|me| me.village.clone()))
    }

    /// Whose part is shown and planned; the whole where it is nobody's.
    fn village(self) -> Option<VillageCode> {
        self.part.with(|part| part.parse().ok())
    }

    /// Whether a day can be planned in the part that is shown.
    fn can_plan(self, day: NaiveDate) -> bool {
        let today = today(self.desk);
        let yesterday = today.pred_opt().unwrap_or(today);
        let own = self.own_village();
        self.plans()
            && self.part.with(|part| part != "town")
            && (yesterday..=later(today, AHEAD_DAYS)).contains(&day)
            && (own.is_none() || own == self.village())
    }

    /// Whether a duty is in the part that is shown; subscribes.
    fn shows(self, duty: &Duty) -> bool {
        self.part.with(|part| match part.as_str() {
            "" => true,
            "town" => duty.place.village().is_none(),
            code => duty.place.village().is_some_and(|village| village.as_str() == code),
        })
    }

    fn view(self, say: Say) -> AnyView {
        let d = say.d;
        let copies = move || {
            let own = self.own_village();
            let may = self.plans() && self.part.with(|p| p != "town") && (own.is_none() || own == self.village());
            may.then(|| {
                icon_button("plain", COPY, d.roster_copy, move || {
                    self.open.set(Some(Question::Copy(self.week.get_untracked())));
                })
            })
        };
        let list = move || remote(say, &self.list.state.get(), move || self.list.again(), |list| self.table(say, list));
        view! {
            {admin_tabs(self.desk, say, Admin::Roster)}
            {head(d.roster, d.roster_lead, view! { {move || copies()} })}
            <div class="sieve">
                {self.stepper(say)}
                {self.parts(say)}
            </div>
            {move || list()}
            {dialog::dialog(say, self.open, move |question| title(say, question), move |question| self.ask(say, question))}
        }
        .into_any()
    }

    /// The week, with ways to the one before, the one after, and today's.
    fn stepper(self, say: Say) -> AnyView {
        let d = say.d;
        let step = move |back: bool, path: &'static str, label: &'static str| {
            let go = move || {
                let week = Days::new(7);
                self.week.update(|day| {
                    let to = if back { day.checked_sub_days(week) } else { day.checked_add_days(week) };
                    *day = to.unwrap_or(*day);
                });
            };
            view! {
                <button class="btn plain square" type="button" aria-label=label title=label on:click=act(go)>{icon(path)}</button>
            }
            .into_any()
        };
        let span = move || {
            let from = self.week.get();
            [&from.to_string(), " – ", later(from, 6).to_string().get(5..).unwrap_or_default()].concat()
        };
        let this = move || {
            let now = monday(today(self.desk));
            (self.week.get() != now).then(|| button("quiet", d.this_week, move || self.week.set(now)))
        };
        view! {
            <div class="stepper week-of">
                {step(true, BACK, d.week_before)}
                <output aria-live="polite">{move || span()}</output>
                {step(false, ON, d.week_after)}
                {move || this()}
            </div>
        }
        .into_any()
    }

    /// Whose part is shown.
    fn parts(self, say: Say) -> AnyView {
        let villages = self.places.villages(say);
        let options = move || {
            let villages = villages.get();
            let villages = villages.iter().cloned().map(|village| {
                let key = village.key.clone();
                view! { <option value=village.key selected=move || self.part.with(|p| *p == key)>{village.text}</option> }
                    .into_any()
            });
            villages.collect_view()
        };
        view! {
            <select aria-label=say.d.roster_part class:on=move || !self.part.with(String::is_empty)
                on:change=move |event| self.part.set(event_target_value(&event))>
                <option value="" selected=move || self.part.with(String::is_empty)>{say.d.roster_all}</option>
                <option value="town" selected=move || self.part.with(|p| p == "town")>{say.d.roster_town}</option>
                {move || options()}
            </select>
        }
        .into_any()
    }

    fn ask(self, say: Say, question: Question) -> AnyView {
        match question {
            Question::Day(day) => edit::edit(self, say, &day),
            Question::Copy(week) => copy::copy(self, say, week),
        }
    }

    fn cancel(self, say: Say) -> AnyView {
        button("plain", say.d.cancel, move || self.open.set(None))
    }

    fn saved(self, told: String) {
        self.list.again();
        self.open.set(None);
        self.desk.toasts.tell(told);
    }
}

fn title(say: Say, question: &Question) -> String {
    match question {
        Question::Day(day) => say.d.roster_day_of(&months::label(say, day.day)),
        Question::Copy(_) => say.d.roster_copy.to_owned(),
    }
}
