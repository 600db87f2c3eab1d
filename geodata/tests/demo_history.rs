//! The demonstration town's past: lawful, believable, and the same each time.

#![expect(clippy::unwrap_used, reason = "a test that can not go on says where")]

use geodata::Time;
use geodata::demo::{DemoIncident, DemoTown, IncidentSource, history, town};
use geodata::incident::{Action, Progress, State};
use std::collections::HashMap;
use std::sync::OnceLock;

const SEED: u64 = 20_261_123;

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

fn span() -> (Time, Time) {
    (time("2024-11-23T08:00:00Z"), time("2026-11-23T08:00:00Z"))
}

fn past() -> &'static (DemoTown, Vec<DemoIncident>) {
    static PAST: OnceLock<(DemoTown, Vec<DemoIncident>)> = OnceLock::new();
    PAST.get_or_init(|| {
        let town = town(SEED);
        let past = history(&town, SEED, span().0, span().1);
        (town, past)
    })
}

fn limits(town: &DemoTown) -> HashMap<&str, [i32; 3]> {
    town.categories.iter().map(|c| (c.code.as_str(), c.limit_minutes)).collect()
}

/// Where each incident stands at the end, by the rules of the live path.
fn ends() -> Vec<Progress> {
    let (town, past) = past();
    let limits = limits(town);
    past.iter()
        .map(|incident| {
            let limits = limits[incident.category.as_str()];
            let mut progress: Option<Progress> = None;
            for event in &incident.log {
                let next = Progress::after(progress.as_ref(), event.action, event.at, &limits).unwrap();
                assert_eq!((event.state, event.level), (next.standing.state, next.standing.level));
                progress = Some(next);
            }
            progress.unwrap()
        })
        .collect()
}

#[test]
fn every_log_is_lawful_in_order_and_within_the_span() {
    let (_, past) = past();
    let (from, to) = span();
    assert!(past.is_sorted_by_key(|i| i.reported_at));
    for incident in past {
        assert_eq!((incident.log[0].action, incident.log[0].at), (Action::Report, incident.reported_at));
        assert!(incident.log.is_sorted_by_key(|e| e.at));
        assert!(incident.reported_at >= from && incident.log.last().unwrap().at < to);
        assert!(incident.log[0].actor.is_some(), "staff answer everywhere: {:?}", incident.position);
    }
    assert_eq!(ends().len(), past.len());
}

#[test]
fn shares_are_those_that_are_stated() {
    let (town, past) = past();
    let group: HashMap<_, _> = town.categories.iter().map(|c| (c.code.as_str(), c.group.word())).collect();
    let count = |word: &str| past.iter().filter(|i| group[i.category.as_str()] == word).count();
    assert!((7_400..9_200).contains(&past.len()), "{} incidents", past.len());
    // A little over 90 a year.
    assert!((181..=192).contains(&count("dispute")), "{} disputes", count("dispute"));
    assert!(count("management") > 3 * count("security") && count("security") > 2 * count("emergency"));
    let grave = past.iter().filter(|i| i.severity.number() == 1).count();
    assert!((1..60).contains(&grave), "{grave} of severity 1");
    let night = past.iter().filter(|i| i.category.as_str().starts_with("0401"));
    let small_hours =
        night.filter(|i| (16..22).contains(&i.reported_at.format("%H").to_string().parse::<u32>().unwrap())).count();
    assert!(small_hours < past.len() / 50, "litter is not reported at night");
}

#[test]
fn most_end_in_time_and_a_few_are_open_now() {
    let ends = ends();
    let timed: Vec<bool> = ends.iter().filter_map(|p| p.ended_in_time).collect();
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let share = timed.iter().filter(|&&t| t).count() as f64 / timed.len() as f64;
    assert!((0.91..0.97).contains(&share), "{share} in time");
    let open: Vec<_> = ends.iter().filter(|p| p.standing.state.is_open()).collect();
    assert!((15..90).contains(&open.len()), "{} open", open.len());
    let late = open.iter().filter(|p| p.due_at.is_some_and(|due| due < span().1)).count();
    assert!((1..25).contains(&late), "{late} overdue");
    let is = |state| ends.iter().any(|p| p.standing.state == state);
    assert!(is(State::Archived) && is(State::Withdrawn) && is(State::Closed));
}

/// Pairs of the same kind within 250 m and 14 days, against the same with times shuffled among the incidents of the kind
/// (Knox's test): near-repeats must show.
#[test]
fn near_repeats_exceed_chance() {
    let (_, past) = past();
    let litter: Vec<_> = past.iter().filter(|i| i.category.as_str() == "0401").collect();
    let pairs = |times: &[Time]| {
        let mut close = 0_u32;
        for (i, a) in litter.iter().enumerate() {
            for (j, b) in litter.iter().enumerate().skip(i + 1) {
                let (dx, dy) = (a.position.lon() - b.position.lon(), a.position.lat() - b.position.lat());
                let metres = (dx * 91_500.0).hypot(dy * 110_900.0);
                close += u32::from(metres < 250.0 && (times[i] - times[j]).num_days().abs() < 14);
            }
        }
        close
    };
    let times: Vec<Time> = litter.iter().map(|i| i.reported_at).collect();
    let half = times.len() / 2;
    // Any fixed rearrangement breaks the tie between place and time.
    let shuffled: Vec<Time> = (0..times.len()).map(|i| times[(i * 7 + half) % times.len()]).collect();
    let (real, by_chance) = (pairs(&times), pairs(&shuffled));
    assert!(f64::from(real) > 1.25 * f64::from(by_chance), "{real} pairs, {by_chance} by chance");
}

#[test]
fn the_same_from_the_same_seed_and_another_from_another() {
    let (town, past) = past();
    let (from, to) = (time("2026-10-01T00:00:00Z"), time("2026-11-01T00:00:00Z"));
    let told = |seed| format!("{:?}", history(town, seed, from, to));
    assert_eq!(told(1), told(1));
    assert_ne!(told(1), told(2));
    assert!(!past.is_empty());
}

#[test]
fn the_simulator_carries_an_incident_to_its_end() {
    let (town, _) = past();
    let mut source = IncidentSource::new(town, 3);
    let limits = limits(town);
    let mut at = time("2026-11-23T08:00:00Z");
    let mut ended = 0;
    for _ in 0..50 {
        let incident = source.next_incident(at).unwrap();
        let limits = limits[incident.category.as_str()];
        let mut progress = Progress::after(None, Action::Report, at, &limits).unwrap();
        while let Some(step) = source.next_step(progress.standing, &incident.category, incident.severity) {
            at += step.after;
            progress = Progress::after(Some(&progress), step.action, at, &limits).unwrap();
        }
        ended += u32::from(!progress.standing.state.is_open());
    }
    assert_eq!(ended, 50);
}
