//! The town's past, and what keeps happening: see `process` for the point process and its sources, `life` for what is
//! done about each incident.

mod haunts;
mod kinds;
mod life;
mod process;
mod progress;
mod source;
mod words;

pub use source::{DemoStep, IncidentSource};

pub use self::progress::Progress;

use self::life::Manner;
use self::source::Standpoint;
use super::chance::{Stage, stream};
use super::model::{DemoEvent, DemoIncident, DemoTown};
use crate::Time;
use crate::incident::Action;
use chrono::TimeDelta;
use rand::Rng as _;

/// Incidents older than this have ended.
const SETTLED: TimeDelta = TimeDelta::days(60);
/// How many are overdue at the end, at least, if so many were reported in the days before.
const OVERDUE: usize = 4;
/// Those that may be made to wait were reported within this time.
const RECENT: TimeDelta = TimeDelta::days(12);

/// What happened in town from one moment to another, by the time it was reported; the same from the same seed.
///
/// Each log is lawful by [`crate::incident::next`] and goes as far as it had come at `to`: the last days' incidents are
/// still open, a few of them overdue; all that are older than 60 days are closed, archived or withdrawn. Where chance has
/// left fewer than four overdue, some of the last days' routine work is made to wait until there are.
///
/// The process is stated, with its sources, in the documentation of this module's `process`; in short: a self-exciting
/// point process for each category, by season, weekday, hour, the places where such things are found, and near repeats.
///
/// ```
/// let town = geodata::demo::town(1);
/// let (from, to) = ("2026-11-01T00:00:00Z".parse().unwrap(), "2026-11-23T00:00:00Z".parse().unwrap());
/// let past = geodata::demo::history(&town, 1, from, to);
/// assert!(past.iter().all(|i| i.reported_at >= from && i.reported_at < to && !i.log.is_empty()));
/// ```
pub fn history(town: &DemoTown, seed: u64, from: Time, to: Time) -> Vec<DemoIncident> {
    let mut source = IncidentSource::new(town, seed);
    source.chance = stream(seed, 0, Stage::History);
    let mut happenings = process::happenings(&source.kinds, &source.haunts, from, to, &mut source.chance);
    happenings.sort_by(|a, b| a.at.cmp(&b.at).then(a.kind.cmp(&b.kind)));
    let mut past: Vec<DemoIncident> = happenings
        .iter()
        .filter_map(|happening| {
            let mut incident = source.reported(happening)?;
            live(&mut source, &mut incident, to, Manner::Free);
            let open = incident.log.last().is_some_and(|e| e.state.is_open());
            if open && incident.reported_at < to - SETTLED {
                live(&mut source, &mut incident, to, Manner::Plain);
            }
            Some(incident)
        })
        .collect();
    hold_up(&mut source, &mut past, to);
    past
}

/// Makes recent routine work wait until enough of it is overdue.
fn hold_up(source: &mut IncidentSource, past: &mut [DemoIncident], to: Time) {
    let mut overdue = past.iter().filter(|i| is_overdue(source, i, to)).count();
    for incident in past.iter_mut().rev().take_while(|i| i.reported_at > to - RECENT) {
        if overdue >= OVERDUE {
            return;
        }
        let routine = source.is_routine(&incident.category) && incident.severity.number() > 2;
        // One in three, so that those who wait are not all the latest.
        if !routine || is_overdue(source, incident, to) || !source.chance.random_bool(0.3) {
            continue;
        }
        let mut held = incident.clone();
        live(source, &mut held, to, Manner::Stuck);
        if is_overdue(source, &held, to) {
            *incident = held;
            overdue += 1;
        }
    }
}

/// Whether an incident is open and past its limit.
fn is_overdue(source: &IncidentSource, incident: &DemoIncident, to: Time) -> bool {
    let Some(limits) = source.limits(&incident.category) else { return false };
    let mut progress: Option<Progress> = None;
    for event in &incident.log {
        progress = Progress::after(progress.as_ref(), event.action, event.at, &limits).ok();
    }
    progress.is_some_and(|p| p.standing.state.is_open() && p.due_at.is_some_and(|due| due < to))
}

/// Writes an incident's log from its report until it ends or until `to`.
fn live(source: &mut IncidentSource, incident: &mut DemoIncident, to: Time, manner: Manner) {
    incident.log.truncate(1);
    let (place, mut last) = (incident.position, incident.reported_at);
    let Some(limits) = source.limits(&incident.category) else { return };
    let Ok(mut progress) = Progress::after(None, Action::Report, last, &limits) else { return };
    let mut done = vec![Action::Report];
    loop {
        let (category, severity) = (&incident.category, incident.severity);
        let stand = Standpoint { category, severity, progress, done: &done, last };
        let Some(told) = source.step(&stand, place, manner) else { return };
        let Ok(next) = Progress::after(Some(&progress), told.action, told.at, &limits) else { return };
        if told.at >= to {
            return;
        }
        (progress, last) = (next, told.at);
        done.push(told.action);
        incident.log.push(DemoEvent {
            at: told.at,
            action: told.action,
            role: told.role,
            actor: told.actor,
            state: next.standing.state,
            level: next.standing.level,
            note: told.note,
        });
    }
}
