//! What happens how often, when and where: one row a category in `kinds.psv`. All of it is invented.

use crate::demo::categories::rows;
use crate::incident::Source;
use crate::town::CategoryCode;
use chrono::{Datelike as _, NaiveDate, Weekday};

/// The year's course: a weight for each month, January first.
const SEASONS: [(&str, [f64; 12]); 14] = [
    ("even", [1.0; 12]),
    ("summer", [0.5, 0.5, 0.7, 0.9, 1.2, 1.5, 1.7, 1.6, 1.2, 0.9, 0.7, 0.6]),
    ("winter", [1.7, 1.4, 1.0, 0.8, 0.6, 0.5, 0.5, 0.6, 0.8, 1.1, 1.4, 1.6]),
    ("spring", [0.4, 0.7, 1.6, 1.7, 1.4, 1.0, 0.8, 0.8, 1.1, 1.2, 0.9, 0.4]),
    ("autumn", [0.6, 0.5, 0.6, 0.7, 0.8, 0.9, 0.9, 1.1, 1.8, 2.0, 1.4, 0.7]),
    ("rain", [0.1, 0.2, 0.4, 0.7, 1.0, 1.3, 2.3, 2.5, 2.2, 0.9, 0.3, 0.1]),
    ("straw", [0.7, 1.0, 1.1, 0.9, 0.7, 2.3, 0.6, 0.4, 0.9, 2.2, 1.3, 0.8]),
    ("harvest", [0.0, 0.0, 0.0, 0.1, 0.6, 5.2, 1.2, 0.3, 1.4, 2.8, 0.4, 0.0]),
    ("irrigation", [0.4, 0.5, 1.9, 1.7, 1.2, 1.4, 1.6, 1.0, 0.5, 0.4, 0.5, 0.9]),
    ("festival", [1.6, 2.3, 0.9, 0.8, 1.0, 0.7, 0.7, 0.8, 1.0, 1.2, 0.6, 0.8]),
    ("yearend", [2.0, 0.9, 0.5, 0.5, 0.6, 0.7, 0.7, 0.7, 0.8, 0.9, 1.2, 2.5]),
    ("term", [0.5, 0.3, 1.4, 1.3, 1.3, 1.2, 0.2, 0.1, 1.7, 1.4, 1.3, 1.3]),
    ("windy", [0.7, 0.9, 1.5, 1.7, 1.4, 1.1, 1.2, 1.1, 0.7, 0.6, 0.6, 0.5]),
    ("extremes", [1.4, 1.1, 0.8, 0.7, 0.7, 1.0, 1.5, 1.5, 0.8, 0.6, 0.7, 1.2]),
];

/// The day's course: a weight for each hour of local time.
const HOURS: [(&str, [u8; 24]); 7] = [
    ("even", [3, 2, 2, 2, 2, 3, 4, 5, 6, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 5, 4, 4]),
    ("work", [0, 0, 0, 0, 0, 0, 1, 4, 10, 12, 11, 8, 3, 4, 9, 11, 10, 8, 4, 2, 1, 1, 0, 0]),
    ("morning", [0, 0, 0, 0, 0, 1, 6, 12, 14, 12, 10, 7, 3, 3, 6, 7, 7, 5, 3, 1, 1, 0, 0, 0]),
    ("afternoon", [0, 0, 0, 0, 0, 0, 1, 2, 4, 6, 8, 9, 8, 9, 12, 14, 14, 11, 7, 4, 2, 1, 0, 0]),
    ("evening", [3, 1, 1, 0, 0, 0, 1, 2, 3, 3, 3, 3, 3, 3, 3, 4, 5, 7, 10, 14, 15, 12, 8, 5]),
    ("night", [9, 9, 10, 9, 7, 5, 5, 5, 4, 3, 2, 2, 2, 2, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9]),
    ("commute", [1, 1, 0, 0, 1, 2, 6, 12, 10, 6, 5, 6, 6, 5, 5, 6, 8, 12, 11, 7, 4, 3, 2, 1]),
];
/// The hours of school gates are narrower than any course above.
const SCHOOL_HOURS: [u8; 24] = [0, 0, 0, 0, 0, 0, 1, 14, 4, 1, 1, 5, 6, 3, 3, 1, 8, 13, 3, 1, 0, 0, 0, 0];

/// Who reports: grid members, residents, hotline, property managers, video, sensors, superiors.
const REPORTERS: [(&str, [f64; 7]); 4] = [
    ("field", [66.0, 17.0, 7.0, 1.0, 6.0, 1.0, 2.0]),
    ("public", [34.0, 42.0, 15.0, 2.0, 3.0, 2.0, 2.0]),
    ("video", [33.0, 18.0, 5.0, 1.0, 39.0, 2.0, 2.0]),
    ("superior", [12.0, 38.0, 20.0, 0.0, 0.0, 0.0, 30.0]),
];
const SOURCES: [Source; 7] = [
    Source::GridMember,
    Source::Resident,
    Source::Hotline,
    Source::Property,
    Source::Video,
    Source::Sensor,
    Source::Superior,
];

/// Where a kind of incident is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Haunt {
    Homes,
    Lanes,
    Roads,
    GreatRoads,
    Market,
    School,
    Fields,
    Gullies,
    HamletEdges,
    Water,
}

