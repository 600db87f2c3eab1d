//! The town's figures, kept fresh: after live events, and every minute because lateness comes with time alone.

use super::clock::Clock;
use super::health::Health;
use super::remote::{Following, Remote, follow};
use super::town::of_town;
use super::url::Url;
use crate::api;
use geodata::wire::Totals;
use leptos::prelude::*;
use std::time::Duration;

/// Events come in bursts; the figures are asked for when a burst is over, or has lasted this long.
const REST: Duration = Duration::from_millis(1_500);
const MINUTE_S: i64 = 60;

/// The figures.
#[derive(Clone, Copy)]
pub struct Figures {
    following: Following<Totals>,
    waiting: StoredValue<bool>,
}

impl Figures {
    /// Fetches the figures and keeps them.
    pub fn new(url: Url, clock: Clock, health: Health) -> Self {
        let minute = Memo::new(move |_| clock.now.get().timestamp() / MINUTE_S);
        let path = move || {
            minute.get();
            api::address("/api/totals", of_town(url.town.get_value().as_ref()))
        };
        Self { following: follow(path, url.lang.into(), health), waiting: StoredValue::new(false) }
    }

    /// What is known.
    pub fn state(self) -> ReadSignal<Remote<Totals>> {
        self.following.state
    }

    /// Something happened: ask again soon, once for all that happens until then.
    pub fn stale(self) {
        if self.waiting.get_value() {
            return;
        }
        self.waiting.set_value(true);
        set_timeout(
            move || {
                if self.waiting.try_set_value(false).is_none() {
                    self.following.again();
                }
            },
            REST,
        );
    }
}
