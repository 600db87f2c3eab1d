//! The bell: it rings when something has happened with incidents that the person sees, so that what is shown is asked for again at
//! once. It tells nothing itself. Only a window that somebody looks at has a line; where the line is torn, it rings every so often.

use crate::state::clock::steady;
use crate::state::live::Line;
use geodata::town::Slug;
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// How often the line is looked after.
const EVERY: Duration = Duration::from_secs(15);
/// Silence after which a line is no line, milliseconds: the server beats every five seconds.
const SILENCE_MS: f64 = 12_000.0;
/// Each so many looks it rings in any case.
const IN_ANY_CASE: u32 = 4;
/// How long events are gathered at least, and how much longer at most, milliseconds: not all of a town's desks ask in the same instant.
const GATHER_MS: f64 = 200.0;
const SPREAD_MS: f64 = 800.0;

/// What a line tells of.
const KINDS: [&str; 4] = ["incident", "hello", "beat", "reload"];

/// What it rang about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ring {
    /// It has not rung yet.
    Silent,
    /// These incidents, by their keys.
    About(Arc<Vec<i64>>),
    /// Whatever may have happened.
    Anything,
}

impl Ring {
    /// Whether an incident may have changed; or any, for who asks about none in particular.
    pub fn is_about(&self, incident: Option<i64>) -> bool {
        match (self, incident) {
            (Self::Silent, _) => false,
            (Self::About(ids), Some(id)) => ids.contains(&id),
            (Self::About(_), None) | (Self::Anything, _) => true,
        }
    }
}

/// The bell of a town.
pub struct Bell {
    /// Its last ring.
    pub rung: RwSignal<Ring>,
    line: StoredValue<Option<Line>, LocalStorage>,
    town: StoredValue<Option<Slug>>,
    /// When the line was last heard, by the steady clock.
    heard: StoredValue<f64>,
    gathered: StoredValue<Vec<i64>>,
    looks: StoredValue<u32>,
}

impl Bell {
    /// A bell without a line.
    pub fn silent() -> Self {
        Self {
            rung: RwSignal::new(Ring::Silent),
            line: StoredValue::new_local(None),
            town: StoredValue::new(None),
            heard: StoredValue::new(0.0),
            gathered: StoredValue::new(Vec::new()),
            looks: StoredValue::new(0),
        }
    }

    /// Opens its line, and looks after it from now on.
    pub fn hang(&'static self, town: Option<Slug>) {
        self.town.set_value(town);
        self.dial();
        if let Ok(handle) = set_interval_with_handle(move || self.look_after(), EVERY) {
            on_cleanup(move || handle.clear());
        }
        let back = window_event_listener_untyped("visibilitychange", move |_| {
            // A look at another window is no reason to hang up; the next look after it is.
            if !document().hidden() {
                self.look_after();
                self.ring(Ring::Anything);
            }
        });
        on_cleanup(move || {
            back.remove();
            self.line.try_set_value(None);
        });
    }

    fn dial(&'static self) {
        self.heard.set_value(steady());
        let line = self
            .town
            .with_value(|town| Line::open(town.as_ref(), None, &KINDS, move |kind, data| self.hear(kind, &data)));
        self.line.set_value(line);
    }

    fn look_after(&'static self) {
        if document().hidden() {
            return self.line.set_value(None);
        }
        self.looks.update_value(|looks| *looks = looks.wrapping_add(1));
        let torn = self.line.with_value(|line| line.as_ref().is_none_or(Line::is_closed));
        let silent = steady() - self.heard.get_value() > SILENCE_MS;
        if torn || silent {
            self.dial();
        }
        if torn || silent || self.looks.get_value().is_multiple_of(IN_ANY_CASE) {
            self.ring(Ring::Anything);
        }
    }

    fn hear(&'static self, kind: &'static str, data: &str) {
        self.heard.set_value(steady());
        match kind {
            "incident" => match crate::wire::parse::<Told>(data) {
                Some(Told(id)) => self.gather(id),
                None => self.ring(Ring::Anything),
            },
            "reload" => self.ring(Ring::Anything),
            _ => {}
        }
    }

    fn gather(&'static self, id: i64) {
        let first = self.gathered.with_value(Vec::is_empty);
        self.gathered.update_value(|ids| ids.push(id));
        if first {
            let wait = Duration::from_secs_f64((GATHER_MS + SPREAD_MS * js_sys::Math::random()) / 1_000.0);
            let ring = move || {
                if let Some(ids) = self.gathered.try_update_value(std::mem::take) {
                    self.ring(Ring::About(Arc::new(ids)));
                }
            };
            set_timeout(ring, wait);
        }
    }

    fn ring(&self, ring: Ring) {
        self.rung.try_set(ring);
    }
}

/// Of what the feed tells, which incident it is about.
struct Told(i64);

impl crate::wire::Read for Told {
    fn read(from: &impl crate::wire::Tree) -> Option<Self> {
        Some(Self(crate::wire::Read::read(&from.member("incident").member("id"))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_about_one_incident_is_called_for_that_one() {
        let some = Ring::About(Arc::new(vec![7, 8]));
        assert!(some.is_about(Some(7)) && some.is_about(None) && !some.is_about(Some(9)));
        assert!(Ring::Anything.is_about(Some(9)) && Ring::Anything.is_about(None));
        assert!(!Ring::Silent.is_about(None) && !Ring::Silent.is_about(Some(7)));
    }
}
