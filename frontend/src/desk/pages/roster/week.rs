//! The week as a table: a row a day, the day shift and the night shift side by side, people by where they are on duty.

use super::super::calendar::{months, today};
use super::{Page, Question};
use crate::components::act;
use crate::components::icons::icon;
use crate::desk::Say;
use crate::desk::icons::PENCIL;
use crate::desk::parts::table::{self, Column};
use crate::words;
use geodata::roster::{DutyPlace, DutyShift};
use geodata::wire::{Duty, DutyDay, Roster};
use leptos::prelude::*;

/// Whether a shift belongs to the day's column: it begins between six and eighteen o'clock.
fn by_day(shift: DutyShift) -> bool {
    (6 * 60..18 * 60).contains(&shift.from())
}

/// A shift's times.
pub fn times(shift: DutyShift) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
    [&clock(shift.from()), "–", &clock(shift.to())].concat()
}

impl Page {
    pub(super) fn table(self, say: Say, roster: &Roster) -> AnyView {
        let d = say.d;
        let columns = [
            Column(d.roster_day, "main"),
            Column(d.shift_day_long, "duties"),
            Column(d.shift_night_long, "duties"),
            Column(d.col_actions, "act"),
        ];
        let rows: Vec<_> = roster.days.iter().map(|day| self.row(say, &columns, day)).collect();
        view! { <div class="week">{table::table(d.roster, &columns, rows)}</div> }.into_any()
    }

    fn row(self, say: Say, columns: &[Column], day: &DutyDay) -> AnyView {
        let date = day.day;
        let is_today = date == today(self.desk);
        let chip = is_today.then(|| view! { <b class="chip">{say.d.today}</b> });
        let shown = |daily: bool| {
            let duties = day.duties.iter().filter(|duty| by_day(duty.shift) == daily && self.shows(duty));
            self.duties(say, &duties.collect::<Vec<_>>())
        };
        let edit = self.can_plan(date).then(|| {
            let asked = day.clone();
            let label = say.d.roster_day_of(&months::label(say, date));
            let press = move || self.open.set(Some(Question::Day(asked.clone())));
            view! {
                <button class="quiet square" type="button" aria-label=label.clone() title=label aria-haspopup="dialog"
                    on:click=act(press)>{icon(PENCIL)}</button>
            }
        });
        let short = date.to_string().get(5..).unwrap_or_default().to_owned();
        let cells = vec![
            view! { <time datetime=date.to_string()>{short}</time>" "<small>{months::weekday(say, date)}</small>{chip} }
                .into_any(),
            shown(true),
            shown(false),
            edit.into_any(),
        ];
        table::row(columns, if is_today { "today" } else { "" }, cells)
    }

    /// People by place.
    fn duties(self, say: Say, duties: &[&Duty]) -> AnyView {
        if duties.is_empty() {
            return view! { <span class="none">{say.d.roster_none}</span> }.into_any();
        }
        let mut by_place: Vec<(&DutyPlace, Vec<&Duty>)> = Vec::new();
        for duty in duties {
            match by_place.iter_mut().find(|(place, _)| **place == duty.place) {
                Some((_, people)) => people.push(duty),
                None => by_place.push((&duty.place, vec![duty])),
            }
        }
        let places = by_place.into_iter().map(|(place, people)| {
            let people = people.into_iter().map(|duty| person(say, duty)).collect::<Vec<_>>();
            view! { <li><b>{self.place(say, place)}</b><span>{people}</span></li> }.into_any()
        });
        view! { <ul class="duties">{places.collect_view()}</ul> }.into_any()
    }

    /// A place of duty, in words.
    pub(super) fn place(self, say: Say, place: &DutyPlace) -> String {
        match place {
            DutyPlace::Town => say.d.place_town.to_owned(),
            DutyPlace::Unit(unit) => self.places.unit(say, unit),
            DutyPlace::Village(village) => self.places.village(say, village),
            DutyPlace::Grid(grid) => say.w.place_grid(&self.places.village(say, &grid.village()), grid.sequence()),
        }
    }
}

/// Somebody, with what else there is to know.
fn person(say: Say, duty: &Duty) -> AnyView {
    let other = ![DutyShift::DAY, DutyShift::NIGHT].contains(&duty.shift);
    let notes = [other.then(|| times(duty.shift)), duty.note.clone()];
    let notes: Vec<_> = notes.into_iter().flatten().collect();
    let notes = (!notes.is_empty()).then(|| view! { <small>{notes.join(" · ")}</small> });
    view! { <span class="person" title=words::of(say.w.role, duty.role.word())>{duty.name.clone()}{notes}</span> }
        .into_any()
}
