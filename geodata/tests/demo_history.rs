//! The demonstration town's past: lawful lives, believable shares, and repeats that lie near in space and time.

use chrono::{Datelike as _, TimeDelta, Timelike as _};
use geo::Contains as _;
use geodata::Time;
use geodata::demo::{DemoIncident, DemoTown, IncidentSource, Progress, history, town};
use geodata::incident::{Action, TITLE_MAX, text};
use geodata::town::{CategoryCode, CategoryGroup, Role};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static TOWN: LazyLock<DemoTown> = LazyLock::new(|| town(1));
static END: LazyLock<Time> = LazyLock::new(|| "2026-11-23T08:00:00Z".parse().expect("a time"));
static PAST: LazyLock<Vec<DemoIncident>> = LazyLock::new(|| history(&TOWN, 1, *END - TimeDelta::days(731), *END));

fn limits(code: &CategoryCode) -> [i32; 3] {
    TOWN.categories.iter().find(|c| c.code == *code).expect("a category in force").limit_minutes
}

fn group(incident: &DemoIncident) -> CategoryGroup {
    TOWN.categories.iter().find(|c| c.code == incident.category).expect("a category in force").group
}

/// Plays a log through the state machine and its clocks; a log that breaks a rule fails here.
fn play(incident: &DemoIncident) -> Progress {
    let limits = limits(&incident.category);
    let mut progress: Option<Progress> = None;
    for event in &incident.log {
        let next = Progress::after(progress.as_ref(), event.action, event.at, &limits);
        let next = next.unwrap_or_else(|refusal| panic!("{}: {refusal}", incident.title));
        assert_eq!((next.standing.state, next.standing.level), (event.state, event.level), "{}", incident.title);
        progress = Some(next);
    }
    progress.expect("a log begins with the report")
}

fn share(part: usize, whole: usize) -> f64 {
    let count = |n: usize| f64::from(u32::try_from(n).expect("a count"));
    count(part) / count(whole)
}

#[test]
fn every_log_is_lawful_in_order_and_ends_before_now() {
    assert!(PAST.is_sorted_by_key(|i| i.reported_at));
    for incident in PAST.iter() {
        play(incident);
        let first = &incident.log[0];
        assert_eq!((first.action, first.at), (Action::Report, incident.reported_at));
        assert!(incident.log.is_sorted_by(|a, b| a.at < b.at), "{}", incident.title);
        assert!(incident.log.iter().all(|e| e.at < *END));
        assert!(first.actor.is_some(), "staff answer everywhere: {:?}", incident.position);
    }
}

#[test]
fn incidents_lie_in_the_town_and_say_what_they_are() {
    let mut titles = BTreeSet::new();
    for incident in PAST.iter() {
        assert!(TOWN.boundary.contains(&incident.position.point()), "{} lies outside", incident.title);
        assert_eq!(text("title", &incident.title, TITLE_MAX).as_deref(), Ok(incident.title.as_str()));
        assert!(!incident.title.contains(['{', '}']), "{}", incident.title);
        titles.insert(&incident.title);
        for person in &TOWN.staff {
            assert!(!incident.title.contains(&person.name));
        }
    }
    assert!(titles.len() > 400, "only {} different titles", titles.len());
}

#[test]
fn two_years_hold_some_8200_incidents_in_believable_shares() {
    assert!((7_700..=8_800).contains(&PAST.len()), "{}", PAST.len());
    let of = |wanted| PAST.iter().filter(|i| group(i) == wanted).count();
    let disputes_a_year = share(of(CategoryGroup::Dispute), 2);
    assert!((91.0..=97.0).contains(&disputes_a_year), "{disputes_a_year} disputes a year");
    assert!(share(of(CategoryGroup::Management), PAST.len()) > 0.75);
    assert!((0.06..0.13).contains(&share(of(CategoryGroup::Security), PAST.len())));
    assert!((0.02..0.06).contains(&share(of(CategoryGroup::Emergency), PAST.len())));
    let grade = |n: u8| PAST.iter().filter(|i| i.severity.number() == n).count();
    assert!(share(grade(4), PAST.len()) > 0.9);
    assert!(grade(1) < grade(2) && grade(2) < grade(3) && share(grade(1), PAST.len()) < 0.003);
    let used: BTreeSet<_> = PAST.iter().map(|i| &i.category).collect();
    assert!(used.len() >= TOWN.categories.len() - 6, "{} categories in use", used.len());
}

#[test]
fn the_last_days_are_open_a_few_overdue_and_all_older_ones_have_ended() {
    let open: Vec<Progress> = PAST.iter().map(play).filter(|p| p.standing.state.is_open()).collect();
    let overdue = open.iter().filter(|p| p.due_at.is_some_and(|due| due < *END)).count();
    assert!((12..=70).contains(&open.len()), "{} open", open.len());
    assert!((3..=12).contains(&overdue), "{overdue} overdue");
    let old = PAST.iter().filter(|i| i.reported_at < *END - TimeDelta::days(60));
    assert!(old.map(play).all(|p| !p.standing.state.is_open()));
    let states: BTreeSet<_> = open.iter().map(|p| p.standing.state).collect();
    assert!(states.len() >= 3, "open in {states:?} only");
}

#[test]
fn some_94_in_100_end_within_their_limit_and_every_detour_is_taken() {
    let ended: Vec<bool> = PAST.iter().filter_map(|i| play(i).ended_in_time).collect();
    let in_time = share(ended.iter().filter(|&&t| t).count(), ended.len());
    assert!((0.92..0.96).contains(&in_time), "{in_time}");
    let actions: BTreeSet<Action> = PAST.iter().flat_map(|i| &i.log).map(|e| e.action).collect();
    for action in [
        Action::Return,
        Action::PassUp,
        Action::PassDown,
        Action::Refer,
        Action::Answer,
        Action::Park,
        Action::Resume,
        Action::Withdraw,
        Action::Reopen,
        Action::Supervise,
    ] {
        assert!(actions.contains(&action), "nobody ever took {action}");
    }
}

