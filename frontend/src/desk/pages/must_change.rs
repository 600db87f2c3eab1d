//! A password of one's own, before anything else: the first one was made by somebody else.

use super::account::password::Passwords;
use crate::components::bar::mark;
use crate::desk::{Desk, Sheet};
use leptos::prelude::*;

/// The page; `go_on` is called when it is done.
pub fn must_change(desk: Desk, go_on: impl Fn() + Copy + Send + 'static) -> Sheet {
    let passwords = Passwords::new(desk);
    Box::new(move |say| {
        view! {
            <section class="door">
                <span class="sign">{mark()}</span>
                <h1>{say.d.must_change}</h1>
                <p class="lead">{say.d.must_change_lead}</p>
                {passwords.view(say, go_on)}
            </section>
        }
        .into_any()
    })
}
