//! The order in which a person should look at incidents.

use crate::Time;
use crate::wire::IncidentProperties;
use std::cmp::Ordering;

/// What comes first in a list: what someone still has to do before what is over; among the open the gravest, then what
/// is late, then the newest; among the ended the newest.
///
/// ```
/// # use geodata::incident::{Level, Severity, Source, State};
/// # use geodata::wire::IncidentProperties;
/// # let incident = |severity: u8, due: &str| IncidentProperties {
/// #     number: String::new(), title: String::new(), category: "0203".parse().unwrap(),
/// #     severity: Severity::try_from(severity).unwrap(), state: State::Reported, level: Level::Grid,
/// #     source: Source::Resident, village: None, grid: None, outside: false,
/// #     reported_at: "2026-11-23T00:00:00Z".parse().unwrap(), due_at: Some(due.parse().unwrap()),
/// #     ended_at: None, seq: 1, simulated: false };
/// use geodata::incident::by_urgency;
/// let now = "2026-11-23T08:00:00Z".parse().unwrap();
/// let late = incident(3, "2026-11-23T07:00:00Z");
/// let in_time = incident(3, "2026-11-23T09:00:00Z");
/// let grave = incident(1, "2026-11-23T09:00:00Z");
/// let mut list = [&in_time, &late, &grave];
/// list.sort_by(|a, b| by_urgency(a, b, now));
/// assert_eq!(list, [&grave, &late, &in_time]);
/// ```
pub fn by_urgency(a: &IncidentProperties, b: &IncidentProperties, now: Time) -> Ordering {
    let (open_a, open_b) = (a.state.is_open(), b.state.is_open());
    let newest = || b.reported_at.cmp(&a.reported_at).then_with(|| b.number.cmp(&a.number));
    match (open_a, open_b) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => newest(),
        (true, true) => a.severity.cmp(&b.severity).then_with(|| b.is_late(now).cmp(&a.is_late(now))).then_with(newest),
    }
}
