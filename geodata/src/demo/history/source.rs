//! A source of incidents: what happens next in town, and what is done about it.

use super::haunts::Haunts;
use super::kinds::{Kind, kinds};
use super::life::{Case, Manner, rung};
use super::process::{AHEAD, Happening, local_day};
use super::progress::Progress;
use super::words;
use crate::Time;
use crate::demo::chance::{Chance, Stage, pick, stream, weighted};
use crate::demo::model::{DemoEvent, DemoIncident, DemoTown};
use crate::demo::plane::{degrees, metres, p};
use crate::incident::{Action, Level, Severity, Source, Standing};
use crate::place::Position;
use crate::town::{CategoryCode, CategoryGroup, GridCode, Name, Role, VillageCode};
use chrono::{TimeDelta, Timelike as _};
use rand::Rng as _;
use std::collections::BTreeMap;

/// A step that someone may take next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoStep {
    /// What is done; lawful by [`crate::incident::next`].
    pub action: Action,
    /// Who does it.
    pub role: Role,
    /// How long after the step before.
    pub after: TimeDelta,
    /// The words that go with it.
    pub note: Option<&'static str>,
}

/// An incident on its way, as its next step is chosen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standpoint<'a> {
    pub(super) category: &'a CategoryCode,
    pub(super) severity: Severity,
    pub(super) progress: Progress,
    /// The actions in its log, oldest first, and when the last of them was taken.
    pub(super) done: &'a [Action],
    pub(super) last: Time,
}

/// Something done: an entry of a log but for where it leads.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) at: Time,
    pub(super) action: Action,
    pub(super) role: Role,
    pub(super) actor: Option<String>,
    pub(super) note: Option<String>,
}

/// What a category asks for.
#[derive(Debug, Clone)]
struct Terms {
    group: CategoryGroup,
    limits: [i32; 3],
    unit: Name,
}

/// A source of new incidents and of their later steps: the same process that the town's past was drawn from, by what is
/// public of the town.
#[derive(Debug, Clone)]
pub struct IncidentSource {
    pub(super) kinds: Vec<Kind>,
    pub(super) haunts: Haunts,
    pub(super) chance: Chance,
    terms: BTreeMap<CategoryCode, Terms>,
    grids: Vec<GridCode>,
    members: BTreeMap<GridCode, String>,
    /// Names of a village's chief and information officer.
    cadres: BTreeMap<(VillageCode, Role), String>,
    /// Names of the town's own staff by role, with their unit where they stand for one.
    town_staff: BTreeMap<Role, Vec<(String, Option<Name>)>>,
}

impl IncidentSource {
    /// A source in a town; the same sequence from the same seed and times.
    pub fn new(town: &DemoTown, seed: u64) -> Self {
        let mut source = Self {
            kinds: kinds(),
            haunts: Haunts::of(town),
            chance: stream(seed, 0, Stage::Simulation),
            terms: BTreeMap::new(),
            grids: town.grids.iter().map(|g| g.code.clone()).collect(),
            members: BTreeMap::new(),
            cadres: BTreeMap::new(),
            town_staff: BTreeMap::new(),
        };
        for category in &town.categories {
            let terms =
                Terms { group: category.group, limits: category.limit_minutes, unit: category.default_unit.clone() };
            source.terms.insert(category.code.clone(), terms);
        }
        for person in &town.staff {
            match (person.role, &person.village) {
                (Role::GridMember, _) => {
                    source.members.extend(person.grids.iter().map(|g| (g.clone(), person.name.clone())));
                }
                (role, Some(village)) => {
                    source.cadres.insert((village.clone(), role), person.name.clone());
                }
                (role, None) => {
                    source
                        .town_staff
                        .entry(role)
                        .or_default()
                        .push((person.name.clone(), person.unit.as_ref().map(|unit| unit.name.clone())));
                }
            }
        }
        source
    }

    /// A new incident reported at a time: of a kind that happens at that season, weekday and hour, with its report as the
    /// only entry of its log.
    ///
    /// ```
    /// use geodata::demo::{IncidentSource, town};
    /// let mut source = IncidentSource::new(&town(7), 1);
    /// let incident = source.next_incident("2026-11-23T08:00:00Z".parse().unwrap()).unwrap();
    /// assert!(!incident.title.is_empty() && incident.log.len() == 1);
    /// ```
    pub fn next_incident(&mut self, at: Time) -> Option<DemoIncident> {
        let day = local_day(at);
        let hour = usize::try_from((at + AHEAD).hour()).unwrap_or(0);
        let rates: Vec<f64> = self.kinds.iter().map(|k| k.rate(day) * k.share_of_hour(hour)).collect();
        let kind = weighted(&mut self.chance, &rates);
        let place = self.haunts.place(self.kinds.get(kind)?.haunt, &mut self.chance);
        self.reported(&Happening { kind, at, place })
    }

