//! To an incident by the number that people say on the telephone.

use crate::api::{self, Abort, Failure};
use crate::desk::parts::sieve;
use crate::desk::{Desk, Say};
use geodata::wire::{IncidentPage, PAGE_LIMIT};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// How many days before it was filed an incident is looked for: what was seen earlier than it was reported.
const BEFORE: i64 = 31;

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
        let Some((day, number)) = read else { return self.told.set(Some(Told::Wrong)) };
        self.told.set(Some(Told::Underway));
        leptos::task::spawn_local(async move {
            let told = match find(self.desk, say, &day, &number).await {
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

/// The key of the incident with a number. A number tells the day on which it was filed, and the list is by when it was seen: that
/// day is asked for first, then what was seen before it.
async fn find(desk: Desk, say: Say, day: &str, number: &str) -> Result<Option<i64>, Failure> {
    let Some(midnight) = say.dates.read(&[day, "T00:00"].concat()) else { return Ok(None) };
    let stamp = |days| (midnight + chrono::TimeDelta::days(days)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    for (from, to) in [(0, 1), (-BEFORE, 0)] {
        let mut after = None;
        loop {
            let mut pairs = vec![("from", stamp(from)), ("to", stamp(to)), ("limit", PAGE_LIMIT.to_string())];
            pairs.extend(after.take().map(|after| ("after", after)));
            let path = desk.session.query("/api/incidents", &pairs);
            let page: IncidentPage = api::read(&api::ask(path, say.w.lang, Abort::new()).await?)?;
            if let Some(found) = page.features.iter().find(|incident| incident.properties.number == number) {
                return Ok(Some(found.id));
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(None)
}

/// A number as people type it, and the day in it as a date has it: with or without its sign and its line, and without its
/// day where today is meant, which `today` begins with.
fn number(typed: &str, today: &str) -> Option<(String, String)> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let others = typed.chars().filter(|c| !c.is_ascii_digit() && !c.is_whitespace());
    if !others.clone().all(|c| "#＃-－–—".contains(c)) {
        return None;
    }
    let (day, count) = match digits.len() {
        1..=4 => (today.get(..10)?.replace('-', ""), &*digits),
        9..=14 => (digits.get(..8)?.to_owned(), digits.get(8..)?),
        _ => return None,
    };
    let zeros = "0".repeat(4_usize.saturating_sub(count.len()));
    let date = [day.get(..4)?, "-", day.get(4..6)?, "-", day.get(6..)?].concat();
    Some((date, [&day, "-", &zeros, count].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let of = |typed| number(typed, "2026-11-25T08:00").map(|(day, number)| [day, number].join(" "));
        let whole = Some("2026-11-23 20261123-0007".to_owned());
        for typed in ["20261123-0007", " #20261123-7", "202611230007", "20261123－0007 ", "20261123 0007"] {
            assert_eq!(of(typed), whole, "{typed}");
        }
        assert_eq!(of("12"), Some("2026-11-25 20261125-0012".to_owned()));
        assert_eq!(of("20261123-12345"), Some("2026-11-23 20261123-12345".to_owned()));
        for typed in ["", "#", "慕仪村", "20261123", "7a", "123456789012345"] {
            assert_eq!(of(typed), None, "{typed}");
        }
    }
}
