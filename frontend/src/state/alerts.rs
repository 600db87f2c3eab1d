//! The alert: open incidents of severity 1 and 2 that nobody who commands has acknowledged, whatever the choice shows or the map
//! looks at; and for some minutes, who acknowledged.

use super::clock::Clock;
use super::health::Health;
use super::incidents::List;
use super::remote::{insist, patiently};
use super::store::{Coverage, Store, covers, in_order};
use super::town::of_town;
use super::url::Url;
use crate::api::{self, Abort, Errand, Failure};
use chrono::TimeDelta;
use geodata::filter::IncidentFilter;
use geodata::incident::{Action, Severity, State, urgency};
use geodata::wire::{Act, IncidentFeature, IncidentPage, PAGE_LIMIT};
use leptos::prelude::*;
use std::sync::Arc;
use strum::VariantArray as _;

/// How long it is told who acknowledged.
const TOLD: TimeDelta = TimeDelta::minutes(10);

/// The alert.
#[derive(Clone, Copy)]
pub struct Alerts {
    store: RwSignal<Store>,
    clock: Clock,
    /// Those that nobody has acknowledged, the gravest first, then the newest.
    pub waiting: Memo<List>,
    /// Those acknowledged in the last minutes, the last one first.
    pub told: Memo<List>,
    /// Those whose acknowledgement is on its way.
    pub sending: RwSignal<Vec<i64>>,
    /// Why the last acknowledgement was refused.
    pub refused: RwSignal<Option<Failure>>,
}

impl Alerts {
    /// None known yet.
    pub fn new(clock: Clock) -> Self {
        let store = RwSignal::new(Store::default());
        let waiting = Memo::new(move |_| {
            let now = clock.now.get_untracked();
            let list = store.with(|s| s.newest(|i| i.properties.alerts()));
            // Lateness is another matter: what was reported last is what nobody has heard of.
            Arc::new(in_order(&list, |i| urgency(&i.properties, now) >> 49))
        });
        let told = Memo::new(move |_| {
            let since = clock.now.get() - TOLD;
            let list = store.with(|s| s.newest(|i| is_told(i, since)));
            let age =
                |i: &IncidentFeature| i.properties.acknowledged.as_ref().map_or(0, |told| told.at.timestamp_millis());
            Arc::new(in_order(&list, |i| u64::MAX - u64::try_from(age(i)).unwrap_or(0)))
        });
        Self { store, clock, waiting, told, sending: RwSignal::new(Vec::new()), refused: RwSignal::new(None) }
    }

    /// Takes in what has been fetched; where that does not hold all that raises the alert, it is asked for.
    pub fn settle(self, known: &[Arc<IncidentFeature>], coverage: &Coverage, url: Url, health: Health) {
        let all = everything();
        if covers(coverage, &all) {
            // In the order of their ids. What is no longer among the open ones has ended unheard.
            self.change(known, |i| {
                i.properties.state.is_open() && known.binary_search_by_key(&i.id, |k| k.id).is_err()
            });
            return;
        }
        self.take(known);
        let mut pairs = all.pairs_but_box();
        pairs.push(("limit", PAGE_LIMIT.to_string()));
        pairs.extend(url.town.get_value().map(|t| ("town", t.to_string())));
        let asked = patiently(api::address("/api/incidents", pairs), url.lang.get_untracked(), Abort::new(), health);
        leptos::task::spawn_local(async move {
            // Refused once, it is refused to the list as well, which says so.
            if let Ok(page) = asked.await.and_then(|body| api::read::<IncidentPage>(&body)) {
                let fetched: Vec<_> = page.features.into_iter().map(Arc::new).collect();
                self.change(&fetched, |i| i.properties.state.is_open() && i.properties.seq <= page.seq);
            }
        });
    }

    /// Takes in incidents as they stand now, and forgets what is neither open nor told of.
    pub fn take(self, incidents: &[Arc<IncidentFeature>]) {
        if incidents.iter().any(|i| i.properties.severity.alerts()) {
            self.change(incidents, |_| false);
        }
    }

    /// Forgets those that `gone` says, then takes in those that are grave.
    fn change(self, incidents: &[Arc<IncidentFeature>], gone: impl Fn(&IncidentFeature) -> bool) {
        let since = self.clock.read() - TOLD;
        self.store.update(|store| {
            store.retain(|i| !gone(i));
            for incident in incidents.iter().filter(|i| i.properties.severity.alerts()) {
                store.take(incident.clone());
            }
            store.retain(|i| i.properties.state.is_open() || is_told(i, since));
        });
    }

    /// Acknowledges one: sent until the server answers, and done once.
    pub fn acknowledge(self, id: i64, url: Url, health: Health) {
        if self.sending.with_untracked(|sending| sending.contains(&id)) {
            return;
        }
        self.sending.update(|sending| sending.push(id));
        self.refused.set(None);
        let path = ["/api/incidents/", &id.to_string(), "/events"].concat();
        let path = api::address(&path, url.town.with_value(|t| of_town(t.as_ref()).map(owned).collect::<Vec<_>>()));
        let (key, lang) = (api::fresh_key(), url.lang.get_untracked());
        let send =
            move || api::send(Errand::post(path.clone()).with(&Act::plain(Action::Acknowledge)).once(&key), lang);
        leptos::task::spawn_local(async move {
            match insist(Box::new(send), Abort::new(), health).await.and_then(|body| api::read(&body)) {
                Ok(incident) => self.take(&[Arc::new(incident)]),
                // Somebody else was quicker, or it is over; the feed tells.
                Err(failure) if failure.code() == "wrong_step" => {}
                Err(failure) => self.refused.set(Some(failure)),
            }
            self.sending.update(|sending| sending.retain(|other| *other != id));
        });
    }
}

fn owned((name, value): (&'static str, &str)) -> (&'static str, String) {
    (name, value.to_owned())
}

fn is_told(incident: &IncidentFeature, since: geodata::Time) -> bool {
    incident.properties.acknowledged.as_ref().is_some_and(|told| told.at > since)
}

/// All that may raise the alert.
fn everything() -> IncidentFilter {
    IncidentFilter {
        states: State::VARIANTS.iter().copied().filter(|s| s.is_open()).collect(),
        severities: Severity::ALL.iter().copied().filter(|s| s.alerts()).collect(),
        ..IncidentFilter::default()
    }
}
