//! What the map and the chrome around it say to each other.

use geodata::incident::Party;
use geodata::place::{BBox, Position};
use geodata::town::{CameraStatus, GridCode, Name, Role, VillageCode};
use geodata::wire::{
    BuildingProperties, CameraMarks, CameraProperties, Category, Collection, EventEntry, GridProperties, Ground,
    IncidentFeature, Landmark, NearIncident, Town, VillageProperties,
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
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// An incident, by its id.
    Incident(i64),
    /// A camera, by its code.
    Camera(String),
    /// A grid.
    Grid(GridCode),
    /// A village.
    Village(VillageCode),
    /// A place on the ground, to five decimals, as the address has it.
    Place(Position),
}

impl Target {
    /// The place at these degrees, to a metre; none where there is none.
    pub fn place(lon: f64, lat: f64) -> Option<Self> {
        /// A metre, in degrees.
        const METRES: f64 = 1e5;
        let to_a_metre = |degrees: f64| (degrees * METRES).round() / METRES;
        Position::new(to_a_metre(lon), to_a_metre(lat)).ok().map(Self::Place)
    }
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

/// What a card asks the server for. One type for all of them: the signals of an answer of its own type cost the page three
/// kilobytes.
#[derive(Debug, Clone, PartialEq)]
pub enum Sheet {
    /// Of an incident.
    Incident(Card),
    /// Of a place on the ground.
    Place(Surroundings),
    /// What people know of a camera.
    Camera(CameraMarks),
}

impl Sheet {
    /// The incident's, where it is one.
    pub fn incident(&self) -> Option<&Card> {
        if let Self::Incident(card) = self { Some(card) } else { None }
    }

    /// The place's, where it is one.
    pub fn place(&self) -> Option<&Surroundings> {
        if let Self::Place(found) = self { Some(found) } else { None }
    }

    /// The camera's, where it is one.
    pub fn camera(&self) -> Option<&CameraMarks> {
        if let Self::Camera(marks) = self { Some(marks) } else { None }
    }
}

/// What the card of a place shows: as much of the server's answer as is read there.
#[derive(Debug, Clone, PartialEq)]
pub struct Surroundings {
    /// Where it lies, and who answers for it.
    pub place: Lies,
    /// The cameras in whose field of view it lies.
    pub cameras: Vec<Seer>,
    /// Open incidents near it.
    pub open: Vec<NearIncident>,
    /// Who is on duty near it.
    pub responders: Vec<Near>,
    /// The last that ended there.
    pub ended: Vec<NearIncident>,
}

/// Where a place lies, and who answers for it, level by level.
#[derive(Debug, Clone, PartialEq)]
pub struct Lies {
    /// The village.
    pub village: Option<VillageCode>,
    /// The grid.
    pub grid: Option<GridCode>,
    /// Whether that is outside the town.
    pub outside: bool,
    /// Who answers.
    pub chain: Vec<Answers>,
    /// The nearest place that people steer by.
    pub landmark: Option<Landmark>,
}

/// Who answers at one level, and who is on duty there.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// At which level.
    pub party: Party,
    /// Who answers.
    pub people: Vec<Known>,
    /// Who is on duty now.
    pub on_duty: Vec<Known>,
}

/// Somebody of the staff.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
}

/// A camera in whose field of view a place lies.
#[derive(Debug, Clone, PartialEq)]
pub struct Seer {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Name,
    /// How far away it stands.
    pub metres: f64,
    /// In which direction it sees the place, degrees from north.
    pub azimuth_deg: f32,
    /// Whether it gives a picture.
    pub status: CameraStatus,
    /// Whether it has to be turned there first.
    pub turns: bool,
    /// What stands in the way.
    pub obstructed: Option<String>,
}

impl Seer {
    /// Whether nothing hides the place from it, and it gives a picture.
    pub fn sees(&self) -> bool {
        self.obstructed.is_none() && self.status == CameraStatus::Online
    }
}

/// Somebody on duty near a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The village, grid or unit where they are on duty; the town has no other name.
    pub at_name: Option<Name>,
    /// How far away that is, where it is known.
    pub metres: Option<f64>,
    /// Open incidents that are theirs to move.
    pub load: i64,
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
