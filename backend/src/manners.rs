//! How often one person does what costs: so that a program which runs in circles, or a script, leaves room for the others.

use clap::Args;
use geodata::Time;
use geodata::town::TownId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The period that writes and searches are counted in.
const MINUTE: Duration = Duration::from_secs(60);
/// Persons who are remembered before those who have long done nothing are forgotten.
const REMEMBERED: usize = 1_000;

/// How much one person may do, as it is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct RateArgs {
    /// The most reports, steps and marks on cameras of one person in a minute
    #[arg(long, env = "FANGGE_WRITES_PER_MINUTE", value_name = "N", default_value_t = 120,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub writes_per_minute: u32,
    /// The most searches of one person in a minute: for anything on the map, near or around a place, in the audit log
    #[arg(long, env = "FANGGE_SEARCHES_PER_MINUTE", value_name = "N", default_value_t = 120,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub searches_per_minute: u32,
}

impl Default for RateArgs {
    fn default() -> Self {
        Self { writes_per_minute: 120, searches_per_minute: 120 }
    }
}

/// What the server counts of each person beside their photos.
#[derive(Debug)]
pub struct Manners {
    /// Reports and steps with incidents, marks on cameras.
    pub writes: Rate,
    /// Searches that look at much to tell a little.
    pub searches: Rate,
}

impl From<&RateArgs> for Manners {
    fn from(set: &RateArgs) -> Self {
        Self { writes: Rate::new(set.writes_per_minute, MINUTE), searches: Rate::new(set.searches_per_minute, MINUTE) }
    }
}

/// Somebody of a town's staff.
pub type Person = (TownId, i32);

/// So many in a period, each person for themselves. It is this process's memory: each of several servers counts for itself, and a
/// restart forgets.
#[derive(Debug)]
pub struct Rate {
    most: u32,
    period: Duration,
    /// When each did how much lately, in order.
    lately: Mutex<HashMap<Person, VecDeque<(Time, u32)>>>,
}

impl Rate {
    /// At most `most` in a period.
    pub fn new(most: u32, period: Duration) -> Self {
        Self { most, period, lately: Mutex::default() }
    }

    /// Counts so much that a person does now. What is more at once than a whole period's fill counts as one.
    ///
    /// # Errors
    /// When they have had their fill: how long until it may be, never nought. Then nothing is counted.
    pub fn count(&self, person: Person, much: u32, now: Time) -> Result<(), Duration> {
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        let old = |time: Time| (now - time).to_std().is_ok_and(|age| age >= self.period);
        if lately.len() > REMEMBERED {
            lately.retain(|_, done| done.back().is_some_and(|(time, _)| !old(*time)));
        }
        let done = lately.entry(person).or_default();
        while done.front().is_some_and(|(time, _)| old(*time)) {
            done.pop_front();
        }
        let (much, all) = (much.min(self.most), done.iter().map(|(_, much)| much).sum::<u32>());
        let mut over = (all + much).saturating_sub(self.most);
        if over == 0 {
            done.push_back((now, much));
            return Ok(());
        }
        let frees = done.iter().find(|(_, much)| {
            over = over.saturating_sub(*much);
            over == 0
        });
        // A clock that was set back makes nobody wait for more than a period.
        let age = frees.and_then(|(time, _)| (now - *time).to_std().ok()).unwrap_or_default();
        Err(self.period.saturating_sub(age).max(Duration::from_secs(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    const WANG: Person = (TownId(1), 7);

    fn at(seconds: i64) -> Time {
        "2026-11-23T08:00:00Z".parse::<Time>().unwrap() + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_fill_lasts_until_its_first_is_old_and_is_each_persons_own() {
        let rate = Rate::new(60, Duration::from_secs(600));
        for i in 0..60 {
            assert_eq!(rate.count(WANG, 1, at(i)), Ok(()), "{i}");
        }
        assert_eq!(rate.count(WANG, 1, at(60)), Err(Duration::from_secs(540)));
        assert_eq!(rate.count(WANG, 1, at(-3600)), Err(Duration::from_secs(600)), "a clock set back");
        assert_eq!(rate.count((TownId(1), 8), 1, at(60)), Ok(()));
        assert_eq!(rate.count((TownId(2), 7), 1, at(60)), Ok(()));
        assert_eq!(rate.count(WANG, 1, at(600)), Ok(()), "the first is forgotten");
        assert!(rate.count(WANG, 1, at(600)).is_err(), "the second is not");
    }

    #[test]
    fn many_at_once_wait_until_there_is_room_for_all_of_them() {
        let rate = Rate::new(10, Duration::from_secs(60));
        assert_eq!(rate.count(WANG, 4, at(0)), Ok(()));
        assert_eq!(rate.count(WANG, 4, at(10)), Ok(()));
        assert_eq!(rate.count(WANG, 3, at(20)), Err(Duration::from_secs(40)));
        assert_eq!(rate.count(WANG, 7, at(20)), Err(Duration::from_secs(50)));
        assert_eq!(rate.count(WANG, 2, at(20)), Ok(()), "what was refused was not counted");
        assert_eq!(rate.count(WANG, 100, at(79)), Err(Duration::from_secs(1)));
        assert_eq!(rate.count(WANG, 100, at(80)), Ok(()), "and no more than a fill is ever asked for");
    }
}
