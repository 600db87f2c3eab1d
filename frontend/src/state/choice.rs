//! Which incidents a person chose to see: the tab, the chips and the span of time. Pure.

use geodata::filter::IncidentFilter;
use geodata::incident::{Severity, State};
use geodata::town::{CategoryCode, CategoryGroup, GridCode, VillageCode};
use geodata::wire::IncidentFeature;
use geodata::{Invalid, Time};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// The tabs of the panel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Tab {
    /// 在办: someone still has to do something.
    #[default]
    Open,
    /// 超期: open and past its limit.
    Overdue,
    /// 全部: whatever its state.
    All,
}

impl Tab {
    /// Its word in the address and in tables of text.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// The span of time in which an incident was reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Window {
    /// Any time.
    #[default]
    Always,
    /// The last so many hours, moving with the clock.
    Last(u16),
    /// From one moment to before another; either end may be open.
    Between(Option<Time>, Option<Time>),
}

impl Window {
    /// The spans that a person can choose with one press, in hours: 1, 6, 24 hours, 7 and 30 days.
    pub const SPANS: [u16; 5] = [1, 6, 24, 7 * 24, 30 * 24];
    /// The longest moving span, hours: a year.
    pub const LONGEST: u16 = 366 * 24;

    /// Its two ends at `now`.
    pub fn ends(self, now: Time) -> (Option<Time>, Option<Time>) {
        match self {
            Self::Always => (None, None),
            Self::Last(hours) => (Some(now - chrono::TimeDelta::hours(i64::from(hours))), None),
            Self::Between(from, to) => (from, to),
        }
    }
}

/// A person's choice of incidents. Empty lists mean "all of them".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Which tab.
    pub tab: Tab,
    /// In one of these states.
    pub states: Vec<State>,
    /// Of one of these categories, or groups by their word.
    pub categories: Vec<CategoryCode>,
    /// Of one of these severities.
    pub severities: Vec<Severity>,
    /// In this village.
    pub village: Option<VillageCode>,
    /// In this grid.
    pub grid: Option<GridCode>,
    /// When it was reported.
    pub window: Window,
}

impl Choice {
    /// The states that the tab and the chips let through together; empty means "all".
    fn allowed(&self) -> Vec<State> {
        let open_only = self.tab != Tab::All;
        if self.states.is_empty() && !open_only {
            return Vec::new();
        }
        let chosen = |s: &State| self.states.is_empty() || self.states.contains(s);
        State::VARIANTS.iter().copied().filter(|s| (!open_only || s.is_open()) && chosen(s)).collect()
    }

    /// The same choice on another tab; states that the tab does not have are dropped, because a choice of nothing but
    /// them would show nothing and look broken.
    #[must_use]
    pub fn on_tab(mut self, tab: Tab) -> Self {
        if tab != Tab::All {
            self.states.retain(|s| s.is_open());
        }
        Self { tab, ..self }
    }

    /// What the server is asked for, with a moving span resolved at `now`. Lateness is not a stored fact: the tab
    /// "overdue" asks for what is open.
    pub fn filter(&self, now: Time) -> IncidentFilter {
        let (from, to) = self.window.ends(now);
        IncidentFilter {
            bbox: None,
            states: self.allowed(),
            categories: self.categories.clone(),
            severities: self.severities.clone(),
            village: self.village.clone(),
            grid: self.grid.clone(),
            from,
            to,
        }
    }

    /// Whether nothing but the tab narrows the choice.
    pub fn is_plain(&self) -> bool {
        *self == Self { tab: self.tab, ..Self::default() }
    }

    /// The group whose chip is on, where the categories are exactly one group.
    pub fn has_group(&self, group: CategoryGroup) -> bool {
        self.categories.iter().any(|c| c.as_str() == group.word())
    }

    /// Reads a choice from decoded query pairs. What can't be read is left out, name by name, so that one bad value in
    /// a shared address does not lose the rest.
    pub fn from_pairs(pairs: &[(String, String)]) -> Self {
        let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let mut filter = IncidentFilter::default();
        for name in IncidentFilter::PARAMETERS {
            // What can't be read changes nothing.
            let _ = filter.set(name, value(name).unwrap_or_default());
        }
        let window = match value("last").and_then(|v| v.parse().ok()) {
            Some(hours) if (1..=Window::LONGEST).contains(&hours) => Window::Last(hours),
            _ => match (filter.from, filter.to) {
                (None, None) => Window::Always,
                (Some(from), Some(to)) if from >= to => Window::Always,
                (from, to) => Window::Between(from, to),
            },
        };
        let open_only = !filter.states.is_empty() && filter.states.iter().all(|s| s.is_open());
        let by_state = if filter.states.is_empty() || open_only { Tab::Open } else { Tab::All };
        let tab = value("tab").and_then(|v| v.parse().ok()).unwrap_or(by_state);
        let all_open = open_only && filter.states.len() == State::VARIANTS.iter().filter(|s| s.is_open()).count();
        Self {
            states: if all_open && tab != Tab::All { Vec::new() } else { filter.states },
            categories: filter.categories,
            severities: filter.severities,
            village: filter.village,
            grid: filter.grid,
            window,
            tab: Tab::All,
        }
        .on_tab(tab)
    }

