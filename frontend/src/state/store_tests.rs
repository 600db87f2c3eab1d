use super::*;
use crate::state::choice::{Choice, Tab, Window};
use geodata::Time;
use geodata::incident::{Level, Party, Severity, Source, State};
use geodata::wire::{FeatureKind, IncidentProperties, PointGeometry};
use proptest::prelude::*;

fn now() -> Time {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

fn incident(id: i64, seq: i64, state: State) -> Arc<IncidentFeature> {
    Arc::new(IncidentFeature {
        kind: FeatureKind::Feature,
        id,
        geometry: PointGeometry::new(107.46, 34.41),
        properties: IncidentProperties {
            number: format!("20261123-{id:04}"),
            title: "路灯不亮".to_owned(),
            category: "0403".parse().unwrap(),
            severity: Severity::try_from(4).unwrap(),
            state,
            level: Level::Grid,
            owner: Party::Grid,
            offered: None,
            source: Source::Resident,
            village: None,
            grid: None,
            outside: false,
            reported_at: now() - chrono::TimeDelta::minutes(1_000 - id),
            due_at: None,
            ended_at: None,
            acknowledged: None,
            seq,
            simulated: false,
        },
    })
}

proptest! {
    /// Events of a few incidents, in any order and any number of times: the store ends with the newest of each.
    #[test]
    fn the_order_of_arrival_does_not_matter(order in proptest::collection::vec((1_i64..5, 0_usize..12), 1..60)) {
        let mut store = Store::default();
        let mut newest = BTreeMap::new();
        for (id, step) in order {
            let seq = id * 100 + i64::try_from(step).unwrap();
            let state = [State::Reported, State::Accepted, State::InProgress, State::Closed][step / 3];
            store.take(incident(id, seq, state));
            let known = newest.entry(id).or_insert((seq, state));
            if seq > known.0 {
                *known = (seq, state);
            }
        }
        prop_assert_eq!(store.len(), newest.len());
        for (id, (seq, state)) in newest {
            let known = &store.get(id).unwrap().properties;
            prop_assert_eq!((known.seq, known.state), (seq, state));
        }
    }
}

#[test]
fn a_page_older_than_an_event_does_not_undo_it() {
    let mut store = Store::default();
    assert!(store.take(incident(1, 9, State::Closed)));
    assert!(!store.take(incident(1, 7, State::Reported)));
    assert_eq!(store.get(1).unwrap().properties.state, State::Closed);
}

#[test]
fn the_same_again_is_no_change() {
    let mut store = Store::default();
    assert!(store.take(incident(1, 9, State::Closed)));
    assert!(!store.take(incident(1, 9, State::Closed)));
}

#[test]
fn a_reload_forgets_what_it_will_not_bring_again() {
    let mut store = Store::default();
    store.take(incident(1, 5, State::Reported));
    store.take(incident(2, 12, State::Reported));
    store.retain_newer(10);
    assert!(store.get(1).is_none() && store.get(2).is_some());
}

#[test]
fn newest_first_and_only_what_is_let_through() {
    let mut store = Store::default();
    for id in 1..=5 {
        store.take(incident(id, id, if id == 3 { State::Closed } else { State::Reported }));
    }
    let ids: Vec<i64> = store.newest(|i| i.properties.state.is_open()).iter().map(|i| i.id).collect();
    assert_eq!(ids, [5, 4, 2, 1]);
}

fn wanted(choice: &Choice) -> IncidentFilter {
    choice.filter(now())
}

#[test]
fn chips_are_answered_without_asking_again() {
    let open = question(&wanted(&Choice::default()), None).unwrap();
    assert!(open.states.iter().all(|s| s.is_open()) && open.categories.is_empty());
    let have = Coverage { filter: open, complete: true };
    let narrow = Choice {
        tab: Tab::Overdue,
        states: vec![State::Parked],
        severities: vec![Severity::try_from(1).unwrap()],
        window: Window::Last(24),
        ..Choice::default()
    };
    assert_eq!(question(&wanted(&narrow), Some(&have)), None);
}

#[test]
fn all_states_or_an_earlier_time_must_be_asked_for() {
    let have = Coverage { filter: wanted(&Choice { window: Window::Last(24), ..Choice::default() }), complete: true };
    let week = Choice { window: Window::Last(24 * 7), ..Choice::default() };
    assert_eq!(question(&wanted(&week), Some(&have)), Some(wanted(&week)));
    let all = Choice { tab: Tab::All, window: Window::Last(24), ..Choice::default() };
    assert_eq!(question(&wanted(&all), Some(&have)), Some(wanted(&all)));
}

#[test]
fn where_there_is_too_much_the_narrow_question_is_asked() {
    let all = Choice { tab: Tab::All, ..Choice::default() };
    let have = Coverage { filter: wanted(&all), complete: false };
    assert_eq!(question(&wanted(&all), Some(&have)), None);
    let closed = Choice { states: vec![State::Closed], ..all };
    assert_eq!(question(&wanted(&closed), Some(&have)), Some(wanted(&closed)));
    let narrow = Coverage { filter: wanted(&closed), complete: true };
    let graver = Choice { severities: vec![Severity::try_from(1).unwrap()], ..closed };
    assert_eq!(question(&wanted(&graver), Some(&narrow)), None);
}
