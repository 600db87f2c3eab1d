//! The audit log: sifted by time, action, object, person and words, page by page, and as a file. What is sifted by stands
//! in the address, so that it can be sent to somebody else.

mod details;
mod entries;

use crate::components::act;
use crate::components::icons::{CLOSE, icon};
use crate::desk::icons::DOWNLOAD;
use crate::desk::parts::table::{self, Column};
use crate::desk::parts::{head, sieve};
use crate::desk::words::told;
use crate::desk::{Desk, Say, Sheet};
use crate::format::Dates;
use crate::state::watch;
use crate::words;
use entries::Entries;
use geodata::wire::{AuditAction, AuditEntry, AuditObject};
use leptos::prelude::*;
use std::time::Duration;
use strum::VariantArray as _;

/// How long typing may pause before it is searched for.
const PAUSE: Duration = Duration::from_millis(300);

/// What the log is sifted by: names in the address and of the API, and their values.
#[derive(Clone, Copy)]
struct Sieve {
    /// A day, `2026-11-23`.
    from: RwSignal<String>,
    /// A day, itself included.
    to: RwSignal<String>,
    action: RwSignal<String>,
    object: RwSignal<String>,
    words: RwSignal<String>,
    /// A person's key.
    staff: RwSignal<String>,
}

/// The page's state.
#[derive(Clone, Copy)]
struct Audit {
    desk: Desk,
    sieve: Sieve,
    entries: Entries,
}

/// The page.
pub fn audit(desk: Desk) -> Sheet {
    let value = |name| RwSignal::new(untrack(|| desk.asked(name)).unwrap_or_default());
    let sieve = Sieve {
        from: value("from"),
        to: value("to"),
        action: value("action"),
        object: value("object"),
        words: value("words"),
        staff: value("staff"),
    };
    let page = Audit { desk, sieve, entries: Entries::new(desk) };
    watch(move || desk.put(sieve.pairs()));
    let dates = desk.say.get_untracked().dates;
    let asked = Memo::new(move |_| sieve.asked(dates));
    let mut first = true;
    let waiting = StoredValue::new(0_u32);
    watch(move || {
        let pairs = asked.get();
        if std::mem::take(&mut first) {
            return page.entries.begin(pairs);
        }
        // Letters come one by one; only the last of a burst is asked for.
        waiting.update_value(|n| *n = n.wrapping_add(1));
        let turn = waiting.get_value();
        set_timeout(
            move || {
                if waiting.try_get_value() == Some(turn) {
                    page.entries.begin(pairs);
                }
            },
            PAUSE,
        );
    });
    Box::new(move |say| page.view(say, asked))
}

