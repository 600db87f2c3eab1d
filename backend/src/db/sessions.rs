//! Who someone is: accounts by name at the door, and sessions by their token.

use super::{parsed, parsed_or_null};
use chrono::{DateTime, TimeDelta, Utc};
use geodata::access::{Bound, Scope, Who};
use geodata::town::{Role, TownId};
use geodata::wire::SessionRow;
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A session ends this long after it began, whatever is done with it.
pub const LONGEST: TimeDelta = TimeDelta::days(30);
/// And this long after it was last seen.
pub const IDLE: TimeDelta = TimeDelta::days(7);
/// Being seen is written down this often at most: reading should not write.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);
/// Sessions that one account has at once; the oldest end when there are more.
const MOST: i64 = 50;

/// A session's key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionId(uuid::Uuid);

impl SessionId {
    /// A new one.
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4())
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for SessionId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// A member of staff as their account knows them.
#[derive(Debug, Clone)]
pub struct Account {
    /// Who, and how far they see.
    pub who: Who,
    /// Their name.
    pub name: String,
    /// What they are bound to.
    pub bound: Bound,
    /// Whether nothing else is possible until they have chosen a password of their own.
    pub must_change_password: bool,
    /// Whether a code is asked for beside the password.
    pub totp: bool,
}

/// An account at the door.
#[derive(Debug, Clone)]
pub struct Door {
    /// Whose it is.
    pub account: Account,
    /// The hash of its password.
    pub password_hash: String,
    /// Whether it is closed.
    pub disabled: bool,
}

/// A session under way.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its key.
    pub id: SessionId,
    /// Whose it is.
    pub account: Account,
    /// When it was last seen, as far as that is written down.
    pub seen_at: DateTime<Utc>,
    /// When it ends by age.
    pub expires_at: DateTime<Utc>,
}

/// The columns that [`account`] reads, of an account `a` of the staff `s`.
const COLUMNS: &str = "s.staff_id, s.role, s.name, s.village_code, s.unit_code, a.must_change_password,
    a.totp_enabled_at IS NOT NULL AS totp,
    ARRAY(SELECT g.grid_code FROM staff_grid g WHERE g.town_id = s.town_id AND g.staff_id = s.staff_id
           ORDER BY g.grid_code) AS grids";

fn account(row: &PgRow) -> sqlx::Result<Account> {
    let role: Role = parsed(row, "role")?;
    let grids: Vec<String> = row.try_get("grids")?;
    let bound = Bound {
        village: parsed_or_null(row, "village_code")?,
        grids: grids
            .iter()
            .map(|code| code.parse().map_err(|e| super::decode_error("grids", e)))
            .collect::<sqlx::Result<_>>()?,
        unit: parsed_or_null(row, "unit_code")?,
    };
    Ok(Account {
        who: Who { staff: row.try_get("staff_id")?, role, scope: Scope::of(role, &bound) },
        name: row.try_get("name")?,
        bound,
        must_change_password: row.try_get("must_change_password")?,
        totp: row.try_get("totp")?,
    })
}

/// The account of this name, at the door.
pub async fn door(db: &mut PgConnection, town: TownId, name: &str) -> sqlx::Result<Option<Door>> {
    let sql = format!(
        "SELECT {COLUMNS}, a.password_hash, a.disabled_at IS NOT NULL AS disabled
           FROM account a JOIN staff s ON s.town_id = a.town_id AND s.staff_id = a.staff_id
          WHERE a.town_id = $1 AND a.name = $2"
    );
    let row = sqlx::query(&sql).bind(town.0).bind(name).fetch_optional(db).await?;
    row.map(|row| {
        Ok(Door {
            account: account(&row)?,
            password_hash: row.try_get("password_hash")?,
            disabled: row.try_get("disabled")?,
        })
    })
    .transpose()
}

/// The session of this token, if it goes on at `now`.
pub async fn find(
    db: &mut PgConnection,
    town: TownId,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Session>> {
    let sql = format!(
        "SELECT {COLUMNS}, x.session_id::text AS session_id, x.seen_at, x.expires_at
           FROM account_session x
           JOIN account a ON a.town_id = x.town_id AND a.staff_id = x.staff_id
           JOIN staff s ON s.town_id = a.town_id AND s.staff_id = a.staff_id
          WHERE x.town_id = $1 AND x.token_hash = $2 AND x.revoked_at IS NULL AND x.expires_at > $3 AND x.seen_at > $4
            AND a.disabled_at IS NULL"
    );
    let row = sqlx::query(&sql).bind(town.0).bind(token_hash).bind(now).bind(now - IDLE).fetch_optional(db).await?;
    row.map(|row| {
        Ok(Session {
            id: parsed(&row, "session_id")?,
            account: account(&row)?,
            seen_at: row.try_get("seen_at")?,
            expires_at: row.try_get("expires_at")?,
        })
    })
    .transpose()
}

/// Who is in a session that goes on at `now`, and has nothing to do first.
pub async fn who(db: &mut PgConnection, town: TownId, id: &SessionId, now: DateTime<Utc>) -> sqlx::Result<Option<Who>> {
    let sql = format!(
        "SELECT {COLUMNS}
           FROM account_session x
           JOIN account a ON a.town_id = x.town_id AND a.staff_id = x.staff_id
           JOIN staff s ON s.town_id = a.town_id AND s.staff_id = a.staff_id
          WHERE x.town_id = $1 AND x.session_id = $2::uuid AND x.revoked_at IS NULL AND x.expires_at > $3
            AND a.disabled_at IS NULL AND NOT a.must_change_password"
    );
    let row = sqlx::query(&sql).bind(town.0).bind(id.to_string()).bind(now).fetch_optional(db).await?;
    row.map(|row| Ok(account(&row)?.who)).transpose()
}

/// Writes down that a session was seen, where that was not done lately; whether it was written.
pub async fn seen(db: &mut PgConnection, town: TownId, session: &Session, now: DateTime<Utc>) -> sqlx::Result<bool> {
    if now - session.seen_at < SEEN_EVERY {
        return Ok(false);
    }
    let sql = "UPDATE account_session SET seen_at = greatest(seen_at, $3) WHERE town_id = $1 AND session_id = $2::uuid";
    sqlx::query(sql).bind(town.0).bind(session.id.to_string()).bind(now).execute(db).await?;
    Ok(true)
}

/// A session about to begin.
pub struct New<'a> {
    /// Its key.
    pub id: &'a SessionId,
    /// The hash of its token.
    pub token_hash: &'a [u8],
    /// What the browser calls itself.
    pub user_agent: &'a str,
    /// Where it is.
    pub address: IpAddr,
}

