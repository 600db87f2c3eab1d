//! The parties to a dispute: the only residents whose names the program ever holds, inside the case, sealed, read with a reason, and
//! erased when their time is over.

use crate::Invalid;
use crate::access::{Scope, Who};
use crate::incident::Level;
use crate::line::line;
use crate::town::{CategoryGroup, GridCode, Role, VillageCode, vocabulary};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The most parties that one dispute has.
pub const PARTIES_MAX: usize = 50;
/// Longest name, in characters.
pub const NAME_MAX: usize = 40;
/// Longest way to reach somebody, in characters.
pub const CONTACT_MAX: usize = 100;
/// Shortest reason that tells anything, in characters.
pub const REASON_MIN: usize = 2;
/// Longest reason, in characters.
pub const REASON_MAX: usize = 200;

vocabulary!(
    /// Where a party to a dispute stands.
    Side {
        /// 申请人
        Applicant,
        /// 被申请人
        Respondent,
        /// 其他当事人
        Other,
    }
);

/// One party to a dispute.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Disputant {
    /// 1 to 40 characters, in one line, of any script.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 40))]
    pub name: String,
    /// How to reach them, at most 100 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    #[serde(default)]
    pub contact: Option<String>,
    /// Where they stand.
    #[serde(default)]
    pub side: Option<Side>,
}

/// Without the name, so that no log can hold it by mistake.
impl std::fmt::Debug for Disputant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disputant").field("side", &self.side).finish_non_exhaustive()
    }
}

/// A dispute's parties as they are kept: trimmed, one line each, not more than fifty.
///
/// ```
/// use geodata::dispute::{Disputant, checked};
/// let party = |name: &str| Disputant { name: name.into(), contact: None, side: None };
/// assert_eq!(checked(vec![party(" 𠮷田 ")]).unwrap()[0].name, "𠮷田");
/// assert_eq!(checked(vec![party("")]).unwrap_err().field, "name");
/// assert_eq!(checked(vec![party("x"); 51]).unwrap_err().field, "parties");
/// ```
pub fn checked(parties: Vec<Disputant>) -> Result<Vec<Disputant>, Invalid> {
    if parties.len() > PARTIES_MAX {
        let (zh, en) = (format!("最多 {PARTIES_MAX} 名当事人"), format!("at most {PARTIES_MAX} parties"));
        return Err(Invalid::new("parties", zh, en));
    }
    let one = |party: Disputant| {
        Ok(Disputant {
            name: line("name", &party.name, 1, NAME_MAX)?,
            contact: party.contact.map(|contact| line("contact", &contact, 1, CONTACT_MAX)).transpose()?,
            side: party.side,
        })
    };
    parties.into_iter().map(one).collect()
}

/// Why somebody looks at a dispute's parties: one line, 2 to 200 characters.
///
/// ```
/// use geodata::dispute::reason;
/// assert_eq!(reason(" 准备周三的调解 ").unwrap(), "准备周三的调解");
/// assert_eq!(reason("x").unwrap_err().field, "reason");
/// ```
///
/// # Errors
/// When it is not that.
pub fn reason(raw: &str) -> Result<String, Invalid> {
    line("reason", raw, REASON_MIN, REASON_MAX)
}

/// What decides who handles an incident, and so who may know the parties to it.
#[derive(Debug, Clone)]
pub struct Concern {
    /// Only disputes have parties.
    pub group: CategoryGroup,
    /// The level that answers for it.
    pub level: Level,
    /// Its village.
    pub village: Option<VillageCode>,
    /// Its grid.
    pub grid: Option<GridCode>,
    /// Those to whom it was given by name, or who reported it: `staff:12`, `unit:police`.
    pub involved: Vec<String>,
}

