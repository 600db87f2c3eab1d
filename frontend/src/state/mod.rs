//! What the page knows. Each part is a small `Copy` bundle of signals with a type of its own, provided as context;
//! decisions are pure functions in `address`, `choice`, `feed` and `store`.

pub mod address;
pub mod alerts;
pub mod choice;
pub mod clock;
pub mod feed;
pub mod health;
pub mod incidents;
pub mod live;
pub mod looks;
pub mod remote;
pub mod session;
pub mod siren;
pub mod store;
pub mod totals;
pub mod town;
pub mod ui;
pub mod url;

use leptos::prelude::*;

/// Runs `look` now and whenever a signal that it read changes. One compiled effect for all: an `Effect` of its own type
/// costs a kilobyte.
pub fn watch(look: impl FnMut() + 'static) {
    let mut look: Box<dyn FnMut()> = Box::new(look);
    Effect::new(move |_: Option<()>| look());
}
