//! What a search finds, on the wire.

use super::IncidentFeature;
use crate::place::Position;
use crate::town::{GridCode, Name, Role, VillageCode, vocabulary};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The longest text that is searched for, characters.
pub const SEARCH_TEXT_MAX: usize = 80;
/// The most that one answer tells.
pub const SEARCH_LIMIT: u32 = 50;

vocabulary!(
    /// What can be found.
    FoundKind {
        /// 坐标
        Position,
        /// 事件
        Incident,
        /// 村
        Village,
        /// 网格
        Grid,
        /// 地点
        Place,
        /// 摄像头
        Camera,
        /// 值班人员
        Person,
    }
);

/// What came of a search, the best answers first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Findings {
    /// What was looked for.
    pub q: String,
    /// Those of a kind together, the kinds in the order of their best. Of each first a number or code that is exactly this, then names
    /// that begin so, that hold it, that it gives the initials of, that it spells; of incidents the open ones before those that have
    /// ended, the newest first.
    pub found: Vec<Found>,
    /// Whether there is more: another word narrows it.
    pub truncated: bool,
    /// Of incidents that have ended only so many of the town's latest were looked through, and there are more; an incident's whole
    /// number is found all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<i64>,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Found {
    /// What it is.
    pub kind: FoundKind,
    /// Which of its kind: an incident's or a place's key, a code, a key of the town's staff, or the position as text.
    pub key: String,
    /// What it is called; an incident's title and a person's name are the same in both.
    pub name: Name,
    /// What of its name answers.
    pub marks: Marks,
    /// The village that it is, lies in or is on duty for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village: Option<VillageCode>,
    /// The grid, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridCode>,
    /// Where; for a person that of the village or grid that they are on duty for, and for nobody their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The incident, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<Box<IncidentFeature>>,
    /// As what and where somebody is on duty, where it is somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duty: Option<FoundDuty>,
}

/// What of a name answers, in each language: from and to, counted in characters (Unicode's scalar values).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Marks {
    /// Of the Chinese one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<[u32; 2]>,
    /// Of the English one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<[u32; 2]>,
}

/// Somebody's duty now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundDuty {
    /// Their role.
    pub role: Role,
    /// The village, grid or unit that they are on duty for; absent for the town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Name>,
    /// What else there is to know: 带班, a telephone …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
