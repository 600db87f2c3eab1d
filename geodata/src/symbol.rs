//! What an incident looks like on a map and in a list: shape by severity, body by state, a ring by lateness.
//!
//! Shape comes before colour, so that all of it survives grey-scale and colour-blindness. Sizes are multiples of the
//! style sheet's symbol radius; y grows downwards.

use crate::Time;
use crate::incident::Severity;
use crate::wire::IncidentProperties;

/// An outline around the origin, in symbol radii; a circle has no corners.
pub type Corners = &'static [(f64, f64)];

/// The shape of a severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// 1 特别重大
    Octagon,
    /// 2 重大
    Triangle,
    /// 3 较大
    Diamond,
    /// 4 一般
    Circle,
}

impl Shape {
    /// The shape of this severity.
    ///
    /// ```
    /// use geodata::incident::Severity;
    /// use geodata::symbol::Shape;
    /// assert_eq!(Severity::ALL.map(Shape::of), [Shape::Octagon, Shape::Triangle, Shape::Diamond, Shape::Circle]);
    /// ```
    pub fn of(severity: Severity) -> Self {
        match severity.number() {
            1 => Self::Octagon,
            2 => Self::Triangle,
            3 => Self::Diamond,
            _ => Self::Circle,
        }
    }

    /// Its corners, clockwise; empty for the circle, whose radius is [`Self::radius`].
    pub fn corners(self) -> Corners {
        match self {
            Self::Octagon => &[
                (-0.53, -1.28),
                (0.53, -1.28),
                (1.28, -0.53),
                (1.28, 0.53),
                (0.53, 1.28),
                (-0.53, 1.28),
                (-1.28, 0.53),
                (-1.28, -0.53),
            ],
            Self::Triangle => &[(0.0, -1.32), (1.26, 0.92), (-1.26, 0.92)],
            Self::Diamond => &[(0.0, -1.14), (1.14, 0.0), (0.0, 1.14), (-1.14, 0.0)],
            Self::Circle => &[],
        }
    }

    /// The circle that holds it, in symbol radii. The graver, the larger.
    ///
    /// ```
    /// use geodata::symbol::Shape;
    /// for shape in [Shape::Octagon, Shape::Triangle, Shape::Diamond] {
    ///     assert!(shape.corners().iter().all(|(x, y)| x.hypot(*y) <= shape.radius() + 0.02));
    /// }
    /// ```
    pub fn radius(self) -> f64 {
        match self {
            Self::Octagon => 1.38,
            Self::Triangle => 1.56,
            Self::Diamond => 1.14,
            Self::Circle => 0.8,
        }
    }
}

/// What fills the shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Body {
    /// Over: muted.
    Ended,
    /// Being handled: filled.
    Filled,
    /// Nobody has taken it on yet: hollow.
    Hollow,
}

/// All that decides how one incident is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symbol {
    /// Its severity.
    pub severity: Severity,
    /// What fills it.
    pub body: Body,
    /// Whether it wears the dashed ring.
    pub late: bool,
}

impl Symbol {
    /// How many there are; [`Self::index`] is below it.
    pub const COUNT: usize = 24;

    /// The symbol of an incident at `now`.
    ///
    /// ```
    /// # use geodata::incident::{Level, Party, Severity, Source, State};
    /// # use geodata::wire::IncidentProperties;
    /// # let mut incident = IncidentProperties {
    /// #     number: String::new(), title: String::new(), category: "0203".parse().unwrap(),
    /// #     severity: Severity::try_from(1).unwrap(), state: State::Verified, level: Level::Grid, owner: Party::Grid, offered: None,
    /// #     source: Source::Resident, village: None, grid: None, outside: false,
    /// #     reported_at: "2026-11-23T00:00:00Z".parse().unwrap(), due_at: Some("2026-11-23T04:00:00Z".parse().unwrap()),
    /// #     ended_at: None, acknowledged: None, seq: 1, simulated: false };
    /// use geodata::symbol::{Body, Symbol};
    /// let now = "2026-11-23T08:00:00Z".parse().unwrap();
    /// let reported = Symbol::of(&incident, now);
    /// assert!(reported.body == Body::Hollow && reported.late);
    /// incident.state = State::Closed;
    /// let closed = Symbol::of(&incident, now);
    /// assert!(closed.body == Body::Ended && !closed.late);
    /// ```
    pub fn of(incident: &IncidentProperties, now: Time) -> Self {
        let body = match incident.state {
            state if !state.is_open() => Body::Ended,
            state if state.is_taken() => Body::Filled,
            _ => Body::Hollow,
        };
        Self { severity: incident.severity, body, late: incident.is_late(now) }
    }

