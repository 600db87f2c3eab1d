//! The card of a place on the ground: who answers for it, what sees it, what is open near it, who is near, what ended there.

use super::{head, not_here};
use crate::api;
use crate::components::icons::{CAMERA, PERSON, PIN, icon};
use crate::components::list::due_text;
use crate::components::symbol::symbol;
use crate::components::{Page, Say, act};
use crate::format::{compass, count, position, trimmed};
use crate::model::{Answers, Known, Lies, Near, Seer, Sheet, Surroundings, Target};
use crate::state::remote::{Following, follow};
use crate::state::town::{Lookup as _, of_town};
use crate::state::watch;
use crate::words;
use geodata::incident::Party;
use geodata::place::Position;
use geodata::town::CameraStatus;
use geodata::wire::NearIncident;
use leptos::prelude::*;
use std::time::Duration;

const AGAIN: Duration = Duration::from_secs(60);

/// The card of this place. It asks again every minute: duties change, and incidents come and go.
pub fn card(page: Page, say: Say, at: Position) -> AnyView {
    let asked = move || {
        let town = page.url.town.get_value();
        let [lon, lat] = [at.lon(), at.lat()].map(|degrees| trimmed(degrees, 5));
        let place = [("lon", lon.as_str()), ("lat", lat.as_str())];
        api::address("/api/around", place.into_iter().chain(of_town(town.as_ref())))
    };
    let found = follow::<Sheet>(asked, page.url.lang.into(), page.health);
    if let Ok(handle) = set_interval_with_handle(move || found.again(), AGAIN) {
        on_cleanup(move || handle.clear());
    }
    light(page, found);
    // Drawn again only where it says something else: who reads it, or stands on one of its buttons, is not thrown back.
    let answer = Memo::new(move |_| found.state.get());
    let body = move || {
        let answer = answer.get();
        if let Some(found) = answer.ready().and_then(|sheet| sheet.place()) {
            return told(page, say, at, found);
        }
        let head = head(page, say, icon(PIN), position(at), Some(at));
        (head, not_here(say, &answer, found)).into_any()
    };
    view! { {move || body()} }.into_any()
}

/// Tells the map which cameras to light, for as long as the card is there.
fn light(page: Page, found: Following<Sheet>) {
    let seeing = page.ui.seeing;
    watch(move || {
        let lit = found.state.with(|found| {
            let sees = |code: &str| {
                let found = found.ready().and_then(|sheet| sheet.place());
                found.is_some_and(|found| found.cameras.iter().any(|camera| camera.code == code && camera.sees()))
            };
            (0_i64..)
                .zip(&page.town.cameras.features)
                .filter(|(_, f)| sees(&f.properties.code))
                .map(|(at, _)| at)
                .collect()
        });
        seeing.set(lit);
    });
    on_cleanup(move || seeing.set(Vec::new()));
}

fn told(page: Page, say: Say, at: Position, found: &Surroundings) -> AnyView {
    let w = say.w;
    let seen_by = found.cameras.iter().filter(|camera| camera.sees()).count();
    view! {
        {where_it_lies(page, say, at, &found.place)}
        {list(w.who_answers.to_owned(), "", found.place.chain.iter().map(|level| answers(say, level)).collect())}
        {list(w.seen_by(&seen_by.to_string()), w.seen_by_none, found.cameras.iter().map(|c| camera(page, say, c)).collect())}
        {list(w.open_near.to_owned(), w.open_near_none, found.open.iter().map(|i| incident(page, say, i)).collect())}
        {list(w.responders.to_owned(), w.responders_none, found.responders.iter().map(|r| responder(say, r)).collect())}
        {list(w.ended_here.to_owned(), w.ended_here_none, found.ended.iter().map(|i| incident(page, say, i)).collect())}
    }
    .into_any()
}

/// The head, and the ways to the cards of its village and grid.
fn where_it_lies(page: Page, say: Say, at: Position, lies: &Lies) -> AnyView {
    let w = say.w;
    let title = say.lies(&page.town, lies.outside, lies.village.as_ref(), lies.grid.as_ref());
    let mut line = position(at);
    if let Some(landmark) = &lies.landmark {
        line = [&w.from_landmark(w.name(&landmark.name), &count_metres(say, landmark.metres)), " · ", &line].concat();
    }
    let village = lies.village.as_ref().map(|code| {
        let name = page.town.village(code).map_or(code.as_str(), |village| w.name(&village.name));
        way(page, Target::Village(code.clone()), name.to_owned())
    });
    let grid = lies.grid.as_ref().map(|code| {
        let name = page.town.grid(code).map_or(code.as_str(), |grid| w.name(&grid.name));
        way(page, Target::Grid(code.clone()), [w.grid, " ", code.sequence(), " ", name].concat())
    });
    view! {
        {head(page, say, icon(PIN), title, Some(at))}
        <p class="where">{line}</p>
        <p class="ways">{village}{grid}</p>
    }
    .into_any()
}

