//! A place on the ground on the wire, with all that lies around it: who answers, what sees it, what is open near it, who is
//! near, and what happened there last.

use super::{IncidentFeature, PlaceInfo};
use crate::roster::DutyPlace;
use crate::town::{CameraStatus, Name, Role, vocabulary};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The most of each kind in one answer.
pub const AROUND_LIMIT: usize = 20;
/// Open incidents are looked for so far away, metres on the ellipsoid.
pub const OPEN_WITHIN_M: f64 = 2_000.0;
/// Ended ones count as having been here up to so far away, metres on the ellipsoid.
pub const ENDED_WITHIN_M: f64 = 200.0;

vocabulary!(
    /// How the way to somebody was measured.
    Way {
        /// 直线
        Straight,
    }
);

/// A place and what lies around it. Each list holds at most 20.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Around {
    /// Where it lies and who answers for it.
    pub place: PlaceInfo,
    /// The cameras in whose field of view it lies, the nearest first.
    pub cameras: Vec<InView>,
    /// Open incidents within 2,000 m that the person who asks sees, the nearest first.
    pub open: Vec<NearIncident>,
    /// Who is on duty now and can be given an incident, the nearest first; those whose whereabouts are not known last.
    pub responders: Vec<Responder>,
    /// Incidents within 200 m that have ended, the last first, of those that the person who asks sees; not what was
    /// withdrawn, nor what went on in another.
    pub ended: Vec<NearIncident>,
}

/// A camera in whose field of view a place lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InView {
    /// Its number in the town.
    pub code: String,
    /// Its name.
    pub name: Name,
    /// How far away it stands, metres on the ellipsoid.
    pub metres: f64,
    /// In which direction it sees the place, degrees clockwise from true north.
    pub azimuth_deg: f64,
    /// Whether it gives a picture.
    pub status: CameraStatus,
    /// Whether it has to be turned there first.
    pub turns: bool,
    /// What stands in the way, where somebody marked that something does: then it does not see the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obstructed: Option<String>,
}

/// An incident, and how far away it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NearIncident {
    /// The incident.
    pub incident: IncidentFeature,
    /// Metres on the ellipsoid.
    pub metres: f64,
}

/// Somebody on duty who can be given an incident. They are where their duty is: at the label of their grid or village, or at
/// the town hall; nobody's own position is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Responder {
    /// Their key on the town's staff.
    pub staff: i32,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Where they are on duty.
    pub at: DutyPlace,
    /// The name of that village, grid or unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_name: Option<Name>,
    /// How far away that is, metres; absent where it is not known where that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metres: Option<f64>,
    /// How that was measured: `straight` is the geodesic on the ellipsoid.
    pub by: Way,
    /// Open incidents whose move is theirs, as far as the person who asks sees them.
    pub load: i64,
}
