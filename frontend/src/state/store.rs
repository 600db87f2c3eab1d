//! The incidents that the page knows, by id, and how they take in pages and live events. Pure.

use geodata::filter::IncidentFilter;
use geodata::incident::State;
use geodata::order::by_rank;
use geodata::wire::IncidentFeature;
use std::collections::BTreeMap;
use std::sync::Arc;
use strum::VariantArray as _;

/// The most incidents that the page holds at once.
pub const CAP: usize = 20_000;

/// What was fetched: by which filter, and whether all of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// The filter asked by.
    pub filter: IncidentFilter,
    /// Whether there was no more than [`CAP`].
    pub complete: bool,
}

/// The incidents known, in the order of their ids.
#[derive(Debug, Clone, Default)]
pub struct Store {
    by_id: BTreeMap<i64, Arc<IncidentFeature>>,
}

impl Store {
    /// Takes in an incident unless what is known is newer, so that pages and events may come in any order.
    /// Tells whether anything changed.
    pub fn take(&mut self, incident: Arc<IncidentFeature>) -> bool {
        match self.by_id.get(&incident.id) {
            Some(known) if known.properties.seq > incident.properties.seq || **known == *incident => false,
            _ => {
                self.by_id.insert(incident.id, incident);
                true
            }
        }
    }

    /// Makes room for a fetch whose first page held everything up to event `seq`: what is older and will not be
    /// fetched again may be out of date, and is dropped; what came by the live feed since is kept.
    pub fn retain_newer(&mut self, seq: i64) {
        self.by_id.retain(|_, incident| incident.properties.seq > seq);
    }

    /// Forgets those that `keep` does not let through.
    pub fn retain(&mut self, keep: impl Fn(&IncidentFeature) -> bool) {
        self.by_id.retain(|_, incident| keep(incident));
    }

    /// The incident with this id.
    pub fn get(&self, id: i64) -> Option<&Arc<IncidentFeature>> {
        self.by_id.get(&id)
    }

    /// All that are known.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<IncidentFeature>> {
        self.by_id.values()
    }

    /// How many are known.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Those that `takes` lets through, newest first.
    pub fn newest(&self, takes: impl Fn(&IncidentFeature) -> bool) -> Vec<Arc<IncidentFeature>> {
        let list: Vec<_> = self.by_id.values().rev().filter(|i| takes(i)).cloned().collect();
        in_order(&list, |i| u64::MAX - u64::try_from(i.properties.reported_at.timestamp_millis()).unwrap_or(0))
    }
}

/// The list by its rank, the least first; equals stay as they are.
pub fn in_order(list: &[Arc<IncidentFeature>], rank: impl Fn(&IncidentFeature) -> u64) -> Vec<Arc<IncidentFeature>> {
    by_rank(list.iter().map(|i| rank(i))).into_iter().filter_map(|at| list.get(at).cloned()).collect()
}

/// What to ask the server for so that `wanted` can be shown; `None` where what was fetched already holds it.
///
/// The first question is a broad one (states and time only), so that the chips then answer at once; where the broad
/// one has more than the page can hold, the question is the choice itself.
pub fn question(wanted: &IncidentFilter, have: Option<&Coverage>) -> Option<IncidentFilter> {
    let open_only = !wanted.states.is_empty() && wanted.states.iter().all(|s| s.is_open());
    let states = State::VARIANTS.iter().copied().filter(|s| open_only && s.is_open()).collect();
    let broad = IncidentFilter { states, from: wanted.from, to: wanted.to, ..IncidentFilter::default() };
    match have {
        Some(have) if covers(have, wanted) => None,
        Some(have) if !have.complete && covers(&Coverage { complete: true, ..have.clone() }, wanted) => {
            Some(wanted.clone())
        }
        _ => Some(broad),
    }
}

/// Whether what was fetched holds all that a filter takes.
pub fn covers(have: &Coverage, wanted: &IncidentFilter) -> bool {
    let f = &have.filter;
    if f == wanted {
        return true;
    }
    have.complete
        && within(&f.states, &wanted.states)
        && within(&f.categories, &wanted.categories)
        && within(&f.severities, &wanted.severities)
        && (f.village.is_none() || f.village == wanted.village)
        && (f.grid.is_none() || f.grid == wanted.grid)
        && f.from.is_none_or(|from| wanted.from.is_some_and(|w| w >= from))
        && f.to.is_none_or(|to| wanted.to.is_some_and(|w| w <= to))
}

/// Whether what is wanted lies within what was asked for; an empty list is everything.
fn within<T: PartialEq>(asked: &[T], wanted: &[T]) -> bool {
    asked.is_empty() || (!wanted.is_empty() && wanted.iter().all(|w| asked.contains(w)))
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
