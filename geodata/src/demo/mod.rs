//! The demonstration town: Muyi's published figures over generated geometry, the same from the same seed.

mod model;

pub use model::{
    DemoBuilding, DemoCamera, DemoCategory, DemoEvent, DemoGrid, DemoIncident, DemoPlace, DemoRoad, DemoStaff,
    DemoTown, DemoVillage, DemoWater,
};
