//! What happens next in a simulated town: drawn from what the public API tells of it, so that it fits any town.
//!
//! Reports come as a Poisson process. One lies beside a house drawn by its households, in a category drawn by its group's
//! share. A step is drawn among those that are lawful where the incident stands, mostly the next one on the main road.

use anyhow::bail;
use geodata::incident::{Action, Severity, Source, Standing, State, next};
use geodata::place::Position;
use geodata::town::{CategoryGroup, Role};
use geodata::wire::{Act, BuildingProperties, Category, Collection, IncidentProperties, NewIncident};
use rand::distr::{Distribution as _, weighted::WeightedIndex};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::time::Duration;

/// How far from the house, in metres, in each direction at most.
const BESIDE_M: f64 = 60.0;
/// Metres in a degree of latitude, near enough for this.
const DEGREE_M: f64 = 111_200.0;

/// Chance, and what it draws from.
pub struct Script {
    chance: ChaCha8Rng,
    houses: Vec<Position>,
    by_households: WeightedIndex<f64>,
    categories: Vec<Category>,
    by_share: WeightedIndex<f64>,
}

impl Script {
    /// A script for a town with these buildings and categories; the same from the same seed.
    ///
    /// # Errors
    /// When there are none.
    pub fn new(
        seed: u64,
        buildings: &Collection<BuildingProperties>,
        categories: Vec<Category>,
    ) -> anyhow::Result<Self> {
        let mut houses = Vec::new();
        let mut households = Vec::new();
        for building in &buildings.features {
            if let geojson::GeometryValue::Point { coordinates } = &building.geometry.value
                && let [lon, lat, ..] = coordinates.as_slice()
                && let Ok(position) = Position::new(*lon, *lat)
            {
                houses.push(position);
                households.push(f64::from(building.properties.households));
            }
        }
        if houses.is_empty() || categories.is_empty() {
            bail!("the town tells of no buildings or no categories: there is nothing to draw from");
        }
        let members = |group| categories.iter().filter(|c| c.group == group).count().max(1);
        let shares =
            categories.iter().map(|c| share(c.group) / f64::from(u32::try_from(members(c.group)).unwrap_or(1)));
        let (by_households, by_share) = (WeightedIndex::new(households)?, WeightedIndex::new(shares)?);
        Ok(Self { chance: ChaCha8Rng::seed_from_u64(seed), houses, by_households, categories, by_share })
    }

    /// The pause before the next of events that come at this rate: exponential, as in a Poisson process.
    pub fn pause(&mut self, per_second: f64) -> Duration {
        // 1 − u lies in (0, 1]: its logarithm is finite.
        let seconds = -(1.0 - self.chance.random::<f64>()).ln() / per_second;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX).min(Duration::from_secs(86_400))
    }

    /// One place of so many.
    pub fn choose(&mut self, count: usize) -> Option<usize> {
        (count > 0).then(|| self.chance.random_range(0..count))
    }

    /// A new report.
    pub fn report(&mut self) -> NewIncident {
        let house = self.houses[self.by_households.sample(&mut self.chance)];
        let category = &self.categories[self.by_share.sample(&mut self.chance)];
        let (title, category) = (category.name.zh.clone(), category.code.clone());
        let mut offset = || self.chance.random_range(-BESIDE_M..BESIDE_M) / DEGREE_M;
        let lon = house.lon() + offset() / house.lat().to_radians().cos();
        let position = Position::new(lon, house.lat() + offset()).unwrap_or(house);
        // Grave ones are rare.
        let severity = *draw(&mut self.chance, &[(4, 0.80), (3, 0.16), (2, 0.035), (1, 0.005)]).unwrap_or(&4);
        let source = *draw(&mut self.chance, &SOURCES).unwrap_or(&Source::GridMember);
        NewIncident {
            title,
            description: None,
            category,
            severity: Severity::try_from(severity).unwrap_or(Severity::ALL[3]),
            source,
            position,
            reported_at: None,
            outside: false,
            simulated: true,
        }
    }

    /// A step that is lawful where the incident stands; `None` when its life is over.
    pub fn step(&mut self, incident: &IncidentProperties) -> Option<Act> {
        let standing = Standing { state: incident.state, level: incident.level };
        let lawful: Vec<(Action, f64)> = likely(incident.state)
            .iter()
            .copied()
            .filter(|(action, _)| next(Some(standing), *action).is_ok())
            .collect();
        let action = *draw(&mut self.chance, &lawful)?;
        Some(Act {
            action,
            role: who(action),
            note: reason(action).map(str::to_owned),
            seen_seq: Some(incident.seq),
            simulated: true,
        })
    }
}

const SOURCES: [(Source, f64); 5] = [
    (Source::GridMember, 0.62),
    (Source::Resident, 0.22),
    (Source::Hotline, 0.08),
    (Source::Video, 0.06),
    (Source::Superior, 0.02),
];

/// One of the things, by their weights.
fn draw<'a, T>(chance: &mut ChaCha8Rng, things: &'a [(T, f64)]) -> Option<&'a T> {
    let weights = WeightedIndex::new(things.iter().map(|(_, weight)| weight)).ok()?;
    things.get(weights.sample(chance)).map(|(thing, _)| thing)
}

/// A group's share of what is reported: what grid members meet daily is most of it.
fn share(group: CategoryGroup) -> f64 {
    match group {
        CategoryGroup::Management => 0.62,
        CategoryGroup::Security => 0.16,
        CategoryGroup::Dispute => 0.14,
        CategoryGroup::Emergency => 0.08,
    }
}

