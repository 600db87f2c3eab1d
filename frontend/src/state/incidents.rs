//! The incidents on the page: fetched as far as the choice asks, kept up by the live feed, sifted by the choice.

use super::alerts::Alerts;
use super::choice::{Sieve, Tab, Window};
use super::clock::Clock;
use super::health::Health;
use super::remote::patiently;
use super::store::{CAP, Coverage, Store, in_order, question};
use super::town::{Lookup as _, TownState};
use super::url::Url;
use super::watch;
use crate::api::{self, Abort, Failure};
use geodata::filter::IncidentFilter;
use geodata::incident::{Action, urgency};
use geodata::place::BBox;
use geodata::town::CategoryCode;
use geodata::wire::{IncidentFeature, IncidentPage, IncidentProperties, LiveEvent, PAGE_LIMIT};
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// A list of incidents, shared.
pub type List = Arc<Vec<Arc<IncidentFeature>>>;

/// How long a new incident counts as new.
const FRESH: Duration = Duration::from_secs(10);

/// How far the fetching is.
#[derive(Debug, Clone, PartialEq)]
pub enum Fetching {
    /// Under way; so many have come.
    Underway(usize),
    /// Done, all of them.
    Done,
    /// Done, and there are more than the page holds.
    Capped,
    /// It failed.
    Failed(Failure),
}

/// The incidents.
#[derive(Clone, Copy)]
pub struct Incidents {
    store: RwSignal<Store>,
    coverage: RwSignal<Option<Coverage>>,
    asked: StoredValue<Option<IncidentFilter>>,
    running: StoredValue<Abort, LocalStorage>,
    /// Those that raise the alert.
    pub alerts: Alerts,
    /// How far the fetching is.
    pub fetching: RwSignal<Fetching>,
    /// The last event that the first page held; the live feed goes on from it.
    pub seq: RwSignal<Option<i64>>,
    /// Those that the choice lets through, newest first.
    pub chosen: Signal<List>,
    /// Those of them on the map's screen, the most urgent first.
    pub in_view: Signal<List>,
    /// Reported in the last seconds.
    pub fresh: RwSignal<Vec<i64>>,
    /// When the feed last told of something that a simulator did.
    pub simulated: RwSignal<Option<geodata::Time>>,
}

impl Incidents {
    /// Nothing known yet; `bounds` is the box on the map's screen.
    pub fn new(url: Url, town: TownState, clock: Clock, bounds: ReadSignal<Option<BBox>>) -> Self {
        let store = RwSignal::new(Store::default());
        let same = |a: Option<&List>, b: Option<&List>| !alike(a, b);
        let chosen = Memo::new_with_compare(
            move |_| {
                let choice = url.choice.get();
                let moving = choice.tab == Tab::Overdue || matches!(choice.window, Window::Last(_));
                let now = if moving { clock.now.get() } else { clock.now.get_untracked() };
                let bundle = town.get();
                let group_of = |code: &CategoryCode| bundle.as_ref().and_then(|b| b.group(code));
                let sieve = Sieve::new(&choice, now, &group_of);
                Arc::new(store.with(|s| s.newest(|i| sieve.takes(i))))
            },
            same,
        );
        let in_view = Memo::new_with_compare(
            move |_| {
                let now = clock.now.get();
                // Until the map has said what it shows, the list shows nothing: it would shrink under the reader's eyes.
                let Some(bounds) = bounds.get() else { return List::default() };
                let inside = |i: &&Arc<IncidentFeature>| {
                    let [lon, lat] = i.geometry.coordinates;
                    bounds.contains(lon, lat)
                };
                let list: Vec<_> = chosen.with(|list| list.iter().filter(inside).cloned().collect());
                Arc::new(in_order(&list, |i| urgency(&i.properties, now)))
            },
            same,
        );
        Self {
            store,
            coverage: RwSignal::new(None),
            asked: StoredValue::new(None),
            running: StoredValue::new_local(Abort::new()),
            alerts: Alerts::new(clock),
            fetching: RwSignal::new(Fetching::Underway(0)),
            seq: RwSignal::new(None),
            chosen: chosen.into(),
            in_view: in_view.into(),
            fresh: RwSignal::new(Vec::new()),
            simulated: RwSignal::new(None),
        }
    }

    /// Fetches whatever the choice asks for and is not here, now and whenever it changes.
    pub fn keep_up_with(self, url: Url, town: TownState, clock: Clock, health: Health) {
        watch(move || {
            // A moving span is reckoned by the server's time, which comes with the town.
            if url.choice.with(|c| matches!(c.window, Window::Last(_))) && town.get().is_none() {
                return;
            }
            let wanted = url.choice.with(|c| c.filter(clock.read()));
            if let Some(filter) = self.coverage.with(|have| question(&wanted, have.as_ref())) {
                self.fetch(filter, url, health);
            }
        });
        on_cleanup(move || {
            self.running.try_with_value(Abort::abort);
        });
    }

