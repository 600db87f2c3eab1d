//! The page, in two programs: one map and the chrome around it, and the [`desk`] for everything else.
//!
//! `state` knows, `components` show, `pages` put them together, `map` draws. Only `map` touches Leaflet; only `api` and
//! `state::live` touch the network; only `state::url` touches the address.

#![expect(clippy::redundant_closure, reason = "in a view, a closure says what is read again when it changes")]

pub mod api;
pub mod app;
pub mod components;
pub mod desk;
pub mod format;
pub mod map;
pub mod model;
pub mod pages;
pub mod state;
pub mod wire;
pub mod words;
