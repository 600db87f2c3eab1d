//! One box that finds everything on the map: ARIA's combobox with a list in groups. Arrows walk and show on the map what they come
//! to, Enter chooses, Escape clears and gives the focus back to whatever had it.

mod rows;

use super::detail::CLOSE_UP;
use super::icons::{CLOSE, SEEK, icon};
use super::list::show;
use super::{Page, Say, act, small_screen};
use crate::api;
use crate::model::{Command, Target};
use crate::state::remote::{Following, follow_some};
use crate::state::town::of_town;
use crate::state::ui::Sheet;
use geodata::wire::{Findings, Found, FoundKind};
use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::prelude::*;
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

/// The field's id.
const FIELD: &str = "search";
/// How long a pause ends a word.
const PAUSE: Duration = Duration::from_millis(200);
/// How long it is said who was chosen, when nothing else tells it.
const TOLD: Duration = Duration::from_secs(6);
/// Close enough for a village, and for a grid.
const VILLAGE: f64 = 13.5;
const GRID: f64 = 15.0;

thread_local! {
    /// What had the focus before the box, of which a page has one.
    static BEFORE: Cell<Option<HtmlElement>> = const { Cell::new(None) };
}

/// The box's state; what is typed the browser keeps.
#[derive(Clone, Copy)]
struct Search {
    page: Page,
    /// What the server is asked for: what was typed before the last pause.
    asked: RwSignal<String>,
    answer: Following<Findings>,
    open: RwSignal<bool>,
    /// Which row Enter chooses.
    at: RwSignal<usize>,
    /// Who was chosen that is nowhere on the map.
    told: RwSignal<String>,
}

/// The box, and what it finds under it.
pub fn search(page: Page, say: Say) -> AnyView {
    let search = Search::new(page);
    search.listen();
    let w = say.w;
    let expanded = move || if search.listed() { "true" } else { "false" };
    let active = move || search.listed().then(|| row_id(search.at.get()));
    let class = move || if page.ui.search.get() { "seek open" } else { "seek" };
    view! {
        <div class=move || class() role="search">
            <button class="quiet opener" type="button" aria-label=w.search on:click=act(move || focus(page))>
                {icon(SEEK)}
            </button>
            <input
                id=FIELD type="text" role="combobox" autocomplete="off" aria-label=w.search placeholder=w.search_hint
                aria-autocomplete="list" aria-controls="found" aria-expanded=expanded aria-activedescendant=move || active()
                on:keydown=move |event| search.key(say, &event)
            />
            <button class="quiet clear" type="button" aria-label=w.search_clear on:click=act(move || search.leave())>
                {icon(CLOSE)}
            </button>
            {rows::rows(search, say)}
            <p class="went" role="status">{search.told}</p>
        </div>
    }
    .into_any()
}

/// Takes the focus to the box, and opens it where it is shut.
pub fn focus(page: Page) {
    page.ui.search.set(true);
    // What was not there can't be focused before it is.
    request_animation_frame(|| {
        if let Some(field) = field() {
            // Fails only for what can't have it.
            let _ = field.focus();
            field.select();
        }
    });
}

fn field() -> Option<HtmlInputElement> {
    document().get_element_by_id(FIELD)?.dyn_into().ok()
}

/// What stands in the field.
fn typed() -> String {
    field().map_or_else(String::new, |field| field.value().trim().to_owned())
}

fn row_id(at: usize) -> String {
    ["found-", &at.to_string()].concat()
}

/// What of the map something found is.
fn target(found: &Found) -> Option<Target> {
    match found.kind {
        FoundKind::Incident => found.key.parse().ok().map(Target::Incident),
        FoundKind::Camera => Some(Target::Camera(found.key.clone())),
        FoundKind::Place | FoundKind::Position => found.position.and_then(|at| Target::place(at.lon(), at.lat())),
        // Somebody on duty has no place but what they are on duty for.
        FoundKind::Village | FoundKind::Grid | FoundKind::Person => {
            let village = found.village.clone().map(Target::Village);
            found.grid.clone().map(Target::Grid).or(village)
        }
    }
}

impl Search {
    fn new(page: Page) -> Self {
        let asked = RwSignal::new(String::new());
        let path = move || {
            let text = asked.get();
            let town = page.url.town.get_value();
            let pairs = of_town(town.as_ref()).chain([("q", text.as_str())]);
            (!text.is_empty()).then(|| api::address("/api/search", pairs))
        };
        Self {
            page,
            asked,
            answer: follow_some(path, page.url.lang.into(), page.health),
            open: RwSignal::new(false),
            at: RwSignal::new(0),
            told: RwSignal::new(String::new()),
        }
    }

