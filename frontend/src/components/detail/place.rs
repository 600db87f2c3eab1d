//! The cards of a grid and of a village: who answers for it, how many live there, and what is open in it now.

use super::{fact, head, missing};
use crate::components::{Page, Say, act};
use crate::format::{count, tenth, whole};
use crate::state::choice::{Choice, Tab};
use crate::state::town::Lookup as _;
use geodata::place::Position;
use geodata::town::{GridCode, VillageCode};
use leptos::prelude::*;

const HECTARE_M2: f64 = 10_000.0;
const SQUARE_KM_M2: f64 = 1_000_000.0;

/// The card of a grid.
pub fn grid(page: Page, say: Say, code: &GridCode) -> AnyView {
    let w = say.w;
    let Some(grid) = page.town.grid(code) else {
        return missing(page, say, code.to_string());
    };
    let village = page.town.village(&grid.village).map_or("", |v| w.name(&v.name));
    let only = Choice { grid: Some(code.clone()), ..Choice::default() };
    let inside = {
        let code = code.clone();
        move || open_in(page, |p| p.grid.as_ref() == Some(&code))
    };
    view! {
        {head(page, say, ().into_any(), w.place_grid(village, code.sequence()), label(grid.label))}
        <p class="where">{[w.name(&grid.name), " · ", w.code, " ", code.as_str()].concat()}</p>
        <dl class="facts">
            {fact(w.member, grid.member.clone().unwrap_or_else(|| w.nobody.to_owned()))}
            {fact(w.households, count(grid.households))}
            {fact(w.residents, count(grid.residents))}
            {fact(w.area, w.hectares(&whole(grid.area_m2 / HECTARE_M2)))}
            {fact(w.land_use, w.name(&grid.land_use).to_owned())}
            {fact(w.open_here, open_text(say, inside))}
        </dl>
        {show(page, say, only)}
    }
    .into_any()
}

/// The card of a village.
pub fn village(page: Page, say: Say, code: &VillageCode) -> AnyView {
    let w = say.w;
    let Some(village) = page.town.village(code) else {
        return missing(page, say, code.to_string());
    };
    let only = Choice { village: Some(code.clone()), ..Choice::default() };
    let inside = {
        let code = code.clone();
        move || {
            let counted = page
                .figures
                .state()
                .with(|f| f.ready()?.by_village.iter().find(|v| v.village == code).map(|v| (v.open, v.overdue)));
            counted.unwrap_or_else(|| open_in(page, |p| p.village.as_ref() == Some(&code)))
        }
    };
    view! {
        {head(page, say, ().into_any(), w.name(&village.name).to_owned(), label(village.label))}
        <p class="where">{[w.village, " · ", w.code, " ", code.as_str()].concat()}</p>
        <dl class="facts">
            {fact(w.chief, village.chief.clone().unwrap_or_else(|| w.nobody.to_owned()))}
            {fact(w.grids, count(village.grids))}
            {fact(w.households, count(village.households))}
            {fact(w.residents, count(village.residents))}
            {fact(w.area, w.square_km(&tenth(village.area_m2 / SQUARE_KM_M2)))}
            {fact(w.open_here, open_text(say, inside))}
        </dl>
        {show(page, say, only)}
    }
    .into_any()
}

fn label([lon, lat]: [f64; 2]) -> Option<Position> {
    Position::new(lon, lat).ok()
}

/// Open and overdue incidents among those the page knows.
fn open_in(page: Page, inside: impl Fn(&geodata::wire::IncidentProperties) -> bool) -> (i64, i64) {
    let now = page.clock.now.get();
    page.incidents.count(|p| p.state.is_open() && inside(p), |p| p.is_late(now))
}

fn open_text(say: Say, counted: impl Fn() -> (i64, i64) + Send + Sync + 'static) -> AnyView {
    let w = say.w;
    let counted = Memo::new(move |_| counted());
    let late = move || {
        let (_, late) = counted.get();
        (late > 0).then(|| {
            view! { <span class="over">{[w.overdue_here, " ", &w.count(&count(late))].concat()}</span> }.into_any()
        })
    };
    view! { <span>{move || w.count(&count(counted.get().0))}" "{move || late()}</span> }.into_any()
}

/// Holds the list to this place.
fn show(page: Page, say: Say, only: Choice) -> AnyView {
    let press = move || {
        let only = only.clone();
        page.url.choice.update(|c| *c = Choice { tab: Tab::Open, window: c.window, ..only });
    };
    view! { <button class="wide" type="button" on:click=act(press)>{say.w.show_here}</button> }.into_any()
}
