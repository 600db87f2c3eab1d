//! What a role is bound to: the town as a whole, a village, grids or a unit.

use crate::Invalid;
use crate::access::Bound;
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

    /// Whether this role looks after what others are late with.
    pub fn supervises(self) -> bool {
        matches!(self, Self::Auditor | Self::Commander | Self::ChiefOfGrids)
    }

    /// Whether this role commands the town, and acknowledges its alerts.
    ///
    /// ```
    /// use geodata::incident::{Action, rights::RIGHTS};
    /// use geodata::town::Role;
    /// let may = |role: &Role| RIGHTS.iter().any(|r| r.action == Action::Acknowledge && r.roles.contains(role));
    /// assert!(Role::VARIANTS.iter().all(|role| role.commands() == may(role)));
    /// # use strum::VariantArray as _;
    /// ```
    pub fn commands(self) -> bool {
        matches!(self, Self::Commander | Self::ChiefOfGrids)
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

/// The most grids that one member has.
pub const GRIDS_MAX: usize = 50;

/// What an account of this role is bound to, in order: as [`check`] has it, the grids each once, of one village, which is the member's.
///
/// ```
/// use geodata::access::Bound;
/// use geodata::bond::bound;
/// use geodata::town::Role;
/// let of = |codes: &[&str]| Bound { grids: codes.iter().map(|code| code.parse().unwrap()).collect(), ..Bound::default() };
/// let member = bound(Role::GridMember, of(&["610304105201002", "610304105201001", "610304105201002"])).unwrap();
/// assert_eq!((member.village.unwrap().as_str(), member.grids.len()), ("610304105201", 2));
/// assert_eq!(bound(Role::GridMember, of(&["610304105201001", "610304105202001"])).unwrap_err().field, "grids");
/// ```
///
/// # Errors
/// When something is missing, is too much, or does not belong together.
pub fn bound(role: Role, given: Bound) -> Result<Bound, Invalid> {
    let Bound { village, mut grids, unit } = given;
    check(role, village.as_ref(), &grids, unit.as_ref())?;
    grids.sort_unstable();
    grids.dedup();
    if grids.len() > GRIDS_MAX {
        let (zh, en) = (format!("最多 {GRIDS_MAX} 个网格"), format!("at most {GRIDS_MAX} grids"));
        return Err(Invalid::new("grids", zh, en));
    }
    let village = village.or_else(|| grids.first().map(GridCode::village));
    if grids.iter().any(|grid| Some(grid.village()) != village) {
        return Err(Invalid::new("grids", "网格须同属一个村", "the grids must be of one village"));
    }
    Ok(Bound { village, grids, unit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    #[test]
    fn every_role_takes_exactly_what_it_is_bound_to() {
        let of = |village: bool, grids: usize, unit: bool| Bound {
            village: village.then(|| "000000001001".parse().unwrap()),
            grids: (0..grids).map(|n| format!("000000001001{n:03}").parse().unwrap()).collect(),
            unit: unit.then(|| "police".parse().unwrap()),
        };
        for role in Role::VARIANTS.iter().copied() {
            let fits = [of(false, 0, false), of(true, 0, false), of(false, 2, false), of(false, 0, true)]
                .map(|given| bound(role, given).is_ok());
            let expected = match role.bond() {
                Bond::Nothing => [true, false, false, false],
                Bond::Village => [false, true, false, false],
                Bond::Grids => [false, false, true, false],
                Bond::Unit => [false, false, false, true],
            };
            assert_eq!(fits, expected, "{role}");
        }
        assert!(bound(Role::GridMember, of(false, GRIDS_MAX, false)).is_ok());
        assert_eq!(bound(Role::GridMember, of(false, GRIDS_MAX + 1, false)).unwrap_err().field, "grids");
    }
}
