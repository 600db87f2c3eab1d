//! An incident: how grave, how far along, at which level, and what may happen to it next.

mod case;
mod chain;
mod clock;
mod life;
mod likeness;
mod list;
mod names;
mod needs;
mod number;
mod party;
pub mod rights;
mod spans;

pub use case::{Case, Ground, Particulars, Step};
pub use chain::{Milestone, Station, chain};
pub use clock::{Alarm, AlwaysOpen, Clock, Hours, Terms};
pub use life::{Refusal, Standing, down, next, up};
pub use likeness::{NEAR_HOURS, NEAR_M, likeness};
pub use list::urgency;
pub use needs::{Needs, Recipient};
pub use number::number;
pub use party::Party;
pub use spans::{Span, spans};

use crate::town::vocabulary;
use crate::{Invalid, Time};
use chrono::Datelike as _;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// 1 特别重大 … 4 一般.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = u8, minimum = 1, maximum = 4))]
#[serde(try_from = "u8", into = "u8")]
pub struct Severity(u8);

impl Severity {
    /// All four, the gravest first.
    pub const ALL: [Self; 4] = [Self(1), Self(2), Self(3), Self(4)];

    /// The number people say.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Whether it raises the alert, which stays until those who command have acknowledged it: 1 and 2.
    pub fn alerts(self) -> bool {
        self.0 <= 2
    }
}

impl TryFrom<u8> for Severity {
    type Error = Invalid;
    fn try_from(number: u8) -> Result<Self, Invalid> {
        if (1..=4).contains(&number) {
            Ok(Self(number))
        } else {
            Err(Invalid::new("severity", "等级为 1 到 4", "severity is 1 to 4"))
        }
    }
}

impl From<Severity> for u8 {
    fn from(severity: Severity) -> u8 {
        severity.0
    }
}

impl std::str::FromStr for Severity {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse::<u8>().unwrap_or(0).try_into()
    }
}

vocabulary!(
    /// How far along an incident is.
    State {
        /// 登记
        Reported,
        /// 核实
        Verified,
        /// 立案
        Accepted,
        /// 派遣
        Dispatched,
        /// 处置
        InProgress,
        /// 反馈
        ReportedBack,
        /// 核查
        Checked,
        /// 结案
        Closed,
        /// 归档
        Archived,
        /// 转办
        Referred,
        /// 挂账
        Parked,
        /// 撤销
        Withdrawn,
        /// 并案: told in another incident from now on
        Merged,
    }
);

impl State {
    /// Whether someone still has to do something: all but closed, archived, withdrawn and merged.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Archived | Self::Withdrawn | Self::Merged)
    }

    /// Whether someone has taken it on: drawn filled rather than hollow.
    pub fn is_taken(self) -> bool {
        !matches!(self, Self::Reported | Self::Verified)
    }
}

vocabulary!(
    /// Who handles it now.
    Level {
        /// 网格
        Grid,
        /// 村
        Village,
        /// 镇
        Town,
        /// 县 (outside the system)
        County,
    }
);
vocabulary!(
    /// Where a report came from.
    Source {
        /// 网格员
        GridMember,
        /// 居民
        Resident,
        /// 12345 转办
        Hotline,
        /// 物业
        Property,
        /// 视频巡查
        Video,
        /// 物联网
        Sensor,
        /// 上级交办
        Superior,
        /// 批量导入
        Import,
    }
);
vocabulary!(
    /// One step in an incident's life, as its log has it.
    Action {
        /// 上报
        Report,
        /// 核实
        Verify,
        /// 立案
        Accept,
        /// 派遣
        Dispatch,
        /// 开始处置
        Start,
        /// 反馈
        ReportBack,
        /// 核查
        Check,
        /// 结案
        Close,
        /// 归档
        Archive,
        /// 退回
        Return,
        /// 上报上级
        PassUp,
        /// 下派
        PassDown,
        /// 转办
        Refer,
        /// 联动单位答复
        Answer,
        /// 挂账
        Park,
        /// 恢复处置
        Resume,
        /// 撤销
        Withdraw,
        /// 重办
        Reopen,
        /// 督办
        Supervise,
        /// 补录: a past incident, entered complete
        Record,
        /// 收回: an assignment that nobody has accepted yet is taken back
        Undo,
        /// 延期
        Extend,
        /// 并案: this one goes on in another
        Merge,
        /// 收并: another one goes on in this
        Absorb,
        /// 回访
        FollowUp,
        /// 续报: words added, nothing changed
        Note,
        /// 超期提醒: by the system
        Remind,
        /// 超期升级: passed to the next level by the system
        Lapse,
        /// 知悉: those who command have noticed the alert
        Acknowledge,
    }
);

/// The first year that incidents are kept of: what claims to be older is a slip of the pen, or of a spreadsheet.
pub const FIRST_YEAR: i32 = 1900;

/// Whether a time lies before all records.
///
/// ```
/// use geodata::incident::is_before_records;
/// assert!(is_before_records("1899-12-31T23:59:59Z".parse().unwrap()));
/// assert!(!is_before_records("1900-01-01T00:00:00Z".parse().unwrap()));
/// ```
pub fn is_before_records(at: Time) -> bool {
    at.year() < FIRST_YEAR
}

/// Longest title, in characters.
pub const TITLE_MAX: usize = 80;
/// Longest note or description, in characters.
pub const NOTE_MAX: usize = 2_000;

/// Text that a person typed: trimmed, not empty, not past `max` characters, no control characters but line breaks.
///
/// ```
/// use geodata::incident::text;
/// assert_eq!(text("title", "  路灯不亮 ", 80).unwrap(), "路灯不亮");
/// assert_eq!(text("title", " ", 80).unwrap_err().field, "title");
/// ```
pub fn text(field: &'static str, raw: &str, max: usize) -> Result<String, Invalid> {
    let trimmed = raw.trim();
    let plain = trimmed.chars().all(|c| !c.is_control() || c == '\n' || c == '\r' || c == '\t');
    if trimmed.is_empty() || trimmed.chars().count() > max || !plain {
        return Err(Invalid::new(
            field,
            format!("须为 1 到 {max} 个字，不含控制字符"),
            format!("must be 1 to {max} characters, without control characters"),
        ));
    }
    Ok(trimmed.to_owned())
}
