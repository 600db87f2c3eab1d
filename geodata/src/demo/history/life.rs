//! What is done next with an incident: believable choices among those that [`crate::incident::next`] allows.

use super::progress::{Limits, Progress};
use crate::Time;
use crate::demo::chance::{Chance, between, weighted};
use crate::incident::{Action, Level, Severity, State};
use crate::town::{CategoryGroup, Role};
use chrono::{TimeDelta, Timelike as _};
use rand::Rng as _;
use rand_distr::{Beta, Distribution as _, Exp};

use super::process::AHEAD;

/// How an incident's life goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// As it comes.
    Free,
    /// No detours and no delays: what must have ended by now has.
    Plain,
    /// The work waits for days.
    Stuck,
}

/// An incident as its next step is chosen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) group: CategoryGroup,
    pub(super) limits: Limits,
    pub(super) severity: Severity,
    pub(super) progress: Progress,
    /// What was done so far.
    pub(super) done: &'a [Action],
    /// When the last of it was done.
    pub(super) last: Time,
    /// How it goes.
    pub(super) manner: Manner,
}

/// A share of work that overruns its limit, before night and weekend make it more.
const LATE: f64 = 0.052;
/// The share of that which waits for days: for a part, for money, for two sides to meet.
const STUCK: f64 = 0.45;
/// A limit from which on, minutes, the work is a repair that needs another's hands.
const LONG_MIN: i32 = 2 * 1_440;
/// Routine work is done between these minutes of the local day.
const MORNING_MIN: u32 = 7 * 60 + 40;
const EVENING_MIN: u32 = 20 * 60 + 50;

