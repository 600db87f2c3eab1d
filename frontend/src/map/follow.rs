//! Keeps the map in step with the signals it reads.

use super::MapLink;
use super::view::Island;
use crate::state::watch;
use leptos::prelude::*;
use std::rc::Rc;

/// The map, once it is on the page.
pub type Held = StoredValue<Option<Rc<Island>>, LocalStorage>;

fn with(held: Held, act: impl FnOnce(&Island)) {
    // The page may have left the map while an effect was waiting.
    let island = held.try_with_value(Clone::clone).flatten();
    if let Some(island) = island {
        act(&island);
    }
}

/// One effect for each thing that can change.
pub fn follow(held: Held, link: &MapLink) {
    let link = *link;
    watch(move || {
        let list = link.incidents.get();
        let now = link.now.get_untracked();
        with(held, |island| {
            island.change(|scene| {
                scene.crowd.take(list, now);
                scene.lit = None;
                scene.touch_labels();
            });
        });
    });
    watch(move || {
        let now = link.now.get();
        with(held, |island| {
            island.change(|scene| {
                if scene.crowd.tick(now) {
                    scene.touch_labels();
                }
            });
        });
    });
    watch(move || {
        let buildings = link.buildings.get();
        with(held, |island| {
            island.change(|scene| {
                scene.buildings = buildings.as_deref().map(super::town::buildings).unwrap_or_default();
                scene.touch();
            });
        });
    });
    watch(move || {
        let shades = link.shades.get();
        with(held, |island| {
            island.change(|scene| {
                scene.shades = shades;
                scene.touch();
            });
        });
    });
    watch(move || {
        let layers = link.layers.get();
        with(held, |island| {
            island.show_tiles(layers.basemap);
            island.change(|scene| {
                scene.layers = layers;
                scene.touch();
            });
        });
    });
    watch(move || {
        let lang = link.lang.get();
        with(held, |island| {
            island.change(|scene| {
                scene.lang = lang;
                scene.touch_labels();
            });
        });
    });
    watch(move || {
        link.theme.track();
        with(held, Island::restyle);
    });
    follow_people(held, &link);
}

/// What people point at, select and ask for.
fn follow_people(held: Held, link: &MapLink) {
    let link = *link;
    watch(move || {
        let selected = link.selected.get();
        with(held, |island| {
            island.change(|scene| {
                scene.selected = selected;
                scene.touch_labels();
            });
        });
    });
    watch(move || {
        let seeing = link.seeing.get();
        with(held, |island| {
            island.change(|scene| {
                scene.seeing = seeing;
                scene.touch_live();
            });
        });
    });
    watch(move || {
        let hovered = link.hovered.get();
        with(held, |island| {
            island.change(|scene| {
                scene.hovered = hovered;
                scene.touch_live();
            });
        });
    });
    watch(move || {
        let fresh = link.fresh.get();
        with(held, |island| island.pulse(&fresh));
    });
    watch(move || {
        if let Some((_, command)) = link.command.get() {
            with(held, |island| island.obey(&command));
        }
    });
}
