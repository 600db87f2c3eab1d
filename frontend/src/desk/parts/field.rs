//! Fields: a label, a control, a hint, and what is wrong with it.

use super::form::Form;
use crate::components::act;
use crate::components::icons::icon;
use crate::desk::Say;
use crate::desk::icons::{EYE, EYE_SHUT};
use leptos::prelude::*;

/// One of several to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What stands for it in the request.
    pub key: String,
    /// What a person reads.
    pub text: String,
    /// What helps to tell it from others.
    pub note: String,
}

impl Choice {
    /// Without a note.
    pub fn new(key: impl Into<String>, text: impl Into<String>) -> Self {
        Self { key: key.into(), text: text.into(), note: String::new() }
    }
}

/// A field of a form, to be given to one of the controls below.
#[derive(Clone, Copy)]
pub struct Field {
    /// Its form.
    pub form: Form,
    /// What the server calls it.
    pub name: &'static str,
    label: &'static str,
    hint: Option<&'static str>,
    optional: bool,
}

impl Field {
    pub(super) fn new(form: Form, name: &'static str, label: &'static str) -> Self {
        Self { form, name, label, hint: None, optional: false }
    }

    /// With a sentence under it.
    #[must_use]
    pub fn hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// Which may stay empty.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// The id of its control.
    pub fn id(self) -> String {
        self.form.id(self.name)
    }

    /// The ids of what describes its control.
    pub fn described(self) -> String {
        let id = self.id();
        [&id, "-hint ", &id, "-fault"].concat()
    }

    /// Whether it is at fault, as ARIA says it.
    pub fn invalid(self) -> Option<&'static str> {
        self.form.fault(self.name).is_some().then_some("true")
    }

    /// Whether it must be filled, as ARIA says it.
    pub fn required(self) -> Option<&'static str> {
        (!self.optional).then_some("true")
    }

    /// The control with its label, its hint and its fault.
    pub fn around(self, say: Say, control: impl IntoAny) -> AnyView {
        self.framed(say, control, ().into_any())
    }

    /// As [`around`](Self::around), with something that changes in the place of the hint.
    pub fn framed(self, say: Say, control: impl IntoAny, note: AnyView) -> AnyView {
        let id = self.id();
        let fault = move || self.form.fault(self.name);
        view! {
            <div class="field" class:wrong=move || fault().is_some()>
                <label for=id.clone()>{self.label}{self.optional.then(|| view! { <small>{say.d.optional}</small> })}</label>
                {control.into_any()}
                <p class="hint" id=[&id, "-hint"].concat()>{self.hint}{note}</p>
                <p class="fault" id=[&id, "-fault"].concat() role="alert">{move || fault()}</p>
            </div>
        }
        .into_any()
    }
}

/// How a line of text is filled in.
#[derive(Clone, Copy, Default)]
pub struct Line {
    /// The input's type; text where it is empty.
    pub kind: &'static str,
    /// What the browser may fill in.
    pub autocomplete: &'static str,
    /// Which keys a phone shows.
    pub inputmode: &'static str,
}

/// A line of text.
pub fn text(say: Say, field: Field, line: Line, value: RwSignal<String>) -> AnyView {
    let kind = if line.kind.is_empty() { "text" } else { line.kind };
    let autocomplete = if line.autocomplete.is_empty() { "off" } else { line.autocomplete };
    let input = view! {
        <input
            id=field.id() name=field.name type=kind autocomplete=autocomplete
            inputmode=(!line.inputmode.is_empty()).then_some(line.inputmode)
            aria-describedby=field.described() aria-invalid=move || field.invalid() aria-required=field.required()
            prop:value=move || value.get() on:input=move |event| write(field, value, event_target_value(&event))
        />
    };
    field.around(say, input)
}

/// A password, which can be looked at.
pub fn password(say: Say, field: Field, autocomplete: &'static str, value: RwSignal<String>) -> AnyView {
    let input = secret(say, field, autocomplete, value);
    field.around(say, input)
}

/// A password with a word on it while it is typed: what `judge` says, good or not.
pub fn new_password(
    say: Say,
    field: Field,
    value: RwSignal<String>,
    judge: impl Fn(&str) -> Result<&'static str, String> + Send + 'static,
) -> AnyView {
    let verdict = move || {
        let text = value.get();
        (!text.is_empty()).then(|| match judge(&text) {
            Ok(good) => view! { <b class="good">{good}</b> }.into_any(),
            Err(why) => view! { <b class="poor">{why}</b> }.into_any(),
        })
    };
    let note = view! { <span class="verdict" aria-live="polite">{move || verdict()}</span> }.into_any();
    field.framed(say, secret(say, field, "new-password", value), note)
}

