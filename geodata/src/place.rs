//! Positions and boxes on the ellipsoid, checked when they are made.

use crate::Invalid;
use serde::{Deserialize, Serialize};

/// A point on the ground: longitude and latitude in degrees, WGS 84.
///
/// ```
/// use geodata::place::Position;
/// assert!(Position::new(107.47, 34.41).is_ok());
/// assert_eq!(Position::new(200.0, 34.41).unwrap_err().field, "lon");
/// assert_eq!(Position::new(107.47, f64::NAN).unwrap_err().field, "lat");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Position {
    #[cfg_attr(feature = "openapi", schema(minimum = -180, maximum = 180))]
    lon: f64,
    #[cfg_attr(feature = "openapi", schema(minimum = -90, maximum = 90))]
    lat: f64,
}

impl Position {
    /// Refuses what is not a finite longitude in −180…180 and latitude in −90…90.
    pub fn new(lon: f64, lat: f64) -> Result<Self, Invalid> {
        if !(-180.0..=180.0).contains(&lon) {
            return Err(Invalid::new("lon", "经度须在 −180 到 180 之间", "longitude must lie between −180 and 180"));
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(Invalid::new("lat", "纬度须在 −90 到 90 之间", "latitude must lie between −90 and 90"));
        }
        Ok(Self { lon, lat })
    }

    /// Degrees east of Greenwich.
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Degrees north of the equator.
    pub fn lat(self) -> f64 {
        self.lat
    }

    /// The same point for the `geo` crate: x is longitude, y latitude.
    pub fn point(self) -> geo::Point {
        geo::Point::new(self.lon, self.lat)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw {
            lon: f64,
            lat: f64,
        }
        let raw = Raw::deserialize(deserializer)?;
        Self::new(raw.lon, raw.lat).map_err(serde::de::Error::custom)
    }
}

/// A box of longitude and latitude, as `west,south,east,north` in RFC 7946 order.
///
/// `west > east` means a box over the antimeridian, as RFC 7946 §5.2 has it.
///
/// ```
/// use geodata::place::BBox;
/// let b: BBox = "107.4,34.3,107.6,34.5".parse().unwrap();
/// assert!(b.contains(107.5, 34.4));
/// let fiji: BBox = "177,-20,-178,-16".parse().unwrap();
/// assert!(fiji.contains(179.0, -18.0) && fiji.contains(-179.0, -18.0) && !fiji.contains(0.0, -18.0));
/// assert!("1,2,3".parse::<BBox>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BBox {
    /// Western edge, degrees.
    pub west: f64,
    /// Southern edge, degrees.
    pub south: f64,
    /// Eastern edge, degrees.
    pub east: f64,
    /// Northern edge, degrees.
    pub north: f64,
}

impl BBox {
    /// Whether the point lies in the box, edges included.
    pub fn contains(&self, lon: f64, lat: f64) -> bool {
        let between = if self.west <= self.east {
            lon >= self.west && lon <= self.east
        } else {
            lon >= self.west || lon <= self.east
        };
        between && lat >= self.south && lat <= self.north
    }

    /// One box, or two where it crosses the antimeridian: `(west, south, east, north)` each, west ≤ east.
    pub fn parts(&self) -> Vec<(f64, f64, f64, f64)> {
        if self.west <= self.east {
            vec![(self.west, self.south, self.east, self.north)]
        } else {
            vec![(self.west, self.south, 180.0, self.north), (-180.0, self.south, self.east, self.north)]
        }
    }
}

impl std::fmt::Display for BBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{},{},{},{}", self.west, self.south, self.east, self.north)
    }
}

impl std::str::FromStr for BBox {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let rule = || {
            Invalid::new(
                "bbox",
                "范围须为“西,南,东,北”四个经纬度，南不大于北",
                "a box is west,south,east,north in degrees, south not above north",
            )
        };
        let numbers: Vec<f64> =
            text.split(',').map(|part| part.trim().parse::<f64>()).collect::<Result<_, _>>().map_err(|_| rule())?;
        let [west, south, east, north] = numbers[..] else {
            return Err(rule());
        };
        Position::new(west, south).and(Position::new(east, north)).map_err(|_| rule())?;
        if south > north {
            return Err(rule());
        }
        Ok(Self { west, south, east, north })
    }
}
