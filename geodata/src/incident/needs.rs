//! What each action asks of the person who takes it: exactly that, and nothing that can be derived.

use super::Action;
use serde::{Deserialize, Serialize};

/// Whom an action hands the incident to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// A person or a unit of the town.
    Handler,
    /// A unit of the town, or the county.
    Unit,
}

/// What must come with an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(clippy::struct_excessive_bools, reason = "each is one field of a form")]
pub struct Needs {
    /// Words that everyone up the chain can read: a reason, or what was found.
    pub note: bool,
    /// Whom it goes to.
    pub to: Option<Recipient>,
    /// A date: when to look at it again, or by when it must be done.
    pub until: bool,
    /// A number of minutes.
    pub minutes: bool,
    /// Another incident.
    pub other: bool,
    /// A satisfaction mark, 1 to 5.
    pub satisfaction: bool,
}

impl Needs {
    /// What an action asks for.
    ///
    /// ```
    /// use geodata::incident::{Action, Needs};
    /// assert!(Needs::of(Action::Return).note, "nobody sends a thing back without a reason");
    /// assert_eq!(Needs::of(Action::Accept), Needs::default());
    /// ```
    pub fn of(action: Action) -> Self {
        let note = Self { note: true, ..Self::default() };
        match action {
            Action::Dispatch => Self { to: Some(Recipient::Handler), ..Self::default() },
            Action::Refer => Self { to: Some(Recipient::Unit), ..note },
            Action::Park | Action::Supervise => Self { until: true, ..note },
            Action::Extend => Self { minutes: true, ..note },
            Action::Merge => Self { other: true, ..Self::default() },
            Action::FollowUp => Self { satisfaction: true, ..Self::default() },
            Action::Return
            | Action::PassUp
            | Action::PassDown
            | Action::Withdraw
            | Action::Reopen
            | Action::Answer
            | Action::Note => note,
            _ => Self::default(),
        }
    }
}
