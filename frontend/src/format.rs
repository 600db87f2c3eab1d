//! Numbers and times as a person reads them, in the town's time zone and the page's language.

use crate::words::Words;
use geodata::Time;
use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};

/// A span of minutes in the one unit that a person would say it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Less than a minute.
    Moment,
    /// Up to 90 of them.
    Minutes(i64),
    /// Up to two days.
    Hours(i64),
    /// From then on.
    Days(i64),
}

impl Span {
    /// From minutes; the sign is dropped. What is left is rounded down, as a promise should be.
    pub fn of(minutes: i64) -> Self {
        match minutes.abs() {
            0 => Self::Moment,
            m @ 1..90 => Self::Minutes(m),
            m @ 90..2_880 => Self::Hours(m / 60),
            m => Self::Days(m / 1_440),
        }
    }

    /// From one moment to another.
    pub fn between(from: Time, to: Time) -> Self {
        Self::of((to - from).num_minutes())
    }

    /// In words.
    pub fn say(self, w: &Words) -> String {
        match self {
            Self::Moment => w.under_minute.to_owned(),
            Self::Minutes(n) => w.minutes(&n.to_string()),
            Self::Hours(n) => w.hours(&n.to_string()),
            Self::Days(n) => w.days(&n.to_string()),
        }
    }

    /// In words, as an age.
    pub fn ago(self, w: &Words) -> String {
        match self {
            Self::Moment => w.just_now.to_owned(),
            Self::Minutes(n) => w.minutes_ago(&n.to_string()),
            Self::Hours(n) => w.hours_ago(&n.to_string()),
            Self::Days(n) => w.days_ago(&n.to_string()),
        }
    }
}

/// A median time split into number and unit: minutes to 90, hours to two days, then days; one decimal below ten hours.
pub fn measure(minutes: f64, w: &Words) -> (String, &'static str) {
    if minutes < 90.0 {
        (whole(minutes), w.unit_minutes)
    } else if minutes < 2_880.0 {
        (tenth(minutes / 60.0), w.unit_hours)
    } else {
        (tenth(minutes / 1_440.0), w.unit_days)
    }
}

/// Rounded to one decimal below ten, to none from there on: nobody acts on 23.4 hours.
pub fn tenth(number: f64) -> String {
    if number.abs() < 9.95 { trimmed(number, 1) } else { whole(number) }
}

/// Rounded to a whole number.
pub fn whole(number: f64) -> String {
    fixed(number, 0)
}

/// Rounded to so many decimals, all of them told. Rust's own printing of floats would cost the page 10 KB.
///
/// ```
/// use frontend::format::fixed;
/// assert_eq!([fixed(34.412_345_6, 5), fixed(-0.04, 1), fixed(-0.5, 2)], ["34.41235", "0.0", "-0.50"]);
/// ```
pub fn fixed(number: f64, places: usize) -> String {
    const SCALES: [f64; 7] = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6];
    let places = places.min(SCALES.len() - 1);
    #[expect(clippy::cast_possible_truncation, reason = "saturates, for numbers that nobody prints")]
    let scaled = (number * SCALES[places]).round() as i64;
    let mut digits = scaled.unsigned_abs().to_string();
    while digits.len() <= places {
        digits.insert(0, '0');
    }
    if places > 0 {
        digits.insert(digits.len() - places, '.');
    }
    if scaled < 0 {
        digits.insert(0, '-');
    }
    digits
}