/// A button that opens the card of something else.
fn way(page: Page, target: Target, name: String) -> AnyView {
    let press = move || page.url.selected.set(Some(target.clone()));
    view! { <button class="chip" type="button" on:click=act(press)>{name}</button> }.into_any()
}

/// A list under its heading; where it is empty, what that means.
fn list(title: String, none: &'static str, items: Vec<AnyView>) -> AnyView {
    let items = if items.is_empty() {
        view! { <p>{none}</p> }.into_any()
    } else {
        view! { <ol class="near">{items}</ol> }.into_any()
    };
    view! { <h3>{title}</h3>{items} }.into_any()
}

/// One item: its sign, what it is, how far away, and what else there is to say. With a target it can be pressed.
fn item(page: Option<(Page, Target)>, sign: AnyView, title: String, aside: AnyView, note: AnyView) -> AnyView {
    let inner = view! { {sign}<b>{title}</b><span>{aside}</span><small>{note}</small> }.into_any();
    match page {
        Some((page, target)) => {
            let press = move || page.url.selected.set(Some(target.clone()));
            view! { <li><button type="button" on:click=act(press)>{inner}</button></li> }.into_any()
        }
        None => view! { <li><div>{inner}</div></li> }.into_any(),
    }
}

fn count_metres(say: Say, metres: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "metres on the Earth")]
    let metres = metres.round() as i64;
    say.w.metres(&count(metres))
}

/// Who answers at a level, and who is on duty there.
fn answers(say: Say, level: &Answers) -> AnyView {
    let w = say.w;
    let word = match level.party {
        Party::Grid => "grid",
        Party::Village => "village",
        _ => "town",
    };
    let name = |one: &Known| [words::of(w.role, one.role.word()), " ", &one.name].concat();
    let names = |people: &[Known]| people.iter().map(name).collect::<Vec<_>>().join(w.between);
    let who = if level.people.is_empty() { w.nobody.to_owned() } else { names(&level.people) };
    let duty = (!level.on_duty.is_empty()).then(|| w.on_duty(&names(&level.on_duty)));
    item(None, icon(PERSON), who, words::of(w.level, word).into_any(), duty.into_any())
}

fn camera(page: Page, say: Say, camera: &Seer) -> AnyView {
    let w = say.w;
    let mut parts = vec![camera.code.clone(), words::of(w.compass, compass(camera.azimuth_deg)).to_owned()];
    if camera.turns {
        parts.push(w.turning.to_owned());
    }
    if camera.status != CameraStatus::Online {
        parts.push(words::of(w.camera_status, camera.status.word()).to_owned());
    }
    let hidden = camera
        .obstructed
        .as_ref()
        .map(|what| view! { " · "<em class="hidden">{w.obstructed_by(what)}</em> }.into_any());
    let target = Target::Camera(camera.code.clone());
    let sign = view! { <i class="eye" class:shut=!camera.sees()>{icon(CAMERA)}</i> }.into_any();
    let note = view! { {parts.join(" · ")}{hidden} }.into_any();
    let name = w.name(&camera.name).to_owned();
    item(Some((page, target)), sign, name, count_metres(say, camera.metres).into_any(), note)
}

fn incident(page: Page, say: Say, near: &NearIncident) -> AnyView {
    let (w, now) = (say.w, page.clock.now);
    let p = &near.incident.properties;
    let (due, open) = (p.due_at, p.state.is_open());
    let late = move || open && due.is_some_and(|due| due < now.get());
    let told = [words::of(if open { w.doing } else { w.state }, p.state.word()), " · "].concat();
    let when = p.ended_at.map(|at| say.dates.short(at, now.get_untracked()));
    let time = move || when.clone().unwrap_or_else(|| due_text(say, now.get(), due, None));
    let note = view! { {told}<em class:over=move || late()>{move || time()}</em> }.into_any();
    let target = Target::Incident(near.incident.id);
    let sign = symbol(p.severity, p.state.is_taken(), late);
    item(Some((page, target)), sign, p.title.clone(), count_metres(say, near.metres).into_any(), note)
}

fn responder(say: Say, near: &Near) -> AnyView {
    let w = say.w;
    let place = near.at_name.as_ref().map_or(w.at_town, |name| w.name(name));
    let note = [words::of(w.role, near.role.word()), " · ", place, " · ", &w.load(&count(near.load))].concat();
    let metres = near.metres.map_or_else(|| w.unknown_distance.to_owned(), |metres| count_metres(say, metres));
    item(None, icon(PERSON), near.name.clone(), metres.into_any(), note.into_any())
}
