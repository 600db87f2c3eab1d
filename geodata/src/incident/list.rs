//! The order in which a person should look at incidents.

use crate::Time;
use crate::wire::IncidentProperties;

/// Where an incident stands in a list at `now`, the least first: what someone still has to do before what is over; among
/// the open the gravest, then what is late, then the newest; among the ended the newest. A plain number, so that
/// thousands are sorted by one routine.
///
/// ```
/// # use geodata::incident::{Level, Party, Severity, Source, State};
/// # use geodata::wire::IncidentProperties;
/// # let incident = |severity: u8, due: &str| IncidentProperties {
/// #     number: String::new(), title: String::new(), category: "0203".parse().unwrap(),
/// #     severity: Severity::try_from(severity).unwrap(), state: State::Reported, level: Level::Grid, owner: Party::Grid, offered: None,
/// #     source: Source::Resident, village: None, grid: None, outside: false,
/// #     reported_at: "2026-11-23T00:00:00Z".parse().unwrap(), due_at: Some(due.parse().unwrap()),
/// #     ended_at: None, acknowledged: None, seq: 1, simulated: false };
/// use geodata::incident::urgency;
/// let now = "2026-11-23T08:00:00Z".parse().unwrap();
/// let late = incident(3, "2026-11-23T07:00:00Z");
/// let in_time = incident(3, "2026-11-23T09:00:00Z");
/// let grave = incident(1, "2026-11-23T09:00:00Z");
/// let mut list = [&in_time, &late, &grave];
/// list.sort_by_key(|i| urgency(i, now));
/// assert_eq!(list, [&grave, &late, &in_time]);
/// ```
pub fn urgency(incident: &IncidentProperties, now: Time) -> u64 {
    /// Milliseconds since 1970 take 48 bits for the next 8,900 years; above them stand lateness, severity and state.
    const TIME: u64 = (1 << 48) - 1;
    let reported = u64::try_from(incident.reported_at.timestamp_millis()).unwrap_or(0).min(TIME);
    let newest = TIME - reported;
    if !incident.state.is_open() {
        return 1 << 52 | newest;
    }
    let in_time = u64::from(!incident.is_late(now));
    u64::from(incident.severity.number()) << 49 | in_time << 48 | newest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{Level, Party, Severity, Source, State};

    fn incident(severity: u8, state: State, minute: i64) -> IncidentProperties {
        let start: Time = "2026-11-23T00:00:00Z".parse().unwrap();
        IncidentProperties {
            number: minute.to_string(),
            title: String::new(),
            category: "0203".parse().unwrap(),
            severity: Severity::try_from(severity).unwrap(),
            state,
            level: Level::Grid,
            owner: Party::Grid,
            offered: None,
            source: Source::Resident,
            village: None,
            grid: None,
            outside: false,
            reported_at: start + chrono::TimeDelta::minutes(minute),
            due_at: Some(start + chrono::TimeDelta::minutes(minute + 60)),
            ended_at: None,
            acknowledged: None,
            seq: 1,
            simulated: false,
        }
    }

    #[test]
    fn open_by_gravity_lateness_and_age_then_what_is_over_by_age() {
        let now = "2026-11-23T02:00:00Z".parse().unwrap();
        let mut list = [
            incident(1, State::Closed, 110),
            incident(4, State::Reported, 100),
            incident(4, State::InProgress, 10),
            incident(4, State::Reported, 90),
            incident(4, State::InProgress, 20),
            incident(2, State::Parked, 119),
            incident(1, State::Accepted, 5),
            incident(4, State::Withdrawn, 115),
        ];
        list.sort_by_key(|i| urgency(i, now));
        let numbers: Vec<&str> = list.iter().map(|i| i.number.as_str()).collect();
        assert_eq!(numbers, ["5", "119", "20", "10", "100", "90", "115", "110"]);
    }
}
