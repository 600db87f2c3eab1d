//! The alert over the map: what is grave and nobody who commands has acknowledged, until somebody does; then who did.

use super::icons::{BELL, BELL_OFF, icon};
use super::symbol::symbol;
use super::{Page, Say, act};
use crate::format::Span;
use crate::model::{Command, Target};
use crate::state::clock::steady;
use crate::state::watch;
use geodata::place::Position;
use geodata::wire::IncidentFeature;
use leptos::prelude::*;
use std::sync::Arc;

/// Told at once; of more there is the number.
const SHOWN: usize = 3;
/// Presses that come sooner after a row has come or gone were meant for what stood there before, milliseconds.
const SETTLED_MS: f64 = 500.0;
/// How close the map looks at what is chosen here.
const CLOSE: f64 = 16.0;

/// The alert. It has no height while there is nothing to tell.
pub fn alert(page: Page, say: Say) -> AnyView {
    let (w, alerts) = (say.w, page.incidents.alerts);
    let shown = move || alerts.waiting.with(|list| list.iter().take(SHOWN).cloned().collect::<Vec<_>>());
    // Each row stays what it is when another comes before it: who has the focus on one does not find it on the other.
    let key = |incident: &Arc<IncidentFeature>| (incident.id, incident.properties.state.is_taken());
    // What has just moved under the pointer is not what was meant.
    let moved = StoredValue::new(f64::MIN);
    watch(move || {
        alerts.waiting.track();
        moved.set_value(steady());
    });
    let count = move || alerts.waiting.with(|list| list.len());
    let more = move || {
        let hidden = count().saturating_sub(SHOWN);
        (hidden > 0).then(|| view! { <p class="rest">{w.alert_more(&hidden.to_string())}</p> }.into_any())
    };
    let told = move || {
        alerts.told.with(|list| list.iter().take(SHOWN).map(|incident| acknowledged(say, incident)).collect_view())
    };
    let refused = move || alerts.refused.get().map(|failure| w.alert_refused(&crate::pages::reason(w, &failure)));
    // The gravest is spoken once, when it comes; its age, which changes, is for the eye.
    let spoken = Memo::new(move |_| {
        let first = alerts.waiting.with(|list| list.first().cloned())?;
        let p = &first.properties;
        Some(w.alert_spoken(say.severity(p.severity), &p.title, &say.place(&page.town, p)))
    });
    view! {
        <p class="unseen" role="alert">{spoken}</p>
        <section class="alert" class:on=move || { count() > 0 } aria-label=w.alert>
            <div class="alert-head">
                <b>{move || w.alert_count(&count().to_string())}</b>
                {sound(page, say)}
            </div>
            <ol><For each=shown key=key children=move |incident| waiting(page, say, &incident, moved)/></ol>
            {move || more()}
        </section>
        <p class="alert-refused" role="status">{move || refused()}</p>
        <ol class="alert-told" role="status" aria-label=w.alert_told>{move || told()}</ol>
    }
    .into_any()
}

fn waiting(page: Page, say: Say, incident: &Arc<IncidentFeature>, moved: StoredValue<f64>) -> AnyView {
    let (w, alerts, id) = (say.w, page.incidents.alerts, incident.id);
    let p = &incident.properties;
    let (at, due) = (p.reported_at, p.due_at);
    let age = move || Span::between(at, page.clock.now.get()).ago(w);
    let late = move || due.is_some_and(|due| due < page.clock.now.get());
    let [lon, lat] = incident.geometry.coordinates;
    let look = move || {
        page.url.selected.set(Some(Target::Incident(id)));
        if let Ok(position) = Position::new(lon, lat) {
            page.ui.tell(Command::Centre(position, CLOSE));
        }
    };
    let sending = move || alerts.sending.with(|sending| sending.contains(&id));
    let answer = if page.town.visitor.role.commands() {
        let press = move || {
            if steady() - moved.get_value() > SETTLED_MS {
                alerts.acknowledge(id, page.url, page.health);
            }
        };
        let text = move || if sending() { w.alert_sending } else { w.acknowledge };
        view! {
            <button class="acknowledge" type="button" aria-disabled=move || sending().then_some("true") on:click=act(press)>
                {move || text()}
            </button>
        }
        .into_any()
    } else {
        view! { <em>{w.alert_waits}</em> }.into_any()
    };
    view! {
        <li>
            <button class="look" type="button" title=w.alert_look on:click=act(look)>
                {symbol(p.severity, p.state.is_taken(), late)}
                <b>{say.severity(p.severity)}</b>
                <span class="what">{p.title.clone()}</span>
                <small>{say.place(&page.town, p)}" · "{move || age()}</small>
            </button>
            {answer}
        </li>
    }
    .into_any()
}

fn acknowledged(say: Say, incident: &Arc<IncidentFeature>) -> AnyView {
    let p = &incident.properties;
    let who = p.acknowledged.as_ref().map(|told| say.w.alert_by(&told.by, &say.dates.time(told.at)));
    view! { <li><b>{who}</b>" "{say.severity(p.severity)}" · "{p.title.clone()}</li> }.into_any()
}

/// The switch of the alert's sound.
pub fn sound(page: Page, say: Say) -> AnyView {
    let (w, siren) = (say.w, page.siren);
    let on = move || siren.on.get();
    let label = move || match (on(), siren.silenced.get()) {
        (true, true) => w.sound_silenced,
        (true, false) => w.sound_off,
        (false, _) => w.sound_on,
    };
    view! {
        <button
            class="quiet square sound" class:silenced=move || on() && siren.silenced.get() type="button" title=move || label()
            aria-label=w.sound aria-pressed=move || if on() { "true" } else { "false" } on:click=act(move || siren.turn())
        >
            {move || icon(if on() { BELL } else { BELL_OFF })}
        </button>
    }
    .into_any()
}

/// The document's title: how many wait, the town, the product.
pub fn title(page: Page) {
    watch(move || {
        let w = crate::words::Words::of(page.url.lang.get());
        let waiting = page.incidents.alerts.waiting.with(|list| list.len());
        let alert = if waiting > 0 { w.alert_title(&waiting.to_string()) } else { String::new() };
        document().set_title(&[&alert, w.name(&page.town.town.name), " · ", w.product].concat());
    });
}
