//! Where an incident's time went: whose move it was, from when to when, and how much counted time that took.

use super::{Case, Ground, Hours, Level, Party, Refusal, Step, Terms};
use crate::Time;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A stretch of an incident's life in which it was one party's move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Span {
    /// Whose move it was.
    pub turn: Party,
    /// Who answered for it all the while.
    pub owner: Party,
    /// At which level.
    pub level: Level,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; absent where it lasts.
    pub to: Option<DateTime<Utc>>,
    /// Counted minutes of it; none pass while the clock stands still.
    pub minutes: i64,
    /// Whether the clock stood still.
    pub still: bool,
    /// Counted minutes past the limit by its end; 0 within it.
    pub over: i64,
}

/// The spans of a log, oldest first, up to `now`.
///
/// # Errors
/// The first step of the log that is not possible.
pub fn spans(log: &[Step], ground: Ground, terms: &Terms, hours: &impl Hours, now: Time) -> Result<Vec<Span>, Refusal> {
    let mut spans: Vec<Span> = Vec::new();
    let mut case: Option<Case> = None;
    let mut since = now;
    for step in log {
        let next = Case::after(case.as_ref(), step, ground, terms, hours)?;
        if let Some(before) = &case {
            count(&mut spans, before, since, step.at, hours);
        }
        since = step.at;
        if next.standing.state.is_open() {
            open(&mut spans, &next, step.at);
        }
        case = Some(next);
    }
    if let Some(case) = case.filter(|case| case.standing.state.is_open()) {
        count(&mut spans, &case, since, now, hours);
        if let Some(last) = spans.last_mut() {
            last.to = None;
        }
    }
    Ok(spans)
}

/// Counts the time since the last step into the running span, which ends here so far.
fn count(spans: &mut [Span], case: &Case, since: Time, at: Time, hours: &impl Hours) {
    let Some(span) = spans.last_mut().filter(|span| span.to.is_none()) else { return };
    let Some(clock) = case.clock else { return };
    span.minutes += if span.still { 0 } else { hours.between(since, at) };
    span.over = (-clock.left_at(at, hours)).max(0);
    span.to = Some(at);
}

/// Goes on with the last span where nothing changed hands, or begins another.
fn open(spans: &mut Vec<Span>, case: &Case, at: Time) {
    let still = case.clock.is_some_and(|clock| clock.running.is_none());
    let (turn, owner, level) = (case.turn().clone(), case.owner.clone(), case.standing.level);
    spans.push(Span { turn, owner, level, from: at, to: None, minutes: 0, still, over: 0 });
    let [.., before, last] = &mut spans[..] else { return };
    let same =
        (&before.turn, &before.owner, before.level, before.still) == (&last.turn, &last.owner, last.level, last.still);
    if same && before.to == Some(at) {
        // One stretch, counted on.
        before.to = None;
        spans.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{Action, AlwaysOpen, Particulars};

    #[test]
    fn it_tells_who_had_it_and_who_answered_meanwhile() {
        let start: Time = "2026-11-23T00:00:00Z".parse().unwrap();
        let at = |minute| start + chrono::TimeDelta::minutes(minute);
        let step = |action, minute| Step::plain(action, at(minute), None);
        let police = Party::Unit("police".parse().unwrap());
        let log = [
            step(Action::Report, 0),
            step(Action::Verify, 5),
            step(Action::PassUp, 10),
            step(Action::Accept, 40),
            step(Action::PassUp, 50),
            step(Action::Accept, 60),
            Step {
                with: Particulars { to: Some(police.clone()), ..Particulars::default() },
                ..step(Action::Refer, 70)
            },
            step(Action::Answer, 400),
            step(Action::Check, 410),
            step(Action::Close, 420),
        ];
        let terms = Terms { limits: [60, 20, 30], pauses_referred: true, pauses_parked: true };
        let ground = Ground { village: true, grid: true };
        let spans = spans(&log, ground, &terms, &AlwaysOpen, at(500)).unwrap();
        let told: Vec<_> = spans.iter().map(|s| (s.turn.to_string(), s.owner.to_string(), s.minutes, s.over)).collect();
        let span = |turn: &str, owner: &str, minutes, over| (turn.to_owned(), owner.to_owned(), minutes, over);
        assert_eq!(
            told,
            [
                span("grid", "grid", 10, 0),
                span("village", "grid", 30, 10),
                span("village", "village", 10, 20),
                span("town", "village", 10, 0),
                span("town", "town", 10, 0),
                span("unit:police", "town", 0, 0),
                span("town", "town", 20, 10),
            ]
        );
        assert_eq!(spans.last().unwrap().to, Some(at(420)));
    }
}
