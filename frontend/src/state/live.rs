//! The live feed: an `EventSource` driven by the state machine in `feed.rs`.

use super::clock::{Clock, steady};
use super::feed::{Do, Feed, Heard, Phase};
use super::health::Health;
use super::incidents::Incidents;
use super::totals::Figures;
use super::town::of_town;
use super::url::Url;
use super::watch;
use crate::api::{self, Abort};
use crate::wire;
use geodata::wire::{LiveEvent, Town};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// Events that arrive together are taken in together, so that a burst draws once.
const TOGETHER: Duration = Duration::from_millis(16);

/// A greeting or a sign of life.
pub struct Sign {
    /// The number of the last event.
    pub seq: i64,
    /// The server's time.
    pub now: Option<geodata::Time>,
}

/// One message, read.
enum Told {
    Event(Box<LiveEvent>),
    Sign(Heard),
}

/// The live feed of the page's town.
pub struct Live {
    /// Where it stands.
    pub phase: RwSignal<Phase>,
    feed: StoredValue<Feed>,
    line: StoredValue<Option<Line>, LocalStorage>,
    inbox: StoredValue<Vec<LiveEvent>>,
    reloading: StoredValue<bool>,
    /// Counts connections, so that a late timer of an old one does nothing.
    dialled: StoredValue<u32>,
    url: Url,
    clock: Clock,
    health: Health,
    incidents: Incidents,
    figures: Figures,
}

/// One connection and what listens on it; closed when dropped.
struct Line {
    source: EventSource,
    _listeners: [Closure<dyn Fn(MessageEvent)>; 6],
}

impl Drop for Line {
    fn drop(&mut self) {
        self.source.set_onerror(None);
        self.source.close();
    }
}

