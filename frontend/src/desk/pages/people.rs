//! What the pages about people share: the names of what they are bound to, and a secret that is shown once.

use crate::components::act;
use crate::components::icons::icon;
use crate::desk::icons::COPY;
use crate::desk::parts::field::Choice;
use crate::desk::{Desk, Say};
use crate::state::remote::Following;
use crate::wire::{Read, Tree};
use geodata::bond::Bond;
use geodata::town::{GridCode, Role, UnitCode, VillageCode};
use geodata::wire::{GridProperties, Unit, VillageProperties};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen_futures::JsFuture;

/// What is known of a collection's features; their shapes are passed over.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<P>(pub Vec<P>);

impl<P: Read> Read for Listed<P> {
    fn read(from: &impl Tree) -> Option<Self> {
        let features = from.member("features").items()?;
        features.iter().map(|feature| P::read(&feature.member("properties"))).collect::<Option<_>>().map(Self)
    }
}

/// Villages, grids and units by name.
#[derive(Clone, Copy)]
pub struct Places {
    villages: Following<Listed<VillageProperties>>,
    grids: Following<Listed<GridProperties>>,
    units: Following<Vec<Unit>>,
}

impl Places {
    /// Fetches them.
    pub fn new(desk: Desk) -> Self {
        Self {
            villages: desk.follow(move || desk.session.path("/api/villages")),
            grids: desk.follow(move || desk.session.path("/api/grids")),
            units: desk.follow(move || desk.session.path("/api/units")),
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

/// A secret in large letters, with a button that copies it.
pub fn copyable(desk: Desk, say: Say, label: &'static str, shown: String, copied: String) -> AnyView {
    let copy = move || {
        let copied = copied.clone();
        leptos::task::spawn_local(async move {
            // There is no clipboard where the page did not come over a safe line: then it is read off the screen.
            let done = JsFuture::from(window().navigator().clipboard().write_text(&copied)).await;
            if done.is_ok() {
                desk.toasts.tell(say.d.copied);
            }
        });
    };
    let has_clipboard = window().is_secure_context();
    view! {
        <p class="secret">
            <span class="unseen">{label}</span>
            <code translate="no">{shown}</code>
            {has_clipboard.then(|| view! {
                <button class="quiet square" type="button" aria-label=say.d.copy title=say.d.copy on:click=act(copy)>{icon(COPY)}</button>
            })}
        </p>
    }
    .into_any()
}
