//! What is open on the page, and what is pointed at: nothing that anybody would share.

use crate::model::{Command, Hover, Target};
use geodata::place::{BBox, Position};
use leptos::prelude::*;

/// How high the panel stands on a phone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sheet {
    /// Only its handle and tabs.
    Low,
    /// Half the screen.
    #[default]
    Half,
    /// All but the top.
    Full,
}

impl Sheet {
    /// The next height on a tap: up, and from the top down again.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Low => Self::Half,
            Self::Half => Self::Full,
            Self::Full => Self::Low,
        }
    }

    /// The height after a drag by this share of the screen's height, upwards positive.
    #[must_use]
    pub fn dragged(self, share: f64) -> Self {
        const SHORT: f64 = 0.06;
        const FAR: f64 = 0.4;
        match self {
            _ if share.abs() < SHORT => self,
            _ if share > FAR => Self::Full,
            _ if share < -FAR => Self::Low,
            Self::Low if share > 0.0 => Self::Half,
            Self::Half if share > 0.0 => Self::Full,
            Self::Full if share < 0.0 => Self::Half,
            Self::Half if share < 0.0 => Self::Low,
            same => same,
        }
    }

    /// The class that gives the sheet its height.
    pub fn class(self) -> &'static str {
        match self {
            Self::Low => "panel low",
            Self::Half => "panel half",
            Self::Full => "panel full",
        }
    }
}

/// The page's own state.
#[derive(Clone, Copy)]
pub struct Ui {
    /// Whether the panel is shown.
    pub panel: RwSignal<bool>,
    /// How high it stands on a phone.
    pub sheet: RwSignal<Sheet>,
    /// Whether the layers' card is open.
    pub layers: RwSignal<bool>,
    /// Whether the legend is open.
    pub legend: RwSignal<bool>,
    /// Whether the help is open.
    pub help: RwSignal<bool>,
    /// Whether the search field is open, where it takes a press to have it.
    pub search: RwSignal<bool>,
    /// What is pointed at, on the map or in the list.
    pub hovered: RwSignal<Option<Target>>,
    /// The cameras that see the selected place, in the town's order of cameras; told by its card.
    pub seeing: RwSignal<Vec<i64>>,
    /// What the pointer rests on, on the map.
    pub tooltip: RwSignal<Option<Hover>>,
    /// The box on the map's screen.
    pub bounds: RwSignal<Option<BBox>>,
    /// Where the pointer is on the map.
    pub pointer: RwSignal<Option<Position>>,
    /// Whether the map has drawn its first frame.
    pub drawn: RwSignal<bool>,
    /// How many rows of the list are shown.
    pub rows: RwSignal<usize>,
    command: RwSignal<Option<(u64, Command)>>,
}

/// Rows shown at first, and added each time.
pub const ROWS: usize = 100;

impl Ui {
    /// As a person finds it; on a small screen the cards are closed.
    pub fn new(small: bool) -> Self {
        Self {
            panel: RwSignal::new(true),
            sheet: RwSignal::new(Sheet::default()),
            layers: RwSignal::new(!small),
            legend: RwSignal::new(!small),
            help: RwSignal::new(false),
            search: RwSignal::new(false),
            hovered: RwSignal::new(None),
            seeing: RwSignal::new(Vec::new()),
            tooltip: RwSignal::new(None),
            bounds: RwSignal::new(None),
            pointer: RwSignal::new(None),
            drawn: RwSignal::new(false),
            rows: RwSignal::new(ROWS),
            command: RwSignal::new(None),
        }
    }

    /// What the map is told to do.
    pub fn command(self) -> Signal<Option<(u64, Command)>> {
        self.command.into()
    }

    /// Tells the map to do something once.
    pub fn tell(self, command: Command) {
        self.command.update(|c| *c = Some((c.as_ref().map_or(1, |(n, _)| n + 1), command)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_follows_the_finger_to_the_next_height() {
        assert_eq!(Sheet::Half.dragged(0.2), Sheet::Full);
        assert_eq!(Sheet::Half.dragged(-0.2), Sheet::Low);
        assert_eq!(Sheet::Full.dragged(0.2), Sheet::Full);
        assert_eq!(Sheet::Low.dragged(0.7), Sheet::Full);
        assert_eq!(Sheet::Full.dragged(-0.02), Sheet::Full);
        assert_eq!(Sheet::Low.next().next().next(), Sheet::Low);
    }
}
