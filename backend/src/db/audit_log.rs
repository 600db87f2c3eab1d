//! Searching the audit log.

use super::parsed_or_null;
use chrono::{DateTime, Datelike as _, Utc};
use geodata::Invalid;
use geodata::town::TownId;
use geodata::wire::{AuditEntry, AuditPage};
use serde_json::Value;
use sqlx::{PgConnection, QueryBuilder, Row as _, postgres::PgRow};
use std::collections::BTreeMap;

/// What is looked for; what is empty or absent is no condition.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// At or after.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
    /// Whose deeds.
    pub staff: Option<i32>,
    /// Which.
    pub actions: Vec<String>,
    /// To which kind of thing.
    pub object: Option<String>,
    /// To which of its kind.
    pub key: Option<String>,
    /// All of these in name, key, reason, address or details, in either case.
    pub words: Vec<String>,
}

/// Where a page goes on: after the entry of this time and key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    at: DateTime<Utc>,
    id: uuid::Uuid,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.at.timestamp_micros(), self.id.simple())
    }
}

impl std::str::FromStr for Cursor {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let read = || {
            let (time, id) = text.split_once('_')?;
            let at = DateTime::from_timestamp_micros(time.parse().ok()?)?;
            // Years that the wire's times have; PostgreSQL's own range is another.
            (0..=9999).contains(&at.year()).then_some(())?;
            Some(Self { at, id: id.parse().ok()? })
        };
        read().ok_or_else(|| Invalid::new("after", "须为上一页给出的 next", "give the `next` of the page before"))
    }
}

/// One page of what a search finds, newest first.
pub async fn page(
    db: &mut PgConnection,
    town: TownId,
    search: &Search,
    after: Option<Cursor>,
    limit: u32,
) -> sqlx::Result<AuditPage> {
    let mut query = QueryBuilder::new(
        "SELECT x.audit_id::text AS id, x.at, x.staff_id, x.name, x.role, x.address, x.action, x.object_kind, x.object_key,
                x.reason, x.details
           FROM audit x WHERE x.town_id = ",
    );
    query.push_bind(town.0);
    push(&mut query, search);
    if let Some(cursor) = after {
        query.push(" AND (x.at, x.audit_id) < (").push_bind(cursor.at);
        query.push(", ").push_bind(cursor.id.to_string()).push("::uuid)");
    }
    query.push(" ORDER BY x.at DESC, x.audit_id DESC LIMIT ").push_bind(i64::from(limit) + 1);
    let rows = query.build().fetch_all(db).await?;
    let mut entries = rows.iter().map(entry).collect::<sqlx::Result<Vec<_>>>()?;
    let more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let last = entries.last().filter(|_| more);
    let next = last.and_then(|last| Some(Cursor { at: last.at, id: last.id.parse().ok()? }.to_string()));
    Ok(AuditPage { entries, next })
}

fn push(query: &mut QueryBuilder<'_, sqlx::Postgres>, search: &Search) {
    if let Some(from) = search.from {
        query.push(" AND x.at >= ").push_bind(from);
    }
    if let Some(to) = search.to {
        query.push(" AND x.at < ").push_bind(to);
    }
    if let Some(staff) = search.staff {
        query.push(" AND x.staff_id = ").push_bind(staff);
    }
    if !search.actions.is_empty() {
        query.push(" AND x.action = ANY(").push_bind(search.actions.clone()).push(")");
    }
    if let Some(object) = &search.object {
        query.push(" AND x.object_kind = ").push_bind(object.clone());
    }
    if let Some(key) = &search.key {
        query.push(" AND x.object_key = ").push_bind(key.clone());
    }
    for word in &search.words {
        query.push(" AND position(").push_bind(word.to_lowercase());
        query.push(" IN lower(concat_ws(' ', x.name, x.object_key, x.reason, x.address, x.details::text))) > 0");
    }
}

fn entry(row: &PgRow) -> sqlx::Result<AuditEntry> {
    let there = |text: String| Some(text).filter(|text| !text.is_empty());
    let details: Value = row.try_get("details")?;
    Ok(AuditEntry {
        id: row.try_get("id")?,
        at: row.try_get("at")?,
        staff: row.try_get("staff_id")?,
        name: there(row.try_get("name")?),
        role: parsed_or_null(row, "role")?,
        address: there(row.try_get("address")?),
        action: row.try_get("action")?,
        object: row.try_get("object_kind")?,
        key: row.try_get("object_key")?,
        reason: row.try_get("reason")?,
        details: plain(details),
    })
}

/// Details name by name, each as text.
fn plain(details: Value) -> BTreeMap<String, String> {
    let Value::Object(details) = details else { return BTreeMap::new() };
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    details.into_iter().map(|(name, value)| (name, text(value))).collect()
}
