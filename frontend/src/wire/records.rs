//! The records: their fields, by name.

use super::{Read, Tree};
use crate::api::Said;
use crate::model::{Card, Visitor};
use crate::state::live::Sign;
use geodata::incident::Particulars;
use geodata::place::Position;
use geodata::town::Name;
use geodata::wire::{
    Acknowledged, Actor, Basemap, BuildingProperties, CameraProperties, Category, Collection, EventEntry, Feature,
    Findings, Found, FoundDuty, GridProperties, Ground, IncidentFeature, IncidentPage, IncidentProperties, LiveEvent,
    Marks, PlaceProperties, PointGeometry, RoadProperties, Totals, Town, VillageFigures, VillageProperties,
    WaterProperties,
};

/// Reads each field by its name, or by the one it has on the wire.
macro_rules! record {
    ($name:ty { $($field:ident $(= $wire:literal)?),+ $(,)? }) => {
        impl Read for $name {
            fn read(from: &impl Tree) -> Option<Self> {
                Some(Self { $($field: Read::read(&from.member(record!(@of $field $(= $wire)?)))?),+ })
            }
        }
    };
    (@of $field:ident) => { stringify!($field) };
    (@of $field:ident = $wire:literal) => { $wire };
}
pub(super) use record;

impl<P: Read> Read for Feature<P> {
    fn read(from: &impl Tree) -> Option<Self> {
        Some(Self {
            kind: Read::read(&from.member("type"))?,
            id: Read::read(&from.member("id"))?,
            geometry: Read::read(&from.member("geometry"))?,
            properties: Read::read(&from.member("properties"))?,
        })
    }
}

impl<P: Read> Read for Collection<P> {
    fn read(from: &impl Tree) -> Option<Self> {
        let (kind, features) = (Read::read(&from.member("type"))?, Read::read(&from.member("features"))?);
        // Whether there are more is for those who count; the page draws what it is given.
        Some(Self { kind, features, truncated: false })
    }
}

record!(Acknowledged { by, at });
record!(Actor { role, name });
record!(Basemap { url, subdomains, attribution, datum, max_zoom });
record!(BuildingProperties { households });
record!(CameraProperties { code, name, bearing_deg, fov_deg, range_m, status, owner, village, grid });
record!(Category {
    code,
    group,
    name,
    limit_minutes,
    limits,
    filing_standard,
    closing_standard,
    working_time,
    default_unit
});
impl Read for Position {
    fn read(from: &impl Tree) -> Option<Self> {
        Self::new(Read::read(&from.member("lon"))?, Read::read(&from.member("lat"))?).ok()
    }
}

record!(Said { code, message, field });
record!(EventEntry { seq, at, action, actor, state, level, note, with, simulated });
record!(Findings { q, found, truncated, within });
record!(Found { kind, key, name, marks, village, grid, position, incident, duty });
record!(FoundDuty { role, place, note });
record!(GridProperties {
    code,
    name,
    village,
    plan,
    valid_from,
    valid_to,
    land_use,
    area_m2,
    households,
    residents,
    member,
    label,
});
record!(Ground { roads, water, places });
record!(Card { incident, description, log });
record!(IncidentFeature { kind = "type", id, geometry, properties });
record!(IncidentPage { kind = "type", features, next, seq });
record!(IncidentProperties {
    number,
    title,
    category,
    severity,
    state,
    level,
    owner,
    offered,
    source,
    village,
    grid,
    outside,
    reported_at,
    due_at,
    ended_at,
    acknowledged,
    seq,
    simulated,
});
record!(LiveEvent { event, incident });
record!(Marks { zh, en });
record!(Name { zh, en });
record!(Particulars { to, until, minutes, other, satisfaction, alarm });
record!(PlaceProperties { kind, name });
record!(PointGeometry { kind = "type", coordinates });
record!(RoadProperties { class, name });
record!(Sign { seq, now });
record!(Totals {
    villages,
    grids,
    households,
    residents,
    cameras,
    area_m2,
    incidents,
    open,
    open_yesterday,
    overdue,
    longest_overdue_minutes,
    today,
    daily_mean,
    accept_minutes,
    close_minutes,
    on_time,
    by_village,
    seq,
});
record!(Town { slug, name, bbox, boundary, time_zone, demonstration, simulated_at, seq, now, basemap });
record!(Visitor { name, role });
record!(VillageFigures { village, open, overdue });
record!(VillageProperties { code, name, area_m2, grids, households, residents, chief, label });
record!(WaterProperties { kind, name });

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
