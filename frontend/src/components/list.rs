//! The list beside the map, in step with it: it shows what the map shows, and each selects in the other.

use super::symbol::symbol;
use super::{Page, Say, act, go_home};
use crate::api::Failure;
use crate::format::{Span, count};
use crate::model::Target;
use crate::state::choice::Tab;
use crate::state::incidents::Fetching;
use crate::state::store::CAP;
use crate::state::ui::ROWS;
use crate::state::watch;
use crate::words;
use geodata::wire::IncidentFeature;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::sync::Arc;

/// Further than this a selection does not stretch the list.
const REACH: usize = 2_000;

/// The list, with what it says when it is empty, loading or cut short.
pub fn list(page: Page, say: Say) -> AnyView {
    let ui = page.ui;
    let shown = Memo::new(move |_| page.incidents.in_view.with(|list| list.len()).min(ui.rows.get()));
    // Rows are written over where they stand: a hundred of them are cheaper than the code that would move them.
    let rows = move || {
        let n = shown.get();
        page.incidents.in_view.with(|list| list.iter().take(n).map(|i| row(page, say, i)).collect::<Vec<_>>())
    };
    follow_selection(page);
    let active = move || match ui.hovered.get() {
        // What is pointed at elsewhere may have no row.
        Some(Target::Incident(id)) => {
            let listed = page.incidents.in_view.with(|list| list.iter().take(shown.get()).any(|i| i.id == id));
            listed.then(|| row_id(id))
        }
        _ => None,
    };
    // A list to choose from has something to choose; empty, it is a part of the page that says why.
    let role = move || if shown.get() > 0 { "listbox" } else { "region" };
    view! {
        {caption(page, say)}
        <div
            id="list" class="list" role=move || role() tabindex="0" aria-label=say.w.list aria-activedescendant=move || active()
            on:keydown=move |event| keys(page, &event)
        >
            {move || rows()}
            {foot(page, say)}
        </div>
    }
    .into_any()
}

fn row_id(id: i64) -> String {
    ["row-", &id.to_string()].concat()
}

/// How many, and of how many.
fn caption(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let text = move || {
        let (n, all) = (page.incidents.in_view.with(|l| l.len()), page.incidents.chosen.with(|l| l.len()));
        match page.incidents.fetching.get() {
            Fetching::Underway(got) if got > 0 => w.loading_more(&number(got)),
            Fetching::Underway(_) => w.loading_list.to_owned(),
            _ if page.ui.bounds.with(Option::is_none) => w.loading_list.to_owned(),
            _ if n == all => w.in_view(&number(n)),
            _ => w.in_view_of(&number(n), &number(all)),
        }
    };
    let part = move || page.incidents.in_view.with(|l| l.len()) < page.incidents.chosen.with(|l| l.len());
    let whole = move || {
        part().then(|| {
            view! {
                <button class="link" type="button" on:click=act(move || go_home(page))>
                    {w.whole_town}
                </button>
            }
            .into_any()
        })
    };
    view! { <p class="caption"><span role="status">{move || text()}</span>{move || whole()}</p> }.into_any()
}

fn number(n: usize) -> String {
    count(i64::try_from(n).unwrap_or(i64::MAX))
}

/// One incident.
fn row(page: Page, say: Say, incident: &Arc<IncidentFeature>) -> AnyView {
    let (w, ui, now) = (say.w, page.ui, page.clock.now);
    let id = incident.id;
    let p = &incident.properties;
    let target = move || Some(Target::Incident(id));
    let selected = move || page.url.selected.with(|s| *s == Some(Target::Incident(id)));
    let pointed = move || ui.hovered.with(|h| *h == Some(Target::Incident(id)));
    let town = &*page.town;
    let note = {
        let mut note = [&say.place(town, p), " · ", &say.category(town, &p.category), " · "].concat();
        note.push_str(words::of(w.doing, p.state.word()));
        if p.simulated {
            note.push_str(" · ");
            note.push_str(w.simulated);
        }
        note
    };
    let (due, open) = (p.due_at, p.state.is_open());
    let late = move || open && due.is_some_and(|due| due < now.get());
    let (reported, ended) = (p.reported_at, p.ended_at);
    let left = move || due_text(say, now.get(), due.filter(|_| open), ended.map(|e| (reported, e)));
    let when = say.dates.short(reported, now.get_untracked());
    view! {
        <div
            id=row_id(id) class="row" role="option" data-incident=id.to_string() class:selected=move || selected() class:hot=move || pointed()
            aria-selected=move || if selected() { "true" } else { "false" }
            on:click=act(move || page.url.selected.set(target()))
            on:pointerenter=move |_| ui.hovered.set(target())
            on:pointerleave=move |_| ui.hovered.set(None)
        >
            {symbol(p.severity, p.state.is_taken(), late)}
            <b><span class="unseen">{say.severity(p.severity)}" "</span>{p.title.clone()}</b>
            <time>{when}</time>
            <small>{note}</small>
            <span class="due" class:over=move || late()>{move || left()}</span>
        </div>
    }
    .into_any()
}

