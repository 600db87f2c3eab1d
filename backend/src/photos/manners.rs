//! How often and how many at once: so that one person's telephone, or all of them together, leave room for the others.

use geodata::Time;
use geodata::town::TownId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Photos that one person may send within [`PERIOD`].
pub const MOST: usize = 60;
/// The period that [`MOST`] is counted in: a round of the village with the camera is no attack.
pub const PERIOD: Duration = Duration::from_secs(600);

/// Photos of one person that are received at the same time; the others wait for these, so that who chooses twenty of them does not
/// take everybody's places.
pub const AT_ONCE: usize = 4;

type Person = (TownId, i32);

/// When each person sent photos lately, and their turns. It is this process's memory: each of several servers counts for itself.
#[derive(Debug, Default)]
pub struct Manners {
    lately: Mutex<HashMap<Person, VecDeque<Time>>>,
    turns: Mutex<HashMap<Person, Arc<Semaphore>>>,
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

    /// Waits for a person's turn to have a photo received.
    pub async fn turn(&self, town: TownId, staff: i32) -> Option<OwnedSemaphorePermit> {
        let turns = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            // Those whom nobody waits for are forgotten.
            if turns.len() > 1_000 {
                turns.retain(|_, turns| Arc::strong_count(turns) > 1);
            }
            Arc::clone(turns.entry((town, staff)).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))))
        };
        // Nobody closes it, so that the turn comes.
        turns.acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use futures::FutureExt as _;
    use std::pin::pin;

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

    #[tokio::test]
    async fn one_persons_photos_wait_for_each_other_and_not_for_anothers() {
        let manners = Manners::default();
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(manners.turn(TownId(1), 7).await);
        }
        let mut next = pin!(manners.turn(TownId(1), 7));
        assert!((&mut next).now_or_never().is_none());
        assert!(manners.turn(TownId(1), 8).now_or_never().is_some());
        turns.pop();
        assert!(next.now_or_never().is_some());
    }
}
