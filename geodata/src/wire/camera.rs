//! What people know of a camera on the wire: what stands in its way, and when somebody last looked at its picture.

use crate::Invalid;
use crate::sight::Obstruction;
use crate::town::{Role, vocabulary};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The most obstructions that are marked in one camera's field.
pub const OBSTRUCTIONS_MAX: usize = 20;

vocabulary!(
    /// What a check of a camera's picture found.
    Verdict {
        /// 画面清晰
        Clear,
        /// 画面模糊
        Blurred,
        /// 朝向已变
        Turned,
        /// 没有画面
        Dark,
    }
);

/// A sector of a camera's field in which something stands in the way, to be marked. Azimuths are degrees clockwise from
/// true north; the sector runs clockwise from the one to the other, and 0 to 360 is all round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewObstruction {
    /// The azimuth where it begins.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, exclusive_maximum = 360))]
    pub from_deg: f64,
    /// The azimuth where it ends; another than where it begins.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 360))]
    pub to_deg: f64,
    /// From how far on, metres on the ellipsoid; from the camera itself, where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 5000))]
    pub beyond_m: Option<f64>,
    /// What stands there: a tree, a wall, a sign. 1 to 200 characters in one line.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub note: String,
}

impl NewObstruction {
    /// Its shape.
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn shape(&self) -> Result<Obstruction, Invalid> {
        Obstruction::new(self.from_deg, self.to_deg, self.beyond_m)
    }
}

/// An obstruction as it was marked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObstructionMark {
    /// Its key, a UUID.
    pub id: String,
    /// The azimuth where it begins, degrees clockwise from true north.
    pub from_deg: f64,
    /// The azimuth where it ends, clockwise.
    pub to_deg: f64,
    /// From how far on, metres; absent where it begins at the camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond_m: Option<f64>,
    /// What stands there.
    pub note: String,
    /// Who marked it.
    pub marked_by: String,
    /// Their role.
    pub role: Role,
    /// When.
    pub marked_at: DateTime<Utc>,
}

/// What somebody found who looked at a camera's picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCheck {
    /// What.
    pub verdict: Verdict,
    /// What else there is to say, at most 200 characters in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub note: Option<String>,
}

/// A check as it was written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CameraCheck {
    /// What was found.
    pub verdict: Verdict,
    /// What else was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who looked.
    pub checked_by: String,
    /// Their role.
    pub role: Role,
    /// When.
    pub checked_at: DateTime<Utc>,
}

/// All that people know of a camera.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CameraMarks {
    /// What stands in its way, by where it begins; at most 20.
    pub obstructions: Vec<ObstructionMark>,
    /// The last check of its picture, where there was one.
    pub check: Option<CameraCheck>,
    /// Whether the person who asks may mark and check it.
    pub marks: bool,
}
