//! Whom a step can hand an incident to: those who handle incidents, units, and outside the system the county.

use crate::desk::parts::field::Choice;
use crate::desk::parts::remote;
use crate::desk::places::Places;
use crate::desk::{Desk, Say};
use crate::state::remote::{Following, Remote};
use crate::words;
use geodata::incident::{Party, Recipient};
use geodata::wire::{IncidentFeature, IncidentProperties, StaffRow, Unit};
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

    /// The unit that such incidents usually go to, by its key, where they are of one category and it has one.
    pub fn usual(self, incidents: &[Arc<IncidentFeature>]) -> Memo<Option<String>> {
        let first = incidents.first().map(|incident| incident.properties.category.clone());
        let category = first.filter(|first| incidents.iter().all(|each| each.properties.category == *first));
        Memo::new(move |_| {
            let unit = self.places.default_unit(category.as_ref()?)?;
            // What the town no longer has is nothing to begin with.
            let there = self.units.state.with(|state| state.ready().is_some_and(|u| u.iter().any(|u| u.code == unit)));
            there.then(|| Party::Unit(unit).to_string())
        })
    }

    /// Those to choose from: the usual unit, then whoever is bound to where the one incident lies.
    pub fn choices(
        self,
        say: Say,
        which: Recipient,
        incidents: &[Arc<IncidentFeature>],
        usual: Memo<Option<String>>,
    ) -> Signal<Arc<Vec<Choice>>> {
        let at = match incidents {
            [one] => Some(one.properties.clone()),
            _ => None,
        };
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
            // The sort keeps the order of the others.
            usual.with(|usual| choices.sort_by_key(|choice| Some(&choice.key) != usual.as_ref()));
            Arc::new(choices)
        });
        choices.into()
    }

    /// That one of the lists did not come, and the way to ask for it again; nothing where both are here.
    pub fn trouble(self, say: Say) -> AnyView {
        let of_staff = move || failed(say, self.staff);
        let of_units = move || failed(say, self.units);
        view! { {move || of_staff()}{move || of_units()} }.into_any()
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
            let staff = state.ready().map(|s| s.iter()).into_iter().flatten();
            let mut rows: Vec<&StaffRow> = staff.filter(|row| row.role.handles()).collect();
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

fn failed<T: Send + Sync + 'static>(say: Say, list: Following<T>) -> Option<AnyView> {
    list.state.with(|state| {
        let failed = matches!(state, Remote::Failed(_));
        failed.then(|| remote(say, state, move || list.again(), |_| ().into_any()))
    })
}
