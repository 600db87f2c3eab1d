//! The open incidents that may wait for a person.

use super::cases::{self, Held};
use super::incidents;
use chrono::{DateTime, Utc};
use geodata::access::{Scope, Who};
use geodata::town::{Role, TownId};
use sqlx::{PgConnection, Postgres, QueryBuilder};

/// Open incidents that are a person's move, that they answer for, or that their role looks after; the latest due last.
///
/// # Errors
/// The database's.
pub async fn candidates(
    db: &mut PgConnection,
    town: TownId,
    who: &Who,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Held>> {
    let mut query = QueryBuilder::new(format!(
        "SELECT {}, {} FROM incident i {} WHERE i.town_id = ",
        incidents::COLUMNS,
        cases::COLUMNS,
        cases::JOIN
    ));
    query.push_bind(town.0).push(" AND i.ended_at IS NULL AND (");
    push_mine(&mut query, who);
    push_role(&mut query, who.role, now);
    query.push(") ORDER BY i.severity, i.due_at NULLS LAST, i.incident_id LIMIT ").push_bind(limit);
    let rows = query.build().fetch_all(db).await?;
    rows.iter().map(cases::held_of).collect()
}

/// What is closed and waits to be visited and filed away by an office, the longest first; none for who keeps no files.
///
/// # Errors
/// The database's.
pub async fn closed(db: &mut PgConnection, town: TownId, who: &Who, limit: i64) -> sqlx::Result<Vec<Held>> {
    let levels: &[&str] = match who.role {
        Role::InformationOfficer => &["grid", "village"],
        Role::ChiefOfGrids => &["town"],
        _ => return Ok(Vec::new()),
    };
    let sql = format!(
        "SELECT {}, {} FROM incident i {} WHERE i.town_id = $1 AND i.state = 'closed' AND i.level = ANY ($2)
          ORDER BY i.ended_at, i.incident_id LIMIT $3",
        incidents::COLUMNS,
        cases::COLUMNS,
        cases::JOIN
    );
    let rows = sqlx::query(&sql).bind(town.0).bind(levels).bind(limit).fetch_all(db).await?;
    rows.iter().map(cases::held_of).collect()
}

/// Theirs by name, or by what they are bound to.
fn push_mine(query: &mut QueryBuilder<'_, Postgres>, who: &Who) {
    let mine = who.parties();
    query.push("i.turn = ANY (").push_bind(mine.clone()).push(") OR i.owner = ANY (").push_bind(mine).push(")");
    match (&who.scope, who.role) {
        (Scope::Grids(grids), _) => {
            let grids: Vec<String> = grids.iter().map(ToString::to_string).collect();
            query.push(" OR (i.grid_code = ANY (").push_bind(grids);
            query.push(") AND (i.owner = 'grid' OR i.turn = 'grid' OR i.life IS NULL))");
        }
        (Scope::Village(village), Role::VillageChief) => {
            query.push(" OR (i.village_code = ").push_bind(village.to_string());
            query.push(" AND (i.owner = 'village' OR i.turn = 'village' OR i.life IS NULL))");
        }
        (Scope::Town, Role::ChiefOfGrids | Role::Commander) => {
            query.push(" OR i.owner = 'town' OR i.turn IN ('town', 'county')");
        }
        _ => {}
    }
}

/// Theirs by role: what wants checking and closing, verifying, supervising. Scope is the policy's matter.
fn push_role(query: &mut QueryBuilder<'_, Postgres>, role: Role, now: DateTime<Utc>) {
    match role {
        Role::InformationOfficer => {
            query.push(" OR i.state IN ('reported', 'reported_back')");
        }
        Role::VillageChief => {
            query.push(" OR (i.level IN ('grid', 'village') AND i.state IN ('reported_back', 'checked'))");
        }
        Role::ChiefOfGrids => {
            query.push(" OR (i.level = 'town' AND i.state IN ('reported_back', 'checked'))");
        }
        _ => {}
    }
    if role.commands() {
        query.push(" OR (i.severity <= 2 AND i.acknowledged_at IS NULL)");
    }
    if role.supervises() {
        query.push(" OR i.due_at < ").push_bind(now);
        query.push(" OR (i.life ->> 'supervised_until')::timestamptz < ").push_bind(now);
    }
}
