//! A town's calendar and working hours on the wire.

use crate::town::Name;
use crate::worktime::{DayKind, Hours, Statute, WorkCalendar, Year, YearState};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A year as the town counts it, each of its days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarYear {
    /// Which year.
    pub year: i32,
    /// How well it is known; limits that reach into a provisional one may still move.
    pub state: YearState,
    /// Whose holidays the town keeps.
    pub holidays: Statute,
    /// Its days, in order.
    pub days: Vec<CalendarDay>,
}

impl CalendarYear {
    /// A year of a calendar.
    ///
    /// ```
    /// use geodata::{wire::CalendarYear, worktime::WorkCalendar};
    /// let year = CalendarYear::of(&WorkCalendar::china(), 2026);
    /// let worked: u32 = year.days.iter().map(|day| day.minutes).sum();
    /// assert_eq!((year.days.len(), worked), (365, 248 * 450));
    /// ```
    pub fn of(calendar: &WorkCalendar, year: i32) -> Self {
        let (known, shipped) = (calendar.year(year), calendar.statute().year(year));
        let day = |date| {
            let day = known.day(date);
            CalendarDay {
                date,
                kind: day.kind,
                minutes: calendar.shifts(date).iter().map(|shift| u32::from(shift.to() - shift.from())).sum(),
                edited: day != shipped.day(date),
                name: day.name,
            }
        };
        Self { year, state: known.state, holidays: calendar.statute(), days: Year::dates(year).map(day).collect() }
    }
}

/// A day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarDay {
    /// Its date.
    pub date: NaiveDate,
    /// Whether it is worked, and why.
    pub kind: DayKind,
    /// The festival that it is off for, or made up for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Working minutes by the hours in force, a change of the clocks not counted.
    pub minutes: u32,
    /// Whether it differs from what comes with the program.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
}

/// What a day shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DayChange {
    /// `workday` or `holiday` from Monday to Friday, `weekend`, `make_up` or `holiday` on the other days.
    pub kind: DayKind,
    /// The festival's name, where there is one; what lacks English is called the same in both languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
}

/// Working hours, and since when, or from when on, they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HoursInForce {
    /// Their first day.
    pub from: NaiveDate,
    /// The hours.
    pub hours: Hours,
}

impl HoursInForce {
    /// The hours of a town that has set none.
    pub fn usual() -> Self {
        Self { from: NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default(), hours: Hours::default() }
    }
}
