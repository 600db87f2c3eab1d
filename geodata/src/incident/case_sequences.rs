//! Whatever people do in whatever order: the rules hold.

use super::tests::{at, people, place, start};
use super::*;
use crate::incident::rights::{Whereabouts, judge};
use proptest::prelude::*;
use strum::VariantArray as _;

/// Somewhere, by some terms, and now and then a step of the system's own.
#[derive(Debug, Clone)]
struct World {
    ground: Ground,
    terms: Terms,
    alert: bool,
}

fn worlds() -> impl Strategy<Value = World> {
    let terms = (20..200_i32, 0..200_i32, 0..200_i32, any::<bool>(), any::<bool>());
    let terms = terms.prop_map(|(grid, village, town, pauses_referred, pauses_parked)| Terms {
        limits: [grid, grid + village, grid + village + town],
        pauses_referred,
        pauses_parked,
    });
    (terms, 0..3_u8, any::<bool>()).prop_map(|(terms, lies, alert)| World {
        ground: Ground { village: lies > 0, grid: lies > 1 },
        terms,
        alert,
    })
}

impl World {
    fn place(&self) -> Whereabouts {
        let Whereabouts { village, grid, reporter, .. } = place();
        Whereabouts {
            village: village.filter(|_| self.ground.village),
            grid: grid.filter(|_| self.ground.grid),
            reporter,
            alert: self.alert,
        }
    }

    fn after(&self, case: Option<&Case>, step: &Step) -> Result<Case, Refusal> {
        Case::after(case, step, self.ground, &self.terms, &Shifts)
    }
}

/// The first half of every hour is worked.
#[derive(Debug, Clone, Copy)]
struct Shifts;

impl Hours for Shifts {
    fn due(&self, from: Time, minutes: i64) -> Time {
        let mut at = from;
        while self.between(from, at) < minutes {
            at += chrono::TimeDelta::minutes(1);
        }
        at
    }

    fn between(&self, from: Time, to: Time) -> i64 {
        let worked = |at: Time| {
            let minutes = (at - start()).num_minutes();
            minutes.div_euclid(60) * 30 + minutes.rem_euclid(60).min(30)
        };
        (worked(to) - worked(from)).max(0)
    }
}

/// What one step may do to who answers and whose move it is.
fn one_owner_at_a_time(case: &Case, next: &Case, action: Action) -> Result<(), TestCaseError> {
    let hands_on = matches!(action, A::PassUp | A::PassDown | A::Dispatch | A::Refer)
        || (action == A::Lapse && next.standing.state == State::Reported);
    if hands_on {
        let home = Party::at(case.standing.level);
        prop_assert!(
            next.owner == case.owner || next.owner == home,
            "{} was given it by {action} without accepting",
            next.owner
        );
        prop_assert!(next.offered.is_some());
    }
    if next.owner != case.owner && matches!(action, A::Accept | A::Start) {
        prop_assert_eq!(Some(&next.owner), case.offered.as_ref());
    }
    let changes_nothing = matches!(
        action,
        A::Verify
            | A::Check
            | A::Archive
            | A::Supervise
            | A::FollowUp
            | A::Note
            | A::Extend
            | A::Remind
            | A::Absorb
            | A::Acknowledge
    );
    if changes_nothing {
        prop_assert_eq!((&next.owner, &next.offered), (&case.owner, &case.offered), "{}", action);
    }
    prop_assert_eq!(next.ended_at.is_some(), !next.standing.state.is_open());
    prop_assert!(next.standing.state.is_open() || next.offered.is_none());
    prop_assert!(next.standing.level != Level::County);
    Ok(())
}

