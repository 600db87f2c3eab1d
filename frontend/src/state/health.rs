//! Whether the server, its database and the network are there, as far as the page's requests can tell.

use crate::api::Failure;
use crate::words::Words;
use leptos::prelude::*;

/// What stands between the page and fresh data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The device has no network.
    Offline,
    /// The server does not answer.
    Unreachable,
    /// The server answers, its database does not.
    Database,
    /// The server has too much to do.
    Busy,
}

impl Trouble {
    /// In a sentence.
    pub fn say(self, w: &'static Words) -> &'static str {
        match self {
            Self::Offline => w.offline,
            Self::Unreachable => w.unreachable,
            Self::Database => w.database_away,
            Self::Busy => w.busy,
        }
    }
}

/// The last word on it.
#[derive(Clone, Copy)]
pub struct Health(RwSignal<Option<Trouble>>);

impl Health {
    /// All is well until told otherwise.
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// What is wrong now.
    pub fn trouble(self) -> Option<Trouble> {
        self.0.get()
    }

    /// An answer came.
    pub fn well(self) {
        if self.0.get_untracked().is_some() {
            self.0.set(None);
        }
    }

    /// An answer did not come.
    pub fn ill(self, failure: &Failure) {
        let trouble = match failure {
            Failure::Offline => Trouble::Offline,
            Failure::Unreachable => Trouble::Unreachable,
            Failure::Away(_) => Trouble::Database,
            Failure::Busy(_) => Trouble::Busy,
            Failure::SignedOut | Failure::Refused(..) | Failure::Garbled | Failure::Aborted => return,
        };
        if self.0.get_untracked() != Some(trouble) {
            self.0.set(Some(trouble));
        }
    }
}

impl Default for Health {
    fn default() -> Self {
        Self::new()
    }
}