impl Live {
    /// Opens the feed once the first incidents are here, and keeps it open.
    pub fn start(url: Url, clock: Clock, health: Health, incidents: Incidents, figures: Figures) -> &'static Self {
        // Kept as long as the page is open; timers and listeners then hold one pointer each.
        let live: &'static Self = Box::leak(Box::new(Self {
            phase: RwSignal::new(Phase::Starting),
            feed: StoredValue::new(Feed::after(0, 0.0)),
            line: StoredValue::new_local(None),
            inbox: StoredValue::new(Vec::new()),
            reloading: StoredValue::new(true),
            dialled: StoredValue::new(0),
            url,
            clock,
            health,
            incidents,
            figures,
        }));
        watch(move || {
            // Only a reload (the first fetch is one) says where to go on; other fetches find the feed running.
            if let Some(seq) = incidents.seq.get()
                && live.reloading.get_value()
            {
                live.reloading.set_value(false);
                live.feed.update_value(|f| f.restart(seq, steady()));
                live.figures.stale();
                live.dial();
            }
        });
        watch(move || {
            clock.second.track();
            live.hear(Heard::Nothing);
        });
        // Another request got through: no need to wait for the timer.
        watch(move || {
            if health.trouble().is_none() {
                live.hurry();
            }
        });
        for event in ["online", "focus"] {
            let back = window_event_listener_untyped(event, move |_| live.hurry());
            on_cleanup(move || back.remove());
        }
        on_cleanup(move || {
            live.line.try_set_value(None);
        });
        live
    }

    fn hear(&'static self, heard: Heard) -> Do {
        let (at, now) = (steady(), self.clock.read());
        let todo = self.feed.try_update_value(|feed| feed.hear(heard, at, now)).unwrap_or(Do::Rest);
        let phase = self.feed.with_value(|feed| feed.phase);
        if self.phase.get_untracked() != phase {
            self.phase.set(phase);
        }
        self.act(todo);
        todo
    }

    fn act(&'static self, todo: Do) {
        match todo {
            Do::Reload => {
                self.line.set_value(None);
                self.reloading.set_value(true);
                self.incidents.reload();
            }
            Do::Retry(ms) => self.retry_in(ms),
            Do::Rest | Do::Apply => {}
        }
    }

    fn retry_in(&'static self, ms: f64) {
        self.line.set_value(None);
        let turn = self.next_turn();
        // Some spread, so that a thousand pages do not come back in the same instant.
        let wait = Duration::from_secs_f64(ms * (0.75 + js_sys::Math::random() / 2.0) / 1_000.0);
        set_timeout(move || self.probe(turn), wait);
    }

    /// Someone is looking again, or the network came back: don't wait for the timer.
    fn hurry(&'static self) {
        if matches!(self.feed.with_value(|f| f.phase), Phase::Away { .. }) && self.line.with_value(Option::is_none) {
            let turn = self.next_turn();
            self.probe(turn);
        }
    }

    fn next_turn(&'static self) -> u32 {
        self.dialled.update_value(|n| *n = n.wrapping_add(1));
        self.dialled.get_value()
    }

    /// Asks plainly before opening the feed again: an `EventSource` never tells why it failed.
    fn probe(&'static self, turn: u32) {
        if self.dialled.try_get_value() != Some(turn) {
            return;
        }
        leptos::task::spawn_local(async move {
            let path = api::address("/api/town", of_town(self.url.town.get_value().as_ref()));
            let answer = api::ask(path, self.url.lang.get_untracked(), Abort::new()).await;
            let answer = answer.and_then(|body| api::read::<Town>(&body));
            if self.dialled.try_get_value() != Some(turn) {
                return;
            }
            match answer {
                Ok(town) => {
                    self.health.well();
                    self.clock.set(town.now);
                    self.figures.stale();
                    self.dial();
                }
                Err(failure) => {
                    self.health.ill(&failure);
                    self.hear(Heard::Broken);
                }
            }
        });
    }

    fn dial(&'static self) {
        self.next_turn();
        self.feed.update_value(|f| f.dial(steady()));
        let after = self.feed.with_value(|f| f.seq).to_string();
        let town = self.url.town.get_value();
        let pairs = of_town(town.as_ref()).chain([("after", after.as_str())]);
        match EventSource::new(&api::address("/api/live", pairs)) {
            Ok(source) => {
                let listeners = [
                    self.on(&source, "open", |_, _| Some(Told::Sign(Heard::Opened))),
                    self.on(&source, "incident", |_, data| wire::parse(data).map(Box::new).map(Told::Event)),
                    self.on(&source, "hello", |live, data| live.sign(data).map(Heard::Hello).map(Told::Sign)),
                    self.on(&source, "beat", |live, data| live.sign(data).map(Heard::Beat).map(Told::Sign)),
                    self.on(&source, "reload", |_, _| Some(Told::Sign(Heard::TooFarBehind))),
                    self.on(&source, "error", |_, _| Some(Told::Sign(Heard::Broken))),
                ];
                self.line.set_value(Some(Line { source, _listeners: listeners }));
            }
            Err(_) => {
                self.hear(Heard::Broken);
            }
        }
    }

    fn on(
        &'static self,
        source: &EventSource,
        name: &str,
        read: fn(&'static Self, &str) -> Option<Told>,
    ) -> Closure<dyn Fn(MessageEvent)> {
        let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data().as_string().unwrap_or_default();
            // What can't be read is a torn line: drop it and come back with the last number.
            let told = read(self, &data).unwrap_or(Told::Sign(Heard::Broken));
            // What is told may close the line, and with it this closure: let it return first.
            queue_microtask(move || self.take(told));
        });
        // Fails only for a listener that is no function.
        let _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        listener
    }

    fn sign(&'static self, data: &str) -> Option<i64> {
        let sign: Sign = wire::parse(data)?;
        if let Some(now) = sign.now {
            self.clock.set(now);
        }
        Some(sign.seq)
    }

    fn take(&'static self, told: Told) {
        match told {
            Told::Sign(heard) => {
                self.hear(heard);
            }
            Told::Event(event) => {
                if self.hear(Heard::Event(event.event.seq)) == Do::Apply {
                    self.receive(*event);
                }
            }
        }
    }

    /// Puts an event with those that came in the same instant, and hands them on together.
    fn receive(&'static self, event: LiveEvent) {
        let first = self.inbox.with_value(Vec::is_empty);
        self.inbox.update_value(|inbox| inbox.push(event));
        if first {
            set_timeout(
                move || {
                    if let Some(events) = self.inbox.try_update_value(std::mem::take) {
                        self.incidents.apply(events);
                        self.figures.stale();
                    }
                },
                TOGETHER,
            );
        }
    }
}
