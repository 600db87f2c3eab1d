//! What has had its time, and goes: done now and then, beside the requests.

use crate::db::audit::{self, By, Entry};
use crate::db::{calendar, idempotency, lockout, parties, totp, towns};
use crate::photos::leftovers;
use crate::secrets::Purpose;
use crate::state::AppState;
use chrono::TimeDelta;
use geodata::wire::{AuditAction, AuditObject};
use serde_json::json;
use std::time::Duration;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(3_600);
/// How long an idempotency key is remembered: longer than a phone stays out of reach of a mast.
const KEYS_KEPT: TimeDelta = TimeDelta::hours(72);

/// Tidies at once and then every hour, until the task is dropped. A failure is logged, and tried again the next time.
pub async fn run(state: AppState) {
    let mut hours = tokio::time::interval(EVERY);
    loop {
        hours.tick().await;
        match tidy(&state).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "forgot keys, failures to sign in and sessions that had their time"),
            Err(error) => tracing::warn!(%error, "tidying up; trying again in an hour"),
        }
        match leftovers::sweep(&state).await {
            Ok(0) => {}
            Ok(photos) => tracing::info!(photos, "removed photos that nobody wants any more"),
            Err(error) => tracing::warn!(%error, "removing photos that nobody wants; trying again in an hour"),
        }
        match erase_parties(&state).await {
            Ok(0) => {}
            Ok(parties) => tracing::info!(parties, "erased parties to disputes whose legal term has ended"),
            Err(error) => tracing::warn!(%error, "erasing parties to disputes; trying again in an hour"),
        }
    }
}

/// Forgets idempotency keys older than three days, and what signing in has left behind, and keeps the calendars up, town by
/// town; answers how many rows went.
///
/// # Errors
/// The database's; what was done by then stays so.
pub async fn tidy(state: &AppState) -> sqlx::Result<u64> {
    let mut forgotten = 0;
    for town in towns::keys(&state.pool).await? {
        let mut tx = state.begin_system(town).await?;
        forgotten += idempotency::forget_before(&mut tx, town, state.now() - KEYS_KEPT).await?;
        forgotten += lockout::tidy(&mut tx, town, state.now()).await?;
        tx.commit().await?;
        let mut tx = state.begin_system(town).await?;
        if calendar::keep_up(&mut tx, town, state.now()).await? {
            calendar::after_calendar_change(&mut tx, town, state.now()).await?;
            tracing::info!(town = town.0, "holidays that were reckoned until now are as announced");
        }
        tx.commit().await?;
    }
    Ok(forgotten)
}

/// Erases the parties to disputes that ended longer ago than they are kept, town by town, and writes down that it was done; answers how
/// many.
///
/// # Errors
/// The database's; what was erased by then stays so.
pub async fn erase_parties(state: &AppState) -> sqlx::Result<u64> {
    let (mut erased, now) = (0, state.now());
    for town in towns::keys(&state.pool).await? {
        let mut tx = state.begin_system(town).await?;
        let by = By { town, staff: None, name: "housekeeping", role: None, address: None };
        for (incident, count) in parties::erase_ended_before(&mut tx, town, now - state.settings.parties_kept).await? {
            let entry = Entry::of(AuditAction::EraseParties.word()).to(AuditObject::Incident.word(), incident);
            audit::write(&mut tx, by, now, &entry.with(json!({ "parties": count.to_string() }))).await?;
            erased += u64::try_from(count).unwrap_or_default();
        }
        tx.commit().await?;
    }
    Ok(erased)
}

/// Whether the key at hand opens what the database holds sealed, as far as one of each kind and town tells. After a restored backup, or
/// with another data folder, it may be the key of another database.
///
/// # Errors
/// The database's.
pub async fn key_fits(state: &AppState) -> sqlx::Result<bool> {
    for town in towns::keys(&state.pool).await? {
        let mut tx = state.begin_system(town).await?;
        let codes = totp::any(&mut tx, town).await?.map(|(staff, sealed)| (Purpose::Totp { staff }, sealed));
        let parties = parties::any(&mut tx, town).await?;
        let parties = parties.map(|(incident, number, sealed)| (Purpose::Party { incident, number }, sealed));
        let mut sealed = [codes, parties].into_iter().flatten();
        if sealed.any(|(purpose, sealed)| state.secrets.open(town, purpose, &sealed).is_err()) {
            return Ok(false);
        }
    }
    Ok(true)
}