/// What an assignment that is taken back leads back to, as a stack beside the case.
fn keep_books(
    books: &mut Vec<(Party, Option<Party>, Level)>,
    case: &Case,
    next: &Case,
    action: Action,
) -> Result<(), TestCaseError> {
    let back =
        action == A::Undo || (action == A::Return && matches!(case.standing.state, State::Reported | State::Verified));
    match action {
        _ if back => {
            let (owner, offered, level) = books.pop().ok_or_else(|| TestCaseError::fail("nothing to go back to"))?;
            prop_assert_eq!((&next.owner, &next.offered, next.standing.level), (&owner, &offered, level));
        }
        A::PassUp | A::PassDown => books.push((case.owner.clone(), case.offered.clone(), case.standing.level)),
        A::Dispatch | A::Refer => *books = vec![(case.owner.clone(), None, case.standing.level)],
        _ if next.before.is_none() => books.clear(),
        _ => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    /// Any people doing anything in any order, anywhere, by any terms, while time does what it does: what is refused changes nothing,
    /// what is done keeps the rules, and what the system means to do is allowed.
    #[test]
    fn any_sequence_of_actions_keeps_the_invariants(
        world in worlds(),
        steps in proptest::collection::vec((0..11_usize, 0..Action::VARIANTS.len(), 0..4_usize, 1..90_i64), 1..80)
    ) {
        let (people, place) = (people(), world.place());
        let report = Step::plain(A::Report, start(), Some(1));
        let mut case = world.after(None, &report).unwrap();
        let (mut minute, mut log, mut books) = (0, vec![report], Vec::new());
        let parties = [Party::Staff(2), Party::Staff(8), Party::Unit("police".parse().unwrap()), Party::County];
        for (person, action, to, minutes) in steps {
            minute += minutes;
            while let Some((when, alarm)) = case.next_alarm(&world.terms, &Shifts).filter(|(when, _)| *when <= at(minute)) {
                let action = if alarm == Alarm::Lapse { A::Lapse } else { A::Remind };
                let with = Particulars { alarm: Some(alarm), ..Particulars::default() };
                let step = Step { action, at: when, by: None, with };
                let Ok(next) = world.after(Some(&case), &step) else {
                    return Err(TestCaseError::fail(format!("{alarm} rings and is refused: {case:?}")));
                };
                one_owner_at_a_time(&case, &next, action)?;
                keep_books(&mut books, &case, &next, action)?;
                prop_assert!(next.next_alarm(&world.terms, &Shifts) != Some((when, alarm)), "it rings for ever");
                log.push(step);
                case = next;
            }
            let (who, action) = (&people[person], Action::VARIANTS[action]);
            let with = Particulars {
                to: Some(parties[to].clone()), minutes: Some(30), until: Some(at(minute + 500)), other: Some(9),
                satisfaction: Some(4), alarm: None,
            };
            let system = action == A::Absorb && case.standing.state.is_open();
            let step = Step { action, at: at(minute), by: (!system).then_some(who.staff), with };
            if !system && judge(who, action, &case, &place).is_err() {
                continue;
            }
            let Ok(next) = world.after(Some(&case), &step) else {
                return Err(TestCaseError::fail(format!("{action} was allowed and is refused: {case:?}")));
            };
            if next.standing.state == State::Closed && action == A::Close {
                prop_assert_eq!(case.standing.state, State::Checked);
                prop_assert!(!case.handlers.contains(&who.staff), "closed by who did the work");
            }
            if case.standing.state == State::Archived {
                prop_assert_eq!(action, A::Reopen);
            }
            if action == A::Acknowledge {
                prop_assert!(world.alert && case.acknowledged_at.is_none(), "once a round, and of what raised an alert");
            }
            prop_assert!(next.acknowledged_at.is_none() || action != A::Reopen, "a new round is a new alert");
            one_owner_at_a_time(&case, &next, action)?;
            keep_books(&mut books, &case, &next, action)?;
            log.push(step);
            case = next;
        }
        prop_assert_eq!(Case::of(&log, world.ground, &world.terms, &Shifts).unwrap(), Some(case), "the log tells the same");
    }
}
