//! The clock that runs on an incident: whose it is, since when, and how much of it is left.

use super::Level;
use crate::Time;
use crate::town::vocabulary;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// How time is counted: the town's working time, or every minute.
pub trait Hours {
    /// When so many counted minutes from a moment are over.
    fn due(&self, from: Time, minutes: i64) -> Time;
    /// Counted minutes from one moment to a later one; 0 where it is not later.
    fn between(&self, from: Time, to: Time) -> i64;
}

/// Every minute counts: what can't wait for the morning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AlwaysOpen;

impl Hours for AlwaysOpen {
    fn due(&self, from: Time, minutes: i64) -> Time {
        from.checked_add_signed(chrono::TimeDelta::minutes(minutes)).unwrap_or(Time::MAX_UTC)
    }

    fn between(&self, from: Time, to: Time) -> i64 {
        (to - from).num_minutes().max(0)
    }
}

/// What a category's version says of the time for one severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Minutes at grid, village and town.
    pub limits: [i32; 3],
    /// Whether the clock stands still while it is referred out.
    pub pauses_referred: bool,
    /// Whether the clock stands still while it is parked.
    pub pauses_parked: bool,
}

impl Terms {
    /// Minutes to deal with it at a level.
    pub fn limit(&self, level: Level) -> i32 {
        match level {
            Level::Grid => self.limits[0],
            Level::Village => self.limits[1],
            Level::Town | Level::County => self.limits[2],
        }
    }

    /// Counted minutes that someone who was reminded still has before it passes to the next level: a quarter of the
    /// limit, at least ten minutes and at most a working day.
    pub fn grace(&self, level: Level) -> i64 {
        i64::from(self.limit(level) / 4).clamp(10, 480)
    }
}

vocabulary!(
    /// What the system reminds of.
    Alarm {
        /// 超期: the limit is over
        Due,
        /// 复查: the date to look at a parked incident again has come
        Review,
        /// 督办到期: a supervisor's deadline is over
        Supervision,
        /// 升级: the grace after the reminder is over, and it passes to the next level
        Lapse,
    }
);

/// A clock: a limit, what is used of it, and since when it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// The level whose limit it is.
    pub level: Level,
    /// When it was started.
    pub since: Time,
    /// The limit in counted minutes, an extension included.
    pub limit: i64,
    /// Counted minutes used before it last began to run.
    pub used: i64,
    /// Since when it runs; none while it stands still.
    pub running: Option<Time>,
    /// When its limit is over; none while it stands still.
    pub due: Option<Time>,
}

impl Clock {
    /// A clock that starts now.
    pub fn start(level: Level, at: Time, terms: &Terms, hours: &impl Hours) -> Self {
        let limit = i64::from(terms.limit(level));
        let clock = Self { level, since: at, limit, used: 0, running: Some(at), due: None };
        clock.reckoned(hours)
    }

    /// The same with its end reckoned anew, as after a change of the working hours.
    #[must_use]
    pub fn reckoned(self, hours: &impl Hours) -> Self {
        let left = (self.limit - self.used).max(0);
        Self { due: self.running.map(|from| hours.due(from, left)), ..self }
    }

    /// Stands still from a moment on.
    #[must_use]
    pub fn paused(self, at: Time, hours: &impl Hours) -> Self {
        Self { used: self.used_at(at, hours), running: None, due: None, ..self }
    }

    /// Runs on from a moment.
    #[must_use]
    pub fn resumed(self, at: Time, hours: &impl Hours) -> Self {
        if self.running.is_some() { self } else { Self { running: Some(at), ..self }.reckoned(hours) }
    }

    /// With so many minutes more.
    #[must_use]
    pub fn extended(self, minutes: i64, hours: &impl Hours) -> Self {
        Self { limit: self.limit + minutes, ..self }.reckoned(hours)
    }

    /// Counted minutes used by a moment.
    pub fn used_at(&self, at: Time, hours: &impl Hours) -> i64 {
        self.used + self.running.map_or(0, |from| hours.between(from, at))
    }

    /// Counted minutes left at a moment; less than none when it is over.
    pub fn left_at(&self, at: Time, hours: &impl Hours) -> i64 {
        self.limit - self.used_at(at, hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TERMS: Terms = Terms { limits: [60, 120, 240], pauses_referred: true, pauses_parked: true };

    proptest! {
        #[test]
        fn pauses_move_the_end_by_as_long_as_they_last(spans in proptest::collection::vec(0_i64..30, 2..8)) {
            let start: Time = "2026-11-23T00:00:00Z".parse().unwrap();
            let mut clock = Clock::start(Level::Village, start, &TERMS, &AlwaysOpen);
            let (mut at, mut paused) = (start, 0);
            for (n, minutes) in spans.iter().enumerate() {
                at += chrono::TimeDelta::minutes(*minutes);
                if n % 2 == 0 {
                    clock = clock.paused(at, &AlwaysOpen);
                    prop_assert_eq!(clock.due, None);
                } else {
                    paused += minutes;
                    clock = clock.resumed(at, &AlwaysOpen);
                }
            }
            clock = clock.resumed(at, &AlwaysOpen);
            if clock.used_at(at, &AlwaysOpen) < 120 {
                prop_assert_eq!(clock.due, Some(start + chrono::TimeDelta::minutes(120 + paused)));
            }
        }
    }

    #[test]
    fn grace_has_a_floor_and_a_ceiling() {
        let grace = |minutes| Terms { limits: [minutes; 3], ..TERMS }.grace(Level::Grid);
        assert_eq!([grace(8), grace(240), grace(100_000)], [10, 60, 480]);
    }
}
