//! One box that finds everything on the map: ARIA's combobox with a list in groups. Arrows walk and show on the map what they come
//! to, Enter chooses, Escape clears and gives the focus back to whatever had it.

mod rows;

use super::detail::CLOSE_UP;
use super::icons::{CLOSE, SEEK, icon};
use super::list::show;
use super::{Page, Say, act, small_screen};
use crate::api;
use crate::model::{Command, Target};
use crate::state::remote::{Following, Remote, follow_some};
use crate::state::town::of_town;
use crate::state::ui::Sheet;
use crate::state::watch;
use geodata::wire::{Findings, Found, FoundKind, SEARCH_TEXT_MAX};
use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

/// The field's id.
const FIELD: &str = "search";
/// How long a pause ends a word.
const PAUSE: Duration = Duration::from_millis(200);
/// How long it is said where the map went, when nothing else tells it.
const TOLD: Duration = Duration::from_secs(6);
/// Close enough for a village, and for a grid.
const VILLAGE: f64 = 13.5;
const GRID: f64 = 15.0;

/// The box's state.
#[derive(Clone, Copy)]
struct Search {
    page: Page,
    typed: RwSignal<String>,
    /// What the server is asked for: what was typed before the last pause.
    asked: RwSignal<String>,
    open: RwSignal<bool>,
    at: RwSignal<usize>,
    /// The last answer, in groups, and whether it is the one to what is asked.
    found: RwSignal<Option<Arc<Findings>>>,
    answer: Following<Findings>,
    /// Where the map went.
    told: RwSignal<String>,
    pause: StoredValue<Option<TimeoutHandle>>,
    /// What had the focus before.
    before: StoredValue<Option<HtmlElement>, LocalStorage>,
}

/// The box, and what it finds under it.
pub fn search(page: Page, say: Say) -> AnyView {
    let search = Search::new(page);
    let w = say.w;
    let expanded = move || if search.listed() { "true" } else { "false" };
    let active = move || search.listed().then(|| row_id(search.at.get()));
    let class = move || if page.ui.search.get() { "seek open" } else { "seek" };
    let clear = move || search.typed.with(|typed| !typed.is_empty()) || page.ui.search.get();
    view! {
        <div class=move || class() role="search">
            <button
                class="quiet opener" type="button" title=w.search aria-label=w.search aria-expanded=move || if page.ui.search.get() { "true" } else { "false" }
                on:click=act(move || focus(page))
            >
                {icon(SEEK)}
            </button>
            <div class="field">
                {icon(SEEK)}
                <input
                    id=FIELD type="text" role="combobox" autocomplete="off" spellcheck="false" enterkeyhint="search"
                    aria-label=w.search placeholder=w.search_hint maxlength=SEARCH_TEXT_MAX.to_string() aria-autocomplete="list"
                    aria-controls="found" aria-expanded=expanded aria-activedescendant=move || active()
                    prop:value=move || search.typed.get()
                    on:input=move |event| search.type_in(event_target_value(&event))
                    on:keydown=move |event| search.key(say, &event)
                    on:focus=move |event| search.enter(&event)
                    on:click=move |_| search.reopen()
                    on:blur=move |_| search.shut()
                />
                <kbd aria-hidden="true">"/"</kbd>
                <button
                    class="quiet clear" type="button" title=w.search_clear aria-label=w.search_clear hidden=move || !clear()
                    on:click=act(move || search.leave())
                >
                    {icon(CLOSE)}
                </button>
            </div>
            {rows::rows(search, say)}
            <p class="went" role="status">{move || search.told.get()}</p>
        </div>
    }
    .into_any()
}

/// Takes the focus to the box, and opens it where it is shut.
pub fn focus(page: Page) {
    page.ui.search.set(true);
    // What was not there can't be focused before it is.
    request_animation_frame(|| {
        if let Some(field) =
            document().get_element_by_id(FIELD).and_then(|e| e.dyn_into::<web_sys::HtmlInputElement>().ok())
        {
            // Fails only for what can't have it.
            let _ = field.focus();
            field.select();
        }
    });
}

fn row_id(at: usize) -> String {
    ["found-", &at.to_string()].concat()
}