    /// Its place in a sheet of sprites, 0…23.
    pub fn index(self) -> usize {
        (usize::from(self.severity.number()) - 1) * 6 + self.body as usize * 2 + usize::from(self.late)
    }

    /// What is drawn later lies on top: ended below open, then by severity, then the late.
    ///
    /// ```
    /// use geodata::incident::Severity;
    /// use geodata::symbol::{Body, Symbol};
    /// let symbol = |n: u8, body, late| Symbol { severity: Severity::try_from(n).unwrap(), body, late };
    /// assert!(symbol(1, Body::Ended, false).rank() < symbol(4, Body::Filled, false).rank());
    /// assert!(symbol(2, Body::Hollow, false).rank() > symbol(3, Body::Hollow, true).rank());
    /// ```
    pub fn rank(self) -> u8 {
        let open = u8::from(self.body != Body::Ended);
        open * 8 + (4 - self.severity.number()) * 2 + u8::from(self.late)
    }

    /// The radius of its dashed ring, in symbol radii.
    pub fn ring(self) -> f64 {
        match Shape::of(self.severity) {
            Shape::Octagon => 1.98,
            Shape::Triangle => 1.86,
            Shape::Diamond => 1.6,
            Shape::Circle => 1.46,
        }
    }
}

/// A count as short as a cluster's disc is wide. Chinese counts in ten thousands.
///
/// ```
/// use geodata::symbol::short_count;
/// assert_eq!((short_count(87, true), short_count(3_204, true)), ("87".into(), "3204".into()));
/// assert_eq!((short_count(24_409, true), short_count(24_409, false)), ("2.4万".into(), "24k".into()));
/// ```
pub fn short_count(count: u32, chinese: bool) -> String {
    match count {
        0..=9_999 => count.to_string(),
        10_000..=99_999 if chinese => format!("{}.{}万", count / 10_000, count / 1_000 % 10),
        _ if chinese => format!("{}万", count / 10_000),
        10_000..=999_999 => format!("{}k", count / 1_000),
        _ => format!("{}M", count / 1_000_000),
    }
}

/// The radius of a cluster's disc, in symbol radii: it grows with the count's digits, so that the eye weighs it.
///
/// ```
/// use geodata::symbol::disc_radius;
/// assert!(disc_radius(2) < disc_radius(20) && disc_radius(20) < disc_radius(200));
/// ```
pub fn disc_radius(count: u32) -> f64 {
    match count {
        0..=9 => 1.5,
        10..=99 => 1.75,
        100..=999 => 2.1,
        _ => 2.5,
    }
}

/// A share in eighths, rounded up, so that one late incident in a hundred still shows.
///
/// ```
/// use geodata::symbol::eighths;
/// assert_eq!((eighths(0, 100), eighths(1, 100), eighths(50, 100), eighths(100, 100)), (0, 1, 4, 8));
/// ```
pub fn eighths(part: u32, whole: u32) -> u8 {
    let exact = (u64::from(part) * 8).div_ceil(u64::from(whole).max(1));
    u8::try_from(exact.min(8)).unwrap_or(8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_symbol_has_its_own_place() {
        let mut seen = HashSet::new();
        for severity in Severity::ALL {
            for body in [Body::Ended, Body::Filled, Body::Hollow] {
                for late in [false, true] {
                    let symbol = Symbol { severity, body, late };
                    assert!(symbol.index() < Symbol::COUNT);
                    assert!(seen.insert(symbol.index()), "{symbol:?}");
                    assert!(symbol.ring() > Shape::of(severity).radius());
                }
            }
        }
        assert_eq!(seen.len(), Symbol::COUNT);
    }

    #[test]
    fn the_graver_is_never_under_the_lighter() {
        let rank = |n: u8, late| Symbol { severity: Severity::try_from(n).unwrap(), body: Body::Filled, late }.rank();
        for n in 2..=4 {
            assert!(rank(n - 1, false) > rank(n, true));
        }
    }
}
