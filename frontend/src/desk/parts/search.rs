//! Choosing one or several of many by typing: ARIA's combobox with a list. Arrows walk, Enter chooses, Escape closes,
//! Backspace in an empty field takes the last of several back.

use super::field::{Choice, Field};
use crate::components::act;
use crate::components::icons::{CLOSE, icon};
use crate::components::list::show;
use crate::desk::Say;
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::prelude::*;
use std::sync::Arc;

/// More than these are not listed: another letter narrows them sooner than scrolling does.
const SHOWN: usize = 40;

/// What can be chosen; may come later than the field.
pub type Choices = Signal<Arc<Vec<Choice>>>;

/// Reads what was typed as something that no list holds.
type Typed = StoredValue<Option<Box<dyn Fn(&str) -> Option<Choice>>>, LocalStorage>;

/// The state of one field.
#[derive(Clone, Copy)]
struct Search {
    field: Field,
    choices: Choices,
    /// The keys chosen; one at most where `many` is not set.
    chosen: RwSignal<Vec<String>>,
    many: bool,
    extra: Typed,
    typed: RwSignal<String>,
    open: RwSignal<bool>,
    at: RwSignal<usize>,
}

/// Chooses one; empty where none is.
pub fn one(say: Say, field: Field, choices: Choices, chosen: RwSignal<Vec<String>>) -> AnyView {
    search(say, Search::new(field, choices, chosen, false))
}

/// Chooses one, or what `typed` makes of the text: coordinates, say.
pub fn one_or(
    say: Say,
    field: Field,
    choices: Choices,
    chosen: RwSignal<Vec<String>>,
    typed: impl Fn(&str) -> Option<Choice> + 'static,
) -> AnyView {
    let one = Search::new(field, choices, chosen, false);
    one.extra.set_value(Some(Box::new(typed)));
    search(say, one)
}

/// Chooses any number.
pub fn many(say: Say, field: Field, choices: Choices, chosen: RwSignal<Vec<String>>) -> AnyView {
    search(say, Search::new(field, choices, chosen, true))
}

/// Those that hold every word typed, in any of their texts.
///
/// ```
/// use frontend::desk::parts::field::Choice;
/// use frontend::desk::parts::search::matching;
/// let choices = [Choice::new("1", "慕仪村 004"), Choice { note: "Li".into(), ..Choice::new("2", "慕仪村 014") }];
/// assert_eq!(matching(&choices, "慕仪 014").len(), 1);
/// assert_eq!(matching(&choices, "LI").len(), 1);
/// assert_eq!(matching(&choices, " ").len(), 2);
/// ```
pub fn matching<'a>(choices: &'a [Choice], typed: &str) -> Vec<&'a Choice> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let holds = |choice: &&Choice| {
        let text = [&choice.text, " ", &choice.note, " ", &choice.key].concat().to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    choices.iter().filter(holds).collect()
}

impl Search {
    fn new(field: Field, choices: Choices, chosen: RwSignal<Vec<String>>, many: bool) -> Self {
        let (typed, open, at) = (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(0));
        Self { field, choices, chosen, many, extra: StoredValue::new_local(None), typed, open, at }
    }

    /// What is listed now, and how many there are beyond it; subscribes.
    fn listed(self) -> (Vec<Choice>, usize) {
        self.choices.with(|choices| {
            let all = self.typed.with(|typed| matching(choices, typed));
            let rest = all.len().saturating_sub(SHOWN);
            let made =
                self.typed.with(|typed| self.extra.with_value(|extra| extra.as_ref().and_then(|make| make(typed))));
            (made.into_iter().chain(all.into_iter().take(SHOWN).cloned()).collect(), rest)
        })
    }

    fn text_of(self, key: &str) -> String {
        self.choices.with(|c| c.iter().find(|c| c.key == key).map_or_else(|| key.to_owned(), |c| c.text.clone()))
    }

    /// What stands in the input: what is being typed, or what was chosen.
    fn shown(self) -> String {
        if self.many || self.open.get() {
            return self.typed.get();
        }
        self.chosen.with(|c| c.first().cloned()).map_or_else(String::new, |key| self.text_of(&key))
    }

    fn type_in(self, text: String) {
        self.field.form.mend(self.field.name);
        self.typed.set(text);
        self.at.set(0);
        self.open.set(true);
    }

