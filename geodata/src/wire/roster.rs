//! The duty roster on the wire: who is on duty where and when.

use crate::roster::{DutyPlace, DutyShift, edition};
use crate::town::{Name, Role, VillageCode};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Somebody's duty, as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Duty {
    /// Their key on the town's staff.
    pub staff: i32,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// When, on the day that it begins: `day` (08:00–20:00), `night` (20:00–08:00 of the next day), or such as `18:00-06:00`.
    pub shift: DutyShift,
    /// Where: `town`, `village:610304105201`, `grid:610304105201001`, `unit:police`.
    pub place: DutyPlace,
    /// The name of that village, grid or unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_name: Option<Name>,
    /// What else there is to know: 带班, a telephone …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Somebody's duty, as it is planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDuty {
    /// Who: a key of the town's staff.
    pub staff: i32,
    /// When, on the day that it begins: `day`, `night`, or such as `18:00-06:00`.
    pub shift: DutyShift,
    /// Where: `town`, `village:610304105201`, `grid:610304105201001`, `unit:police`.
    pub place: DutyPlace,
    /// What else there is to know, at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The duties that begin on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DutyDay {
    /// The local date.
    pub day: NaiveDate,
    /// By time; of the same time the town first, then units, villages and grids.
    pub duties: Vec<Duty>,
    /// Which edition of these duties it is: what `seen` of a plan says.
    pub edition: String,
}

impl DutyDay {
    /// A day with these duties.
    pub fn of(day: NaiveDate, duties: Vec<Duty>) -> Self {
        Self { day, edition: edition(&duties, None), duties }
    }
}

/// Some days of the roster, all of them, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Roster {
    /// The days.
    pub days: Vec<DutyDay>,
}

/// The duties of a day, in place of those that were planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DutyPlan {
    /// At most 500.
    pub duties: Vec<NewDuty>,
    /// Only this village's part is meant: duties in it and in its grids. A village's chief need not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village: Option<VillageCode>,
    /// The day's `edition` as it was seen, or that of the village's part alone: where the duties are others by now, nothing is
    /// planned (409). Without it, whatever is there is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

/// A week planned as another was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RosterCopy {
    /// A day of the week to copy; weeks begin on Mondays.
    pub from_week: NaiveDate,
    /// A day of the week that shall be like it; its days before yesterday stay as they are.
    pub to_week: NaiveDate,
    /// Only this village's part is meant. A village's chief need not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village: Option<VillageCode>,
}

/// What came of copying a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RosterCopied {
    /// The week as it is now.
    pub days: Vec<DutyDay>,
    /// Whose duties were not copied, because their accounts are closed.
    pub left_out: Vec<String>,
}

/// Who is on duty at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OnDuty {
    /// When.
    pub at: DateTime<Utc>,
    /// The town's local date then.
    pub day: NaiveDate,
    /// The town first, then units, villages and grids. A night shift may have begun the day before.
    pub duties: Vec<Duty>,
}
