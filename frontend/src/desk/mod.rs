//! The desk: the product's second program, for everything that is not the map. Signing in, what waits for a person, an
//! incident's whole life, reports, accounts, audit.
//!
//! [`site`] holds what every page may look at and change, [`route`] says which page an address is, [`frame`] stands
//! around the pages, [`parts`] are what pages are made of, [`bell`] tells when to look again, [`acts`] the steps with incidents, and [`pages`] has one module a page. A page is a function from
//! the site to a [`Sheet`]: its state is made once, its view anew for each language, so that nothing typed is lost when
//! somebody changes the language.
//!
//! It shares code, texts and tokens with the map, but the map's program never carries the desk's: its texts are in
//! `locales/desk`, its style in `style/desk`.

#![expect(clippy::large_types_passed_by_value, reason = "a page's handles on signals are copied, as signals are")]

pub mod acts;
pub mod app;
pub mod bell;
pub mod frame;
pub mod icons;
pub mod pages;
pub mod parts;
pub mod places;
pub mod route;
pub mod session;
pub mod site;
pub mod words;

use crate::format::Dates;
use crate::model::Lang;
use crate::words::Words;
use geodata::Invalid;
use leptos::prelude::*;

/// What a page may look at and change: handles, not data, kept as long as the program runs.
pub type Desk = &'static site::Site;

/// A page: a view for each language, over state of its own.
pub type Sheet = Box<dyn Fn(Say) -> AnyView + Send>;

/// How the desk speaks.
#[derive(Clone, Copy)]
pub struct Say {
    /// The texts shared with the map.
    pub w: &'static Words,
    /// The desk's own.
    pub d: &'static words::Words,
    /// Clock and calendar of the town.
    pub dates: Dates,
}

impl Say {
    /// A rule that was broken, in this language.
    pub fn rule(self, rule: Invalid) -> String {
        match self.w.lang {
            Lang::Zh => rule.zh,
            Lang::En => rule.en,
        }
    }
}
