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
    /// The server answers, its database does not: 503; ask again after so many seconds, where it said so.
    Away(Option<u16>),
    /// The server has no time for it now: 408 or 429; likewise.
    Busy(Option<u16>),
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
        matches!(self, Self::Offline | Self::Unreachable | Self::Away(_) | Self::Busy(_))
    }

    /// How long to wait before asking again, milliseconds: the caller's own patience, or longer where the server asked
    /// for it, but never past [`LONGEST_WAIT_MS`].
    pub fn wait_ms(&self, own: f64) -> f64 {
        match self {
            Self::Away(Some(seconds)) | Self::Busy(Some(seconds)) => {
                own.max(f64::from(*seconds) * 1_000.0).min(LONGEST_WAIT_MS)
            }
            _ => own,
        }
    }

    /// What a status that is no success says; `after` is the header Retry-After, and `said` the sentence of the body.
    fn of(status: u16, after: Option<&str>, said: impl FnOnce() -> Option<String>) -> Self {
        // A date is passed over: the clocks of two machines would have to agree.
        let after = after.and_then(|seconds| seconds.trim().parse().ok());
        match status {
            503 => Self::Away(after),
            408 | 429 => Self::Busy(after),
            // What stands between page and server answers so when the server is down.
            502 | 504 => Self::Unreachable,
            _ => Self::Refused(status, said().unwrap_or_default()),
        }
    }
}

/// The longest that a server may send the page away for, milliseconds.
const LONGEST_WAIT_MS: f64 = 300_000.0;

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
            (_, body) => {
                let after = answer.headers().get("retry-after").ok().flatten();
                let said = || body.ok().and_then(|body| ErrorBody::read(&body)).map(|e| e.message);
                Err(Failure::of(status, after.as_deref(), said))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_told_from_what_does_not() {
        let of = |status| Failure::of(status, Some("7"), || Some("不行".to_owned()));
        assert_eq!(
            [of(503), of(408), of(429)],
            [Failure::Away(Some(7)), Failure::Busy(Some(7)), Failure::Busy(Some(7))]
        );
        assert!([408, 429, 502, 503, 504].map(of).iter().all(Failure::passes));
        assert_eq!(of(422), Failure::Refused(422, "不行".to_owned()));
        assert!(![400, 403, 404, 422, 500].map(of).iter().any(Failure::passes));
    }

    #[test]
    fn the_server_may_lengthen_a_wait_but_not_shorten_it() {
        let wait = |after| crate::format::whole(Failure::of(429, after, || None).wait_ms(2_000.0));
        let waits = [None, Some("0"), Some("1"), Some("5"), Some("60000"), Some("Tue, 24 Nov 2026 08:00:00 GMT")];
        assert_eq!(waits.map(wait), ["2000", "2000", "2000", "5000", "300000", "2000"]);
    }
}
