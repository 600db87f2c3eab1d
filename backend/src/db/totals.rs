//! The town in figures.

use super::parsed;
use chrono::{DateTime, Utc};
use geodata::town::TownId;
use geodata::wire::{Totals, VillageFigures};
use sqlx::{PgConnection, Row as _};

/// The figures at a time; `midnight` is the start of that local day.
pub async fn totals(
    db: &mut PgConnection,
    town: TownId,
    now: DateTime<Utc>,
    midnight: DateTime<Utc>,
) -> sqlx::Result<Totals> {
    let row = sqlx::query(include_str!("totals.sql")).bind(town.0).bind(now).bind(midnight).fetch_one(&mut *db).await?;
    let by_village = "
        SELECT i.village_code, count(*) AS open, count(*) FILTER (WHERE i.due_at < $2) AS overdue
          FROM incident i
         WHERE i.town_id = $1 AND i.ended_at IS NULL AND i.village_code IS NOT NULL
         GROUP BY i.village_code ORDER BY i.village_code";
    let villages = sqlx::query(by_village).bind(town.0).bind(now).fetch_all(db).await?;
    Ok(Totals {
        villages: row.try_get("villages")?,
        grids: row.try_get("grids")?,
        households: row.try_get("households")?,
        residents: row.try_get("residents")?,
        cameras: row.try_get("cameras")?,
        area_m2: row.try_get("area_m2")?,
        incidents: row.try_get("incidents")?,
        open: row.try_get("open")?,
        open_yesterday: row.try_get("open_yesterday")?,
        overdue: row.try_get("overdue")?,
        longest_overdue_minutes: row.try_get("longest_overdue_minutes")?,
        today: row.try_get("today")?,
        daily_mean: row.try_get("daily_mean")?,
        accept_minutes: row.try_get("accept_minutes")?,
        close_minutes: row.try_get("close_minutes")?,
        on_time: row.try_get("on_time")?,
        by_village: villages
            .iter()
            .map(|row| {
                Ok(VillageFigures {
                    village: parsed(row, "village_code")?,
                    open: row.try_get("open")?,
                    overdue: row.try_get("overdue")?,
                })
            })
            .collect::<sqlx::Result<_>>()?,
        seq: row.try_get("last_seq")?,
    })
}
