//! Working hours: what the clock on the wall shows when an office is open.

use crate::Invalid;
use chrono::{Datelike as _, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// Most shifts of a day.
pub const SHIFTS_MAX: usize = 6;
const DAY: u16 = 24 * 60;

/// From one time of day to another, by the clock on the wall, the end excluded: `08:30-12:00`. An end of `24:00` is the
/// day's end; a night shift is two shifts, one a day.
///
/// ```
/// use geodata::worktime::Shift;
/// let shift: Shift = "14:00-18:00".parse().unwrap();
/// assert_eq!((shift.from(), shift.to(), shift.to_string().as_str()), (840, 1080, "14:00-18:00"));
/// assert_eq!("18:00-14:00".parse::<Shift>().unwrap_err().field, "hours");
/// assert!("8:30-25:00".parse::<Shift>().is_err() && "00:00-24:00".parse::<Shift>().is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, example = "08:30-12:00",
    pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))]
#[serde(try_from = "String", into = "String")]
pub struct Shift([u16; 2]);

impl Shift {
    /// Minutes after midnight at which it begins.
    pub fn from(self) -> u16 {
        self.0[0]
    }

    /// Minutes after midnight at which it ends.
    pub fn to(self) -> u16 {
        self.0[1]
    }
}

impl std::fmt::Display for Shift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [from, to] = self.0;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

impl std::str::FromStr for Shift {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let shift = text.split_once('-').and_then(|(from, to)| Some([minutes(from)?, minutes(to)?]));
        shift.filter(|[from, to]| from < to).map(Self).ok_or_else(|| {
            Invalid::new(
                "hours",
                "时段须为 08:30-12:00 的样子，先早后晚，最晚到 24:00",
                "a shift is written 08:30-12:00, the earlier time first, 24:00 at the latest",
            )
        })
    }
}

impl TryFrom<String> for Shift {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Shift> for String {
    fn from(shift: Shift) -> String {
        shift.to_string()
    }
}

/// `08:30` as minutes after midnight.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str| {
        (digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse::<u16>().ok())?
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60).then_some(hours * 60 + minutes).filter(|&m| m <= DAY)
}

/// The shifts of each kind of day. A make-up workday is worked as a workday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// From Monday to Friday.
    pub workday: Vec<Shift>,
    /// On Saturdays; none, where it is a day of rest.
    #[serde(default)]
    pub saturday: Vec<Shift>,
    /// On Sundays.
    #[serde(default)]
    pub sunday: Vec<Shift>,
}

/// Other hours for a part of every year: the long midday rest of summer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Season {
    /// Its first day, `MM-DD`.
    pub from: MonthDay,
    /// Its last day, `MM-DD`; before `from`, when it lies over the new year.
    pub to: MonthDay,
    /// The hours in it.
    pub week: Week,
}

/// A day of any year, `MM-DD`.
///
/// ```
/// use geodata::worktime::MonthDay;
/// assert!("05-01".parse::<MonthDay>().unwrap() < "09-30".parse().unwrap());
/// assert!("02-30".parse::<MonthDay>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, example = "05-01", pattern = "^[0-9]{2}-[0-9]{2}$"))]
#[serde(try_from = "String", into = "String")]
pub struct MonthDay(u32);

impl std::str::FromStr for MonthDay {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // A leap year, so that 29 February is a day.
        let date = (text.len() == 5).then(|| format!("2000-{text}").parse::<NaiveDate>().ok()).flatten();
        date.map(Self::of).ok_or_else(|| {
            Invalid::new("season", "日期须为“月-日”，如 05-01", "a day of the year is written MM-DD, such as 05-01")
        })
    }
}

impl MonthDay {
    fn of(date: NaiveDate) -> Self {
        Self(date.month() * 100 + date.day())
    }
}

impl TryFrom<String> for MonthDay {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<MonthDay> for String {
    fn from(day: MonthDay) -> String {
        format!("{:02}-{:02}", day.0 / 100, day.0 % 100)
    }
}

/// An office's working hours.
///
/// ```
/// use geodata::worktime::Hours;
/// let hours = Hours::default();
/// let words: Vec<_> = hours.usual.workday.iter().map(ToString::to_string).collect();
/// assert_eq!(words, ["08:30-12:00", "14:00-18:00"]);
/// assert!(hours.checked().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// The hours of the year.
    pub usual: Week,
    /// Other hours for a part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub season: Option<Season>,
}

