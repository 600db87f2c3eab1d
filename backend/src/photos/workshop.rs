//! Decoding takes much memory and all of a processor: so many at a time, and no more.

use super::picture::{self, MOST_MEMORY, Picture};
use super::refusal::Refusal;
use axum::body::Bytes;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Memory that all decoding together may take, MiB: one of the dearest files with what making it fit takes, or several ordinary
/// ones.
const MEMORY_MIB: u32 = 768;
const MIB: u64 = 1024 * 1024;
const _: () = assert!(MOST_MEMORY < MEMORY_MIB as u64 * MIB);

/// Where photos are made: in turns, within a bound of memory.
#[derive(Debug, Clone)]
pub struct Workshop {
    turns: Arc<Semaphore>,
    memory: Arc<Semaphore>,
}

impl Default for Workshop {
    /// As many turns as the machine has processors.
    fn default() -> Self {
        let turns = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { turns: Arc::new(Semaphore::new(turns)), memory: Arc::new(Semaphore::new(MEMORY_MIB as usize)) }
    }
}

impl Workshop {
    /// Makes a photo of a file, when its turn has come.
    ///
    /// # Errors
    /// When the file is none.
    pub async fn make(&self, bytes: Bytes) -> Result<Picture, Refusal> {
        let turn = permit(&self.turns, 1).await;
        // Who waits for memory has a turn, as has everyone who holds some: it goes on.
        let (bytes, look) = blocking(move || {
            let look = picture::look(&bytes)?;
            Ok((bytes, look))
        })
        .await?;
        let mib = u32::try_from(look.memory.div_ceil(MIB)).unwrap_or(MEMORY_MIB).clamp(1, MEMORY_MIB);
        let memory = permit(&self.memory, mib).await;
        blocking(move || {
            // A request that is given up leaves its decoder running; what it holds goes with the decoder, not with the request.
            let _held = (turn, memory);
            picture::make(&bytes, &look)
        })
        .await
    }
}

/// So many permits; nobody closes the semaphores, so that they come.
async fn permit(of: &Arc<Semaphore>, many: u32) -> Option<OwnedSemaphorePermit> {
    Arc::clone(of).acquire_many_owned(many).await.ok()
}

/// Runs it where it may block. It does not panic; where it did, the file would be to blame.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Refusal::Damaged))
}
