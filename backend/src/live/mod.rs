//! The live feed: one database listener a process, one shared tail of encoded events a town, a cursor a reader.
//!
//! The log in the database is the truth and the numbers in it have no gaps; a notification only says "look again". So a
//! lost notification, a dropped connection or a restart costs time, never an event.
//!
//! The tail holds the whole town's events. Each reader passes over those that their person does not see, by the rule of
//! `geodata::access` that the database's policies keep too, and ends when their session does.

mod carrier;
mod listener;
mod reader;
mod tail;

pub use reader::{Reader, Reading, begin};

use crate::db::events::{self, Heard};
use crate::db::scope::{self, Scoped};
use crate::db::sessions;
use crate::lending::Line;
use crate::state::Clock;
use axum::body::Body;
use geodata::town::TownId;
use sqlx::PgPool;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tail::Tail;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Changes of standing that a reader may be behind; past them it looks in any case.
const CHANGES: usize = 64;

/// A handle on the process's feed.
#[derive(Clone)]
pub struct Feed {
    inner: Arc<Inner>,
}

struct Inner {
    pool: PgPool,
    clock: Clock,
    shutdown: CancellationToken,
    /// The tails of towns that someone has read since the process began.
    tails: Mutex<HashMap<TownId, Arc<Tail>>>,
    /// Tells whose standing has changed: their streams look whether they may go on.
    changes: broadcast::Sender<(TownId, i32)>,
    /// Whether the listener hears the database. Streams end when it does not: a silent stall is worse than none.
    hears: watch::Sender<bool>,
    /// Readers on connections of their own.
    carried: TaskTracker,
}

impl Feed {
    /// Starts the listener; it ends with `shutdown`.
    pub fn start(pool: PgPool, clock: Clock, shutdown: CancellationToken) -> Self {
        let (tails, changes, hears) = (Mutex::default(), broadcast::Sender::new(CHANGES), watch::Sender::new(false));
        let inner = Inner { pool, clock, shutdown, tails, changes, hears, carried: TaskTracker::new() };
        let feed = Self { inner: Arc::new(inner) };
        tokio::spawn(listener::run(feed.clone()));
        feed
    }

    /// The body of an answer in chunks that a reader writes on the request's connection itself.
    pub fn carry(&self, reader: Reader, line: Line) -> Body {
        line.carried_by(self.inner.carried.clone(), |stream| carrier::carry(reader, stream))
    }

    /// Waits until no reader has a connection of its own any more, after shutdown.
    pub async fn is_silent(&self) {
        self.inner.carried.close();
        self.inner.carried.wait().await;
    }

    /// Whether the listener hears the database now.
    pub fn hears(&self) -> bool {
        *self.inner.hears.borrow()
    }

    /// Waits until the listener hears the database, so long at most; whether it does.
    pub async fn heard(&self, patience: Duration) -> bool {
        let mut hears = self.inner.hears.subscribe();
        tokio::time::timeout(patience, hears.wait_for(|hears| *hears)).await.is_ok_and(|heard| heard.is_ok())
    }

    /// The town's shared tail, begun at its last event when nobody has read it yet.
    async fn tail(&self, town: TownId) -> sqlx::Result<Arc<Tail>> {
        if let Some(tail) = self.known(town) {
            return Ok(tail);
        }
        let last = self.last_seq(town).await?;
        let mut tails = self.inner.tails.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(tails.entry(town).or_insert_with(|| Arc::new(Tail::starting_at(last)))))
    }

    /// The number of a town's last event.
    async fn last_seq(&self, town: TownId) -> sqlx::Result<i64> {
        let mut tx = scope::begin(&self.inner.pool, town, Scoped::System).await?;
        events::last_seq(&mut tx, town).await
    }

    /// Events of a town's log after a number, whoever they are for.
    async fn read(&self, town: TownId, after: i64, limit: i64) -> sqlx::Result<Vec<Heard>> {
        let mut tx = scope::begin(&self.inner.pool, town, Scoped::System).await?;
        events::after(&mut tx, town, after, limit).await
    }

    /// Whether a session goes on, and its person sees what they saw when its stream began.
    async fn goes_on(&self, reading: &Reading) -> sqlx::Result<bool> {
        let mut tx = scope::begin(&self.inner.pool, reading.town, Scoped::SignIn).await?;
        let who = sessions::who(&mut tx, reading.town, &reading.session, (self.inner.clock)()).await?;
        Ok(who.as_ref() == Some(&reading.who))
    }

    fn known(&self, town: TownId) -> Option<Arc<Tail>> {
        self.inner.tails.lock().unwrap_or_else(PoisonError::into_inner).get(&town).cloned()
    }

    /// Lets go of a tail whose log is another now; its readers end, and begin anew.
    fn forget(&self, town: TownId) {
        let gone = self.inner.tails.lock().unwrap_or_else(PoisonError::into_inner).remove(&town);
        if let Some(tail) = gone {
            tail.replaced.cancel();
        }
    }

    fn followed(&self) -> Vec<(TownId, Arc<Tail>)> {
        let tails = self.inner.tails.lock().unwrap_or_else(PoisonError::into_inner);
        tails.iter().map(|(town, tail)| (*town, Arc::clone(tail))).collect()
    }
}
