//! The server, asked: one place for addresses, languages, errors and aborting.

use crate::model::Lang;
use crate::wire::Read;
use futures::future::LocalBoxFuture;
use geodata::wire::ErrorBody;
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

/// Asks for `path` (with its query); the answer's JSON, unread. One function for all answers, and boxed: an `async fn`
/// is compiled anew wherever it is awaited.
///
/// # Errors
/// Any [`Failure`].
pub fn ask(path: String, lang: Lang, abort: Abort) -> LocalBoxFuture<'static, Result<JsValue, Failure>> {
    Box::pin(async move {
        let answer = fetch(&path, lang, &abort).await.map_err(|()| why(&abort))?;
        let status = answer.status();
        let body = match answer.json() {
            Ok(body) => JsFuture::from(body).await,
            Err(broken) => Err(broken),
        };
        match (status, body) {
            (200..=299, Ok(body)) => Ok(body),
            // A body that broke off, or is no JSON at all.
            (200..=299, Err(error)) => {
                Err(if error.has_type::<js_sys::SyntaxError>() { Failure::Garbled } else { why(&abort) })
            }
            (503, _) => Err(Failure::Away),
            // What stands between page and server answers so when the server is down.
            (502 | 504, _) => Err(Failure::Unreachable),
            (_, body) => {
                let said = body.ok().and_then(|body| ErrorBody::read(&body));
                Err(Failure::Refused(status, said.map(|e| e.message).unwrap_or_default()))
            }
        }
    })
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

async fn fetch(path: &str, lang: Lang, abort: &Abort) -> Result<Response, ()> {
    let init = RequestInit::new();
    init.set_signal(abort.signal().as_ref());
    let request = Request::new_with_str_and_init(path, &init).map_err(drop)?;
    request.headers().set("Accept-Language", lang.word()).map_err(drop)?;
    let window = web_sys::window().ok_or(())?;
    let answer = JsFuture::from(window.fetch_with_request(&request)).await.map_err(drop)?;
    answer.dyn_into().map_err(drop)
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
