//! What people may read and keep up besides incidents: one table, role × matter, read by the page and kept by the server. The
//! manual's copy of it is printed from here (`cargo run --package geodata --example rights`). What is sealed in a dispute is a matter
//! of each case: see [`crate::dispute::Concern`].

use crate::access::{Bound, Scope};
use crate::town::{Role, Role as R};
use std::fmt::Write as _;
use strum::{IntoStaticStr, VariantArray};

/// Something of the town's that is not an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Matter {
    /// Who may sign in, and as what.
    Accounts,
    /// Partner units.
    Units,
    /// Who works here, by name, to be given something.
    Staff,
    /// Who is on duty.
    Roster,
    /// Categories through time, and as a file. Those in force are everyone's.
    Categories,
    /// Holidays and working hours.
    Calendar,
    /// What stands in cameras' way, and checks of their pictures.
    Cameras,
    /// The audit log.
    Audit,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What.
    pub matter: Matter,
    /// Who keeps it up.
    pub keeps: &'static [Role],
    /// Who keeps up the part of their own village.
    pub keeps_own: &'static [Role],
    /// Who reads it without keeping it.
    pub reads: &'static [Role],
}

const KEEPER: &[Role] = &[R::Administrator];
const HEADS: &[Role] = &[R::Commander, R::ChiefOfGrids];
const EVERYONE: &[Role] = R::VARIANTS;
const BUT_PLANNERS: &[Role] = &[
    R::Commander,
    R::ChiefOfGrids,
    R::VillageChief,
    R::InformationOfficer,
    R::GridMember,
    R::Mediator,
    R::PartnerUnit,
    R::Auditor,
    R::Administrator,
];

const fn rule(matter: Matter, keeps: &'static [Role], keeps_own: &'static [Role], reads: &'static [Role]) -> Rule {
    Rule { matter, keeps, keeps_own, reads }
}

/// The table.
pub const RULES: &[Rule] = &[
    rule(Matter::Accounts, KEEPER, &[], HEADS),
    rule(Matter::Units, KEEPER, &[], EVERYONE),
    rule(Matter::Staff, &[], &[], BUT_PLANNERS),
    rule(Matter::Roster, &[R::Administrator, R::Commander, R::ChiefOfGrids], &[R::VillageChief], EVERYONE),
    rule(Matter::Categories, KEEPER, &[], &[R::Commander, R::ChiefOfGrids, R::Auditor]),
    rule(Matter::Calendar, KEEPER, &[], EVERYONE),
    rule(Matter::Cameras, HEADS, &[R::VillageChief, R::InformationOfficer], EVERYONE),
    rule(Matter::Audit, &[], &[], &[R::Auditor, R::Commander]),
];

impl Matter {
    /// Its word in the manual.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

impl Role {
    /// Whether this role keeps a matter up, all of it.
    ///
    /// ```
    /// use geodata::matter::Matter;
    /// use geodata::town::Role;
    /// assert!(Role::Administrator.keeps(Matter::Accounts) && !Role::Commander.keeps(Matter::Accounts));
    /// assert!(Role::VillageChief.keeps_own(Matter::Roster) && !Role::VillageChief.keeps(Matter::Roster));
    /// assert!(Role::Commander.reads(Matter::Accounts) && !Role::GridMember.reads(Matter::Accounts));
    /// ```
    pub fn keeps(self, matter: Matter) -> bool {
        RULES.iter().any(|rule| rule.matter == matter && rule.keeps.contains(&self))
    }

    /// Whether this role keeps up the part of a matter that is its own village's.
    pub fn keeps_own(self, matter: Matter) -> bool {
        RULES.iter().any(|rule| rule.matter == matter && rule.keeps_own.contains(&self))
    }

    /// Whether this role reads a matter.
    pub fn reads(self, matter: Matter) -> bool {
        let reads = |rule: &Rule| [rule.keeps, rule.keeps_own, rule.reads].iter().any(|roles| roles.contains(&self));
        RULES.iter().any(|rule| rule.matter == matter && reads(rule))
    }
}

/// Both tables as the manual has them, Markdown: which incidents each role sees, and who keeps up and reads what else.
pub fn manual() -> String {
    let code = || "610304105201".parse().ok();
    let bound = Bound { village: code(), grids: Vec::new(), unit: "police".parse().ok() };
    let mut out =
        String::from("| role | incidents it sees, besides those given to it by name or reported by it |\n|---|---|\n");
    for role in R::VARIANTS {
        let sees = match Scope::of(*role, &bound) {
            Scope::Town => "the town's",
            Scope::Village(_) => "its village's",
            Scope::Grids(_) => "its grids'",
            Scope::Unit(_) => "those referred to its unit",
            Scope::Cases => "none",
            Scope::Nothing => "none, and none of those either",
        };
        // Writing to a string can't fail.
        let _ = writeln!(out, "| {} | {sees} |", role.word());
    }
    out.push_str("\n| what else | kept up by | read by |\n|---|---|---|\n");
    for rule in RULES {
        let own = rule.keeps_own.iter().map(|role| format!("{} *(their village's)*", role.word()));
        let keeps: Vec<String> = rule.keeps.iter().map(|role| role.word().to_owned()).chain(own).collect();
        let keeps = if keeps.is_empty() { "nobody".to_owned() } else { keeps.join(", ") };
        let reads: Vec<&str> = rule.reads.iter().map(|role| role.word()).collect();
        let reads = if rule.reads.len() == R::VARIANTS.len() { "everyone".to_owned() } else { reads.join(", ") };
        let _ = writeln!(out, "| {} | {keeps} | {reads} |", rule.matter.word());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_matter_has_one_rule_and_cases_are_nobodys_who_keeps_the_house() {
        for matter in Matter::VARIANTS {
            assert_eq!(RULES.iter().filter(|rule| rule.matter == *matter).count(), 1, "{matter:?}");
        }
        for role in R::VARIANTS.iter().filter(|role| !role.sees_cases()) {
            assert!(!role.reads(Matter::Audit), "{role}");
        }
    }
}
