//! The main road of an incident's life as a person sees it: five stations, which are reached, and when.

use super::{Level, State};
use crate::Time;
use crate::wire::EventEntry;
use strum::VariantArray;

/// A station of the main road. Side steps (return, referral, parking) happen between stations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Station {
    /// 登记
    Reported,
    /// 立案
    Accepted,
    /// 处置
    Handling,
    /// 核查
    Checked,
    /// 结案
    Closed,
}

impl Station {
    /// Its word in tables of text.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The station that a state stands at; a withdrawn incident has left the road.
    pub fn of(state: State) -> Option<Self> {
        match state {
            State::Reported | State::Verified => Some(Self::Reported),
            State::Accepted => Some(Self::Accepted),
            State::Dispatched | State::InProgress | State::ReportedBack | State::Referred | State::Parked => {
                Some(Self::Handling)
            }
            State::Checked => Some(Self::Checked),
            State::Closed | State::Archived => Some(Self::Closed),
            State::Withdrawn | State::Merged => None,
        }
    }
}

/// A station, and when and at which level it was reached; `None` is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Milestone {
    /// Which.
    pub station: Station,
    /// When it was reached, and who answered for the incident then.
    pub reached: Option<(Time, Level)>,
}

/// The five stations by an incident's log, oldest entry first. A step back (returned, passed up, reopened) takes back
/// the stations after the one it leads to.
///
/// ```
/// use geodata::incident::{Action, Level, State, chain};
/// use geodata::town::Role;
/// use geodata::wire::{Actor, EventEntry};
/// let entry = |seq, minute, action, state| EventEntry {
///     seq, at: format!("2026-11-23T06:{minute:02}:00Z").parse().unwrap(), action, state, level: Level::Grid,
///     actor: Some(Actor { role: Role::GridMember, name: None }), note: None, with: Default::default(),
///     simulated: false,
/// };
/// let log = [entry(1, 2, Action::Report, State::Reported), entry(2, 4, Action::Accept, State::Accepted)];
/// let reached: Vec<bool> = chain(&log).iter().map(|m| m.reached.is_some()).collect();
/// assert_eq!(reached, [true, true, false, false, false]);
/// ```
pub fn chain(log: &[EventEntry]) -> [Milestone; 5] {
    let mut reached: [Option<(Time, Level)>; 5] = [None; 5];
    for entry in log {
        let Some(at) = Station::of(entry.state).map(|s| s as usize) else { continue };
        for (rank, slot) in reached.iter_mut().enumerate() {
            if rank > at {
                *slot = None;
            }
        }
        // A station that was jumped over (checked without being handled) is passed at the same moment.
        for slot in reached.iter_mut().take(at + 1) {
            slot.get_or_insert((entry.at, entry.level));
        }
    }
    std::array::from_fn(|rank| Milestone { station: Station::VARIANTS[rank], reached: reached[rank] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Action;
    use crate::town::Role;
    use crate::wire::Actor;

    fn log(steps: &[(Action, State)]) -> Vec<EventEntry> {
        let start: Time = "2026-11-23T06:00:00Z".parse().unwrap();
        steps
            .iter()
            .enumerate()
            .map(|(i, &(action, state))| EventEntry {
                seq: i64::try_from(i).unwrap(),
                at: start + chrono::TimeDelta::minutes(i64::try_from(i).unwrap()),
                action,
                actor: Some(Actor { role: Role::ChiefOfGrids, name: None }),
                with: crate::incident::Particulars::default(),
                state,
                level: Level::Town,
                note: None,
                simulated: false,
            })
            .collect()
    }

    fn minutes(log: &[EventEntry]) -> Vec<Option<i64>> {
        let start: Time = "2026-11-23T06:00:00Z".parse().unwrap();
        chain(log).iter().map(|m| m.reached.map(|(at, _)| (at - start).num_minutes())).collect()
    }

    #[test]
    fn a_station_keeps_the_time_it_was_first_reached() {
        let log = log(&[
            (Action::Report, State::Reported),
            (Action::Verify, State::Verified),
            (Action::Accept, State::Accepted),
            (Action::Dispatch, State::Dispatched),
            (Action::Start, State::InProgress),
        ]);
        assert_eq!(minutes(&log), [Some(0), Some(2), Some(3), None, None]);
    }

    #[test]
    fn a_step_back_takes_back_what_came_after() {
        let mut steps = vec![
            (Action::Report, State::Reported),
            (Action::Accept, State::Accepted),
            (Action::Start, State::InProgress),
            (Action::ReportBack, State::ReportedBack),
            (Action::Check, State::Checked),
            (Action::Close, State::Closed),
        ];
        assert_eq!(minutes(&log(&steps)), [Some(0), Some(1), Some(2), Some(4), Some(5)]);
        steps.push((Action::Reopen, State::Accepted));
        assert_eq!(minutes(&log(&steps)), [Some(0), Some(1), None, None, None]);
    }

    #[test]
    fn withdrawing_leaves_the_road_where_it_was() {
        let log = log(&[(Action::Report, State::Reported), (Action::Withdraw, State::Withdrawn)]);
        assert_eq!(minutes(&log), [Some(0), None, None, None, None]);
    }
}
