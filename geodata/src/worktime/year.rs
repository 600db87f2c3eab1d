//! The days of a year that differ from the week's: announced, or reckoned until they are.

use super::day::{Day, DayKind, Festival};
use crate::town::vocabulary;
use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

vocabulary!(
    /// How well a year is known.
    YearState {
        /// 已公布: as the State Council announced it.
        Announced,
        /// 暂定: not announced yet; reckoned from weekends and statutory days.
        Provisional,
        /// 已修改: an administrator changed it.
        Edited,
    }
);

vocabulary!(
    /// Whose holidays a town keeps.
    Statute {
        /// 中国法定节假日
        China,
        /// 只休周末: no holidays but those that an administrator enters.
        Weekends,
    }
);

/// A year's days, of which only those are listed that are not what their day of the week would be, or have a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// Which year.
    pub year: i32,
    /// How well it is known.
    pub state: YearState,
    /// Holidays and make-up workdays.
    pub days: BTreeMap<NaiveDate, Day>,
}

impl Year {
    /// What the day is; a date of another year is what its day of the week is.
    pub fn day(&self, date: NaiveDate) -> Day {
        self.days.get(&date).cloned().unwrap_or_else(|| Day::usual(date))
    }

    /// Whether its holidays may still be arranged otherwise.
    pub fn is_provisional(&self) -> bool {
        self.state == YearState::Provisional
    }

    /// Every day of a year.
    pub fn dates(year: i32) -> impl Iterator<Item = NaiveDate> {
        NaiveDate::from_yo_opt(year, 1).into_iter().flat_map(|d| d.iter_days()).take_while(move |d| d.year() == year)
    }
}

impl Statute {
    /// The holidays that a time zone's towns keep: China's in China's zones.
    ///
    /// ```
    /// use geodata::worktime::Statute;
    /// assert_eq!(Statute::of_zone("Asia/Shanghai"), Statute::China);
    /// assert_eq!(Statute::of_zone("America/Chicago"), Statute::Weekends);
    /// ```
    pub fn of_zone(name: &str) -> Self {
        match name {
            "Asia/Shanghai" | "Asia/Chongqing" | "Asia/Chungking" | "Asia/Harbin" | "Asia/Urumqi" | "Asia/Kashgar"
            | "PRC" => Self::China,
            _ => Self::Weekends,
        }
    }

    /// A year by the statute: as announced where that is known, reckoned where not.
    ///
    /// ```
    /// use geodata::worktime::{DayKind, Statute, YearState};
    /// let year = Statute::China.year(2026);
    /// assert_eq!(year.state, YearState::Announced);
    /// assert_eq!(year.day("2026-02-14".parse().unwrap()).kind, DayKind::MakeUp);
    /// assert_eq!(year.day("2026-02-17".parse().unwrap()).name.unwrap().zh, "春节");
    /// assert_eq!(Statute::China.year(2050).state, YearState::Provisional);
    /// ```
    pub fn year(self, year: i32) -> Year {
        match self {
            Self::Weekends => Year { year, state: YearState::Announced, days: BTreeMap::new() },
            Self::China => announced(year).unwrap_or_else(|| reckoned(year)),
        }
    }

    /// The years whose holidays come with the program, first and last; none where there is nothing to announce.
    pub fn announced_years(self) -> Option<std::ops::RangeInclusive<i32>> {
        let years = || rows(PUBLISHED).filter_map(|row| row.first()?.parse().ok());
        (self == Self::China).then(|| years().min().zip(years().max()).map(|(first, last)| first..=last))?
    }
}

const PUBLISHED: &str = include_str!("published.psv");
const FESTIVALS: &str = include_str!("festivals.psv");

/// The rows of a table: a line each, fields between bars; lines that begin with `#` are comments.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).map(|l| l.split('|').collect())
}

/// The year as it was announced, if the shipped table has it.
fn announced(year: i32) -> Option<Year> {
    let word = year.to_string();
    let mut days = BTreeMap::new();
    for row in rows(PUBLISHED).filter(|row| row.first() == Some(&word.as_str())) {
        let [_, festival, off, worked] = row[..] else { continue };
        let Ok(festival) = festival.parse::<Festival>() else { continue };
        days.extend(dates(year, off).map(|date| (date, Day::off(festival))));
        days.extend(dates(year, worked).map(|date| (date, Day::made_up(festival))));
    }
    (!days.is_empty()).then_some(Year { year, state: YearState::Announced, days })
}

/// `0101-0103,0107` as dates.
fn dates(year: i32, text: &str) -> impl Iterator<Item = NaiveDate> {
    text.split(',')
        .filter_map(move |part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            Some((month_day(year, first)?, month_day(year, last)?))
        })
        .flat_map(|(first, last)| first.iter_days().take_while(move |&date| date <= last))
}

