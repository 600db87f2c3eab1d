//! Accounts: how members of staff sign in.

use super::{parsed, parsed_or_null};
use chrono::{DateTime, Utc};
use geodata::town::{GridCode, Role, TownId, VillageCode};
use sqlx::{PgConnection, Row as _};

/// A member of staff who is to have an account.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their key.
    pub staff: i32,
    /// Their name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// The village that they are bound to.
    pub village: Option<VillageCode>,
    /// The first of the grids that they are bound to.
    pub grid: Option<GridCode>,
}

/// A town's staff who have no account yet.
pub async fn without(db: &mut PgConnection, town: TownId) -> sqlx::Result<Vec<Person>> {
    let sql = "
        SELECT s.staff_id, s.name, s.role, s.village_code,
               (SELECT min(g.grid_code) FROM staff_grid g WHERE g.town_id = s.town_id AND g.staff_id = s.staff_id) AS grid
          FROM staff s
         WHERE s.town_id = $1
           AND NOT EXISTS (SELECT FROM account a WHERE a.town_id = s.town_id AND a.staff_id = s.staff_id)
         ORDER BY s.staff_id";
    let rows = sqlx::query(sql).bind(town.0).fetch_all(db).await?;
    rows.iter()
        .map(|row| {
            Ok(Person {
                staff: row.try_get("staff_id")?,
                name: row.try_get("name")?,
                role: parsed(row, "role")?,
                village: parsed_or_null(row, "village_code")?,
                grid: parsed_or_null(row, "grid")?,
            })
        })
        .collect()
}

/// Whether anyone has an account in a town.
pub async fn any(db: &mut PgConnection, town: TownId) -> sqlx::Result<bool> {
    let any = sqlx::query_scalar("SELECT EXISTS (SELECT FROM account WHERE town_id = $1)");
    any.bind(town.0).fetch_one(db).await
}

/// Makes an account.
pub async fn make(
    db: &mut PgConnection,
    town: TownId,
    staff: i32,
    name: &str,
    password_hash: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO account (town_id, staff_id, name, password_hash, password_changed_at, created_at)
               VALUES ($1, $2, $3, $4, $5, $5)";
    sqlx::query(sql).bind(town.0).bind(staff).bind(name).bind(password_hash).bind(now).execute(db).await?;
    Ok(())
}
