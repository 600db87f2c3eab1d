//! The last events of a town, each encoded once, shared by all who read.

use crate::db::events::Heard;
use axum::body::Bytes;
use geodata::access::Who;
use geodata::town::{GridCode, VillageCode};
use std::collections::VecDeque;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Events kept: some 600 bytes each.
const KEPT: usize = 2_048;

/// Text as it goes over the wire: within the one allocation both as it is, for whoever wraps it themselves, and as a chunk of a
/// body in chunks (RFC 9112, 7.1).
#[derive(Clone)]
pub struct Piece {
    /// The chunk.
    pub chunk: Bytes,
    /// Where the text begins in it, and where it ends.
    text: [u32; 2],
}

impl Piece {
    /// Wraps a text.
    pub fn of(text: &str) -> Self {
        let length = format!("{:x}\r\n", text.len());
        Self::within(Bytes::from(format!("{length}{text}\r\n")), length.len(), length.len() + text.len())
    }

    /// Bytes that are wrapped already, or need not be.
    pub fn raw(bytes: &'static [u8]) -> Self {
        Self::within(Bytes::from_static(bytes), 0, bytes.len())
    }

    fn within(chunk: Bytes, from: usize, to: usize) -> Self {
        // An event is far below four gigabytes.
        Self { chunk, text: [from, to].map(|at| u32::try_from(at).unwrap_or(u32::MAX)) }
    }

    /// The text alone.
    pub fn plain(&self) -> Bytes {
        let [from, to] = self.text.map(|at| at as usize);
        self.chunk.slice(from..to)
    }
}

/// An event as it goes over the wire.
#[derive(Clone)]
pub struct Frame {
    /// Its number.
    pub seq: i64,
    /// `id`, `event` and `data` lines, ready to send.
    pub piece: Piece,
    audience: Arc<Audience>,
}

/// Whom an event is for, as it was when it was read from the log: who is let in later loads the whole story.
#[derive(Default)]
struct Audience {
    village: Option<VillageCode>,
    grid: Option<GridCode>,
    involved: Vec<String>,
}

impl Frame {
    /// Encodes an event as a server-sent event.
    ///
    /// # Errors
    /// Never for the types at hand; serde's signature allows for it.
    pub fn encode(told: &Heard) -> serde_json::Result<Self> {
        let seq = told.event.event.seq;
        let data = serde_json::to_string(&told.event)?;
        let place = &told.event.incident.properties;
        let audience =
            Audience { village: place.village.clone(), grid: place.grid.clone(), involved: told.involved.clone() };
        let piece = Piece::of(&format!("id: {seq}\nevent: incident\ndata: {data}\n\n"));
        Ok(Self { seq, piece, audience: Arc::new(audience) })
    }

    /// Whether it is for this person: the same rule as the database's policies.
    pub fn is_for(&self, who: &Who) -> bool {
        let Audience { village, grid, involved } = &*self.audience;
        who.sees(village.as_ref().map(VillageCode::as_str), grid.as_ref().map(GridCode::as_str), involved)
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
    /// Readings begun, and the last of them that ended well.
    pub(super) begun: AtomicU64,
    pub(super) ended: AtomicU64,
    /// The log is not the one that this is the tail of: all who read it must begin anew.
    pub(super) replaced: CancellationToken,
}

impl Tail {
    /// An empty tail after this number.
    pub fn starting_at(last: i64) -> Self {
        Self {
            frames: RwLock::default(),
            last: watch::Sender::new(last),
            reading: tokio::sync::Mutex::default(),
            begun: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            replaced: CancellationToken::new(),
        }
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
        let mut frames = self.frames.write().unwrap_or_else(PoisonError::into_inner);
        frames.extend(new);
        let over = frames.len().saturating_sub(KEPT);
        frames.drain(..over);
        // Under the same lock: a reader that saw the frames and the old number would take itself for one ahead.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_its_text_and_a_chunk_of_it() {
        let piece = Piece::of("id: 1\ndata: 方格\n\n");
        assert_eq!(piece.plain(), "id: 1\ndata: 方格\n\n");
        assert_eq!(piece.chunk, "14\r\nid: 1\ndata: 方格\n\n\r\n");
    }

    #[test]
    fn a_reader_on_the_heels_of_the_writer_is_never_ahead() {
        const EVENTS: i64 = 50_000;
        let tail = Arc::new(Tail::starting_at(0));
        let writer = {
            let tail = Arc::clone(&tail);
            std::thread::spawn(move || {
                for seq in 1..=EVENTS {
                    tail.push(vec![Frame { seq, piece: Piece::raw(b""), audience: Arc::default() }]);
                }
            })
        };
        let mut cursor = 0;
        while cursor < EVENTS {
            match tail.after(cursor, 256) {
                Ahead::Frames(frames) => cursor = frames.last().map_or(cursor, |frame| frame.seq),
                Ahead::Nothing => std::hint::spin_loop(),
                // Overtaken: it would read the log.
                Ahead::Older => cursor = tail.last(),
                Ahead::Never => panic!("at {cursor} it took itself for one that has read another history"),
            }
        }
        assert!(writer.join().is_ok());
    }
}
