//! Who can answer for an incident.

use super::Level;
use crate::Invalid;
use crate::town::UnitCode;
use serde::{Deserialize, Serialize};

/// Somebody who can answer for an incident, seen from the incident: its own grid's members, its own village's chief, the
/// town's chief of grids, one partner unit, one person; or an authority outside the system.
///
/// As text, on the wire and in the database:
///
/// ```
/// use geodata::incident::Party;
/// for text in ["grid", "village", "town", "county", "unit:police", "staff:12"] {
///     assert_eq!(text.parse::<Party>().unwrap().to_string(), text);
/// }
/// assert_eq!("staff:x".parse::<Party>().unwrap_err().field, "to");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Party {
    /// The members of the grid it lies in.
    Grid,
    /// The chief of the village it lies in.
    Village,
    /// The town: its chief of grids, its commander.
    Town,
    /// Outside the system: the county.
    County,
    /// A partner unit.
    Unit(UnitCode),
    /// One person.
    Staff(i32),
}

impl Party {
    /// Who answers at a level where nobody in particular was named.
    pub fn at(level: Level) -> Self {
        match level {
            Level::Grid => Self::Grid,
            Level::Village => Self::Village,
            Level::Town => Self::Town,
            Level::County => Self::County,
        }
    }
}

impl std::fmt::Display for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Grid => f.write_str("grid"),
            Self::Village => f.write_str("village"),
            Self::Town => f.write_str("town"),
            Self::County => f.write_str("county"),
            Self::Unit(code) => write!(f, "unit:{code}"),
            Self::Staff(id) => write!(f, "staff:{id}"),
        }
    }
}

impl std::str::FromStr for Party {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let rule = || {
            Invalid::new(
                "to",
                "须为 grid、village、town、county、unit:单位代码 或 staff:人员编号",
                "grid, village, town, county, unit:CODE or staff:NUMBER",
            )
        };
        Ok(match text {
            "grid" => Self::Grid,
            "village" => Self::Village,
            "town" => Self::Town,
            "county" => Self::County,
            _ => match text.split_once(':') {
                Some(("unit", code)) => Self::Unit(code.parse().map_err(|_| rule())?),
                Some(("staff", id)) => Self::Staff(id.parse().ok().filter(|id| *id > 0).ok_or_else(rule)?),
                _ => return Err(rule()),
            },
        })
    }
}

impl TryFrom<String> for Party {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Party> for String {
    fn from(party: Party) -> Self {
        party.to_string()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Party {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^(grid|village|town|county|unit:[a-z0-9_-]{1,40}|staff:[0-9]{1,9})$"))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Party {}
