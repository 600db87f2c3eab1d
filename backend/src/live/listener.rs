//! The one listener: hears that a town's log has grown, reads it on, and wakes the readers.

use super::Feed;
use super::tail::{Frame, Tail};
use crate::db::events;
use geodata::town::TownId;
use sqlx::postgres::PgListener;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Events read from the log at once.
const BATCH: i64 = 500;
/// The log is looked at this often even when nothing is heard: notifications can be lost while reconnecting.
const LOOK: Duration = Duration::from_secs(10);
/// Pause before listening again after a failure.
const PAUSE: Duration = Duration::from_millis(500);

/// Listens until the feed is shut down.
pub async fn run(feed: Feed) {
    let shutdown = feed.inner.shutdown.clone();
    loop {
        let heard = tokio::select! {
            () = shutdown.cancelled() => break,
            heard = listen(&feed) => heard,
        };
        feed.inner.hears.send_replace(false);
        if let Err(error) = heard {
            tracing::warn!(%error, "the live feed does not hear the database; trying again");
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Listens on one connection; returns when it breaks.
async fn listen(feed: &Feed) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(&feed.inner.pool).await?;
    // A broken connection is reported, not mended in silence: what was missed must be read before anyone is called live.
    listener.eager_reconnect(false);
    listener.listen_all([events::CHANNEL, events::STAFF_CHANNEL]).await?;
    catch_up_all(feed).await?;
    feed.inner.hears.send_replace(true);
    loop {
        match tokio::time::timeout(LOOK, listener.try_recv()).await {
            Ok(Ok(Some(note))) if note.channel() == events::STAFF_CHANNEL => {
                if let Some((town, staff)) = parse(note.payload()) {
                    // No reader, nobody to tell.
                    feed.inner.changes.send((town, staff)).unwrap_or_default();
                }
            }
            Ok(Ok(Some(note))) => {
                if let Some((town, seq)) = parse(note.payload())
                    && let Some(tail) = feed.known(town)
                    && tail.last() < seq
                {
                    catch_up(feed, town, &tail).await?;
                }
            }
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(error)) => return Err(error),
            Err(_) => catch_up_all(feed).await?,
        }
    }
}

async fn catch_up_all(feed: &Feed) -> sqlx::Result<()> {
    for (town, tail) in feed.followed() {
        if feed.last_seq(town).await? < tail.last() {
            // Restored from a backup, or made anew: what pages have seen never was.
            tracing::warn!(town = town.0, "the town's log is shorter than it was; its readers begin anew");
            feed.forget(town);
            continue;
        }
        catch_up(feed, town, &tail).await?;
    }
    Ok(())
}

/// Reads the town's log on from the tail's last number to its end. Many who ask at once are served by one reading, as long
/// as it began after they asked.
pub(super) async fn catch_up(feed: &Feed, town: TownId, tail: &Tail) -> sqlx::Result<()> {
    let asked = tail.begun.load(Ordering::SeqCst);
    let _one = tail.reading.lock().await;
    if tail.ended.load(Ordering::SeqCst) > asked {
        return Ok(());
    }
    let round = tail.begun.fetch_add(1, Ordering::SeqCst) + 1;
    loop {
        let read = feed.read(town, tail.last(), BATCH).await?;
        let more = read.len() >= usize::try_from(BATCH).unwrap_or(usize::MAX);
        let frames = read.iter().map(Frame::encode).collect::<serde_json::Result<Vec<_>>>();
        tail.push(frames.map_err(|e| sqlx::Error::Encode(Box::new(e)))?);
        if !more {
            tail.ended.store(round, Ordering::SeqCst);
            return Ok(());
        }
    }
}

fn parse<N: std::str::FromStr>(payload: &str) -> Option<(TownId, N)> {
    let (town, number) = payload.split_once(':')?;
    Some((TownId(town.parse().ok()?), number.parse().ok()?))
}