    /// The incident that comes of something happening, with its report as the only entry of its log.
    pub(super) fn reported(&mut self, happening: &Happening) -> Option<DemoIncident> {
        let kind = &self.kinds[happening.kind];
        let at = degrees(happening.place);
        let source = Kind::SOURCES[weighted(&mut self.chance, &kind.reporters)];
        let grade = weighted(&mut self.chance, &kind.severity).min(3);
        let pattern = pick(&mut self.chance, &kind.titles).copied().unwrap_or("情况待查");
        let hamlet = self.haunts.hamlet(happening.place).unwrap_or("村内");
        let road = self.haunts.road(happening.place).unwrap_or("村道");
        let title = pattern.replace("{h}", hamlet).replace("{r}", road);
        let category = kind.category.clone();
        let description = self.chance.random_bool(0.3).then(|| describe(source, &title, hamlet, road));
        let position = Position::new(at.x, at.y).ok()?;
        let role = match source {
            Source::GridMember => Role::GridMember,
            Source::Resident | Source::Property | Source::Import => Role::InformationOfficer,
            Source::Hotline | Source::Video | Source::Sensor | Source::Superior => Role::ChiefOfGrids,
        };
        let actor = self.actor(role, position, None);
        let mut incident = DemoIncident {
            title,
            description,
            category,
            severity: Severity::ALL[grade],
            source,
            position,
            reported_at: happening.at,
            log: Vec::new(),
        };
        if let Ok(born) = crate::incident::next(None, Action::Report) {
            let note = None;
            let event = DemoEvent {
                at: happening.at,
                action: Action::Report,
                role,
                actor,
                state: born.state,
                level: born.level,
                note,
            };
            incident.log.push(event);
        }
        Some(incident)
    }

    /// What someone may do next with an incident that stands so, and how long after its last step; `None` when nothing is
    /// left to do, or its category is not one of the town's.
    ///
    /// What went before is not told, so that a detour may come twice, though not for ever.
    pub fn next_step(&mut self, at: Standing, category: &CategoryCode, severity: Severity) -> Option<DemoStep> {
        let terms = self.terms.get(category)?;
        // Nothing hangs on the day: an incident that has just come to where it stands, at noon.
        let last = Time::UNIX_EPOCH + TimeDelta::hours(4);
        let minutes = terms.limits[rung(at.level)];
        let due_at = at.state.is_open().then(|| last + TimeDelta::minutes(minutes.into()));
        let progress = Progress { standing: at, due_at, accepted_at: None, ended_at: None, ended_in_time: None };
        // What stands above the grid was passed up, and what was passed up was looked at.
        let done: &[Action] =
            if at.level == Level::Grid { &[Action::Report] } else { &[Action::Report, Action::PassUp] };
        let case =
            Case { group: terms.group, limits: terms.limits, severity, progress, done, last, manner: Manner::Free };
        let action = case.action(&mut self.chance)?;
        let note = words::plain(action, terms.group, &mut self.chance);
        let role = case.role(action, &mut self.chance);
        Some(DemoStep { action, role, after: case.delay(action, &mut self.chance), note })
    }

    /// The next entry of an incident's log, before it is known where it leads; `None` at the end of the road.
    pub(super) fn step(&mut self, stand: &Standpoint<'_>, place: Position, manner: Manner) -> Option<Told> {
        let terms = self.terms.get(stand.category)?;
        let (group, limits, unit) = (terms.group, terms.limits, terms.unit.clone());
        let (severity, progress, done, last) = (stand.severity, stand.progress, stand.done, stand.last);
        let case = Case { group, limits, severity, progress, done, last, manner };
        let mut action = case.action(&mut self.chance)?;
        let mut after = case.delay(action, &mut self.chance);
        if let Some(notice) = case.supervision(after, &mut self.chance) {
            (action, after) = (Action::Supervise, notice);
        }
        let role = case.role(action, &mut self.chance);
        let review = (last + after + AHEAD + TimeDelta::days(14)).format("%-m月%-d日").to_string();
        let note = words::note(action, group, &unit.zh, &review, &mut self.chance);
        let actor = self.actor(role, place, Some(&unit));
        Some(Told { at: last + after, action, role, actor, note })
    }

    /// The limits that a category's clocks run by; minutes at grid, village, town.
    pub(super) fn limits(&self, category: &CategoryCode) -> Option<[i32; 3]> {
        self.terms.get(category).map(|t| t.limits)
    }

    /// Whether a category is everyday management.
    pub(super) fn is_routine(&self, category: &CategoryCode) -> bool {
        self.terms.get(category).is_some_and(|t| t.group == CategoryGroup::Management)
    }

    /// The name of whoever acts in a role at a place.
    fn actor(&mut self, role: Role, at: Position, unit: Option<&Name>) -> Option<String> {
        let grid = self.haunts.grid(metres(p(at.lon(), at.lat()))).and_then(|g| self.grids.get(g));
        match role {
            Role::GridMember => grid.and_then(|g| self.members.get(g)).cloned(),
            Role::VillageChief | Role::InformationOfficer => {
                grid.and_then(|g| self.cadres.get(&(g.village(), role))).cloned()
            }
            Role::PartnerUnit => {
                let staff = self.town_staff.get(&role)?;
                let theirs = |u: &Option<Name>| u.as_ref().zip(unit).is_some_and(|(u, unit)| u.zh.ends_with(&unit.zh));
                staff.iter().find(|(_, u)| theirs(u)).map(|(name, _)| name.clone())
            }
            _ => {
                let staff = self.town_staff.get(&role)?;
                pick(&mut self.chance, staff).map(|(name, _)| name.clone())
            }
        }
    }
}

fn describe(source: Source, title: &str, hamlet: &str, road: &str) -> String {
    let by = match source {
        Source::GridMember => "网格员巡查发现",
        Source::Resident => "居民反映",
        Source::Hotline => "12345 转来",
        Source::Property => "物业上报",
        Source::Video => "视频巡查发现",
        Source::Sensor => "设备报警",
        Source::Superior => "上级交办",
        Source::Import => "导入",
    };
    format!("{by}：{title}。位置在{hamlet}附近，靠{road}，请核实处理。")
}