impl Default for Hours {
    /// A town office's: half past eight to noon, two to six.
    fn default() -> Self {
        let workday = vec![Shift([8 * 60 + 30, 12 * 60]), Shift([14 * 60, 18 * 60])];
        Self { usual: Week { workday, saturday: Vec::new(), sunday: Vec::new() }, season: None }
    }
}

impl std::fmt::Display for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let days = [("", &self.workday), ("; Sat ", &self.saturday), ("; Sun ", &self.sunday)];
        days.iter().filter(|(_, shifts)| !shifts.is_empty()).try_for_each(|(day, shifts)| {
            let words: Vec<_> = shifts.iter().map(ToString::to_string).collect();
            write!(f, "{day}{}", words.join(", "))
        })
    }
}

/// As the audit log has it.
///
/// ```
/// assert_eq!(geodata::worktime::Hours::default().to_string(), "08:30-12:00, 14:00-18:00");
/// ```
impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.usual)?;
        self.season
            .iter()
            .try_for_each(|s| write!(f, "; {} to {}: {}", String::from(s.from), String::from(s.to), s.week))
    }
}

impl Hours {
    /// Refuses shifts that overlap or are out of order, too many of them, and a week without a working minute from
    /// Monday to Friday: a limit in working time would never end.
    ///
    /// # Errors
    /// The list's name and the rule.
    pub fn checked(self) -> Result<Self, Invalid> {
        for week in std::iter::once(&self.usual).chain(self.season.as_ref().map(|s| &s.week)) {
            if week.workday.is_empty() {
                return Err(Invalid::new(
                    "workday",
                    "周一至周五至少要有一个时段",
                    "Monday to Friday need at least one shift",
                ));
            }
            for (field, shifts) in [("workday", &week.workday), ("saturday", &week.saturday), ("sunday", &week.sunday)]
            {
                if shifts.len() > SHIFTS_MAX || shifts.windows(2).any(|pair| pair[0].to() > pair[1].from()) {
                    return Err(Invalid::new(
                        field,
                        format!("一天最多 {SHIFTS_MAX} 个时段，先后排列，不得重叠"),
                        format!("a day has at most {SHIFTS_MAX} shifts, in order and without overlap"),
                    ));
                }
            }
        }
        Ok(self)
    }

    /// The hours of a week at this date: the season's or the usual ones.
    pub fn week(&self, date: NaiveDate) -> &Week {
        let day = MonthDay::of(date);
        let in_season = |s: &&Season| {
            if s.from <= s.to { s.from <= day && day <= s.to } else { s.from <= day || day <= s.to }
        };
        self.season.as_ref().filter(in_season).map_or(&self.usual, |s| &s.week)
    }
}

impl Week {
    /// The shifts of a day of the week that is neither a holiday nor a make-up workday.
    pub fn on(&self, day: Weekday) -> &[Shift] {
        match day {
            Weekday::Sat => &self.saturday,
            Weekday::Sun => &self.sunday,
            _ => &self.workday,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(json: &str) -> Result<Hours, String> {
        serde_json::from_str::<Hours>(json).map_err(|e| e.to_string())?.checked().map_err(|e| e.field.to_owned())
    }

    #[test]
    fn hours_without_a_working_minute_and_overlapping_ones_are_refused() {
        assert_eq!(hours(r#"{"usual":{"workday":[]}}"#).unwrap_err(), "workday");
        assert_eq!(hours(r#"{"usual":{"workday":["08:00-12:00","11:59-18:00"]}}"#).unwrap_err(), "workday");
        assert_eq!(
            hours(r#"{"usual":{"workday":["08:00-12:00"],"sunday":["14:00-15:00","09:00-10:00"]}}"#).unwrap_err(),
            "sunday"
        );
        assert!(hours(r#"{"usual":{"workday":["08:00-12:00","12:00-18:00"]}}"#).is_ok());
        assert!(hours(r#"{"usual":{"workday":["8-12"]}}"#).unwrap_err().contains("08:30-12:00"));
    }

    #[test]
    fn a_season_may_lie_over_the_new_year() {
        let text = r#"{"usual":{"workday":["08:00-12:00"]},"season":{"from":"11-01","to":"02-29","week":{"workday":["09:00-12:00"]}}}"#;
        let hours = hours(text).unwrap();
        let first = |date: &str| hours.week(date.parse().unwrap()).workday[0].from();
        assert_eq!(
            [first("2026-10-31"), first("2026-11-01"), first("2028-02-29"), first("2026-03-01")],
            [480, 540, 540, 480]
        );
        assert_eq!(serde_json::from_str::<Hours>(&serde_json::to_string(&hours).unwrap()).unwrap(), hours);
    }
}
