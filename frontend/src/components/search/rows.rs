//! What was found, a group a kind, each with its sign and with what of it answers marked; or why there is nothing.

use super::{Search, row_id};
use crate::components::icons::{CAMERA, FIELDS, MAP, PERSON, PIN, TARGET, icon};
use crate::components::symbol::symbol;
use crate::components::{Say, act};
use crate::format::count;
use crate::model::Lang;
use crate::pages::reason;
use crate::state::remote::Remote;
use crate::words;
use geodata::wire::{Findings, Found, FoundKind};
use leptos::prelude::*;
use std::ops::Range;

/// The list under the box, and what is said of it.
pub fn rows(search: Search, say: Say) -> AnyView {
    let groups = move || search.found().map(|found| groups(search, say, &found));
    let busy = move || if search.answer.state.with(|state| is_stale(search, state)) { "true" } else { "false" };
    let said = move || search.listed().then(|| said(search, say));
    view! {
        <div class="finds" hidden=move || !search.listed()>
            <div id="found" role="listbox" aria-label=say.w.search_list aria-busy=busy>
                {move || groups()}
            </div>
            <p aria-hidden="true">{said}</p>
        </div>
        // Readers hear of changes in what was there before, not of what appears.
        <span class="unseen" role="status">{said}</span>
    }
    .into_any()
}

/// Whether an answer is still to come: the last one stays meanwhile, and can't be chosen from.
fn is_stale(search: Search, state: &Remote<Findings>) -> bool {
    match state {
        Remote::Loading => true,
        Remote::Ready(findings) => search.asked.with(|asked| findings.q != *asked),
        Remote::Failed(_) => false,
    }
}

/// How many there are, that there are none, or what is in the way.
#[inline(never)]
fn said(search: Search, say: Say) -> String {
    let w = say.w;
    let state = search.answer.state.get();
    let findings = match &state {
        Remote::Failed(failure) => return reason(w, failure),
        Remote::Ready(findings) if !is_stale(search, &state) => findings,
        _ => return search.page.health.trouble().map_or(w.searching, |trouble| trouble.say(w)).to_owned(),
    };
    let mut text = match findings.found.len() {
        0 => w.search_none(&findings.q),
        n => w.search_count(&n.to_string()),
    };
    let more = findings.truncated.then(|| w.search_more.to_owned());
    for also in [more, findings.within.map(|n| w.search_within(&count(n)))].into_iter().flatten() {
        text.push_str(" · ");
        text.push_str(&also);
    }
    text
}

fn groups(search: Search, say: Say, findings: &Findings) -> AnyView {
    let mut rows = findings.found.iter().enumerate().peekable();
    let mut groups = Vec::new();
    while let Some((at, first)) = rows.next() {
        let mut group = vec![row(search, say, &findings.q, (at, first))];
        while let Some((at, found)) = rows.next_if(|(_, found)| found.kind == first.kind) {
            group.push(row(search, say, &findings.q, (at, found)));
        }
        let name = words::of(say.w.found, first.kind.word());
        groups
            .push(view! { <div role="group" aria-label=name><p aria-hidden="true">{name}</p>{group}</div> }.into_any());
    }
    groups.into_any()
}

fn row(search: Search, say: Say, typed: &str, (at, found): (usize, &Found)) -> AnyView {
    let here = move || search.at.get() == at;
    let marks = if say.w.lang == Lang::Zh { found.marks.zh } else { found.marks.en };
    let name = say.w.name(&found.name).to_owned();
    let in_name = marks.map(|[from, to]| byte(&name, from)..byte(&name, to));
    let note = note(search, say, found);
    let in_note = within(&note, typed);
    view! {
        <div
            id=row_id(at) class="find" role="option" class:hot=move || here() aria-selected=move || if here() { "true" } else { "false" }
            on:pointerenter=move |_| search.point(at)
            on:click=act(move || search.choose(say, at))
        >
            {sign(search, found)}
            <b>{marked(&name, in_name)}</b>
            <small>{marked(&note, in_note)}</small>
        </div>
    }
    .into_any()
}

fn sign(search: Search, found: &Found) -> AnyView {
    let path = match found.kind {
        FoundKind::Position => TARGET,
        FoundKind::Village => MAP,
        FoundKind::Grid => FIELDS,
        FoundKind::Camera => CAMERA,
        FoundKind::Person => PERSON,
        FoundKind::Place | FoundKind::Incident => PIN,
    };
    match found.incident.as_ref().map(|incident| &incident.properties) {
        Some(of) => {
            let (now, due) = (search.page.clock.now, of.due_at.filter(|_| of.state.is_open()));
            symbol(of.severity, of.state.is_taken(), move || due.is_some_and(|due| due < now.get()))
        }
        None => icon(path),
    }
}

/// What else tells it from its like: number and state, place, code, role.
pub fn note(search: Search, say: Say, found: &Found) -> String {
    let (w, town) = (say.w, &*search.page.town);
    let area = || say.lies(town, false, found.village.as_ref(), found.grid.as_ref());
    if let Some(incident) = &found.incident {
        let of = &incident.properties;
        return ["#", &of.number, " · ", &say.place(town, of), " · ", words::of(w.doing, of.state.word())].concat();
    }
    if let Some(duty) = &found.duty {
        let mut note = words::of(w.role, duty.role.word()).to_owned();
        for part in [duty.place.as_ref().map(|place| w.name(place)), duty.note.as_deref()].into_iter().flatten() {
            note.push_str(" · ");
            note.push_str(part);
        }
        return note;
    }
    match found.kind {
        FoundKind::Village => found.key.clone(),
        FoundKind::Grid => [&area(), " · ", &found.key].concat(),
        FoundKind::Camera => [&found.key, " · ", &area()].concat(),
        _ => area(),
    }
}

/// Where a text's so manieth character begins.
fn byte(text: &str, at: u32) -> usize {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte)
}

/// Where a text holds another, in either case of plain letters.
fn within(text: &str, other: &str) -> Option<Range<usize>> {
    let from = text.to_ascii_lowercase().find(&other.to_ascii_lowercase())?;
    Some(from..from + other.len())
}

/// A text with a part of it marked.
fn marked(text: &str, part: Option<Range<usize>>) -> AnyView {
    let cut = |range: Range<usize>| text.get(range).unwrap_or_default().to_owned();
    let Some(part) = part else { return text.to_owned().into_any() };
    let mark = view! { <mark>{cut(part.clone())}</mark> }.into_any();
    vec![cut(0..part.start).into_any(), mark, cut(part.end..text.len()).into_any()].into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_counted_in_characters() {
        let text = "𠮷家堡 Fort";
        assert_eq!((byte(text, 0), byte(text, 1), byte(text, 3), byte(text, 99)), (0, 4, 10, text.len()));
        assert_eq!(within(text, "FORT"), Some(11..15));
        assert_eq!((within(text, "家堡"), within(text, "西")), (Some(4..10), None));
    }
}
