//! The address bar, bound: read when the page opens and on back and forward, written a moment after something changed.

use super::address::Address;
use super::choice::Choice;
use super::looks::Looks;
use super::watch;
use crate::model::{Lang, Layers, Target, Theme, Viewport};
use geodata::shade::Shade;
use geodata::town::Slug;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsValue;

/// A selection's coming and going is a step that back undoes; all else only corrects the address.
///
/// Browsers refuse more than some hundred changes of the address in half a minute.
const WRITE_EVERY: Duration = Duration::from_millis(400);

/// Everything that the address holds, as signals. Nothing else on the page keeps a copy.
#[derive(Clone, Copy)]
pub struct Url {
    /// Which town; changing it means another page.
    pub town: StoredValue<Option<Slug>>,
    /// Where the map looks; the whole town needs no words, and every screen shows it its own way.
    pub viewport: RwSignal<Option<Viewport>>,
    /// Which incidents.
    pub choice: RwSignal<Choice>,
    /// What is selected.
    pub selected: RwSignal<Option<Target>>,
    /// Which layers are drawn.
    pub layers: RwSignal<Layers>,
    /// What grids are shaded by.
    pub shade: RwSignal<Shade>,
    /// The language shown.
    pub lang: Memo<Lang>,
    /// Light or dark, as shown.
    pub theme: Memo<Theme>,
    /// How these two are chosen.
    pub looks: Looks,
    /// Whether the address last written or read has a selection.
    open: StoredValue<bool>,
    /// Counts the times that back or forward brought another view; the map is told of it.
    pub arrivals: RwSignal<u64>,
}

impl Url {
    /// Reads the address and starts to keep it. Without a word in the address, language and theme are those chosen
    /// here before, else the browser's.
    pub fn bind() -> Self {
        let address = Address::parse(&query());
        let looks = Looks::bind(address.lang, address.theme);
        let has_selection = address.selected.is_some();
        let url = Self {
            town: StoredValue::new(address.town),
            viewport: RwSignal::new(address.viewport),
            choice: RwSignal::new(address.choice),
            selected: RwSignal::new(address.selected),
            layers: RwSignal::new(address.layers),
            shade: RwSignal::new(address.shade),
            lang: looks.lang,
            theme: looks.theme,
            looks,
            open: StoredValue::new(has_selection),
            arrivals: RwSignal::new(0),
        };
        url.listen();
        url.write();
        url
    }

    fn address(self) -> Address {
        let (lang, theme) = self.looks.chosen();
        Address {
            town: self.town.get_value(),
            viewport: self.viewport.get(),
            choice: self.choice.get(),
            selected: self.selected.get(),
            layers: self.layers.get(),
            shade: self.shade.get(),
            lang,
            theme,
        }
    }

    /// Back and forward.
    fn listen(self) {
        let pop = window_event_listener(leptos::ev::popstate, move |_| {
            let address = Address::parse(&query());
            if address.town != self.town.get_value() {
                reload_page();
                return;
            }
            self.open.set_value(address.selected.is_some());
            self.viewport.set(address.viewport);
            self.choice.set(address.choice);
            self.selected.set(address.selected);
            self.layers.set(address.layers);
            self.shade.set(address.shade);
            self.looks.choose(address.lang, address.theme);
            self.arrivals.update(|n| *n += 1);
        });
        on_cleanup(move || pop.remove());
    }

    /// Writes the address, at most every so often, and only what changed.
    fn write(self) {
        let query = Memo::new(move |_| self.address().query());
        let waiting = StoredValue::new(false);
        let mut first = true;
        watch(move || {
            // Read, not only tracked: a memo that nobody reads never runs.
            query.with(|_| ());
            if std::mem::take(&mut first) || waiting.get_value() {
                return;
            }
            waiting.set_value(true);
            set_timeout(
                move || {
                    if waiting.try_set_value(false).is_none() {
                        let open = self.selected.with_untracked(Option::is_some);
                        put(&query.get_untracked(), self.open.get_value() != open);
                        self.open.set_value(open);
                    }
                },
                WRITE_EVERY,
            );
        });
    }
}

fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// Writes the address, as a step that back undoes or over the one before. A browser that limits the rate of changes
/// throws; the next change writes the whole address again.
fn put(query: &str, step: bool) {
    let place = window().location();
    let path = place.pathname().unwrap_or_else(|_| "/".to_owned());
    let address = if query.is_empty() { path } else { [&path, "?", query].concat() };
    let Ok(history) = window().history() else { return };
    let _ = if step {
        history.push_state_with_url(&JsValue::NULL, "", Some(&address))
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&address))
    };
}

fn reload_page() {
    let _ = window().location().reload();
}
