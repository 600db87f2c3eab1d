//! How often and how many at once: so that one person's telephone, or all of them together, leave room for the others.

use geodata::Time;
use geodata::town::TownId;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Photos that one person may send within [`PERIOD`].
pub const MOST: usize = 60;
/// The period that [`MOST`] is counted in: a round of the village with the camera is no attack.
pub const PERIOD: Duration = Duration::from_secs(600);

/// Photos that one person may be sending at the same time: as many as a browser sends to one server.
pub const AT_ONCE: usize = 6;

/// When each person sent photos lately, and how many they are sending. It is this process's memory: each of several servers counts
/// for itself.
#[derive(Debug, Default)]
pub struct Manners {
    lately: Mutex<HashMap<(TownId, i32), VecDeque<Time>>>,
    now: Mutex<HashMap<(TownId, i32), usize>>,
}

/// A photo that is being sent, until this is dropped.
#[derive(Debug)]
pub struct Sending<'a> {
    manners: &'a Manners,
    person: (TownId, i32),
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        let mut now = self.manners.now.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut many) = now.entry(self.person) {
            *many.get_mut() -= 1;
            if *many.get() == 0 {
                many.remove();
            }
        }
    }
}

impl Manners {
    /// Counts a photo that a person sends now.
    ///
    /// # Errors
    /// When they have sent their fill: how long until the next may come, never nought.
    pub fn count(&self, town: TownId, staff: i32, now: Time) -> Result<(), Duration> {
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        let old = |time: &Time| (now - *time).to_std().is_ok_and(|age| age >= PERIOD);
        // Now and then: those who have long sent nothing are forgotten.
        if lately.len() > 1_000 {
            lately.retain(|_, times| times.back().is_some_and(|time| !old(time)));
        }
        let times = lately.entry((town, staff)).or_default();
        while times.front().is_some_and(old) {
            times.pop_front();
        }
        if let Some(first) = times.front().filter(|_| times.len() >= MOST) {
            // A clock that was set back makes nobody wait for more than a period.
            let age = (now - *first).to_std().unwrap_or_default();
            return Err(PERIOD.saturating_sub(age).max(Duration::from_secs(1)));
        }
        times.push_back(now);
        Ok(())
    }

    /// Notes that a person begins to send a photo; none where they are sending as many as one may.
    pub fn arrive(&self, town: TownId, staff: i32) -> Option<Sending<'_>> {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let many = now.entry((town, staff)).or_default();
        if *many >= AT_ONCE {
            return None;
        }
        *many += 1;
        Some(Sending { manners: self, person: (town, staff) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_fill_lasts_until_its_first_is_old_and_is_each_persons_own() {
        let manners = Manners::default();
        let start: Time = "2026-11-23T08:00:00Z".parse().unwrap();
        let at = |seconds: i64| start + TimeDelta::seconds(seconds);
        for i in 0..60 {
            assert_eq!(manners.count(TownId(1), 7, at(i)), Ok(()), "{i}");
        }
        assert_eq!(manners.count(TownId(1), 7, at(60)), Err(Duration::from_secs(540)));
        assert_eq!(manners.count(TownId(1), 7, at(-3600)), Err(PERIOD), "a clock set back");
        assert_eq!(manners.count(TownId(1), 8, at(60)), Ok(()));
        assert_eq!(manners.count(TownId(2), 7, at(60)), Ok(()));
        assert_eq!(manners.count(TownId(1), 7, at(600)), Ok(()), "the first is forgotten");
        assert!(manners.count(TownId(1), 7, at(600)).is_err(), "the second is not");
    }

    #[test]
    fn one_person_sends_so_many_at_once_and_another_as_many() {
        let manners = Manners::default();
        let mut sending: Vec<_> = (0..AT_ONCE).map(|_| manners.arrive(TownId(1), 7).unwrap()).collect();
        assert!(manners.arrive(TownId(1), 7).is_none());
        assert!(manners.arrive(TownId(1), 8).is_some());
        sending.pop();
        assert!(manners.arrive(TownId(1), 7).is_some());
        drop(sending);
        assert!(manners.now.lock().unwrap().is_empty());
    }
}
