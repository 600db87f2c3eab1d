//! A town's working time: what is due when, and how much of it has passed.

use super::day::{Day, DayKind};
use super::hours::{Hours, Shift};
use super::spans::Spans;
use super::year::{Statute, Year};
use super::zone::{Zone, new_year};
use crate::Time;
use chrono::{Datelike as _, NaiveDate, TimeDelta};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

/// The years in which working time is counted, UTC. What lies outside holds none; a limit that would end later ends with
/// the last of them.
pub const YEARS: RangeInclusive<i32> = 1900..=2200;
/// The years that are kept once they were added up; others are added up each time.
const KEPT: RangeInclusive<i32> = 2000..=2100;

/// When something is due, and whether that may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The moment.
    pub at: Time,
    /// Whether days of a year count in it whose holidays are not announced yet.
    pub provisional: bool,
}

/// A town's working time.
///
/// Working time is the set of moments at which the clock on the wall stands within a shift of its day. All else follows:
/// the functions below measure that set and find moments in it, to the nanosecond, and agree with each other exactly.
///
/// A year is added up when it is first asked about, in as many steps as it has days, and kept (6 KB) between 2000 and
/// 2100. From then on every question costs O(log n) of a year's stretches of work, and one step for each year between.
///
/// ```
/// use geodata::worktime::WorkCalendar;
/// let calendar = WorkCalendar::china();
/// let at = |text: &str| text.parse::<geodata::Time>().unwrap();
/// // Friday 2026-09-18, 17:00 in China; Sunday the 20th is worked for National Day.
/// let due = calendar.due(at("2026-09-18T09:00:00Z"), 4 * 60);
/// assert_eq!((due.at, due.provisional), (at("2026-09-20T03:30:00Z"), false));
/// assert_eq!(calendar.between(at("2026-09-18T09:00:00Z"), due.at).num_minutes(), 240);
/// assert!(!calendar.is_working(at("2026-09-19T03:00:00Z")));
/// assert_eq!(calendar.next_opening(at("2026-09-19T03:00:00Z")), at("2026-09-20T00:30:00Z"));
/// ```
#[derive(Debug, Clone)]
pub struct WorkCalendar {
    zone: Zone,
    /// From which local date on which hours are in force, ascending; the first ones also before.
    hours: Vec<(NaiveDate, Hours)>,
    statute: Statute,
    given: BTreeMap<i32, Year>,
    kept: Box<[Kept]>,
}

/// A year that was asked about.
#[derive(Debug, Clone, Default)]
struct Kept {
    year: OnceLock<Year>,
    spans: OnceLock<Spans>,
}

impl WorkCalendar {
    /// A calendar of these hours, each in force from a local date on (the earliest ones before it too; the usual ones,
    /// where none are given), and of these years; the others are as the statute has them.
    pub fn new(
        zone: Zone,
        hours: impl IntoIterator<Item = (NaiveDate, Hours)>,
        statute: Statute,
        years: impl IntoIterator<Item = Year>,
    ) -> Self {
        let mut hours: Vec<_> = hours.into_iter().collect();
        hours.sort_by_key(|(from, _)| *from);
        if hours.is_empty() {
            hours.push((NaiveDate::MIN, Hours::default()));
        }
        let given = years.into_iter().map(|year| (year.year, year)).collect();
        Self { zone, hours, statute, given, kept: KEPT.map(|_| Kept::default()).collect() }
    }

    /// China's calendar with the usual hours of a town office.
    pub fn china() -> Self {
        Self::new(Zone::fixed(8 * 3600), [], Statute::China, [])
    }

    /// When so many working minutes after `from` are over: the first moment, so the close of an office rather than its
    /// next opening. None or fewer are over at once.
    pub fn due(&self, from: Time, minutes: i64) -> Due {
        self.due_after(from, TimeDelta::try_minutes(minutes).unwrap_or(TimeDelta::MAX))
    }

    /// The same for any length of working time.
    pub fn due_after(&self, from: Time, work: TimeDelta) -> Due {
        if work <= TimeDelta::zero() {
            return Due { at: from, provisional: false };
        }
        let mut left = work;
        let mut since = from.max(begin_of(*YEARS.start()));
        while since.year() <= *YEARS.end() {
            let year = since.year();
            let found = self.in_year(year, |spans| {
                let worked = spans.worked(since);
                let rest = spans.total() - worked;
                if left <= rest { spans.moment(worked + left).ok_or(rest) } else { Err(rest) }
            });
            match found {
                Ok(at) => return Due { at, provisional: self.is_provisional_between(from, at) },
                Err(rest) => left -= rest,
            }
            since = begin_of(year + 1);
        }
        Due { at: from.max(since), provisional: true }
    }

