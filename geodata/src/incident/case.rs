//! An incident as its rules see it: where it stands, who answers for it, whose move it is, and its clock. The fold of its
//! log: the server applies one step at a time with it, and its proofs apply whole logs.

use super::clock::{Alarm, Clock, Hours, Terms};
use super::{Action, Action as A, Level, Party, Refusal, Standing, State, next};
use crate::Time;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Which of the town's areas an incident lies in: where nobody answers for a place, the next level does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    /// Whether it lies in a village.
    pub village: bool,
    /// Whether it lies in a grid.
    pub grid: bool,
}

impl Ground {
    /// The level that first answers here.
    pub fn first(self) -> Level {
        match (self.grid, self.village) {
            (true, _) => Level::Grid,
            (false, true) => Level::Village,
            (false, false) => Level::Town,
        }
    }

    fn has(self, level: Level) -> bool {
        level >= self.first()
    }
}

/// What came with a step, as far as the rules need it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Particulars {
    /// Whom it was handed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Party>,
    /// When it is to be looked at again, or by when it must be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Minutes more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i64>,
    /// The other incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<i64>,
    /// A mark, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<u8>,
    /// What the system reminded of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm: Option<Alarm>,
}

/// One entry of a log, as far as the rules need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub action: Action,
    /// When.
    pub at: Time,
    /// By whom; nobody for the system, and for a past whose people have no accounts.
    pub by: Option<i32>,
    /// What came with it.
    pub with: Particulars,
}

impl Step {
    /// A step that brings nothing with it.
    pub fn plain(action: Action, at: Time, by: Option<i32>) -> Self {
        Self { action, at, by, with: Particulars::default() }
    }
}

/// What an assignment that nobody has accepted yet goes back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    standing: Standing,
    /// Who answered for it; absent in what was kept by an older version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<Party>,
    offered: Option<Party>,
    clock: Option<Clock>,
    /// What had been reminded of: to hand something on and take it back wins nobody another grace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rung: Vec<(Alarm, Time)>,
    /// What an assignment before that one goes back to, where nobody had accepted it either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    earlier: Option<Box<Before>>,
}

/// An incident as its rules see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// State and level.
    #[serde(flatten)]
    pub standing: Standing,
    /// Who answers for it. One at a time: the first receiver, until another accepts (首接负责).
    pub owner: Party,
    /// Whom it was handed to, who has not accepted yet.
    pub offered: Option<Party>,
    /// Who works or worked on it in this round.
    pub worker: Option<Party>,
    /// The people who worked on it in this round: they neither check nor close it.
    pub handlers: Vec<i32>,
    /// What the last assignment goes back to when it is taken back or returned.
    pub before: Option<Before>,
    /// Its clock, from the first report on.
    pub clock: Option<Clock>,
    /// Whether it was extended in this round: once is all there is.
    pub extended: bool,
    /// When a parked incident is to be looked at again.
    pub review_at: Option<Time>,
    /// A supervisor's deadline.
    pub supervised_until: Option<Time>,
    /// What the system has reminded of, and when.
    pub rung: Vec<(Alarm, Time)>,
    /// When it was first taken on.
    pub accepted_at: Option<Time>,
    /// When those who command acknowledged its alert, in this round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Time>,
    /// When it ended; absent while it is open.
    pub ended_at: Option<Time>,
    /// Whether it ended within its limit; absent while open and where none ran.
    pub ended_in_time: Option<bool>,
    /// The incident that it goes on in.
    pub merged_into: Option<i64>,
}

