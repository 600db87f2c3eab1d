//! What each error says to people, in both languages.

use super::Error;
use geodata::incident::{Action, State};
use geodata::wire::{DutyDay, ErrorBody, IncidentFeature};

/// An error's words in both languages, waiting for [`speak`] to choose.
#[derive(Clone)]
pub(super) struct Told {
    code: &'static str,
    zh: String,
    en: String,
    field: Option<String>,
    state: Option<State>,
    possible: Option<Vec<Action>>,
    incident: Option<Box<IncidentFeature>>,
    day: Option<Box<DutyDay>>,
}

impl Told {
    pub(super) fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let (zh, en) = (zh.into(), en.into());
        Self { code, zh, en, field: None, state: None, possible: None, incident: None, day: None }
    }

    fn about(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    pub(super) fn body(self, english: bool) -> ErrorBody {
        let message = if english { self.en } else { self.zh };
        let Self { code, field, state, possible, incident, day, .. } = self;
        ErrorBody { code: code.to_owned(), message, field, state, possible, incident, day }
    }
}

impl Error {
    pub(super) fn words(self) -> Told {
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
            Self::Replanned(day) => {
                let (zh, en) =
                    ("这一天的值班已被他人改过，请看过再改", "the day was planned by somebody else since; look again");
                Told { day: Some(day), ..Told::new("replanned", zh, en) }
            }
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
            Self::TooMany(seconds) => {
                let (zh, en) = if seconds < 120 {
                    (format!("{seconds} 秒"), format!("{seconds} seconds"))
                } else {
                    (format!("{} 分钟", seconds.div_ceil(60)), format!("{} minutes", seconds.div_ceil(60)))
                };
                let zh = format!("操作或尝试次数过多，请在 {zh}后再试");
                Told::new("too_many", zh, format!("too many attempts; try again in {en}"))
            }
            _ => Told::new("signed_out", "请先登录", "sign in first"),
        }
    }
}
