//! A day's duties while they are planned.

use super::Page;
use crate::desk::Say;
use crate::desk::parts::field::Choice;
use crate::words;
use geodata::roster::{DutyPlace, DutyShift};
use geodata::wire::{Duty, NewDuty, StaffRow};
use leptos::prelude::*;
use std::sync::Arc;

/// A duty in the list; its name is kept in case the person is no longer on the staff.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub duty: NewDuty,
    pub name: String,
}

impl Line {
    pub fn of(duty: &Duty) -> Self {
        let Duty { staff, shift, place, note, .. } = duty.clone();
        Self { duty: NewDuty { staff, shift, place, note }, name: duty.name.clone() }
    }
}

/// The line that is being filled in.
#[derive(Clone, Copy)]
pub struct Entry {
    pub staff: RwSignal<Vec<String>>,
    /// `day`, `night`, or `other`.
    pub shift: RwSignal<String>,
    /// The hours of another shift, `18:00-06:00`.
    pub hours: RwSignal<String>,
    pub place: RwSignal<Vec<String>>,
    pub note: RwSignal<String>,
}

impl Entry {
    pub fn new() -> Self {
        Self {
            staff: RwSignal::new(Vec::new()),
            shift: RwSignal::new("day".to_owned()),
            hours: RwSignal::new(String::new()),
            place: RwSignal::new(Vec::new()),
            note: RwSignal::new(String::new()),
        }
    }

    /// Empty again, but for shift and place: the next is often like the last.
    pub fn clear(self) {
        self.staff.set(Vec::new());
        self.note.set(String::new());
    }

    /// Begins with a line that was taken out of the list.
    pub fn take(self, line: Line) {
        let NewDuty { staff, shift, place, note } = line.duty;
        self.staff.set(vec![staff.to_string()]);
        let usual = [DutyShift::DAY, DutyShift::NIGHT].contains(&shift);
        self.shift.set(if usual { shift.to_string() } else { "other".to_owned() });
        self.hours.set(if usual { String::new() } else { shift.to_string() });
        self.place.set(vec![place.to_string()]);
        self.note.set(note.unwrap_or_default());
    }
}

impl Page {
    /// The people to choose from.
    pub(super) fn people(self, say: Say) -> Signal<Arc<Vec<Choice>>> {
        let choices = Memo::new(move |_| {
            self.staff.state.with(|state| {
                let staff = state.ready().map(|staff| staff.iter()).into_iter().flatten();
                let own = self.village();
                let mut staff: Vec<_> = staff.collect();
                // Whoever plans a village plans its own people first.
                staff.sort_by_key(|person| own.is_some() && usual_place(person).village() != own);
                let choices = staff.into_iter().map(|person| {
                    let scope = self.places.scope(
                        say,
                        person.role,
                        person.village.as_ref(),
                        &person.grids,
                        person.unit.as_ref(),
                    );
                    let note = [words::of(say.w.role, person.role.word()), " · ", &scope].concat();
                    Choice { note, ..Choice::new(person.staff.to_string(), person.name.clone()) }
                });
                Arc::new(choices.collect::<Vec<_>>())
            })
        });
        choices.into()
    }

    /// The places to choose from: those of the part that is planned.
    pub(super) fn duty_places(self, say: Say) -> Signal<Arc<Vec<Choice>>> {
        let (villages, grids, units) = (self.places.villages(say), self.places.grids(say), self.places.units(say));
        let choices = Memo::new(move |_| {
            let mut all = vec![Choice::new("town", say.d.place_town)];
            for (kind, list) in [("unit:", units.get()), ("village:", villages.get()), ("grid:", grids.get())] {
                all.extend(list.iter().map(|choice| Choice { key: [kind, &choice.key].concat(), ..choice.clone() }));
            }
            let village = self.village();
            if let Some(village) = village {
                let own = |choice: &Choice| choice.key.parse::<DutyPlace>().ok().and_then(|place| place.village());
                all.retain(|choice| own(choice).as_ref() == Some(&village));
            }
            Arc::new(all)
        });
        choices.into()
    }

    /// The person of a key.
    pub(super) fn person(self, key: &str) -> Option<StaffRow> {
        self.staff
            .state
            .with_untracked(|state| state.ready()?.iter().find(|person| person.staff.to_string() == key).cloned())
    }
}

/// Where somebody is on duty unless somebody says otherwise: where they belong.
pub fn usual_place(person: &StaffRow) -> DutyPlace {
    match (&person.unit, &person.grids[..], &person.village) {
        (Some(unit), ..) => DutyPlace::Unit(unit.clone()),
        (None, [grid, ..], _) => DutyPlace::Grid(grid.clone()),
        (None, [], Some(village)) => DutyPlace::Village(village.clone()),
        (None, [], None) => DutyPlace::Town,
    }
}
