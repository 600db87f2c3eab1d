use super::*;
use crate::access::{Scope, Who};
use crate::incident::AlwaysOpen;
use crate::incident::rights::{Denial, Whereabouts, judge, offers};
use crate::town::Role;
use proptest::prelude::*;
use strum::VariantArray as _;

const TERMS: Terms = Terms { limits: [60, 120, 240], pauses_referred: true, pauses_parked: true };
const GROUND: Ground = Ground { village: true, grid: true };

fn start() -> Time {
    "2026-11-23T00:00:00Z".parse().unwrap()
}

fn at(minute: i64) -> Time {
    start() + chrono::TimeDelta::minutes(minute)
}

fn place() -> Whereabouts {
    Whereabouts {
        village: Some("610304105201".parse().unwrap()),
        grid: Some("610304105201001".parse().unwrap()),
        reporter: Some(1),
    }
}

/// Two members of the grid, the village's chief and officer, the town's two, a unit's person, a mediator, an auditor.
fn people() -> Vec<Who> {
    let place = place();
    let (village, grid) = (place.village.unwrap(), place.grid.unwrap());
    let who = |staff, role, scope| Who { staff, role, scope };
    vec![
        who(1, Role::GridMember, Scope::Grids(vec![grid.clone()])),
        who(2, Role::GridMember, Scope::Grids(vec![grid])),
        who(3, Role::VillageChief, Scope::Village(village.clone())),
        who(4, Role::InformationOfficer, Scope::Village(village)),
        who(5, Role::ChiefOfGrids, Scope::Town),
        who(6, Role::Commander, Scope::Town),
        who(7, Role::PartnerUnit, Scope::Unit("police".parse().unwrap())),
        who(8, Role::Mediator, Scope::Cases),
        who(9, Role::Auditor, Scope::Town),
        who(10, Role::Planner, Scope::Nothing),
        who(11, Role::Administrator, Scope::Nothing),
    ]
}

fn after(case: &Case, step: &Step) -> Result<Case, Refusal> {
    Case::after(Some(case), step, GROUND, &TERMS, &AlwaysOpen)
}

fn born() -> Case {
    Case::after(None, &Step::plain(A::Report, start(), Some(1)), GROUND, &TERMS, &AlwaysOpen).unwrap()
}

/// The case after these actions, a minute each, by these people.
fn walked(steps: &[(Action, i32, Option<Party>)]) -> Case {
    let mut case = born();
    for (minute, (action, by, to)) in (1..).zip(steps) {
        let who = people().into_iter().find(|who| who.staff == *by).unwrap();
        judge(&who, *action, &case, &place()).unwrap_or_else(|no| panic!("{action} by {by}: {no:?} at {case:?}"));
        let with = Particulars { to: to.clone(), ..Particulars::default() };
        case = after(&case, &Step { action: *action, at: at(minute), by: Some(*by), with }).unwrap();
    }
    case
}

#[test]
fn the_main_road_by_those_who_answer_for_it() {
    let staff = |id| Some(Party::Staff(id));
    let case = walked(&[
        (A::Verify, 4, None),
        (A::PassUp, 1, None),
        (A::Accept, 3, None),
        (A::Dispatch, 3, staff(2)),
        (A::Start, 2, None),
        (A::ReportBack, 2, None),
        (A::Check, 4, None),
        (A::Close, 3, None),
        (A::Archive, 4, None),
    ]);
    assert_eq!(case.standing, Standing { state: State::Archived, level: Level::Village });
    assert_eq!((case.ended_at, case.ended_in_time), (Some(at(8)), Some(true)));
}

#[test]
fn who_had_it_first_answers_until_another_accepts() {
    let passed = walked(&[(A::Verify, 1, None), (A::PassUp, 1, None)]);
    assert_eq!((&passed.owner, passed.turn()), (&Party::Grid, &Party::Village));
    let dispatched = walked(&[
        (A::Verify, 1, None),
        (A::PassUp, 1, None),
        (A::Accept, 3, None),
        (A::Dispatch, 3, Some(Party::Staff(2))),
    ]);
    assert_eq!((&dispatched.owner, dispatched.turn()), (&Party::Village, &Party::Staff(2)));
}

#[test]
fn an_assignment_is_taken_back_by_who_made_it_and_only_until_it_is_accepted() {
    let passed = walked(&[(A::Verify, 1, None), (A::PassUp, 1, None)]);
    let undone = after(&passed, &Step::plain(A::Undo, at(9), Some(1))).unwrap();
    let never = walked(&[(A::Verify, 1, None)]);
    assert_eq!(undone, never, "as though it had not been");
    let accepted = walked(&[(A::Verify, 1, None), (A::PassUp, 1, None), (A::Accept, 3, None)]);
    assert!(matches!(judge(&people()[0], A::Undo, &accepted, &place()), Err(Denial::Step(_))));
    let chief = &people()[2];
    assert_eq!(judge(chief, A::Return, &passed, &place()), Ok(()), "the wrong one to ask sends it back");
}

