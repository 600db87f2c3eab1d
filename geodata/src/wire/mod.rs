//! What crosses the wire between server and page. GeoJSON as RFC 7946 has it, WGS 84, longitude first.

mod around;
mod audit;
mod calendar;
mod camera;
mod category;
mod incident;
mod life;
mod people;
mod photo;
mod removal;
mod roster;
mod search;
mod town;

pub use around::{AROUND_LIMIT, Around, ENDED_WITHIN_M, InView, NearIncident, OPEN_WITHIN_M, Responder, Way};
pub use audit::{AuditAction, AuditEntry, AuditObject, AuditPage};
pub use calendar::{CalendarDay, CalendarYear, DayChange, HoursInForce};
pub use camera::{CameraCheck, CameraMarks, NewCheck, NewObstruction, OBSTRUCTIONS_MAX, ObstructionMark, Verdict};
pub use category::{
    Category, CategoryEdit, CategoryHistory, CategoryImport, CategoryRow, CategoryVersion, RowChange, SheetFault,
};
pub use incident::{
    Acknowledged, Actor, EventEntry, IncidentFeature, IncidentPage, IncidentProperties, LiveEvent, NewIncident,
    PAGE_LIMIT, PointGeometry, PointKind,
};
pub use life::{
    Act, BULK_LIMIT, BulkAct, BulkResult, CategoryTerms, ClockFace, Colleague, IncidentDetail, Landmark, Link, Nearby,
    PartyPeople, PlaceInfo, Seen, Why, Work, WorkItem,
};
pub use people::{
    Account, AccountChange, AccountMade, Me, NewAccount, PasswordChange, PasswordMade, PasswordProof, Secret,
    SessionRow, SignIn, StaffRow, TotpCode, TotpEnrolment, Unit, UnitChange,
};
pub use photo::{Photo, PhotoKind};
pub use removal::PhotoRemoval;
pub use roster::{Duty, DutyDay, DutyPlan, NewDuty, OnDuty, Roster, RosterCopied, RosterCopy};
pub use search::{Findings, Found, FoundDuty, FoundKind, Marks, SEARCH_LIMIT, SEARCH_TEXT_MAX};
pub use town::{
    Basemap, BuildingProperties, CameraProperties, Datum, GridProperties, PlaceProperties, RoadProperties, Totals,
    Town, VillageFigures, VillageProperties, WaterProperties,
};

use crate::incident::{Action, State};
use serde::{Deserialize, Serialize};

/// A GeoJSON feature whose properties are a type of ours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Feature<P> {
    /// Always `Feature`.
    #[serde(rename = "type")]
    pub kind: FeatureKind,
    /// Its key within the town, as text.
    pub id: String,
    /// Longitude and latitude, WGS 84.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub geometry: geojson::Geometry,
    /// What is known of it.
    pub properties: P,
}

/// A GeoJSON feature collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Collection<P> {
    /// Always `FeatureCollection`.
    #[serde(rename = "type")]
    pub kind: CollectionKind,
    /// The features.
    pub features: Vec<Feature<P>>,
    /// Whether there are more of them than one answer holds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl<P> Collection<P> {
    /// A collection of at most `limit` of these features, which says when there were more.
    ///
    /// ```
    /// use geodata::wire::Collection;
    /// assert!(!Collection::<()>::capped(vec![], 0).truncated);
    /// ```
    pub fn capped(mut features: Vec<Feature<P>>, limit: usize) -> Self {
        let truncated = features.len() > limit;
        features.truncate(limit);
        Self { kind: CollectionKind::FeatureCollection, features, truncated }
    }
}

/// The word `Feature`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FeatureKind {
    /// The only one there is.
    #[default]
    Feature,
}

/// The word `FeatureCollection`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CollectionKind {
    /// The only one there is.
    #[default]
    FeatureCollection,
}

/// Roads, water and places: the ground under the map, in one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ground {
    /// Line strings.
    pub roads: Collection<RoadProperties>,
    /// Line strings and polygons.
    pub water: Collection<WaterProperties>,
    /// Points.
    pub places: Collection<PlaceProperties>,
}

/// The one body that every error answer has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// A word for programs: `invalid`, `not_found`, `conflict`, `unavailable` …
    pub code: String,
    /// A sentence for people, in the language that the request prefers.
    pub message: String,
    /// The field at fault, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Where an incident stands, when a step was not possible there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// The steps that are possible there, by whoever may take them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub possible: Option<Vec<Action>>,
    /// The incident as it stands now, when it has moved on since it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<Box<IncidentFeature>>,
    /// A day's duties as they are planned now, when they were planned anew since they were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Box<DutyDay>>,
}
