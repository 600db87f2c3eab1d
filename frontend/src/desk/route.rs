//! Which page of the desk an address is. Pure; `site.rs` binds it to the browser. The server answers the same paths with
//! the desk's document (`backend/src/http/assets.rs`).

use geodata::matter::Matter;
use geodata::town::Role;

/// A page of the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// Signing in.
    SignIn,
    /// What waits for the person.
    Work,
    /// One incident, whole.
    Incident(i64),
    /// A report taken down.
    Report,
    /// The person's own account.
    Account,
    /// Administration.
    Admin(Admin),
    /// The audit log.
    Audit,
    /// No page of ours.
    Missing,
}

/// A page of administration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admin {
    /// Who may sign in.
    Accounts,
    /// Who works with the town.
    Units,
    /// Who is on duty.
    Roster,
    /// Kinds of incidents.
    Categories,
    /// Holidays and working hours.
    Calendar,
    /// Who may do what.
    Roles,
}

impl Admin {
    /// In the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::Accounts, Self::Units, Self::Roster, Self::Categories, Self::Calendar, Self::Roles];

    /// Its word in addresses and tables of text.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Units => "units",
            Self::Roster => "roster",
            Self::Categories => "categories",
            Self::Calendar => "calendar",
            Self::Roles => "roles",
        }
    }
}

impl Route {
    /// The page at a path.
    ///
    /// ```
    /// use frontend::desk::route::Route;
    /// assert_eq!(Route::of("/incidents/7/"), Route::Incident(7));
    /// assert_eq!(Route::of("/incidents/x"), Route::Missing);
    /// ```
    pub fn of(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts[..] {
            ["sign-in"] => Self::SignIn,
            ["work"] => Self::Work,
            ["incidents", id] => id.parse().ok().filter(|id| *id > 0).map_or(Self::Missing, Self::Incident),
            ["report"] => Self::Report,
            ["account"] => Self::Account,
            ["admin", page] => Admin::ALL.into_iter().find(|a| a.word() == page).map_or(Self::Missing, Self::Admin),
            ["audit"] => Self::Audit,
            _ => Self::Missing,
        }
    }

    /// Its path.
    pub fn path(&self) -> String {
        match self {
            Self::SignIn => "/sign-in".to_owned(),
            Self::Work => "/work".to_owned(),
            Self::Incident(id) => ["/incidents/", &id.to_string()].concat(),
            Self::Report => "/report".to_owned(),
            Self::Account => "/account".to_owned(),
            Self::Admin(admin) => ["/admin/", admin.word()].concat(),
            Self::Audit => "/audit".to_owned(),
            Self::Missing => "/".to_owned(),
        }
    }

    /// Whether a role has this page. The server decides what it tells; this only spares people pages that would be empty.
    pub fn is_for(&self, role: Role) -> bool {
        let cases = role.sees_cases();
        match self {
            // Who may do what is everyone's to read.
            Self::SignIn | Self::Account | Self::Missing | Self::Admin(Admin::Roles) => true,
            Self::Work | Self::Incident(_) => cases,
            Self::Report => cases && !matches!(role, Role::Auditor | Role::Mediator | Role::PartnerUnit),
            // Who answers in a unit is part of what its page tells.
            Self::Admin(Admin::Accounts | Admin::Units) => role.reads(Matter::Accounts),
            Self::Admin(Admin::Roster) => role.reads(Matter::Roster),
            Self::Admin(Admin::Categories) => role.reads(Matter::Categories),
            Self::Admin(Admin::Calendar) => role.reads(Matter::Calendar),
            Self::Audit => role.reads(Matter::Audit),
        }
    }
}

/// Where a role begins: most at what waits for them, who watches over the town at the map.
pub fn home(role: Role) -> &'static str {
    match role {
        Role::Administrator => "/admin/accounts",
        Role::Commander | Role::ChiefOfGrids | Role::Planner | Role::Auditor => "/",
        Role::VillageChief | Role::InformationOfficer | Role::GridMember | Role::Mediator | Role::PartnerUnit => {
            "/work"
        }
    }
}

/// Where `next` of the sign-in's address may lead: to an address of this site, and not back to the sign-in.
///
/// ```
/// use frontend::desk::route::safe_next;
/// assert_eq!(safe_next("/work?town=muyi"), Some("/work?town=muyi"));
/// for bad in ["//evil.example", "/\\evil.example", "https://evil.example", "work", "/sign-in?next=%2F", "/\t/evil.example"] {
///     assert_eq!(safe_next(bad), None, "{bad}");
/// }
/// ```
pub fn safe_next(next: &str) -> Option<&str> {
    let rest = next.strip_prefix('/')?;
    // Browsers take a backslash for a slash, and pass over tabs and line feeds.
    let ours = !rest.starts_with(['/', '\\']) && !next.chars().any(char::is_control);
    let loops = next.split(['?', '#']).next() == Some("/sign-in");
    (ours && !loops).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray;

    fn all() -> Vec<Route> {
        let mut all = vec![Route::SignIn, Route::Work, Route::Incident(7), Route::Report, Route::Account, Route::Audit];
        all.extend(Admin::ALL.map(Route::Admin));
        all
    }

    #[test]
    fn a_page_is_found_at_its_own_path() {
        for route in all() {
            assert_eq!(Route::of(&route.path()), route);
        }
        for path in ["", "/", "/incidents", "/incidents/-1", "/incidents/1/x", "/admin", "/admin/x", "/workx"] {
            assert_eq!(Route::of(path), Route::Missing, "{path}");
        }
    }

    #[test]
    fn every_role_begins_at_a_page_it_has() {
        for role in Role::VARIANTS {
            let home = home(*role);
            assert!(home == "/" || Route::of(home).is_for(*role), "{role}");
        }
    }

    #[test]
    fn who_may_not_know_of_cases_has_no_page_of_them() {
        for role in [Role::Planner, Role::Administrator] {
            assert!(![Route::Work, Route::Incident(1), Route::Report, Route::Audit].iter().any(|r| r.is_for(role)));
        }
        for admin in [Admin::Accounts, Admin::Units, Admin::Categories] {
            assert!(!Route::Admin(admin).is_for(Role::GridMember));
        }
        assert!(Role::VARIANTS.iter().all(|role| Route::Admin(Admin::Roster).is_for(*role)));
    }
}
