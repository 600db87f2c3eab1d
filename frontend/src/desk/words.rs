//! The desk's own texts, made from `locales/desk/*.json`; what it shares with the map is in [`crate::words`].

mod table {
    use crate::model::Lang;
    pub use crate::words::Table;
    use crate::words::fill;
    include!(concat!(env!("OUT_DIR"), "/desk_words.rs"));
}
use crate::model::Lang;
use crate::words::Table;
pub use table::{EN, Words, ZH};

impl Words {
    /// All texts in this language.
    pub fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Zh => &ZH,
            Lang::En => &EN,
        }
    }
}

/// The text of a word that came over the wire; the word itself where a newer server knows more of them.
pub fn told(table: Table, word: &str) -> String {
    table.iter().find(|(w, _)| *w == word).map_or(word, |(_, text)| text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::route::Admin;
    use geodata::dispute::Side;
    use geodata::incident::rights::RIGHTS;
    use geodata::incident::{Action, Alarm, Source};
    use geodata::town::Role;
    use geodata::wire::{AuditAction, AuditObject, PhotoKind, Why};
    use strum::VariantArray;

    #[test]
    fn every_word_of_the_desk_has_a_text_in_both_languages() {
        for words in [&ZH, &EN] {
            let complete = |table: Table, known: Vec<&'static str>| {
                let texts: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
                for word in &known {
                    assert!(texts.contains(word), "{word} has no text");
                }
                assert_eq!(texts.len(), known.len(), "texts that nothing uses: {texts:?}");
            };
            complete(words.audit_actions, AuditAction::VARIANTS.iter().map(|a| a.word()).collect());
            complete(words.audit_objects, AuditObject::VARIANTS.iter().map(|o| o.word()).collect());
            complete(words.role_hint, Role::VARIANTS.iter().map(|r| r.word()).collect());
            complete(words.admin, Admin::ALL.map(Admin::word).to_vec());
            complete(words.alarm, Alarm::VARIANTS.iter().map(|a| a.word()).collect());
            complete(words.sources, Source::VARIANTS.iter().map(|s| s.word()).filter(|w| *w != "import").collect());
            complete(words.side, Side::VARIANTS.iter().map(|side| side.word()).collect());
            complete(words.hand, crate::desk::pages::roles::hands());
            complete(words.photo_kind, PhotoKind::VARIANTS.iter().map(|k| k.word()).collect());
            complete(words.why, Why::VARIANTS.iter().map(|why| (*why).into()).collect());
            let by_people = Action::VARIANTS
                .iter()
                .copied()
                .filter(|a| *a != Action::Report && RIGHTS.iter().any(|r| r.action == *a));
            complete(words.act, by_people.map(Action::word).collect());
        }
    }

    #[test]
    fn a_word_that_is_not_known_stands_for_itself() {
        assert_eq!(told(EN.audit_actions, "sign_out"), "Signed out");
        assert_eq!(told(EN.audit_actions, "teleport"), "teleport");
    }
}
