//! What a role is bound to: the town as a whole, a village, grids or a unit.

use crate::Invalid;
use crate::town::{GridCode, Role, UnitCode, VillageCode};

/// What a role is bound to, and so what an account must tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bond {
    /// Nothing more: the role says it all.
    Nothing,
    /// One village.
    Village,
    /// One grid or more.
    Grids,
    /// One unit.
    Unit,
}

impl Role {
    /// Whether this role has to do with incidents at all; a planner and an administrator have not.
    pub fn sees_cases(self) -> bool {
        !matches!(self, Self::Planner | Self::Administrator)
    }

    /// What this role is bound to.
    pub fn bond(self) -> Bond {
        match self {
            Self::VillageChief | Self::InformationOfficer => Bond::Village,
            Self::GridMember => Bond::Grids,
            Self::PartnerUnit => Bond::Unit,
            Self::Commander
            | Self::ChiefOfGrids
            | Self::Mediator
            | Self::Planner
            | Self::Auditor
            | Self::Administrator => Bond::Nothing,
        }
    }
}

/// Refuses a person who lacks what their role is bound to, or has what it is not.
///
/// ```
/// use geodata::town::Role;
/// use geodata::bond::check;
/// let village = "610304105201".parse().unwrap();
/// assert!(check(Role::VillageChief, Some(&village), &[], None).is_ok());
/// assert_eq!(check(Role::VillageChief, None, &[], None).unwrap_err().field, "village");
/// assert_eq!(check(Role::Planner, Some(&village), &[], None).unwrap_err().field, "village");
/// assert_eq!(check(Role::GridMember, None, &[], None).unwrap_err().field, "grids");
/// ```
pub fn check(
    role: Role,
    village: Option<&VillageCode>,
    grids: &[GridCode],
    unit: Option<&UnitCode>,
) -> Result<(), Invalid> {
    let bond = role.bond();
    if village.is_some() != (bond == Bond::Village) {
        return Err(if village.is_some() {
            Invalid::new("village", "这个角色不绑定村", "this role is not bound to a village")
        } else {
            Invalid::new("village", "请选择所属的村", "this role needs a village")
        });
    }
    if grids.is_empty() == (bond == Bond::Grids) {
        return Err(if grids.is_empty() {
            Invalid::new("grids", "请至少选择一个网格", "this role needs at least one grid")
        } else {
            Invalid::new("grids", "这个角色不绑定网格", "this role is not bound to grids")
        });
    }
    if unit.is_some() != (bond == Bond::Unit) {
        return Err(if unit.is_some() {
            Invalid::new("unit", "这个角色不绑定单位", "this role is not bound to a unit")
        } else {
            Invalid::new("unit", "请选择所属单位", "this role needs a unit")
        });
    }
    Ok(())
}
