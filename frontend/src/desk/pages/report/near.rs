//! What was told nearby already: perhaps the same thing.

use super::Intake;
use crate::components::symbol::symbol;
use crate::desk::Say;
use crate::desk::acts::nearby;
use crate::desk::parts::remote;
use crate::format::trimmed;
use crate::state::watch;
use geodata::place::Position;
use geodata::wire::Nearby;
use leptos::prelude::*;
use std::sync::Arc;

/// The list, once there is a place.
pub fn near(intake: Intake, say: Say) -> AnyView {
    let list = move || {
        let at = intake.position();
        if at.is_none() {
            intake.near.set(Arc::default());
        }
        at.map(|at| found(intake, say, at))
    };
    view! { {move || list()} }.into_any()
}

fn found(intake: Intake, say: Say, at: Position) -> AnyView {
    let desk = intake.desk;
    let path = move || {
        let mut pairs = vec![("lon", trimmed(at.lon(), 6)), ("lat", trimmed(at.lat(), 6))];
        pairs.extend(intake.category.with(|c| c.first().map(|code| ("category", code.clone()))));
        desk.session.query("/api/nearby", &pairs)
    };
    let found = desk.follow::<Vec<Nearby>>(path);
    watch(move || {
        let list = found.state.with(|state| {
            state.ready().iter().flat_map(|f| f.iter()).map(|near| Arc::new(near.incident.clone())).collect()
        });
        intake.near.set(Arc::new(list));
    });
    let rows = move || {
        remote(
            say,
            &found.state.get(),
            move || found.again(),
            |found| {
                if found.is_empty() {
                    return view! { <p class="hint">{say.d.nothing_near}</p> }.into_any();
                }
                let rows = found.iter().map(|near| {
                    let p = &near.incident.properties;
                    let href = desk.session.path(&["/incidents/", &near.incident.id.to_string()].concat());
                    view! {
                        <a class="near" href=href target="_blank">
                            {symbol(p.severity, p.state.is_taken(), || false)}
                            {nearby::told(desk, say, near)}
                        </a>
                    }
                    .into_any()
                });
                rows.collect_view().into_any()
            },
        )
    };
    view! {
        <section class="box found-near">
            <h2>{say.d.told_nearby}</h2>
            <p class="hint">{say.d.told_nearby_hint}</p>
            <div class="found">{move || rows()}</div>
        </section>
    }
    .into_any()
}
