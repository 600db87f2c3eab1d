//! What an administrator does to an account in one step: a password anew, shown once; and the end of it.

use super::{Accounts, Question};
use crate::api::{self, Errand};
use crate::components::act;
use crate::desk::Say;
use crate::desk::parts::form::{self, Form};
use crate::desk::parts::secret::copyable;
use geodata::wire::{Account, AccountChange, PasswordMade};
use leptos::prelude::*;

/// A password to be handed over.
pub fn once(page: Accounts, say: Say, name: &str, password: String) -> AnyView {
    let d = say.d;
    view! {
        <p>{d.password_once(name)}</p>
        {copyable(page.desk, say, d.initial_password, password.clone(), password)}
        <div class="does">
            <button class="btn primary" type="button" on:click=act(move || page.open.set(None))>{d.close}</button>
        </div>
    }
    .into_any()
}

/// Whether to reset the password.
pub fn reset(page: Accounts, say: Say, account: Account) -> AnyView {
    let d = say.d;
    let form = Form::new(page.desk, "reset");
    let send = move || {
        let name = account.name.clone();
        let errand = Errand::post(page.path(&account, "/password"));
        form.send(errand, move |body| {
            page.list.again();
            match api::read::<PasswordMade>(&body) {
                Ok(made) => {
                    let password = made.password.expose().to_owned();
                    page.open.set(Some(Question::Once(name, password, d.account_was_reset)));
                }
                Err(failure) => form.refuse(&failure),
            }
        });
    };
    form::form(say, form, d.account_reset, send, view! { <p>{d.account_reset_lead}</p> }, cancel(page, say))
}

/// Whether to disable the account.
pub fn disable(page: Accounts, say: Say, account: Account) -> AnyView {
    let d = say.d;
    let form = Form::new(page.desk, "disable");
    let send = move || {
        let change = AccountChange { disabled: Some(true), ..AccountChange::default() };
        let told = d.account_disabled(&account.name);
        let back = account.clone();
        form.send(Errand::patch(page.path(&account, "")).with(&change), move |_| {
            page.list.again();
            page.open.set(None);
            page.desk.toasts.offer(told, d.undo, move || page.enable(say, &back));
        });
    };
    form::form(say, form, d.account_disable, send, view! { <p>{d.account_disable_lead}</p> }, cancel(page, say))
}

fn cancel(page: Accounts, say: Say) -> AnyView {
    view! { <button class="btn plain" type="button" on:click=act(move || page.open.set(None))>{say.d.cancel}</button> }
        .into_any()
}
