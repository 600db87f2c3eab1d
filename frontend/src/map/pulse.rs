//! The beat around an incident that has just come in. It is the style sheet's animation: it ends by itself after some
//! beats, costs no frame of ours, and is still for those who want no motion.

use leptos::logging::warn;
use std::collections::HashMap;
use web_sys::{Document, HtmlElement};

/// More at once would be noise.
const MOST: usize = 24;
/// When the style sheet's beats are over, milliseconds.
const OVER: f64 = 11_500.0;

struct Pulse {
    element: HtmlElement,
    since: f64,
}

/// All beats under way.
pub struct Pulses {
    document: Document,
    pane: HtmlElement,
    running: HashMap<i64, Pulse>,
}

impl Pulses {
    /// None yet, in this pane.
    pub fn new(document: Document, pane: HtmlElement) -> Self {
        Self { document, pane, running: HashMap::new() }
    }

    /// Starts a beat for each of `fresh` that has none, and forgets those that are over. `severity` tells an incident's,
    /// where it is shown at all.
    pub fn follow(&mut self, fresh: &[i64], now: f64, severity: impl Fn(i64) -> Option<u8>) {
        self.running.retain(|id, pulse| {
            let kept = fresh.contains(id) || now - pulse.since < OVER;
            if !kept {
                pulse.element.remove();
            }
            kept
        });
        for &id in fresh {
            if self.running.len() >= MOST || self.running.contains_key(&id) {
                continue;
            }
            let Some(severity) = severity(id) else { continue };
            match self.start(severity) {
                Ok(element) => drop(self.running.insert(id, Pulse { element, since: now })),
                Err(error) => warn!("a new incident could not be marked: {error:?}"),
            }
        }
    }

    fn start(&self, severity: u8) -> Result<HtmlElement, wasm_bindgen::JsValue> {
        use wasm_bindgen::JsCast;
        let element: HtmlElement = self.document.create_element("i")?.unchecked_into();
        element.set_class_name(&format!("map-pulse s{severity}"));
        self.pane.append_child(&element)?;
        Ok(element)
    }

    /// Whether there is anything to place.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Lays each on the layer point where its incident is seen; one that is not shown is hidden.
    pub fn lay(&self, mut seen_at: impl FnMut(i64) -> Option<(f64, f64)>) {
        // Several in one cluster beat once.
        let mut taken: Vec<(f64, f64)> = Vec::new();
        for (id, pulse) in &self.running {
            let style = pulse.element.style();
            let free = seen_at(*id).filter(|at| !taken.contains(at));
            taken.extend(free);
            let set = match free {
                Some((x, y)) => style
                    .set_property("transform", &super::surface::translate(x, y))
                    .and_then(|()| style.set_property("display", "block")),
                None => style.set_property("display", "none"),
            };
            if let Err(error) = set {
                warn!("a new incident's mark could not be laid: {error:?}");
            }
        }
    }
}
