//! An incident's life on the wire: the whole of one incident, what a person may do with it, and what waits for them.

use super::{Duty, EventEntry, IncidentFeature, Photo};
use crate::incident::rights::Offer;
use crate::incident::{Action, Level, Party, Span, State};
use crate::town::{CategoryGroup, GridCode, Name, Role, VillageCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The most incidents that one bulk action takes.
pub const BULK_LIMIT: usize = 100;

/// An incident with everything that a person who may see it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentDetail {
    /// As the list has it.
    pub incident: IncidentFeature,
    /// The report in full.
    pub description: Option<String>,
    /// Its category as it was when it was filed.
    pub category: CategoryTerms,
    /// Its log, oldest first.
    pub log: Vec<EventEntry>,
    /// Where its time went, oldest first.
    pub spans: Vec<Span>,
    /// Its clock; absent once it has ended, and where none ever ran.
    pub clock: Option<ClockFace>,
    /// What the person who asks may do with it now.
    pub offers: Vec<Offer>,
    /// Who is meant by each party that this answer names, and who answers along the chain.
    pub parties: Vec<PartyPeople>,
    /// Whether it was extended.
    pub extended: bool,
    /// When a parked incident is to be looked at again.
    pub review_at: Option<DateTime<Utc>>,
    /// A supervisor's deadline.
    pub supervised_until: Option<DateTime<Utc>>,
    /// The incident that this one goes on in.
    pub merged_into: Option<Link>,
    /// The incidents that go on in this one.
    pub absorbed: Vec<Link>,
    /// Its photos, oldest first.
    pub photos: Vec<Photo>,
    /// Whether it is a dispute whose parties the person who asks may read and write.
    pub opens_parties: bool,
}

/// A category as an incident keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryTerms {
    /// Its name then.
    pub name: Name,
    /// The group it fell in.
    pub group: CategoryGroup,
    /// When such a thing is filed.
    pub filing_standard: Name,
    /// When it counts as done.
    pub closing_standard: Name,
    /// The time to deal with it at this severity, counted minutes at grid, village and town.
    pub limit_minutes: [i32; 3],
    /// Whether only the town's working time counts.
    pub working_time: bool,
}

/// A clock at the moment of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockFace {
    /// Whose move it is, and so whose clock.
    pub turn: Party,
    /// The level whose limit it is.
    pub level: Level,
    /// When it was started.
    pub since: DateTime<Utc>,
    /// The limit, counted minutes, an extension included.
    pub limit: i64,
    /// Counted minutes left; less than none when it is over.
    pub left: i64,
    /// When it is over; absent while it stands still.
    pub due: Option<DateTime<Utc>>,
    /// Whether the end lies in a year whose holidays are not announced yet.
    pub provisional: bool,
}

/// Who is meant by a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartyPeople {
    /// The party.
    pub party: Party,
    /// Its name, where it has one of its own: a village's, a grid's, a unit's.
    pub name: Option<Name>,
    /// The people in it who have accounts or stand on the staff.
    pub people: Vec<Colleague>,
    /// Who is on duty there now, by the roster.
    pub on_duty: Vec<Duty>,
}

/// A member of staff, to be named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Colleague {
    /// Their key on the town's staff.
    pub staff: i32,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
}

/// Another incident, to go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Link {
    /// Its key.
    pub id: i64,
    /// Its number.
    pub number: String,
    /// What it is.
    pub title: String,
    /// How far along it is.
    pub state: State,
}

/// An incident near another place, time and kind: perhaps the same thing told twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Nearby {
    /// The incident.
    pub incident: IncidentFeature,
    /// How far away, metres on the ellipsoid.
    pub metres: f64,
    /// How much earlier it was reported than the time asked for, minutes; less than none for later.
    pub minutes_before: i64,
    /// Whether it is of the same category.
    pub same_category: bool,
    /// How like it is, 0…1: nearer in space, time and kind is more.
    pub likeness: f64,
    /// Its first photo, where it has one.
    pub photo: Option<Photo>,
}

/// A place on the ground, as a report there would be filed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlaceInfo {
    /// The village it lies in.
    pub village: Option<VillageCode>,
    /// The grid it lies in.
    pub grid: Option<GridCode>,
    /// Whether it lies outside the town.
    pub outside: bool,
    /// Who answers for it, level by level: grid, village, town, as far as there are.
    pub chain: Vec<PartyPeople>,
    /// The nearest place that people steer by, and how far that is, metres.
    pub landmark: Option<Landmark>,
}

/// A place that people steer by, and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Landmark {
    /// Its name.
    pub name: Name,
    /// Metres on the ellipsoid.
    pub metres: f64,
}

/// Why an incident waits for a person.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Why {
    /// It is their move.
    Turn,
    /// The work is reported done and wants checking.
    Check,
    /// It is checked and can be closed.
    Close,
    /// It is reported and wants looking at.
    Verify,
    /// A supervisor's deadline is over.
    Supervised,
    /// It is late, and this person supervises.
    Late,
    /// It is closed: a visit may follow, and then it can be filed away.
    Archive,
    /// It is grave, and nobody who commands has acknowledged it.
    Alert,
}

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkItem {
    /// What.
    pub incident: IncidentFeature,
    /// Why.
    pub why: Why,
    /// Counted minutes left on its clock; less than none when it is over, absent while none runs.
    pub left: Option<i64>,
    /// What they may do with it.
    pub offers: Vec<Offer>,
}

/// What waits for a person, the most urgent first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Work {
    /// The items.
    pub items: Vec<WorkItem>,
    /// Incidents that they answer for while another's move is awaited.
    pub answering: Vec<IncidentFeature>,
    /// Whether there is more than one answer holds.
    pub truncated: bool,
    /// The last event's number that this holds.
    pub seq: i64,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A step to take with an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// What is done.
    pub action: Action,
    /// The role it is done in; the account's own, and nothing else, where it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The words that go with it, at most 2,000 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whom it is handed to: `staff:12`, `unit:police`, `county`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Party>,
    /// A review date or a deadline, in the future and within a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Counted minutes to extend by, at most the original limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i64>,
    /// The incident that this one goes on in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<i64>,
    /// How satisfied whoever reported it is, 1 to 5.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 5))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<u8>,
    /// The incident's last event that the person saw; when it is no longer the last, the answer is 409.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_seq: Option<i64>,
    /// Set by the simulator.
    #[serde(default)]
    pub simulated: bool,
}

impl Act {
    /// A step with nothing but its name.
    pub fn plain(action: Action) -> Self {
        Self {
            action,
            role: None,
            note: None,
            to: None,
            until: None,
            minutes: None,
            other: None,
            satisfaction: None,
            seen_seq: None,
            simulated: false,
        }
    }
}

/// The same step for several incidents; each is taken or refused for itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkAct {
    /// Which, 1 to 100, and the last event of each that the person saw.
    pub incidents: Vec<Seen>,
    /// What; its own `seen_seq` stays empty.
    pub act: Act,
}

/// An incident as a person last saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Its key.
    pub id: i64,
    /// Its last event then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
}

/// What became of one incident of a bulk action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkResult {
    /// Which.
    pub id: i64,
    /// 201 where it was done, or the status that it would have been refused with alone.
    pub status: u16,
    /// As it stands, where it was done or has moved on.
    pub incident: Option<IncidentFeature>,
    /// Why not, where it was not.
    pub error: Option<super::ErrorBody>,
}