impl Case {
    /// The case after one more step; `from` is `None` for the first.
    ///
    /// ```
    /// use geodata::incident::{Action, AlwaysOpen, Case, Ground, Party, Step, Terms};
    /// let at = "2026-11-23T08:00:00Z".parse().unwrap();
    /// let terms = Terms { limits: [60, 120, 240], pauses_referred: true, pauses_parked: true };
    /// let ground = Ground { village: true, grid: true };
    /// let step = |case, action| Case::after(case, &Step::plain(action, at, None), ground, &terms, &AlwaysOpen).unwrap();
    /// let case = step(None, Action::Report);
    /// let case = step(Some(&case), Action::PassUp);
    /// assert_eq!((&case.owner, case.turn()), (&Party::Grid, &Party::Village), "who had it first answers until then");
    /// let case = step(Some(&case), Action::Accept);
    /// assert_eq!((&case.owner, case.turn()), (&Party::Village, &Party::Village));
    /// ```
    ///
    /// # Errors
    /// When the step is not possible where the case stands.
    pub fn after(
        from: Option<&Self>,
        step: &Step,
        ground: Ground,
        terms: &Terms,
        hours: &impl Hours,
    ) -> Result<Self, Refusal> {
        let Some(from) = from else { return Self::born(step, ground, terms, hours) };
        let refused = || Refusal { action: step.action, state: from.standing.state, level: from.standing.level };
        if from.goes_back(step.action) {
            return from.taken_back(step, hours).ok_or_else(refused);
        }
        let standing = next(Some(from.standing), step.action)?;
        let once = (step.action == A::Extend && from.extended)
            || (step.action == A::Acknowledge && from.acknowledged_at.is_some());
        if !ground.has(standing.level) || once {
            return Err(refused());
        }
        let mut case = Self { standing, ..from.clone() };
        case.hand_over(from, step);
        case.keep_time(from, step, terms, hours);
        Ok(case)
    }

    /// The whole log's case.
    ///
    /// # Errors
    /// The first step that is not possible.
    pub fn of(log: &[Step], ground: Ground, terms: &Terms, hours: &impl Hours) -> Result<Option<Self>, Refusal> {
        log.iter()
            .try_fold(None, |case: Option<Self>, step| Self::after(case.as_ref(), step, ground, terms, hours).map(Some))
    }

    fn born(step: &Step, ground: Ground, terms: &Terms, hours: &impl Hours) -> Result<Self, Refusal> {
        let standing = Standing { level: ground.first(), ..next(None, step.action)? };
        let ended_at = (!standing.state.is_open()).then_some(step.at);
        Ok(Self::found(standing, step.at, ended_at, terms, hours))
    }

    /// A case whose log can't be read by these rules: it stands where it stands, in the hands of its level, and its clock
    /// begins at `since`.
    pub fn found(standing: Standing, since: Time, ended_at: Option<Time>, terms: &Terms, hours: &impl Hours) -> Self {
        let open = standing.state.is_open();
        Self {
            standing,
            owner: Party::at(standing.level),
            offered: None,
            worker: None,
            handlers: Vec::new(),
            before: None,
            clock: open.then(|| Clock::start(standing.level, since, terms, hours)),
            extended: false,
            review_at: None,
            supervised_until: None,
            rung: Vec::new(),
            accepted_at: (open && standing.state.is_taken()).then_some(since),
            acknowledged_at: None,
            ended_at,
            ended_in_time: None,
            merged_into: None,
        }
    }

    /// Whose move it is, and whose clock runs: who was handed it, or else who answers for it.
    pub fn turn(&self) -> &Party {
        self.offered.as_ref().unwrap_or(&self.owner)
    }

    /// When it must be dealt with; absent while no limit runs.
    pub fn due_at(&self) -> Option<Time> {
        self.clock.and_then(|clock| clock.due)
    }

    /// Whether it was handed to someone who has not accepted: then it can be taken back.
    pub fn is_offered(&self) -> bool {
        self.offered.is_some() && self.before.is_some()
    }

    /// The same with its clock reckoned anew, as after a change of the working hours.
    #[must_use]
    pub fn reckoned(&self, hours: &impl Hours) -> Self {
        let open = self.standing.state.is_open();
        Self { clock: self.clock.map(|clock| if open { clock.reckoned(hours) } else { clock }), ..self.clone() }
    }

