//! What the system does by itself when time runs out: it reminds, and then passes on to the next level. Driven from the
//! database: the moment stands in the incident's row, and what is done about it is an event like any other, written under the
//! town's lock in the transaction that moves the moment on. So it happens once, whichever of several servers is the first, and
//! a server that was away makes up for it.

use crate::db::cases::{self, Held};
use crate::db::scope::Tx;
use crate::db::steps::{self, NotTaken, SYSTEM, Told};
use crate::db::{events, towns};
use crate::state::{AppState, TownKey};
use crate::tally;
use geodata::Time;
use geodata::incident::{Action, Alarm, Case, Particulars, Step};
use std::time::Duration;

/// How often it is looked. A limit is told in minutes.
const EVERY: Duration = Duration::from_secs(5);
/// Incidents in one transaction: the town's other writers wait for it.
const BATCH: i64 = 50;

/// Looks at once and then every few seconds, until the task is dropped. A failure is logged, and tried again the next time.
pub async fn run(state: AppState) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match tick(&state).await {
            Ok(0) => {}
            Ok(done) => tracing::info!(done, "reminded, or passed on, what was overdue"),
            Err(error) => tracing::warn!(%error, "looking for what is overdue; trying again"),
        }
    }
}

/// Does all that is due by now, town by town; answers how many events that were.
/// One town's trouble is no other's: the rest are looked after all the same.
///
/// # Errors
/// The database's, the last of them; what was done by then stays done.
pub async fn tick(state: &AppState) -> sqlx::Result<usize> {
    let (mut done, mut failed) = (0, None);
    for town in towns::every(&state.pool).await? {
        if let Err(error) = tick_town(state, &town, &mut done).await {
            tracing::warn!(%error, town = %town.slug, "looking for what is overdue");
            failed = Some(error);
        }
    }
    failed.map_or(Ok(done), Err)
}

async fn tick_town(state: &AppState, town: &TownKey, done: &mut usize) -> sqlx::Result<()> {
    read_old_ones(state, town).await?;
    loop {
        let (events, more) = batch(state, town).await?;
        *done += events;
        if !more {
            return Ok(());
        }
    }
}

/// One transaction's worth of a town; how many events, and whether there may be more to do.
async fn batch(state: &AppState, town: &TownKey) -> sqlx::Result<(usize, bool)> {
    let now = state.now();
    let mut tx = state.begin_system(town.id).await?;
    // Without the lock first: mostly there is nothing.
    if cases::ringing(&mut tx, town.id, now, 1).await?.is_empty() {
        return Ok((0, false));
    }
    events::lock(&mut tx, town.id).await?;
    let ringing = cases::ringing(&mut tx, town.id, now, BATCH).await?;
    let mut done = Vec::new();
    for id in &ringing {
        let Some(held) = cases::held(&mut tx, town.id, *id).await? else { continue };
        done.extend(ring(&mut tx, state, town, &held, now).await?);
    }
    tx.commit().await?;
    done.iter().copied().for_each(tally::step);
    Ok((done.len(), !ringing.is_empty()))
}

/// Does what is due of one incident, and tells what that was.
async fn ring(tx: &mut Tx, state: &AppState, town: &TownKey, held: &Held, now: Time) -> sqlx::Result<Option<Action>> {
    let hours = state.counted(tx, town, held.working_time).await?;
    let case = held.case(tx, town.id, &hours).await?;
    let next = case.next_alarm(&held.terms, &hours);
    let Some((_, alarm)) = next.filter(|(at, _)| *at <= now) else {
        // The working hours were changed since: its moment is another now.
        let properties = &held.incident.properties;
        cases::write(tx, town.id, (held.incident.id, properties.seq), &case, next.map(|(at, _)| at), None).await?;
        return Ok(None);
    };
    let step = step(alarm, now);
    if let Err(refusal) = Case::after(Some(&case), &step, held.ground, &held.terms, &hours) {
        // The rules gave the alarm and do not allow it. That is our fault, and must not hold up all the others: this one
        // rings no more until somebody takes a step with it.
        tracing::error!(%refusal, town = %town.slug, incident = held.incident.id, "an alarm that the rules refuse");
        cases::write(tx, town.id, (held.incident.id, held.incident.properties.seq), &case, None, None).await?;
        return Ok(None);
    }
    let (seq, action) = (events::next_seq(tx, town.id).await?, step.action);
    let told = Told {
        step,
        role: SYSTEM,
        actor: None,
        note: None,
        recorded_at: now,
        simulated: held.incident.properties.simulated,
    };
    match steps::take(tx, town.id, seq, held, &case, &told, &hours).await {
        Ok(_) => Ok(Some(action)),
        Err(NotTaken::Database(error)) => Err(error),
        // Asked just before, of the same case.
        Err(NotTaken::Refused(refusal)) => Err(sqlx::Error::Protocol(refusal.to_string())),
    }
}

fn step(alarm: Alarm, at: Time) -> Step {
    let action = if alarm == Alarm::Lapse { Action::Lapse } else { Action::Remind };
    Step { action, at, by: None, with: Particulars { alarm: Some(alarm), ..Particulars::default() } }
}

/// Open incidents that were written before there were rules (an older version's, an import's) are read from their logs, so
/// that their limits ring too.
async fn read_old_ones(state: &AppState, town: &TownKey) -> sqlx::Result<()> {
    loop {
        let mut tx = state.begin_system(town.id).await?;
        if cases::unread(&mut tx, town.id, 1).await?.is_empty() {
            return Ok(());
        }
        events::lock(&mut tx, town.id).await?;
        for id in cases::unread(&mut tx, town.id, BATCH).await? {
            let Some(held) = cases::held(&mut tx, town.id, id).await? else { continue };
            let hours = state.counted(&mut tx, town, held.working_time).await?;
            let case: Case = held.case(&mut tx, town.id, &hours).await?;
            let act_at = case.next_alarm(&held.terms, &hours).map(|(at, _)| at);
            cases::write(&mut tx, town.id, (id, held.incident.properties.seq), &case, act_at, None).await?;
        }
        tx.commit().await?;
    }
}
