//! A person's own account: who they are, how they sign in, where they are signed in.

pub mod password;
mod sessions;
mod totp;

use crate::desk::parts::head;
use crate::desk::places::Places;
use crate::desk::{Desk, Say, Sheet};
use crate::words;
use leptos::prelude::*;
use password::Passwords;
use sessions::Sessions;
use totp::Totp;

/// The page.
pub fn account(desk: Desk) -> Sheet {
    let (passwords, totp, sessions) = (Passwords::new(desk), Totp::new(desk), Sessions::new(desk));
    let places = Places::of(desk);
    Box::new(move |say| {
        let d = say.d;
        let told = move || {
            passwords.forget();
            sessions.again();
            desk.toasts.tell(d.password_changed);
        };
        view! {
            {head(d.account, d.account_lead, ())}
            <div class="sections">
                {section(d.identity, d.identity_lead, identity(desk, say, places))}
                {section(d.password, d.password_lead, passwords.view(say, told))}
                {section(d.totp, d.totp_lead, totp.view(say))}
                {section(d.sessions, d.sessions_lead, sessions.view(say))}
            </div>
        }
        .into_any()
    })
}

/// One part of the page: what it is about, and what can be done.
fn section(title: &'static str, lead: &'static str, body: AnyView) -> AnyView {
    view! {
        <section>
            <div><h2>{title}</h2><p>{lead}</p></div>
            <div>{body}</div>
        </section>
    }
    .into_any()
}

fn identity(desk: Desk, say: Say, places: Places) -> AnyView {
    let facts = move || {
        desk.session.me.get().map(|me| {
            let scope = places.scope(say, me.role, me.village.as_ref(), &me.grids, me.unit.as_ref());
            view! {
                <dl class="facts">
                    <div><dt>{say.d.name}</dt><dd>{me.name}</dd></div>
                    <div><dt>{say.d.role}</dt><dd>{words::of(say.w.role, me.role.word())}</dd></div>
                    <div><dt>{say.d.scope}</dt><dd>{scope}</dd></div>
                </dl>
            }
            .into_any()
        })
    };
    view! { {move || facts()} }.into_any()
}
