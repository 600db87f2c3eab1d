//! All versions of all categories, fetched page after page.

use crate::api::{self, Abort, Failure};
use crate::desk::Desk;
use crate::state::remote::Remote;
use geodata::Time;
use geodata::wire::{CategoryHistory, CategoryVersion};
use leptos::prelude::*;
use std::sync::Arc;

/// Where a version stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In force.
    Now,
    /// It will be.
    Planned,
    /// It was.
    Ended,
}

impl Standing {
    /// In the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Now, Self::Planned, Self::Ended];

    /// Its word in the table of texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Planned => "planned",
            Self::Ended => "ended",
        }
    }

    /// Where a version stands.
    pub fn of(version: &CategoryVersion, now: Time) -> Self {
        if version.to.is_some_and(|to| to <= now) {
            Self::Ended
        } else if version.from > now {
            Self::Planned
        } else {
            Self::Now
        }
    }
}

/// The versions, and how far they have come.
#[derive(Clone, Copy)]
pub struct All {
    desk: Desk,
    pub state: RwSignal<Remote<Vec<CategoryVersion>>>,
}

impl All {
    pub fn new(desk: Desk) -> Self {
        Self { desk, state: RwSignal::new(Remote::Loading) }
    }

    /// Fetches them; those that were there stay until then.
    pub fn fetch(self) {
        if matches!(self.state.get_untracked(), Remote::Failed(_)) {
            self.state.set(Remote::Loading);
        }
        leptos::task::spawn_local(async move {
            let state = match self.pages().await {
                Ok(versions) => Remote::Ready(Arc::new(versions)),
                Err(failure) => Remote::Failed(failure),
            };
            // Nobody is left to show it to when the page was left.
            let _ = self.state.try_set(state);
        });
    }

    async fn pages(self) -> Result<Vec<CategoryVersion>, Failure> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let pairs: Vec<_> = after.into_iter().map(|after| ("after", after)).collect();
            let path = self.desk.session.query("/api/categories/all", &pairs);
            let body = api::ask(path, self.desk.looks.lang.get_untracked(), Abort::new()).await?;
            let page: CategoryHistory = api::read(&body)?;
            all.extend(page.versions);
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }
}
