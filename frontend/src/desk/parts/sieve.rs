//! What a list is sifted by: words, and lists to choose from.

use crate::components::icons::icon;
use crate::desk::icons::SEARCH;
use leptos::prelude::*;

/// A field for words; `changed` is called after each letter.
pub fn seek(label: &'static str, hint: &'static str, words: RwSignal<String>, changed: impl Fn() + 'static) -> AnyView {
    let type_in = move |event| {
        words.set(event_target_value(&event));
        changed();
    };
    view! {
        <label class="seek">
            {icon(SEARCH)}
            <span class="unseen">{label}</span>
            <input type="search" placeholder=hint maxlength="80" prop:value=move || words.get() on:input=type_in/>
        </label>
    }
    .into_any()
}

/// One of `options`, a word and its text each, or `any` of them, which is the empty word.
pub fn select(
    label: &'static str,
    any: &'static str,
    options: Vec<(&'static str, &'static str)>,
    chosen: RwSignal<String>,
    changed: impl Fn() + 'static,
) -> AnyView {
    let options = options.into_iter().map(|(word, text)| {
        view! { <option value=word selected=move || chosen.with(|chosen| chosen == word)>{text}</option> }.into_any()
    });
    let choose = move |event| {
        chosen.set(event_target_value(&event));
        changed();
    };
    view! {
        <select aria-label=label class:on=move || !chosen.with(String::is_empty) on:change=choose>
            <option value="" selected=move || chosen.with(String::is_empty)>{any}</option>
            {options.collect_view()}
        </select>
    }
    .into_any()
}
