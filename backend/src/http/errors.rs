//! Every error answer: one enum, one body, in the language that the request prefers.

pub use super::extract::{Body, Query};
use crate::passwords::Crowded;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::incident::{Action, Refusal, State};
use geodata::wire::{ErrorBody, IncidentFeature};
use sqlx::error::DatabaseError;

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

/// The refusals that every endpoint may answer with.
#[derive(utoipa::IntoResponses)]
pub enum Refusals {
    /// The address is malformed.
    #[response(status = BAD_REQUEST)]
    Malformed(#[to_schema] ErrorBody),
    /// Nobody is signed in, or not any more.
    #[response(status = UNAUTHORIZED)]
    SignedOut(#[to_schema] ErrorBody),
    /// The person's role may not do this; or the request comes from another site's page, or names a host that is not this one.
    #[response(status = FORBIDDEN)]
    Forbidden(#[to_schema] ErrorBody),
    /// No such town, or no such thing in it.
    #[response(status = NOT_FOUND)]
    NotFound(#[to_schema] ErrorBody),
    /// A parameter or field breaks a rule: `field` names it, `message` tells the rule.
    #[response(status = UNPROCESSABLE_ENTITY)]
    Invalid(#[to_schema] ErrorBody),
    /// The database is away or busy; `Retry-After` tells when to try again.
    #[response(status = SERVICE_UNAVAILABLE)]
    Unavailable(#[to_schema] ErrorBody),
}

/// The refusals of endpoints that take a body, on top of these.
#[derive(utoipa::IntoResponses)]
pub enum BodyRefusals {
    /// Another request with the same `Idempotency-Key` is being handled, or what was asked is not possible now.
    #[response(status = CONFLICT)]
    Conflict(#[to_schema] ErrorBody),
    /// The body is larger than 64 KiB.
    #[response(status = PAYLOAD_TOO_LARGE)]
    TooLarge(#[to_schema] ErrorBody),
}

/// What a handler returns.
pub type Result<T> = std::result::Result<T, Error>;

/// An error's words in both languages, waiting for [`speak`] to choose.
#[derive(Clone)]
struct Told {
    code: &'static str,
    zh: String,
    en: String,
    field: Option<String>,
    state: Option<State>,
    possible: Option<Vec<Action>>,
    incident: Option<Box<IncidentFeature>>,
}

impl Told {
    fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let (zh, en) = (zh.into(), en.into());
        Self { code, zh, en, field: None, state: None, possible: None, incident: None }
    }

    fn about(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    fn body(self, english: bool) -> ErrorBody {
        let message = if english { self.en } else { self.zh };
        let Self { code, field, state, possible, incident, .. } = self;
        ErrorBody { code: code.to_owned(), message, field, state, possible, incident }
    }
}

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

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if is_away(&error) {
            return Self::Unavailable;
        }
        match error.as_database_error().and_then(broken_rule) {
            Some(told) => told,
            None => Self::Internal(error.into()),
        }
    }
}

/// SQLSTATE of a lock that was not to be had in time.
const LOCK_TIMED_OUT: &str = "55P03";

/// SQLSTATE of what the role, or row-level security, does not permit.
const NOT_PERMITTED: &str = "42501";

/// Whether another transaction held on to what was needed for too long.
pub fn is_lock_timeout(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == LOCK_TIMED_OUT)
}

/// Whether the database can't be reached, is starting or is stopping, as against having refused something.
pub fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        // 57P01–57P04 shutdown, crash, start-up, dropped; 3D000 no such database (it is being restored); 53300 too many connections; 08xxx connection; 53100 disk full;
        // 55000 the database is closed to connections.
        sqlx::Error::Database(e) => e.code().is_some_and(|c| {
            c.starts_with("08")
                || matches!(
                    c.as_ref(),
                    "57P01" | "57P02" | "57P03" | "57P04" | "3D000" | "53300" | "53100" | "55000" | "25006"
                )
        }),
        _ => false,
    }
}

/// The database's rules by name, as sentences.
fn broken_rule(error: &dyn DatabaseError) -> Option<Error> {
    let code = error.code().unwrap_or_default();
    if code == LOCK_TIMED_OUT {
        return Some(Error::Busy);
    }
    // Data exceptions: the checks before it let through what no column can hold.
    if code.starts_with("22") {
        tracing::warn!(%error, "a value that the checks let through and the database refused");
        return Some(Invalid::new("value", "有的值超出可接受的范围", "a value is out of range").into());
    }
    // A row that the person's scope does not let them write: what asked for it should have looked first.
    if code == NOT_PERMITTED {
        tracing::warn!(%error, "the database refused what the checks before it let through");
        return Some(Error::Denied);
    }
    if error.constraint() == Some("incident_town_id_category_code_category_version_fkey") {
        let (zh, en) = ("已有事件按这一版本登记，不能再改", "incidents were filed under this version already");
        return Some(Error::Conflict { zh: zh.into(), en: en.into() });
    }
    let (field, zh, en) = match error.constraint()? {
        "incident_inside_town" => (
            "position",
            "位置不在本镇范围内；确属镇外事件请标明 outside",
            "the position lies outside the town; mark the incident `outside` if that is so",
        ),
        "roster_one_place_at_a_time" | "roster_pkey" => {
            ("duties", "同一时间不能重复排班", "nobody is on duty twice at the same time")
        }
        "incident_position_on_earth" => ("position", "经纬度超出范围", "longitude or latitude is out of range"),
        _ => return None,
    };
    Some(Invalid::new(field, zh, en).into())
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
            Self::Conflict { .. } | Self::Moved(_) => StatusCode::CONFLICT,
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

    fn words(self) -> Told {
        match self {
            Self::NotFound => Told::new("not_found", "没有找到", "there is no such thing"),
            Self::Invalid(i) => Told::new("invalid", i.zh, i.en).about(i.field),
            Self::Body { field, zh, en } => Told::new("invalid", zh, en).about(field),
            Self::Conflict { zh, en } => Told::new("conflict", zh, en),
            Self::Forbidden => {
                let (zh, en) = ("此请求不是从本系统页面发出", "this request does not come from the system's own page");
                Told::new("forbidden", zh, en)
            }
            Self::TooLarge => Told::new("too_large", "请求体过大", "the body is too large"),
            Self::FileTooLarge(most) => {
                let megabytes = most / (1024 * 1024);
                let (zh, en) =
                    (format!("照片不能超过 {megabytes} MB"), format!("a photo is at most {megabytes} MB large"));
                Told::new("too_large", zh, en).about("photo")
            }
            Self::StoreAway => {
                let (zh, en) =
                    ("照片暂时无法存取，请稍后再试", "photos can't be kept or fetched for the moment; try again");
                Told::new("unavailable", zh, en)
            }
            Self::Busy => Told::new("busy", "系统正忙，请稍后再试", "the system is busy for the moment; try again"),
            Self::Unavailable => {
                let (zh, en) = ("数据库暂时不可用，请稍后再试", "the database is away for the moment; try again");
                Told::new("unavailable", zh, en)
            }
            Self::Internal(_) => Told::new("internal", "系统出错，已记录", "something went wrong; it has been logged"),
            Self::Moved(_) | Self::WrongStep { .. } | Self::NotYours(_) | Self::OwnWork => self.words_of_steps(),
            _ => self.words_at_the_door(),
        }
    }

    fn words_of_steps(self) -> Told {
        match self {
            Self::Moved(incident) => {
                let (zh, en) =
                    ("此事件已有新进展，请看过再操作", "the incident has moved on since you looked; look again");
                Told { incident: Some(incident), ..Told::new("moved", zh, en) }
            }
            Self::WrongStep { refusal, possible } => {
                let zh = format!("当前状态（{}）不能执行“{}”", refusal.state.zh(), refusal.action.zh());
                let told = Told::new("wrong_step", zh, refusal.to_string());
                Told { state: Some(refusal.state), possible: Some(possible), ..told }
            }
            Self::NotYours(action) => {
                let zh = format!("现在不由您执行“{}”", action.zh());
                Told::new("not_yours", zh, format!("{action} is not yours to do here now"))
            }
            _ => Told::new(
                "own_work",
                "核查和结案须由处置人以外的人进行",
                "checking and closing is for somebody else than who did the work",
            ),
        }
    }

    fn words_at_the_door(self) -> Told {
        match self {
            Self::SignInFailed => {
                Told::new("sign_in_failed", "姓名或密码不正确", "name and password do not belong together")
            }
            Self::CodeNeeded => {
                Told::new("code_needed", "请输入动态验证码", "enter the code of your second factor").about("code")
            }
            Self::CodeWrong => {
                let (zh, en) = ("验证码不正确，或已用过", "this is not the code, or it was used before");
                Told::new("code_needed", zh, en).about("code")
            }
            Self::MustChangePassword => {
                Told::new("must_change_password", "请先修改密码", "choose a password of your own first")
            }
            Self::Denied => Told::new("denied", "您的角色不能进行此操作", "your role may not do this"),
            Self::TooMany(seconds) => Told::new(
                "too_many",
                format!("尝试次数过多，请在 {} 分钟后再试", seconds.div_ceil(60)),
                format!("too many attempts; try again in {} minutes", seconds.div_ceil(60)),
            ),
            _ => Told::new("signed_out", "请先登录", "sign in first"),
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

/// Whether a request wishes for English.
pub fn wants_english(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).is_some_and(prefers_english)
}

/// Whether English is wished for before Chinese (RFC 9110 §12.5.4); who wishes for neither is answered in Chinese.
///
/// ```
/// use fangge::http::errors::prefers_english;
/// assert!(prefers_english("en-GB,en;q=0.9,zh;q=0.1") && prefers_english("fr, en") && prefers_english("zh;q=0.1, en"));
/// assert!(!prefers_english("zh-CN,en;q=0.5") && !prefers_english("fr") && !prefers_english("en;q=0"));
/// ```
pub fn prefers_english(wishes: &str) -> bool {
    let weight = |language: &str| {
        let of_it = wishes.split(',').filter_map(|wish| {
            let (tag, rest) = wish.split_once(';').unwrap_or((wish, ""));
            let primary = tag.trim().split('-').next()?;
            let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok())?;
            primary.eq_ignore_ascii_case(language).then_some(weight)
        });
        of_it.fold(0.0, f32::max)
    };
    let first = || wishes.to_ascii_lowercase().find("en") < wishes.to_ascii_lowercase().find("zh");
    let (english, chinese) = (weight("en"), weight("zh"));
    english > chinese || (english > 0.0 && english >= chinese && first())
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
