//! What becomes of an incident: a walk along the state machine, step by step, by the people who answer for it.

use super::super::chance::{Chance, weighted};
use super::super::model::{DemoCategory, DemoEvent, DemoIncident, DemoTown};
use super::place::{Finder, gauss};
use super::process::{local, whole};
use crate::Time;
use crate::incident::{Action, Level, Severity, Source, Standing, State};
use crate::place::Position;
use crate::town::{CategoryGroup, Role};
use chrono::{TimeDelta, Timelike as _};
use rand::Rng as _;
use std::collections::HashMap;

/// A step that someone may take next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoStep {
    /// What is done; lawful by [`crate::incident::next`].
    pub action: Action,
    /// Who does it.
    pub role: Role,
    /// How long after the step before.
    pub after: TimeDelta,
    /// The words that go with it.
    pub note: Option<&'static str>,
}

/// Who answers for a place, by role.
pub(super) struct People {
    names: HashMap<Role, String>,
}

/// Finds who answers for a place.
pub(super) struct Walk {
    grids: Finder,
    people: Vec<HashMap<Role, String>>,
}

impl Walk {
    pub(super) fn of(town: &DemoTown) -> Self {
        let people = town.grids.iter().map(|grid| {
            let mut names = HashMap::new();
            for one in &town.staff {
                let here = match (&one.village, one.grids.is_empty()) {
                    (_, false) => one.grids.contains(&grid.code),
                    (Some(village), true) => *village == grid.code.village(),
                    (None, true) => one.unit.is_none(),
                };
                if here {
                    names.entry(one.role).or_insert_with(|| one.name.clone());
                }
            }
            names
        });
        Self { grids: Finder::of(town.grids.iter().map(|g| &g.boundary)), people: people.collect() }
    }

    pub(super) fn people(&mut self, place: Position) -> People {
        let names = self.grids.index(place.point()).and_then(|i| self.people.get(i)).cloned().unwrap_or_default();
        People { names }
    }
}

/// The next step from a standing; `None` at the end of the road.
pub(super) fn step(at: Standing, category: &DemoCategory, severity: Severity, chance: &mut Chance) -> Option<DemoStep> {
    let choices = choices(at, category.group, severity);
    let weights: Vec<f64> = choices.iter().map(|c| c.0).collect();
    let (_, action, share, note) = *choices.get(weighted(chance, &weights))?;
    let limit = match at.level {
        Level::Grid => category.limit_minutes[0],
        Level::Village => category.limit_minutes[1],
        Level::Town | Level::County => category.limit_minutes[2],
    };
    let minutes = match action {
        Action::Verify | Action::Accept => {
            3.0 * (0.7 * gauss(chance)).exp() * if severity.number() <= 2 { 0.5 } else { 1.0 }
        }
        Action::Archive => 30.0 * 1_440.0,
        Action::Resume => 1_440.0 * chance.random_range(15.0..60.0),
        _ => {
            // Now and then something is left lying: the long tail that supervision is for.
            let left_lying = if chance.random_bool(0.012) { 30.0 } else { 1.0 };
            left_lying * share * f64::from(limit) * (0.75 * gauss(chance)).exp()
        }
    };
    let after = TimeDelta::seconds(whole(minutes * 60.0).max(20));
    Some(DemoStep { action, role: role(action, at.level, category.group), after, note })
}

