//! Who is signed in, for both programs.

use super::health::Health;
use super::remote::patiently;
use super::town::of_town;
use crate::api::{self, Abort, Errand, Failure};
use crate::model::Lang;
use geodata::town::Slug;
use geodata::wire::Me;
use leptos::prelude::*;

/// The person at the page.
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

    /// An address of the API, for this town.
    pub fn path(self, path: &str) -> String {
        self.query(path, &[])
    }

    /// An address of the API with a query, for this town.
    pub fn query(self, path: &str, pairs: &[(&'static str, String)]) -> String {
        let town = self.town.get_value();
        let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
        api::address(path, of_town(town.as_ref()).chain(pairs))
    }

    /// An address of a page, for this town.
    pub fn href(self, path: &str) -> String {
        self.path(path)
    }

    /// Finds out who is signed in, while the page is being built. Who must choose a password first is led there.
    pub fn find(self, lang: Lang, health: Health) {
        leptos::task::spawn_local(async move {
            let answer = patiently(self.path("/api/session"), lang, Abort::new(), health).await;
            let Ok(me) = answer.and_then(|body| api::read::<Me>(&body)) else { return };
            if me.must_change_password {
                // A browser that refuses to go shows a page whose every request is refused with the reason.
                let _ = window().location().replace(&self.href("/account"));
            }
            self.me.set(Some(me));
        });
    }

    /// Signs out, and leaves for the sign-in. Where the server can't be told, the page stays and tells why.
    pub fn sign_out(self, lang: Lang, failed: impl FnOnce(Failure) + 'static) {
        leptos::task::spawn_local(async move {
            match api::send(Errand::delete(self.path("/api/session")), lang).await {
                Ok(_) | Err(Failure::SignedOut) => {
                    // A browser that refuses to go is no worse than signed out on a page that still shows.
                    let _ = window().location().replace(&self.href("/sign-in"));
                }
                Err(failure) => failed(failure),
            }
        });
    }
}
