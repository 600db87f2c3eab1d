//! The town's villages, grids, units and categories, by name.

use super::parts::field::Choice;
use super::parts::remote;
use super::{Desk, Say};
use crate::api::Failure;
use crate::state::remote::{Following, Remote};
use crate::wire::{Read, Tree};
use crate::words;
use geodata::bond::Bond;
use geodata::incident::Party;
use geodata::town::{CategoryCode, GridCode, Role, UnitCode, VillageCode};
use geodata::wire::{Category, GridProperties, IncidentProperties, PartyPeople, Unit, VillageProperties};
use leptos::prelude::*;
use std::sync::Arc;

/// What is known of a collection's features; their shapes are passed over.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<P>(pub Vec<P>);

impl<P: Read> Read for Listed<P> {
    fn read(from: &impl Tree) -> Option<Self> {
        let features = from.member("features").items()?;
        features.iter().map(|feature| P::read(&feature.member("properties"))).collect::<Option<_>>().map(Self)
    }
}

/// Villages, grids, units and categories by name.
#[derive(Clone, Copy)]
pub struct Places {
    villages: Following<Listed<VillageProperties>>,
    grids: Following<Listed<GridProperties>>,
    units: Following<Vec<Unit>>,
    categories: Following<Vec<Category>>,
}

impl Places {
    /// Fetches them.
    pub fn new(desk: Desk) -> Self {
        Self {
            villages: desk.follow(move || desk.session.path("/api/villages")),
            grids: desk.follow(move || desk.session.path("/api/grids")),
            units: desk.follow(move || desk.session.path("/api/units")),
            categories: desk.follow(move || desk.session.path("/api/categories")),
        }
    }

    /// What of it did not come, and the way to ask for it again; nothing where all is here or on its way.
    pub fn trouble(self, say: Say) -> AnyView {
        let again = move || {
            self.villages.again();
            self.grids.again();
            self.units.again();
            self.categories.again();
        };
        let view = move || {
            let places = lost(self.villages).or_else(|| lost(self.grids));
            let failure = places.or_else(|| lost(self.units)).or_else(|| lost(self.categories))?;
            Some(remote(say, &Remote::<()>::Failed(failure), again, |_| ().into_any()))
        };
        view! { {move || view()} }.into_any()
    }

    /// Those that the frame has fetched for all pages.
    pub fn of(desk: Desk) -> Self {
        use_context().unwrap_or_else(|| Self::new(desk))
    }

    /// Where an incident is, in words: village and grid.
    pub fn place(self, say: Say, incident: &IncidentProperties) -> String {
        match (&incident.village, &incident.grid) {
            _ if incident.outside => say.w.outside.to_owned(),
            (Some(village), Some(grid)) => say.w.place_grid(&self.village(say, village), grid.sequence()),
            (Some(village), None) => self.village(say, village),
            (None, Some(grid)) => grid.to_string(),
            (None, None) => say.w.unknown_place.to_owned(),
        }
    }

    /// A category's name; its code where it is no longer in force.
    pub fn category(self, say: Say, code: &CategoryCode) -> String {
        let name = self.categories.state.with(|state| {
            let category = state.ready()?.iter().find(|c| c.code == *code)?;
            Some(say.w.name(&category.name).to_owned())
        });
        name.unwrap_or_else(|| code.to_string())
    }

    /// The unit that incidents of a category usually go to; subscribes.
    pub fn default_unit(self, code: &CategoryCode) -> Option<UnitCode> {
        self.categories.state.with(|state| state.ready()?.iter().find(|c| c.code == *code)?.default_unit.clone())
    }

    /// The categories to choose from, with the groups that they fall in.
    pub fn categories(self, say: Say) -> Signal<Arc<Vec<Choice>>> {
        let choices = Memo::new(move |_| {
            self.categories.state.with(|state| {
                let categories = state.ready().map(|c| c.iter()).into_iter().flatten();
                let choices = categories.map(|category| Choice {
                    key: category.code.to_string(),
                    text: say.w.name(&category.name).to_owned(),
                    note: words::of(say.w.group, category.group.word()).to_owned(),
                });
                Arc::new(choices.collect::<Vec<_>>())
            })
        });
        choices.into()
    }

