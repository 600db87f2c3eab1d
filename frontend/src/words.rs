//! The page's texts in its two languages, made from `locales/*.json` by `build.rs`.

use crate::model::Lang;
use geodata::town::Name;
use leptos::prelude::*;

/// Texts by the word that stands for them in the domain's vocabulary.
pub type Table = &'static [(&'static str, &'static str)];

mod table {
    use super::{Table, fill};
    use crate::model::Lang;
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}
pub use table::{EN, Words, ZH};

/// The text of a word; the word itself where the table lacks it, which a test rules out.
pub fn of(table: Table, word: &'static str) -> &'static str {
    table.iter().find(|(w, _)| *w == word).map_or(word, |(_, text)| text)
}

impl Words {
    /// All texts in this language.
    pub fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Zh => &ZH,
            Lang::En => &EN,
        }
    }

    /// A name in this language; the other one where it has none.
    pub fn name<'a>(&self, name: &'a Name) -> &'a str {
        match self.lang {
            Lang::En if !name.en.is_empty() => &name.en,
            Lang::Zh if name.zh.is_empty() => &name.en,
            _ => &name.zh,
        }
    }
}

/// The texts of the part of the page around the caller. Chrome is built anew when the language changes, so that its
/// texts need not be signals.
pub fn use_words() -> &'static Words {
    use_context().unwrap_or(&ZH)
}

pub(crate) fn fill(template: &str, pairs: &[(&str, &str)]) -> String {
    let mut text = template.to_owned();
    for (name, value) in pairs {
        text = text.replace(name, value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::address::SWITCHES;
    use crate::state::choice::Tab;
    use geodata::incident::{Action, Level, Severity, Source, State, Station};
    use geodata::shade::Shade;
    use geodata::town::{CameraOwner, CameraStatus, CategoryGroup, Role};
    use geodata::wire::{FoundKind, Verdict};
    use strum::VariantArray;

    fn complete(what: &str, table: Table, words: impl IntoIterator<Item = &'static str>) {
        let words: Vec<_> = words.into_iter().collect();
        for word in &words {
            let text = table.iter().find(|(w, _)| w == word).map(|(_, text)| *text);
            assert!(text.is_some_and(|t| !t.is_empty()), "{what}.{word} has no text");
        }
        assert_eq!(table.len(), words.len(), "{what} has texts that nothing uses");
    }

    fn all<T: VariantArray + Copy>(word: fn(T) -> &'static str) -> Vec<&'static str> {
        T::VARIANTS.iter().copied().map(word).collect()
    }

    #[test]
    fn every_word_of_the_domain_has_a_text_in_both_languages() {
        for words in [&ZH, &EN] {
            complete("state", words.state, all(State::word));
            complete("doing", words.doing, all(State::word));
            complete("level", words.level, all(Level::word));
            complete("source", words.source, all(Source::word));
            complete("action", words.action, all(Action::word));
            complete("role", words.role, all(Role::word));
            complete("camera_status", words.camera_status, all(CameraStatus::word));
            complete("camera_owner", words.camera_owner, all(CameraOwner::word));
            complete("verdict", words.verdict, all(Verdict::word));
            complete("group", words.group, all(CategoryGroup::word));
            complete("group_short", words.group_short, all(CategoryGroup::word));
            complete("station", words.station, all(Station::word));
            complete("awaiting", words.awaiting, all(Station::word));
            complete("tab", words.tab, all(Tab::word));
            complete("shade", words.shade, all(Shade::word));
            complete("found", words.found, all(FoundKind::word));
            complete("layer", words.layer, SWITCHES.map(|(word, _)| word));
            complete("severity", words.severity, ["1", "2", "3", "4"]);
            complete("compass", words.compass, ["0", "1", "2", "3", "4", "5", "6", "7"]);
        }
        assert_eq!(Severity::ALL.len(), 4);
    }

    #[test]
    fn placeholders_are_filled() {
        assert_eq!(ZH.in_view_of("3", "52"), "视野内 3 件，共 52 件");
        assert_eq!(EN.place_grid("Muyi", "004"), "Muyi, grid 004");
    }

    #[test]
    fn a_name_falls_back_to_the_language_it_has() {
        assert_eq!(EN.name(&Name::new("慕仪村", "")), "慕仪村");
        assert_eq!(ZH.name(&Name::new("", "Houston")), "Houston");
        assert_eq!(EN.name(&Name::new("慕仪村", "Muyi")), "Muyi");
    }
}
