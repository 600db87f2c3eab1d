//! The kinds of incident: how often, when, how grave, and what people call them.

use super::super::categories::rows;
use crate::town::CategoryCode;
use chrono::{Datelike as _, NaiveDateTime, Timelike as _, Weekday};

/// A kind: one category's incidents.
pub(super) struct Kind {
    pub(super) code: CategoryCode,
    /// Mean a day, offspring included.
    pub(super) daily: f64,
    pub(super) hours: [f64; 24],
    pub(super) months: [f64; 12],
    /// Monday to Sunday.
    pub(super) weekdays: [f64; 7],
    pub(super) severities: [f64; 4],
    /// Mean number of direct offspring of one incident, below 1.
    pub(super) offspring: f64,
    pub(super) titles: Vec<&'static str>,
}

impl Kind {
    /// How likely at a local time, with a mean of about 1 over the year.
    pub(super) fn weight_at(&self, local: NaiveDateTime) -> f64 {
        let hour = 24.0 * self.hours[local.hour() as usize] / self.hours.iter().sum::<f64>();
        let month = 12.0 * self.months[local.month0() as usize] / self.months.iter().sum::<f64>();
        hour * month * self.weekday(local.weekday())
    }

    fn weekday(&self, day: Weekday) -> f64 {
        self.weekdays[day.num_days_from_monday() as usize] / (self.weekdays.iter().sum::<f64>() / 7.0)
    }

    /// Whether it is one of the disputes, whose number a year is published.
    pub(super) fn is_dispute(&self) -> bool {
        self.code.as_str().starts_with("03")
    }
}

/// The rows of `kinds.psv`.
pub(super) fn kinds() -> Vec<Kind> {
    rows(include_str!("kinds.psv")).filter_map(|row| kind(&row)).collect()
}

fn kind(row: &[&'static str]) -> Option<Kind> {
    let [code, daily, hours, season, severities, offspring, titles] = row else { return None };
    let severities: Vec<f64> = severities.split(',').map(str::parse).collect::<Result<_, _>>().ok()?;
    Some(Kind {
        code: code.parse().ok()?,
        daily: daily.parse().ok()?,
        hours: by_hour(hours)?,
        months: by_month(season)?,
        weekdays: by_weekday(hours),
        severities: severities.try_into().ok()?,
        offspring: offspring.parse().ok()?,
        titles: titles.split(';').collect(),
    })
}

/// Weights of the hours 0–23.
fn by_hour(profile: &str) -> Option<[f64; 24]> {
    // Bumps of (centre, width in hours, height) over a floor; hours go round.
    let (floor, bumps): (f64, &[(f64, f64, f64)]) = match profile {
        "any" => (1.0, &[]),
        "day" => (0.06, &[(9.5, 2.2, 1.0), (16.0, 2.6, 0.8)]),
        "office" => (0.01, &[(9.5, 1.5, 1.0), (15.5, 1.6, 0.8)]),
        "school" => (0.01, &[(7.5, 0.7, 1.0), (12.0, 0.7, 0.5), (17.2, 0.9, 1.0)]),
        "traffic" => (0.08, &[(7.8, 1.3, 1.0), (18.0, 1.6, 1.0)]),
        "evening" => (0.08, &[(19.8, 2.2, 1.0), (11.5, 2.5, 0.3)]),
        "night" => (0.12, &[(1.5, 2.6, 1.0), (21.5, 2.0, 0.6)]),
        _ => return None,
    };
    let mut middle = -0.5;
    Some([(); 24].map(|()| {
        middle += 1.0;
        let away = |centre: f64| {
            let d = (middle - centre).rem_euclid(24.0);
            d.min(24.0 - d)
        };
        floor + bumps.iter().map(|(c, width, height)| height * (-0.5 * (away(*c) / width).powi(2)).exp()).sum::<f64>()
    }))
}

/// Weights of the months January–December on the tableland: wheat in June, maize in October, rain from July to September.
fn by_month(season: &str) -> Option<[f64; 12]> {
    Some(match season {
        "even" => [0.95, 0.9, 1.0, 1.0, 1.05, 1.0, 1.0, 1.05, 1.0, 1.05, 1.0, 1.0],
        "winter" => [2.0, 1.7, 1.1, 0.9, 0.6, 0.5, 0.5, 0.5, 0.6, 0.9, 1.4, 1.9],
        "summer" => [0.6, 0.6, 0.8, 0.9, 1.1, 1.5, 1.6, 1.6, 1.1, 0.9, 0.7, 0.6],
        "spring" => [0.6, 0.7, 1.4, 1.5, 1.3, 1.0, 0.9, 0.9, 1.0, 1.1, 0.9, 0.7],
        "rain" => [0.4, 0.4, 0.6, 0.8, 1.0, 1.2, 1.9, 1.9, 1.8, 1.0, 0.5, 0.4],
        "harvest" => [0.3, 0.4, 0.7, 0.6, 0.9, 2.8, 1.0, 0.5, 1.1, 2.6, 1.3, 0.5],
        "school" => [0.6, 0.6, 1.3, 1.3, 1.3, 1.2, 0.2, 0.2, 1.4, 1.3, 1.3, 1.2],
        _ => return None,
    })
}

fn by_weekday(hours: &str) -> [f64; 7] {
    match hours {
        "office" => [1.3, 1.2, 1.1, 1.1, 1.1, 0.4, 0.3],
        "school" => [1.1, 1.0, 1.0, 1.0, 1.2, 0.05, 0.1],
        "evening" | "night" => [0.9, 0.9, 0.9, 1.0, 1.2, 1.25, 1.0],
        _ => [1.05, 1.0, 1.0, 1.0, 1.05, 1.0, 0.9],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_whole_and_adds_up_to_a_believable_day() {
        let kinds = kinds();
        assert_eq!(kinds.len(), rows(include_str!("kinds.psv")).count());
        let daily: f64 = kinds.iter().map(|k| k.daily).sum();
        assert!((10.5..12.5).contains(&daily), "{daily} a day");
        let disputes: f64 = kinds.iter().filter(|k| k.is_dispute()).map(|k| k.daily * 365.0).sum();
        assert!((90.0..96.0).contains(&disputes), "{disputes} disputes a year");
        assert!(kinds.iter().all(|k| k.offspring < 1.0 && !k.titles.is_empty()));
    }
}
