//! How often and how many at once: so that one person's telephone, or all of them together, leave room for the others.

use crate::manners::{Person, Rate};
use geodata::town::TownId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Photos that one person may send within [`PERIOD`].
pub const MOST: u32 = 60;
/// The period that [`MOST`] is counted in: a round of the village with the camera is no attack.
pub const PERIOD: Duration = Duration::from_secs(600);

/// Photos of one person that are received at the same time; the others wait for these, so that who chooses twenty of them does not
/// take everybody's places.
pub const AT_ONCE: usize = 4;

/// When each person sent photos lately, and their turns.
#[derive(Debug)]
pub struct Manners {
    /// How many they send.
    pub rate: Rate,
    turns: Mutex<HashMap<Person, Arc<Semaphore>>>,
}

impl Default for Manners {
    fn default() -> Self {
        Self { rate: Rate::new(MOST, PERIOD), turns: Mutex::default() }
    }
}

impl Manners {
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
    use futures::FutureExt as _;
    use std::pin::pin;

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
