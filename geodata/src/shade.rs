//! Grids shaded by a count, in classes that never move: a colour means the same number at every zoom, on every day and on every
//! screen, so that two pictures can be compared.

use crate::incident::Party;
use crate::town::{GridCode, VillageCode};
use crate::wire::IncidentProperties;
use std::collections::HashMap;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What grids are shaded by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Shade {
    /// Nothing.
    #[default]
    Off,
    /// Open incidents that lie in the grid.
    Open,
    /// Open incidents that are their chief's move, wherever in the village they lie.
    Chief,
}

impl Shade {
    /// Its word in the address and in tables of text.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// The least count of each class, the palest first; below the first nothing is shaded.
pub const CLASSES: [i64; 5] = [1, 2, 4, 7, 11];

/// The class of a count, 0 the palest; none where there is nothing to shade.
///
/// ```
/// use geodata::shade::class;
/// assert_eq!([0, 1, 3, 4, 10, 11, 500].map(class), [None, Some(0), Some(1), Some(2), Some(3), Some(4), Some(4)]);
/// ```
pub fn class(count: i64) -> Option<usize> {
    CLASSES.iter().rposition(|least| count >= *least)
}

/// The class of each grid, in their order, by what lies in it or waits for its chief. What has ended counts nowhere.
pub fn classes<'a>(
    shade: Shade,
    incidents: impl Iterator<Item = &'a IncidentProperties>,
    grids: impl Iterator<Item = (&'a GridCode, &'a VillageCode)>,
) -> Vec<Option<usize>> {
    let open = incidents.filter(|incident| incident.state.is_open());
    match shade {
        Shade::Off => Vec::new(),
        Shade::Open => {
            let counts = counted(open.filter_map(|incident| incident.grid.as_ref()));
            grids.map(|(grid, _)| counts.get(grid).and_then(|n| class(*n))).collect()
        }
        Shade::Chief => {
            let theirs =
                open.filter(|incident| *incident.offered.as_ref().unwrap_or(&incident.owner) == Party::Village);
            let counts = counted(theirs.filter_map(|incident| incident.village.as_ref()));
            grids.map(|(_, village)| counts.get(village).and_then(|n| class(*n))).collect()
        }
    }
}

fn counted<'a, K: std::hash::Hash + Eq>(keys: impl Iterator<Item = &'a K>) -> HashMap<&'a K, i64> {
    let mut counts = HashMap::new();
    for key in keys {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{Level, Severity, Source, State};

    fn incident(grid: &str, state: State, owner: Party, offered: Option<Party>) -> IncidentProperties {
        IncidentProperties {
            number: String::new(),
            title: String::new(),
            category: "0203".parse().unwrap(),
            severity: Severity::try_from(4).unwrap(),
            state,
            level: Level::Grid,
            owner,
            offered,
            source: Source::Resident,
            village: Some(grid[..12].parse().unwrap()),
            grid: Some(grid.parse().unwrap()),
            outside: false,
            reported_at: "2026-11-23T00:00:00Z".parse().unwrap(),
            due_at: None,
            ended_at: None,
            acknowledged: None,
            seq: 1,
            simulated: false,
        }
    }

    #[test]
    fn open_ones_are_counted_where_they_lie_and_a_chief_s_where_the_chief_answers() {
        let grids: Vec<GridCode> =
            ["610304105201001", "610304105201002", "610304105202001"].map(|g| g.parse().unwrap()).into();
        let villages: Vec<VillageCode> = grids.iter().map(|g| g.as_str()[..12].parse().unwrap()).collect();
        let all = [
            incident("610304105201001", State::Reported, Party::Grid, None),
            incident("610304105201001", State::Reported, Party::Grid, Some(Party::Village)),
            incident("610304105201002", State::Closed, Party::Village, None),
            incident("610304105202001", State::Accepted, Party::Village, Some(Party::Staff(7))),
        ];
        let of = |shade| classes(shade, all.iter(), grids.iter().zip(&villages));
        assert_eq!(of(Shade::Open), [Some(1), None, Some(0)]);
        // One is offered to the first village's chief; the second's has handed theirs on.
        assert_eq!(of(Shade::Chief), [Some(0), Some(0), None]);
        assert_eq!(of(Shade::Off), []);
    }
}