    /// Whether there is a list; subscribes.
    fn listed(self) -> bool {
        self.open.get() && self.asked.with(|asked| !asked.is_empty())
    }

    /// What was found, of whatever was asked for last; subscribes.
    fn found(self) -> Option<Arc<Findings>> {
        self.answer.state.with(|state| state.ready().cloned())
    }

    fn type_in(self) {
        self.told.set(String::new());
        self.open.set(true);
        let text = typed();
        let ask = move || {
            // Another letter has a pause of its own.
            if typed() == text && self.asked.try_with_untracked(|asked| *asked != text) == Some(true) {
                self.at.set(0);
                self.asked.set(text);
            }
        };
        set_timeout(ask, PAUSE);
    }

    /// Hears of the field and the list at the window, as the menus do: a kind of event that no other part of the page has costs a
    /// kilobyte.
    fn listen(self) {
        for name in ["input", "focusin", "focusout", "mousedown"] {
            let handle = window_event_listener_untyped(name, move |event| self.hear(name, &event));
            on_cleanup(move || handle.remove());
        }
    }

    fn hear(self, name: &str, event: &Event) {
        let Some(element) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) else { return };
        match name {
            // The field keeps the focus while something in the list is pressed.
            "mousedown" if element.closest("#found").is_ok_and(|list| list.is_some()) => event.prevent_default(),
            "input" if element.id() == FIELD => self.type_in(),
            "focusin" if element.id() == FIELD => {
                let before = event.dyn_ref::<FocusEvent>().and_then(FocusEvent::related_target);
                BEFORE.set(before.and_then(|element| element.dyn_into().ok()));
                self.open.set(true);
            }
            "focusout" if element.id() == FIELD => self.shut(),
            _ => {}
        }
    }

    fn shut(self) {
        self.open.set(false);
        self.page.ui.hovered.set(None);
    }

    /// Clears the box, and gives the focus back.
    fn leave(self) {
        if let Some(field) = field() {
            field.set_value("");
        }
        self.asked.set(String::new());
        self.shut();
        self.page.ui.search.set(false);
        match BEFORE.take().filter(|before| before.is_connected()) {
            // Fails only for what can't have it any more.
            Some(before) => drop(before.focus()),
            None => blur(),
        }
    }

    /// Comes to a row, and shows on the map what it stands for.
    fn point(self, at: usize) {
        self.at.set(at);
        let found = untrack(|| self.found());
        self.page.ui.hovered.set(found.and_then(|found| target(found.found.get(at)?)));
    }

    fn step(self, by: isize) {
        let count = untrack(|| self.found()).map_or(0, |found| found.found.len());
        if !self.open.get_untracked() {
            self.open.set(true);
        } else if count > 0 {
            let at = self.at.get_untracked();
            // Round and round: the first row is chosen already.
            self.point(if by < 0 { at.checked_sub(1).unwrap_or(count - 1) } else { (at + 1) % count });
            show(&row_id(self.at.get_untracked()));
        }
    }

    fn key(self, say: Say, event: &KeyboardEvent) {
        // Enter and arrows belong to who writes Chinese, while they write.
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => self.step(1),
            "ArrowUp" => self.step(-1),
            "Enter" => self.choose(say, self.at.get_untracked()),
            "Escape" => self.leave(),
            _ => return,
        }
        event.prevent_default();
    }

    /// Goes to a row's thing, and opens its card where it has one; not to what answers to something typed before.
    fn choose(self, say: Say, at: usize) {
        let Some(findings) = untrack(|| self.found()).filter(|found| found.q == typed()) else { return };
        let Some(found) = findings.found.get(at).filter(|_| self.open.get_untracked()) else { return };
        let ui = self.page.ui;
        if let Some(position) = found.position {
            let zoom = match (found.kind, &found.grid) {
                (FoundKind::Village, _) | (FoundKind::Person, None) => VILLAGE,
                (FoundKind::Grid | FoundKind::Person, _) => GRID,
                _ => CLOSE_UP,
            };
            ui.tell(Command::Centre(position, zoom));
        }
        let target = target(found);
        self.shut();
        if small_screen() {
            ui.search.set(false);
            ui.sheet.set(if target.is_some() { Sheet::Half } else { Sheet::Low });
            blur();
        }
        if target.is_some() {
            ui.panel.set(true);
            self.page.url.selected.set(target);
            return;
        }
        // Nothing else shows who is on duty for all of the town or for a unit.
        self.told.set([say.w.name(&found.name), " · ", &rows::note(self, say, found)].concat());
        set_timeout(move || drop(self.told.try_set(String::new())), TOLD);
    }
}

/// Nothing has the focus.
fn blur() {
    if let Some(element) = document().active_element().and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        // Fails only for what has it no more.
        let _ = element.blur();
    }
}
