//! A signed-in person as the rules see them: role, and how far they reach.

use crate::town::{GridCode, Role, UnitCode, VillageCode};
use serde::{Deserialize, Serialize};

/// How far a person reaches into a town's incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The whole town.
    Town,
    /// One village.
    Village(VillageCode),
    /// Some grids.
    Grids(Vec<GridCode>),
    /// What was referred to one unit.
    Unit(UnitCode),
    /// What was given to this person.
    Cases,
    /// No incident at all.
    Nothing,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Their key on the town's staff.
    pub staff: i32,
    /// Their role.
    pub role: Role,
    /// How far they reach.
    pub scope: Scope,
}
