//! The audit log: who did what, when, from where, to which object, and why. Only added to, and in the transaction of what it
//! tells of.

use chrono::{DateTime, Utc};
use geodata::town::{Role, TownId};
use serde_json::Value;
use sqlx::PgConnection;
use std::net::IpAddr;

/// Who did it, and from where.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// In which town.
    pub town: TownId,
    /// Their key; absent for someone who never came in.
    pub staff: Option<i32>,
    /// Their name, as they were called then.
    pub name: &'a str,
    /// What they were.
    pub role: Option<Role>,
    /// From where; absent for the command line and the server's own jobs.
    pub address: Option<IpAddr>,
}

/// What was done.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// A word: `sign_in`, `account_changed`.
    pub action: &'a str,
    /// To what: its kind and key.
    pub object: Option<(&'a str, String)>,
    /// Why, where a reason is asked for.
    pub reason: Option<&'a str>,
    /// What else there is to tell; an object.
    pub details: Value,
}

impl<'a> Entry<'a> {
    /// An entry of an action alone.
    pub fn of(action: &'a str) -> Self {
        Self { action, object: None, reason: None, details: Value::Object(serde_json::Map::new()) }
    }

    /// With what it was done to.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a key is a number as often as a text")]
    pub fn to(self, kind: &'a str, key: impl ToString) -> Self {
        Self { object: Some((kind, key.to_string())), ..self }
    }

    /// With the reason given.
    #[must_use]
    pub fn because(self, reason: &'a str) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// With more to tell.
    #[must_use]
    pub fn with(self, details: Value) -> Self {
        Self { details, ..self }
    }
}

/// Writes an entry.
pub async fn write(db: &mut PgConnection, by: By<'_>, at: DateTime<Utc>, entry: &Entry<'_>) -> sqlx::Result<()> {
    let sql = "
        INSERT INTO audit (town_id, at, audit_id, staff_id, name, role, address, action, object_kind, object_key, reason, details)
        VALUES ($1, $2, $3::uuid, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let (kind, key) = entry.object.as_ref().map(|(kind, key)| (*kind, key.as_str())).unzip();
    sqlx::query(sql)
        .bind(by.town.0)
        .bind(at)
        .bind(uuid::Uuid::new_v4().to_string())
        .bind(by.staff)
        .bind(by.name)
        .bind(by.role.map(Role::word))
        .bind(by.address.map_or_else(String::new, |address| address.to_string()))
        .bind(entry.action)
        .bind(kind)
        .bind(key)
        .bind(entry.reason)
        .bind(&entry.details)
        .execute(db)
        .await?;
    Ok(())
}
