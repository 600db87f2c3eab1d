//! Whom a step can hand an incident to.

use crate::desk::parts::field::Choice;
use crate::desk::places::Places;
use crate::desk::{Desk, Say};
use crate::state::remote::Following;
use crate::words;
use geodata::incident::{Party, Recipient};
use geodata::wire::{IncidentProperties, StaffRow, Unit};
use leptos::prelude::*;
use std::sync::Arc;

/// The town's people and units.
#[derive(Clone, Copy)]
pub struct Recipients {
    staff: Following<Vec<StaffRow>>,
    units: Following<Vec<Unit>>,
    places: Places,
}

impl Recipients {
    /// Fetches them.
    pub fn new(desk: Desk) -> Self {
        Self {
            staff: desk.follow(move || desk.session.path("/api/staff")),
            units: desk.follow(move || desk.session.path("/api/units")),
            places: Places::of(desk),
        }
    }

    /// Those to choose from; whoever is bound to where the incident lies comes first.
    pub fn choices(self, say: Say, which: Recipient, at: Option<IncidentProperties>) -> Signal<Arc<Vec<Choice>>> {
        let choices = Memo::new(move |_| {
            let mut choices = self.units(say);
            match which {
                Recipient::Handler => choices.splice(0..0, self.people(say, at.as_ref())).for_each(drop),
                Recipient::Unit => choices.push(Choice {
                    key: Party::County.to_string(),
                    text: words::of(say.w.level, "county").to_owned(),
                    note: say.d.outside_system.to_owned(),
                }),
            }
            Arc::new(choices)
        });
        choices.into()
    }

    fn units(self, say: Say) -> Vec<Choice> {
        self.units.state.with(|state| {
            let units = state.ready().map(|u| u.iter()).into_iter().flatten();
            units
                .map(|unit| Choice {
                    key: Party::Unit(unit.code.clone()).to_string(),
                    text: say.w.name(&unit.name).to_owned(),
                    note: say.d.unit_field.to_owned(),
                })
                .collect()
        })
    }

    fn people(self, say: Say, at: Option<&IncidentProperties>) -> Vec<Choice> {
        let near = |row: &StaffRow| match at {
            Some(p) if p.grid.as_ref().is_some_and(|grid| row.grids.contains(grid)) => 0,
            Some(p) if p.village.is_some() && row.village == p.village => 1,
            Some(p) if row.grids.iter().any(|grid| Some(grid.village()) == p.village) => 2,
            _ => 3,
        };
        self.staff.state.with(|state| {
            let mut rows: Vec<&StaffRow> = state.ready().map(|s| s.iter()).into_iter().flatten().collect();
            rows.sort_by_key(|row| near(row));
            rows.into_iter()
                .map(|row| {
                    let scope = self.places.scope(say, row.role, row.village.as_ref(), &row.grids, row.unit.as_ref());
                    Choice {
                        key: Party::Staff(row.staff).to_string(),
                        text: row.name.clone(),
                        note: [words::of(say.w.role, row.role.word()), " · ", &scope].concat(),
                    }
                })
                .collect()
        })
    }
}