/// Rounded to at most so many decimals, without idle zeros.
pub fn trimmed(number: f64, places: usize) -> String {
    let text = fixed(number, places);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A plain decimal number as addresses hold it; no exponents, no infinities. Decimals past what a float holds exactly
/// are dropped.
///
/// ```
/// use frontend::format::decimal;
/// assert_eq!((decimal("-34.5"), decimal("1e3"), decimal("."), decimal("")), (Some(-34.5), None, None, None));
/// assert_eq!(decimal("107.123456789012345"), Some(107.123456789012));
/// ```
pub fn decimal(text: &str) -> Option<f64> {
    /// Digits that a float holds exactly.
    const DIGITS: usize = 15;
    /// Nobody writes a place longer than this.
    const LENGTH: usize = 40;
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let length = whole.len() + part.len();
    if !plain(whole) || !plain(part) || whole.len() > DIGITS || !(1..=LENGTH).contains(&length) {
        return None;
    }
    let part = part.get(..part.len().min(DIGITS - whole.len()))?;
    #[expect(clippy::cast_precision_loss, reason = "fifteen digits are exact")]
    let number = [whole, part].concat().parse::<i64>().ok()? as f64;
    let scale = part.bytes().fold(1.0, |scale, _| scale * 10.0);
    Some(if negative { -number / scale } else { number / scale })
}

/// A count with thousands set apart.
///
/// ```
/// assert_eq!(frontend::format::count(38_000), "38,000");
/// assert_eq!(frontend::format::count(-4), "-4");
/// ```
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A difference with its sign.
pub fn signed(number: i64) -> String {
    match number {
        0 => "±0".to_owned(),
        1.. => ["+", &count(number)].concat(),
        _ => ["−", &count(number.saturating_neg())].concat(),
    }
}

/// A point as people paste it into other maps: latitude first, five decimals, about a metre.
pub fn position(at: geodata::place::Position) -> String {
    [&fixed(at.lat(), 5), ", ", &fixed(at.lon(), 5)].concat()
}

/// The eighth of the compass that a bearing points to, as the word of its text: `0` north, `2` east.
pub fn compass(bearing_deg: f32) -> &'static str {
    const WORDS: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7"];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 8")]
    let eighth = (f64::from(bearing_deg).rem_euclid(360.0) / 45.0).round() as usize;
    WORDS[eighth % WORDS.len()]
}

/// A wall-clock text `2026-11-23T14:02` or `2026-11-23 14:02:00`, read as if it were UTC.
fn naive(text: &str) -> Option<Time> {
    let text = text.trim().replacen(' ', "T", 1);
    let seconds = if text.matches(':').count() == 1 { ":00Z" } else { "Z" };
    chrono::DateTime::parse_from_rfc3339(&[&text, seconds].concat()).ok().map(|t| t.to_utc())
}

/// The moment at which clocks show `wall`, where `shown` tells what they show at a moment. Times that a change of clocks
/// skips are taken an hour on.
fn moment(wall: &str, shown: impl Fn(Time) -> Option<Time>) -> Option<Time> {
    let wall = naive(wall)?;
    let mut at = wall;
    for _ in 0..2 {
        at -= shown(at)? - wall;
    }
    Some(at)
}

/// Clock and calendar of the town, by the browser's own formatter.
#[derive(Clone, Copy)]
pub struct Dates(StoredValue<Option<Function>, LocalStorage>);

impl Dates {
    /// For an IANA time zone; an unknown zone falls back to UTC.
    pub fn new(zone: &str) -> Self {
        Self(StoredValue::new_local(formatter(zone).or_else(|| formatter("UTC"))))
    }

    /// `2026-11-23 14:02:00`.
    fn iso(self, at: Time) -> String {
        #[expect(clippy::cast_precision_loss, reason = "JavaScript's dates are floats")]
        let date = js_sys::Date::new(&JsValue::from_f64(at.timestamp_millis() as f64));
        let format = |f: &Option<Function>| f.as_ref()?.call1(&JsValue::UNDEFINED, &date).ok()?.as_string();
        self.0.try_with_value(format).flatten().unwrap_or_default()
    }

    /// `14:02`.
    pub fn time(self, at: Time) -> String {
        part(&self.iso(at), 11, 16)
    }

    /// `11-22 14:02`, or `14:02` where it is today.
    pub fn short(self, at: Time, now: Time) -> String {
        let (at, now) = (self.iso(at), self.iso(now));
        if part(&at, 0, 10) == part(&now, 0, 10) { part(&at, 11, 16) } else { part(&at, 5, 16) }
    }

