//! The second factor of an account: its sealed secret, since when it counts, and the last step of time whose code was used.

use chrono::{DateTime, Utc};
use geodata::town::TownId;
use sqlx::{PgConnection, Row as _};

/// What is kept of an account's second factor.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The sealed secret.
    pub sealed: Vec<u8>,
    /// Whether it is asked for at sign-in.
    pub enabled: bool,
    /// The last step whose code was used.
    pub last_step: Option<i64>,
}

/// What is kept of an account's second factor, where it has one or is about to.
pub async fn kept(db: &mut PgConnection, town: TownId, staff: i32) -> sqlx::Result<Option<Kept>> {
    let sql = "SELECT totp_secret, totp_enabled_at IS NOT NULL AS enabled, totp_last_step FROM account
                WHERE town_id = $1 AND staff_id = $2 AND totp_secret IS NOT NULL";
    let row = sqlx::query(sql).bind(town.0).bind(staff).fetch_optional(db).await?;
    row.map(|row| {
        Ok(Kept {
            sealed: row.try_get("totp_secret")?,
            enabled: row.try_get("enabled")?,
            last_step: row.try_get("totp_last_step")?,
        })
    })
    .transpose()
}

/// One of a town's sealed secrets, and whose it is.
pub async fn any(db: &mut PgConnection, town: TownId) -> sqlx::Result<Option<(i32, Vec<u8>)>> {
    let sql = "SELECT staff_id, totp_secret FROM account WHERE town_id = $1 AND totp_secret IS NOT NULL LIMIT 1";
    sqlx::query_as(sql).bind(town.0).fetch_optional(db).await
}

/// Keeps a secret that is not asked for yet; whether the account had none that is.
pub async fn enrol(db: &mut PgConnection, town: TownId, staff: i32, sealed: &[u8]) -> sqlx::Result<bool> {
    let sql = "UPDATE account SET totp_secret = $3 WHERE town_id = $1 AND staff_id = $2 AND totp_enabled_at IS NULL";
    Ok(sqlx::query(sql).bind(town.0).bind(staff).bind(sealed).execute(db).await?.rows_affected() > 0)
}

/// Asks for the codes of this secret from now on; whether it is still the one that was enrolled, and was not asked for before.
pub async fn enable(
    db: &mut PgConnection,
    town: TownId,
    staff: i32,
    (sealed, step): (&[u8], i64),
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "UPDATE account SET totp_enabled_at = $5, totp_last_step = $4
                WHERE town_id = $1 AND staff_id = $2 AND totp_secret = $3 AND totp_enabled_at IS NULL";
    let done = sqlx::query(sql).bind(town.0).bind(staff).bind(sealed).bind(step).bind(now).execute(db).await?;
    Ok(done.rows_affected() > 0)
}

/// Uses up the code of a step; whether nobody was quicker.
pub async fn use_up(db: &mut PgConnection, town: TownId, staff: i32, step: i64) -> sqlx::Result<bool> {
    let sql = "UPDATE account SET totp_last_step = $3
                WHERE town_id = $1 AND staff_id = $2 AND (totp_last_step IS NULL OR totp_last_step < $3)";
    Ok(sqlx::query(sql).bind(town.0).bind(staff).bind(step).execute(db).await?.rows_affected() > 0)
}

/// Forgets the secret. The last step stays: a code that was used does not come back with the next secret.
pub async fn disable(db: &mut PgConnection, town: TownId, staff: i32) -> sqlx::Result<bool> {
    let sql = "UPDATE account SET totp_enabled_at = NULL, totp_secret = NULL
                WHERE town_id = $1 AND staff_id = $2 AND totp_secret IS NOT NULL";
    Ok(sqlx::query(sql).bind(town.0).bind(staff).execute(db).await?.rows_affected() > 0)
}