    /// The choice as query pairs, the inverse of [`Self::from_pairs`]; what is as it always is needs no pair.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if self.tab != Tab::default() {
            pairs.push(("tab", self.tab.word().to_owned()));
        }
        let (from, to) = match self.window {
            Window::Between(from, to) => (from, to),
            Window::Last(hours) => {
                pairs.push(("last", hours.to_string()));
                (None, None)
            }
            Window::Always => (None, None),
        };
        let told = IncidentFilter { states: self.states.clone(), from, to, ..self.filter(Time::UNIX_EPOCH) };
        pairs.extend(told.pairs_but_box());
        pairs
    }
}

/// A choice made ready to be asked about thousands of incidents at one moment.
pub struct Sieve<'a> {
    filter: IncidentFilter,
    late_at: Option<Time>,
    group_of: &'a dyn Fn(&CategoryCode) -> Option<CategoryGroup>,
}

impl<'a> Sieve<'a> {
    /// `group_of` tells the group that a category falls in.
    pub fn new(choice: &Choice, now: Time, group_of: &'a dyn Fn(&CategoryCode) -> Option<CategoryGroup>) -> Self {
        Self { filter: choice.filter(now), late_at: (choice.tab == Tab::Overdue).then_some(now), group_of }
    }

    /// Whether the choice lets this incident through.
    pub fn takes(&self, incident: &IncidentFeature) -> bool {
        let [lon, lat] = incident.geometry.coordinates;
        self.late_at.is_none_or(|now| incident.properties.is_late(now))
            && self.filter.takes(&incident.properties, lon, lat, |code| (self.group_of)(code).map(CategoryGroup::word))
    }
}

/// The code that stands for a whole group in a filter.
///
/// # Errors
/// Never for the groups there are; the word is checked like any other code.
pub fn group_code(group: CategoryGroup) -> Result<CategoryCode, Invalid> {
    group.word().parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &[(&str, &str)]) -> Vec<(String, String)> {
        text.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn owned(choice: &Choice) -> Vec<(String, String)> {
        choice.pairs().into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
    }

    #[test]
    fn the_plain_choice_needs_no_words() {
        assert_eq!(Choice::default().pairs(), []);
        assert_eq!(Choice::from_pairs(&[]), Choice::default());
        assert_eq!(Choice::from_pairs(&pairs(&[("state", "open")])), Choice::default());
    }

    #[test]
    fn every_choice_comes_back_from_its_pairs() {
        let at = |text: &str| text.parse::<Time>().unwrap();
        let windows = [
            Window::Always,
            Window::Last(24),
            Window::Between(Some(at("2026-11-01T00:00:00Z")), None),
            Window::Between(None, Some(at("2026-11-01T00:00:00Z"))),
            Window::Between(Some(at("2026-11-01T00:00:00Z")), Some(at("2026-11-02T00:00:00Z"))),
        ];
        for tab in Tab::VARIANTS {
            for window in windows {
                for states in [vec![], vec![State::Accepted, State::Parked], vec![State::Reported]] {
                    let choice = Choice {
                        tab: *tab,
                        states,
                        categories: vec!["dispute".parse().unwrap(), "0203".parse().unwrap()],
                        severities: vec![2.try_into().unwrap()],
                        village: Some("610304105201".parse().unwrap()),
                        grid: Some("610304105201004".parse().unwrap()),
                        window,
                    };
                    assert_eq!(Choice::from_pairs(&owned(&choice)), choice);
                }
            }
        }
    }

    #[test]
    fn a_state_that_is_over_opens_the_tab_of_all() {
        let choice = Choice::from_pairs(&pairs(&[("state", "closed")]));
        assert_eq!((choice.tab, choice.states), (Tab::All, vec![State::Closed]));
    }

    #[test]
    fn one_bad_value_does_not_lose_the_rest() {
        let choice =
            Choice::from_pairs(&pairs(&[("severity", "9"), ("state", "lost"), ("category", "0203"), ("last", "0")]));
        assert_eq!(choice, Choice { categories: vec!["0203".parse().unwrap()], ..Choice::default() });
    }

    #[test]
    fn times_the_wrong_way_round_are_no_window() {
        let wrong = pairs(&[("from", "2026-11-02T00:00:00Z"), ("to", "2026-11-01T00:00:00Z")]);
        assert_eq!(Choice::from_pairs(&wrong).window, Window::Always);
    }

    #[test]
    fn a_moving_window_is_told_by_its_length_and_resolved_by_the_clock() {
        let choice = Choice { window: Window::Last(6), ..Choice::default() };
        assert_eq!(choice.pairs(), [("last", "6".to_owned())]);
        let now = "2026-11-23T08:00:00Z".parse().unwrap();
        assert_eq!(choice.filter(now).from, Some("2026-11-23T02:00:00Z".parse().unwrap()));
    }

    #[test]
    fn open_tabs_ask_for_open_states_only() {
        let choice = Choice { states: vec![State::Closed, State::Parked], tab: Tab::All, ..Choice::default() };
        assert_eq!(choice.on_tab(Tab::Overdue).filter(Time::UNIX_EPOCH).states, [State::Parked]);
        let closed = Choice::from_pairs(&pairs(&[("tab", "open"), ("state", "closed")]));
        assert_eq!(closed, Choice::default());
        let all = Choice { tab: Tab::All, ..Choice::default() };
        assert!(all.filter(Time::UNIX_EPOCH).states.is_empty());
    }
}
