//! A week planned as another was.

use super::{Page, later};
use crate::api::{self, Errand};
use crate::desk::Say;
use crate::desk::parts::field::{self, Line};
use crate::desk::parts::form::{self, Form};
use chrono::NaiveDate;
use geodata::roster::monday;
use geodata::wire::{RosterCopied, RosterCopy};
use leptos::prelude::*;

/// The form.
pub fn copy(page: Page, say: Say, week: NaiveDate) -> AnyView {
    let d = say.d;
    let form = Form::new(page.desk, "copy");
    let (from, to) = (RwSignal::new(week.to_string()), RwSignal::new(later(week, 7).to_string()));
    let day = Line { kind: "date", ..Line::default() };
    let part = untrack(|| page.village()).map(|village| {
        let name = page.places.village(say, &village);
        view! { <p>{d.roster_part_of(&name)}</p> }
    });
    let fields = view! {
        <p>{d.roster_copy_lead}</p>
        {part}
        {field::text(say, form.field("from_week", d.copy_from).hint(d.copy_hint), day, from)}
        {field::text(say, form.field("to_week", d.copy_to).hint(d.copy_hint), day, to)}
    };
    let send = move || {
        let read = |day: RwSignal<String>| day.with_untracked(|day| day.parse::<NaiveDate>().ok());
        let (from, to) = (read(from), read(to));
        form.requires(say, &[("from_week", from.is_some()), ("to_week", to.is_some())]);
        let (Some(from_week), Some(to_week)) = (from, to) else { return };
        let body = RosterCopy { from_week, to_week, village: untrack(|| page.village()) };
        let errand = Errand::post(page.desk.session.path("/api/roster/copy")).with(&body).once(&form.key());
        form.send(errand, move |answer| {
            page.week.set(monday(to_week));
            page.saved(say.d.roster_copied(&monday(to_week).to_string()));
            let left_out = api::read::<RosterCopied>(&answer).map(|copied| copied.left_out).unwrap_or_default();
            if !left_out.is_empty() {
                page.desk.toasts.warn(say.d.roster_left_out(&left_out.join(say.d.and)));
            }
        });
    };
    form::form(say, form, d.roster_copy, send, fields, page.cancel(say))
}