impl Case<'_> {
    fn urgent(&self) -> bool {
        self.severity.number() <= 2 || self.group == CategoryGroup::Emergency
    }

    /// Nobody hurries to a broken sign.
    fn can_wait(&self) -> bool {
        self.manner == Manner::Free
            && self.group == CategoryGroup::Management
            && self.limits[0] >= 1_440
            && !self.urgent()
    }

    fn had(&self, action: Action) -> bool {
        self.done.contains(&action)
    }

    fn limit_minutes(&self) -> f64 {
        f64::from(self.limits[rung(self.progress.standing.level)])
    }

    /// How likely it is passed on upwards from where it stands.
    fn upward(&self) -> f64 {
        let (from_grid, from_village) = match self.group {
            _ if self.severity.number() <= 2 => (1.0, 1.0),
            CategoryGroup::Emergency => (0.97, 0.8),
            CategoryGroup::Security => (0.9, 0.6),
            CategoryGroup::Dispute => (1.0, 0.3),
            CategoryGroup::Management if self.severity.number() == 3 => (0.7, 0.5),
            CategoryGroup::Management if self.limits[0] >= LONG_MIN => (0.6, 0.6),
            CategoryGroup::Management => (0.14, 0.2),
        };
        match self.progress.standing.level {
            _ if self.had(Action::PassDown) || self.had(Action::Reopen) => 0.0,
            Level::Grid => from_grid,
            Level::Village => from_village,
            Level::Town | Level::County => 0.0,
        }
    }

    /// What is done next; `None` once it is archived or withdrawn.
    pub(super) fn action(&self, chance: &mut Chance) -> Option<Action> {
        use Action as A;
        let once = |action, share: f64| if self.manner != Manner::Free || self.had(action) { 0.0 } else { share };
        let routine = self.group == CategoryGroup::Management && self.severity.number() >= 3;
        let at_town = self.progress.standing.level == Level::Town;
        let up = self.upward();
        let choices: Vec<(A, f64)> = match self.progress.standing.state {
            // Who passes it up has looked at it.
            State::Reported if !self.had(A::Verify) && !self.had(A::PassUp) => {
                let straight_up = if self.urgent() { 0.5 * up } else { 0.03 * up };
                vec![
                    (A::Verify, 1.0 - straight_up),
                    (A::PassUp, straight_up),
                    (A::Withdraw, once(A::Withdraw, if routine { 0.015 } else { 0.0 })),
                ]
            }
            State::Reported | State::Verified => vec![
                (A::PassUp, up),
                (A::Accept, 1.0 - up),
                (A::Withdraw, once(A::Withdraw, if routine { 0.025 } else { 0.006 })),
                (A::PassDown, if at_town && routine { once(A::PassDown, 0.05) } else { 0.0 }),
            ],
            State::Accepted if self.progress.standing.level == Level::Grid => {
                vec![(A::Start, 0.9), (A::Dispatch, 0.1), (A::Park, if routine { once(A::Park, 0.006) } else { 0.0 })]
            }
            State::Accepted => vec![
                (A::Dispatch, 0.9),
                (A::Refer, if at_town { once(A::Refer, 0.14) } else { 0.0 }),
                (A::Park, if routine { once(A::Park, 0.025) } else { 0.0 }),
            ],
            State::Dispatched => {
                vec![(A::Start, 0.95), (A::Return, once(A::Return, 0.05)), (A::Dispatch, 0.0)]
            }
            State::InProgress => vec![
                (A::ReportBack, 0.96),
                (A::Park, if routine { once(A::Park, 0.012) } else { 0.0 }),
                (A::Refer, if at_town { once(A::Refer, 0.03) } else { 0.0 }),
            ],
            State::ReportedBack => vec![(A::Check, 0.96), (A::Return, once(A::Return, 0.035))],
            State::Checked => vec![(A::Close, 1.0)],
            State::Closed => vec![(A::Archive, 0.99), (A::Reopen, once(A::Reopen, 0.008))],
            State::Referred => vec![(A::Answer, 0.92), (A::Return, once(A::Return, 0.08))],
            State::Parked => vec![(A::Resume, 1.0)],
            State::Archived | State::Withdrawn | State::Merged => return None,
        };
        let weights: Vec<f64> = choices.iter().map(|c| c.1).collect();
        choices.get(weighted(chance, &weights)).map(|c| c.0)
    }

    /// How long after the last step an action is taken.
    pub(super) fn delay(&self, action: Action, chance: &mut Chance) -> TimeDelta {
        let pace = if self.urgent() { 0.4 } else { 1.0 };
        let limit = self.limit_minutes();
        let minutes = match action {
            Action::Report | Action::Record => 0.0,
            Action::Verify if self.can_wait() && chance.random_bool(0.12) => waiting(chance, limit * 0.25),
            Action::Verify => 1.0 + pace * waiting(chance, 4.0),
            Action::Accept => 0.5 + pace * waiting(chance, 3.0),
            Action::Dispatch | Action::PassDown | Action::Refer => 1.0 + pace * waiting(chance, 7.0),
            Action::PassUp => 1.0 + pace * waiting(chance, 9.0),
            Action::Withdraw => 5.0 + waiting(chance, 40.0),
            Action::Start => (limit * between(chance, 0.02, 0.09)).clamp(3.0, 180.0),
            Action::ReportBack | Action::Answer => self.work(chance),
            Action::Check => (limit * between(chance, 0.01, 0.04)).clamp(4.0, 360.0),
            Action::Close => (limit * between(chance, 0.004, 0.02)).clamp(2.0, 180.0),
            Action::Return => (limit * between(chance, 0.02, 0.08)).clamp(10.0, 400.0),
            Action::Park => between(chance, 30.0, 300.0),
            Action::Archive | Action::Reopen => between(chance, 1_000.0, 4_000.0),
            Action::Resume => between(chance, 12.0, 38.0) * 1_440.0,
            Action::Supervise => between(chance, 20.0, 150.0),
            _ => 10.0,
        };
        self.hours(action, minutes, chance)
    }

    /// Minutes from the last step until the work is done: mostly a good part of the limit before it runs out.
    fn work(&self, chance: &mut Chance) -> f64 {
        let limit = self.limit_minutes();
        let mut stuck = 0.0;
        let late = match self.manner {
            Manner::Free => chance.random_bool(LATE),
            Manner::Plain => false,
            Manner::Stuck => true,
        };
        let share = if late {
            if self.manner == Manner::Stuck || (!self.urgent() && chance.random_bool(STUCK)) {
                stuck = between(chance, 5.0, 30.0) * 1_440.0;
            }
            between(chance, 1.02, 2.4)
        } else {
            0.06 + 0.8 * Beta::new(1.5, 2.2).map_or(0.4, |law| law.sample(chance))
        };
        // Minutes of the limit gone by the last step, where a limit runs.
        let gone = self.progress.due_at.map_or(0.0, |due| {
            let left = i32::try_from((due - self.last).num_minutes()).unwrap_or(i32::MAX);
            limit - f64::from(left)
        });
        (share * limit + stuck - gone).max(limit * 0.03).max(5.0)
    }

    /// Moves routine steps out of the night, unless waiting would break the limit.
    fn hours(&self, action: Action, minutes: f64, chance: &mut Chance) -> TimeDelta {
        let delay = seconds(minutes);
        let at = self.last + delay;
        let local = (at + AHEAD).num_seconds_from_midnight() / 60;
        if self.urgent() || (MORNING_MIN..=EVENING_MIN).contains(&local) {
            return delay;
        }
        let rest = (1_440 + MORNING_MIN - local) % 1_440;
        let rested = seconds(minutes + f64::from(rest) + between(chance, 0.0, 70.0));
        let due = self.progress.due_at.filter(|_| !matches!(action, Action::Archive | Action::Reopen | Action::Resume));
        let breaks = due.is_some_and(|due| at <= due && self.last + rested > due);
        if breaks { delay } else { rested }
    }

    /// Whether somebody supervises before that step, and after how long: when it comes well after the limit.
    pub(super) fn supervision(&self, delay: TimeDelta, chance: &mut Chance) -> Option<TimeDelta> {
        let due = self.progress.due_at.filter(|_| self.progress.standing.state.is_open())?;
        let notice = due + self.delay(Action::Supervise, chance) - self.last;
        let comes = !self.had(Action::Supervise) && notice > TimeDelta::zero() && notice < delay;
        (comes && chance.random_bool(0.65)).then_some(notice)
    }

    /// Who takes an action where the incident stands.
    pub(super) fn role(&self, action: Action, chance: &mut Chance) -> Role {
        let level = self.progress.standing.level;
        let handler = match (self.group, level) {
            (CategoryGroup::Dispute, _) => Role::Mediator,
            (_, Level::Grid | Level::Village) => Role::GridMember,
            (_, Level::Town | Level::County) => Role::PartnerUnit,
        };
        let office = match level {
            Level::Grid | Level::Village => Role::VillageChief,
            Level::Town | Level::County => Role::ChiefOfGrids,
        };
        match action {
            Action::Verify if level == Level::Grid && chance.random_bool(0.75) => Role::GridMember,
            Action::Verify => Role::InformationOfficer,
            Action::Report => Role::GridMember,
            Action::Accept | Action::Withdraw | Action::PassUp if level == Level::Grid => Role::GridMember,
            Action::Start | Action::ReportBack | Action::Park | Action::Resume => handler,
            // Never the one who did the work.
            Action::Check | Action::Archive if level != Level::Town => Role::InformationOfficer,
            Action::Answer => Role::PartnerUnit,
            Action::Return => match self.progress.standing.state {
                State::Dispatched | State::InProgress => handler,
                State::Referred => Role::PartnerUnit,
                _ => office,
            },
            Action::Supervise => {
                [Role::Auditor, Role::ChiefOfGrids, Role::Commander][weighted(chance, &[6.0, 3.0, 1.0])]
            }
            _ => office,
        }
    }
}

/// Which of a category's three limits counts at a level.
pub(super) fn rung(level: Level) -> usize {
    match level {
        Level::Grid => 0,
        Level::Village => 1,
        Level::Town | Level::County => 2,
    }
}

fn seconds(minutes: f64) -> TimeDelta {
    #[expect(clippy::cast_possible_truncation, reason = "some weeks in seconds")]
    let whole = (minutes * 60.0) as i64;
    TimeDelta::seconds(whole.max(1))
}

fn waiting(chance: &mut Chance, mean: f64) -> f64 {
    Exp::new(1.0 / mean).map_or(mean, |law| law.sample(chance)).min(mean * 6.0)
}