#[test]
fn closing_needs_a_check_by_someone_other_than_the_handler() {
    for incident in PAST.iter() {
        let mut handler = None;
        for event in &incident.log {
            match event.action {
                Action::ReportBack | Action::Answer => handler = Some(event),
                Action::Check => {
                    let handler = handler.expect("nothing is checked before it is reported back");
                    assert_ne!(handler.role, event.role, "{}", incident.title);
                    assert!(handler.actor != event.actor || event.actor.is_none(), "{}", incident.title);
                }
                _ => {}
            }
        }
    }
    let named = PAST.iter().flat_map(|i| &i.log).filter(|e| e.actor.is_some()).count();
    assert!(share(named, PAST.iter().map(|i| i.log.len()).sum()) > 0.99, "actors have names");
    let administrators = PAST.iter().flat_map(|i| &i.log).filter(|e| e.role == Role::Administrator);
    assert_eq!(administrators.count(), 0, "an administrator has no part in cases");
}

#[test]
fn the_year_and_the_day_have_their_course() {
    let of = |code: &'static str| PAST.iter().filter(move |i| i.category.as_str() == code).map(|i| i.reported_at);
    let month = |times: &mut dyn Iterator<Item = Time>| {
        let mut count = [0usize; 12];
        times.for_each(|t| count[usize::try_from((t + TimeDelta::hours(8)).month0()).unwrap()] += 1);
        count
    };
    let straw = month(&mut of("0404"));
    assert!(straw[5] + straw[9] > 2 * (straw[6] + straw[7]), "straw burns after the harvests: {straw:?}");
    let lamps: Vec<u32> = of("0801").map(|t| (t + TimeDelta::hours(8)).hour()).collect();
    let evening = lamps.iter().filter(|h| (17..23).contains(*h)).count();
    assert!(share(evening, lamps.len()) > 0.5, "lamps are missed in the evening");
    let vending: Vec<u32> = of("0701").map(|t| (t + TimeDelta::hours(8)).weekday().num_days_from_monday()).collect();
    let weekend = vending.iter().filter(|d| **d >= 5).count();
    assert!(share(weekend, vending.len()) > 2.0 / 7.0, "more stalls at the weekend");
}

/// Knox's statistic: pairs of one category within 150 m and 7 days.
fn near_pairs(points: &BTreeMap<&CategoryCode, Vec<(f64, f64, i64)>>) -> usize {
    let mut pairs = 0;
    for list in points.values() {
        let mut list = list.clone();
        list.sort_by_key(|p| p.2);
        for (i, a) in list.iter().enumerate() {
            let soon = list[i + 1..].iter().take_while(|b| b.2 - a.2 <= 7 * 86_400);
            pairs += soon.filter(|b| (a.0 - b.0).hypot(a.1 - b.1) <= 150.0).count();
        }
    }
    pairs
}

#[test]
fn repeats_are_nearer_than_chance_would_have_them() {
    let mut points: BTreeMap<&CategoryCode, Vec<(f64, f64, i64)>> = BTreeMap::new();
    for i in PAST.iter() {
        // Metres, roughly: enough for 150 of them.
        let at = (i.position.lon() * 91_900.0, i.position.lat() * 110_950.0, i.reported_at.timestamp());
        points.entry(&i.category).or_default().push(at);
    }
    let seen = near_pairs(&points);
    // The same places and the same times, but each place with another's time: Knox's test by shuffling.
    let mut state = 12_345u64;
    let mut below = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % n
    };
    let by_chance: Vec<usize> = (0..19)
        .map(|_| {
            let mut shuffled = points.clone();
            for list in shuffled.values_mut() {
                for i in (1..list.len()).rev() {
                    let j = below(i + 1);
                    (list[i].2, list[j].2) = (list[j].2, list[i].2);
                }
            }
            near_pairs(&shuffled)
        })
        .collect();
    let most = by_chance.iter().max().copied().unwrap_or(0);
    assert!(seen * 10 > most * 13, "{seen} near pairs, at most {most} by chance");
}

#[test]
fn the_same_seed_gives_the_same_past_and_another_seed_another() {
    let from = *END - TimeDelta::days(90);
    let print = |seed| format!("{:?}", history(&TOWN, seed, from, *END));
    assert_eq!(print(5), print(5));
    assert_ne!(print(5), print(6));
}

#[test]
fn a_source_carries_new_incidents_to_their_end_by_lawful_steps() {
    let mut source = IncidentSource::new(&TOWN, 11);
    for n in 0..300 {
        let mut at = *END + TimeDelta::minutes(n * 37);
        let incident = source.next_incident(at).unwrap();
        assert_eq!(incident.reported_at, at);
        assert!(TOWN.boundary.contains(&incident.position.point()));
        let limits = limits(&incident.category);
        let mut progress = play(&incident);
        let mut steps = 0;
        while let Some(step) = source.next_step(progress.standing, &incident.category, incident.severity) {
            assert!(step.after > TimeDelta::zero());
            assert!(step.note.is_none_or(|note| !note.contains('{')), "{:?}", step.note);
            at += step.after;
            progress = Progress::after(Some(&progress), step.action, at, &limits).unwrap();
            steps += 1;
            assert!(steps < 100, "{} goes round in circles", incident.title);
        }
        assert!(!progress.standing.state.is_open());
    }
    let nowhere: CategoryCode = "9999".parse().unwrap();
    let born = play(&PAST[0]).standing;
    assert!(source.next_step(born, &nowhere, PAST[0].severity).is_none());
}
