//! Two years of incidents, and more of them on demand: invented, from a stated point process.
//!
//! **Where and when.** A marked point process with immigrants and offspring. Immigrants of a kind are an inhomogeneous
//! Poisson process whose intensity is a product: the kind's mean a day, the season (by month), the weekday, the hour of the
//! day (all in local time, UTC+8), and for the place a building drawn by its households, displaced by some metres. Each
//! incident, immigrant or not, then has Poisson-many offspring of its own kind, after an exponential delay of seven days on
//! average and at a Gaussian distance of 120 m: repeats near in space and time, as in the self-exciting point process of
//! Mohler, Short, Brantingham, Schoenberg and Tita, "Self-Exciting Point Process Modeling of Crime", JASA 106(493), 2011,
//! for the near-repeat pattern found by Townsley, Homel and Chaseling, "Infectious Burglaries", Br. J. Criminol. 43(3),
//! 2003. The branching construction is that of Hawkes and Oakes (J. Appl. Prob. 11(3), 1974). Disputes are published as a
//! little over 90 a year, so that theirs is the same process given its number: points drawn independently.
//!
//! **What becomes of it.** A walk along [`crate::incident::next`]: at each state one of the lawful steps is drawn by its
//! weight, after a log-normal delay in proportion to the limit of the level that answers, so that about 94 % close in time.
//!
//! The shares, hours and seasons of each kind (`kinds.psv`) are invented to be believable; no source publishes this town's.

mod kinds;
mod place;
mod process;
mod source;
mod walk;

pub use source::IncidentSource;
pub use walk::DemoStep;

use super::chance::{Stage, stream};
use super::model::{DemoEvent, DemoIncident, DemoTown};
use crate::Time;
use crate::incident::{Action, Progress, State};
use place::Places;
use walk::Walk;

/// The town's past between two times, in the order of reporting; the same from the same seed and times.
///
/// What was reported shortly before `to` is still under way at `to`; nothing happens after it.
///
/// ```
/// use geodata::demo::{history, town};
/// let (from, to) = ("2026-11-01T00:00:00Z".parse().unwrap(), "2026-11-15T00:00:00Z".parse().unwrap());
/// let past = history(&town(7), 7, from, to);
/// assert!(past.len() > 80 && past.iter().all(|i| i.reported_at >= from && i.reported_at < to));
/// ```
pub fn history(town: &DemoTown, seed: u64, from: Time, to: Time) -> Vec<DemoIncident> {
    let mut chance = stream(seed, 0, Stage::History);
    let kinds = kinds::kinds();
    let places = Places::of(town);
    let mut points = process::points(&kinds, &places, from, to, &mut chance);
    points.sort_by_key(|p| p.at);
    let mut walk = Walk::of(town);
    points
        .into_iter()
        .filter_map(|point| {
            let report = source::report(&kinds[point.kind], point.at, point.position, &mut chance);
            let log = log(town, &mut walk, &report, to, &mut chance)?;
            Some(DemoIncident { log, ..report })
        })
        .collect()
}

/// An incident's log until `to`.
fn log(
    town: &DemoTown,
    walk: &mut Walk,
    incident: &DemoIncident,
    to: Time,
    chance: &mut super::chance::Chance,
) -> Option<Vec<DemoEvent>> {
    let category = town.categories.iter().find(|c| c.code == incident.category)?;
    let people = walk.people(incident.position);
    let mut progress = Progress::after(None, Action::Report, incident.reported_at, &category.limit_minutes).ok()?;
    let mut log = vec![walk::reported(incident, progress.standing, &people)];
    let mut at = incident.reported_at;
    // A walk ends in the archive; reopening could go round for ever, so that it is bounded.
    for _ in 0..60 {
        let Some(step) = walk::step(progress.standing, category, incident.severity, chance) else { break };
        at = walk::waking(at + step.after, category, incident.severity, chance);
        if at >= to {
            break;
        }
        progress = Progress::after(Some(&progress), step.action, at, &category.limit_minutes).ok()?;
        log.push(walk::told(&step, at, progress.standing, &people));
        if progress.standing.state == State::Archived {
            break;
        }
    }
    Some(log)
}