    /// Fetches everything anew, because something was missed.
    pub fn reload(self) {
        self.asked.set_value(None);
        self.coverage.set(None);
    }

    fn fetch(self, filter: IncidentFilter, url: Url, health: Health) {
        if self.asked.with_value(|asked| asked.as_ref() == Some(&filter)) {
            return;
        }
        self.asked.set_value(Some(filter.clone()));
        self.running.with_value(Abort::abort);
        let abort = Abort::new();
        self.running.set_value(abort.clone());
        self.fetching.set(Fetching::Underway(0));
        leptos::task::spawn_local(async move {
            match self.pages(&filter, url, &abort, health).await {
                Ok(complete) => {
                    self.fetching.set(if complete { Fetching::Done } else { Fetching::Capped });
                    let coverage = Coverage { filter, complete };
                    let known: Vec<_> = self.store.with_untracked(|s| s.iter().cloned().collect());
                    self.alerts.settle(&known, &coverage, url, health);
                    self.coverage.set(Some(coverage));
                }
                Err(Failure::Aborted) => {}
                Err(failure) => {
                    self.asked.set_value(None);
                    self.fetching.set(Fetching::Failed(failure));
                }
            }
        });
    }

    /// Page after page into the store; tells whether there was no more than the page holds.
    async fn pages(self, filter: &IncidentFilter, url: Url, abort: &Abort, health: Health) -> Result<bool, Failure> {
        let (lang, town) = (url.lang.get_untracked(), url.town);
        let (mut next, mut got) = (None::<String>, 0);
        loop {
            let mut pairs: Vec<(&str, String)> = filter.pairs_but_box();
            pairs.push(("limit", PAGE_LIMIT.to_string()));
            pairs.extend(next.take().map(|after| ("after", after)));
            pairs.extend(town.get_value().map(|t| ("town", t.to_string())));
            let path = api::address("/api/incidents", pairs);
            let page: IncidentPage = api::read(&patiently(path, lang, abort.clone(), health).await?)?;
            let first = got == 0;
            got += page.features.len();
            self.store.update(|store| {
                if first {
                    store.retain_newer(page.seq);
                }
                for incident in page.features {
                    store.take(Arc::new(incident));
                }
            });
            if first {
                self.seq.set(Some(page.seq));
            }
            next = page.next;
            if next.is_none() {
                return Ok(true);
            }
            if got >= CAP {
                return Ok(false);
            }
            self.fetching.set(Fetching::Underway(got));
        }
    }

    /// Takes in what the live feed told.
    pub fn apply(self, events: Vec<LiveEvent>) {
        if events.is_empty() {
            return;
        }
        let new: Vec<i64> = events.iter().filter(|e| e.event.action == Action::Report).map(|e| e.incident.id).collect();
        if let Some(at) = events.iter().filter(|e| e.event.simulated).map(|e| e.event.at).max() {
            self.simulated.set(Some(at));
        }
        let changed: Vec<_> = events.into_iter().map(|event| Arc::new(event.incident)).collect();
        self.alerts.take(&changed);
        self.store.update(|store| {
            for incident in changed {
                store.take(incident);
            }
        });
        if !new.is_empty() {
            self.fresh.update(|fresh| fresh.extend(&new));
            let forget = move || {
                self.fresh.try_update(|fresh| fresh.retain(|id| !new.contains(id)));
            };
            set_timeout(forget, FRESH);
        }
    }

    /// How many known incidents are counted, and how many of them are marked; subscribes.
    pub fn count(
        self,
        counted: impl Fn(&IncidentProperties) -> bool,
        marked: impl Fn(&IncidentProperties) -> bool,
    ) -> (i64, i64) {
        self.store.with(|store| {
            store
                .iter()
                .map(|i| &i.properties)
                .filter(|p| counted(p))
                .fold((0, 0), |(n, m), p| (n + 1, m + i64::from(marked(p))))
        })
    }

    /// The incident with this id, where it is known; subscribes.
    pub fn get(self, id: i64) -> Option<Arc<IncidentFeature>> {
        self.store.with(|s| s.get(id).cloned())
    }
}

/// Whether two lists hold the very same incidents; comparing pointers spares comparing twenty thousand texts.
fn alike(a: Option<&List>, b: Option<&List>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(x, y)| Arc::ptr_eq(x, y)),
        _ => false,
    }
}
