//! The lives of a generated town's incidents, folded from their logs by the same rules as the live path: whose they are, whose
//! move it is, and when the system acts.

use crate::hours::Counted;
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use geodata::demo::{DemoEvent, DemoIncident, DemoTown, unit_code};
use geodata::incident::{Action, Case, Ground, Particulars, Party, Severity, Step, Terms};
use geodata::town::UnitCode;
use geodata::worktime::WorkCalendar;
use std::collections::HashMap;
use std::sync::Arc;

/// What the columns of an incident need.
pub struct Life {
    /// As the rules see it.
    pub case: Case,
    /// When the system acts.
    pub act_at: Option<DateTime<Utc>>,
    /// Who reported it.
    pub reporter: Option<i32>,
}

/// What a category says of the time.
struct Clocks {
    limits: [[i32; 3]; 4],
    working_time: bool,
    unit: Option<UnitCode>,
}

/// The town's people and categories, as the logs name them.
pub struct Lives {
    staff: HashMap<String, i32>,
    units: HashMap<i32, UnitCode>,
    clocks: HashMap<String, Clocks>,
    calendar: Arc<WorkCalendar>,
}

impl Lives {
    /// Reads the town.
    pub fn of(town: &DemoTown) -> Self {
        let mut lives = Self {
            staff: HashMap::new(),
            units: HashMap::new(),
            clocks: HashMap::new(),
            calendar: Arc::new(WorkCalendar::china()),
        };
        for (person, key) in town.staff.iter().zip(1..) {
            lives.staff.insert(person.name.clone(), key);
            if let Some(unit) = &person.unit {
                lives.units.insert(key, unit.code.clone());
            }
        }
        for category in &town.categories {
            let clocks = Clocks {
                limits: category.limits(),
                working_time: category.working_time(),
                unit: unit_code(&category.default_unit.zh),
            };
            lives.clocks.insert(category.code.to_string(), clocks);
        }
        lives
    }

    /// An incident's log as steps: who is known by name, and whom each assignment went to, by who took it up next.
    pub fn steps(&self, incident: &DemoIncident) -> Vec<Step> {
        let told = incident.log.iter().enumerate();
        told.map(|(at, event)| Step {
            action: event.action,
            at: event.at,
            by: event.actor.as_ref().and_then(|name| self.staff.get(name)).copied(),
            with: self.particulars(event, &incident.log[at + 1..], incident),
        })
        .collect()
    }

    fn particulars(&self, event: &DemoEvent, after: &[DemoEvent], incident: &DemoIncident) -> Particulars {
        let next = after.iter().find(|e| !matches!(e.action, Action::Supervise)).and_then(|e| e.actor.as_ref());
        let next = next.and_then(|name| self.staff.get(name)).copied();
        let unit = || self.clocks.get(incident.category.as_str()).and_then(|c| c.unit.clone()).map(Party::Unit);
        let to = match event.action {
            Action::Dispatch => {
                next.map(|id| self.units.get(&id).cloned().map_or(Party::Staff(id), Party::Unit)).or_else(unit)
            }
            Action::Refer => unit(),
            _ => None,
        };
        let until = match event.action {
            Action::Park => Some(event.at + chrono::TimeDelta::days(14)),
            Action::Supervise => Some(event.at + chrono::TimeDelta::days(2)),
            _ => None,
        };
        Particulars { to, until, ..Particulars::default() }
    }

    /// What an incident's log adds up to.
    ///
    /// # Errors
    /// A log that the rules don't allow, or a category that the town does not have.
    pub fn life(&self, incident: &DemoIncident) -> anyhow::Result<Life> {
        let clocks = self.clocks.get(incident.category.as_str()).context("an incident of an unknown category")?;
        let terms = terms(clocks, incident.severity);
        let hours = Counted::by(&self.calendar, clocks.working_time);
        let ground = Ground { village: true, grid: true };
        let steps = self.steps(incident);
        let case = Case::of(&steps, ground, &terms, &hours)?.context("an incident without a report")?;
        let act_at = case.next_alarm(&terms, &hours).map(|(at, _)| at);
        Ok(Life { case, act_at, reporter: steps.first().and_then(|step| step.by) })
    }
}

fn terms(clocks: &Clocks, severity: Severity) -> Terms {
    let limits = clocks.limits[usize::from(severity.number() - 1)];
    Terms { limits, pauses_referred: true, pauses_parked: true }
}
