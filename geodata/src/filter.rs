//! Which incidents: the one filter that the API takes, the page's address holds and the list obeys.

use crate::incident::{Severity, State};
use crate::place::BBox;
use crate::town::{CategoryCode, GridCode, VillageCode};
use crate::wire::IncidentProperties;
use crate::{Invalid, Time};
use strum::VariantArray as _;

/// A choice of incidents. An empty list means "all of them".
///
/// ```
/// use geodata::filter::IncidentFilter;
/// let filter = IncidentFilter::from_pairs([("state", "open"), ("severity", "1,2")]).unwrap();
/// assert_eq!(filter.severities.len(), 2);
/// assert_eq!(IncidentFilter::from_pairs(filter.pairs()).unwrap(), filter);
/// assert_eq!(IncidentFilter::from_pairs([("severity", "9")]).unwrap_err().field, "severity");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IncidentFilter {
    /// Inside this box.
    pub bbox: Option<BBox>,
    /// In one of these states.
    pub states: Vec<State>,
    /// Of one of these categories; a group's word stands for all of its categories on the server.
    pub categories: Vec<CategoryCode>,
    /// Of one of these severities.
    pub severities: Vec<Severity>,
    /// In this village.
    pub village: Option<VillageCode>,
    /// In this grid.
    pub grid: Option<GridCode>,
    /// Reported at or after.
    pub from: Option<Time>,
    /// Reported before.
    pub to: Option<Time>,
}

impl IncidentFilter {
    /// The parameters that a filter is told by.
    pub const PARAMETERS: [&'static str; 8] =
        ["bbox", "state", "category", "severity", "village", "grid", "from", "to"];

    /// Reads a filter from decoded query pairs; names that are not [`Self::PARAMETERS`] are passed over.
    ///
    /// # Errors
    /// The parameter's name and its rule, also for `from` not before `to`.
    pub fn from_pairs<'a, K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Result<Self, Invalid>
    where
        K: AsRef<str> + 'a,
        V: AsRef<str> + 'a,
    {
        let mut filter = Self::default();
        for (name, value) in pairs {
            let (name, value) = (name.as_ref(), value.as_ref().trim());
            if name == "bbox" && !value.is_empty() {
                filter.bbox = Some(value.parse()?);
            } else {
                filter.set(name, value)?;
            }
        }
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && from >= to
        {
            return Err(Invalid::new("to", "结束时间须晚于开始时间", "`to` must be after `from`"));
        }
        Ok(filter)
    }

    /// Reads one parameter, any but the box: the page keeps its box on the screen, and is spared the reading of numbers.
    ///
    /// # Errors
    /// The parameter's name and its rule.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Invalid> {
        if value.is_empty() {
            return Ok(());
        }
        match name {
            "state" => self.states = states(value)?,
            "category" => self.categories = list("category", value)?,
            "severity" => self.severities = list("severity", value)?,
            "village" => self.village = Some(value.parse()?),
            "grid" => self.grid = Some(value.parse()?),
            "from" => self.from = Some(time("from", value)?),
            "to" => self.to = Some(time("to", value)?),
            _ => {}
        }
        Ok(())
    }

    /// The filter as query pairs, the inverse of [`Self::from_pairs`].
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.pairs_but_box();
        pairs.extend(self.bbox.map(|b| ("bbox", b.to_string())));
        pairs
    }

    /// The filter as query pairs, without its box.
    pub fn pairs_but_box(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let mut put = |name, value: Option<String>| {
            if let Some(value) = value.filter(|v| !v.is_empty()) {
                pairs.push((name, value));
            }
        };
        let open = State::VARIANTS.iter().copied().filter(|s| s.is_open()).collect::<Vec<_>>();
        put("state", Some(if self.states == open { "open".to_owned() } else { joined(&self.states) }));
        put("category", Some(joined(&self.categories)));
        put("severity", Some(self.severities.iter().map(|s| s.number().to_string()).collect::<Vec<_>>().join(",")));
        put("village", self.village.as_ref().map(ToString::to_string));
        put("grid", self.grid.as_ref().map(ToString::to_string));
        let stamp = |t: Time| t.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        put("from", self.from.map(stamp));
        put("to", self.to.map(stamp));
        pairs
    }

    /// Whether an incident at this longitude and latitude is chosen. `group_of` tells a category's group word, so that
    /// a group chosen stands for its categories.
    pub fn takes(
        &self,
        incident: &IncidentProperties,
        lon: f64,
        lat: f64,
        group_of: impl Fn(&CategoryCode) -> Option<&'static str>,
    ) -> bool {
        let of_category = || {
            self.categories.contains(&incident.category)
                || group_of(&incident.category).is_some_and(|g| self.categories.iter().any(|c| c.as_str() == g))
        };
        self.bbox.is_none_or(|b| b.contains(lon, lat))
            && (self.states.is_empty() || self.states.contains(&incident.state))
            && (self.categories.is_empty() || of_category())
            && (self.severities.is_empty() || self.severities.contains(&incident.severity))
            && self.village.as_ref().is_none_or(|v| incident.village.as_ref() == Some(v))
            && self.grid.as_ref().is_none_or(|g| incident.grid.as_ref() == Some(g))
            && self.from.is_none_or(|t| incident.reported_at >= t)
            && self.to.is_none_or(|t| incident.reported_at < t)
    }
}

fn joined<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Most entries of a list in a parameter.
const LIST_MAX: usize = 100;

fn list<T: std::str::FromStr<Err = Invalid>>(name: &'static str, value: &str) -> Result<Vec<T>, Invalid> {
    parts(name, value)?.map(str::parse).collect()
}

/// The entries of a list, which are not more than anyone would choose by hand.
fn parts<'a>(name: &'static str, value: &'a str) -> Result<impl Iterator<Item = &'a str>, Invalid> {
    if value.split(',').nth(LIST_MAX).is_some() {
        return Err(Invalid::new(name, format!("最多 {LIST_MAX} 项"), format!("at most {LIST_MAX} entries")));
    }
    Ok(value.split(',').map(str::trim))
}

fn states(value: &str) -> Result<Vec<State>, Invalid> {
    if value == "open" {
        return Ok(State::VARIANTS.iter().copied().filter(|s| s.is_open()).collect());
    }
    let words = || State::VARIANTS.iter().map(|s| s.word()).collect::<Vec<_>>().join(", ");
    parts("state", value)?
        .map(|part| {
            part.parse().map_err(|_| {
                Invalid::new(
                    "state",
                    format!("状态须为 open 或：{}", words()),
                    format!("state is open or: {}", words()),
                )
            })
        })
        .collect()
}

/// An RFC 3339 time from a parameter.
pub fn time(field: &'static str, value: &str) -> Result<Time, Invalid> {
    chrono::DateTime::parse_from_rfc3339(value).map(|t| t.to_utc()).map_err(|_| {
        Invalid::new(
            field,
            "时间须为 RFC 3339 格式，如 2026-11-23T08:00:00Z",
            "a time is RFC 3339, such as 2026-11-23T08:00:00Z",
        )
    })
}
