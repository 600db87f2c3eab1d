//! The duty roster's words and rules: when a shift is, where duty is done, and that nobody is in two places at once.

use crate::Invalid;
use crate::line::line;
use crate::town::{GridCode, UnitCode, VillageCode};
use crate::wire::{Duty, NewDuty};
use chrono::{Datelike as _, Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// Most duties of a day.
pub const DUTIES_MAX: usize = 500;
/// Most days in an answer.
pub const DAYS_MAX: u64 = 62;
/// Longest note, in characters.
pub const NOTE_MAX: usize = 200;
/// How many days ahead duties are planned.
pub const AHEAD_DAYS: u64 = 366;

const DAY: u16 = 24 * 60;

/// When duty is done, by the clock on the wall of the day that it begins on: `day` is 08:00 to 20:00, `night` 20:00 to 08:00 of
/// the next day; other times are written out, and an end that is not after the beginning lies on the next day.
///
/// ```
/// use geodata::roster::DutyShift;
/// let night: DutyShift = "night".parse().unwrap();
/// assert_eq!((night.from(), night.to()), (20 * 60, 32 * 60));
/// assert_eq!("20:00-08:00".parse::<DutyShift>().unwrap().to_string(), "night");
/// assert_eq!("18:30-18:30".parse::<DutyShift>().unwrap().to(), (24 + 18) * 60 + 30);
/// assert_eq!("24:00-08:00".parse::<DutyShift>().unwrap_err().field, "shift");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, example = "night",
    pattern = "^(day|night|([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9])$"))]
#[serde(try_from = "String", into = "String")]
pub struct DutyShift([u16; 2]);

impl DutyShift {
    /// 白班
    pub const DAY: Self = Self([8 * 60, 20 * 60]);
    /// 夜班
    pub const NIGHT: Self = Self([20 * 60, 32 * 60]);

    /// Minutes after midnight at which it begins.
    pub fn from(self) -> u16 {
        self.0[0]
    }

    /// Minutes after that midnight at which it ends: past 1,440 on the next day.
    pub fn to(self) -> u16 {
        self.0[1]
    }

    /// Whether two shifts have time in common, the second beginning so many days after the first.
    ///
    /// ```
    /// use geodata::roster::DutyShift;
    /// assert!(!DutyShift::DAY.meets(DutyShift::NIGHT, 0) && !DutyShift::NIGHT.meets(DutyShift::DAY, 1));
    /// let early: DutyShift = "06:00-14:00".parse().unwrap();
    /// assert!(DutyShift::NIGHT.meets(early, 1) && !DutyShift::NIGHT.meets(early, 2) && early.meets(DutyShift::NIGHT, -1));
    /// ```
    pub fn meets(self, other: Self, days_later: i64) -> bool {
        let [from, to] = self.0.map(i64::from);
        let [other_from, other_to] = other.0.map(|minute| i64::from(minute) + days_later * i64::from(DAY));
        from < other_to && other_from < to
    }
}

impl std::fmt::Display for DutyShift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::DAY => f.write_str("day"),
            Self::NIGHT => f.write_str("night"),
            Self([from, to]) => {
                write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to % DAY / 60, to % 60)
            }
        }
    }
}

impl std::str::FromStr for DutyShift {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "day" => return Ok(Self::DAY),
            "night" => return Ok(Self::NIGHT),
            _ => {}
        }
        let hours = text.split_once('-').and_then(|(from, to)| Some([minute(from)?, minute(to)?]));
        hours.map(|[from, to]| Self([from, if to > from { to } else { to + DAY }])).ok_or_else(|| {
            Invalid::new(
                "shift",
                "班次须为 day、night，或 18:00-06:00 的样子",
                "a shift is day, night, or written 18:00-06:00",
            )
        })
    }
}

/// `18:00` as minutes after midnight.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str, most: u16| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|number| digits && *number <= most)
    };
    Some(number(hours, 23)? * 60 + number(minutes, 59)?)
}

impl TryFrom<String> for DutyShift {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<DutyShift> for String {
    fn from(shift: DutyShift) -> String {
        shift.to_string()
    }
}

/// Where duty is done.
///
/// ```
/// use geodata::roster::DutyPlace;
/// for text in ["town", "unit:police", "village:610304105201", "grid:610304105201001"] {
///     assert_eq!(text.parse::<DutyPlace>().unwrap().to_string(), text);
/// }
/// let grid: DutyPlace = "grid:610304105201001".parse().unwrap();
/// assert_eq!(grid.village().unwrap().as_str(), "610304105201");
/// assert_eq!("village:1".parse::<DutyPlace>().unwrap_err().field, "place");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DutyPlace {
    /// At the town's command centre.
    Town,
    /// With a partner unit.
    Unit(UnitCode),
    /// In a village.
    Village(VillageCode),
    /// In a grid.
    Grid(GridCode),
}

impl DutyPlace {
    /// The village whose part of the roster it belongs to.
    pub fn village(&self) -> Option<VillageCode> {
        match self {
            Self::Village(code) => Some(code.clone()),
            Self::Grid(code) => Some(code.village()),
            Self::Town | Self::Unit(_) => None,
        }
    }
}

impl std::fmt::Display for DutyPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Town => f.write_str("town"),
            Self::Unit(code) => write!(f, "unit:{code}"),
            Self::Village(code) => write!(f, "village:{code}"),
            Self::Grid(code) => write!(f, "grid:{code}"),
        }
    }
}

