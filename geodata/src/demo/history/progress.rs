//! How far an incident of the generated past has come: enough of the rules to draw its next step by. The server reads the log that
//! comes of it by all of them.

use crate::Time;
use crate::incident::{Action, Level, Refusal, Standing, State, next};

/// Minutes to handle an incident at grid, village and town level. Wall-clock minutes: the past is drawn in them.
pub type Limits = [i32; 3];

/// Where an incident stands after its events so far, and its clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// State and level.
    pub standing: Standing,
    /// When it must be dealt with at this level; absent while none runs.
    pub due_at: Option<Time>,
    /// When it was first taken on.
    pub accepted_at: Option<Time>,
    /// When it ended; absent while it is open.
    pub ended_at: Option<Time>,
    /// Whether it ended within its limit; absent while open and where none ran.
    pub ended_in_time: Option<bool>,
}

impl Progress {
    /// The progress after one more event; `from` is `None` for the first.
    ///
    /// A level's clock starts when the incident reaches it and again when work is taken up anew; it stops while the
    /// incident is parked, and for good when it ends.
    pub fn after(from: Option<&Self>, action: Action, at: Time, limits: &Limits) -> Result<Self, Refusal> {
        let standing = next(from.map(|p| p.standing), action)?;
        let was_open = from.is_some_and(|p| p.standing.state.is_open());
        let same_level = from.is_some_and(|p| p.standing.level == standing.level);
        let is_open = standing.state.is_open();
        let running = from.and_then(|p| p.due_at);
        let due_at = match standing.state {
            State::Parked => None,
            _ if !is_open => running,
            _ if was_open && same_level && action != Action::Resume => running,
            _ => Some(at + chrono::TimeDelta::minutes(limit(limits, standing.level).into())),
        };
        let accepted_at =
            from.and_then(|p| p.accepted_at).or_else(|| (is_open && standing.state.is_taken()).then_some(at));
        let ended_at = match (is_open, from) {
            (true, _) => None,
            // Archiving what is closed does not end it again.
            (false, Some(p)) if p.ended_at.is_some() => p.ended_at,
            (false, _) => Some(at),
        };
        let ended_in_time = match (is_open, from) {
            (true, _) | (_, None) => None,
            (false, Some(p)) if p.ended_at.is_some() => p.ended_in_time,
            (false, _) => due_at.map(|due| at <= due),
        };
        Ok(Self { standing, due_at, accepted_at, ended_at, ended_in_time })
    }
}

fn limit(limits: &Limits, level: Level) -> i32 {
    match level {
        Level::Grid => limits[0],
        Level::Village => limits[1],
        Level::Town | Level::County => limits[2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use strum::VariantArray as _;

    proptest! {
        #[test]
        fn it_has_ended_exactly_when_it_is_not_open(steps in proptest::collection::vec(0..Action::VARIANTS.len(), 0..60)) {
            let start: Time = "2026-01-01T00:00:00Z".parse().unwrap();
            let limits = [60, 120, 240];
            let mut p = Progress::after(None, Action::Report, start, &limits).unwrap();
            for (i, step) in steps.into_iter().enumerate() {
                let at = start + chrono::TimeDelta::minutes(i64::try_from(i).unwrap() * 7);
                let Ok(to) = Progress::after(Some(&p), Action::VARIANTS[step], at, &limits) else { continue };
                prop_assert_eq!(to.ended_at.is_some(), !to.standing.state.is_open());
                prop_assert!(to.standing.state != State::Parked || to.due_at.is_none());
                if let (Some(before), Some(after)) = (p.accepted_at, to.accepted_at) {
                    prop_assert_eq!(before, after, "first acceptance stands");
                }
                p = to;
            }
        }
    }
}
