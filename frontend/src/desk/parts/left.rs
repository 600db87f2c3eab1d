//! Counted time in words. Where only working time counts, a day is not twenty-four hours: so it is told in minutes and
//! hours, however many, and the date stands beside it.

use crate::desk::Say;
use crate::format::count;

/// Minutes of a clock: what is left, or by how much it is over.
pub fn left(say: Say, minutes: i64) -> String {
    let span = counted(say, minutes);
    if minutes < 0 { say.w.over(&span) } else { say.w.left(&span) }
}

/// A limit, to the minute: what is promised is not rounded.
pub fn exactly(say: Say, minutes: i64) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (hours, rest) {
        (0, _) => say.w.minutes(&rest.to_string()),
        (_, 0) => say.w.hours(&count(hours)),
        _ => [&say.w.hours(&count(hours)), " ", &say.w.minutes(&rest.to_string())].concat(),
    }
}

/// Counted minutes, in minutes to 90 and in hours from there.
pub fn counted(say: Say, minutes: i64) -> String {
    match minutes.abs() {
        0 => say.w.under_minute.to_owned(),
        m @ 1..90 => say.w.minutes(&m.to_string()),
        m => say.w.hours(&count(m / 60)),
    }
}
