//! The incidents that the filter lets through: projected, grouped zoom by zoom, fanned out where they share a place.

use geodata::Time;
use geodata::cluster::{Group, Layout, Rule, Spot, fan};
use geodata::mercator::{Unit, pixels_per_unit};
use geodata::order::by_rank;
use geodata::symbol::Symbol;
use geodata::wire::IncidentFeature;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Deepest zoom of the map.
pub const MAX_ZOOM: f64 = 19.0;
/// From here on only symbols that would cover each other are grouped.
const CLOSE: f64 = 17.0;
/// Groupings are made for half zoom levels.
const STEPS: f64 = 2.0;
/// Groups of the few zooms visited last are kept.
const KEPT: usize = 12;
/// The most symbols that are fanned out at once; the list shows the rest.
const FANNED: usize = 120;

/// Symbols of one place, spread out so that each can be touched.
pub struct Fan {
    /// Their common place.
    pub at: Unit,
    /// Which, by index, and by how many pixels each is moved.
    pub members: Vec<(usize, (f64, f64))>,
}

/// The incidents as the map draws them.
#[derive(Default)]
pub struct Crowd {
    list: Arc<Vec<Arc<IncidentFeature>>>,
    spots: Vec<Spot>,
    layouts: HashMap<i32, Rc<Layout>>,
    now: Option<Time>,
    /// When the next of them becomes late.
    next_due: Option<Time>,
    /// Sizes are multiples of this.
    enlargement: f64,
    /// What is fanned out, if anything is.
    pub fan: Option<Fan>,
}

impl Crowd {
    /// Takes the list that the filter lets through.
    pub fn take(&mut self, list: Arc<Vec<Arc<IncidentFeature>>>, now: Time) {
        self.list = list;
        self.reckon(now);
    }

    /// Takes the time; true where somebody became late by it.
    pub fn tick(&mut self, now: Time) -> bool {
        let turned_back = self.now.is_some_and(|before| now < before);
        let due = self.next_due.is_some_and(|due| due < now);
        if due || turned_back {
            self.reckon(now);
        }
        due || turned_back
    }

    /// Takes the size of symbols, as a multiple of the one on a desk.
    pub fn enlarge(&mut self, enlargement: f64) {
        if (self.enlargement - enlargement).abs() > f64::EPSILON {
            self.enlargement = enlargement;
            self.layouts.clear();
        }
    }

    fn reckon(&mut self, now: Time) {
        self.now = Some(now);
        self.layouts.clear();
        self.fan = None;
        let spot = |f: &Arc<IncidentFeature>| {
            let [lon, lat] = f.geometry.coordinates;
            Spot { at: Unit::of(lon, lat), symbol: Symbol::of(&f.properties, now) }
        };
        self.spots = self.list.iter().map(spot).collect();
        let open = self.list.iter().filter(|f| f.properties.state.is_open());
        self.next_due = open.filter_map(|f| f.properties.due_at).filter(|due| *due >= now).min();
    }

    /// Every incident's place and symbol, by index.
    pub fn spots(&self) -> &[Spot] {
        &self.spots
    }

    /// The incident at an index.
    pub fn id(&self, index: usize) -> Option<i64> {
        self.list.get(index).map(|f| f.id)
    }

    /// The index of an incident.
    pub fn index(&self, id: i64) -> Option<usize> {
        self.list.iter().position(|f| f.id == id)
    }

    /// How they are grouped at this zoom; made once and kept until the list changes.
    pub fn layout(&mut self, zoom: f64) -> Rc<Layout> {
        #[expect(clippy::cast_possible_truncation, reason = "twice a zoom level")]
        let key = (zoom * STEPS).round() as i32;
        if let Some(layout) = self.layouts.get(&key) {
            return Rc::clone(layout);
        }
        if self.layouts.len() >= KEPT {
            self.layouts.clear();
        }
        let level = f64::from(key) / STEPS;
        let crowd = Rule { radius: 56.0 * self.enlargement, at_least: 10, covers: 42.0 * self.enlargement };
        let cover = Rule { radius: 9.0 * self.enlargement, at_least: 2, covers: 18.0 * self.enlargement };
        let rules = [crowd, cover];
        let rules = if level >= CLOSE { &rules[1..] } else { &rules[..] };
        let layout = Rc::new(Layout::new(&self.spots, pixels_per_unit(level), rules));
        self.layouts.insert(key, Rc::clone(&layout));
        layout
    }

    /// Where an incident is seen at this zoom: its own place, or its group's.
    pub fn seen_at(&mut self, id: i64, zoom: f64) -> Option<Unit> {
        let index = self.index(id)?;
        let layout = self.layout(zoom);
        Some(layout.group_of(index).map_or(self.spots[index].at, |group| group.at))
    }

    /// Whether no zoom takes this group apart.
    pub fn is_one_place(group: &Group) -> bool {
        let scale = pixels_per_unit(MAX_ZOOM);
        let (min, max) = (group.bounds.min, group.bounds.max);
        ((max.x - min.x) * scale).hypot((max.y - min.y) * scale) < 24.0
    }

    /// Fans a group out, the gravest first.
    pub fn spread(&mut self, layout: &Layout, group: &Group) {
        let all = layout.members(group);
        let order = by_rank(all.iter().map(|&i| u64::from(u8::MAX - self.spots[i].symbol.rank())));
        let members: Vec<usize> = order.into_iter().map(|at| all[at]).take(FANNED).collect();
        let offsets = fan(members.len(), 26.0 * self.enlargement);
        self.fan = Some(Fan { at: group.at, members: members.into_iter().zip(offsets).collect() });
    }
}