/// What is likely in a state. What the law of an incident's life forbids at a level is sorted out by the caller.
fn likely(state: State) -> &'static [(Action, f64)] {
    use Action as A;
    match state {
        State::Reported => &[(A::Verify, 0.80), (A::Accept, 0.13), (A::PassUp, 0.05), (A::Withdraw, 0.02)],
        State::Verified => &[(A::Accept, 0.94), (A::PassUp, 0.06)],
        State::Accepted => &[(A::Dispatch, 0.84), (A::Start, 0.10), (A::Refer, 0.06)],
        State::Dispatched => &[(A::Start, 0.93), (A::Return, 0.05), (A::Supervise, 0.02)],
        State::InProgress => &[(A::ReportBack, 0.90), (A::PassUp, 0.04), (A::Park, 0.03), (A::Supervise, 0.03)],
        State::ReportedBack => &[(A::Check, 0.94), (A::Return, 0.06)],
        State::Checked => &[(A::Close, 1.0)],
        State::Referred => &[(A::Answer, 0.90), (A::Return, 0.10)],
        State::Parked => &[(A::Resume, 1.0)],
        State::Closed | State::Archived | State::Withdrawn => &[],
    }
}

/// Who takes such a step; whoever checks is not whoever handled.
fn who(action: Action) -> Role {
    use Action as A;
    match action {
        A::Report | A::Start | A::ReportBack | A::Withdraw => Role::GridMember,
        A::Verify | A::Check => Role::InformationOfficer,
        A::Accept | A::PassUp | A::Park | A::Resume => Role::VillageChief,
        A::Dispatch | A::PassDown | A::Refer | A::Close | A::Reopen | A::Archive => Role::ChiefOfGrids,
        A::Answer | A::Return => Role::PartnerUnit,
        A::Supervise => Role::Auditor,
        A::Record => Role::Administrator,
    }
}

/// The words that go with a step aside from the main road, which everyone up the chain can read.
fn reason(action: Action) -> Option<&'static str> {
    match action {
        Action::Return => Some("现场情况与派单不符，退回重新核定"),
        Action::PassUp => Some("超出本级处置能力，报上级协调"),
        Action::Refer => Some("属专业部门职责，转办"),
        Action::Park => Some("需待物料到位，暂时挂账，一周后复查"),
        Action::Withdraw => Some("经核实系误报"),
        Action::Supervise => Some("请按时限办结并反馈"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodata::town::Name;
    use strum::VariantArray as _;

    fn script(seed: u64) -> Script {
        let building = |lon: f64, households: i16| geodata::wire::Feature {
            kind: geodata::wire::FeatureKind::Feature,
            id: "1".into(),
            geometry: geojson::Geometry::from(&geo::Point::new(lon, 34.4)),
            properties: BuildingProperties { households },
        };
        let buildings = Collection::new(vec![building(107.40, 1), building(107.50, 9)]);
        let category = |code: &str, group| Category {
            code: code.parse().unwrap(),
            group,
            name: Name::new(code, code),
            limit_minutes: [60, 120, 240],
        };
        let categories = vec![category("0401", CategoryGroup::Management), category("0101", CategoryGroup::Security)];
        Script::new(seed, &buildings, categories).unwrap()
    }

    #[test]
    fn every_state_goes_on_by_lawful_steps_until_it_has_ended() {
        let mut script = script(1);
        for _ in 0..200 {
            let mut standing = next(None, Action::Report).unwrap();
            let mut steps = 0;
            loop {
                let mut incident: IncidentProperties = serde_json::from_value(serde_json::json!({
                    "number": "20261123-0001", "title": "x", "category": "0401", "severity": 4, "state": "reported",
                    "level": "grid", "source": "resident", "outside": false, "reported_at": "2026-11-23T00:00:00Z",
                    "seq": 1, "simulated": true
                }))
                .unwrap();
                (incident.state, incident.level) = (standing.state, standing.level);
                let Some(act) = script.step(&incident) else { break };
                standing = next(Some(standing), act.action).unwrap();
                steps += 1;
                assert!(steps < 200, "it never ends");
            }
            assert!(!standing.state.is_open(), "{standing:?} has no way on");
        }
        assert!(State::VARIANTS.iter().all(|state| state.is_open() != likely(*state).is_empty()));
    }

    #[test]
    fn reports_lie_beside_houses_and_pauses_keep_to_the_rate() {
        let mut script = script(2);
        let mut at_nine = 0;
        for _ in 0..1_000 {
            let new = script.report();
            let far = |lon: f64| (new.position.lon() - lon).abs() > 0.001;
            assert!((new.position.lat() - 34.4).abs() < 0.001 && (!far(107.40) || !far(107.50)));
            assert!(new.simulated);
            at_nine += i32::from(!far(107.50));
        }
        assert!((850..950).contains(&at_nine), "{at_nine} of 1,000 where nine in ten live");
        let total: f64 = (0..10_000).map(|_| script.pause(2.0).as_secs_f64()).sum();
        assert!((total / 10_000.0 - 0.5).abs() < 0.02, "a mean of {total} s in 10,000");
    }

    #[test]
    fn the_same_seed_tells_the_same_story() {
        let story = |seed| (0..20).map(|_| script(seed).report()).collect::<Vec<_>>();
        assert_eq!(story(7), story(7));
        assert_ne!(script(7).report(), script(8).report());
    }
}
