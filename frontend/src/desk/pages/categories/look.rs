//! One category, whole, and its versions through time.

use super::all::Standing;
use super::{Categories, Question, limits};
use crate::components::act;
use crate::desk::Say;
use crate::words;
use geodata::town::Name;
use geodata::wire::CategoryVersion;
use leptos::prelude::*;

/// From when until when a version holds.
pub fn span(say: Say, version: &CategoryVersion) -> String {
    let shown = |at| say.dates.input(at).replacen('T', " ", 1);
    match version.to {
        Some(to) => [&shown(version.from), " – ", &shown(to)].concat(),
        None => say.d.since(&shown(version.from)),
    }
}

/// What it says.
pub fn look(page: Categories, say: Say, version: &CategoryVersion) -> AnyView {
    let d = say.d;
    let yes = |paused: bool| if paused { d.pauses_yes } else { d.pauses_no };
    let unit = version.default_unit.as_ref().map(|unit| page.places.unit(say, unit));
    let facts = [
        (d.category_code, version.code.to_string()),
        (d.col_group, words::of(say.w.group, version.group.word()).to_owned()),
        (d.filing_standard, text(say, &version.filing_standard)),
        (d.closing_standard, text(say, &version.closing_standard)),
        (d.col_counts, if version.working_time { d.working_time } else { d.clock_time }.to_owned()),
        (d.pauses_referred, yes(version.pauses_referred).to_owned()),
        (d.pauses_parked, yes(version.pauses_parked).to_owned()),
        (d.col_unit, unit.unwrap_or_else(|| say.w.nobody.to_owned())),
        (d.col_holds, span(say, version)),
    ];
    let facts = facts.map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }.into_any());
    view! {
        <dl class="facts terms">{facts.into_iter().collect_view()}</dl>
        <section><h3>{d.limits}</h3>{limits::shown(say, &version.limits)}</section>
        {versions(page, say, version)}
    }
    .into_any()
}

fn text(say: Say, name: &Name) -> String {
    let text = say.w.name(name);
    if text.is_empty() { say.d.nothing_said.to_owned() } else { text.to_owned() }
}

/// The versions of the same code, the newest first.
fn versions(page: Categories, say: Say, version: &CategoryVersion) -> AnyView {
    let now = page.desk.clock.read();
    let mut same: Vec<CategoryVersion> = page.all.state.with_untracked(|state| {
        let all = state.ready().map(|list| list.iter()).into_iter().flatten();
        all.filter(|other| other.code == version.code).cloned().collect()
    });
    same.sort_by_key(|other| std::cmp::Reverse(other.from));
    let shown = version.version;
    let rows = same.into_iter().map(|other| {
        let text = [
            words::of(say.d.category_standing, Standing::of(&other, now).word()),
            " · ",
            &span(say, &other),
            " · ",
            say.w.name(&other.name),
            " · ",
            &limits::line(say, other.limits[3]),
        ]
        .concat();
        let current = (other.version == shown).then_some("true");
        let look = move || page.open.set(Some(Question::Look(other.clone())));
        view! { <li><button class="link" type="button" aria-current=current on:click=act(look)>{text}</button></li> }
            .into_any()
    });
    view! { <section class="versions"><h3>{say.d.versions}</h3><ol>{rows.collect_view()}</ol></section> }.into_any()
}
