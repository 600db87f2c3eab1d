//! Accounts: how members of staff sign in, and how the administrator keeps them.

use super::{parsed, parsed_or_null};
use chrono::{DateTime, Utc};
use geodata::access::Bound;
use geodata::town::{GridCode, Role, TownId, UnitCode, VillageCode};
use geodata::wire::{Account, StaffRow};
use sqlx::{PgConnection, Row as _, postgres::PgRow};

/// The most accounts that one answer holds.
pub const LIMIT: i64 = 5_000;

/// The columns that [`member`] reads, of the staff `s`.
const MEMBER: &str = "s.staff_id, s.name, s.role, s.village_code, s.unit_code,
    ARRAY(SELECT g.grid_code FROM staff_grid g WHERE g.town_id = s.town_id AND g.staff_id = s.staff_id
           ORDER BY g.grid_code) AS grids";
/// The columns that [`account`] reads on top of these, of an account `a`.
const ACCOUNT: &str =
    "a.disabled_at IS NOT NULL AS disabled, a.totp_enabled_at IS NOT NULL AS totp, a.must_change_password,
    a.last_sign_in_at";

fn member(row: &PgRow) -> sqlx::Result<StaffRow> {
    let grids: Vec<String> = row.try_get("grids")?;
    let grids = grids.iter().map(|code| code.parse().map_err(|e| super::decode_error("grids", e)));
    Ok(StaffRow {
        staff: row.try_get("staff_id")?,
        name: row.try_get("name")?,
        role: parsed(row, "role")?,
        village: parsed_or_null(row, "village_code")?,
        grids: grids.collect::<sqlx::Result<_>>()?,
        unit: parsed_or_null(row, "unit_code")?,
    })
}

fn account(row: &PgRow) -> sqlx::Result<Account> {
    let StaffRow { staff, name, role, village, grids, unit } = member(row)?;
    Ok(Account {
        staff,
        name,
        role,
        village,
        grids,
        unit,
        disabled: row.try_get("disabled")?,
        totp: row.try_get("totp")?,
        must_change_password: row.try_get("must_change_password")?,
        last_sign_in: row.try_get("last_sign_in_at")?,
    })
}

/// The town's staff who have not left, by key.
pub async fn staff(db: &mut PgConnection, town: TownId) -> sqlx::Result<Vec<StaffRow>> {
    let sql =
        format!("SELECT {MEMBER} FROM staff s WHERE s.town_id = $1 AND s.left_at IS NULL ORDER BY s.staff_id LIMIT $2");
    sqlx::query(&sql).bind(town.0).bind(LIMIT).fetch_all(db).await?.iter().map(member).collect()
}

/// The town's accounts, by key.
pub async fn list(db: &mut PgConnection, town: TownId) -> sqlx::Result<Vec<Account>> {
    let sql = format!(
        "SELECT {MEMBER}, {ACCOUNT} FROM account a JOIN staff s ON s.town_id = a.town_id AND s.staff_id = a.staff_id
          WHERE a.town_id = $1 ORDER BY a.staff_id LIMIT $2"
    );
    sqlx::query(&sql).bind(town.0).bind(LIMIT).fetch_all(db).await?.iter().map(account).collect()
}

/// One account.
pub async fn one(db: &mut PgConnection, town: TownId, staff: i32) -> sqlx::Result<Option<Account>> {
    let sql = format!(
        "SELECT {MEMBER}, {ACCOUNT} FROM account a JOIN staff s ON s.town_id = a.town_id AND s.staff_id = a.staff_id
          WHERE a.town_id = $1 AND a.staff_id = $2"
    );
    sqlx::query(&sql).bind(town.0).bind(staff).fetch_optional(db).await?.as_ref().map(account).transpose()
}

/// Whose account has this name.
pub async fn named(db: &mut PgConnection, town: TownId, name: &str) -> sqlx::Result<Option<i32>> {
    let sql = "SELECT staff_id FROM account WHERE town_id = $1 AND name = $2";
    sqlx::query_scalar(sql).bind(town.0).bind(name).fetch_optional(db).await
}

