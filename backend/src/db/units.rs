//! Partner units: whom incidents are referred to.

use super::{name, parsed};
use geodata::town::{Name, TownId, UnitCode};
use geodata::wire::Unit;
use sqlx::PgConnection;

/// The most units that one answer holds.
const LIMIT: i64 = 5_000;

/// The town's units, by code.
pub async fn list(db: &mut PgConnection, town: TownId) -> sqlx::Result<Vec<Unit>> {
    let sql = "SELECT unit_code, name_zh, name_en FROM unit WHERE town_id = $1 ORDER BY unit_code LIMIT $2";
    let rows = sqlx::query(sql).bind(town.0).bind(LIMIT).fetch_all(db).await?;
    rows.iter().map(|row| Ok(Unit { code: parsed(row, "unit_code")?, name: name(row)? })).collect()
}

/// Makes a unit; whether there was none of this code.
pub async fn make(db: &mut PgConnection, town: TownId, unit: &Unit) -> sqlx::Result<bool> {
    let sql = "INSERT INTO unit (town_id, unit_code, name_zh, name_en) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let made =
        sqlx::query(sql).bind(town.0).bind(unit.code.as_str()).bind(&unit.name.zh).bind(&unit.name.en).execute(db);
    Ok(made.await?.rows_affected() > 0)
}

/// Gives a unit another name; whether there is one of this code.
pub async fn rename(db: &mut PgConnection, town: TownId, code: &UnitCode, name: &Name) -> sqlx::Result<bool> {
    let sql = "UPDATE unit SET name_zh = $3, name_en = $4 WHERE town_id = $1 AND unit_code = $2";
    let done =
        sqlx::query(sql).bind(town.0).bind(code.as_str()).bind(&name.zh).bind(&name.en).execute(&mut *db).await?;
    // The staff's rows carry it too, for programs of the version before.
    let sql = "UPDATE staff SET unit_zh = $3, unit_en = $4 WHERE town_id = $1 AND unit_code = $2";
    sqlx::query(sql).bind(town.0).bind(code.as_str()).bind(&name.zh).bind(&name.en).execute(db).await?;
    Ok(done.rows_affected() > 0)
}
