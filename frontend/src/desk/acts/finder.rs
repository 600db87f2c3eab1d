//! The finder of duplicates: what was told nearby in space, time and kind, as a list and on a map.

use super::nearby;
use crate::components::symbol::symbol;
use crate::desk::parts::chart::{self, Chart};
use crate::desk::parts::form::Form;
use crate::desk::parts::remote;
use crate::desk::{Desk, Say};
use crate::model::Target;
use crate::state::remote::Following;
use crate::state::watch;
use crate::words;
use geodata::wire::{IncidentFeature, Nearby};
use leptos::prelude::*;
use std::sync::Arc;

/// What was found near one incident.
#[derive(Clone, Copy)]
pub struct Finder {
    desk: Desk,
    incident: StoredValue<Arc<IncidentFeature>>,
    found: Following<Vec<Nearby>>,
}

impl Finder {
    /// Looks around an incident.
    pub fn new(desk: Desk, incident: Arc<IncidentFeature>) -> Self {
        let path = ["/api/incidents/", &incident.id.to_string(), "/nearby"].concat();
        let found = desk.follow(move || desk.session.path(&path));
        Self { desk, incident: StoredValue::new(incident), found }
    }
}

/// The list and the map; `chosen` is the key of the incident chosen in either.
pub fn view(say: Say, finder: Finder, form: Form, chosen: RwSignal<String>) -> AnyView {
    // Known to the form, so that a fault of it is shown here.
    let field = form.field("other", say.d.act_other);
    let chart = Chart::new(finder.desk);
    let incidents = Memo::new(move |_| {
        let mut list = vec![finder.incident.get_value()];
        finder.found.state.with(|found| {
            list.extend(found.ready().iter().flat_map(|f| f.iter()).map(|near| Arc::new(near.incident.clone())));
        });
        Arc::new(list)
    });
    let own = finder.incident.with_value(|i| i.id);
    // What is pressed on the map may be looked at; it is chosen only where the list would let it be.
    let open =
        move |id| incidents.with_untracked(|list| list.iter().any(|i| i.id == id && i.properties.state.is_open()));
    watch(move || {
        if let Some(Target::Incident(id)) = chart.selected.get()
            && id != own
            && open(id)
        {
            form.mend("other");
            // The two follow each other: what is so already is not set again, or they would never rest.
            let key = id.to_string();
            if chosen.with_untracked(|chosen| *chosen != key) {
                chosen.set(key);
            }
        }
    });
    watch(move || {
        let id = chosen.with(|chosen| chosen.parse().ok());
        let target = Some(Target::Incident(id.unwrap_or(own)));
        if chart.selected.with_untracked(|selected| *selected != target) {
            chart.selected.set(target);
        }
    });
    let list = move || {
        remote(
            say,
            &finder.found.state.get(),
            move || finder.found.again(),
            |found| {
                if found.is_empty() {
                    return view! { <p class="hint">{say.d.nothing_near}</p> }.into_any();
                }
                found.iter().map(|near| row(finder.desk, say, near, field.id(), form, chosen)).collect_view().into_any()
            },
        )
    };
    let near = finder.incident.with_value(|i| i.geometry.coordinates);
    field.around(
        say,
        view! {
            <div class="finder">
                <div class="found" id=field.id() tabindex="-1" role="radiogroup" aria-label=say.d.act_other>{move || list()}</div>
                {chart::view(finder.desk, say, chart, incidents.into(), Some(near), None)}
            </div>
        },
    )
}

/// One that was found, to be chosen while it is open: nothing can go on in what has ended.
pub fn row(desk: Desk, say: Say, near: &Nearby, name: String, form: Form, chosen: RwSignal<String>) -> AnyView {
    let p = &near.incident.properties;
    let key = near.incident.id.to_string();
    let same = key.clone();
    let choose = {
        let key = key.clone();
        move |_| {
            form.mend("other");
            chosen.set(key.clone());
        }
    };
    let open = p.state.is_open();
    let why = (!open).then(|| view! { <small>{say.d.not_open(words::of(say.w.state, p.state.word()))}</small> });
    view! {
        <label class="near">
            <input type="radio" name=name value=key disabled=!open
                prop:checked=move || chosen.with(|c| *c == same) on:change=choose/>
            {symbol(p.severity, p.state.is_taken(), || false)}
            {nearby::told(desk, say, near)}
            {why}
        </label>
    }
    .into_any()
}
