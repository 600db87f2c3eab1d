//! Incidents on the wire.

use super::FeatureKind;
use crate::incident::{Action, Level, Particulars, Party, Severity, Source, State};
use crate::place::Position;
use crate::town::{CategoryCode, GridCode, Role, VillageCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The most incidents that one answer holds; what is over comes by `next`.
pub const PAGE_LIMIT: u32 = 5_000;

/// An incident as it stands, without its log: what the map and the list need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentProperties {
    /// The number people say: day and count, `20261123-0007`.
    pub number: String,
    /// What it is, in a few words.
    pub title: String,
    /// Its category's code.
    pub category: CategoryCode,
    /// 1 特别重大 … 4 一般.
    pub severity: Severity,
    /// How far along.
    pub state: State,
    /// Who handles it.
    pub level: Level,
    /// Who answers for it (首接负责): one at a time.
    pub owner: Party,
    /// Whom it was handed to, who has not accepted yet; until then the owner answers.
    pub offered: Option<Party>,
    /// Where the report came from.
    pub source: Source,
    /// The village it lies in, absent outside.
    pub village: Option<VillageCode>,
    /// The grid it lies in, by the plan valid when it was reported.
    pub grid: Option<GridCode>,
    /// Whether it lies outside the town, and was marked so.
    pub outside: bool,
    /// When it was reported.
    pub reported_at: DateTime<Utc>,
    /// When it must be dealt with; absent where no limit runs.
    pub due_at: Option<DateTime<Utc>>,
    /// When it ended: closed, archived or withdrawn.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who of those who command acknowledged its alert, and when; absent until then, and where it raised none.
    pub acknowledged: Option<Acknowledged>,
    /// The number of its last event.
    pub seq: i64,
    /// Whether a simulator made it.
    pub simulated: bool,
}

/// That an alert was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Acknowledged {
    /// By whom: the name of a member of staff.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl IncidentProperties {
    /// Whether it raises the alert: it is grave, open, and nobody has acknowledged it.
    pub fn alerts(&self) -> bool {
        self.severity.alerts() && self.state.is_open() && self.acknowledged.is_none()
    }

    /// Whether it is open and past its limit at `now`.
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        self.state.is_open() && self.due_at.is_some_and(|due| due < now)
    }
}

/// A GeoJSON point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PointGeometry {
    /// Always `Point`.
    #[serde(rename = "type")]
    pub kind: PointKind,
    /// Longitude and latitude, WGS 84.
    pub coordinates: [f64; 2],
}

impl PointGeometry {
    /// The point at this longitude and latitude.
    pub fn new(lon: f64, lat: f64) -> Self {
        Self { kind: PointKind::Point, coordinates: [lon, lat] }
    }
}

/// The word `Point`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PointKind {
    /// The only one there is.
    #[default]
    Point,
}

/// An incident as a GeoJSON feature. Its point is typed, because thousands are read at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentFeature {
    /// Always `Feature`.
    #[serde(rename = "type")]
    pub kind: FeatureKind,
    /// Its key within the town.
    pub id: i64,
    /// Where.
    pub geometry: PointGeometry,
    /// What is known of it.
    pub properties: IncidentProperties,
}

/// One page of incidents, newest first: a GeoJSON feature collection with two members more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentPage {
    /// Always `FeatureCollection`.
    #[serde(rename = "type")]
    pub kind: super::CollectionKind,
    /// The incidents.
    pub features: Vec<IncidentFeature>,
    /// Give this back as `after` to get the next page; absent on the last.
    pub next: Option<String>,
    /// The last event's number that this page holds.
    pub seq: i64,
}

/// One entry of an incident's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventEntry {
    /// Its number in the town.
    pub seq: i64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What was done.
    pub action: Action,
    /// Who did it; absent where the system did it by itself.
    pub actor: Option<Actor>,
    /// The state it led to.
    pub state: State,
    /// The level it led to.
    pub level: Level,
    /// The reason or the words that came with it.
    pub note: Option<String>,
    /// What came with it: to whom, until when, which other incident.
    pub with: Particulars,
    /// Whether a simulator sent it.
    pub simulated: bool,
}

/// Who acted: a role, and the name of a member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Actor {
    /// The role they acted in.
    pub role: Role,
    /// Their name; staff only, never a resident's.
    pub name: Option<String>,
}

/// A committed event as the live feed tells it: the entry, and the incident as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveEvent {
    /// The log entry.
    pub event: EventEntry,
    /// The incident, at least as new as the entry.
    pub incident: IncidentFeature,
}

/// A report. Place, grid, village, time and number are found by the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewIncident {
    /// 1 to 80 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 80))]
    pub title: String,
    /// At most 2,000 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A category in force.
    pub category: CategoryCode,
    /// 1 to 4.
    pub severity: Severity,
    /// Where the report came from.
    pub source: Source,
    /// Longitude and latitude.
    pub position: Position,
    /// When it was seen, where that is not now; never in the future.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<DateTime<Utc>>,
    /// Allows a position outside the town.
    #[serde(default)]
    pub outside: bool,
    /// Set by the simulator.
    #[serde(default)]
    pub simulated: bool,
}
