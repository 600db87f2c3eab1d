//! The last events of a town, each encoded once, shared by all who read.

use axum::body::Bytes;
use geodata::wire::LiveEvent;
use std::collections::VecDeque;
use std::sync::{PoisonError, RwLock};
use tokio::sync::watch;

/// Events kept: some 600 bytes each.
const KEPT: usize = 2_048;

/// An event as it goes over the wire.
#[derive(Clone)]
pub struct Frame {
    /// Its number.
    pub seq: i64,
    /// `id`, `event` and `data` lines, ready to send.
    pub bytes: Bytes,
}

impl Frame {
    /// Encodes an event as a server-sent event.
    ///
    /// # Errors
    /// Never for the types at hand; serde's signature allows for it.
    pub fn encode(event: &LiveEvent) -> serde_json::Result<Self> {
        let seq = event.event.seq;
        let data = serde_json::to_string(event)?;
        Ok(Self { seq, bytes: Bytes::from(format!("id: {seq}\nevent: incident\ndata: {data}\n\n")) })
    }
}

/// What a reader at some number finds.
pub enum Ahead {
    /// These frames come next.
    Frames(Vec<Frame>),
    /// Nothing yet.
    Nothing,
    /// What comes next is no longer kept here: it stands in the log.
    Older,
    /// The reader is ahead of the log: it has read another history.
    Never,
}

/// A town's tail.
pub struct Tail {
    frames: RwLock<VecDeque<Frame>>,
    last: watch::Sender<i64>,
    /// Only one task at a time reads the log on.
    pub(super) reading: tokio::sync::Mutex<()>,
}

impl Tail {
    /// An empty tail after this number.
    pub fn starting_at(last: i64) -> Self {
        Self { frames: RwLock::default(), last: watch::Sender::new(last), reading: tokio::sync::Mutex::default() }
    }

    /// The number of the last event.
    pub fn last(&self) -> i64 {
        *self.last.borrow()
    }

    /// Wakes when the last number changes.
    pub fn watch(&self) -> watch::Receiver<i64> {
        self.last.subscribe()
    }

    /// Adds events that follow on the last one.
    pub fn push(&self, new: Vec<Frame>) {
        let Some(last) = new.last().map(|f| f.seq) else { return };
        {
            let mut frames = self.frames.write().unwrap_or_else(PoisonError::into_inner);
            frames.extend(new);
            let over = frames.len().saturating_sub(KEPT);
            frames.drain(..over);
        }
        self.last.send_replace(last);
    }

    /// At most `most` frames after a number.
    pub fn after(&self, seq: i64, most: usize) -> Ahead {
        let frames = self.frames.read().unwrap_or_else(PoisonError::into_inner);
        let last = self.last();
        match seq.cmp(&last) {
            std::cmp::Ordering::Equal => Ahead::Nothing,
            std::cmp::Ordering::Greater => Ahead::Never,
            std::cmp::Ordering::Less => match frames.front() {
                Some(first) if first.seq <= seq + 1 => {
                    let from = frames.partition_point(|f| f.seq <= seq);
                    Ahead::Frames(frames.range(from..).take(most).cloned().collect())
                }
                _ => Ahead::Older,
            },
        }
    }
}
