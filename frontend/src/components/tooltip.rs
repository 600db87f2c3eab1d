//! What the pointer rests on, in two lines beside it.

use super::{Page, Say};
use crate::format::Span;
use crate::model::{Hover, Target};
use crate::state::town::Lookup as _;
use crate::words;
use leptos::prelude::*;

/// The tooltip on the map.
pub fn tooltip(page: Page, say: Say) -> AnyView {
    let card = move || {
        let Hover { target, x, y } = page.ui.tooltip.get()?;
        let (title, note) = lines(page, say, &target)?;
        // Beyond the middle it opens to the other side, so that it stays on the map.
        let wide = window().inner_width().ok().and_then(|w| w.as_f64()).unwrap_or_default();
        let left = x > wide / 2.0;
        let px = |n: f64| [&crate::format::whole(n), "px"].concat();
        let view = view! {
            <div class="tip" class:left=left style:left=px(x) style:top=px(y)>
                <b>{title}</b>
                <span>{note}</span>
            </div>
        };
        Some(view.into_any())
    };
    view! { <div aria-hidden="true">{move || card()}</div> }.into_any()
}

fn lines(page: Page, say: Say, target: &Target) -> Option<(String, String)> {
    let w = say.w;
    let town = &*page.town;
    match target {
        Target::Incident(id) => {
            let incident = page.incidents.get(*id)?;
            let p = &incident.properties;
            let age = Span::between(p.reported_at, page.clock.now.get()).ago(w);
            let note = [&say.place(town, p), " · ", words::of(w.doing, p.state.word()), " · ", &age].concat();
            Some((p.title.clone(), note))
        }
        Target::Camera(code) => {
            let camera = &town.camera(code)?.properties;
            let status = words::of(w.camera_status, camera.status.word());
            Some((w.name(&camera.name).to_owned(), [w.camera, " ", code, " · ", status].concat()))
        }
        Target::Grid(code) => {
            let grid = town.grid(code)?;
            let village = town.village(&grid.village).map_or("", |v| w.name(&v.name));
            let place = w.place_grid(village, code.sequence());
            Some((place, [w.name(&grid.name), " · ", &w.households_of(&grid.households.to_string())].concat()))
        }
        // Nothing that the pointer could rest on.
        Target::Place(_) => None,
        Target::Village(code) => {
            let village = town.village(code)?;
            let people = w.residents_of(&crate::format::count(village.residents));
            Some((w.name(&village.name).to_owned(), people))
        }
    }
}
