//! One reader: a cursor over the shared tail, turned into a stream of server-sent events.

use super::tail::{Ahead, Frame, Piece, Tail};
use super::{Feed, listener};
use crate::db::sessions::SessionId;
use axum::body::Bytes;
use futures::Stream;
use geodata::Time;
use geodata::access::Who;
use geodata::town::TownId;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior};

/// A reader further behind than this is told to load its state anew.
const TOO_FAR: i64 = 2_000;
/// Frames handed over at once.
const BATCH: usize = 256;
/// A page that hears no beat for some of these knows that it is not live.
const BEAT: Duration = Duration::from_secs(5);

/// Whose reading it is.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The town.
    pub town: TownId,
    /// The session that it belongs to, and ends with.
    pub session: SessionId,
    /// When that ends by age.
    pub until: Time,
    /// The person, who is told what they may see.
    pub who: Who,
}

/// A cursor over a town's tail.
pub struct Reader {
    feed: Feed,
    reading: Reading,
    tail: Arc<Tail>,
    cursor: i64,
    woken: watch::Receiver<i64>,
    changes: broadcast::Receiver<(TownId, i32)>,
    hears: watch::Receiver<bool>,
    beat: Interval,
    pending: VecDeque<Piece>,
    greeted: bool,
}

/// Begins to read a town's log after a number, as server-sent events: first what was missed, then `hello`, then what comes, with a
/// `beat` every five seconds. `reload` tells the page that it is too far behind. Events that the person does not see are passed
/// over; the number of the next sign tells that they were. The stream ends with the session, when the database is not heard any
/// more, and at shutdown.
///
/// None where the session has ended meanwhile.
///
/// # Errors
/// The database's, before the stream begins.
pub async fn begin(feed: Feed, reading: Reading, after: Option<i64>) -> sqlx::Result<Option<Reader>> {
    let tail = feed.tail(reading.town).await?;
    // What was committed before this request must be told before `hello`, heard or not.
    listener::catch_up(&feed, reading.town, &tail).await?;
    let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + BEAT, BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let reader = Reader {
        cursor: after.unwrap_or_else(|| tail.last()),
        woken: tail.watch(),
        changes: feed.inner.changes.subscribe(),
        hears: feed.inner.hears.subscribe(),
        feed,
        reading,
        tail,
        beat,
        pending: VecDeque::new(),
        greeted: false,
    };
    metrics::gauge!("fangge_live_readers").increment(1.0);
    // What changed before this is seen here, what changes after it is heard.
    if !reader.feed.goes_on(&reader.reading).await? {
        return Ok(None);
    }
    Ok(Some(reader))
}

impl Drop for Reader {
    fn drop(&mut self) {
        metrics::gauge!("fangge_live_readers").decrement(1.0);
    }
}

impl Reader {
    /// The reader as a stream, a piece at a time.
    pub fn stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        futures::stream::unfold(self, |mut reader| async move {
            reader.fill().await?;
            let piece = reader.pending.pop_front()?;
            Some((Ok(piece.plain()), reader))
        })
    }

    /// What is to be sent; whoever sends it takes it away.
    pub fn pending(&mut self) -> &mut VecDeque<Piece> {
        &mut self.pending
    }

    /// Waits until there is something to send; `None` is the end. What asks the database is rare, and boxed: a reader that waits must
    /// not keep room for it.
    pub async fn fill(&mut self) -> Option<()> {
        while self.pending.is_empty() {
            match self.tail.after(self.cursor, BATCH) {
                Ahead::Frames(frames) => self.take(frames),
                Ahead::Older if self.tail.last() - self.cursor <= TOO_FAR => Box::pin(self.read_log()).await?,
                Ahead::Older | Ahead::Never => {
                    self.cursor = self.tail.last();
                    self.greeted = true;
                    self.tell("reload");
                }
                Ahead::Nothing if !self.greeted => {
                    self.greeted = true;
                    self.tell("hello");
                }
                Ahead::Nothing => self.wait().await?,
            }
        }
        Some(())
    }

    /// Waits for something new, a beat (which is told) or the end (`None`).
    async fn wait(&mut self) -> Option<()> {
        let shutdown = self.feed.inner.shutdown.clone();
        let changed = tokio::select! {
            biased;
            () = shutdown.cancelled() => return None,
            () = self.tail.replaced.cancelled() => return None,
            changed = self.changes.recv() => Some(changed),
            changed = self.woken.changed() => return changed.ok(),
            _ = self.hears.wait_for(|hears| !hears) => return None,
            _ = self.beat.tick() => None,
        };
        if let Some(changed) = changed {
            return self.may_go_on(changed).await.then_some(());
        }
        ((self.feed.inner.clock)() < self.reading.until).then(|| self.tell("beat"))
    }

    /// Whether the stream goes on after somebody's standing has changed.
    async fn may_go_on(&self, changed: Result<(TownId, i32), RecvError>) -> bool {
        match changed {
            Ok(changed) if changed != (self.reading.town, self.reading.who.staff) => true,
            Ok(_) | Err(RecvError::Lagged(_)) => Box::pin(self.feed.goes_on(&self.reading)).await.unwrap_or(false),
            Err(RecvError::Closed) => false,
        }
    }

    fn take(&mut self, frames: Vec<Frame>) {
        for frame in frames {
            self.cursor = frame.seq;
            if frame.is_for(&self.reading.who) {
                self.pending.push_back(frame.piece);
            }
        }
    }

    /// Reads what the shared tail no longer holds; the database failing ends the stream.
    async fn read_log(&mut self) -> Option<()> {
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let read = self.feed.read(self.reading.town, self.cursor, limit).await.ok()?;
        // Not past the shared tail: a reader ahead of it would look like one from another history.
        let known = read.iter().take_while(|told| told.event.event.seq <= self.tail.last());
        let frames = known.map(Frame::encode).collect::<Result<Vec<_>, _>>().ok()?;
        if frames.is_empty() {
            // The log is shorter than its number says: not a history to go on from.
            return None;
        }
        self.take(frames);
        Some(())
    }

    fn tell(&mut self, event: &str) {
        let now = (self.feed.inner.clock)().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        // The number goes as `id` too, so that the browser resumes after it.
        let seq = self.cursor;
        let text = format!("id: {seq}\nevent: {event}\ndata: {{\"seq\":{seq},\"now\":\"{now}\"}}\n\n");
        self.pending.push_back(Piece::of(&text));
    }
}