/// A category's share in what happens.
#[derive(Debug, Clone)]
pub(super) struct Kind {
    pub(super) category: CategoryCode,
    /// Expected number a year, repeats included.
    pub(super) yearly: f64,
    /// Month by month, mean 1.
    pub(super) season: [f64; 12],
    /// Hour by hour of local time.
    pub(super) hours: [f64; 24],
    /// A weekend day's rate against a weekday's.
    pub(super) weekend: f64,
    pub(super) haunt: Haunt,
    /// Weights of severity 1 to 4.
    pub(super) severity: [f64; 4],
    /// How many more each one triggers, on average.
    pub(super) repeats: f64,
    /// After how many days and how far away on average, metres.
    pub(super) repeat_days: f64,
    pub(super) repeat_metres: f64,
    /// Weights of [`Self::SOURCES`].
    pub(super) reporters: [f64; 7],
    pub(super) titles: Vec<&'static str>,
}

impl Kind {
    /// Who may report.
    pub(super) const SOURCES: [Source; 7] = SOURCES;

    /// The expected number on a day of local time, repeats included.
    pub(super) fn rate(&self, day: NaiveDate) -> f64 {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let week = if weekend { self.weekend } else { 1.0 } * 7.0 / (5.0 + 2.0 * self.weekend);
        let month = self.season[usize::try_from(day.month0()).unwrap_or(0)];
        self.yearly / 365.25 * month * week
    }

    /// The share of a day's that falls in an hour of local time.
    pub(super) fn share_of_hour(&self, hour: usize) -> f64 {
        self.hours.get(hour).map_or(0.0, |weight| weight / self.hours.iter().sum::<f64>())
    }

    /// Whether it is one of the disputes, whose number a year is published.
    pub(super) fn is_dispute(&self) -> bool {
        self.category.as_str().starts_with("03")
    }
}

/// All kinds, by category code.
pub(super) fn kinds() -> Vec<Kind> {
    rows(include_str!("kinds.psv")).filter_map(|row| kind(&row)).collect()
}

fn kind(row: &[&'static str]) -> Option<Kind> {
    let [code, yearly, season, hours, weekend, haunt, grave, repeats, days, metres, reporters, titles] = row else {
        return None;
    };
    let number = |text: &str| text.parse::<f64>().ok();
    let season = SEASONS.iter().find(|(name, _)| name == season)?.1;
    let mean = season.iter().sum::<f64>() / 12.0;
    let hours = match *hours {
        "school" => SCHOOL_HOURS,
        other => HOURS.iter().find(|(name, _)| *name == other)?.1,
    };
    let grave: Vec<f64> = grave.split(',').filter_map(number).collect();
    let [one, two, three] = grave[..] else { return None };
    Some(Kind {
        category: code.parse().ok()?,
        yearly: number(yearly)?,
        season: season.map(|s| s / mean),
        hours: hours.map(f64::from),
        weekend: number(weekend)?,
        haunt: haunt_of(haunt)?,
        severity: [one, two, three, 1_000.0 - one - two - three],
        repeats: number(repeats)?,
        repeat_days: number(days)?,
        repeat_metres: number(metres)?,
        reporters: REPORTERS.iter().find(|(name, _)| name == reporters)?.1,
        titles: titles.split(';').collect(),
    })
}

fn haunt_of(word: &str) -> Option<Haunt> {
    Some(match word {
        "homes" => Haunt::Homes,
        "lanes" => Haunt::Lanes,
        "roads" => Haunt::Roads,
        "great roads" => Haunt::GreatRoads,
        "market" => Haunt::Market,
        "school" => Haunt::School,
        "fields" => Haunt::Fields,
        "gullies" => Haunt::Gullies,
        "hamlet edges" => Haunt::HamletEdges,
        "water" => Haunt::Water,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::categories::categories;

    #[test]
    fn every_category_has_its_row_and_every_row_its_category() {
        let kinds: Vec<CategoryCode> = kinds().into_iter().map(|k| k.category).collect();
        let codes: Vec<CategoryCode> = categories().into_iter().map(|c| c.code).collect();
        assert_eq!(kinds, codes);
    }

    #[test]
    fn a_year_has_some_4100_and_a_little_over_90_disputes() {
        let kinds = kinds();
        let all: f64 = kinds.iter().map(|k| k.yearly).sum();
        let disputes: f64 = kinds.iter().filter(|k| k.is_dispute()).map(|k| k.yearly).sum();
        assert!((4_000.0..4_200.0).contains(&all), "{all}");
        assert!((91.0..96.0).contains(&disputes), "{disputes}");
        let day =
            |k: &Kind| (0..365).filter_map(|n| NaiveDate::from_yo_opt(2025, n + 1)).map(|d| k.rate(d)).sum::<f64>();
        for kind in &kinds {
            assert!(
                (day(kind) / kind.yearly - 1.0).abs() < 0.03,
                "{}: seasons and weekdays have mean 1",
                kind.category
            );
        }
    }

    #[test]
    fn repeats_die_out_and_weights_are_weights() {
        for kind in kinds() {
            assert!((0.0..0.6).contains(&kind.repeats), "{}: each begets {}", kind.category, kind.repeats);
            assert!(kind.severity.iter().all(|&w| w >= 0.0), "{}", kind.category);
            assert!(!kind.titles.is_empty());
        }
    }
}
