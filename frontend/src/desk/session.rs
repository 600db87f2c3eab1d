//! Who is signed in, in which town, and the addresses that go with it.

use crate::api;
use crate::model::Lang;
use crate::state::session;
use crate::state::town::of_town;
use geodata::town::Slug;
use geodata::wire::Me;
use leptos::prelude::*;

/// The person at the desk.
#[derive(Clone, Copy)]
pub struct Session {
    /// Who they are, once the server has told.
    pub me: RwSignal<Option<Me>>,
    town: StoredValue<Option<Slug>>,
}

impl Session {
    /// Nobody known yet, in the town of the address.
    pub fn new(town: Option<Slug>) -> Self {
        Self { me: RwSignal::new(None), town: StoredValue::new(town) }
    }

    /// The town that the address names, where it names one.
    pub fn town(self) -> Option<Slug> {
        self.town.get_value()
    }

    /// An address of the API or of a page, for this town.
    pub fn path(self, path: &str) -> String {
        self.query(path, &[])
    }

    /// An address with a query, for this town.
    pub fn query(self, path: &str, pairs: &[(&'static str, String)]) -> String {
        let town = self.town.get_value();
        let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
        api::address(path, of_town(town.as_ref()).chain(pairs))
    }

    /// Signs out, and leaves for the sign-in. `failed` is told why, where that was not possible.
    pub fn sign_out(self, lang: Lang, failed: impl FnOnce(String) + 'static) {
        session::sign_out(self.path("/api/session"), self.path("/sign-in"), lang, Box::new(failed));
    }
}
