//! To an incident by the number that people say on the telephone.

use crate::api::{self, Abort, Failure};
use crate::desk::parts::sieve;
use crate::desk::{Desk, Say};
use geodata::wire::Link;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// What came of looking.
#[derive(Clone, PartialEq)]
enum Told {
    /// No number at all.
    Wrong,
    Underway,
    None(String),
    Failed(Failure),
}

/// The field's state.
#[derive(Clone, Copy)]
pub struct Number {
    desk: Desk,
    typed: RwSignal<String>,
    told: RwSignal<Option<Told>>,
}

impl Number {
    /// Empty.
    pub fn new(desk: Desk) -> Self {
        Self { desk, typed: RwSignal::new(String::new()), told: RwSignal::new(None) }
    }

    /// The field, and under it what came of looking.
    pub fn view(self, say: Say) -> AnyView {
        let send = move |event: SubmitEvent| {
            event.prevent_default();
            self.look(say);
        };
        let told = move || self.told.get().map(|told| told.say(say));
        view! {
            <form class="sieve number" role="search" on:submit=send>
                {sieve::seek(say.d.number, say.d.number_hint, self.typed, move || self.told.set(None))}
                <button class="btn plain" type="submit">{say.w.open_page}</button>
                <span class="told" role="status">{move || told()}</span>
            </form>
        }
        .into_any()
    }

    fn look(self, say: Say) {
        if self.told.with_untracked(|told| *told == Some(Told::Underway)) {
            return;
        }
        let today = say.dates.input(self.desk.clock.read());
        let read = self.typed.with_untracked(|typed| number(typed, &today));
        let Some(number) = read else { return self.told.set(Some(Told::Wrong)) };
        self.told.set(Some(Told::Underway));
        leptos::task::spawn_local(async move {
            let told = match find(self.desk, say, &number).await {
                Ok(Some(id)) => {
                    self.desk.go(&self.desk.session.path(&["/incidents/", &id.to_string()].concat()));
                    None
                }
                Ok(None) => Some(Told::None(number)),
                Err(failure) => Some(Told::Failed(failure)),
            };
            // The page may have been left meanwhile.
            let _ = self.told.try_set(told);
        });
    }
}

impl Told {
    fn say(self, say: Say) -> String {
        match self {
            Self::Wrong => say.d.number_wrong.to_owned(),
            Self::Underway => say.d.loading.to_owned(),
            Self::None(number) => say.d.number_none(&number),
            Self::Failed(failure) => crate::pages::reason(say.w, &failure),
        }
    }
}

/// The key of the incident with a number; none where the person sees none.
async fn find(desk: Desk, say: Say, number: &str) -> Result<Option<i64>, Failure> {
    let path = desk.session.path(&["/api/incidents/number/", number].concat());
    match api::ask(path, say.w.lang, Abort::new()).await {
        Ok(body) => Ok(Some(api::read::<Link>(&body)?.id)),
        Err(Failure::Refused(404, _)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// A number as people type it: with or without its sign and its line, and without its day where today is meant, which `today`
/// begins with.
fn number(typed: &str, today: &str) -> Option<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let mut others = typed.chars().filter(|c| !c.is_ascii_digit() && !c.is_whitespace());
    if !others.all(|c| "#＃-－–—".contains(c)) {
        return None;
    }
    let (day, count) = match digits.len() {
        1..=4 => (today.get(..10)?.replace('-', ""), &*digits),
        9..=14 => (digits.get(..8)?.to_owned(), digits.get(8..)?),
        _ => return None,
    };
    let zeros = "0".repeat(4_usize.saturating_sub(count.len()));
    Some([&day, "-", &zeros, count].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let of = |typed| number(typed, "2026-11-25T08:00");
        let whole = Some("20261123-0007".to_owned());
        for typed in ["20261123-0007", " #20261123-7", "202611230007", "20261123－0007 ", "20261123 0007"] {
            assert_eq!(of(typed), whole, "{typed}");
        }
        assert_eq!(of("12"), Some("20261125-0012".to_owned()));
        assert_eq!(of("20261123-12345"), Some("20261123-12345".to_owned()));
        for typed in ["", "#", "慕仪村", "20261123", "7a", "123456789012345"] {
            assert_eq!(of(typed), None, "{typed}");
        }
    }
}