#[test]
fn nobody_checks_or_closes_their_own_work() {
    let case = walked(&[(A::Accept, 1, None), (A::Start, 1, None), (A::ReportBack, 1, None)]);
    let people = people();
    assert_eq!(judge(&people[0], A::Check, &case, &place()), Err(Denial::OwnWork));
    assert_eq!(judge(&people[1], A::Check, &case, &place()), Ok(()));
}

#[test]
fn a_second_extension_is_refused_and_the_first_is_no_longer_than_the_limit() {
    let case = walked(&[(A::Accept, 1, None)]);
    let with = Particulars { minutes: Some(10_000), ..Particulars::default() };
    let step = Step { action: A::Extend, at: at(5), by: Some(3), with };
    let extended = after(&case, &step).unwrap();
    assert_eq!(extended.due_at(), Some(at(120)));
    assert!(after(&extended, &step).is_err());
}

#[test]
fn overdue_is_first_told_and_then_passed_on_and_each_once() {
    let mut case = walked(&[(A::Accept, 1, None)]);
    let mut told = Vec::new();
    while let Some((when, alarm)) = case.next_alarm(&TERMS, &AlwaysOpen) {
        let action = if alarm == Alarm::Lapse { A::Lapse } else { A::Remind };
        let with = Particulars { alarm: Some(alarm), ..Particulars::default() };
        case = after(&case, &Step { action, at: when, by: None, with }).unwrap();
        told.push((action, (when - start()).num_minutes(), case.standing.level));
        assert!(told.len() < 20, "it never ends: {told:?}");
    }
    assert_eq!(
        told,
        [
            (A::Remind, 60, Level::Grid),
            (A::Lapse, 75, Level::Village),
            (A::Remind, 195, Level::Village),
            (A::Lapse, 225, Level::Town),
            (A::Remind, 465, Level::Town),
        ]
    );
    assert_eq!((&case.owner, case.turn()), (&Party::Grid, &Party::Town));
}

#[test]
fn a_place_without_grid_or_village_begins_where_somebody_answers() {
    let outside = Ground { village: false, grid: false };
    let case = Case::after(None, &Step::plain(A::Report, start(), None), outside, &TERMS, &AlwaysOpen).unwrap();
    assert_eq!((case.standing.level, case.due_at()), (Level::Town, Some(at(240))));
    let down = Step::plain(A::PassDown, at(1), Some(5));
    assert!(Case::after(Some(&case), &down, outside, &TERMS, &AlwaysOpen).is_err());
}

#[test]
fn what_is_offered_is_allowed_and_administrators_are_offered_nothing() {
    let case = walked(&[(A::Verify, 1, None)]);
    for who in people() {
        let offers = offers(&who, &case, &place());
        assert!(offers.iter().all(|offer| judge(&who, offer.action, &case, &place()).is_ok()));
        if matches!(who.role, Role::Planner | Role::Administrator) {
            assert!(offers.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    /// Any people doing anything in any order: what is refused changes nothing, what is done keeps the rules.
    #[test]
    fn any_sequence_of_actions_keeps_the_invariants(
        steps in proptest::collection::vec((0..11_usize, 0..Action::VARIANTS.len(), 0..4_usize, 1..50_i64), 1..80)
    ) {
        let people = people();
        let (mut case, mut minute) = (born(), 0);
        let mut log = vec![Step::plain(A::Report, start(), Some(1))];
        let parties = [Party::Staff(2), Party::Staff(8), Party::Unit("police".parse().unwrap()), Party::County];
        for (person, action, to, minutes) in steps {
            minute += minutes;
            let (who, action) = (&people[person], Action::VARIANTS[action]);
            let verdict = judge(who, action, &case, &place());
            let with = Particulars {
                to: Some(parties[to].clone()), minutes: Some(30), until: Some(at(minute + 500)), other: Some(9),
                satisfaction: Some(4), alarm: None,
            };
            let step = Step { action, at: at(minute), by: Some(who.staff), with };
            let Ok(()) = verdict else { continue };
            let Ok(next) = after(&case, &step) else {
                return Err(TestCaseError::fail(format!("{action} was allowed and is refused: {case:?}")));
            };
            if next.standing.state == State::Closed && action == A::Close {
                prop_assert_eq!(case.standing.state, State::Checked);
                prop_assert!(!case.handlers.contains(&who.staff), "closed by who did the work");
            }
            if case.standing.state == State::Archived {
                prop_assert_eq!(action, A::Reopen);
            }
            let accepts = matches!(action, A::Accept | A::Start);
            if case.offered.is_some() && next.owner != case.owner {
                // Another answers for it only once they took it on, or because it went back to where it came from.
                prop_assert!(accepts || next.offered.is_none() || matches!(case.owner, Party::Staff(_) | Party::Unit(_)) || matches!(action, A::Dispatch | A::Refer),
                    "{} took it from {} without acceptance by {}", next.owner, case.owner, action);
            }
            prop_assert_eq!(next.ended_at.is_some(), !next.standing.state.is_open());
            prop_assert!(next.standing.state.is_open() || next.offered.is_none());
            prop_assert!(next.standing.level != Level::County);
            log.push(step);
            case = next;
        }
        prop_assert_eq!(Case::of(&log, GROUND, &TERMS, &AlwaysOpen).unwrap(), Some(case), "the log tells the same");
    }
}
