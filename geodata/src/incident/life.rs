//! The state machine: which action leads where. Who may act is the accounts' matter, not this module's.

use super::{Action, Action as A, Level, State, State as S};
use serde::{Deserialize, Serialize};

/// Where an incident stands: its state, and the level that answers for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How far along it is.
    pub state: State,
    /// Who handles it now.
    pub level: Level,
}

/// Why an action can't be taken now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{action} is not possible when {state} at {level} level")]
pub struct Refusal {
    /// What was asked.
    pub action: Action,
    /// The state it was asked in.
    pub state: State,
    /// The level it was asked at.
    pub level: Level,
}

/// Where `action` leads from `from`; `None` is an incident that does not exist yet, which only a report makes, or the
/// record of one that is long over.
///
/// ```
/// use geodata::incident::{Action, Level, Standing, State, next};
/// let born = next(None, Action::Report).unwrap();
/// assert_eq!(born, Standing { state: State::Reported, level: Level::Grid });
/// assert!(next(Some(born), Action::Close).is_err());
/// ```
#[expect(
    clippy::match_same_arms,
    reason = "a row a step, in the order of an incident's life, reads better than fewer rows"
)]
pub fn next(from: Option<Standing>, action: Action) -> Result<Standing, Refusal> {
    let Some(at) = from else {
        let born = Standing { state: State::Reported, level: Level::Grid };
        return match action {
            Action::Report => Ok(born),
            Action::Record => Ok(Standing { state: State::Archived, ..born }),
            _ => Err(Refusal { action, state: born.state, level: born.level }),
        };
    };
    let to = |state| Some(Standing { state, ..at });
    let passed = |level: Option<Level>| level.map(|level| Standing { state: State::Reported, level });
    let answer = match (at.state, action) {
        (S::Reported, A::Verify) => to(S::Verified),
        (S::Reported | S::Verified, A::Accept) => to(S::Accepted),
        // Dispatching again is how a wrong choice of handler is put right.
        (S::Accepted | S::Dispatched, A::Dispatch) => to(S::Dispatched),
        (S::Accepted | S::Dispatched, A::Start) => to(S::InProgress),
        (S::InProgress, A::ReportBack) => to(S::ReportedBack),
        (S::ReportedBack, A::Check) => to(S::Checked),
        (S::Checked, A::Close) => to(S::Closed),
        (S::Closed, A::Archive) => to(S::Archived),
        (S::Dispatched | S::InProgress, A::Return) => to(S::Accepted),
        (S::ReportedBack | S::Checked, A::Return) => to(S::InProgress),
        (S::Accepted | S::InProgress, A::Refer) => to(S::Referred),
        // The unit has taken it on; the answer is still to come.
        (S::Referred, A::Accept) => to(S::Referred),
        (S::Referred, A::Answer) => to(S::ReportedBack),
        (S::Accepted | S::InProgress, A::Park) => to(S::Parked),
        (S::Referred, A::Return) | (S::Parked, A::Resume) => to(S::InProgress),
        (S::Closed | S::Archived | S::Withdrawn | S::Merged, A::Reopen) => to(S::Accepted),
        (state, A::Supervise | A::Note | A::Extend | A::Remind | A::Absorb | A::Acknowledge) if state.is_open() => {
            to(state)
        }
        (S::Closed, A::FollowUp) => to(S::Closed),
        (S::Reported | S::Verified | S::Accepted, A::Withdraw) => to(S::Withdrawn),
        (S::Reported | S::Verified | S::Accepted, A::Merge) => to(S::Merged),
        // What is done and waits to be checked is checked further up; the rest begins anew there.
        (S::ReportedBack | S::Checked | S::Referred, A::Lapse) => up(at.level).map(|level| Standing { level, ..at }),
        (state, A::Lapse) if state.is_open() && state != S::Parked => passed(up(at.level)),
        (S::Reported | S::Verified | S::Accepted | S::InProgress, A::PassUp) => passed(up(at.level)),
        (S::Reported | S::Verified | S::Accepted | S::InProgress, A::PassDown) => passed(down(at.level)),
        _ => None,
    };
    answer.ok_or(Refusal { action, state: at.state, level: at.level })
}

/// The level above; none above the town, since out of the system is a referral and no level to pass up to.
pub fn up(level: Level) -> Option<Level> {
    match level {
        Level::Grid => Some(Level::Village),
        Level::Village => Some(Level::Town),
        Level::Town | Level::County => None,
    }
}

/// The level below.
pub fn down(level: Level) -> Option<Level> {
    match level {
        Level::Town => Some(Level::Village),
        Level::Village => Some(Level::Grid),
        Level::Grid | Level::County => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use strum::VariantArray as _;

    #[test]
    fn the_main_road_runs_from_report_to_archive() {
        let road =
            [A::Report, A::Verify, A::Accept, A::Dispatch, A::Start, A::ReportBack, A::Check, A::Close, A::Archive];
        let end = road.iter().try_fold(None, |at, &action| next(at, action).map(Some)).unwrap().unwrap();
        assert_eq!(end.state, State::Archived);
    }

    #[test]
    fn a_past_incident_is_recorded_complete_and_only_once() {
        let past = next(None, A::Record).unwrap();
        assert_eq!(past.state, State::Archived);
        assert!(!past.state.is_open());
        assert_eq!(next(Some(past), A::Record).unwrap_err().state, State::Archived);
        assert_eq!(next(Some(past), A::Reopen).unwrap().state, State::Accepted);
        let born = next(None, A::Report).unwrap();
        assert!(next(Some(born), A::Record).is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_done_nothing_closes_unchecked_and_archives_only_reopen(
            steps in proptest::collection::vec(0..Action::VARIANTS.len(), 0..60)
        ) {
            let mut at = next(None, Action::Report).unwrap();
            for step in steps {
                let action = Action::VARIANTS[step];
                let Ok(to) = next(Some(at), action) else { continue };
                // A visit after it is closed leaves it so.
                if to.state == State::Closed && action != Action::FollowUp {
                    prop_assert_eq!(at.state, State::Checked);
                }
                if action == Action::FollowUp {
                    prop_assert_eq!(to, at);
                }
                if at.state == State::Archived {
                    prop_assert_eq!(action, Action::Reopen);
                }
                prop_assert_ne!(to.level, Level::County);
                at = to;
            }
        }
    }
}
