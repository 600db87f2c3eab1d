//! What is told of an incident that was found nearby.

use crate::desk::places::Places;
use crate::desk::{Desk, Say};
use crate::format::{Span, whole};
use crate::words;
use geodata::wire::Nearby;
use leptos::prelude::*;

/// What it is, how far, how long before, how far along, and its first photo.
pub fn told(desk: Desk, say: Say, near: &Nearby) -> AnyView {
    let p = &near.incident.properties;
    let places = Places::of(desk);
    let (category, state) = (p.category.clone(), words::of(say.w.state, p.state.word()));
    let span = Span::of(near.minutes_before).say(say.w);
    let when = if near.minutes_before >= 0 { say.d.earlier(&span) } else { say.d.later(&span) };
    let far = say.d.metres_away(&whole(near.metres));
    let number = p.number.clone();
    let line =
        move || [&far, " · ", &when, " · ", &places.category(say, &category), " · ", state, " · #", &number].concat();
    let photo = near.photo.as_ref().map(|photo| {
        let source = desk.session.path(&["/api/photos/", &photo.id, "/thumb"].concat());
        let alt = [say.d.photos, say.d.colon, words::of(say.d.photo_kind, photo.kind.word())].concat();
        view! { <img src=source alt=alt loading="lazy"/> }.into_any()
    });
    view! {
        <span><b>{p.title.clone()}</b><small>{move || line()}</small></span>
        {photo}
    }
    .into_any()
}
