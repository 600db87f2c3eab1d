//! Reports: what is said of a point, and an endless source of them for the simulator.

use super::super::chance::{Chance, Stage, pick, stream, weighted};
use super::super::model::{DemoCategory, DemoIncident, DemoTown};
use super::kinds::{Kind, kinds};
use super::place::Places;
use super::process::local;
use super::walk::{self, DemoStep};
use crate::Time;
use crate::incident::{Severity, Source, Standing};
use crate::place::Position;
use crate::town::CategoryCode;

/// A source of new incidents and of their later steps, like those of the town's past.
pub struct IncidentSource {
    kinds: Vec<Kind>,
    places: Places,
    categories: Vec<DemoCategory>,
    chance: Chance,
}

impl IncidentSource {
    /// A source in a town; the same sequence from the same seed and times.
    pub fn new(town: &DemoTown, seed: u64) -> Self {
        Self {
            kinds: kinds(),
            places: Places::of(town),
            categories: town.categories.clone(),
            chance: stream(seed, 0, Stage::Simulation),
        }
    }

    /// A new incident reported at a time: of a kind that happens at that season and hour, without a log.
    ///
    /// ```
    /// use geodata::demo::{IncidentSource, town};
    /// let mut source = IncidentSource::new(&town(7), 1);
    /// let incident = source.next_incident("2026-11-23T08:00:00Z".parse().unwrap()).unwrap();
    /// assert!(!incident.title.is_empty() && incident.log.is_empty());
    /// ```
    pub fn next_incident(&mut self, at: Time) -> Option<DemoIncident> {
        let weights: Vec<f64> = self.kinds.iter().map(|k| k.daily * k.weight_at(local(at))).collect();
        let kind = self.kinds.get(weighted(&mut self.chance, &weights))?;
        let position = self.places.draw(&mut self.chance)?;
        Some(report(kind, at, position, &mut self.chance))
    }

    /// What someone may do next with an incident that stands so, and how long after its last step; `None` when nothing is
    /// left to do, or its category is not one of the town's.
    pub fn next_step(&mut self, at: Standing, category: &CategoryCode, severity: Severity) -> Option<DemoStep> {
        let category = self.categories.iter().find(|c| c.code == *category)?;
        walk::step(at, category, severity, &mut self.chance)
    }
}

/// A report of a kind at a time and place.
pub(super) fn report(kind: &Kind, at: Time, position: Position, chance: &mut Chance) -> DemoIncident {
    let severity = Severity::ALL[weighted(chance, &kind.severities).min(3)];
    let from = match kind.code.as_str().as_bytes() {
        [b'0', b'3', ..] => [0.45, 0.4, 0.1, 0.0, 0.0, 0.0, 0.05],
        [b'0', b'1', ..] => [0.45, 0.3, 0.08, 0.0, 0.15, 0.0, 0.02],
        [b'0', b'2', ..] => [0.4, 0.4, 0.05, 0.0, 0.08, 0.06, 0.01],
        _ => [0.72, 0.14, 0.08, 0.01, 0.04, 0.0, 0.01],
    };
    let sources = [
        Source::GridMember,
        Source::Resident,
        Source::Hotline,
        Source::Property,
        Source::Video,
        Source::Sensor,
        Source::Superior,
    ];
    let source = sources[weighted(chance, &from).min(6)];
    let title = pick(chance, &kind.titles).copied().unwrap_or("情况上报").to_owned();
    let description = (severity.number() <= 3).then(|| {
        match source {
            Source::GridMember => "巡查发现，已拍照并设置提醒，请尽快处置。",
            Source::Video => "视频巡查发现，画面已核对，请到现场确认。",
            Source::Sensor => "设备告警，数值持续超限，请到现场确认。",
            _ => "来电反映，位置已与报告人核对，请到现场确认。",
        }
        .to_owned()
    });
    DemoIncident {
        title,
        description,
        category: kind.code.clone(),
        severity,
        source,
        position,
        reported_at: at,
        log: Vec::new(),
    }
}
