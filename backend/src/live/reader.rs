//! One reader: a cursor over the shared tail, turned into a stream of server-sent events.

use super::tail::{Ahead, Frame, Tail};
use super::{Feed, listener};
use axum::body::Bytes;
use futures::Stream;
use geodata::town::TownId;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

/// A reader further behind than this is told to load its state anew.
const TOO_FAR: i64 = 2_000;
/// Frames handed over at once.
const BATCH: usize = 256;
/// A page that hears no beat for some of these knows that it is not live.
const BEAT: Duration = Duration::from_secs(5);

struct Reader {
    feed: Feed,
    town: TownId,
    tail: Arc<Tail>,
    cursor: i64,
    woken: watch::Receiver<i64>,
    hears: watch::Receiver<bool>,
    beat: Interval,
    pending: VecDeque<Bytes>,
    greeted: bool,
}

/// Server-sent events of a town's log after a number: first what was missed, then `hello`, then what comes, with a
/// `beat` every five seconds. `reload` tells the page that it is too far behind. The stream ends when the database is
/// not heard any more, and at shutdown.
///
/// # Errors
/// The database's, before the stream begins.
pub async fn stream(
    feed: Feed,
    town: TownId,
    after: Option<i64>,
) -> sqlx::Result<impl Stream<Item = Result<Bytes, Infallible>> + use<>> {
    let tail = feed.tail(town).await?;
    // What was committed before this request must be told before `hello`, heard or not.
    listener::catch_up(&feed, town, &tail).await?;
    let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + BEAT, BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let reader = Reader {
        cursor: after.unwrap_or_else(|| tail.last()),
        woken: tail.watch(),
        hears: feed.inner.hears.subscribe(),
        feed,
        town,
        tail,
        beat,
        pending: VecDeque::new(),
        greeted: false,
    };
    metrics::gauge!("fangge_live_readers").increment(1.0);
    Ok(futures::stream::unfold(reader, |mut reader| async move {
        let bytes = reader.next().await?;
        Some((Ok(bytes), reader))
    }))
}

impl Drop for Reader {
    fn drop(&mut self) {
        metrics::gauge!("fangge_live_readers").decrement(1.0);
    }
}

impl Reader {
    /// The next bytes to send; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(bytes) = self.pending.pop_front() {
                return Some(bytes);
            }
            match self.tail.after(self.cursor, BATCH) {
                Ahead::Frames(frames) => self.take(frames),
                Ahead::Older if self.tail.last() - self.cursor <= TOO_FAR => self.read_log().await?,
                Ahead::Older | Ahead::Never => {
                    self.cursor = self.tail.last();
                    self.greeted = true;
                    return Some(self.told("reload"));
                }
                Ahead::Nothing if !self.greeted => {
                    self.greeted = true;
                    return Some(self.told("hello"));
                }
                Ahead::Nothing => {
                    if let Some(beat) = self.wait().await? {
                        return Some(beat);
                    }
                }
            }
        }
    }

    /// Waits for something new, a beat (returned) or the end (`None`).
    async fn wait(&mut self) -> Option<Option<Bytes>> {
        let shutdown = self.feed.inner.shutdown.clone();
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return None,
            () = self.tail.replaced.cancelled() => return None,
            changed = self.woken.changed() => return changed.ok().map(|()| None),
            _ = self.hears.wait_for(|hears| !hears) => return None,
            _ = self.beat.tick() => {}
        }
        Some(Some(self.told("beat")))
    }

    fn take(&mut self, frames: Vec<Frame>) {
        for frame in frames {
            self.cursor = frame.seq;
            self.pending.push_back(frame.bytes);
        }
    }

    /// Reads what the shared tail no longer holds; the database failing ends the stream.
    async fn read_log(&mut self) -> Option<()> {
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let read = self.feed.read(self.town, self.cursor, limit).await.ok()?;
        // Not past the shared tail: a reader ahead of it would look like one from another history.
        let known = read.iter().take_while(|e| e.event.seq <= self.tail.last());
        let frames = known.map(Frame::encode).collect::<Result<Vec<_>, _>>().ok()?;
        if frames.is_empty() {
            // The log is shorter than its number says: not a history to go on from.
            return None;
        }
        self.take(frames);
        Some(())
    }

    fn told(&self, event: &str) -> Bytes {
        let now = (self.feed.inner.clock)().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        // The number goes as `id` too, so that the browser resumes after it.
        let seq = self.cursor;
        Bytes::from(format!("id: {seq}\nevent: {event}\ndata: {{\"seq\":{seq},\"now\":\"{now}\"}}\n\n"))
    }
}
