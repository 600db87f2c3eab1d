//! What a generated town consists of: plain data, ready to be written down by the server.

use crate::Time;
use crate::incident::{Action, Level, Severity, Source, State};
use crate::place::Position;
use crate::roster::{DutyPlace, DutyShift};
use crate::town::{
    CameraOwner, CameraStatus, CategoryCode, CategoryGroup, GridCode, Name, PlaceKind, RoadClass, Role, UnitCode,
    VillageCode, WaterKind,
};

/// A whole town. Polygons are in longitude and latitude, counter-clockwise shells (RFC 7946), and neighbours share
/// their common edges vertex for vertex.
#[derive(Debug, Clone)]
pub struct DemoTown {
    /// Its 9-digit administrative code.
    pub code: String,
    /// Its name.
    pub name: Name,
    /// The union of the villages.
    pub boundary: geo::Polygon,
    /// 11 of them.
    pub villages: Vec<DemoVillage>,
    /// 120 of them.
    pub grids: Vec<DemoGrid>,
    /// 9,259 households in all, 38,000 residents.
    pub buildings: Vec<DemoBuilding>,
    /// 180 of them.
    pub cameras: Vec<DemoCamera>,
    /// From county road to lane.
    pub roads: Vec<DemoRoad>,
    /// Canals, ditches, gullies, ponds.
    pub water: Vec<DemoWater>,
    /// Offices, schools, clinics, hamlets.
    pub places: Vec<DemoPlace>,
    /// The partner units.
    pub units: Vec<DemoUnit>,
    /// The full staff.
    pub staff: Vec<DemoStaff>,
    /// The categories in force.
    pub categories: Vec<DemoCategory>,
}

/// A village.
#[derive(Debug, Clone)]
pub struct DemoVillage {
    /// 12 digits, from the public register.
    pub code: VillageCode,
    /// Its name.
    pub name: Name,
    /// Generated.
    pub boundary: geo::Polygon,
}

/// A grid.
#[derive(Debug, Clone)]
pub struct DemoGrid {
    /// 15 digits, numbered west to east then north to south within its village.
    pub code: GridCode,
    /// The village group's name.
    pub name: Name,
    /// What the ground is used for.
    pub land_use: Name,
    /// Generated; inside its village.
    pub boundary: geo::Polygon,
}

/// A building point.
#[derive(Debug, Clone)]
pub struct DemoBuilding {
    /// Inside its grid, never on a boundary.
    pub position: Position,
    /// Households in it, 1 or more.
    pub households: i16,
    /// Residents in it.
    pub residents: i16,
}

/// A camera.
#[derive(Debug, Clone)]
pub struct DemoCamera {
    /// `C-001` …
    pub code: String,
    /// Its name.
    pub name: Name,
    /// Where it stands.
    pub position: Position,
    /// Degrees clockwise from true north; `None` turns.
    pub bearing_deg: Option<f32>,
    /// Degrees.
    pub fov_deg: f32,
    /// Metres.
    pub range_m: f32,
    /// Most are online.
    pub status: CameraStatus,
    /// Whose it is.
    pub owner: CameraOwner,
}

/// A road.
#[derive(Debug, Clone)]
pub struct DemoRoad {
    /// How wide.
    pub class: RoadClass,
    /// Lanes have none.
    pub name: Option<Name>,
    /// May run past the town's border.
    pub path: geo::LineString,
}

/// Water.
#[derive(Debug, Clone)]
pub struct DemoWater {
    /// What it is.
    pub kind: WaterKind,
    /// Its name, where it has one.
    pub name: Option<Name>,
    /// A line string or a polygon.
    pub shape: geo::Geometry,
}

/// A place.
#[derive(Debug, Clone)]
pub struct DemoPlace {
    /// What it is.
    pub kind: PlaceKind,
    /// Its name.
    pub name: Name,
    /// Where.
    pub position: Position,
}

/// A member of staff. Invented people.
#[derive(Debug, Clone)]
pub struct DemoStaff {
    /// What they do.
    pub role: Role,
    /// An invented name.
    pub name: String,
    /// Where they are bound to a village.
    pub village: Option<VillageCode>,
    /// Where they are bound to grids.
    pub grids: Vec<GridCode>,
    /// Where they are a partner unit's.
    pub unit: Option<DemoUnit>,
}

/// A partner unit.
#[derive(Debug, Clone)]
pub struct DemoUnit {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: Name,
}

/// Somebody's duty on a day.
#[derive(Debug, Clone)]
pub struct DemoDuty {
    /// Who: their place among the staff.
    pub staff: usize,
    /// When.
    pub shift: DutyShift,
    /// Where.
    pub place: DutyPlace,
    /// What else there is to know.
    pub note: Option<&'static str>,
}

/// A category.
#[derive(Debug, Clone)]
pub struct DemoCategory {
    /// Its code.
    pub code: CategoryCode,
    /// The group it falls in.
    pub group: CategoryGroup,
    /// Its name.
    pub name: Name,
    /// When a report is taken on (立案标准).
    pub filing_standard: Name,
    /// When it counts as dealt with (结案标准).
    pub closing_standard: Name,
    /// Minutes at grid, village, town.
    pub limit_minutes: [i32; 3],
    /// Who handles it unless someone says otherwise.
    pub default_unit: Name,
}

impl DemoCategory {
    /// Whether only working time counts: disputes and everyday management wait for the morning, the rest does not.
    pub fn working_time(&self) -> bool {
        matches!(self.group, CategoryGroup::Dispute | CategoryGroup::Management)
    }

    /// Minutes by severity, the gravest first, at grid, village and town: all of the limit for an ordinary thing, three
    /// quarters, half and a quarter for graver ones. Days are working days of eight hours where working time counts.
    pub fn limits(&self) -> [[i32; 3]; 4] {
        const DAY: i32 = 1_440;
        const WORKING_DAY: i32 = 480;
        let counted = |minutes: i32| {
            if self.working_time() && minutes >= DAY { minutes * WORKING_DAY / DAY } else { minutes }
        };
        [1, 2, 3, 4].map(|quarters| self.limit_minutes.map(|minutes| (counted(minutes) * quarters / 4).max(10)))
    }
}

/// One incident of the town's past, with its log.
#[derive(Debug, Clone)]
pub struct DemoIncident {
    /// A few words.
    pub title: String,
    /// The report in full, where there is more to say.
    pub description: Option<String>,
    /// Its category.
    pub category: CategoryCode,
    /// 1 to 4.
    pub severity: Severity,
    /// Where the report came from.
    pub source: Source,
    /// Where.
    pub position: Position,
    /// Reported at; the log's first entry has the same time.
    pub reported_at: Time,
    /// In order of time; the first is the report.
    pub log: Vec<DemoEvent>,
}

/// One entry of an incident's log.
#[derive(Debug, Clone)]
pub struct DemoEvent {
    /// When.
    pub at: Time,
    /// What was done; lawful by [`crate::incident::next`].
    pub action: Action,
    /// Who did it.
    pub role: Role,
    /// The staff member's name.
    pub actor: Option<String>,
    /// Where it led.
    pub state: State,
    /// At which level.
    pub level: Level,
    /// Words that came with it.
    pub note: Option<String>,
}
