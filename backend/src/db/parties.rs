//! The parties to disputes, as sealed bytes: this module never sees a name.

use super::{parsed, parsed_or_null};
use chrono::{DateTime, Utc};
use geodata::dispute::Concern;
use geodata::town::TownId;
use sqlx::{PgConnection, Row as _};

/// Who handles an incident, where the asker sees it.
pub async fn concern(db: &mut PgConnection, town: TownId, incident: i64) -> sqlx::Result<Option<Concern>> {
    let sql = "
        SELECT c.group_word, i.level, i.village_code, i.grid_code,
               ARRAY(SELECT x.party FROM incident_involved x
                      WHERE x.town_id = i.town_id AND x.incident_id = i.incident_id) AS involved
          FROM incident i
          JOIN category c ON c.town_id = i.town_id AND c.category_code = i.category_code AND c.version = i.category_version
         WHERE i.town_id = $1 AND i.incident_id = $2";
    let row = sqlx::query(sql).bind(town.0).bind(incident).fetch_optional(db).await?;
    row.map(|row| {
        Ok(Concern {
            group: parsed(&row, "group_word")?,
            level: parsed(&row, "level")?,
            village: parsed_or_null(&row, "village_code")?,
            grid: parsed_or_null(&row, "grid_code")?,
            involved: row.try_get("involved")?,
        })
    })
    .transpose()
}

/// An incident's parties, sealed, by their number.
pub async fn sealed(db: &mut PgConnection, town: TownId, incident: i64) -> sqlx::Result<Vec<(i16, Vec<u8>)>> {
    let sql = "SELECT party_no, sealed FROM case_party WHERE town_id = $1 AND incident_id = $2 ORDER BY party_no";
    sqlx::query_as(sql).bind(town.0).bind(incident).fetch_all(db).await
}

/// One of a town's sealed parties: its incident, its number, its bytes.
pub async fn any(db: &mut PgConnection, town: TownId) -> sqlx::Result<Option<(i64, i16, Vec<u8>)>> {
    let sql = "SELECT incident_id, party_no, sealed FROM case_party WHERE town_id = $1 LIMIT 1";
    sqlx::query_as(sql).bind(town.0).fetch_optional(db).await
}

/// Replaces an incident's parties.
pub async fn replace(
    db: &mut PgConnection,
    town: TownId,
    incident: i64,
    sealed: &[(i16, Vec<u8>)],
    (by, at): (i32, DateTime<Utc>),
) -> sqlx::Result<()> {
    let gone = "DELETE FROM case_party WHERE town_id = $1 AND incident_id = $2";
    sqlx::query(gone).bind(town.0).bind(incident).execute(&mut *db).await?;
    let (numbers, bytes): (Vec<i16>, Vec<&[u8]>) = sealed.iter().map(|(no, bytes)| (*no, bytes.as_slice())).unzip();
    let come = "
        INSERT INTO case_party (town_id, incident_id, party_no, sealed, added_by, added_at)
        SELECT $1, $2, p.no, p.bytes, $5, $6 FROM unnest($3::smallint[], $4::bytea[]) AS p (no, bytes)";
    sqlx::query(come).bind(town.0).bind(incident).bind(numbers).bind(bytes).bind(by).bind(at).execute(db).await?;
    Ok(())
}

/// Erases the parties of a town's incidents that ended before a time; whose they were, and how many. One that was reopened keeps them.
pub async fn erase_ended_before(
    db: &mut PgConnection,
    town: TownId,
    time: DateTime<Utc>,
) -> sqlx::Result<Vec<(i64, i64)>> {
    let sql = "
        WITH gone AS (
            DELETE FROM case_party p USING incident i
             WHERE p.town_id = $1 AND i.town_id = p.town_id AND i.incident_id = p.incident_id AND i.ended_at < $2
            RETURNING p.incident_id)
        SELECT incident_id, count(*) FROM gone GROUP BY incident_id ORDER BY incident_id";
    sqlx::query_as(sql).bind(town.0).bind(time).fetch_all(db).await
}
