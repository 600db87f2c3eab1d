//! The first answer to each idempotency key (IETF draft-ietf-httpapi-idempotency-key-header), kept in the transaction of
//! the write that it answers for.

use chrono::{DateTime, Utc};
use geodata::town::TownId;
use sqlx::{PgConnection, Row as _};

/// What a key turns out to be.
pub enum Claim {
    /// Never seen: go on, and keep the answer.
    New,
    /// Seen with this body: its first answer.
    Answered(serde_json::Value),
    /// Seen with another body.
    OtherBody,
}

/// Claims a key for a member of staff. Another's key is a key in use, whatever it was used for. A second request with the same key waits here until the first has committed or failed, as long as the
/// transaction's `lock_timeout` lets it.
pub async fn claim(
    db: &mut PgConnection,
    town: TownId,
    staff: i32,
    key: &str,
    fingerprint: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<Claim> {
    let insert = "INSERT INTO idempotency (town_id, key, fingerprint, created_at, staff_id) VALUES ($1, $2, $3, $4, $5)
                  ON CONFLICT (town_id, key) DO NOTHING";
    let written =
        sqlx::query(insert).bind(town.0).bind(key).bind(fingerprint).bind(now).bind(staff).execute(&mut *db).await?;
    if written.rows_affected() == 1 {
        return Ok(Claim::New);
    }
    let row =
        sqlx::query("SELECT fingerprint, answer FROM idempotency WHERE town_id = $1 AND key = $2 AND staff_id = $3")
            .bind(town.0)
            .bind(key)
            .bind(staff)
            .fetch_optional(db)
            .await?;
    let Some(row) = row else { return Ok(Claim::OtherBody) };
    let first: Vec<u8> = row.try_get("fingerprint")?;
    match row.try_get::<Option<serde_json::Value>, _>("answer")? {
        Some(answer) if first == fingerprint => Ok(Claim::Answered(answer)),
        _ => Ok(Claim::OtherBody),
    }
}

/// Keeps the answer to a claimed key.
pub async fn answer(db: &mut PgConnection, town: TownId, key: &str, answer: &serde_json::Value) -> sqlx::Result<()> {
    sqlx::query("UPDATE idempotency SET answer = $3 WHERE town_id = $1 AND key = $2")
        .bind(town.0)
        .bind(key)
        .bind(answer)
        .execute(db)
        .await?;
    Ok(())
}

/// Forgets a town's keys from before a time; returns how many.
pub async fn forget_before(db: &mut PgConnection, town: TownId, time: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query("DELETE FROM idempotency WHERE town_id = $1 AND created_at < $2")
        .bind(town.0)
        .bind(time)
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}
