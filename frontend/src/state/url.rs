//! The address bar, bound: read when the page opens and on back and forward, written a moment after something changed.

use super::address::{self, Address};
use super::choice::Choice;
use super::watch;
use crate::model::{Lang, Layers, Target, Theme, Viewport};
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
    /// The language shown.
    pub lang: Memo<Lang>,
    /// Light or dark, as shown.
    pub theme: Memo<Theme>,
    lang_chosen: RwSignal<Option<Lang>>,
    theme_chosen: RwSignal<Option<Theme>>,
    system_dark: RwSignal<bool>,
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
        let lang_chosen = RwSignal::new(address.lang);
        let theme_chosen = RwSignal::new(address.theme);
        let system_dark = RwSignal::new(prefers_dark());
        let kept_lang = kept("lang").and_then(|w| address::lang(&w)).unwrap_or_else(browser_lang);
        let kept_theme = kept("theme").and_then(|w| address::theme(&w));
        let has_selection = address.selected.is_some();
        let url = Self {
            town: StoredValue::new(address.town),
            viewport: RwSignal::new(address.viewport),
            choice: RwSignal::new(address.choice),
            selected: RwSignal::new(address.selected),
            layers: RwSignal::new(address.layers),
            lang: Memo::new(move |_| lang_chosen.get().unwrap_or(kept_lang)),
            theme: Memo::new(move |_| {
                let system = if system_dark.get() { Theme::Dark } else { Theme::Light };
                theme_chosen.get().or(kept_theme).unwrap_or(system)
            }),
            lang_chosen,
            theme_chosen,
            system_dark,
            open: StoredValue::new(has_selection),
            arrivals: RwSignal::new(0),
        };
        url.listen();
        url.write();
        url.dress();
        url
    }

    /// Chooses a language, here and for the next visit.
    pub fn set_lang(self, lang: Lang) {
        keep("lang", lang.word());
        self.lang_chosen.set(Some(lang));
    }

    /// Chooses light or dark, here and for the next visit.
    pub fn set_theme(self, theme: Theme) {
        keep("theme", theme.word());
        self.theme_chosen.set(Some(theme));
    }

    fn address(self) -> Address {
        Address {
            town: self.town.get_value(),
            viewport: self.viewport.get(),
            choice: self.choice.get(),
            selected: self.selected.get(),
            layers: self.layers.get(),
            lang: self.lang_chosen.get(),
            theme: self.theme_chosen.get(),
        }
    }

    /// Back and forward, and the system's change of light.
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
            self.lang_chosen.set(address.lang);
            self.theme_chosen.set(address.theme);
            self.arrivals.update(|n| *n += 1);
        });
        on_cleanup(move || pop.remove());
        if let Some(media) = dark_media() {
            let changed = leptos::wasm_bindgen::closure::Closure::<dyn Fn()>::new(move || {
                self.system_dark.set(prefers_dark());
            });
            media.set_onchange(Some(leptos::wasm_bindgen::JsCast::unchecked_ref(changed.as_ref())));
            // The listener lives as long as the page.
            changed.forget();
        }
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

    /// Language and theme on the root element, where the style sheet and screen readers look for them.
    fn dress(self) {
        watch(move || {
            let (lang, theme) = (self.lang.get(), self.theme.get());
            if let Some(root) = document().document_element() {
                let tag = if lang == Lang::Zh { "zh-CN" } else { "en" };
                // Setting a well-formed attribute cannot fail.
                let _ = root.set_attribute("lang", tag);
                let _ = root.set_attribute("data-theme", theme.word());
            }
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

fn dark_media() -> Option<web_sys::MediaQueryList> {
    window().match_media("(prefers-color-scheme: dark)").ok().flatten()
}

fn prefers_dark() -> bool {
    dark_media().is_some_and(|m| m.matches())
}

/// Chinese unless the browser's first wish is another language.
fn browser_lang() -> Lang {
    match window().navigator().language() {
        Some(wish) if !wish.to_ascii_lowercase().starts_with("zh") => Lang::En,
        _ => Lang::Zh,
    }
}

/// A preference kept in this browser; private windows may have no store, and do without.
fn kept(name: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(name).ok().flatten()
}

fn keep(name: &str, word: &str) {
    if let Ok(Some(store)) = window().local_storage() {
        // A full or forbidden store loses only the preference.
        let _ = store.set_item(name, word);
    }
}
