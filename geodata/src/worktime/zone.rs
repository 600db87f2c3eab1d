//! Local time without a zone database: when a place's clocks stood at which distance from UTC.

use crate::Time;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

/// The distance of a place's clocks from UTC, and the moments at which it changed.
///
/// The wall clock is a function of the moment, never the other way about: an hour that is skipped in spring has no moment
/// and one that is repeated in autumn has two, and both come out right without a special case.
///
/// ```
/// use geodata::worktime::Zone;
/// let china = Zone::fixed(8 * 3600);
/// assert_eq!(china.local("2026-11-23T16:30:00Z".parse().unwrap()).to_string(), "2026-11-24 00:30:00");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    first: i32,
    /// Seconds since 1970 in UTC, and the distance from then on, seconds east; ascending.
    changes: Vec<(i64, i32)>,
}

/// A stretch of time in which the clocks were not changed: seconds since 1970 in UTC, end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub from: i64,
    pub to: i64,
    pub offset: i32,
}

const DAY: i64 = 86_400;

impl Zone {
    /// A zone whose clocks are never changed, so many seconds east of UTC.
    pub fn fixed(offset: i32) -> Self {
        Self { first: offset, changes: Vec::new() }
    }

    /// A zone from whoever knows its offset in seconds at any moment: looked at once a day over these years, UTC, and
    /// closer where it differs. Before and after them it stays as it is at their ends. Changes that are undone within a
    /// day would be overlooked; no zone has had such.
    ///
    /// ```
    /// use geodata::worktime::Zone;
    /// let change: geodata::Time = "2026-03-08T08:00:00Z".parse().unwrap();
    /// let zone = Zone::sampled(2026..=2026, |at| if at < change { -6 * 3600 } else { -5 * 3600 });
    /// assert_eq!(zone.local("2026-03-08T07:59:59Z".parse().unwrap()).to_string(), "2026-03-08 01:59:59");
    /// assert_eq!(zone.local(change).to_string(), "2026-03-08 03:00:00");
    /// ```
    pub fn sampled(years: std::ops::RangeInclusive<i32>, offset_at: impl Fn(Time) -> i32) -> Self {
        let at = |second: i64| Time::from_timestamp(second, 0).map_or(0, &offset_at);
        let (start, end) = (new_year(*years.start()), new_year(*years.end() + 1));
        let mut zone = Self::fixed(at(start));
        let mut now = (start, zone.first);
        while now.0 < end {
            let next = (now.0 + DAY).min(end);
            let offset = at(next);
            if offset == now.1 {
                now.0 = next;
                continue;
            }
            // The first second that differs from the day's beginning, by halves.
            let (mut before, mut after) = (now.0, next);
            while after - before > 1 {
                let middle = before.midpoint(after);
                if at(middle) == now.1 { before = middle } else { after = middle }
            }
            now = (after, at(after));
            zone.changes.push(now);
        }
        zone
    }

    /// What the clocks on the wall show.
    pub fn local(&self, at: Time) -> NaiveDateTime {
        let passed = self.changes.partition_point(|&(from, _)| from <= at.timestamp());
        let offset = passed.checked_sub(1).map_or(self.first, |i| self.changes[i].1);
        at.naive_utc().checked_add_signed(TimeDelta::seconds(offset.into())).unwrap_or(at.naive_utc())
    }

    /// The stretches without a change that make up the time from one second to another.
    pub(super) fn stretches(&self, from: i64, to: i64) -> impl Iterator<Item = Stretch> {
        let starts = std::iter::once((i64::MIN, self.first)).chain(self.changes.iter().copied());
        let ends = self.changes.iter().map(|c| c.0).chain(std::iter::once(i64::MAX));
        starts
            .zip(ends)
            .map(move |((start, offset), end)| Stretch { from: start.max(from), to: end.min(to), offset })
            .filter(|stretch| stretch.from < stretch.to)
    }
}

/// When a year begins in UTC, in seconds since 1970.
pub(super) fn new_year(year: i32) -> i64 {
    NaiveDate::from_ymd_opt(year, 1, 1).map_or(0, |day| day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_found_to_the_second() {
        let changes = [(new_year(2020) + 12_345, 3600), (new_year(2020) + 12_345 + DAY, 0), (new_year(2021) - 1, -900)];
        let offset = |at: Time| changes.iter().rev().find(|c| c.0 <= at.timestamp()).map_or(0, |c| c.1);
        assert_eq!(Zone::sampled(2020..=2020, offset).changes, changes);
    }

    #[test]
    fn stretches_leave_nothing_out_and_nothing_twice() {
        let zone = Zone { first: 0, changes: vec![(10, 60), (20, 0)] };
        let of = |from, to| zone.stretches(from, to).map(|s| (s.from, s.to, s.offset)).collect::<Vec<_>>();
        assert_eq!(of(5, 25), [(5, 10, 0), (10, 20, 60), (20, 25, 0)]);
        assert_eq!(of(10, 20), [(10, 20, 60)]);
        assert_eq!(of(30, 40), [(30, 40, 0)]);
    }
}
