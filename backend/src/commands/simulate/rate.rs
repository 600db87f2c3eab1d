//! Rates and spans of time, as people type them.

use std::str::FromStr;
use std::time::Duration;

/// The quickest that is taken: past it, it is no longer a demonstration.
const MOST_PER_SECOND: f64 = 100.0;

/// How many a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f64);

impl Rate {
    /// Events a second.
    pub fn per_second(self) -> f64 {
        self.0
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rule = || "a rate is a number and a unit, as in 2/min, 6/h or 1/s, and at most 100/s".to_owned();
        let (count, unit) = text.split_once('/').ok_or_else(rule)?;
        let count: f64 = count.trim().parse().map_err(|_| rule())?;
        let per_second = count / seconds(unit.trim()).ok_or_else(rule)?;
        if per_second > 0.0 && per_second <= MOST_PER_SECOND { Ok(Self(per_second)) } else { Err(rule()) }
    }
}

/// A span of time: `90s`, `10m`, `2h`.
pub fn span(text: &str) -> Result<Duration, String> {
    let rule = || "a span is a number and a unit, as in 90s, 10m or 2h".to_owned();
    let split = text.find(|c: char| c.is_alphabetic()).ok_or_else(rule)?;
    let count: f64 = text[..split].trim().parse().map_err(|_| rule())?;
    let unit = seconds(text[split..].trim()).ok_or_else(rule)?;
    Duration::try_from_secs_f64(count * unit).map_err(|_| rule())
}

fn seconds(unit: &str) -> Option<f64> {
    match unit {
        "s" | "sec" | "second" => Some(1.0),
        "m" | "min" | "minute" => Some(60.0),
        "h" | "hour" => Some(3_600.0),
        "d" | "day" => Some(86_400.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_spans_are_a_number_and_a_unit() {
        assert_eq!("6/min".parse(), Ok(Rate(0.1)));
        assert_eq!("36/h".parse(), Ok(Rate(0.01)));
        assert_eq!(span("1.5m"), Ok(Duration::from_secs(90)));
        for wrong in ["2", "0/min", "-1/s", "nan/s", "101/s", "2/week", "two/h"] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
        for wrong in ["10", "m", "-1s", "1e30h"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
