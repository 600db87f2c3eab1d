//! What the map and the chrome around it say to each other.

use geodata::place::{BBox, Position};
use geodata::town::{GridCode, Role, VillageCode};
use geodata::wire::{
    BuildingProperties, CameraProperties, Category, Collection, EventEntry, GridProperties, Ground, IncidentFeature,
    Town, VillageProperties,
};

/// The product's two languages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lang {
    /// Chinese, first.
    #[default]
    Zh,
    /// English, complete.
    En,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// By day.
    #[default]
    Light,
    /// By night, and on the wall.
    Dark,
}

/// Who is signed in, as far as the map shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Visitor {
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
}

/// All that is fetched once: the town and its fixed things.
#[derive(Debug, Clone, PartialEq)]
pub struct TownBundle {
    /// The town.
    pub town: Town,
    /// Its villages.
    pub villages: Collection<VillageProperties>,
    /// Its grids in force.
    pub grids: Collection<GridProperties>,
    /// Its cameras.
    pub cameras: Collection<CameraProperties>,
    /// Roads, water, places.
    pub ground: Ground,
    /// Categories in force.
    pub categories: Vec<Category>,
    /// Who looks at it.
    pub visitor: Visitor,
}

/// Buildings come later, when someone looks closely.
pub type Buildings = Collection<BuildingProperties>;

/// Which layers are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one checkbox")]
pub struct Layers {
    /// Incidents.
    pub incidents: bool,
    /// Cameras.
    pub cameras: bool,
    /// Grid outlines and labels.
    pub grids: bool,
    /// Village outlines and labels.
    pub villages: bool,
    /// Buildings.
    pub buildings: bool,
    /// Roads, water, places.
    pub ground: bool,
    /// The configured tiles.
    pub basemap: bool,
}

impl Default for Layers {
    fn default() -> Self {
        Self {
            incidents: true,
            cameras: true,
            grids: true,
            villages: true,
            buildings: true,
            ground: true,
            basemap: true,
        }
    }
}

/// Something on the map that can be pointed at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An incident, by its id.
    Incident(i64),
    /// A camera, by its code.
    Camera(String),
    /// A grid.
    Grid(GridCode),
    /// A village.
    Village(VillageCode),
}

/// What the pointer rests on, and where on the map's box, in CSS pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Hover {
    /// The thing.
    pub target: Target,
    /// Pixels from the left.
    pub x: f64,
    /// Pixels from the top.
    pub y: f64,
}

/// What the map looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewport {
    /// Its centre.
    pub centre: Position,
    /// Leaflet's zoom.
    pub zoom: f64,
}

/// What the map is told to do once; the counter makes each a new one.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Show the whole town.
    WholeTown,
    /// Bring this point to the middle, at least this close.
    Centre(Position, f64),
    /// Show this box.
    Fit(BBox),
}

/// What the map's card shows of an incident: the rest of the server's answer is the desk's.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// As the list has it.
    pub incident: IncidentFeature,
    /// The report in full.
    pub description: Option<String>,
    /// Its log, oldest first.
    pub log: Vec<EventEntry>,
}
