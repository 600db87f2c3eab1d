//! How an incident passes from hand to hand: who answers for it, whom it is offered to, and how that is taken back.

use super::{Action, Action as A, Before, Case, Party, Standing, State, Step, is_of_clock};
use crate::incident::Hours;

impl Case {
    /// Whether an action leads back to before the last assignment.
    pub(super) fn goes_back(&self, action: Action) -> bool {
        let waits = matches!(self.standing.state, State::Reported | State::Verified);
        action == A::Undo || (action == A::Return && waits)
    }

    pub(super) fn taken_back(&self, step: &Step, hours: &impl Hours) -> Option<Self> {
        let before = self.before.as_ref().filter(|_| self.offered.is_some())?;
        let mut case = self.clone();
        case.before = before.earlier.as_deref().cloned();
        case.offered.clone_from(&before.offered);
        case.owner = before.owner.clone().unwrap_or(case.owner);
        // What was found to be so meanwhile stays so.
        let verified = self.standing.state == State::Verified && before.standing.state == State::Reported;
        case.standing =
            Standing { state: if verified { State::Verified } else { before.standing.state }, ..before.standing };
        // The first receiver's clock ran all the while: they answered for it.
        if let Some(clock) = before.clock {
            case.start(clock.resumed(step.at, hours));
            case.rung.retain(|(alarm, _)| !is_of_clock(*alarm));
            case.rung.extend(before.rung.iter().copied().filter(|(alarm, _)| is_of_clock(*alarm)));
        }
        Some(case)
    }

    /// What this case goes back to from an assignment that is made now.
    fn kept(&self, standing: Standing) -> Before {
        Before {
            standing,
            owner: Some(self.owner.clone()),
            offered: self.offered.clone(),
            clock: self.clock,
            rung: self.rung.clone(),
            earlier: self.before.clone().map(Box::new),
        }
    }

    /// Who answers, whom it is offered to, and who has worked on it.
    pub(super) fn hand_over(&mut self, from: &Self, step: &Step) {
        let home = Party::at(from.standing.level);
        match step.action {
            A::Accept => {
                self.owner = self.offered.take().unwrap_or_else(|| self.owner.clone());
                self.before = None;
            }
            A::Dispatch | A::Refer => {
                self.owner = home;
                // An old log does not say whom; a referral then went out of the system.
                let unsaid = (step.action == A::Refer).then_some(Party::County);
                self.offered = step.with.to.clone().or(unsaid);
                let before = from.kept(Standing { state: before_offer(from), ..from.standing });
                let clock = (step.action == A::Refer).then_some(from.clock).flatten();
                // Dispatching again puts a wrong choice right: it does not come back.
                self.before = Some(Before { offered: None, clock, earlier: None, ..before });
            }
            A::Start => {
                self.owner = self.offered.take().unwrap_or_else(|| self.owner.clone());
                self.worker = Some(self.owner.clone());
                self.before = None;
            }
            A::ReportBack => self.owner = home,
            A::Answer => {
                self.worker = Some(from.turn().clone());
                (self.owner, self.offered, self.before) = (home, None, None);
            }
            A::Return => self.returned(from, home),
            A::PassUp | A::PassDown => self.pass(from, home),
            A::Lapse if self.standing.state == State::Reported => {
                self.pass(from, home);
                // Nobody assigned it, so nobody takes it back.
                self.before = None;
            }
            A::Lapse => self.owner = Party::at(self.standing.level),
            A::Park => {
                (self.owner, self.offered, self.before) = (home, None, None);
                self.review_at = step.with.until;
            }
            A::Resume => {
                self.owner = self.worker.clone().unwrap_or(home);
                self.review_at = None;
            }
            A::Withdraw | A::Merge | A::Close => {
                (self.offered, self.before) = (None, None);
                self.merged_into = step.with.other.filter(|_| step.action == A::Merge);
            }
            A::Reopen => self.begin_again(),
            A::Supervise => self.supervised_until = step.with.until,
            _ => {}
        }
        if matches!(step.action, A::Start | A::ReportBack | A::Answer) {
            self.handlers.extend(step.by.filter(|by| !self.handlers.contains(by)));
        }
    }

    /// Sent back with a reason: to whoever handed it over, or to whoever did the work.
    fn returned(&mut self, from: &Self, home: Party) {
        self.owner = match from.standing.state {
            State::ReportedBack | State::Checked => self.worker.clone().unwrap_or(home),
            _ => home,
        };
        (self.offered, self.before) = (None, None);
    }

    /// Offered to the level it now stands at; who had it answers until somebody there accepts.
    fn pass(&mut self, from: &Self, home: Party) {
        if matches!(self.owner, Party::Staff(_) | Party::Unit(_)) {
            self.owner = home;
        }
        self.offered = Some(Party::at(self.standing.level));
        self.before = Some(from.kept(from.standing));
    }

    fn begin_again(&mut self) {
        self.owner = Party::at(self.standing.level);
        (self.offered, self.before, self.worker, self.merged_into) = (None, None, None, None);
        (self.supervised_until, self.review_at, self.acknowledged_at, self.extended) = (None, None, None, false);
        self.handlers.clear();
        self.rung.clear();
    }
}

/// The state that taking an offer back leads to.
fn before_offer(from: &Case) -> State {
    if from.standing.state == State::Dispatched { State::Accepted } else { from.standing.state }
}