    /// Who is meant by a party, seen from an incident: its grid, its village, the town, a unit, a person, with the names
    /// of those whom `known` tells.
    pub fn party(self, say: Say, party: &Party, incident: &IncidentProperties, known: &[PartyPeople]) -> String {
        let people = known.iter().find(|people| people.party == *party);
        let name = match party {
            Party::Grid => incident.grid.as_ref().map(|grid| say.d.party_grid(grid.sequence())),
            Party::Village => incident.village.as_ref().map(|village| self.village(say, village)),
            Party::Unit(unit) => Some(self.unit(say, unit)),
            Party::Staff(_) => None,
            Party::Town | Party::County => Some(words::of(say.w.level, party_level(party)).to_owned()),
        };
        let person = match people.map(|people| &people.people[..]) {
            Some([one]) => Some([words::of(say.w.role, one.role.word()), " ", &one.name].concat()),
            _ => None,
        };
        match (name, person) {
            (Some(name), Some(person)) => [&name, " · ", &person].concat(),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => say.d.party_someone.to_owned(),
        }
    }

    /// A village's name; its code until that is known. Subscribes, as the others do.
    pub fn village(self, say: Say, code: &VillageCode) -> String {
        let name = self.villages.state.with(|state| {
            let village = state.ready()?.0.iter().find(|v| v.code == *code)?;
            Some(say.w.name(&village.name).to_owned())
        });
        name.unwrap_or_else(|| code.to_string())
    }

    /// A unit's name; its code until that is known.
    pub fn unit(self, say: Say, code: &UnitCode) -> String {
        let name = self.units.state.with(|state| {
            let unit = state.ready()?.iter().find(|u| u.code == *code)?;
            Some(say.w.name(&unit.name).to_owned())
        });
        name.unwrap_or_else(|| code.to_string())
    }

    /// What a person is bound to, in words.
    pub fn scope(
        self,
        say: Say,
        role: Role,
        village: Option<&VillageCode>,
        grids: &[GridCode],
        unit: Option<&UnitCode>,
    ) -> String {
        match (role.bond(), village, grids, unit) {
            (Bond::Village, Some(village), ..) => self.village(say, village),
            (Bond::Grids, _, [first, rest @ ..], _) => {
                let first_named = say.w.place_grid(&self.village(say, &first.village()), first.sequence());
                let rest = rest.iter().map(|grid| {
                    if grid.village() == first.village() {
                        grid.sequence().to_owned()
                    } else {
                        say.w.place_grid(&self.village(say, &grid.village()), grid.sequence())
                    }
                });
                std::iter::once(first_named).chain(rest).collect::<Vec<_>>().join(say.d.and)
            }
            (Bond::Unit, _, _, Some(unit)) => self.unit(say, unit),
            _ => match role {
                Role::Mediator => say.d.scope_cases.to_owned(),
                Role::Planner | Role::Administrator => say.d.scope_nothing.to_owned(),
                Role::Commander | Role::ChiefOfGrids | Role::Auditor => say.d.scope_town.to_owned(),
                _ => say.w.nobody.to_owned(),
            },
        }
    }

    /// The villages to choose from.
    pub fn villages(self, say: Say) -> Signal<Arc<Vec<Choice>>> {
        let choices = Memo::new(move |_| {
            self.villages.state.with(|state| {
                let villages = state.ready().map(|v| v.0.iter()).into_iter().flatten();
                Arc::new(villages.map(|v| Choice::new(v.code.as_str(), say.w.name(&v.name))).collect::<Vec<_>>())
            })
        });
        choices.into()
    }

    /// The grids to choose from, with the names of their groups.
    pub fn grids(self, say: Say) -> Signal<Arc<Vec<Choice>>> {
        let choices = Memo::new(move |_| {
            self.grids.state.with(|state| {
                let grids = state.ready().map(|g| g.0.iter()).into_iter().flatten();
                let choices = grids.map(|grid| Choice {
                    key: grid.code.to_string(),
                    text: say.w.place_grid(&self.village(say, &grid.village), grid.code.sequence()),
                    note: say.w.name(&grid.name).to_owned(),
                });
                Arc::new(choices.collect::<Vec<_>>())
            })
        });
        choices.into()
    }

    /// The units to choose from.
    pub fn units(self, say: Say) -> Signal<Arc<Vec<Choice>>> {
        let choices = Memo::new(move |_| {
            self.units.state.with(|state| {
                let units = state.ready().map(|u| u.iter()).into_iter().flatten();
                Arc::new(units.map(|u| Choice::new(u.code.as_str(), say.w.name(&u.name))).collect::<Vec<_>>())
            })
        });
        choices.into()
    }
}

fn lost<T: Send + Sync + 'static>(list: Following<T>) -> Option<Failure> {
    list.state.with(|state| match state {
        Remote::Failed(failure) => Some(failure.clone()),
        _ => None,
    })
}

fn party_level(party: &Party) -> &'static str {
    if *party == Party::County { "county" } else { "town" }
}
