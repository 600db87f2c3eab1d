//! What changes something on the server: an errand, and the sending of it.

use super::{Abort, Failure, carry, go_and_sign_in};
use crate::model::Lang;
use crate::wire::{Write, json};
use futures::future::LocalBoxFuture;
use wasm_bindgen::JsValue;
use web_sys::RequestInit;

/// A request that writes.
#[derive(Debug)]
pub struct Errand {
    method: &'static str,
    path: String,
    body: Option<(&'static str, JsValue)>,
    key: Option<String>,
    stays: bool,
}

impl Errand {
    fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None, key: None, stays: false }
    }

    /// Reads what only a person's press may ask for: the server writes such a reading down.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path)
    }

    /// Makes something new, or takes a step.
    pub fn post(path: impl Into<String>) -> Self {
        Self::new("POST", path)
    }

    /// Puts something in the place of what is there.
    pub fn put(path: impl Into<String>) -> Self {
        Self::new("PUT", path)
    }

    /// Changes a part of what is there.
    pub fn patch(path: impl Into<String>) -> Self {
        Self::new("PATCH", path)
    }

    /// Takes something away.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new("DELETE", path)
    }

    /// With a record as JSON.
    #[must_use]
    pub fn with(self, body: &impl Write) -> Self {
        let text = JsValue::from_str(&json(body));
        Self { body: Some(("application/json", text)), ..self }
    }

    /// With a file or bytes as they are.
    #[must_use]
    pub fn carrying(self, kind: &'static str, body: JsValue) -> Self {
        Self { body: Some((kind, body)), ..self }
    }

    /// Done once however often it is sent: the server answers a second one of this key as it did the first.
    #[must_use]
    pub fn once(self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self }
    }

    /// Stays on the page where nobody is signed in any more, and tells.
    #[must_use]
    pub fn staying(self) -> Self {
        Self { stays: true, ..self }
    }
}

/// Sends it; the answer's JSON, unread, or null where it has none.
///
/// # Errors
/// Any [`Failure`]. What broke off on the way may have been done: send it again with the same key.
pub fn send(errand: Errand, lang: Lang) -> LocalBoxFuture<'static, Result<JsValue, Failure>> {
    Box::pin(async move {
        let init = RequestInit::new();
        init.set_method(errand.method);
        let mut headers = Vec::new();
        if let Some((kind, body)) = &errand.body {
            headers.push(("Content-Type", *kind));
            init.set_body(body);
        }
        if let Some(key) = &errand.key {
            headers.push(("Idempotency-Key", key));
        }
        let answer = carry(&errand.path, &init, &headers, lang, &Abort::new()).await;
        if matches!(answer, Err(Failure::SignedOut)) && !errand.stays {
            go_and_sign_in();
        }
        answer
    })
}

/// A key that nobody else will come upon.
pub fn fresh_key() -> String {
    let mut bytes = [0_u8; 16];
    let filled = web_sys::window().and_then(|w| w.crypto().ok()).and_then(|c| {
        let array = js_sys::Uint8Array::new_with_length(16);
        c.get_random_values_with_array_buffer_view(&array).ok()?;
        array.copy_to(&mut bytes);
        Some(())
    });
    let mut key = String::with_capacity(32);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            key.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    if filled.is_none() {
        // A browser without randomness still has its clock.
        key.push_str(&crate::format::whole(js_sys::Date::now()));
    }
    key
}