/// Weight, action, median share of the limit, words.
type Choice = (f64, Action, f64, Option<&'static str>);

fn choices(at: Standing, group: CategoryGroup, severity: Severity) -> Vec<Choice> {
    use Action as A;
    let can_pass = matches!(at.level, Level::Grid | Level::Village);
    let grave = severity.number() <= 2;
    let up = match (can_pass, grave) {
        (false, _) => 0.0,
        (true, true) => 0.6,
        (true, false) => 0.09,
    };
    let refers = if group == CategoryGroup::Security { 0.12 } else { 0.03 };
    match at.state {
        State::Reported => vec![
            (if at.level == Level::Grid { 0.96 } else { 0.0 }, A::Verify, 0.0, None),
            (if at.level == Level::Grid { 0.0 } else { 0.97 }, A::Accept, 0.0, None),
            (0.015, A::Withdraw, 0.01, Some("经核实情况不存在，报告人同意撤销")),
        ],
        State::Verified => vec![
            (0.9, A::Accept, 0.0, None),
            (up, A::PassUp, 0.01, Some("超出本级处置能力，请上级受理")),
            (0.015, A::Withdraw, 0.01, Some("现场已自行恢复，无需处置")),
        ],
        State::Accepted => vec![
            (0.85, A::Dispatch, 0.03, None),
            (0.1, A::Start, 0.04, Some("就近直接处置")),
            (refers, A::Refer, 0.03, Some("属专业部门职责，转办")),
            (0.022, A::Park, 0.05, Some("需列入下期计划解决，先行挂账")),
        ],
        State::Dispatched => {
            vec![(0.97, A::Start, 0.07, None), (0.03, A::Return, 0.04, Some("不属本单位职责，退回并说明"))]
        }
        State::InProgress => vec![
            (0.95, A::ReportBack, 0.12, Some("已处置完毕，现场已恢复")),
            (up * 0.3, A::PassUp, 0.05, Some("现场条件复杂，请上级协调")),
            (0.022, A::Park, 0.1, Some("等待材料和天气条件，挂账")),
        ],
        State::ReportedBack => {
            vec![(0.96, A::Check, 0.05, Some("现场核查属实")), (0.04, A::Return, 0.04, Some("处置不彻底，请继续"))]
        }
        State::Checked => vec![(1.0, A::Close, 0.03, None)],
        State::Closed => vec![(0.995, A::Archive, 0.0, None), (0.005, A::Reopen, 1.0, Some("问题重现，重新办理"))],
        State::Referred => vec![(1.0, A::Answer, 0.2, Some("联动单位已办理并答复"))],
        State::Parked => vec![(1.0, A::Resume, 0.0, Some("条件具备，恢复处置"))],
        State::Archived | State::Withdrawn => Vec::new(),
    }
}

/// Who takes a step at a level: never the handler who checks or closes.
fn role(action: Action, level: Level, group: CategoryGroup) -> Role {
    let answers = match level {
        Level::Grid | Level::Village => Role::VillageChief,
        Level::Town | Level::County => Role::ChiefOfGrids,
    };
    match action {
        Action::Verify | Action::Check | Action::Archive => Role::InformationOfficer,
        Action::Start | Action::ReportBack | Action::Return if group == CategoryGroup::Dispute => Role::Mediator,
        Action::Report | Action::Withdraw | Action::Start | Action::ReportBack => Role::GridMember,
        Action::Answer => Role::PartnerUnit,
        _ => answers,
    }
}

/// By night what is neither grave nor pressing mostly waits until the morning.
pub(super) fn waking(at: Time, category: &DemoCategory, severity: Severity, chance: &mut Chance) -> Time {
    let now = local(at);
    let asleep = now.hour() >= 22 || now.hour() < 6;
    let pressing = category.limit_minutes[0] < 12 * 60;
    if !asleep || pressing || severity.number() <= 2 || chance.random_bool(0.3) {
        return at;
    }
    let days = i64::from(now.hour() >= 22);
    let midnight =
        (now.date() + TimeDelta::days(days)).and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(8);
    midnight + TimeDelta::minutes(chance.random_range(390..480))
}

/// The first entry of a log.
pub(super) fn reported(incident: &DemoIncident, to: Standing, people: &People) -> DemoEvent {
    let role = if incident.source == Source::GridMember { Role::GridMember } else { Role::InformationOfficer };
    DemoEvent {
        at: incident.reported_at,
        action: Action::Report,
        role,
        actor: people.names.get(&role).cloned(),
        state: to.state,
        level: to.level,
        note: None,
    }
}

/// A step as an entry of the log.
pub(super) fn told(step: &DemoStep, at: Time, to: Standing, people: &People) -> DemoEvent {
    DemoEvent {
        at,
        action: step.action,
        role: step.role,
        actor: people.names.get(&step.role).cloned(),
        state: to.state,
        level: to.level,
        note: step.note.map(str::to_owned),
    }
}