/// What is left of the limit, or by how much it is over; for what has ended, how long it took.
pub fn due_text(
    say: Say,
    now: geodata::Time,
    due: Option<geodata::Time>,
    ended: Option<(geodata::Time, geodata::Time)>,
) -> String {
    let w = say.w;
    match (due, ended) {
        (_, Some((from, to))) => w.took(&Span::between(from, to).say(w)),
        (Some(due), None) if due < now => w.over(&Span::between(due, now).say(w)),
        (Some(due), None) => w.left(&Span::between(now, due).say(w)),
        (None, None) => String::new(),
    }
}

/// What follows the rows: more of them, or why there are none.
fn foot(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let total = move || page.incidents.in_view.with(|l| l.len());
    let chosen = move || page.incidents.chosen.with(|l| l.len());
    let foot = move || match page.incidents.fetching.get() {
        Fetching::Underway(_) if chosen() == 0 => skeleton(),
        _ if page.ui.bounds.with(Option::is_none) => skeleton(),
        Fetching::Failed(failure) => failed(page, say, &failure),
        state => {
            let capped = (state == Fetching::Capped).then(|| view! { <p class="note">{w.too_many(&number(CAP))}</p> });
            let hidden = total().saturating_sub(page.ui.rows.get());
            let rest = match (total(), hidden) {
                (0, _) => empty(page, say, chosen()),
                (_, 0) => ().into_any(),
                _ => more(page, say, hidden.min(ROWS)),
            };
            (capped, rest).into_any()
        }
    };
    view! { {move || foot()} }.into_any()
}

fn more(page: Page, say: Say, n: usize) -> AnyView {
    view! {
        <button class="more" type="button" on:click=act(move || page.ui.rows.update(|r| *r += ROWS))>
            {say.w.show_more(&number(n))}
        </button>
    }
    .into_any()
}

fn skeleton() -> AnyView {
    (0..6).map(|_| view! { <div class="row skeleton"><i></i><i></i><i></i></div> }.into_any()).collect_view().into_any()
}

fn empty(page: Page, say: Say, chosen: usize) -> AnyView {
    let w = say.w;
    let (title, hint) = page.url.choice.with(|c| match c.tab {
        _ if chosen > 0 => (w.empty_view, w.empty_view_hint(&number(chosen))),
        Tab::Open if c.is_plain() => (w.empty_open, String::new()),
        Tab::Overdue if c.is_plain() => (w.empty_overdue, String::new()),
        _ => (w.empty, w.empty_hint.to_owned()),
    });
    view! { <div class="empty"><b>{title}</b><span>{hint}</span></div> }.into_any()
}

fn failed(page: Page, say: Say, failure: &Failure) -> AnyView {
    view! {
        <div class="empty" role="alert">
            <b>{say.w.failed}</b>
            <span>{crate::pages::reason(say.w, failure)}</span>
            <button type="button" on:click=act(move || page.incidents.reload())>{say.w.retry}</button>
        </div>
    }
    .into_any()
}

/// Arrows walk through the rows, Enter and Space select.
fn keys(page: Page, event: &KeyboardEvent) {
    let step: i64 = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        "PageDown" => 10,
        "PageUp" => -10,
        "Home" => i64::MIN,
        "End" => i64::MAX,
        "Enter" | " " => 0,
        _ => return,
    };
    // Keys on the buttons at the list's foot are theirs.
    if event_target::<web_sys::Element>(event).tag_name() == "BUTTON" {
        return;
    }
    event.prevent_default();
    let hovered = page.ui.hovered.get_untracked().or_else(|| page.url.selected.get_untracked());
    if step == 0 {
        page.url.selected.set(hovered);
        return;
    }
    let next = page.incidents.in_view.with_untracked(|list| {
        let last = i64::try_from(list.len().min(page.ui.rows.get_untracked())).unwrap_or(i64::MAX) - 1;
        let at = list.iter().position(|i| hovered == Some(Target::Incident(i.id)));
        let to = match at.and_then(|at| i64::try_from(at).ok()) {
            Some(at) => at.saturating_add(step).clamp(0, last.max(0)),
            None => 0,
        };
        usize::try_from(to).ok().and_then(|to| list.get(to)).map(|i| i.id)
    });
    if let Some(id) = next {
        page.ui.hovered.set(Some(Target::Incident(id)));
        reveal(id);
    }
}

/// Brings what was selected on the map into the list's window.
fn follow_selection(page: Page) {
    let mut done = None;
    watch(move || {
        let Some(Target::Incident(id)) = page.url.selected.get() else { return };
        // Once for each selection; one that an address brought waits until its incident is here.
        if done == Some(id) {
            return;
        }
        let at = page.incidents.in_view.with(|list| list.iter().position(|i| i.id == id));
        if let Some(at) = at.filter(|at| *at < REACH) {
            done = Some(id);
            if at >= page.ui.rows.get_untracked() {
                page.ui.rows.set(at + ROWS / 2);
            }
            // The row may be drawn only after this change.
            request_animation_frame(move || reveal(id));
        }
    });
}

/// Scrolls the list so that this incident's row is seen.
pub fn reveal(id: i64) {
    show(&row_id(id));
}

/// Scrolls what is around an element so that it is seen.
pub fn show(id: &str) {
    if let Some(row) = document().get_element_by_id(id) {
        let nearest = web_sys::ScrollIntoViewOptions::new();
        nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}
