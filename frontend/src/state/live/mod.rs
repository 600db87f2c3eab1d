//! The live feed: an `EventSource` driven by the state machine in `feed.rs`. Windows of one town share one, as `share.rs`
//! and `windows.rs` tell, and a window that nobody looks at has none.

mod line;
mod share;
mod windows;

pub use line::Line;

use crate::api::{self, Abort};
use crate::state::clock::{Clock, steady};
use crate::state::feed::{Do, Feed, Heard, Phase};
use crate::state::health::Health;
use crate::state::incidents::Incidents;
use crate::state::totals::Figures;
use crate::state::town::of_town;
use crate::state::url::Url;
use crate::state::watch;
use crate::wire;
use geodata::wire::{LiveEvent, Town};
use leptos::prelude::*;
use share::Share;
use std::time::Duration;

/// Events that arrive together are taken in together, so that a burst draws once.
const TOGETHER: Duration = Duration::from_millis(16);

/// How long a window may be hidden before it gives up its line: longer than a look at another tab.
const GRACE: Duration = Duration::from_secs(10);
/// How long a window that is up to date waits for a leader's word before it takes the lead.
const UNLED: Duration = Duration::from_secs(3);

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
    /// Nobody looks: no line until someone does.
    resting: StoredValue<bool>,
    /// The other windows, where the browser lets them share.
    share: StoredValue<Option<&'static Share>, LocalStorage>,
    /// How long the server asked not to be asked again, milliseconds; used up by the next try.
    not_before: StoredValue<f64>,
    /// Counts connections, so that a late timer of an old one does nothing.
    dialled: StoredValue<u32>,
    url: Url,
    clock: Clock,
    health: Health,
    incidents: Incidents,
    figures: Figures,
}

/// What a line tells of.
const KINDS: [&str; 6] = ["open", "incident", "hello", "beat", "reload", "error"];

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
            resting: StoredValue::new(false),
            share: StoredValue::new_local(None),
            not_before: StoredValue::new(0.0),
            dialled: StoredValue::new(0),
            url,
            clock,
            health,
            incidents,
            figures,
        }));
        live.share_with_others();
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
        live.look();
        let look = window_event_listener_untyped("visibilitychange", move |_| live.look());
        on_cleanup(move || {
            look.remove();
            live.line.try_set_value(None);
        });
        live
    }

    /// Someone looks at this window, or nobody does any more.
    fn look(&'static self) {
        if document().hidden() {
            set_timeout(move || self.rest(), GRACE);
        } else if self.resting.get_value() {
            self.resting.set_value(false);
            if let Some(share) = self.others() {
                share.queue();
            }
            self.hurry();
            // A reload under way dials when it is done.
            if !self.is_away() && !self.reloading.get_value() {
                self.dial();
            }
        }
    }

    /// Gives up the line for as long as nobody looks: what happens is told when someone does.
    fn rest(&'static self) {
        if !document().hidden() || self.resting.get_value() {
            return;
        }
        self.resting.set_value(true);
        if let Some(share) = self.others() {
            share.leave();
        }
        self.next_turn();
        self.line.set_value(None);
        self.lag();
    }

    fn hear(&'static self, heard: Heard) -> Do {
        // Silence is no news where nobody listens.
        if self.resting.get_value() {
            return Do::Rest;
        }
        let (at, now) = (steady(), self.clock.read());
        let todo = self.feed.try_update_value(|feed| feed.hear(heard, at, now)).unwrap_or(Do::Rest);
        self.show();
        self.act(todo);
        todo
    }

    /// Tells people where the feed stands.
    fn show(&self) {
        let phase = self.feed.with_value(|feed| feed.phase);
        if self.phase.get_untracked() != phase {
            self.phase.set(phase);
        }
    }

    fn lag(&self) {
        let now = self.clock.read();
        self.feed.update_value(|f| f.lag(now));
        self.show();
    }

    fn is_away(&self) -> bool {
        matches!(self.feed.with_value(|f| f.phase), Phase::Away { .. })
    }

    fn is_live(&self) -> bool {
        matches!(self.feed.with_value(|f| f.phase), Phase::Live { .. })
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
        // Some spread, so that a thousand pages do not come back in the same instant; never sooner than was asked for.
        let wait = (ms * (0.75 + js_sys::Math::random() / 2.0)).max(self.not_before.get_value());
        let wait = Duration::from_secs_f64(wait / 1_000.0);
        self.not_before.set_value(0.0);
        set_timeout(move || self.probe(turn), wait);
    }

    /// Someone is looking again, or the network came back: don't wait for the timer.
    fn hurry(&'static self) {
        if self.is_away() && self.line.with_value(Option::is_none) && !self.resting.get_value() {
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
                    self.not_before.set_value(failure.wait_ms(0.0));
                    self.hear(Heard::Broken);
                }
            }
        });
    }

    fn dial(&'static self) {
        if self.resting.get_value() {
            return;
        }
        self.next_turn();
        self.feed.update_value(|f| f.dial(steady()));
        let after = self.feed.with_value(|f| f.seq);
        let town = self.url.town.get_value();
        match Line::open(town.as_ref(), Some(after), &KINDS, move |kind, data| self.told(kind, &data)) {
            Some(line) => self.line.set_value(Some(line)),
            None => {
                self.hear(Heard::Broken);
            }
        }
    }

    fn told(&'static self, kind: &'static str, data: &str) {
        // What can't be read is a torn line: drop it and come back with the last number.
        let told = self.read(kind, data).unwrap_or(Told::Sign(Heard::Broken));
        if matches!(kind, "incident" | "hello" | "beat" | "error")
            && let Some(share) = self.others().filter(|share| share.leads())
        {
            share.tell(kind, data);
        }
        // What is told may close the line, and with it the closure that calls: let it return first.
        queue_microtask(move || self.take(told));
    }

    fn read(&'static self, kind: &str, data: &str) -> Option<Told> {
        Some(match kind {
            "open" => Told::Sign(Heard::Opened),
            "incident" => Told::Event(Box::new(wire::parse(data)?)),
            "hello" => Told::Sign(Heard::Hello(self.sign(data)?)),
            "beat" => Told::Sign(Heard::Beat(self.sign(data)?)),
            "reload" => Told::Sign(Heard::TooFarBehind),
            _ => Told::Sign(Heard::Broken),
        })
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
                if matches!(heard, Heard::Hello(_)) {
                    self.seek_leader();
                }
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
