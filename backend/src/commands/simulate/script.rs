//! What happens next in a simulated town: the town's own source of incidents and steps, and when each comes.

use geodata::Time;
use geodata::demo::{DemoTown, IncidentSource};
use geodata::incident::Standing;
use geodata::town::Role;
use geodata::wire::{Act, IncidentProperties, NewIncident};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::time::Duration;

/// No pause is longer: a rate of nearly nothing is still looked at once a day.
const LONGEST_PAUSE: Duration = Duration::from_secs(86_400);

/// Chance, and what it draws from.
pub struct Script {
    chance: ChaCha8Rng,
    source: IncidentSource,
}

impl Script {
    /// A script for a demonstration town; the same story from the same seed.
    pub fn new(town: &DemoTown, seed: u64) -> Self {
        Self { chance: ChaCha8Rng::seed_from_u64(seed), source: IncidentSource::new(town, seed) }
    }

    /// The pause before the next of events that come at this rate: exponential, as in a Poisson process.
    pub fn pause(&mut self, per_second: f64) -> Duration {
        // 1 − u lies in (0, 1]: its logarithm is finite.
        let seconds = -(1.0 - self.chance.random::<f64>()).ln() / per_second;
        Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
    }

    /// One place of so many.
    pub fn choose(&mut self, count: usize) -> Option<usize> {
        (count > 0).then(|| self.chance.random_range(0..count))
    }

    /// A new report, of a kind that happens at this season and hour, and the name of who brings it.
    pub fn report(&mut self, now: Time) -> Option<(NewIncident, Option<String>)> {
        let mut incident = self.source.next_incident(now)?;
        let reporter = incident.log.first_mut().and_then(|report| report.actor.take());
        let new = NewIncident {
            title: incident.title,
            description: incident.description,
            category: incident.category,
            severity: incident.severity,
            source: incident.source,
            position: incident.position,
            // The server's clock tells when.
            reported_at: None,
            outside: false,
            simulated: true,
        };
        Some((new, reporter))
    }

    /// A step that someone may take where the incident stands, and in which role; `None` when nobody has to do anything.
    pub fn step(&mut self, incident: &IncidentProperties) -> Option<(Act, Role)> {
        let standing = Standing { state: incident.state, level: incident.level };
        let step = self.source.next_step(standing, &incident.category, incident.severity)?;
        let act = Act {
            action: step.action,
            role: None,
            note: step.note.map(str::to_owned),
            to: None,
            until: None,
            minutes: None,
            other: None,
            satisfaction: None,
            seen_seq: Some(incident.seq),
            simulated: true,
        };
        Some((act, step.role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodata::incident::{Action, next};
    use std::sync::OnceLock;

    /// Drawing one takes seconds.
    fn town() -> &'static DemoTown {
        static TOWN: OnceLock<DemoTown> = OnceLock::new();
        TOWN.get_or_init(|| geodata::demo::town(1))
    }

    fn now() -> Time {
        "2026-11-23T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_incident_goes_on_by_lawful_steps_until_it_has_ended() {
        let mut script = Script::new(town(), 1);
        for _ in 0..100 {
            let (new, reporter) = script.report(now()).unwrap();
            assert!(reporter.is_some());
            assert!(new.simulated);
            let mut incident: IncidentProperties = serde_json::from_value(serde_json::json!({
                "number": "20261123-0001", "title": new.title, "category": new.category, "severity": new.severity,
                "state": "reported", "level": "grid", "owner": "grid", "source": new.source, "outside": false,
                "reported_at": "2026-11-23T08:00:00Z", "seq": 1, "simulated": true
            }))
            .unwrap();
            let mut standing = next(None, Action::Report).unwrap();
            let mut steps = 0;
            while standing.state.is_open() {
                let (act, _) = script.step(&incident).unwrap_or_else(|| panic!("{standing:?} has no way on"));
                standing = next(Some(standing), act.action).unwrap();
                (incident.state, incident.level) = (standing.state, standing.level);
                steps += 1;
                assert!(steps < 200, "it never ends");
            }
        }
    }

    #[test]
    fn pauses_keep_to_the_rate_and_the_same_seed_tells_the_same_story() {
        let mut script = Script::new(town(), 2);
        let total: f64 = (0..10_000).map(|_| script.pause(2.0).as_secs_f64()).sum();
        assert!((total / 10_000.0 - 0.5).abs() < 0.02, "a total of {total} s");
        let story = |seed| {
            let mut script = Script::new(town(), seed);
            (0..10).map(|_| script.report(now()).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(story(7), story(7));
        assert_ne!(story(7), story(8));
    }
}