    fn take(self, key: &str) {
        self.field.form.mend(self.field.name);
        self.chosen.update(|chosen| {
            let had = chosen.iter().position(|k| k == key);
            match (self.many, had) {
                (true, Some(at)) => {
                    chosen.remove(at);
                }
                (true, None) => chosen.push(key.to_owned()),
                (false, _) => *chosen = vec![key.to_owned()],
            }
        });
        self.typed.set(String::new());
        if !self.many {
            self.shut();
        }
    }

    fn shut(self) {
        self.open.set(false);
        self.typed.set(String::new());
        self.at.set(0);
    }

    fn step(self, by: isize) {
        let last = self.listed().0.len().saturating_sub(1);
        if self.open.get_untracked() {
            self.at.update(|at| *at = at.saturating_add_signed(by).min(last));
        } else {
            self.open.set(true);
        }
        let row = self.row_id(self.at.get_untracked());
        request_animation_frame(move || show(&row));
    }

    fn row_id(self, at: usize) -> String {
        [&self.field.id(), "-", &at.to_string()].concat()
    }

    fn key(self, event: &KeyboardEvent) {
        let open = self.open.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => self.step(1),
            "ArrowUp" => self.step(-1),
            "Enter" if open => {
                let at = self.at.get_untracked();
                if let Some(choice) = untrack(|| self.listed()).0.get(at) {
                    self.take(&choice.key);
                }
            }
            "Escape" if open => {
                // A dialogue around the field stays.
                event.stop_propagation();
                self.shut();
            }
            "Backspace" if self.typed.with_untracked(String::is_empty) => {
                self.chosen.update(|chosen| drop(chosen.pop()));
                return;
            }
            _ => return,
        }
        event.prevent_default();
    }
}

fn search(say: Say, search: Search) -> AnyView {
    let field = search.field;
    let id = field.id();
    let list = [&id, "-list"].concat();
    let expanded = move || if search.open.get() { "true" } else { "false" };
    let active = move || search.open.get().then(|| search.row_id(search.at.get()));
    let input = view! {
        <div class="search" class:open=move || search.open.get()>
            {move || search.many.then(|| chips(say, search))}
            <input
                id=id type="text" role="combobox" autocomplete="off" spellcheck="false" placeholder=say.d.search_hint
                aria-autocomplete="list" aria-controls=list.clone() aria-expanded=expanded aria-activedescendant=move || active()
                aria-describedby=field.described() aria-invalid=move || field.invalid() aria-required=field.required()
                prop:value=move || search.shown()
                on:input=move |event| search.type_in(event_target_value(&event))
                on:keydown=move |event| search.key(&event)
                on:click=move |_| search.open.set(true)
                on:blur=move |_| search.shut()
            />
            <ul id=list role="listbox" aria-label=say.d.search hidden=move || !search.open.get()>
                {move || search.open.get().then(|| rows(say, search))}
            </ul>
        </div>
    };
    field.around(say, input)
}

fn rows(say: Say, search: Search) -> AnyView {
    let (listed, rest) = search.listed();
    if listed.is_empty() {
        return view! { <li class="none" role="presentation">{say.d.no_match}</li> }.into_any();
    }
    let rows = listed.into_iter().enumerate().map(|(i, choice)| {
        let (key, same) = (choice.key.clone(), choice.key);
        let chosen = move || if search.chosen.with(|c| c.contains(&same)) { "true" } else { "false" };
        // Pressed, not clicked: the input must not lose the focus before.
        let press = move |event: MouseEvent| {
            event.prevent_default();
            search.take(&key);
        };
        view! {
            <li id=search.row_id(i) role="option" class:hot=move || search.at.get() == i aria-selected=chosen on:mousedown=press>
                <b>{choice.text}</b><small>{choice.note}</small>
            </li>
        }
        .into_any()
    });
    let rest =
        (rest > 0).then(|| view! { <li class="none" role="presentation">{say.d.more_matches(&rest.to_string())}</li> });
    (rows.collect_view(), rest).into_any()
}

/// What has been chosen of many, each with a way to take it back.
fn chips(say: Say, search: Search) -> AnyView {
    let chips = search.chosen.get().into_iter().map(|key| {
        let text = search.text_of(&key);
        let label = say.d.remove(&text);
        view! {
            <button class="chip" type="button" aria-label=label on:click=act(move || search.take(&key))>{text}{icon(CLOSE)}</button>
        }
        .into_any()
    });
    view! { <span class="chips">{chips.collect_view()}</span> }.into_any()
}
