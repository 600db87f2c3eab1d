//! The town's fixed things on the wire.

use crate::town::{CameraOwner, CameraStatus, GridCode, Name, PlaceKind, RoadClass, Slug, VillageCode, WaterKind};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A town, and what the page must know before it draws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Town {
    /// Its short name in addresses.
    pub slug: Slug,
    /// Its name.
    pub name: Name,
    /// The boundary's box: west, south, east, north, degrees.
    pub bbox: [f64; 4],
    /// Its boundary, a multi-polygon.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub boundary: geojson::Geometry,
    /// IANA time zone, `Asia/Shanghai`.
    pub time_zone: String,
    /// Whether its geometry is generated for demonstration.
    pub demonstration: bool,
    /// When a simulator last sent an event, if one did.
    pub simulated_at: Option<DateTime<Utc>>,
    /// The last event's number: the live feed starts after it.
    pub seq: i64,
    /// The server's time, so that the page can tell a wrong clock.
    pub now: DateTime<Utc>,
    /// A background of tiles, where one is configured.
    pub basemap: Option<Basemap>,
}

/// A configured background of raster tiles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Basemap {
    /// Address with `{z}`, `{x}` and `{y}` (XYZ; a WMTS KVP address takes them as well), and `{s}` where its hosts have
    /// numbers or letters.
    pub url: String,
    /// What stands for `{s}`, by turns.
    pub subdomains: Vec<String>,
    /// Who made it, shown on the map.
    pub attribution: String,
    /// The shift of its coordinates.
    pub datum: Datum,
    /// Deepest zoom it has.
    pub max_zoom: u8,
}

impl Basemap {
    /// The origins that its tiles come from, as a Content-Security-Policy names them: one for each subdomain where the
    /// host has `{s}`. None where the address has no host that a policy can name.
    ///
    /// ```
    /// use geodata::wire::{Basemap, Datum};
    /// let origins = |url: &str| {
    ///     let subdomains = vec!["0".to_owned(), "1".to_owned()];
    ///     let (attribution, datum, max_zoom) = (String::new(), Datum::Wgs84, 18);
    ///     Basemap { url: url.to_owned(), subdomains, attribution, datum, max_zoom }.origins()
    /// };
    /// assert_eq!(origins("https://t{s}.example/{z}/{x}/{y}"), ["https://t0.example", "https://t1.example"]);
    /// assert_eq!(origins("http://localhost:9/{s}/{z}/{x}/{y}"), ["http://localhost:9"]);
    /// assert!(origins("https://*.example/{z}/{x}/{y}").is_empty());
    /// ```
    pub fn origins(&self) -> Vec<String> {
        let Some((scheme, rest)) = self.url.split_once("://").filter(|(s, _)| matches!(*s, "http" | "https")) else {
            return Vec::new();
        };
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let hosts = if host.contains("{s}") {
            self.subdomains.iter().map(|subdomain| host.replace("{s}", subdomain)).collect()
        } else {
            vec![host.to_owned()]
        };
        if hosts.iter().all(|host| is_host(host)) {
            hosts.iter().map(|host| format!("{scheme}://{host}")).collect()
        } else {
            Vec::new()
        }
    }
}

/// A name of letters, digits, dots and hyphens, and perhaps a port.
fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').unwrap_or((text, "80"));
    let plain = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    name.split('.').all(plain) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// The reference system of a tile source; Chinese web maps are shifted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::Display)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Datum {
    /// Not shifted.
    #[default]
    Wgs84,
    /// 国测局 shift.
    Gcj02,
    /// 百度 shift on top of it.
    Bd09,
}

/// A village.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VillageProperties {
    /// 12 digits.
    pub code: VillageCode,
    /// Its name.
    pub name: Name,
    /// Area on the ellipsoid, m².
    pub area_m2: f64,
    /// Grids in force.
    pub grids: i64,
    /// Households.
    pub households: i64,
    /// Residents.
    pub residents: i64,
    /// Its chief (网格长), a member of staff.
    pub chief: Option<String>,
    /// Where its label stands: longitude, latitude, inside the polygon.
    pub label: [f64; 2],
}

/// A grid of the plan in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GridProperties {
    /// 15 digits.
    pub code: GridCode,
    /// Its name: the village group's.
    pub name: Name,
    /// The village it belongs to.
    pub village: VillageCode,
    /// The boundary plan it belongs to.
    pub plan: i32,
    /// In force from.
    pub valid_from: DateTime<Utc>,
    /// In force until, open where absent.
    pub valid_to: Option<DateTime<Utc>>,
    /// Land use: 居住, 农田 …
    pub land_use: Name,
    /// Area on the ellipsoid, m².
    pub area_m2: f64,
    /// Households.
    pub households: i64,
    /// Residents.
    pub residents: i64,
    /// The grid member on its roll.
    pub member: Option<String>,
    /// Where its label stands: longitude, latitude, inside the polygon.
    pub label: [f64; 2],
}

/// A camera.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CameraProperties {
    /// Its number in the town, `C-017`.
    pub code: String,
    /// Its name.
    pub name: Name,
    /// Where it looks, degrees clockwise from true north; absent for one that turns.
    pub bearing_deg: Option<f32>,
    /// Horizontal field of view, degrees.
    pub fov_deg: f32,
    /// How far it sees, metres.
    pub range_m: f32,
    /// Whether it gives a picture.
    pub status: CameraStatus,
    /// Who owns it.
    pub owner: CameraOwner,
    /// Its village.
    pub village: Option<VillageCode>,
    /// Its grid.
    pub grid: Option<GridCode>,
}

/// A building with households: a count, never a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BuildingProperties {
    /// Households in it.
    pub households: i16,
}

/// A road.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoadProperties {
    /// How wide it is.
    pub class: RoadClass,
    /// Its name; lanes have none.
    pub name: Option<Name>,
}

/// Water, or the gully it cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaterProperties {
    /// What it is.
    pub kind: WaterKind,
    /// Its name, where it has one.
    pub name: Option<Name>,
}

/// A place that people steer by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlaceProperties {
    /// What it is.
    pub kind: PlaceKind,
    /// Its name.
    pub name: Name,
}

/// The town in figures. Times are medians over the last 30 days, minutes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Totals {
    /// Villages.
    pub villages: i64,
    /// Grids in force.
    pub grids: i64,
    /// Households.
    pub households: i64,
    /// Residents.
    pub residents: i64,
    /// Cameras.
    pub cameras: i64,
    /// Area on the ellipsoid, m².
    pub area_m2: f64,
    /// Incidents ever.
    pub incidents: i64,
    /// Open now.
    pub open: i64,
    /// Open a day ago.
    pub open_yesterday: i64,
    /// Open and past their limit.
    pub overdue: i64,
    /// Minutes that the latest of them is late.
    pub longest_overdue_minutes: Option<i64>,
    /// Reported since local midnight.
    pub today: i64,
    /// Reported a day, mean of the last 30 days.
    pub daily_mean: f64,
    /// Report to acceptance.
    pub accept_minutes: Option<f64>,
    /// Report to closing.
    pub close_minutes: Option<f64>,
    /// Share closed in time, 0…1.
    pub on_time: Option<f64>,
    /// Open incidents, village by village.
    pub by_village: Vec<VillageFigures>,
    /// The last event's number that these figures hold.
    pub seq: i64,
}

/// One village's row in the totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VillageFigures {
    /// The village.
    pub village: VillageCode,
    /// Open now.
    pub open: i64,
    /// Open and past their limit.
    pub overdue: i64,
}
