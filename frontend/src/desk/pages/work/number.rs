//! To an incident by the number that people say on the telephone.

use crate::api::{self, Abort, Failure};
use crate::desk::parts::sieve;
use crate::desk::{Desk, Say};
use geodata::incident::number;
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
