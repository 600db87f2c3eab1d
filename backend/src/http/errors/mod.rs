//! Every error answer: one enum, one body, in the language that the request prefers.

mod database;
mod language;
mod refusals;
mod words;

pub use super::extract::{Body, Query};
pub use database::{is_away, is_lock_timeout};
pub use language::{prefers_english, wants_english};
pub use refusals::{BodyRefusals, FileRefusals, OftenRefusals, Refusals};

use crate::passwords::Crowded;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::incident::{Action, Refusal};
use geodata::wire::{DutyDay, ErrorBody, IncidentFeature};
use words::Told;

/// Why a request was not done.
#[derive(Debug)]
pub enum Error {
    /// No such thing.
    NotFound,
    /// A field breaks a rule.
    Invalid(Invalid),
    /// The body does not fit: at which path, and why.
    Body {
        /// The path in the body, `position.lon`.
        field: String,
        /// In Chinese.
        zh: String,
        /// In English.
        en: String,
    },
    /// The state of things does not allow it, or not any more.
    Conflict {
        /// In Chinese.
        zh: String,
        /// In English.
        en: String,
    },
    /// Nobody is signed in, or not any more.
    SignedOut,
    /// Name and password do not belong together.
    SignInFailed,
    /// The password was right; the second factor's code is missing or is not.
    CodeNeeded,
    /// The password was right; the code is not, or was used before.
    CodeWrong,
    /// The person must choose a password of their own first.
    MustChangePassword,
    /// The person's role may not do this, and may know so.
    Denied,
    /// Too often; try again after so many seconds.
    TooMany(u64),
    /// The incident has moved on since the person looked; it stands so now.
    Moved(Box<IncidentFeature>),
    /// The day's duties were planned by somebody else since the person looked; they are so now.
    Replanned(Box<DutyDay>),
    /// Nobody can do that where the incident stands.
    WrongStep {
        /// What was asked, and where.
        refusal: Refusal,
        /// What can be done there, by whoever may.
        possible: Vec<Action>,
    },
    /// Others can do that; not this person.
    NotYours(Action),
    /// It is checked and closed by somebody else than who did the work.
    OwnWork,
    /// The request comes from a page or a name that may not write here.
    Forbidden,
    /// The body is larger than any that is taken.
    TooLarge,
    /// The file is larger than the most that is taken, bytes.
    FileTooLarge(usize),
    /// Where photos are kept is away, or full; try again.
    StoreAway,
    /// Others' work was in the way for too long; try again.
    Busy,
    /// The database is away; try again.
    Unavailable,
    /// Our fault; logged once, never told.
    Internal(anyhow::Error),
}

/// What a handler returns.
pub type Result<T> = std::result::Result<T, Error>;

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::WrongStep { refusal, possible: Vec::new() }
    }
}

impl From<Crowded> for Error {
    fn from(_: Crowded) -> Self {
        Self::Busy
    }
}

impl From<object_store::Error> for Error {
    /// Full, away, not letting us in, or lacking what the database says is there: it is logged, and may be mended meanwhile.
    fn from(error: object_store::Error) -> Self {
        tracing::error!(error = format!("{:#}", anyhow::Error::new(error)), "the store of the photos");
        Self::StoreAway
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl Error {
    /// The status and the body that it is answered with.
    pub fn told(self, english: bool) -> (StatusCode, ErrorBody) {
        let status = self.status();
        (status, self.words().body(english))
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid(_) | Self::Body { .. } | Self::WrongStep { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict { .. } | Self::Moved(_) | Self::Replanned(_) => StatusCode::CONFLICT,
            Self::SignedOut | Self::SignInFailed | Self::CodeNeeded | Self::CodeWrong => StatusCode::UNAUTHORIZED,
            Self::MustChangePassword | Self::Denied | Self::NotYours(_) | Self::OwnWork | Self::Forbidden => {
                StatusCode::FORBIDDEN
            }
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge | Self::FileTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy | Self::Unavailable | Self::StoreAway => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::Internal(error) = &self {
            tracing::error!(error = format!("{error:#}"), "request failed");
        }
        let status = self.status();
        let wait = if let Self::TooMany(seconds) = self { Some(seconds) } else { None };
        let mut response = status.into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self.words());
        response
    }
}

/// Seconds until an answer is likely again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

/// Writes an error's body in the language of the request.
pub async fn speak(request: Request, next: Next) -> Response {
    let english = wants_english(request.headers());
    let mut response = next.run(request).await;
    let told = response.extensions_mut().remove::<Told>().or_else(|| told_by_the_framework(&response));
    let Some(told) = told else { return response };
    let mut answer = (response.status(), axum::Json(told.body(english))).into_response();
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    for kept in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&kept) {
            answer.headers_mut().insert(kept, value.clone());
        }
    }
    answer
}

/// Answers that axum and tower give by themselves, in the same body as ours.
fn told_by_the_framework(response: &Response) -> Option<Told> {
    let told = |code, zh: &str, en: &str| Some(Told::new(code, zh, en));
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => told("method_not_allowed", "不支持此方法", "this method is not allowed here"),
        StatusCode::PAYLOAD_TOO_LARGE => told("too_large", "请求体过大", "the body is too large"),
        // The time limit's answer, which has no body of its own.
        StatusCode::SERVICE_UNAVAILABLE if response.headers().get(header::CONTENT_TYPE).is_none() => {
            told("timeout", "处理超时，请稍后再试", "the request took too long; try again")
        }
        // A path that is no text, a length that is no number …: the framework answers those in plain text.
        status if status.is_client_error() && !is_json(response) => {
            told("bad_request", "请求格式有误", "the request is malformed")
        }
        _ => None,
    }
}

fn is_json(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}