    /// The working time from one moment to another; negative when they are the other way round.
    ///
    /// Parts add up to the whole, and `between(a, due_after(a, work).at)` is `work`.
    pub fn between(&self, from: Time, to: Time) -> TimeDelta {
        if to < from {
            return -self.between(to, from);
        }
        let within = |at: Time| at.clamp(begin_of(*YEARS.start()), begin_of(*YEARS.end() + 1));
        let (from, to) = (within(from), within(to));
        let whole = (from.year()..to.year()).map(|year| self.in_year(year, Spans::total)).sum::<TimeDelta>();
        whole + self.in_year(to.year(), |s| s.worked(to)) - self.in_year(from.year(), |s| s.worked(from))
    }

    /// Whether it is working time.
    pub fn is_working(&self, at: Time) -> bool {
        let local = self.zone.local(at);
        let second = i64::from(chrono::Timelike::num_seconds_from_midnight(&local));
        let open = |s: &Shift| (i64::from(s.from()) * 60..i64::from(s.to()) * 60).contains(&second);
        YEARS.contains(&at.year()) && self.shifts(local.date()).iter().any(open)
    }

    /// The first working moment at or after this one; the end of [`YEARS`] where there is none.
    pub fn next_opening(&self, at: Time) -> Time {
        let mut since = at.max(begin_of(*YEARS.start()));
        while since.year() <= *YEARS.end() {
            if let Some(open) = self.in_year(since.year(), |spans| spans.opening(since)) {
                return open;
            }
            since = begin_of(since.year() + 1);
        }
        since
    }

    /// What a local date is.
    pub fn day(&self, date: NaiveDate) -> Day {
        self.year(date.year()).day(date)
    }

    /// A year's holidays and make-up workdays.
    pub fn year(&self, year: i32) -> Cow<'_, Year> {
        if let Some(given) = self.given.get(&year) {
            return Cow::Borrowed(given);
        }
        match self.kept(year) {
            Some(kept) => Cow::Borrowed(kept.year.get_or_init(|| self.statute.year(year))),
            None => Cow::Owned(self.statute.year(year)),
        }
    }

    fn kept(&self, year: i32) -> Option<&Kept> {
        usize::try_from(year - KEPT.start()).ok().and_then(|i| self.kept.get(i))
    }

    /// Whose holidays it keeps.
    pub fn statute(&self) -> Statute {
        self.statute
    }

    /// The hours in force on a local date.
    pub fn hours(&self, date: NaiveDate) -> &Hours {
        let begun = self.hours.partition_point(|(from, _)| *from <= date);
        &self.hours[begun.saturating_sub(1)].1
    }

    /// The shifts of a local date.
    pub fn shifts(&self, date: NaiveDate) -> &[Shift] {
        self.shifts_of(date, self.day(date).kind)
    }

    /// The local date and time of a moment.
    pub fn local(&self, at: Time) -> chrono::NaiveDateTime {
        self.zone.local(at)
    }

    fn shifts_of(&self, date: NaiveDate, kind: DayKind) -> &[Shift] {
        let week = self.hours(date).week(date);
        match kind {
            DayKind::Holiday => &[],
            DayKind::MakeUp | DayKind::Workday => &week.workday,
            DayKind::Weekend => week.on(date.weekday()),
        }
    }

    fn is_provisional_between(&self, from: Time, to: Time) -> bool {
        let local = |at| self.zone.local(at).year();
        (local(from)..=local(to)).any(|year| self.year(year).is_provisional())
    }

    /// Asks a year's spans.
    fn in_year<T>(&self, year: i32, ask: impl FnOnce(&Spans) -> T) -> T {
        let reckon = || {
            // A year in UTC touches two local ones.
            let years = [year - 1, year, year + 1].map(|y| self.year(y));
            Spans::of(year, &self.zone, |date| {
                let its = usize::try_from(date.year() - (year - 1)).ok().and_then(|i| years.get(i));
                let listed = its.and_then(|y| y.days.get(&date)).map(|day| day.kind);
                self.shifts_of(date, listed.unwrap_or_else(|| DayKind::usual(date)))
            })
        };
        match self.kept(year) {
            Some(kept) => ask(kept.spans.get_or_init(reckon)),
            None => ask(&reckon()),
        }
    }
}

fn begin_of(year: i32) -> Time {
    Time::from_timestamp(new_year(year), 0).unwrap_or_default()
}
