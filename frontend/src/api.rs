//! The server, asked: one place for addresses, languages, errors and aborting.

use crate::model::Lang;
use futures::future::LocalBoxFuture;
use geodata::wire::ErrorBody;
use serde::de::DeserializeOwned;
use std::rc::Rc;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Request, RequestInit, Response};

/// Why an answer did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The device has no network.
    Offline,
    /// The server does not answer.
    Unreachable,
    /// The server answers, its database does not: 503.
    Away,
    /// The server refused: the status, and its sentence.
    Refused(u16, String),
    /// The answer is not what was asked for.
    Garbled,
    /// Nobody wants the answer any more.
    Aborted,
}

impl Failure {
    /// Whether asking again later may help.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Offline | Self::Unreachable | Self::Away)
    }
}

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

/// Asks for `path` (with its query); the answer's body, unread. One function for all answers, and boxed: an `async fn`
/// is compiled anew wherever it is awaited.
///
/// # Errors
/// Any [`Failure`] but [`Failure::Garbled`].
pub fn ask(path: String, lang: Lang, abort: Abort) -> LocalBoxFuture<'static, Result<Vec<u8>, Failure>> {
    Box::pin(async move {
        let (status, body) = fetch(&path, lang, &abort).await?;
        match status {
            200..=299 => Ok(body),
            503 => Err(Failure::Away),
            // What stands between page and server answers so when the server is down.
            502 | 504 => Err(Failure::Unreachable),
            _ => {
                let said = read::<ErrorBody>(&body).map(|e| e.message).unwrap_or_default();
                Err(Failure::Refused(status, said))
            }
        }
    })
}

/// Reads a JSON body.
///
/// # Errors
/// Garbled.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|_| Failure::Garbled)
}

async fn fetch(path: &str, lang: Lang, abort: &Abort) -> Result<(u16, Vec<u8>), Failure> {
    let window = web_sys::window().ok_or(Failure::Unreachable)?;
    let broken = |_: JsValue| {
        if abort.is_aborted() {
            Failure::Aborted
        } else if !window.navigator().on_line() {
            Failure::Offline
        } else {
            Failure::Unreachable
        }
    };
    let init = RequestInit::new();
    init.set_signal(abort.signal().as_ref());
    let request = Request::new_with_str_and_init(path, &init).map_err(broken)?;
    request.headers().set("Accept-Language", lang.word()).map_err(broken)?;
    let answer = JsFuture::from(window.fetch_with_request(&request)).await.map_err(broken)?;
    let answer: Response = answer.dyn_into().map_err(broken)?;
    let buffer = JsFuture::from(answer.array_buffer().map_err(broken)?).await.map_err(broken)?;
    Ok((answer.status(), js_sys::Uint8Array::new(&buffer).to_vec()))
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
