//! One-time codes: turned on with a picture for the phone and a first code, turned off with the password.

use crate::api::{self, Errand};
use crate::components::act;
use crate::desk::parts::field::{self, Line};
use crate::desk::parts::form::{self, Form};
use crate::desk::parts::{button, dialog};
use crate::desk::{Desk, Say};
use geodata::wire::{PasswordProof, Secret, TotpCode, TotpEnrolment};
use leptos::prelude::*;

/// What is asked.
#[derive(Clone)]
enum Question {
    Enrol(TotpEnrolment),
    Stop,
}

/// The state of this part.
#[derive(Clone, Copy)]
pub struct Totp {
    desk: Desk,
    start: Form,
    open: RwSignal<Option<Question>>,
}

impl Totp {
    /// Nothing asked.
    pub fn new(desk: Desk) -> Self {
        Self { desk, start: Form::new(desk, "totp-start"), open: RwSignal::new(None) }
    }

    /// Whether codes are on, and the way to turn them on or off.
    pub fn view(self, say: Say) -> AnyView {
        let d = say.d;
        let on = move || self.desk.session.me.with(|me| me.as_ref().is_some_and(|me| me.totp));
        let state = move || {
            if on() {
                view! {
                    <span class="mark-on">{d.totp_on}</span>
                    {button("plain", d.totp_stop, move || self.open.set(Some(Question::Stop)))}
                }
                .into_any()
            } else {
                view! {
                    <span class="mark-off">{d.totp_off}</span>
                    {button("plain", d.totp_start, move || self.begin())}
                }
                .into_any()
            }
        };
        let title = move |question: &Question| match question {
            Question::Enrol(_) => {
                [d.totp_start, d.totp].join(if say.w.lang == crate::model::Lang::Zh { "" } else { ": " })
            }
            Question::Stop => [d.totp_stop, d.totp].join(if say.w.lang == crate::model::Lang::Zh { "" } else { ": " }),
        };
        view! {
            <div class="line">{move || state()}</div>
            {form::trouble(say, self.start)}
            {dialog::dialog(say, self.open, title, move |question| match question {
                Question::Enrol(enrolment) => self.enrol(say, &enrolment),
                Question::Stop => self.stop(say),
            })}
        }
        .into_any()
    }

    /// Fetches a secret to enrol with.
    fn begin(self) {
        let errand = Errand::post(self.desk.session.path("/api/session/totp"));
        self.start.send(errand, move |body| match api::read::<TotpEnrolment>(&body) {
            Ok(enrolment) => self.open.set(Some(Question::Enrol(enrolment))),
            Err(failure) => self.start.refuse(&failure),
        });
    }

    fn enrol(self, say: Say, enrolment: &TotpEnrolment) -> AnyView {
        let d = say.d;
        let (form, code) = (Form::new(self.desk, "totp"), RwSignal::new(String::new()));
        let send = move || {
            let code: String = code.get_untracked().split_whitespace().collect();
            if form.requires(say, &[("code", !code.is_empty())]) {
                let errand = Errand::put(self.desk.session.path("/api/session/totp")).with(&TotpCode { code });
                form.send(errand, move |_| self.settle(true, d.totp_enabled));
            }
        };
        let line = Line { autocomplete: "one-time-code", inputmode: "numeric", ..Line::default() };
        let secret = enrolment.secret.expose().to_owned();
        let fields = view! {
            <p>{d.totp_scan}</p>
            <img class="qr" src=enrolment.qr.expose().to_owned() alt=d.totp_qr/>
            {crate::desk::parts::secret::copyable(self.desk, say, d.totp_secret, spaced(&secret), secret.clone())}
            <p>{d.totp_confirm}</p>
            {field::text(say, form.field("code", d.totp_code), line, code)}
        };
        form::form(say, form, d.totp_finish, send, fields, self.cancel(say))
    }

    fn stop(self, say: Say) -> AnyView {
        let d = say.d;
        let (form, password) = (Form::new(self.desk, "totp-stop"), RwSignal::new(String::new()));
        let send = move || {
            let text = password.get_untracked();
            if form.requires(say, &[("password", !text.is_empty())]) {
                let proof = PasswordProof { password: Secret::new(text) };
                let errand = Errand::delete(self.desk.session.path("/api/session/totp")).with(&proof);
                form.send(errand, move |_| self.settle(false, d.totp_disabled));
            }
        };
        let fields = view! {
            <p>{d.totp_stop_lead}</p>
            {field::password(say, form.field("password", d.password), "current-password", password)}
        };
        form::form(say, form, d.totp_stop, send, fields, self.cancel(say))
    }

    fn cancel(self, say: Say) -> AnyView {
        view! { <button class="btn plain" type="button" on:click=act(move || self.open.set(None))>{say.d.cancel}</button> }
            .into_any()
    }

    /// Done: closes the question and tells.
    fn settle(self, on: bool, told: &'static str) {
        self.open.set(None);
        self.desk.session.me.update(|me| {
            if let Some(me) = me {
                me.totp = on;
            }
        });
        self.desk.toasts.tell(told);
    }
}

/// A secret in groups of four, as people type it.
fn spaced(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
