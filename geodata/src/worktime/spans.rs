//! One year's working time as stretches of UTC, added up so that any moment is found by halving.

use super::Shift;
use super::zone::{Stretch, Zone, new_year};
use crate::Time;
use chrono::{NaiveDate, TimeDelta};

/// The working time of one year, UTC.
#[derive(Debug, Clone)]
pub(super) struct Spans {
    start: i64,
    worked: Box<[Span]>,
    /// Working seconds of the whole year.
    total: u32,
}

/// A stretch of working time, in seconds after the year began. Twelve bytes: a year has some five hundred.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: u32,
    to: u32,
    /// Working seconds of the year before it.
    before: u32,
}

const DAY: i64 = 86_400;
/// From 0001-01-01, which chrono counts as day 1, to 1970-01-01.
const EPOCH: i64 = 719_163;

impl Spans {
    /// Adds up a year, UTC. `shifts` tells the shifts of a local date.
    pub fn of<'a>(year: i32, zone: &Zone, shifts: impl Fn(NaiveDate) -> &'a [Shift]) -> Self {
        let (start, end) = (new_year(year), new_year(year + 1));
        let mut spans: Vec<Span> = Vec::with_capacity(520);
        let mut total = 0;
        for Stretch { from, to, offset } in zone.stretches(start, end) {
            let offset = i64::from(offset);
            for number in (from + offset).div_euclid(DAY)..=(to - 1 + offset).div_euclid(DAY) {
                let date = i32::try_from(number + EPOCH).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
                for shift in date.map_or(&[][..], &shifts) {
                    let utc = |minutes: u16| number * DAY + i64::from(minutes) * 60 - offset;
                    let (from, to) = (utc(shift.from()).max(from), utc(shift.to()).min(to));
                    if from < to {
                        let after = |second: i64| u32::try_from(second - start).unwrap_or_default();
                        spans.push(Span { from: after(from), to: after(to), before: total });
                        total += after(to) - after(from);
                    }
                }
            }
        }
        Self { start, worked: spans.into(), total }
    }

    /// Working time of the whole year.
    pub fn total(&self) -> TimeDelta {
        TimeDelta::seconds(self.total.into())
    }

    /// Working time from the year's beginning to a moment in it.
    pub fn worked(&self, at: Time) -> TimeDelta {
        let begun = self.worked.partition_point(|s| self.at(s.from) <= at);
        let Some(span) = begun.checked_sub(1).map(|i| self.worked[i]) else { return TimeDelta::zero() };
        TimeDelta::seconds(span.before.into()) + (at.min(self.at(span.to)) - self.at(span.from))
    }

    /// The first moment at which so much has been worked, more than none and at most [`Self::total`].
    pub fn moment(&self, worked: TimeDelta) -> Option<Time> {
        let begun = self.worked.partition_point(|s| TimeDelta::seconds(s.before.into()) < worked);
        let span = self.worked[begun.checked_sub(1)?];
        Some(self.at(span.from) + (worked - TimeDelta::seconds(span.before.into())))
    }

    /// The first working moment at or after this one.
    pub fn opening(&self, at: Time) -> Option<Time> {
        let over = self.worked.partition_point(|s| self.at(s.to) <= at);
        self.worked.get(over).map(|span| at.max(self.at(span.from)))
    }

    fn at(&self, second: u32) -> Time {
        Time::from_timestamp(self.start + i64::from(second), 0).unwrap_or_default()
    }
}
