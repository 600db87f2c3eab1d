//! Forms: what is at fault, whether it is being sent, and what the server said to it.

use super::field::Field;
use crate::api::{self, Errand, Failure};
use crate::desk::site::focus;
use crate::desk::{Desk, Say};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// A form's state: handles, to be copied.
#[derive(Clone, Copy)]
pub struct Form {
    desk: Desk,
    /// What the ids of its elements begin with; one form of a name on a page.
    name: &'static str,
    fields: StoredValue<Vec<&'static str>>,
    faults: RwSignal<Vec<(String, String)>>,
    trouble: RwSignal<Option<Trouble>>,
    busy: RwSignal<bool>,
    key: StoredValue<String>,
}

/// What is wrong with the whole of it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Trouble {
    Said(String),
    SignedOut,
}

impl Form {
    /// A form without faults.
    pub fn new(desk: Desk, name: &'static str) -> Self {
        Self {
            desk,
            name,
            fields: StoredValue::new(Vec::new()),
            faults: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
            busy: RwSignal::new(false),
            key: StoredValue::new(api::fresh_key()),
        }
    }

    /// A field of it, by the name that the server calls it.
    pub fn field(self, name: &'static str, label: &'static str) -> Field {
        self.fields.update_value(|fields| {
            if !fields.contains(&name) {
                fields.push(name);
            }
        });
        Field::new(self, name, label)
    }

    /// The id of a field's control.
    pub fn id(self, field: &str) -> String {
        [self.name, "-", field].concat()
    }

    /// What is wrong with a field; subscribes.
    pub fn fault(self, field: &str) -> Option<String> {
        self.faults.with(|faults| faults.iter().find(|(f, _)| f == field).map(|(_, text)| text.clone()))
    }

    /// Whether it is on its way; subscribes.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Says what is wrong with a field, and leads there.
    pub fn blame(self, field: impl Into<String>, text: impl Into<String>) {
        let (field, text) = (field.into(), text.into());
        let first = self.faults.with_untracked(Vec::is_empty);
        let id = self.id(&field);
        self.faults.update(|faults| faults.push((field, text)));
        if first {
            request_animation_frame(move || focus(&id));
        }
    }

    /// Says what is wrong with the whole.
    pub fn blame_all(self, text: impl Into<String>) {
        self.trouble.set(Some(Trouble::Said(text.into())));
    }

    /// Asks for what is empty; tells whether nothing is.
    pub fn requires(self, say: Say, fields: &[(&'static str, bool)]) -> bool {
        for (field, filled) in fields {
            if !filled {
                self.blame(*field, say.d.required);
            }
        }
        fields.iter().all(|(_, filled)| *filled)
    }

    /// Takes a fault back: its field is being mended.
    pub fn mend(self, field: &str) {
        if self.faults.with_untracked(|faults| faults.iter().any(|(f, _)| f == field)) {
            self.faults.update(|faults| faults.retain(|(f, _)| f != field));
        }
    }

    /// Without faults, as it was at first.
    pub fn clear(self) {
        self.faults.set(Vec::new());
        self.trouble.set(None);
    }

    /// A key for the errand of this form; the same until it has been done, so that sending it again is safe.
    pub fn key(self) -> String {
        self.key.get_value()
    }

    /// Sends it, unless it is on its way already; `done` is given the answer. A refusal goes to the field it names.
    pub fn send(self, errand: Errand, done: impl FnOnce(JsValue) + 'static) {
        self.send_or(errand, done, |_| false);
    }

    /// As [`send`](Self::send), with a first look at what went wrong: `caught` answers whether it has dealt with it.
    pub fn send_or(
        self,
        errand: Errand,
        done: impl FnOnce(JsValue) + 'static,
        caught: impl FnOnce(&Failure) -> bool + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.clear();
        self.busy.set(true);
        // Boxed, so that what follows is compiled once.
        let done: Box<dyn FnOnce(JsValue)> = Box::new(done);
        let caught: Box<dyn FnOnce(&Failure) -> bool> = Box::new(caught);
        leptos::task::spawn_local(async move {
            let answer = api::send(errand.staying(), self.desk.looks.lang.get_untracked()).await;
            // The form may have been put away meanwhile; what was done is done all the same.
            let there = self.busy.try_set(false).is_none();
            match answer {
                Ok(body) => {
                    self.key.try_set_value(api::fresh_key());
                    done(body);
                }
                Err(failure) if there && !caught(&failure) => self.refuse(&failure),
                Err(_) => {}
            }
        });
    }

    /// Shows a failure where it belongs.
    pub fn refuse(self, failure: &Failure) {
        let say = self.desk.say.get_untracked();
        if *failure == Failure::SignedOut {
            self.trouble.set(Some(Trouble::SignedOut));
            return;
        }
        let field = failure.field().and_then(|name| {
            // `limits.2.1` may be a field of its own, or a part of `limits`.
            let whole = name.split('.').next().unwrap_or(name);
            self.fields
                .with_value(|fields| [name, whole].into_iter().find_map(|n| fields.iter().copied().find(|f| *f == n)))
        });
        match (field, failure) {
            (Some(field), Failure::Refused(_, said)) => self.blame(field, said.message.clone()),
            (None, Failure::Refused(_, said)) if !said.message.is_empty() => self.blame_all(said.message.clone()),
            _ => self.blame_all(crate::pages::reason(say.w, failure)),
        }
    }
}

/// The frame of a form: its fields, what is wrong with the whole, and the button that sends it. `beside` stands beside
/// the button.
pub fn form(
    say: Say,
    form: Form,
    submit: &'static str,
    mut send: impl FnMut() + 'static,
    fields: impl IntoAny,
    beside: impl IntoAny,
) -> AnyView {
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        if !form.busy.get_untracked() {
            form.clear();
            send();
        }
    };
    let busy = move || if form.busy.get() { "true" } else { "false" };
    view! {
        <form class="form" novalidate aria-busy=busy on:submit=send>
            {fields.into_any()}
            {trouble(say, form)}
            <div class="does">
                <button class="btn primary" type="submit" aria-disabled=busy>
                    {move || if form.busy.get() { say.d.working } else { submit }}
                </button>
                {beside.into_any()}
            </div>
        </form>
    }
    .into_any()
}

/// What is wrong with the whole of a form; for forms that have a frame of their own.
pub fn trouble(say: Say, form: Form) -> AnyView {
    let text = move || {
        form.trouble.get().map(|trouble| match trouble {
            Trouble::Said(text) => text.into_any(),
            Trouble::SignedOut => {
                let href = form.desk.session.path("/sign-in");
                view! { {say.d.sign_in_again}" "<a href=href target="_blank">{say.d.sign_in_window}</a> }.into_any()
            }
        })
    };
    view! { <p class="trouble" role="alert">{move || text()}</p> }.into_any()
}
