//! Changing one's own password.

use crate::api::Errand;
use crate::desk::parts::field;
use crate::desk::parts::form::{self, Form};
use crate::desk::{Desk, Say};
use geodata::password::check;
use geodata::wire::{PasswordChange, Secret};
use leptos::prelude::*;

/// The form's state.
#[derive(Clone, Copy)]
pub struct Passwords {
    desk: Desk,
    form: Form,
    old: RwSignal<String>,
    new: RwSignal<String>,
    again: RwSignal<String>,
}

impl Passwords {
    /// Empty.
    pub fn new(desk: Desk) -> Self {
        let empty = || RwSignal::new(String::new());
        Self { desk, form: Form::new(desk, "password"), old: empty(), new: empty(), again: empty() }
    }

    /// Empty again.
    pub fn forget(self) {
        for field in [self.old, self.new, self.again] {
            field.set(String::new());
        }
    }

    /// The form; `done` is called when the password is changed.
    pub fn view(self, say: Say, done: impl Fn() + Copy + Send + 'static) -> AnyView {
        let d = say.d;
        let judge = move |text: &str| self.judge(say, text).map(|()| d.password_good);
        let fields = view! {
            // Lets the browser's own store of passwords know whose they are.
            <input class="unseen" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" readonly
                prop:value=move || self.name() />
            {field::password(say, self.form.field("old", d.password_old), "current-password", self.old)}
            {field::new_password(say, self.form.field("new", d.password_new), self.new, judge)}
            {field::password(say, self.form.field("again", d.password_again), "new-password", self.again)}
        };
        form::form(say, self.form, d.password_change, move || self.send(say, done), fields, ())
    }

    fn name(self) -> String {
        self.desk.session.me.with(|me| me.as_ref().map(|me| me.name.clone())).unwrap_or_default()
    }

    fn judge(self, say: Say, text: &str) -> Result<(), String> {
        check(text, &self.name()).map_err(|rule| say.rule(rule))
    }

    fn send(self, say: Say, done: impl Fn() + 'static) {
        let [old, new, again] = [self.old, self.new, self.again].map(|s| s.get_untracked());
        let filled = [("old", !old.is_empty()), ("new", !new.is_empty()), ("again", !again.is_empty())];
        if !self.form.requires(say, &filled) {
            return;
        }
        if let Err(why) = untrack(|| self.judge(say, &new)) {
            return self.form.blame("new", why);
        }
        if new != again {
            return self.form.blame("again", say.d.password_differs);
        }
        let change = PasswordChange { old: Secret::new(old), new: Secret::new(new) };
        let errand = Errand::put(self.desk.session.path("/api/session/password")).with(&change);
        self.form.send(errand, move |_| done());
    }
}
