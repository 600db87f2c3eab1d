//! Working time against a walk, minute by minute, over random calendars and over the clocks of real places.

#![expect(clippy::unwrap_used, reason = "a test that meets something unexpected should stop where it stands")]

use chrono::{Datelike as _, NaiveDate, Offset as _, TimeDelta, TimeZone as _, Timelike as _};
use geodata::Time;
use geodata::worktime::{Day, DayKind, Hours, Season, Shift, Statute, Week, WorkCalendar, Year, YearState, Zone};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

/// Clocks as the walk knows them.
#[derive(Debug, Clone)]
enum Clocks {
    Listed(Vec<(Time, i32)>),
    Real(chrono_tz::Tz),
}

impl Clocks {
    fn offset(&self, at: Time) -> i32 {
        match self {
            Self::Listed(list) => list.iter().rev().find(|(from, _)| *from <= at).unwrap().1,
            Self::Real(tz) => tz.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc(),
        }
    }

    fn zone(&self) -> Zone {
        Zone::sampled(2009..=2027, |at| self.offset(at))
    }
}

/// A town as the walk knows it: plain rules, asked anew for each minute.
#[derive(Debug)]
struct Town {
    clocks: Clocks,
    hours: Vec<(NaiveDate, Hours)>,
    days: BTreeMap<NaiveDate, Day>,
}

impl Town {
    fn is_open(&self, at: Time) -> bool {
        let local = at.naive_utc() + TimeDelta::seconds(self.clocks.offset(at).into());
        let (date, minute) = (local.date(), u16::try_from(local.hour() * 60 + local.minute()).unwrap());
        let hours = &self.hours.iter().rev().find(|(from, _)| *from <= date).unwrap_or(&self.hours[0]).1;
        let summer = hours.season.is_some() && (5..=9).contains(&date.month());
        let week = if summer { &hours.season.as_ref().unwrap().week } else { &hours.usual };
        let shifts = match (self.days.get(&date).map(|d| d.kind), date.weekday().num_days_from_monday()) {
            (Some(DayKind::Holiday), _) => &vec![],
            (Some(DayKind::MakeUp), _) | (_, ..=4) => &week.workday,
            (_, 5) => &week.saturday,
            (_, _) => &week.sunday,
        };
        shifts.iter().any(|s| s.from() <= minute && minute < s.to())
    }

    /// Working minutes before each whole minute from `from` on.
    fn walk(&self, from: Time, minutes: usize) -> Vec<i64> {
        let mut sums = vec![0];
        for minute in 0..minutes {
            let open = self.is_open(from + TimeDelta::minutes(minute.try_into().unwrap()));
            sums.push(sums[minute] + i64::from(open));
        }
        sums
    }

    fn calendar(&self) -> WorkCalendar {
        let of = |year| {
            let days = self.days.iter().filter(|(date, _)| date.year() == year);
            Year { year, state: YearState::Edited, days: days.map(|(k, v)| (*k, v.clone())).collect() }
        };
        WorkCalendar::new(self.clocks.zone(), self.hours.clone(), Statute::Weekends, (2009..=2027).map(of))
    }

    /// Whether the calendar says what the walk says, for some days from `from` on.
    fn agrees(&self, from: Time, days: usize) -> Result<(), TestCaseError> {
        let calendar = self.calendar();
        let sums = self.walk(from, days * 1440);
        let moment = |minute: usize| from + TimeDelta::minutes(minute.try_into().unwrap());
        for (minute, &sum) in sums.iter().enumerate() {
            prop_assert_eq!(calendar.between(from, moment(minute)), TimeDelta::minutes(sum), "at {}", moment(minute));
        }
        for minute in (0..sums.len() - 1).step_by(7) {
            let open = sums[minute + 1] > sums[minute];
            prop_assert_eq!(calendar.is_working(moment(minute)), open);
            if let Some(next) = sums[minute..].windows(2).position(|pair| pair[1] > pair[0]) {
                prop_assert_eq!(calendar.next_opening(moment(minute)), moment(minute + next));
            }
            // The first minute at which so much more has been worked.
            for work in [1, 29, 240, 1441] {
                let due = sums.partition_point(|&sum| sum < sums[minute] + work);
                if due < sums.len() {
                    prop_assert_eq!(
                        calendar.due(moment(minute), work).at,
                        moment(due),
                        "{} from {}",
                        work,
                        moment(minute)
                    );
                }
            }
        }
        Ok(())
    }
}