impl Sieve {
    /// As the address holds it.
    fn pairs(self) -> [(&'static str, String); 6] {
        [
            ("from", self.from.get()),
            ("to", self.to.get()),
            ("action", self.action.get()),
            ("object", self.object.get()),
            ("words", self.words.get()),
            ("staff", self.staff.get()),
        ]
    }

    /// As the API is asked: days become moments of the town's own clock.
    fn asked(self, dates: Dates) -> Vec<(&'static str, String)> {
        let moment = |day: &str, days: i64| {
            let at = dates.read(&[day, "T00:00"].concat())?;
            Some((at + chrono::TimeDelta::days(days)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
        };
        let mut asked = Vec::new();
        for (name, value) in self.pairs() {
            let value = match name {
                "from" => moment(&value, 0),
                "to" => moment(&value, 1),
                _ => Some(value.trim().to_owned()),
            };
            asked.extend(value.filter(|v| !v.is_empty()).map(|v| (name, v)));
        }
        asked
    }
}

impl Audit {
    fn view(self, say: Say, asked: Memo<Vec<(&'static str, String)>>) -> AnyView {
        let d = say.d;
        let csv = move || asked.with(|pairs| self.desk.session.query("/api/audit.csv", pairs));
        let export = view! {
            <a class="btn plain" href=move || csv() download="audit.csv">{icon(DOWNLOAD)}<span>{d.audit_csv}</span></a>
        };
        view! {
            {head(d.audit, d.audit_lead, export)}
            {self.sieve(say)}
            {self.entries.view(say, move |list| self.table(say, list))}
        }
        .into_any()
    }

    fn sieve(self, say: Say) -> AnyView {
        let (d, sifted) = (say.d, self.sieve);
        let day = |label: &'static str, which: RwSignal<String>| {
            view! {
                <label class="day"><span>{label}</span>
                    <input type="date" prop:value=move || which.get() on:change=move |event| which.set(event_target_value(&event))/>
                </label>
            }
            .into_any()
        };
        let actions = AuditAction::VARIANTS.iter().map(|a| (a.word(), words::of(d.audit_actions, a.word()))).collect();
        let objects = AuditObject::VARIANTS.iter().map(|o| (o.word(), words::of(d.audit_objects, o.word()))).collect();
        view! {
            <div class="sieve" role="search">
                {sieve::seek(d.audit_words, d.audit_words_hint, sifted.words, || {})}
                {day(d.audit_from, sifted.from)}
                {day(d.audit_to, sifted.to)}
                {sieve::select(d.audit_action, d.any_action, actions, sifted.action, || {})}
                {sieve::select(d.audit_object, d.any_object, objects, sifted.object, || {})}
                {move || self.person(say)}
            </div>
        }
        .into_any()
    }

    /// The person that the log is narrowed to, and the way back.
    fn person(self, say: Say) -> AnyView {
        let staff = self.sieve.staff;
        let key = staff.get();
        if key.is_empty() {
            return ().into_any();
        }
        let name = self.entries.name_of(&key).unwrap_or_else(|| ["#", &key].concat());
        let label = say.d.remove(&name);
        view! {
            <button class="chip" type="button" aria-pressed="true" aria-label=label on:click=act(move || staff.set(String::new()))>
                {name}{icon(CLOSE)}
            </button>
        }
        .into_any()
    }

    fn table(self, say: Say, list: &[AuditEntry]) -> AnyView {
        let d = say.d;
        let columns = [
            Column(d.col_time, "time"),
            Column(d.col_who, ""),
            Column(d.col_action, "main"),
            Column(d.col_object, ""),
            Column(d.col_reason, "wide"),
            Column(d.col_from, ""),
        ];
        let rows: Vec<_> = list.iter().map(|entry| self.row(say, &columns, entry)).collect();
        table::table(d.audit, &columns, rows)
    }

    fn row(self, say: Say, columns: &[Column], entry: &AuditEntry) -> AnyView {
        let d = say.d;
        let object = entry.object.as_ref().map(|object| {
            let key = entry.key.as_ref().map(|key| self.key(object, key));
            view! { {told(d.audit_objects, object)}" "{key} }.into_any()
        });
        let details = entry.details.iter().map(|(name, value)| {
            let value = details::value(say.w, d, &entry.action, name, value);
            view! { <small>{[&details::name(d, name), d.colon, &value].concat()}</small> }.into_any()
        });
        let cells = vec![
            view! { <time>{say.dates.stamp(entry.at)}</time> }.into_any(),
            self.who(say, entry),
            told(d.audit_actions, &entry.action).into_any(),
            object.into_any(),
            view! { {entry.reason.clone().map(|reason| view! { <span>{reason}</span> })}{details.collect_view()} }
                .into_any(),
            entry.address.clone().map(|address| view! { <code>{address}</code> }).into_any(),
        ];
        let class = if entry.action.ends_with("_failed") { "bad" } else { "" };
        table::row(columns, class, cells)
    }

    /// What it was done to, by its key; an incident has a page.
    fn key(self, object: &str, key: &str) -> AnyView {
        let code = view! { <code>{key.to_owned()}</code> };
        if object == AuditObject::Incident.word() {
            let href = self.desk.session.path(&["/incidents/", key].concat());
            return view! { <a href=href>{code}</a> }.into_any();
        }
        code.into_any()
    }

    /// Who it was; a press narrows the log to them.
    fn who(self, say: Say, entry: &AuditEntry) -> AnyView {
        let name = entry.name.clone().unwrap_or_else(|| say.d.nobody.to_owned());
        let role = entry.role.map(|role| view! { <small>{words::of(say.w.role, role.word())}</small> });
        match entry.staff {
            Some(staff) => {
                let narrow = move || self.sieve.staff.set(staff.to_string());
                view! { <button class="link" type="button" on:click=act(narrow)>{name}</button>" "{role} }.into_any()
            }
            None => view! { {name}" "{role} }.into_any(),
        }
    }
}
