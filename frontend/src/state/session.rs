//! Signing out, from both programs.

use crate::api::{self, Errand, Failure};
use crate::model::Lang;
use crate::pages::reason;
use crate::words::Words;
use leptos::prelude::*;

/// Ends the session at `end`, and leaves for `door`. Where the server can't be told, the page stays, and `failed` is
/// given the reason in a sentence.
pub fn sign_out(end: String, door: String, lang: Lang, failed: Box<dyn FnOnce(String)>) {
    leptos::task::spawn_local(async move {
        match api::send(Errand::delete(end).staying(), lang).await {
            Ok(_) | Err(Failure::SignedOut) => {
                // A browser that refuses to go is no worse than signed out on a page that still shows.
                let _ = window().location().replace(&door);
            }
            Err(failure) => {
                let w = Words::of(lang);
                failed(w.sign_out_failed(&reason(w, &failure)));
            }
        }
    });
}