fn shifts() -> impl Strategy<Value = Vec<Shift>> {
    proptest::collection::btree_set(0..=1440_u16, 0..8).prop_map(|times| {
        let times: Vec<_> = times.into_iter().collect();
        let clock = |m: u16| format!("{:02}:{:02}", m / 60, m % 60);
        times.chunks_exact(2).map(|pair| format!("{}-{}", clock(pair[0]), clock(pair[1])).parse().unwrap()).collect()
    })
}

fn hours() -> impl Strategy<Value = Hours> {
    let week = || {
        (shifts(), shifts(), shifts()).prop_map(|(mut workday, saturday, sunday)| {
            if workday.is_empty() {
                workday.push("23:59-24:00".parse().unwrap());
            }
            Week { workday, saturday, sunday }
        })
    };
    (week(), proptest::option::of(week())).prop_map(|(usual, summer)| {
        let season = summer.map(|week| Season { from: "05-01".parse().unwrap(), to: "09-30".parse().unwrap(), week });
        Hours { usual, season }.checked().unwrap()
    })
}

prop_compose! {
    /// Clocks that are changed every few days, by anything, at any minute.
    fn clocks()(first in -56..=56_i32, changes in proptest::collection::vec((2880..14_400_i64, -56..=56_i32), 0..6)) -> Vec<(Time, i32)> {
        let mut when = at("2025-12-01T00:00:00Z");
        let mut list = vec![(Time::MIN_UTC, first * 900)];
        for (minutes, quarters) in changes {
            when += TimeDelta::minutes(minutes);
            list.push((when, quarters * 900));
        }
        list
    }
}

