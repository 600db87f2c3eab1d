//! One connection to the live feed, and what listens on it.

use crate::api;
use crate::state::town::of_town;
use geodata::town::Slug;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// A connection; closed when dropped.
pub struct Line {
    source: EventSource,
    _listeners: Vec<Closure<dyn Fn(MessageEvent)>>,
}

impl Line {
    /// Opens one for a town, from event number `after` on or from the log's end; `told` hears these kinds, with their data. None
    /// where the browser refuses.
    pub fn open(
        town: Option<&Slug>,
        after: Option<i64>,
        kinds: &[&'static str],
        told: impl Fn(&'static str, String) + Copy + 'static,
    ) -> Option<Self> {
        let after = after.map(|seq| seq.to_string());
        let pairs = of_town(town).chain(after.as_deref().map(|seq| ("after", seq)));
        let source = EventSource::new(&api::address("/api/live", pairs)).ok()?;
        let listen = |kind: &'static str| {
            let hear = move |event: MessageEvent| told(kind, event.data().as_string().unwrap_or_default());
            let listener = Closure::<dyn Fn(MessageEvent)>::new(hear);
            // Fails only for a listener that is no function.
            let _ = source.add_event_listener_with_callback(kind, listener.as_ref().unchecked_ref());
            listener
        };
        let listeners = kinds.iter().copied().map(listen).collect();
        Some(Self { source, _listeners: listeners })
    }

    /// Whether it has given up: the browser tries again by itself only where it was cut, not where it was refused.
    pub fn is_closed(&self) -> bool {
        self.source.ready_state() == EventSource::CLOSED
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.source.set_onerror(None);
        self.source.close();
    }
}
