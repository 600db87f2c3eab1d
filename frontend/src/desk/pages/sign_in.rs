//! Signing in: name, password, and a code where the account has one.

use crate::api::{self, Errand, Failure};
use crate::components::act;
use crate::components::bar::mark;
use crate::desk::parts::field::{self, Line};
use crate::desk::parts::form::{self, Form};
use crate::desk::route::{home, safe_next};
use crate::desk::{Desk, Say, Sheet};
use crate::format::Span;
use crate::state::clock::steady;
use geodata::wire::{Me, Secret, SignIn};
use leptos::prelude::*;

/// What the page holds.
#[derive(Clone, Copy)]
struct Entry {
    desk: Desk,
    form: Form,
    name: RwSignal<String>,
    password: RwSignal<String>,
    code: RwSignal<String>,
    /// Whether the account asks for a code as well.
    asks_code: RwSignal<bool>,
    /// Until when no attempt is taken, by the steady clock.
    locked: RwSignal<f64>,
}

/// The page.
pub fn sign_in(desk: Desk) -> Sheet {
    let entry = Entry {
        desk,
        form: Form::new(desk, "sign-in"),
        name: RwSignal::new(String::new()),
        password: RwSignal::new(String::new()),
        code: RwSignal::new(String::new()),
        asks_code: RwSignal::new(false),
        locked: RwSignal::new(0.0),
    };
    Box::new(move |say| {
        view! {
            <section class="door">
                <span class="sign">{mark()}</span>
                {move || match desk.session.me.get() {
                    Some(me) => signed_in(desk, say, &me),
                    None => entry.view(say),
                }}
            </section>
        }
        .into_any()
    })
}

/// Somebody is signed in already.
fn signed_in(desk: Desk, say: Say, me: &Me) -> AnyView {
    let me = me.clone();
    let other = move || {
        desk.session.sign_out(say.w.lang, move |why| desk.toasts.warn(why));
    };
    view! {
        <h1>{say.d.signed_in_as(&me.name)}</h1>
        <p class="lead">{crate::words::of(say.w.role, me.role.word())}</p>
        <div class="does column">
            <button class="btn primary" type="button" on:click=act(move || enter(desk, &me))>{say.d.go_on}</button>
            <button class="btn plain" type="button" on:click=act(other)>{say.d.sign_in_other}</button>
        </div>
    }
    .into_any()
}

/// Goes to where the person was going, or to where their role begins.
fn enter(desk: Desk, me: &Me) {
    let next = desk.query.with_untracked(|query| {
        let next = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "next");
        next.and_then(|(_, next)| safe_next(&next).map(str::to_owned))
    });
    let next = next.unwrap_or_else(|| desk.session.path(home(me.role)));
    // Replaced, so that back does not lead to the sign-in. A browser that refuses leaves the page as it is.
    let _ = window().location().replace(&next);
}

impl Entry {
    fn view(self, say: Say) -> AnyView {
        let d = say.d;
        let code = move || {
            self.asks_code.get().then(|| {
                let line = Line { autocomplete: "one-time-code", inputmode: "numeric", ..Line::default() };
                field::text(say, self.form.field("code", d.totp_code).hint(d.totp_code_hint), line, self.code)
            })
        };
        let waits = move || {
            let left = self.locked.get() - self.desk.clock.second.get();
            (left > 0.0).then(|| {
                #[expect(clippy::cast_possible_truncation, reason = "hours at most")]
                let minutes = (left / 60_000.0).ceil() as i64;
                d.locked(&Span::of(minutes).say(say.w))
            })
        };
        let name = Line { autocomplete: "username", ..Line::default() };
        let fields = view! {
            {field::text(say, self.form.field("name", d.name), name, self.name)}
            {field::password(say, self.form.field("password", d.password), "current-password", self.password)}
            {move || code()}
            <p class="trouble" role="alert">{move || waits()}</p>
        };
        view! {
            <h1>{d.sign_in}</h1>
            <p class="lead">{d.sign_in_lead}</p>
            {form::form(say, self.form, d.sign_in, move || self.send(say), fields, ())}
            <p class="lead">{d.forgotten}</p>
        }
        .into_any()
    }

    fn send(self, say: Say) {
        let (name, password) = (self.name.get_untracked(), self.password.get_untracked());
        let code = self.code.get_untracked().split_whitespace().collect::<String>();
        let asks = self.asks_code.get_untracked();
        let filled =
            [("name", !name.trim().is_empty()), ("password", !password.is_empty()), ("code", !code.is_empty())];
        if !self.form.requires(say, if asks { &filled } else { &filled[..2] }) {
            return;
        }
        let entry = SignIn {
            name: name.trim().to_owned(),
            password: Secret::new(password),
            code: (asks && !code.is_empty()).then_some(code),
        };
        let desk = self.desk;
        let errand = Errand::post(desk.session.path("/api/session")).with(&entry);
        let done = move |body| match api::read::<Me>(&body) {
            Ok(me) => enter(desk, &me),
            Err(failure) => self.form.refuse(&failure),
        };
        self.form.send_or(errand, done, move |failure| self.caught(say, failure));
    }

    /// What the sign-in says in its own words.
    fn caught(self, say: Say, failure: &Failure) -> bool {
        let d = say.d;
        match (failure, failure.code()) {
            (Failure::Busy(Some(seconds)), _) => {
                self.locked.set(steady() + f64::from(*seconds) * 1_000.0);
            }
            (_, "code_needed") => {
                let text = if self.asks_code.get_untracked() { d.code_wrong } else { d.code_needed };
                self.asks_code.set(true);
                self.code.set(String::new());
                self.form.field("code", d.totp_code);
                self.form.blame("code", text);
            }
            (_, "sign_in_failed") => self.form.blame("password", d.sign_in_failed),
            _ => return false,
        }
        true
    }
}