    /// The next thing that the system does by itself, and when: reminders, and passing on what nobody dealt with.
    pub fn next_alarm(&self, terms: &Terms, hours: &impl Hours) -> Option<(Time, Alarm)> {
        if !self.standing.state.is_open() {
            return None;
        }
        let rung = |alarm| self.rung.iter().find(|(a, _)| *a == alarm).map(|(_, at)| *at);
        let due = self.due_at().and_then(|due| match rung(Alarm::Due) {
            None => Some((due, Alarm::Due)),
            // At the town there is no next level, and what is parked waits for its date: their supervisors see it.
            Some(_) if rung(Alarm::Lapse).is_some() || next(Some(self.standing), A::Lapse).is_err() => None,
            Some(reminded) => Some((hours.due(due.max(reminded), terms.grace(self.standing.level)), Alarm::Lapse)),
        });
        let once = |at: Option<Time>, alarm| at.filter(|_| rung(alarm).is_none()).map(|at| (at, alarm));
        let others = [once(self.review_at, Alarm::Review), once(self.supervised_until, Alarm::Supervision)];
        others.into_iter().chain([due]).flatten().min_by_key(|(at, _)| *at)
    }

    /// The clock, and the marks in time.
    fn keep_time(&mut self, from: &Self, step: &Step, terms: &Terms, hours: &impl Hours) {
        let (state, level, at) = (self.standing.state, self.standing.level, step.at);
        let open = state.is_open();
        let anew = open && (level != from.standing.level || !from.standing.state.is_open());
        let still =
            (state == State::Parked && terms.pauses_parked) || (state == State::Referred && terms.pauses_referred);
        if anew {
            self.start(Clock::start(level, at, terms, hours));
        }
        if let Some(clock) = self.clock {
            self.clock = Some(match step.action {
                A::Extend => clock.extended(self.extension(step, terms), hours),
                _ if still && clock.running.is_some() => clock.paused(at, hours),
                _ if open && !still => clock.resumed(at, hours),
                _ => clock,
            });
        }
        match (step.action, step.with.alarm) {
            (A::Extend, _) => {
                self.extended = true;
                self.rung.retain(|(alarm, _)| !is_of_clock(*alarm));
            }
            (A::Supervise, _) => self.rung.retain(|(alarm, _)| *alarm != Alarm::Supervision),
            (A::Park, _) => self.rung.retain(|(alarm, _)| *alarm != Alarm::Review),
            (A::Remind, Some(alarm)) => self.rung.push((alarm, at)),
            (A::Acknowledge, _) => self.acknowledged_at = Some(at),
            _ => {}
        }
        self.accepted_at = self.accepted_at.or_else(|| (open && state.is_taken()).then_some(at));
        self.end(from, at);
    }

    fn end(&mut self, from: &Self, at: Time) {
        if self.standing.state.is_open() {
            (self.ended_at, self.ended_in_time) = (None, None);
        } else if from.ended_at.is_none() {
            self.ended_at = Some(at);
            self.ended_in_time = self.due_at().map(|due| at <= due);
        }
    }

    /// A new clock: what was said of the old one's end is no longer so.
    fn start(&mut self, clock: Clock) {
        if self.clock.is_none_or(|old| old.since != clock.since || old.level != clock.level) {
            self.rung.retain(|(alarm, _)| !is_of_clock(*alarm));
        }
        self.clock = Some(clock);
    }

    /// By at most the original limit.
    fn extension(&self, step: &Step, terms: &Terms) -> i64 {
        step.with.minutes.unwrap_or_default().clamp(0, i64::from(terms.limit(self.standing.level)))
    }
}

/// Whether an alarm is about the limit, and has nothing to say of another clock.
fn is_of_clock(alarm: Alarm) -> bool {
    matches!(alarm, Alarm::Due | Alarm::Lapse)
}

#[path = "case_hands.rs"]
mod hands;
#[cfg(test)]
#[path = "case_sequences.rs"]
mod sequences;
#[cfg(test)]
#[path = "case_tests.rs"]
mod tests;
