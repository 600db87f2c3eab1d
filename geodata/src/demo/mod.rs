//! The demonstration town: Muyi's published figures over generated geometry, the same from the same seed.
//!
//! What is real and what is not: the names and codes of the town and its 11 villages, and the totals (120 groups, 9,259
//! households, 38,000 residents, 180 cameras, 44 km²) are published; where anything lies, who anyone is and what ever
//! happened is invented.
//!
//! The ground is made as such ground comes about, in this order:
//!
//! 1. `ground`: an outline, great roads, a canal on its contour, ditches, and gullies that cut in from the south.
//! 2. `hamlets`: the land shared out among the villages, hamlets beside the roads, village groups as blocks in them.
//! 3. `ways`: village roads between hamlets.
//! 4. `mesh`: a mosaic of field plots (Voronoi cells) whose edges run along all of these.
//! 5. `grow`: cells to villages and grids, by cost from where people live; borders drawn to roads, gullies and canals.
//! 6. `arcs`, `smooth`: every border kept once, drawn once, and shared by both neighbours vertex for vertex.
//! 7. `houses`, `places`, `cameras`, `staff`, `categories`.
//!
//! All work is on a plane in metres (`plane`); chance comes from one seeded stream a stage (`chance`).

mod arcs;
mod build;
mod cameras;
mod categories;
mod chance;
mod facts;
mod ground;
mod grow;
mod hamlets;
mod history;
mod houses;
mod index;
mod mesh;
mod model;
mod number;
mod places;
mod plane;
mod roster;
mod smooth;
mod staff;
mod town;
mod tracks;
mod water;
mod ways;

pub use categories::unit_code;
pub use history::{DemoStep, IncidentSource, Progress, history};
pub use model::{
    DemoBuilding, DemoCamera, DemoCategory, DemoDuty, DemoEvent, DemoGrid, DemoIncident, DemoPlace, DemoRoad,
    DemoStaff, DemoTown, DemoUnit, DemoVillage, DemoWater,
};
pub use roster::duties;
pub use town::town;