/// Begins a session. Where there are too many of the account's, the oldest end.
pub async fn begin(
    db: &mut PgConnection,
    town: TownId,
    staff: i32,
    new: &New<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "
        INSERT INTO account_session (town_id, session_id, staff_id, token_hash, created_at, seen_at, expires_at, user_agent, address)
        VALUES ($1, $2::uuid, $3, $4, $5, $5, $6, left($7, 200), $8)";
    sqlx::query(sql)
        .bind(town.0)
        .bind(new.id.to_string())
        .bind(staff)
        .bind(new.token_hash)
        .bind(now)
        .bind(now + LONGEST)
        .bind(new.user_agent)
        .bind(new.address.to_string())
        .execute(&mut *db)
        .await?;
    let sql = "
        UPDATE account_session SET revoked_at = $3
         WHERE town_id = $1 AND staff_id = $2 AND revoked_at IS NULL
           AND session_id IN (SELECT x.session_id FROM account_session x
                               WHERE x.town_id = $1 AND x.staff_id = $2 AND x.revoked_at IS NULL
                               ORDER BY x.created_at DESC, x.session_id OFFSET $4)";
    sqlx::query(sql).bind(town.0).bind(staff).bind(now).bind(MOST).execute(&mut *db).await?;
    let sql = "UPDATE account SET last_sign_in_at = $3 WHERE town_id = $1 AND staff_id = $2";
    sqlx::query(sql).bind(town.0).bind(staff).bind(now).execute(db).await?;
    Ok(())
}

/// The sessions of a member of staff that go on at `now`, the newest first.
pub async fn list(
    db: &mut PgConnection,
    town: TownId,
    staff: i32,
    current: &SessionId,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<SessionRow>> {
    let sql = "
        SELECT session_id::text AS id, created_at, seen_at, expires_at, user_agent, address FROM account_session
         WHERE town_id = $1 AND staff_id = $2 AND revoked_at IS NULL AND expires_at > $3 AND seen_at > $4
         ORDER BY created_at DESC, session_id LIMIT $5";
    let query = sqlx::query(sql).bind(town.0).bind(staff).bind(now).bind(now - IDLE).bind(MOST);
    let current = current.to_string();
    let entry = |row: &PgRow| {
        let (id, seen_at): (String, DateTime<Utc>) = (row.try_get("id")?, row.try_get("seen_at")?);
        Ok(SessionRow {
            current: id == current,
            id,
            created_at: row.try_get("created_at")?,
            seen_at,
            expires_at: row.try_get::<DateTime<Utc>, _>("expires_at")?.min(seen_at + IDLE),
            user_agent: Some(row.try_get("user_agent")?).filter(|agent: &String| !agent.is_empty()),
            address: Some(row.try_get("address")?).filter(|address: &String| !address.is_empty()),
        })
    };
    query.fetch_all(db).await?.iter().map(entry).collect()
}

/// Ends a session; whether it went on until now.
pub async fn end(
    db: &mut PgConnection,
    town: TownId,
    staff: i32,
    session: &SessionId,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "UPDATE account_session SET revoked_at = $4
                WHERE town_id = $1 AND staff_id = $2 AND session_id = $3::uuid AND revoked_at IS NULL";
    let done = sqlx::query(sql).bind(town.0).bind(staff).bind(session.to_string()).bind(now).execute(db).await?;
    Ok(done.rows_affected() > 0)
}

/// Ends the session of a token, whosever it is: at the door, when another takes its place in the browser.
pub async fn end_token(db: &mut PgConnection, town: TownId, token_hash: &[u8], now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql =
        "UPDATE account_session SET revoked_at = $3 WHERE town_id = $1 AND token_hash = $2 AND revoked_at IS NULL";
    sqlx::query(sql).bind(town.0).bind(token_hash).bind(now).execute(db).await?;
    Ok(())
}

/// Ends all sessions of a member of staff but one (or none); how many.
pub async fn end_others(
    db: &mut PgConnection,
    town: TownId,
    staff: i32,
    but: Option<&SessionId>,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let sql = "UPDATE account_session SET revoked_at = $4
                WHERE town_id = $1 AND staff_id = $2 AND revoked_at IS NULL AND ($3::uuid IS NULL OR session_id <> $3::uuid)";
    let but = but.map(ToString::to_string);
    Ok(sqlx::query(sql).bind(town.0).bind(staff).bind(but).bind(now).execute(db).await?.rows_affected())
}