fn month_day(year: i32, text: &str) -> Option<NaiveDate> {
    let number = text.parse::<u32>().ok()?;
    NaiveDate::from_ymd_opt(year, number / 100, number % 100)
}

/// The year by the rule of 2025 (State Council order 795): thirteen days, and for each that falls on a weekend or on
/// another holiday the next workday. How they are joined to longer holidays by working on weekends is announced late in
/// the year before, and can't be reckoned. Outside the years 2000 to 2100 the festivals of the lunar calendar are left out.
pub(super) fn reckoned(year: i32) -> Year {
    let mut statutory: Vec<(NaiveDate, Festival)> = Vec::with_capacity(13);
    let mut put = |first: Option<NaiveDate>, length: usize, festival| {
        statutory.extend(first.into_iter().flat_map(|d| d.iter_days().take(length)).map(|d| (d, festival)));
    };
    let fixed = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    put(fixed(1, 1), 1, Festival::NewYear);
    put(fixed(5, 1), 2, Festival::Labour);
    put(fixed(10, 1), 3, Festival::National);
    let word = year.to_string();
    if let Some([_, qingming, spring, dragon_boat, mid_autumn]) =
        rows(FESTIVALS).find(|row| row.first() == Some(&word.as_str())).as_deref()
    {
        let on = |text: &str| month_day(year, text);
        put(on(qingming), 1, Festival::Qingming);
        // From the eve on.
        put(on(spring).and_then(|d| d.pred_opt()), 4, Festival::Spring);
        put(on(dragon_boat), 1, Festival::DragonBoat);
        put(on(mid_autumn), 1, Festival::MidAutumn);
    }
    statutory.sort_unstable_by_key(|(date, _)| *date);
    let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
    let mut owed = Vec::new();
    for (date, festival) in statutory {
        let taken = days.insert(date, Day::off(festival)).is_some();
        if taken || DayKind::usual(date) == DayKind::Weekend {
            owed.push((date, festival));
        }
    }
    for (date, festival) in owed {
        let free = |d: &NaiveDate| DayKind::usual(*d) == DayKind::Workday && !days.contains_key(d);
        if let Some(instead) = date.iter_days().find(free) {
            days.insert(instead, Day::off(festival));
        }
    }
    Year { year, state: YearState::Provisional, days }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workdays(year: &Year) -> usize {
        Year::dates(year.year).filter(|&d| matches!(year.day(d).kind, DayKind::Workday | DayKind::MakeUp)).count()
    }

    #[test]
    fn thirteen_workdays_of_every_reckoned_year_are_off() {
        for year in 2000..=2100 {
            let week = Year::dates(year).filter(|&d| DayKind::usual(d) == DayKind::Workday).count();
            assert_eq!(workdays(&reckoned(year)), week - 13, "{year}");
        }
    }

    #[test]
    fn since_the_rule_was_made_reckoning_agrees_with_what_was_announced() {
        for year in 2025..=*Statute::China.announced_years().unwrap().end() {
            let (announced, reckoned) = (announced(year).unwrap(), reckoned(year));
            assert_eq!(workdays(&announced), workdays(&reckoned), "{year}");
            let missed: Vec<_> = reckoned.days.keys().filter(|d| !announced.days.contains_key(d)).collect();
            assert!(missed.is_empty(), "{year}: {missed:?}");
        }
    }

    #[test]
    fn every_row_of_the_tables_is_read() {
        for row in rows(PUBLISHED) {
            assert!(row.len() == 4 && row[1].parse::<Festival>().is_ok(), "{row:?}");
            let year = row[0].parse().unwrap();
            let read: Vec<_> = row[2..].iter().flat_map(|text| dates(year, text)).collect();
            assert!(!read.is_empty() && read.iter().all(|d| announced(year).unwrap().days.contains_key(d)), "{row:?}");
        }
        assert_eq!(rows(FESTIVALS).count(), 101);
        assert!(rows(FESTIVALS).all(|row| row.len() == 5));
        assert_eq!(Statute::China.announced_years(), Some(2004..=2026));
    }

    #[test]
    fn a_holiday_on_a_weekend_or_on_another_one_is_given_back() {
        let of = |year: i32, date: &str| reckoned(year).day(date.parse().unwrap());
        // New Year's Day of 2028 is a Saturday.
        assert_eq!(of(2028, "2028-01-03"), Day::off(Festival::NewYear));
        // Mid-Autumn of 2031 is 1 October.
        assert_eq!(of(2031, "2031-10-06").kind, DayKind::Holiday);
        assert_eq!(of(2150, "2150-10-01").kind, DayKind::Holiday);
    }
}
