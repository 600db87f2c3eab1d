//! The entries that were fetched, page after page.

use crate::api::{self, Abort, Failure};
use crate::components::act;
use crate::desk::parts::{empty, lines};
use crate::desk::{Desk, Say};
use crate::state::remote::patiently;
use geodata::wire::{AuditEntry, AuditPage};
use leptos::prelude::*;

/// Entries fetched at once.
const PAGE: &str = "100";

/// How far the fetching is.
#[derive(Debug, Clone, PartialEq)]
enum Fetching {
    Underway,
    Done,
    Failed(Failure),
}

/// The entries.
#[derive(Clone, Copy)]
pub struct Entries {
    desk: Desk,
    list: RwSignal<Vec<AuditEntry>>,
    next: RwSignal<Option<String>>,
    state: RwSignal<Fetching>,
    asked: StoredValue<Vec<(&'static str, String)>>,
    running: StoredValue<Abort, LocalStorage>,
}

impl Entries {
    /// None yet.
    pub fn new(desk: Desk) -> Self {
        let running = StoredValue::new_local(Abort::new());
        on_cleanup(move || {
            running.try_with_value(Abort::abort);
        });
        Self {
            desk,
            list: RwSignal::new(Vec::new()),
            next: RwSignal::new(None),
            state: RwSignal::new(Fetching::Underway),
            asked: StoredValue::new(Vec::new()),
            running,
        }
    }

    /// Asks anew, for what these say.
    pub fn begin(self, pairs: Vec<(&'static str, String)>) {
        self.asked.set_value(pairs);
        self.next.set(None);
        self.fetch();
    }

    /// The name of a person who stands in the list; subscribes.
    pub fn name_of(self, staff: &str) -> Option<String> {
        self.list.with(|list| {
            let entry = list.iter().find(|entry| entry.staff.is_some_and(|s| s.to_string() == staff))?;
            entry.name.clone()
        })
    }

    fn fetch(self) {
        self.running.with_value(Abort::abort);
        let abort = Abort::new();
        self.running.set_value(abort.clone());
        self.state.set(Fetching::Underway);
        let after = self.next.get_untracked();
        let first = after.is_none();
        let mut pairs = self.asked.get_value();
        pairs.push(("limit", PAGE.to_owned()));
        pairs.extend(after.map(|after| ("after", after)));
        let path = self.desk.session.query("/api/audit", &pairs);
        let asked = patiently(path, self.desk.looks.lang.get_untracked(), abort, self.desk.health);
        leptos::task::spawn_local(async move {
            match asked.await.and_then(|body| api::read::<AuditPage>(&body)) {
                Ok(page) => {
                    let there = self.list.try_update(|list| {
                        if first {
                            list.clear();
                        }
                        list.extend(page.entries);
                    });
                    if there.is_some() {
                        self.next.set(page.next);
                        self.state.set(Fetching::Done);
                    }
                }
                Err(Failure::Aborted) => {}
                Err(failure) => drop(self.state.try_set(Fetching::Failed(failure))),
            }
        });
    }

    /// The list as `table` shows it, and what follows it.
    pub fn view(self, say: Say, table: impl Fn(&[AuditEntry]) -> AnyView + Send + 'static) -> AnyView {
        let list = move || self.list.with(|list| if list.is_empty() { ().into_any() } else { table(list) });
        view! {
            {move || list()}
            <div class="after" role="status">{move || self.foot(say)}</div>
        }
        .into_any()
    }

    fn foot(self, say: Say) -> AnyView {
        let none = self.list.with(Vec::is_empty);
        match self.state.get() {
            Fetching::Underway if none => lines(),
            Fetching::Underway => view! { <p class="note">{say.d.loading}</p> }.into_any(),
            Fetching::Failed(failure) => view! {
                <div class="empty" role="alert">
                    <b>{say.w.failed}</b>
                    <span>{crate::pages::reason(say.w, &failure)}</span>
                    <button type="button" on:click=act(move || self.fetch())>{say.w.retry}</button>
                </div>
            }
            .into_any(),
            Fetching::Done if none => empty(say.d.audit_empty, say.d.no_accounts_hint),
            Fetching::Done if self.next.with(Option::is_some) => view! {
                <button class="more" type="button" on:click=act(move || self.fetch())>{say.d.more(PAGE)}</button>
            }
            .into_any(),
            Fetching::Done => view! { <p class="note">{say.d.audit_end}</p> }.into_any(),
        }
    }
}