impl Concern {
    /// Whether a person handles it: the members of its grid, the chief and the officers of its village, the chief of grids once it has
    /// come to the town, and everybody it was given to by name. To see it from above is not to handle it.
    ///
    /// ```
    /// use geodata::access::{Scope, Who};
    /// use geodata::dispute::Concern;
    /// use geodata::incident::Level;
    /// use geodata::town::{CategoryGroup, Role};
    /// let concern = |level, involved: &[&str]| Concern {
    ///     group: CategoryGroup::Dispute, level, village: "000000001001".parse().ok(), grid: "000000001001001".parse().ok(),
    ///     involved: involved.iter().map(|party| (*party).to_owned()).collect(),
    /// };
    /// let commander = Who { staff: 1, role: Role::Commander, scope: Scope::Town };
    /// let chief_of_grids = Who { staff: 2, role: Role::ChiefOfGrids, scope: Scope::Town };
    /// assert!(!concern(Level::Town, &[]).is_handled_by(&commander));
    /// assert!(concern(Level::Grid, &["staff:1"]).is_handled_by(&commander));
    /// assert!(!concern(Level::Village, &[]).is_handled_by(&chief_of_grids));
    /// assert!(concern(Level::Town, &[]).is_handled_by(&chief_of_grids));
    /// ```
    pub fn is_handled_by(&self, who: &Who) -> bool {
        let by_place = match &who.scope {
            Scope::Grids(mine) => self.grid.as_ref().is_some_and(|grid| mine.contains(grid)),
            Scope::Village(mine) => self.village.as_ref() == Some(mine),
            Scope::Town => who.role == Role::ChiefOfGrids && matches!(self.level, Level::Town | Level::County),
            Scope::Unit(_) | Scope::Cases => false,
            Scope::Nothing => return false,
        };
        by_place || who.parties().iter().any(|party| self.involved.contains(party))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEST: &str = "000000001001";
    const GRID: &str = "000000001001001";

    fn concern(level: Level, involved: &[&str]) -> Concern {
        Concern {
            group: CategoryGroup::Dispute,
            level,
            village: WEST.parse().ok(),
            grid: GRID.parse().ok(),
            involved: involved.iter().map(|party| (*party).to_owned()).collect(),
        }
    }

    #[test]
    fn those_of_the_place_handle_it_and_their_neighbours_do_not() {
        let by = |role, scope| concern(Level::Grid, &[]).is_handled_by(&Who { staff: 9, role, scope });
        for role in [Role::VillageChief, Role::InformationOfficer] {
            assert!(by(role, Scope::Village(WEST.parse().unwrap())));
            assert!(!by(role, Scope::Village("000000001002".parse().unwrap())));
        }
        assert!(by(Role::GridMember, Scope::Grids(vec![GRID.parse().unwrap()])));
        assert!(!by(Role::GridMember, Scope::Grids(vec!["000000001001002".parse().unwrap()])));
    }

    #[test]
    fn mediators_and_units_handle_what_they_were_given() {
        let mediator = Who { staff: 30, role: Role::Mediator, scope: Scope::Cases };
        assert!(concern(Level::Village, &["staff:30"]).is_handled_by(&mediator));
        assert!(!concern(Level::Village, &["staff:31"]).is_handled_by(&mediator));
        let police = Who { staff: 40, role: Role::PartnerUnit, scope: Scope::Unit("police".parse().unwrap()) };
        assert!(concern(Level::Town, &["unit:police"]).is_handled_by(&police));
        assert!(!concern(Level::Town, &["unit:clinic"]).is_handled_by(&police));
    }

    #[test]
    fn who_looks_on_or_keeps_the_accounts_handles_nothing() {
        for level in [Level::Grid, Level::Village, Level::Town, Level::County] {
            for role in [Role::Commander, Role::Auditor] {
                assert!(!concern(level, &[]).is_handled_by(&Who { staff: 9, role, scope: Scope::Town }), "{role}");
            }
            for role in [Role::Planner, Role::Administrator] {
                let who = Who { staff: 9, role, scope: Scope::Nothing };
                assert!(!concern(level, &["staff:9"]).is_handled_by(&who), "{role}");
            }
        }
    }

    #[test]
    fn a_party_shows_nothing_of_itself_in_a_log() {
        let party =
            Disputant { name: "𠮷田".into(), contact: Some("13900000000".into()), side: Some(Side::Respondent) };
        let shown = format!("{party:?}");
        assert!(shown.contains("Respondent") && !shown.contains("𠮷田") && !shown.contains("139"), "{shown}");
    }

    #[test]
    fn contacts_are_one_line_of_any_script() {
        let with = |contact: &str| {
            checked(vec![Disputant { name: "x".into(), contact: Some(contact.into()), side: None }]).map(|_| ())
        };
        assert!(with("村东头第二家，𠮷").is_ok());
        assert_eq!(with("").unwrap_err().field, "contact");
        assert_eq!(with("one\ntwo").unwrap_err().field, "contact");
        assert_eq!(with(&"长".repeat(101)).unwrap_err().field, "contact");
    }
}