/// Takes the lock under which a town's accounts change, one after the other, until the transaction ends: two administrators who take
/// each other's role away at once would else leave none.
pub async fn lock(db: &mut PgConnection, town: TownId) -> sqlx::Result<()> {
    // Plans lock by their number, which is never below nought.
    const ACCOUNTS: i32 = -1;
    sqlx::query("SELECT pg_advisory_xact_lock($1, $2)").bind(town.0).bind(ACCOUNTS).execute(db).await?;
    Ok(())
}

/// Whether the town has an administrator beside this one who can sign in.
pub async fn other_administrator(db: &mut PgConnection, town: TownId, staff: i32) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (
        SELECT FROM account a JOIN staff s ON s.town_id = a.town_id AND s.staff_id = a.staff_id
         WHERE a.town_id = $1 AND a.staff_id <> $2 AND a.disabled_at IS NULL AND s.role = 'administrator')";
    sqlx::query_scalar(sql).bind(town.0).bind(staff).fetch_one(db).await
}

/// Which of the things that an account is to be bound to the town does not have: `village`, `grids` or `unit`.
pub async fn missing(
    db: &mut PgConnection,
    town: TownId,
    bound: &Bound,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<&'static str>> {
    let sql = "
        SELECT ($2::text IS NULL OR EXISTS (SELECT FROM village v WHERE v.town_id = $1 AND v.village_code = $2)) AS village,
               NOT EXISTS (
                   SELECT FROM unnest($3::text[]) AS wanted (code)
                    WHERE NOT EXISTS (
                        SELECT FROM plan p JOIN grid g ON g.town_id = p.town_id AND g.plan_id = p.plan_id
                         WHERE p.town_id = $1 AND g.grid_code = wanted.code AND p.state <> 'draft' AND p.valid_from <= $5
                           AND (p.valid_to IS NULL OR $5 < p.valid_to))) AS grids,
               ($4::text IS NULL OR EXISTS (SELECT FROM unit u WHERE u.town_id = $1 AND u.unit_code = $4)) AS unit";
    let grids: Vec<&str> = bound.grids.iter().map(GridCode::as_str).collect();
    let row = sqlx::query(sql)
        .bind(town.0)
        .bind(bound.village.as_ref().map(VillageCode::as_str))
        .bind(grids)
        .bind(bound.unit.as_ref().map(UnitCode::as_str))
        .bind(now)
        .fetch_one(db)
        .await?;
    for name in ["village", "grids", "unit"] {
        if !row.try_get(name)? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// What an account is made of.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// How its person signs in, and is called.
    pub name: &'a str,
    /// What they are.
    pub role: Role,
    /// What they are bound to.
    pub bound: &'a Bound,
    /// The hash of the password they are given.
    pub password_hash: &'a str,
}

/// Makes an account with a password that must be changed, under the lock; the key of its person. One of the staff who is called so, is the same and has no account yet gets it.
pub async fn admit(db: &mut PgConnection, town: TownId, new: &New<'_>, now: DateTime<Utc>) -> sqlx::Result<i32> {
    let without = "
        SELECT s.staff_id FROM staff s
         WHERE s.town_id = $1 AND s.name = $2 AND s.role = $3
           AND NOT EXISTS (SELECT FROM account a WHERE a.town_id = s.town_id AND a.staff_id = s.staff_id)
         ORDER BY s.staff_id LIMIT 1";
    let known = sqlx::query_scalar(without).bind(town.0).bind(new.name).bind(new.role.word());
    let staff = if let Some(staff) = known.fetch_optional(&mut *db).await? {
        staff
    } else {
        let next = "INSERT INTO staff (town_id, staff_id, role, name)
                        SELECT $1, coalesce(max(s.staff_id), 0) + 1, $2, $3 FROM staff s WHERE s.town_id = $1
                        RETURNING staff_id";
        let next = sqlx::query_scalar(next).bind(town.0).bind(new.role.word()).bind(new.name);
        next.fetch_one(&mut *db).await?
    };
    bind(db, town, staff, new.role, new.bound).await?;
    let sql = "INSERT INTO account (town_id, staff_id, name, password_hash, password_changed_at, must_change_password, created_at)
               VALUES ($1, $2, $3, $4, $5, true, $5)";
    sqlx::query(sql).bind(town.0).bind(staff).bind(new.name).bind(new.password_hash).bind(now).execute(db).await?;
    Ok(staff)
}

/// Gives a person another role, and what that is bound to.
pub async fn bind(db: &mut PgConnection, town: TownId, staff: i32, role: Role, bound: &Bound) -> sqlx::Result<()> {
    let sql = "
        UPDATE staff SET role = $3, village_code = $4, unit_code = $5,
               unit_zh = (SELECT u.name_zh FROM unit u WHERE u.town_id = $1 AND u.unit_code = $5),
               unit_en = (SELECT u.name_en FROM unit u WHERE u.town_id = $1 AND u.unit_code = $5)
         WHERE town_id = $1 AND staff_id = $2";
    sqlx::query(sql)
        .bind(town.0)
        .bind(staff)
        .bind(role.word())
        .bind(bound.village.as_ref().map(VillageCode::as_str))
        .bind(bound.unit.as_ref().map(UnitCode::as_str))
        .execute(&mut *db)
        .await?;
    let grids: Vec<&str> = bound.grids.iter().map(GridCode::as_str).collect();
    let gone = "DELETE FROM staff_grid WHERE town_id = $1 AND staff_id = $2 AND grid_code <> ALL($3)";
    sqlx::query(gone).bind(town.0).bind(staff).bind(&grids).execute(&mut *db).await?;
    let come = "INSERT INTO staff_grid (town_id, staff_id, grid_code) SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING";
    sqlx::query(come).bind(town.0).bind(staff).bind(&grids).execute(db).await?;
    Ok(())
}

/// Gives a person another name, to be called by and to sign in with.
pub async fn rename(db: &mut PgConnection, town: TownId, staff: i32, name: &str) -> sqlx::Result<()> {
    let sql = "UPDATE staff SET name = $3 WHERE town_id = $1 AND staff_id = $2";
    sqlx::query(sql).bind(town.0).bind(staff).bind(name).execute(&mut *db).await?;
    let sql = "UPDATE account SET name = $3 WHERE town_id = $1 AND staff_id = $2";
    sqlx::query(sql).bind(town.0).bind(staff).bind(name).execute(db).await?;
    Ok(())
}

/// Closes an account from a time on, or opens it again. Who can't sign in is not given work.
pub async fn close(db: &mut PgConnection, town: TownId, staff: i32, from: Option<DateTime<Utc>>) -> sqlx::Result<()> {
    let sql = "UPDATE account SET disabled_at = $3 WHERE town_id = $1 AND staff_id = $2";
    sqlx::query(sql).bind(town.0).bind(staff).bind(from).execute(&mut *db).await?;
    let sql = "UPDATE staff SET left_at = $3 WHERE town_id = $1 AND staff_id = $2";
    sqlx::query(sql).bind(town.0).bind(staff).bind(from).execute(db).await?;
    Ok(())
}

/// Gives an account a password that must be changed at the next sign-in. The second factor goes too: whoever has lost the phone asks for
/// the same help.
pub async fn give_password(
    db: &mut PgConnection,
    town: TownId,
    staff: i32,
    password_hash: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "
        UPDATE account SET password_hash = $3, password_changed_at = $4, must_change_password = true,
               totp_enabled_at = NULL, totp_secret = NULL
         WHERE town_id = $1 AND staff_id = $2";
    sqlx::query(sql).bind(town.0).bind(staff).bind(password_hash).bind(now).execute(db).await?;
    Ok(())
}

/// Replaces one's own password, if it is still the one that was checked; whether it was.
pub async fn change_password(
    db: &mut PgConnection,
    town: TownId,
    staff: i32,
    (old_hash, new_hash): (&str, &str),
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let sql = "
        UPDATE account SET password_hash = $4, password_changed_at = $5, must_change_password = false
         WHERE town_id = $1 AND staff_id = $2 AND password_hash = $3";
    let done = sqlx::query(sql).bind(town.0).bind(staff).bind(old_hash).bind(new_hash).bind(now).execute(db).await?;
    Ok(done.rows_affected() > 0)
}

/// The hash of an account's password.
pub async fn password_hash(db: &mut PgConnection, town: TownId, staff: i32) -> sqlx::Result<Option<String>> {
    let sql = "SELECT password_hash FROM account WHERE town_id = $1 AND staff_id = $2";
    sqlx::query_scalar(sql).bind(town.0).bind(staff).fetch_optional(db).await
}

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