prop_compose! {
    fn town()(hours in proptest::collection::vec(hours(), 1..3), list in clocks(),
              marks in proptest::collection::vec((0..60_u64, any::<bool>()), 0..20)) -> Town {
        let first: NaiveDate = "2025-12-10".parse().unwrap();
        let days = marks.into_iter().map(|(n, off)| {
            let kind = if off { DayKind::Holiday } else { DayKind::MakeUp };
            (first + chrono::Days::new(n), Day { kind, name: None })
        }).collect();
        let starts = ["2025-12-25", "2026-01-03"];
        let hours = hours.into_iter().zip(starts).map(|(h, from)| (from.parse().unwrap(), h)).collect();
        Town { clocks: Clocks::Listed(list), hours, days }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_calendar_says_what_a_walk_minute_by_minute_says(town in town()) {
        town.agrees(at("2025-12-20T00:00:00Z"), 21)?;
    }
}

proptest! {
    #[test]
    fn due_and_between_are_inverses_monotone_and_additive(
        town in town(), seconds in 0..20_000_000_i64, nanos in 0..1_000_000_000_i64,
        (m, n) in (0..30_000_i64, 1..30_000_i64), step in 0..1_000_000_i64,
    ) {
        let calendar = town.calendar();
        let a = at("2025-10-01T00:00:00Z") + TimeDelta::seconds(seconds) + TimeDelta::nanoseconds(nanos);
        let work = TimeDelta::seconds(n * 7) + TimeDelta::nanoseconds(nanos);
        let due = |from, minutes| calendar.due(from, minutes).at;
        prop_assert_eq!(calendar.between(a, due(a, n)), TimeDelta::minutes(n));
        prop_assert_eq!(calendar.between(a, calendar.due_after(a, work).at), work);
        prop_assert_eq!(due(due(a, m), n), due(a, m + n));
        prop_assert!(due(a, n) < due(a, n + 1) && due(a, n) <= due(a + TimeDelta::seconds(step), n));
        let (b, c) = (a + TimeDelta::seconds(step), a + TimeDelta::seconds(step * 9));
        prop_assert_eq!(calendar.between(a, b) + calendar.between(b, c), calendar.between(a, c));
        prop_assert_eq!(calendar.between(c, a), -calendar.between(a, c));
        // Less than all the work between two moments is over before the later one, and all of it not after.
        prop_assert!(calendar.due_after(a, calendar.between(a, c)).at <= c);
        let open = calendar.next_opening(a);
        prop_assert!(open >= a && calendar.is_working(open) && calendar.between(a, open) == TimeDelta::zero());
    }
}

#[test]
fn the_clocks_of_real_places_are_followed_minute_by_minute() {
    // Change by an hour; by half an hour; at a minute past midnight; a day left out; twice around Ramadan; never.
    let places = [
        (chrono_tz::America::Chicago, "2026-03-06T00:00:00Z"),
        (chrono_tz::America::Chicago, "2026-10-30T00:00:00Z"),
        (chrono_tz::Australia::Lord_Howe, "2026-04-03T00:00:00Z"),
        (chrono_tz::America::St_Johns, "2010-11-05T00:00:00Z"),
        (chrono_tz::Pacific::Apia, "2011-12-28T00:00:00Z"),
        (chrono_tz::Africa::Casablanca, "2026-02-13T00:00:00Z"),
        (chrono_tz::Asia::Kathmandu, "2026-02-13T00:00:00Z"),
    ];
    let all: Vec<Shift> = vec!["00:00-02:30".parse().unwrap(), "03:00-24:00".parse().unwrap()];
    let week = Week { workday: all.clone(), saturday: all.clone(), sunday: all };
    for (tz, from) in places {
        let hours = vec![(NaiveDate::MIN, Hours { usual: week.clone(), season: None })];
        let town = Town { clocks: Clocks::Real(tz), hours, days: BTreeMap::new() };
        town.agrees(at(from), 6).unwrap();
    }
}

#[test]
fn a_day_on_which_the_clock_is_changed_has_its_real_minutes() {
    let all: Vec<Shift> = vec!["00:00-24:00".parse().unwrap()];
    let usual = Week { workday: all.clone(), saturday: all.clone(), sunday: all };
    let hours = [(NaiveDate::MIN, Hours { usual, season: None })];
    let calendar = WorkCalendar::new(Clocks::Real(chrono_tz::America::Chicago).zone(), hours, Statute::Weekends, []);
    let of = |from, to| calendar.between(at(from), at(to)).num_hours();
    assert_eq!(of("2026-03-08T06:00:00Z", "2026-03-09T05:00:00Z"), 23);
    assert_eq!(of("2026-11-01T05:00:00Z", "2026-11-02T06:00:00Z"), 25);
}

#[test]
fn what_is_due_in_a_year_not_announced_yet_says_so() {
    let calendar = WorkCalendar::china();
    let last = *Statute::China.announced_years().unwrap().end();
    let eve = at(&format!("{last}-12-31T09:00:00Z"));
    assert!(!calendar.due(eve, 60).provisional);
    let due = calendar.due(eve, 61);
    assert!(due.provisional && due.at > at(&format!("{}-01-01T00:00:00Z", last + 1)));
    let edited = Year { state: YearState::Edited, ..Statute::China.year(last + 1) };
    let calendar = WorkCalendar::new(Zone::fixed(8 * 3600), [], Statute::China, [edited]);
    assert_eq!((calendar.due(eve, 61).at, calendar.due(eve, 61).provisional), (due.at, false));
}

#[test]
fn past_all_years_nothing_is_worked_and_nothing_panics() {
    let calendar = WorkCalendar::china();
    let end = at("2201-01-01T00:00:00Z");
    assert_eq!(
        calendar.due(at("2026-11-23T00:00:00Z"), i64::MAX),
        geodata::worktime::Due { at: end, provisional: true }
    );
    assert_eq!(calendar.due(Time::MAX_UTC, 1).at, Time::MAX_UTC);
    assert_eq!(calendar.next_opening(end), end);
    assert!(!calendar.is_working(Time::MAX_UTC) && !calendar.is_working(Time::MIN_UTC));
    assert_eq!(calendar.due(Time::MIN_UTC, 1).at, at("1900-01-02T00:31:00Z"));
    assert_eq!(calendar.between(Time::MIN_UTC, Time::MAX_UTC), calendar.between(at("1900-01-01T00:00:00Z"), end));
    // Nothing but holidays: the end of all years, too.
    let dates = (1899..=2201).map(|year| {
        let days = Year::dates(year).map(|d| (d, Day { kind: DayKind::Holiday, name: None })).collect();
        Year { year, state: YearState::Edited, days }
    });
    let never = WorkCalendar::new(Zone::fixed(0), [], Statute::Weekends, dates);
    assert_eq!(
        (never.next_opening(at("2190-01-01T00:00:00Z")), never.due(at("2190-01-01T00:00:00Z"), 1).at),
        (end, end)
    );
}
