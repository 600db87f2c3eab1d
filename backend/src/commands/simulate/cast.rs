//! Who plays whom: the demonstration's people, each with a session of their own.

use super::client::{Client, Server};
use crate::commands::Refusal;
use crate::commands::first_accounts::Login;
use geodata::town::Role;
use geodata::wire::IncidentProperties;

/// Everyone who can sign in.
pub struct Cast(Vec<Client>);

impl Cast {
    /// The people of these logins.
    pub fn new(server: &Server, logins: Vec<Login>) -> Self {
        Self(logins.into_iter().map(|login| Client::new(server.clone(), login)).collect())
    }

    /// Who sees everything.
    pub fn commander(&self) -> Result<&Client, Refusal> {
        let commander = self.0.iter().find(|one| one.login().role == Role::Commander);
        commander.ok_or_else(|| Refusal("the accounts' file has no commander, who sees the whole town".to_owned()))
    }

    /// Someone by name.
    pub fn called(&self, name: &str) -> Option<&Client> {
        self.0.iter().find(|one| one.login().name == name)
    }

    /// Those who may act in a role where an incident lies, the right one first. Where nobody in that role can see it (a unit that
    /// it was not referred to, say), the head of the town's grids sees to it.
    pub fn for_role(&self, role: Role, place: &IncidentProperties) -> Vec<&Client> {
        let fits = |one: &&Client| {
            let Login { role: theirs, village, grid, .. } = one.login();
            *theirs == role
                && match role {
                    Role::GridMember => *grid == place.grid,
                    Role::VillageChief | Role::InformationOfficer => *village == place.village,
                    _ => true,
                }
        };
        let head = self.0.iter().filter(|one| one.login().role == Role::ChiefOfGrids && role != Role::ChiefOfGrids);
        self.0.iter().filter(fits).chain(head).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_plays_where_they_belong() {
        let login = |name: &str, role, village: Option<&str>, grid: Option<&str>| Login {
            name: name.into(),
            role,
            village: village.map(|code| code.parse().unwrap()),
            grid: grid.map(|code| code.parse().unwrap()),
            password: String::new(),
        };
        let (west, east) = ("000000001001", "000000001002");
        let logins = vec![
            login("关山", Role::Commander, None, None),
            login("严明", Role::ChiefOfGrids, None, None),
            login("方正", Role::VillageChief, Some(west), None),
            login("田野", Role::VillageChief, Some(east), None),
            login("王一", Role::GridMember, Some(west), Some("000000001001001")),
            login("王二", Role::GridMember, Some(west), Some("000000001001002")),
            login("安警", Role::PartnerUnit, None, None),
        ];
        let server = Server::new("http://127.0.0.1:1", "square".parse().unwrap()).unwrap();
        let cast = Cast::new(&server, logins);
        let place: IncidentProperties = serde_json::from_value(serde_json::json!({
            "number": "20261123-0001", "title": "x", "category": "lamp", "severity": 4, "state": "reported",
            "level": "grid", "owner": "grid", "source": "resident", "village": west, "grid": "000000001001002", "outside": false,
            "reported_at": "2026-11-23T08:00:00Z", "seq": 1, "simulated": true
        }))
        .unwrap();
        let names = |role| cast.for_role(role, &place).iter().map(|one| one.login().name.clone()).collect::<Vec<_>>();
        assert_eq!(names(Role::GridMember), ["王二", "严明"]);
        assert_eq!(names(Role::VillageChief), ["方正", "严明"]);
        assert_eq!(names(Role::PartnerUnit), ["安警", "严明"]);
        assert_eq!(names(Role::ChiefOfGrids), ["严明"]);
        assert_eq!(names(Role::Auditor), ["严明"]);
        assert_eq!(cast.commander().unwrap().login().name, "关山");
        assert!(cast.called("王一").is_some() && cast.called("王九").is_none());
    }
}
