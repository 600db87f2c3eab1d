//! Working time: a town office's hours, the country's holidays and make-up workdays, and what is due when.
//!
//! No clock and no zone database: a [`Zone`] is told by whoever has one, the years that a town edited are handed in, and the
//! others are as announced (`published.psv`, the years that the package `chinesecalendar` publishes) or reckoned from weekends and
//! statutory days, and then provisional. `tools/holidays.py` makes the tables; `tests/calendar_check.py` compares each
//! day with that package.

mod calendar;
mod day;
mod edit;
mod hours;
mod spans;
mod year;
mod zone;

pub use calendar::{Due, WorkCalendar, YEARS};
pub use day::{Day, DayKind, Festival};
pub use edit::EDITABLE;
pub use hours::{Hours, MonthDay, SHIFTS_MAX, Season, Shift, Week};
pub use year::{Statute, Year, YearState};
pub use zone::Zone;
