//! The server, asked: one place for addresses, languages, errors and aborting.
//!
//! [`ask`] reads, [`send`] writes; both answer the JSON unread. Where nobody is signed in any more the page goes to the
//! sign-in by itself and comes back afterwards; only who says so ([`Errand::staying`]) is told instead, because there is
//! something to lose on the page.

mod failure;
mod send;

pub use failure::{Failure, Said};
pub use send::{Errand, fresh_key, send};

use crate::model::Lang;
use crate::wire::Read;
use futures::future::LocalBoxFuture;
use std::rc::Rc;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Request, RequestInit, Response};

/// Aborts its requests when dropped, so that superseded answers cost nothing.
#[derive(Debug, Clone)]
pub struct Abort(Rc<Inner>);

#[derive(Debug)]
struct Inner(Option<AbortController>);

impl Drop for Inner {
    fn drop(&mut self) {
        self.abort();
    }
}

impl Inner {
    fn abort(&self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

impl Abort {
    /// A handle for one group of requests.
    pub fn new() -> Self {
        Self(Rc::new(Inner(AbortController::new().ok())))
    }

    /// Aborts now.
    pub fn abort(&self) {
        self.0.abort();
    }

    /// Whether it was aborted.
    pub fn is_aborted(&self) -> bool {
        self.signal().is_some_and(|s| s.aborted())
    }

    fn signal(&self) -> Option<AbortSignal> {
        self.0.0.as_ref().map(AbortController::signal)
    }
}

impl Default for Abort {
    fn default() -> Self {
        Self::new()
    }
}

/// Asks for `path` (with its query); the answer's JSON, unread. One function for all answers, and boxed: an `async fn`
/// is compiled anew wherever it is awaited.
///
/// # Errors
/// Any [`Failure`].
pub fn ask(path: String, lang: Lang, abort: Abort) -> LocalBoxFuture<'static, Result<JsValue, Failure>> {
    Box::pin(async move {
        let answer = carry(&path, &RequestInit::new(), &[], lang, &abort).await;
        match &answer {
            Err(Failure::SignedOut) => go_and_sign_in(),
            Err(failure) if failure.code() == MUST_CHANGE => leave_for("/account"),
            _ => {}
        }
        answer
    })
}

/// The word of an answer to somebody who has yet to choose a password of their own.
const MUST_CHANGE: &str = "must_change_password";

/// Carries one request to the server and its answer back; an answer without a body is null.
async fn carry(
    path: &str,
    init: &RequestInit,
    headers: &[(&str, &str)],
    lang: Lang,
    abort: &Abort,
) -> Result<JsValue, Failure> {
    const NO_CONTENT: u16 = 204;
    let answer = fetch(path, init, headers, lang, abort).await.map_err(|()| why(abort))?;
    let status = answer.status();
    if status == NO_CONTENT {
        return Ok(JsValue::NULL);
    }
    let body = match answer.json() {
        Ok(body) => JsFuture::from(body).await,
        Err(broken) => Err(broken),
    };
    match (status, body) {
        (200..=299, Ok(body)) => Ok(body),
        // A body that broke off, or is no JSON at all.
        (200..=299, Err(error)) => {
            Err(if error.has_type::<js_sys::SyntaxError>() { Failure::Garbled } else { why(abort) })
        }
        (_, body) => {
            let after = answer.headers().get("retry-after").ok().flatten();
            Err(Failure::of(status, after.as_deref(), || Said::read(&body.ok()?)))
        }
    }
}

/// Reads an answer.
///
/// # Errors
/// Garbled.
pub fn read<T: Read>(body: &JsValue) -> Result<T, Failure> {
    T::read(body).ok_or(Failure::Garbled)
}

/// Why a request broke, as far as a browser tells.
fn why(abort: &Abort) -> Failure {
    if abort.is_aborted() {
        Failure::Aborted
    } else if web_sys::window().is_some_and(|w| !w.navigator().on_line()) {
        Failure::Offline
    } else {
        Failure::Unreachable
    }
}

async fn fetch(
    path: &str,
    init: &RequestInit,
    headers: &[(&str, &str)],
    lang: Lang,
    abort: &Abort,
) -> Result<Response, ()> {
    init.set_signal(abort.signal().as_ref());
    let request = Request::new_with_str_and_init(path, init).map_err(drop)?;
    for (name, value) in [("Accept-Language", lang.word())].iter().chain(headers) {
        request.headers().set(name, value).map_err(drop)?;
    }
    let window = web_sys::window().ok_or(())?;
    let answer = JsFuture::from(window.fetch_with_request(&request)).await.map_err(drop)?;
    answer.dyn_into().map_err(drop)
}

/// Leaves for the sign-in, which leads back here; at the sign-in itself there is nowhere to go.
pub fn go_and_sign_in() {
    leave_for("/sign-in");
}

/// Leaves for a page that has to be passed first, and tells it the way back.
fn leave_for(door: &str) {
    let Some(place) = web_sys::window().map(|w| w.location()) else { return };
    let (path, query) = (place.pathname().unwrap_or_default(), place.search().unwrap_or_default());
    if path != door {
        // A browser that refuses to go leaves the page as it is, with what was told in it.
        let _ = place.replace(&address(door, [("next", [path, query].concat())]));
    }
}

/// `path?pairs`, encoded.
///
/// ```
/// assert_eq!(frontend::api::address("/api/town", [("town", "muyi")]), "/api/town?town=muyi");
/// assert_eq!(frontend::api::address("/api/town", std::iter::empty::<(&str, &str)>()), "/api/town");
/// ```
pub fn address<K: AsRef<str>, V: AsRef<str>>(path: &str, pairs: impl IntoIterator<Item = (K, V)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        query.append_pair(name.as_ref(), value.as_ref());
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { [path, "?", &query].concat() }
}
