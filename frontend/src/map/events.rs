//! What people do with the map, and what it answers.

use super::crowd::{Crowd, MAX_ZOOM};
use super::hit::{Hit, Reach};
use super::view::{Island, with};
use crate::model::{Hover, Target};
use geodata::cluster::Group;
use geodata::place::Position;
use leaflet::{Event, Evented, MouseEvent};
use leptos::prelude::*;
use std::rc::Rc;

/// Subscribes to all that the map needs to know; the handles live as long as it.
pub fn listen(island: &Rc<Island>) {
    on(island, "zoomanim", |island, event| island.zooming(event.as_ref()));
    on(island, "zoomstart", |island, _| {
        island.set_moving(true);
        unhover(island);
    });
    on(island, "zoomend", |island, _| {
        island.change(|scene| scene.crowd.fan = None);
        island.set_moving(false);
    });
    on(island, "movestart", |island, _| {
        island.stir();
        island.link.tooltip.set(None);
    });
    for moving in ["move", "zoom", "viewreset", "resize"] {
        on(island, moving, |island, _| island.request());
    }
    on(island, "moveend", |island, _| island.moved());
    on_mouse(island, "mousemove", hover);
    on_mouse(island, "mouseout", |island, _| {
        unhover(island);
        island.link.pointer.set(None);
    });
    on_mouse(island, "click", press);
}

fn on(island: &Rc<Island>, name: &'static str, act: impl Fn(&Rc<Island>, Event) + 'static) {
    let weak = Rc::downgrade(island);
    let handle =
        Evented::on_leaflet_event(&&island.map, name, move |event: Event| with(&weak, |island| act(island, event)));
    island.keep(handle);
}

fn on_mouse(island: &Rc<Island>, name: &'static str, act: impl Fn(&Rc<Island>, &MouseEvent) + 'static) {
    let weak = Rc::downgrade(island);
    let handle = Evented::on_leaflet_event(&&island.map, name, move |event: MouseEvent| {
        with(&weak, |island| act(island, &event));
    });
    island.keep(handle);
}

fn find(island: &Island, event: &MouseEvent) -> Option<(Hit, f64, f64)> {
    let eye = island.eye()?;
    let point = event.container_point();
    let reach = if island.touch { Reach::FINGER } else { Reach::POINTER };
    let hit = island.scene.borrow_mut().hit(&eye, point.x(), point.y(), reach);
    Some((hit, point.x(), point.y()))
}

fn hover(island: &Rc<Island>, event: &MouseEvent) {
    let at = event.lat_lng();
    island.link.pointer.set(Position::new(at.lng(), at.lat()).ok());
    if island.touch {
        return;
    }
    let Some((hit, x, y)) = find(island, event) else { return };
    point_at(island, hit.target(), x, y);
    let lit = match &hit {
        Hit::Cluster(group) => Some(group.clone()),
        _ => None,
    };
    if island.scene.borrow().lit != lit {
        island.change(|scene| {
            scene.lit = lit;
            scene.touch_live();
        });
    }
    island.set_cursor(hit.is_mark());
}

fn point_at(island: &Island, target: Option<&Target>, x: f64, y: f64) {
    if island.link.hovered.with_untracked(|before| before.as_ref() != target) {
        island.link.hovered.set(target.cloned());
    }
    island.link.tooltip.set(target.map(|target| Hover { target: target.clone(), x, y }));
}

fn unhover(island: &Island) {
    point_at(island, None, 0.0, 0.0);
    if island.scene.borrow().lit.is_some() {
        island.change(|scene| {
            scene.lit = None;
            scene.touch_live();
        });
    }
    island.set_cursor(false);
}

fn press(island: &Rc<Island>, event: &MouseEvent) {
    let Some((hit, ..)) = find(island, event) else { return };
    if let Some(pick) = island.link.pick
        && !matches!(hit, Hit::Thing(Target::Incident(_)) | Hit::Cluster(_))
    {
        let at = event.lat_lng();
        pick.set(Position::new(at.lng(), at.lat()).ok());
        return;
    }
    let at = event.lat_lng();
    match &hit {
        Hit::Thing(target) => {
            if !matches!(target, Target::Incident(_)) {
                fold(island);
            }
            island.link.selected.set(Some(target.clone()));
        }
        Hit::Cluster(group) => open(island, group),
        Hit::Ground(_) | Hit::Town if island.link.places => {
            fold(island);
            island.link.selected.set(Target::place(at.lng(), at.lat()));
        }
        Hit::Ground(target) => {
            fold(island);
            island.link.selected.set(Some(target.clone()));
        }
        Hit::Town => fold(island),
        Hit::Outside => {
            fold(island);
            island.link.selected.set(None);
        }
    }
}

/// Selects the place in the map's middle: what a press on the ground does, for those who have keys.
pub fn select_middle(island: &Island) {
    if island.link.places && island.has_view() {
        let middle = island.map.get_center();
        island.link.selected.set(Target::place(middle.lng(), middle.lat()));
    }
}

/// Takes a cluster apart: by looking closer, or where that is of no use, by fanning it out.
fn open(island: &Rc<Island>, group: &Group) {
    let deepest = island.map.get_zoom() >= MAX_ZOOM - 0.01;
    if deepest || Crowd::is_one_place(group) {
        island.change(|scene| {
            let layout = scene.crowd.layout(island.map.get_zoom());
            scene.crowd.spread(&layout, group);
            scene.touch_live();
        });
    } else {
        island.fit(group.bounds, true);
    }
}

/// Puts a fan back together.
pub fn fold(island: &Island) {
    if island.scene.borrow().crowd.fan.is_some() {
        island.change(|scene| {
            scene.crowd.fan = None;
            scene.touch_live();
        });
    }
}
