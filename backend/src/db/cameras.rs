//! What people know of cameras: what stands in their way, and when somebody last looked at their pictures.

use super::parsed;
use geodata::Time;
use geodata::town::TownId;
use geodata::wire::{CameraCheck, NewCheck, NewObstruction, OBSTRUCTIONS_MAX, ObstructionMark};
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use std::collections::HashMap;
use uuid::Uuid;

/// Whether the person whose transaction it is may mark a camera; none where there is no such camera.
///
/// # Errors
/// The database's.
pub async fn may_mark(db: &mut PgConnection, town: TownId, code: &str) -> sqlx::Result<Option<bool>> {
    // The database holds no text with a NUL, and takes none.
    if code.contains('\0') {
        return Ok(None);
    }
    let sql =
        "SELECT coalesce(scope_marks(c.camera_code), false) FROM camera c WHERE c.town_id = $1 AND c.camera_code = $2";
    sqlx::query_scalar(sql).bind(town.0).bind(code).fetch_optional(db).await
}

const OBSTRUCTION: &str =
    "o.camera_code, o.obstruction_id::text AS id, o.from_deg, o.to_deg, o.beyond_m, o.note, o.marked_at";

/// The obstructions of some cameras, by code; of each by where they begin.
///
/// # Errors
/// The database's.
pub async fn obstructions(
    db: &mut PgConnection,
    town: TownId,
    codes: &[&str],
) -> sqlx::Result<HashMap<String, Vec<ObstructionMark>>> {
    let sql = format!(
        "SELECT {OBSTRUCTION}, s.name AS marked_by, s.role
           FROM camera_obstruction o JOIN staff s ON s.town_id = o.town_id AND s.staff_id = o.marked_by
          WHERE o.town_id = $1 AND o.camera_code = ANY ($2) ORDER BY o.camera_code, o.from_deg, o.obstruction_id"
    );
    let mut all: HashMap<String, Vec<ObstructionMark>> = HashMap::new();
    for row in sqlx::query(&sql).bind(town.0).bind(codes).fetch_all(db).await? {
        all.entry(row.try_get("camera_code")?).or_default().push(mark_of(&row)?);
    }
    Ok(all)
}

fn mark_of(row: &PgRow) -> sqlx::Result<ObstructionMark> {
    Ok(ObstructionMark {
        id: row.try_get("id")?,
        from_deg: row.try_get("from_deg")?,
        to_deg: row.try_get("to_deg")?,
        beyond_m: row.try_get("beyond_m")?,
        note: row.try_get("note")?,
        marked_by: row.try_get("marked_by")?,
        role: parsed(row, "role")?,
        marked_at: row.try_get("marked_at")?,
    })
}

/// Marks an obstruction; whether the camera had room for another.
///
/// # Errors
/// The database's.
pub async fn mark(
    db: &mut PgConnection,
    town: TownId,
    code: &str,
    (id, new): (Uuid, &NewObstruction),
    (by, at): (i32, Time),
) -> sqlx::Result<bool> {
    let sql = "
        INSERT INTO camera_obstruction (town_id, camera_code, obstruction_id, from_deg, to_deg, beyond_m, note, marked_by, marked_at)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
         WHERE (SELECT count(*) FROM camera_obstruction o WHERE o.town_id = $1 AND o.camera_code = $2) < $10";
    let made = sqlx::query(sql)
        .bind(town.0)
        .bind(code)
        .bind(id)
        .bind(new.from_deg)
        .bind(new.to_deg)
        .bind(new.beyond_m)
        .bind(&new.note)
        .bind(by)
        .bind(at)
        .bind(i64::try_from(OBSTRUCTIONS_MAX).unwrap_or(i64::MAX));
    Ok(made.execute(db).await?.rows_affected() > 0)
}

/// Takes an obstruction away; whether it was there.
///
/// # Errors
/// The database's.
pub async fn unmark(db: &mut PgConnection, town: TownId, code: &str, id: Uuid) -> sqlx::Result<bool> {
    let sql = "DELETE FROM camera_obstruction o WHERE o.town_id = $1 AND o.camera_code = $2 AND o.obstruction_id = $3";
    Ok(sqlx::query(sql).bind(town.0).bind(code).bind(id).execute(db).await?.rows_affected() > 0)
}

/// The last check of a camera's picture.
///
/// # Errors
/// The database's.
pub async fn last_check(db: &mut PgConnection, town: TownId, code: &str) -> sqlx::Result<Option<CameraCheck>> {
    let sql = "
        SELECT k.verdict, k.note, k.checked_at, s.name AS checked_by, s.role
          FROM camera_check k JOIN staff s ON s.town_id = k.town_id AND s.staff_id = k.checked_by
         WHERE k.town_id = $1 AND k.camera_code = $2 ORDER BY k.checked_at DESC, k.checked_by LIMIT 1";
    let row = sqlx::query(sql).bind(town.0).bind(code).fetch_optional(db).await?;
    row.map(|row| {
        Ok(CameraCheck {
            verdict: parsed(&row, "verdict")?,
            note: row.try_get("note")?,
            checked_by: row.try_get("checked_by")?,
            role: parsed(&row, "role")?,
            checked_at: row.try_get("checked_at")?,
        })
    })
    .transpose()
}

/// Writes a check down.
///
/// # Errors
/// The database's.
pub async fn check(
    db: &mut PgConnection,
    town: TownId,
    code: &str,
    new: &NewCheck,
    (by, at): (i32, Time),
) -> sqlx::Result<()> {
    let sql = "INSERT INTO camera_check (town_id, camera_code, checked_at, checked_by, verdict, note)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let query = sqlx::query(sql).bind(town.0).bind(code).bind(at).bind(by).bind(new.verdict.word()).bind(&new.note);
    query.execute(db).await?;
    Ok(())
}