/// What of the map something found is.
fn target(found: &Found) -> Option<Target> {
    match found.kind {
        FoundKind::Incident => found.key.parse().ok().map(Target::Incident),
        FoundKind::Camera => Some(Target::Camera(found.key.clone())),
        FoundKind::Place | FoundKind::Position => None,
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
        let answer: Following<Findings> = follow_some(path, page.url.lang.into(), page.health);
        let found = RwSignal::new(None);
        watch(move || match answer.state.get() {
            Remote::Ready(findings) => found.set(Some(Arc::new(rows::grouped(&findings)))),
            // While another answer is on its way the last one stays, and can't be chosen from.
            Remote::Loading => {}
            Remote::Failed(_) => found.set(None),
        });
        Self {
            page,
            typed: RwSignal::new(String::new()),
            asked,
            open: RwSignal::new(false),
            at: RwSignal::new(0),
            found,
            answer,
            told: RwSignal::new(String::new()),
            pause: StoredValue::new(None),
            before: StoredValue::new_local(None),
        }
    }

    /// Whether there is a list; subscribes.
    fn listed(self) -> bool {
        self.open.get() && self.asked.with(|asked| !asked.is_empty())
    }

    /// Whether the answer is one to all that was typed.
    fn is_fresh(self) -> bool {
        let asked = self.asked.with_untracked(|asked| self.typed.with_untracked(|typed| typed.trim() == asked));
        asked && self.answer.state.with_untracked(|state| state.ready().is_some())
    }

    fn type_in(self, text: String) {
        self.typed.set(text);
        self.told.set(String::new());
        self.open.set(true);
        self.wait();
        let ask = move || {
            let typed = self.typed.try_with_untracked(|typed| typed.trim().to_owned()).unwrap_or_default();
            if self.asked.try_with_untracked(|asked| *asked != typed) == Some(true) {
                self.at.set(0);
                self.asked.set(typed);
            }
        };
        // A browser that refuses timers is asked at once.
        match set_timeout_with_handle(ask, PAUSE) {
            Ok(handle) => self.pause.set_value(Some(handle)),
            Err(_) => ask(),
        }
    }

    /// Another letter: the pause begins anew.
    fn wait(self) {
        if let Some(handle) = self.pause.get_value() {
            handle.clear();
        }
    }

    fn enter(self, event: &FocusEvent) {
        let before = event.related_target().and_then(|element| element.dyn_into().ok());
        self.before.set_value(before);
        self.reopen();
    }

    fn reopen(self) {
        self.open.set(true);
    }

    fn shut(self) {
        self.open.set(false);
        self.page.ui.hovered.set(None);
    }

    /// Clears the box, and gives the focus back.
    fn leave(self) {
        self.wait();
        self.typed.set(String::new());
        self.asked.set(String::new());
        self.found.set(None);
        self.shut();
        self.page.ui.search.set(false);
        match self.before.try_update_value(Option::take).flatten().filter(|before| before.is_connected()) {
            // Fails only for what can't have it any more.
            Some(before) => drop(before.focus()),
            None => blur(),
        }
    }

    /// Comes to a row, and shows on the map what it stands for.
    fn point(self, at: usize) {
        self.at.set(at);
        let target = self.found.with_untracked(|found| found.as_ref().and_then(|f| f.found.get(at)).and_then(target));
        self.page.ui.hovered.set(target);
    }

    fn step(self, by: isize) {
        let count = self.found.with_untracked(|found| found.as_ref().map_or(0, |f| f.found.len()));
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

    /// Goes to a row's thing, and opens its card where it has one.
    fn choose(self, say: Say, at: usize) {
        let found = self.found.with_untracked(|found| found.as_ref()?.found.get(at).cloned());
        let Some(found) = found.filter(|_| self.is_fresh() && self.open.get_untracked()) else { return };
        let (ui, url) = (self.page.ui, self.page.url);
        if let Some(position) = found.position {
            ui.tell(Command::Centre(
                position,
                match (found.kind, &found.grid) {
                    (FoundKind::Village, _) | (FoundKind::Person, None) => VILLAGE,
                    (FoundKind::Grid | FoundKind::Person, _) => GRID,
                    _ => CLOSE_UP,
                },
            ));
        }
        let target = target(&found);
        let name = say.w.name(&found.name).to_owned();
        self.shut();
        if small_screen() {
            ui.search.set(false);
            ui.sheet.set(if target.is_some() { Sheet::Half } else { Sheet::Low });
            blur();
        }
        if let Some(target) = target {
            ui.panel.set(true);
            url.selected.set(Some(target));
            return;
        }
        // Nothing else shows what was chosen.
        self.told.set(match found.position {
            Some(_) => say.w.went_to(&name),
            None => [&name, " · ", &rows::note(self, say, &found)].concat(),
        });
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
