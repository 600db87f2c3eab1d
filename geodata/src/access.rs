//! Who someone is, and which incidents that lets them see. The database's policies keep the same rule; here it decides what
//! the live feed passes over.

use crate::Invalid;
use crate::town::{GridCode, Role, UnitCode, VillageCode};

/// How far someone sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every incident of the town.
    Town,
    /// Those of one village.
    Village(VillageCode),
    /// Those of some grids.
    Grids(Vec<GridCode>),
    /// Those referred to a partner unit.
    Unit(UnitCode),
    /// Those given to the person.
    Cases,
    /// None, whatever they are called: planners and administrators have no business with cases.
    Nothing,
}

/// What someone is bound to, beside the town.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bound {
    /// A village.
    pub village: Option<VillageCode>,
    /// Grids.
    pub grids: Vec<GridCode>,
    /// A partner unit.
    pub unit: Option<UnitCode>,
}

impl Scope {
    /// The scope of a role. A role that needs a village or a unit and is bound to none sees nothing.
    ///
    /// ```
    /// use geodata::access::{Bound, Scope};
    /// use geodata::town::Role;
    /// let west = Bound { village: Some("000000001001".parse().unwrap()), ..Bound::default() };
    /// assert_eq!(Scope::of(Role::Commander, &west), Scope::Town);
    /// assert_eq!(Scope::of(Role::VillageChief, &west), Scope::Village("000000001001".parse().unwrap()));
    /// assert_eq!(Scope::of(Role::PartnerUnit, &west), Scope::Nothing);
    /// assert_eq!(Scope::of(Role::Administrator, &west), Scope::Nothing);
    /// ```
    pub fn of(role: Role, bound: &Bound) -> Self {
        match role {
            Role::Commander | Role::ChiefOfGrids | Role::Auditor => Self::Town,
            Role::VillageChief | Role::InformationOfficer => bound.village.clone().map_or(Self::Nothing, Self::Village),
            Role::GridMember => Self::Grids(bound.grids.clone()),
            Role::PartnerUnit => bound.unit.clone().map_or(Self::Nothing, Self::Unit),
            Role::Mediator => Self::Cases,
            Role::Planner | Role::Administrator => Self::Nothing,
        }
    }

    /// The word that the database knows it by.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Town => "town",
            Self::Village(_) => "village",
            Self::Grids(_) => "grids",
            Self::Unit(_) => "unit",
            Self::Cases => "cases",
            Self::Nothing => "nothing",
        }
    }

    /// As whom incidents may be given to a member of staff with this scope.
    ///
    /// ```
    /// use geodata::access::Scope;
    /// assert_eq!(Scope::Unit("police".parse().unwrap()).parties(12), ["staff:12", "unit:police"]);
    /// assert!(Scope::Nothing.parties(12).is_empty());
    /// ```
    pub fn parties(&self, staff: i32) -> Vec<String> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Unit(unit) => vec![staff_party(staff), format!("unit:{unit}")],
            _ => vec![staff_party(staff)],
        }
    }
}

/// A member of staff as someone whom an incident is given to: `staff:12`.
pub fn staff_party(staff: i32) -> String {
    format!("staff:{staff}")
}

/// A person of the town's staff who has come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Their key in the town.
    pub staff: i32,
    /// What they are.
    pub role: Role,
    /// How far they see.
    pub scope: Scope,
}

impl Who {
    /// As whom incidents may be given to them.
    pub fn parties(&self) -> Vec<String> {
        self.scope.parties(self.staff)
    }

    /// Whether they see an incident that lies in this village and grid, and was given to these parties.
    ///
    /// ```
    /// use geodata::access::{Scope, Who};
    /// use geodata::town::Role;
    /// let west = "000000001001".parse().unwrap();
    /// let chief = Who { staff: 7, role: Role::VillageChief, scope: Scope::Village(west) };
    /// assert!(chief.sees(Some("000000001001"), None, &[]));
    /// assert!(!chief.sees(Some("000000001002"), None, &[]));
    /// assert!(chief.sees(Some("000000001002"), None, &["unit:police".into(), "staff:7".into()]));
    /// assert!(!Who { scope: Scope::Nothing, ..chief }.sees(None, None, &["staff:7".into()]));
    /// ```
    pub fn sees(&self, village: Option<&str>, grid: Option<&str>, involved: &[String]) -> bool {
        let there = match &self.scope {
            Scope::Town => true,
            Scope::Nothing => return false,
            Scope::Village(mine) => village == Some(mine.as_str()),
            Scope::Grids(mine) => grid.is_some_and(|grid| mine.iter().any(|code| code.as_str() == grid)),
            Scope::Unit(_) | Scope::Cases => false,
        };
        there || involved.iter().any(|party| self.is(party))
    }

    /// Whether they are a party that an incident may be given to: the same as to look among [`Who::parties`].
    fn is(&self, party: &str) -> bool {
        match (party.split_once(':'), &self.scope) {
            (_, Scope::Nothing) => false,
            (Some(("staff", key)), _) => key.parse() == Ok(self.staff),
            (Some(("unit", code)), Scope::Unit(unit)) => code == unit.as_str(),
            _ => false,
        }
    }

    /// Checks the role that a request claims to act in: there is only one.
    ///
    /// ```
    /// use geodata::access::{Scope, Who};
    /// use geodata::town::Role;
    /// let commander = Who { staff: 1, role: Role::Commander, scope: Scope::Town };
    /// assert!(commander.acts_as(None).is_ok() && commander.acts_as(Some(Role::Commander)).is_ok());
    /// assert_eq!(commander.acts_as(Some(Role::GridMember)).unwrap_err().field, "role");
    /// ```
    ///
    /// # Errors
    /// When it is another than theirs.
    pub fn acts_as(&self, claimed: Option<Role>) -> Result<Role, Invalid> {
        match claimed {
            Some(other) if other != self.role => Err(Invalid::new(
                "role",
                "与登录者的角色不符；可以不填",
                "not the role of who is signed in; it may be left out",
            )),
            _ => Ok(self.role),
        }
    }
}
