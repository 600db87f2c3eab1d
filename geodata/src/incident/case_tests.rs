use super::*;
use crate::access::{Scope, Who};
use crate::incident::AlwaysOpen;
use crate::incident::rights::{Denial, Whereabouts, judge, offers};
use crate::town::Role;

const TERMS: Terms = Terms { limits: [60, 120, 240], pauses_referred: true, pauses_parked: true };
const GROUND: Ground = Ground { village: true, grid: true };

pub(super) fn start() -> Time {
    "2026-11-23T00:00:00Z".parse().unwrap()
}

pub(super) fn at(minute: i64) -> Time {
    start() + chrono::TimeDelta::minutes(minute)
}

pub(super) fn place() -> Whereabouts {
    Whereabouts {
        village: Some("610304105201".parse().unwrap()),
        grid: Some("610304105201001".parse().unwrap()),
        reporter: Some(1),
        alert: true,
    }
}

/// Two members of the grid, the village's chief and officer, the town's two, a unit's person, a mediator, an auditor.
pub(super) fn people() -> Vec<Who> {
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
fn what_time_passed_on_nobody_takes_back_and_handing_it_about_wins_no_grace() {
    let mut case = walked(&[(A::Verify, 1, None)]);
    let ring = |case: &Case| {
        let (when, alarm) = case.next_alarm(&TERMS, &AlwaysOpen).unwrap();
        let action = if alarm == Alarm::Lapse { A::Lapse } else { A::Remind };
        let with = Particulars { alarm: Some(alarm), ..Particulars::default() };
        (when, after(case, &Step { action, at: when, by: None, with }).unwrap())
    };
    let (reminded, told) = ring(&case);
    assert_eq!(reminded, at(60));
    // Passed up and taken back: the reminder is no younger for it.
    let passed = after(&told, &Step::plain(A::PassUp, at(61), Some(1))).unwrap();
    case = after(&passed, &Step::plain(A::Undo, at(62), Some(1))).unwrap();
    assert_eq!(case.next_alarm(&TERMS, &AlwaysOpen), Some((at(75), Alarm::Lapse)));
    let (_, lapsed) = ring(&case);
    assert_eq!((lapsed.turn(), &lapsed.owner), (&Party::Village, &Party::Grid));
    for who in people() {
        for action in [A::Undo, A::Return] {
            assert!(judge(&who, action, &lapsed, &place()).is_err(), "{action} by {:?}", who.role);
        }
    }
    assert_eq!(
        judge(&people()[2], A::PassDown, &lapsed, &place()),
        Ok(()),
        "the next level may send it down, on its own clock"
    );
}

#[test]
fn what_is_parked_is_reminded_of_and_never_passed_on_even_where_its_clock_runs() {
    let runs = Terms { pauses_parked: false, ..TERMS };
    let with = Particulars { until: Some(at(10_000)), ..Particulars::default() };
    let taken = walked(&[(A::Accept, 1, None), (A::PassUp, 1, None), (A::Accept, 3, None)]);
    let park = Step { action: A::Park, at: at(9), by: Some(3), with };
    let mut case = Case::after(Some(&taken), &park, GROUND, &runs, &AlwaysOpen).unwrap();
    let mut told = Vec::new();
    while let Some((when, alarm)) = case.next_alarm(&runs, &AlwaysOpen) {
        assert_ne!(alarm, Alarm::Lapse);
        let with = Particulars { alarm: Some(alarm), ..Particulars::default() };
        let step = Step { action: A::Remind, at: when, by: None, with };
        case = Case::after(Some(&case), &step, GROUND, &runs, &AlwaysOpen).unwrap();
        told.push(alarm);
    }
    assert_eq!(told, [Alarm::Due, Alarm::Review]);
}

#[test]
fn taking_an_assignment_back_gives_it_to_whoever_had_it() {
    let staff = |id| Some(Party::Staff(id));
    let police = || Some(Party::Unit("police".parse().unwrap()));
    let road = [
        (A::PassUp, 1, None),
        (A::Accept, 3, None),
        (A::PassUp, 3, None),
        (A::Accept, 5, None),
        (A::Dispatch, 5, staff(2)),
        (A::Start, 2, None),
    ];
    // From somebody's hands into the level's, and out of the house.
    let working = walked(&road);
    assert_eq!(working.owner, Party::Staff(2));
    for (action, to) in [(A::Refer, police()), (A::PassDown, None)] {
        let given = walked(&[&road[..], &[(action, 5, to)]].concat());
        assert_ne!(given.owner, Party::Staff(2), "{action}");
        let undone = after(&given, &Step::plain(A::Undo, at(20), Some(5))).unwrap();
        assert_eq!((undone.standing, &undone.owner, undone.turn()), (working.standing, &working.owner, &working.owner));
    }
    // A wrong choice of handler.
    let dispatched = walked(&road[..5]);
    let undone = after(&dispatched, &Step::plain(A::Undo, at(20), Some(5))).unwrap();
    assert_eq!((undone.standing.state, undone.turn()), (State::Accepted, &Party::Town));
    // On from a level that had not accepted: taken back, it is offered there still, and that can be taken back too.
    let twice = walked(&[(A::PassUp, 1, None), (A::PassUp, 3, None)]);
    assert_eq!(twice.turn(), &Party::Town);
    let once = after(&twice, &Step::plain(A::Return, at(20), Some(5))).unwrap();
    assert_eq!((once.turn(), &once.owner), (&Party::Village, &Party::Grid));
    let back = after(&once, &Step::plain(A::Return, at(21), Some(3))).unwrap();
    assert_eq!((back.standing, back.turn()), (born().standing, &Party::Grid));
    assert!(!back.is_offered());
}

#[test]
fn a_unit_accepts_a_referral_once_and_sends_back_what_is_not_its_own() {
    let police = Some(Party::Unit("police".parse().unwrap()));
    let road = [(A::PassUp, 1, None), (A::PassUp, 3, None), (A::Accept, 5, None), (A::Refer, 5, police)];
    let referred = walked(&road);
    let unit = &people()[6];
    assert_eq!(judge(unit, A::Accept, &referred, &place()), Ok(()));
    let accepted = after(&referred, &Step::plain(A::Accept, at(9), Some(7))).unwrap();
    assert!(judge(unit, A::Accept, &accepted, &place()).is_err());
    assert_eq!(judge(unit, A::Answer, &accepted, &place()), Ok(()));
    for case in [&referred, &accepted] {
        let back = after(case, &Step::plain(A::Return, at(10), Some(7))).unwrap();
        assert_eq!((back.standing.state, back.turn()), (State::InProgress, &Party::Town));
    }
}

#[test]
fn work_that_does_not_do_is_returned_to_who_did_it_and_what_ended_begins_anew() {
    let done = [(A::Accept, 1, None), (A::Start, 1, None), (A::ReportBack, 1, None)];
    let checked = [&done[..], &[(A::Check, 2, None)]].concat();
    for road in [&done[..], &checked] {
        let back = after(&walked(road), &Step::plain(A::Return, at(9), Some(3))).unwrap();
        assert_eq!((back.standing.state, back.turn()), (State::InProgress, &Party::Grid));
    }
    let closed = [&checked[..], &[(A::Close, 3, None)]].concat();
    let archived = [&closed[..], &[(A::Archive, 4, None)]].concat();
    let withdrawn = [(A::Withdraw, 4, None)];
    for road in [&closed[..], &archived, &withdrawn] {
        let ended = walked(road);
        let anew = after(&ended, &Step::plain(A::Reopen, at(900), Some(3))).unwrap();
        assert_eq!((anew.standing.state, anew.handlers.len(), anew.ended_at), (State::Accepted, 0, None));
        assert_eq!(anew.due_at(), Some(at(960)), "with a clock of its own");
    }
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
