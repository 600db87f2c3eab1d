//! What every request may reach.

use crate::calendars::Calendars;
use crate::config::Settings;
use crate::db;
use crate::live::Feed;
use crate::manners::Manners;
use crate::photos::Photos;
use crate::secrets::Secrets;
use geodata::Time;
use geodata::town::{Slug, TownId};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sqlx::PgPool;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, RwLock};
use tokio_util::sync::CancellationToken;

/// Tells the time; tests bring their own.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// A town as requests need it: its key, and the zone that its days are counted in.
#[derive(Debug, Clone)]
pub struct TownKey {
    /// Its key, first in every query.
    pub id: TownId,
    /// Its short name.
    pub slug: Slug,
    /// The zone of its days.
    pub zone: chrono_tz::Tz,
}

impl TownKey {
    /// The local day that a time falls on.
    pub fn day(&self, time: Time) -> chrono::NaiveDate {
        time.with_timezone(&self.zone).date_naive()
    }

    /// When the local day of a time began.
    pub fn midnight(&self, time: Time) -> Time {
        let start = self.day(time).and_time(chrono::NaiveTime::MIN);
        // Where clocks jump over midnight, the day begins at the first moment that exists.
        start.and_local_timezone(self.zone).earliest().map_or(time, |t| t.to_utc())
    }
}

/// The parts a handler works with; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// Connections to the database.
    pub pool: PgPool,
    /// How the program was started.
    pub settings: Arc<Settings>,
    /// Seals and opens what the database holds sealed.
    pub secrets: Arc<Secrets>,
    /// The live feed.
    pub feed: Feed,
    /// What photos are kept with.
    pub photos: Arc<Photos>,
    /// How often each person writes and searches.
    pub manners: Arc<Manners>,
    /// The towns' working time.
    pub calendars: Calendars,
    /// The process's metrics.
    pub metrics: PrometheusHandle,
    /// Tells the time.
    pub clock: Clock,
    towns: Arc<RwLock<HashMap<Slug, Arc<TownKey>>>>,
    shutdown: CancellationToken,
}

impl AppState {
    /// Starts the live feed on a migrated database.
    pub fn start(pool: PgPool, settings: Arc<Settings>, secrets: Secrets) -> Self {
        Self::start_at(pool, settings, Arc::new(secrets), Arc::new(chrono::Utc::now))
    }

    /// The same with a clock of one's own.
    pub fn start_at(pool: PgPool, settings: Arc<Settings>, secrets: Arc<Secrets>, clock: Clock) -> Self {
        let shutdown = CancellationToken::new();
        let feed = Feed::start(pool.clone(), Arc::clone(&clock), shutdown.clone());
        let photos = Arc::new(Photos::from(&settings.photos));
        let manners = Arc::new(Manners::from(&settings.rates));
        Self {
            pool,
            settings,
            secrets,
            feed,
            photos,
            manners,
            calendars: Calendars::default(),
            metrics: recorder(),
            clock,
            towns: Arc::default(),
            shutdown,
        }
    }

    /// The time now.
    pub fn now(&self) -> Time {
        (self.clock)()
    }

    /// Ends the live feed and every stream that reads it.
    pub fn shutdown(&self) {
        self.shutdown.cancel();
    }

    /// The town of this name. A name and its key never part, so that a found one is kept.
    pub async fn town(&self, slug: &Slug) -> sqlx::Result<Option<Arc<TownKey>>> {
        let known = self.towns.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(slug).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(found) = db::towns::key(&self.pool, slug).await?.map(Arc::new) else { return Ok(None) };
        self.towns.write().unwrap_or_else(std::sync::PoisonError::into_inner).insert(slug.clone(), Arc::clone(&found));
        Ok(Some(found))
    }
}

/// One recorder a process, however many servers the tests start in it.
fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new()
                .set_buckets(&[0.001, 0.005, 0.02, 0.1, 0.5, 2.0])
                .unwrap_or_else(|_| PrometheusBuilder::new())
                .build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another metrics recorder stands already; /metrics stays empty");
            }
            handle
        })
        .clone()
}