    /// `2026-11-23 14:02:00`, where the very second counts.
    pub fn stamp(self, at: Time) -> String {
        self.iso(at)
    }

    /// `2026-11-23T14:02`, for an input of date and time.
    pub fn input(self, at: Time) -> String {
        part(&self.iso(at), 0, 16).replacen(' ', "T", 1)
    }

    /// The moment of an input of date and time.
    pub fn read(self, wall: &str) -> Option<Time> {
        moment(wall, |at| naive(&self.iso(at)))
    }
}

fn part(text: &str, from: usize, to: usize) -> String {
    text.get(from..to).unwrap_or_default().to_owned()
}

/// The bound `format` of an `Intl.DateTimeFormat` that writes as ISO 8601 does, which is how Swedes write; `None` where
/// the browser does not know the zone.
fn formatter(zone: &str) -> Option<Function> {
    const OPTIONS: &str = r#"{"dateStyle":"short","timeStyle":"medium","timeZone":"ZONE"}"#;
    let options = js_sys::JSON::parse(&OPTIONS.replace("ZONE", zone)).ok()?;
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let maker: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let made = Reflect::construct(&maker, &Array::of2(&"sv-SE".into(), &options)).ok()?;
    Reflect::get(&made, &"format".into()).ok()?.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{EN, ZH};
    use chrono::TimeDelta;
    use geodata::place::Position;

    #[test]
    fn spans_are_said_in_one_unit_and_never_promise_too_much() {
        let said = |minutes| Span::of(minutes).say(&EN);
        assert_eq!(
            [0, 1, 89, 90, 179, 2_879, 2_880, 10_079].map(said),
            ["under 1 min", "1 min", "89 min", "1 h", "2 h", "47 h", "2 d", "6 d"]
        );
        assert_eq!(Span::of(-22).say(&ZH), "22 分钟");
        assert_eq!(Span::of(0).ago(&ZH), "刚刚");
    }

    #[test]
    fn figures_have_no_decimals_that_nobody_acts_on() {
        assert_eq!(measure(6.2, &EN), ("6".to_owned(), "min"));
        assert_eq!(measure(444.0, &EN), ("7.4".to_owned(), "h"));
        assert_eq!(measure(1_404.0, &EN), ("23".to_owned(), "h"));
        assert_eq!(measure(4_320.0, &EN), ("3".to_owned(), "days"));
        assert_eq!((whole(-0.2), tenth(9.96)), ("0".to_owned(), "10".to_owned()));
        assert_eq!((signed(-4), signed(0), signed(1_200)), ("−4".into(), "±0".into(), "+1,200".into()));
    }

    #[test]
    fn positions_have_five_decimals() {
        assert_eq!(position(Position::new(107.5, 34.412_345_6).unwrap()), "34.41235, 107.50000");
        assert_eq!(position(Position::new(-95.0, 29.0).unwrap()), "29.00000, -95.00000");
    }

    #[test]
    fn bearings_have_names() {
        let eighths = [0.0, 44.0, 90.0, 181.0, 337.0, 338.0, 359.0, -90.0].map(compass);
        assert_eq!(eighths, ["0", "1", "2", "4", "7", "0", "0", "6"]);
    }

    #[test]
    fn a_wall_clock_is_read_in_its_own_zone() {
        let at = |text: &str| text.parse::<Time>().unwrap();
        let shanghai = |t: Time| Some(t + TimeDelta::hours(8));
        assert_eq!(moment("2026-11-23T14:02", shanghai), Some(at("2026-11-23T06:02:00Z")));
        assert_eq!(moment("yesterday", shanghai), None);
        // Houston, on the night when clocks go from two back to one.
        let houston = |t: Time| {
            let summer = t < at("2026-11-01T07:00:00Z");
            Some(t - TimeDelta::hours(if summer { 5 } else { 6 }))
        };
        assert_eq!(moment("2026-11-01T00:30", houston), Some(at("2026-11-01T05:30:00Z")));
        assert_eq!(moment("2026-11-01T03:30", houston), Some(at("2026-11-01T09:30:00Z")));
    }
}
