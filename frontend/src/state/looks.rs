//! Language and light: chosen in the address or here before, else as the browser and the system have it.

use super::address;
use super::watch;
use crate::model::{Lang, Theme};
use leptos::prelude::*;

/// How the page looks and speaks.
#[derive(Clone, Copy)]
pub struct Looks {
    /// The language shown.
    pub lang: Memo<Lang>,
    /// Light or dark, as shown.
    pub theme: Memo<Theme>,
    lang_chosen: RwSignal<Option<Lang>>,
    theme_chosen: RwSignal<Option<Theme>>,
    system_dark: RwSignal<bool>,
}

impl Looks {
    /// Starts with what the address has chosen, and keeps the root element dressed.
    pub fn bind(lang: Option<Lang>, theme: Option<Theme>) -> Self {
        let (lang_chosen, theme_chosen) = (RwSignal::new(lang), RwSignal::new(theme));
        let system_dark = RwSignal::new(prefers_dark());
        let kept_lang = kept("lang").and_then(|w| address::lang(&w)).unwrap_or_else(browser_lang);
        let kept_theme = kept("theme").and_then(|w| address::theme(&w));
        let looks = Self {
            lang: Memo::new(move |_| lang_chosen.get().unwrap_or(kept_lang)),
            theme: Memo::new(move |_| {
                let system = if system_dark.get() { Theme::Dark } else { Theme::Light };
                theme_chosen.get().or(kept_theme).unwrap_or(system)
            }),
            lang_chosen,
            theme_chosen,
            system_dark,
        };
        looks.listen();
        looks.dress();
        looks
    }

    /// Chooses a language, here and for the next visit.
    pub fn set_lang(self, lang: Lang) {
        keep("lang", lang.word());
        self.lang_chosen.set(Some(lang));
    }

    /// The other of the two languages.
    pub fn turn_lang(self) {
        self.set_lang(if self.lang.get_untracked() == Lang::Zh { Lang::En } else { Lang::Zh });
    }

    /// Chooses light or dark, here and for the next visit.
    pub fn set_theme(self, theme: Theme) {
        keep("theme", theme.word());
        self.theme_chosen.set(Some(theme));
    }

    /// Dark where it is light, and light where it is dark.
    pub fn turn_theme(self) {
        self.set_theme(if self.theme.get_untracked() == Theme::Dark { Theme::Light } else { Theme::Dark });
    }

    /// What the address says; subscribes.
    pub fn chosen(self) -> (Option<Lang>, Option<Theme>) {
        (self.lang_chosen.get(), self.theme_chosen.get())
    }

    /// Takes over what another address says.
    pub fn choose(self, lang: Option<Lang>, theme: Option<Theme>) {
        self.lang_chosen.set(lang);
        self.theme_chosen.set(theme);
    }

    /// The system's change of light.
    fn listen(self) {
        let Some(media) = dark_media() else { return };
        let changed = leptos::wasm_bindgen::closure::Closure::<dyn Fn()>::new(move || {
            self.system_dark.set(prefers_dark());
        });
        media.set_onchange(Some(leptos::wasm_bindgen::JsCast::unchecked_ref(changed.as_ref())));
        // The listener lives as long as the page.
        changed.forget();
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
pub(super) fn kept(name: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(name).ok().flatten()
}

/// Keeps a preference in this browser.
pub(super) fn keep(name: &str, word: &str) {
    if let Ok(Some(store)) = window().local_storage() {
        // A full or forbidden store loses only the preference.
        let _ = store.set_item(name, word);
    }
}