impl std::str::FromStr for DutyPlace {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let place = match text.split_once(':') {
            None if text == "town" => Some(Self::Town),
            Some(("unit", code)) => code.parse().ok().map(Self::Unit),
            Some(("village", code)) => code.parse().ok().map(Self::Village),
            Some(("grid", code)) => code.parse().ok().map(Self::Grid),
            _ => None,
        };
        place.ok_or_else(|| {
            Invalid::new(
                "place",
                "值班地点须为 town、unit:代码、village:代码 或 grid:代码",
                "a place of duty is town, unit:CODE, village:CODE or grid:CODE",
            )
        })
    }
}

impl TryFrom<String> for DutyPlace {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<DutyPlace> for String {
    fn from(place: DutyPlace) -> String {
        place.to_string()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for DutyPlace {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^(town|unit:[a-z0-9_-]{1,40}|village:[0-9]{12}|grid:[0-9]{15})$"))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for DutyPlace {}

/// The Monday of a day's week.
///
/// ```
/// use geodata::roster::monday;
/// let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
/// assert_eq!(monday(day("2026-11-29")), day("2026-11-23"));
/// assert_eq!(monday(day("2026-11-23")), day("2026-11-23"));
/// ```
pub fn monday(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

/// Whether a duty belongs to a part of the roster: a village's, or all of it.
pub fn is_of(place: &DutyPlace, part: Option<&VillageCode>) -> bool {
    part.is_none_or(|village| place.village().as_ref() == Some(village))
}

/// The edition of a part of some duties: another one where they are other duties, in whichever order they are told. Whoever plans
/// them anew says what they have seen by it.
///
/// ```
/// use geodata::roster::{DutyPlace, DutyShift, edition};
/// use geodata::wire::Duty;
/// let duty = |staff, place: &str| Duty {
///     staff, name: "王一".into(), role: geodata::town::Role::GridMember, shift: DutyShift::DAY, place: place.parse().unwrap(),
///     place_name: None, note: None,
/// };
/// let [west, east] = [duty(7, "village:610304105201"), duty(9, "village:610304105202")];
/// let (both, village) = ([west.clone(), east.clone()], "610304105201".parse().unwrap());
/// assert_eq!(edition(&both, None), edition(&[east, west.clone()], None));
/// assert_eq!(edition(&both, Some(&village)), edition(&[west], None), "what is planned elsewhere is no change here");
/// assert_ne!(edition(&both, None), edition(&both, Some(&village)));
/// ```
pub fn edition(duties: &[Duty], part: Option<&VillageCode>) -> String {
    let mut lines: Vec<String> = duties
        .iter()
        .filter(|duty| is_of(&duty.place, part))
        .map(|duty| {
            // A note is one line, so that no two duties write the same.
            let note = duty.note.as_deref().unwrap_or_default();
            [&duty.staff.to_string(), " ", &duty.shift.to_string(), " ", &duty.place.to_string(), " ", note, "\n"]
                .concat()
        })
        .collect();
    lines.sort_unstable();
    // FNV-1a: it tells honest editions apart, and guards nothing.
    let hash = lines
        .concat()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// A broken rule among the duties of a day: which of them, and which rule.
pub type Fault = (usize, Invalid);

/// The duties of one day with their notes trimmed; an empty note is none.
///
/// # Errors
/// The first duty that breaks a rule: a note that is none, or somebody who would be in two places at once.
pub fn checked(duties: Vec<NewDuty>) -> Result<Vec<NewDuty>, Fault> {
    if duties.len() > DUTIES_MAX {
        let zh = format!("一天最多 {DUTIES_MAX} 项值班");
        return Err((DUTIES_MAX, Invalid::new("staff", zh, format!("a day has at most {DUTIES_MAX} duties"))));
    }
    for (at, duty) in duties.iter().enumerate() {
        if duties[..at].iter().any(|other| other.staff == duty.staff && other.shift.meets(duty.shift, 0)) {
            return Err((
                at,
                Invalid::new("staff", "同一时间不能重复排班", "nobody is on duty twice at the same time"),
            ));
        }
    }
    duties
        .into_iter()
        .enumerate()
        .map(|(at, duty)| {
            let note = duty.note.filter(|note| !note.trim().is_empty());
            let note =
                note.map(|note| line("note", &note, 1, NOTE_MAX)).transpose().map_err(|invalid| (at, invalid))?;
            Ok(NewDuty { note, ..duty })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duty(staff: i32, shift: &str, note: &str) -> NewDuty {
        let note = Some(note.to_owned()).filter(|note| !note.is_empty());
        NewDuty { staff, shift: shift.parse().unwrap(), place: DutyPlace::Town, note }
    }

    #[test]
    fn nobody_is_on_duty_twice_at_once() {
        let day = [duty(1, "day", ""), duty(2, "day", ""), duty(1, "night", "")];
        assert!(checked(day.to_vec()).is_ok());
        let (at, invalid) = checked([&day[..], &[duty(2, "19:59-21:00", "")]].concat()).unwrap_err();
        assert_eq!((at, invalid.field), (3, "staff"));
        let many = (0..501).map(|n| duty(n, "day", "")).collect();
        assert_eq!(checked(many).unwrap_err().0, 500);
    }

    #[test]
    fn notes_are_a_line_in_any_script() {
        let kept = checked(vec![duty(1, "day", " 带班 𠮷 "), duty(2, "day", "  ")]).unwrap();
        assert_eq!([kept[0].note.as_deref(), kept[1].note.as_deref()], [Some("带班 𠮷"), None]);
        let (at, invalid) = checked(vec![duty(1, "day", "好"), duty(2, "day", &"值".repeat(201))]).unwrap_err();
        assert_eq!((at, invalid.field), (1, "note"));
    }

    #[test]
    fn shifts_that_are_none_are_refused() {
        for text in ["", "8:00-9:00", "08:00", "08:00-09:60", "08:00-24:00", "Day", "+8:00-09:00"] {
            assert!(text.parse::<DutyShift>().is_err(), "{text}");
        }
    }
}