fn secret(say: Say, field: Field, autocomplete: &'static str, value: RwSignal<String>) -> AnyView {
    let seen = RwSignal::new(false);
    let label = move || if seen.get() { say.d.hide_password } else { say.d.show_password };
    view! {
        <span class="with-button">
            <input
                id=field.id() name=field.name type=move || if seen.get() { "text" } else { "password" }
                autocomplete=autocomplete autocapitalize="off" spellcheck="false"
                aria-describedby=field.described() aria-invalid=move || field.invalid() aria-required=field.required()
                prop:value=move || value.get() on:input=move |event| write(field, value, event_target_value(&event))
            />
            <button class="quiet square" type="button" aria-label=move || label() title=move || label()
                on:click=act(move || seen.update(|s| *s = !*s))>
                {move || icon(if seen.get() { EYE_SHUT } else { EYE })}
            </button>
        </span>
    }
    .into_any()
}

/// Several lines of text, at most so many characters.
pub fn area(say: Say, field: Field, rows: u8, most: usize, value: RwSignal<String>) -> AnyView {
    /// From here on it is told how many characters are left.
    const NEAR: usize = 100;
    let left = move || value.with(|text| most.saturating_sub(text.chars().count()));
    let told = move || (left() < NEAR).then(|| say.d.characters_left(&left().to_string()));
    let input = view! {
        <textarea
            id=field.id() name=field.name rows=rows.to_string() maxlength=(2 * most).to_string()
            aria-describedby=field.described() aria-invalid=move || field.invalid() aria-required=field.required()
            prop:value=move || value.get() on:input=move |event| write(field, value, event_target_value(&event))
        ></textarea>
    };
    field.framed(say, input, view! { <span aria-live="polite">{move || told()}</span> }.into_any())
}

/// One of a few, by the browser's own list. An empty value asks for a choice.
pub fn choice(say: Say, field: Field, choices: Vec<Choice>, value: RwSignal<String>) -> AnyView {
    let options = choices.into_iter().map(|choice| {
        let key = choice.key.clone();
        view! { <option value=choice.key.clone() selected=move || value.with(|v| *v == key)>{choice.text}</option> }
            .into_any()
    });
    let list = view! {
        <select
            id=field.id() name=field.name
            aria-describedby=field.described() aria-invalid=move || field.invalid() aria-required=field.required()
            on:change=move |event| write(field, value, event_target_value(&event))
        >
            <option value="" selected=move || value.with(String::is_empty)>{say.d.choose}</option>
            {options.collect_view()}
        </select>
    };
    field.around(say, list)
}

/// One of a few that are all in sight.
pub fn radios(say: Say, field: Field, choices: Vec<Choice>, value: RwSignal<String>) -> AnyView {
    let id = field.id();
    let fault = move || field.form.fault(field.name);
    let options = choices.into_iter().enumerate().map(|(i, choice)| {
        let (key, same) = (choice.key.clone(), choice.key.clone());
        // The first has the field's own id, so that a fault leads to it.
        let id = if i == 0 { field.id() } else { [&field.id(), "-", &choice.key].concat() };
        view! {
            <label class="radio">
                <input type="radio" id=id name=field.id() value=choice.key
                    prop:checked=move || value.with(|v| *v == same) on:change=move |_| write(field, value, key.clone())/>
                <span>{choice.text}</span>
            </label>
        }
        .into_any()
    });
    view! {
        <fieldset class="field" class:wrong=move || fault().is_some() aria-describedby=field.described()>
            <legend>{field.label}{field.optional.then(|| view! { <small>{say.d.optional}</small> })}</legend>
            <div class="radios">{options.collect_view()}</div>
            <p class="hint" id=[&id, "-hint"].concat()>{field.hint}</p>
            <p class="fault" id=[&id, "-fault"].concat() role="alert">{move || fault()}</p>
        </fieldset>
    }
    .into_any()
}

/// Yes or no.
pub fn check(field: Field, value: RwSignal<bool>) -> AnyView {
    view! {
        <label class="check">
            <input type="checkbox" id=field.id() name=field.name
                prop:checked=move || value.get() on:change=move |event| value.set(event_target_checked(&event))/>
            <span>{field.label}{field.hint.map(|hint| view! { <small>{hint}</small> })}</span>
        </label>
    }
    .into_any()
}

/// Takes in what was typed; a fault is taken back while it is being mended.
pub(super) fn write(field: Field, value: RwSignal<String>, text: String) {
    field.form.mend(field.name);
    value.set(text);
}
