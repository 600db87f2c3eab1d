//! Photos of incidents, and the holds that keep their pictures in the store meanwhile.

use super::parsed;
use geodata::Time;
use geodata::town::TownId;
use geodata::wire::{Photo, PhotoKind};
use sqlx::{PgConnection, Row as _, postgres::PgRow};
use std::collections::HashMap;
use uuid::Uuid;

/// The hash that a picture is called by.
pub type Hash = [u8; 32];

/// The columns that [`photo`] reads.
const COLUMNS: &str = "p.photo_id, p.kind, p.width, p.height, p.bytes, p.added_at, s.name AS added_by";

fn photo(row: &PgRow) -> sqlx::Result<Photo> {
    Ok(Photo {
        id: row.try_get::<Uuid, _>("photo_id")?.to_string(),
        kind: parsed(row, "kind")?,
        width: row.try_get("width")?,
        height: row.try_get("height")?,
        bytes: row.try_get("bytes")?,
        added_by: row.try_get("added_by")?,
        added_at: row.try_get("added_at")?,
    })
}

/// An incident's photos, oldest first.
pub async fn of(db: &mut PgConnection, town: TownId, incident: i64) -> sqlx::Result<Vec<Photo>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM photo p JOIN staff s ON s.town_id = p.town_id AND s.staff_id = p.added_by
          WHERE p.town_id = $1 AND p.incident_id = $2 AND p.removed_at IS NULL ORDER BY p.added_at, p.photo_id"
    );
    let rows = sqlx::query(&sql).bind(town.0).bind(incident).fetch_all(db).await?;
    rows.iter().map(photo).collect()
}

/// The first photo of each of some incidents that has any.
pub async fn first_of(db: &mut PgConnection, town: TownId, incidents: &[i64]) -> sqlx::Result<HashMap<i64, Photo>> {
    let sql = format!(
        "SELECT DISTINCT ON (p.incident_id) p.incident_id, {COLUMNS}
           FROM photo p JOIN staff s ON s.town_id = p.town_id AND s.staff_id = p.added_by
          WHERE p.town_id = $1 AND p.incident_id = ANY($2) AND p.removed_at IS NULL
          ORDER BY p.incident_id, p.added_at, p.photo_id"
    );
    let rows = sqlx::query(&sql).bind(town.0).bind(incidents).fetch_all(db).await?;
    rows.iter().map(|row| Ok((row.try_get("incident_id")?, photo(row)?))).collect()
}

/// The photo of an incident that shows this very picture.
pub async fn same(db: &mut PgConnection, town: TownId, incident: i64, sha256: &Hash) -> sqlx::Result<Option<Photo>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM photo p JOIN staff s ON s.town_id = p.town_id AND s.staff_id = p.added_by
          WHERE p.town_id = $1 AND p.incident_id = $2 AND p.sha256 = $3 AND p.removed_at IS NULL"
    );
    let row = sqlx::query(&sql).bind(town.0).bind(incident).bind(&sha256[..]).fetch_optional(db).await?;
    row.as_ref().map(photo).transpose()
}

/// How many photos an incident has.
pub async fn count(db: &mut PgConnection, town: TownId, incident: i64) -> sqlx::Result<usize> {
    let sql = "SELECT count(*) FROM photo WHERE town_id = $1 AND incident_id = $2 AND removed_at IS NULL";
    let many: i64 = sqlx::query_scalar(sql).bind(town.0).bind(incident).fetch_one(db).await?;
    Ok(usize::try_from(many).unwrap_or_default())
}

/// The state of an incident that may be seen; with `hold`, others who would change it wait until the transaction ends.
pub async fn incident(
    db: &mut PgConnection,
    town: TownId,
    incident: i64,
    hold: bool,
) -> sqlx::Result<Option<geodata::incident::State>> {
    let lock = if hold { "FOR NO KEY UPDATE" } else { "" };
    let sql = format!("SELECT state FROM incident WHERE town_id = $1 AND incident_id = $2 {lock}");
    let row = sqlx::query(&sql).bind(town.0).bind(incident).fetch_optional(db).await?;
    row.map(|row| parsed(&row, "state")).transpose()
}

/// A photo to be added.
#[derive(Debug)]
pub struct NewPhoto {
    /// The incident it belongs to.
    pub incident: i64,
    /// Its key.
    pub id: Uuid,
    /// Its picture.
    pub sha256: Hash,
    /// What it shows.
    pub kind: PhotoKind,
    /// Pixels across and down.
    pub size: (u32, u32),
    /// Size of the picture, bytes.
    pub bytes: usize,
    /// Who adds it.
    pub by: i32,
    /// When.
    pub at: Time,
}

/// Adds a photo whose picture stands in the store.
pub async fn add(db: &mut PgConnection, town: TownId, new: &NewPhoto) -> sqlx::Result<()> {
    let sql = "
        INSERT INTO photo (town_id, incident_id, photo_id, sha256, kind, width, height, bytes, added_by, added_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let number = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    sqlx::query(sql)
        .bind(town.0)
        .bind(new.incident)
        .bind(new.id)
        .bind(&new.sha256[..])
        .bind(new.kind.word())
        .bind(number(new.size.0 as usize))
        .bind(number(new.size.1 as usize))
        .bind(number(new.bytes))
        .bind(new.by)
        .bind(new.at)
        .execute(db)
        .await?;
    Ok(())
}

/// A photo as far as serving or removing it goes.
#[derive(Debug)]
pub struct Stored {
    /// The incident it belongs to.
    pub incident: i64,
    /// Its picture.
    pub sha256: Hash,
    /// Who added it.
    pub by: i32,
}

/// A photo that may be seen and was not taken away.
pub async fn stored(db: &mut PgConnection, town: TownId, id: Uuid) -> sqlx::Result<Option<Stored>> {
    let sql = "SELECT incident_id, sha256, added_by FROM photo
                WHERE town_id = $1 AND photo_id = $2 AND removed_at IS NULL";
    let row = sqlx::query(sql).bind(town.0).bind(id).fetch_optional(db).await?;
    row.map(|row| {
        Ok(Stored { incident: row.try_get("incident_id")?, sha256: hash(&row)?, by: row.try_get("added_by")? })
    })
    .transpose()
}

/// Marks a photo as taken away; whether there was one to take.
pub async fn remove(
    db: &mut PgConnection,
    town: TownId,
    id: Uuid,
    by: i32,
    at: Time,
    reason: &str,
) -> sqlx::Result<bool> {
    let sql = "UPDATE photo SET removed_by = $3, removed_at = $4, reason = $5
                WHERE town_id = $1 AND photo_id = $2 AND removed_at IS NULL";
    let done = sqlx::query(sql).bind(town.0).bind(id).bind(by).bind(at).bind(reason).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

/// Holds a picture in the store until a time, whether or not a photo shows it.
pub async fn hold(db: &mut PgConnection, town: TownId, sha256: &Hash, id: Uuid, until: Time) -> sqlx::Result<()> {
    alone_with(db, town, sha256).await?;
    sqlx::query("INSERT INTO photo_hold (town_id, sha256, hold_id, until) VALUES ($1, $2, $3, $4)")
        .bind(town.0)
        .bind(&sha256[..])
        .bind(id)
        .bind(until)
        .execute(db)
        .await?;
    Ok(())
}

/// Lets go of a picture; whether nobody else holds it and no photo shows it, so that it goes from the store before the transaction
/// ends. Until then nobody can take hold of it.
pub async fn let_go(db: &mut PgConnection, town: TownId, sha256: &Hash, id: Uuid) -> sqlx::Result<bool> {
    alone_with(db, town, sha256).await?;
    sqlx::query("DELETE FROM photo_hold WHERE town_id = $1 AND sha256 = $2 AND hold_id = $3")
        .bind(town.0)
        .bind(&sha256[..])
        .bind(id)
        .execute(&mut *db)
        .await?;
    let sql = "
        SELECT NOT EXISTS (SELECT FROM photo_hold h WHERE h.town_id = $1 AND h.sha256 = $2)
           AND NOT EXISTS (SELECT FROM photo p WHERE p.town_id = $1 AND p.sha256 = $2 AND p.removed_at IS NULL)";
    sqlx::query_scalar(sql).bind(town.0).bind(&sha256[..]).fetch_one(db).await
}

/// Holds whose time is over, the oldest first: which picture, and which hold.
pub async fn over(db: &mut PgConnection, town: TownId, now: Time, limit: i64) -> sqlx::Result<Vec<(Hash, Uuid)>> {
    let sql = "SELECT sha256, hold_id FROM photo_hold WHERE town_id = $1 AND until <= $2 ORDER BY until LIMIT $3";
    let rows = sqlx::query(sql).bind(town.0).bind(now).bind(limit).fetch_all(db).await?;
    rows.iter().map(|row| Ok((hash(row)?, row.try_get("hold_id")?))).collect()
}

/// One at a time for a picture: between looking whether it is wanted and removing it, nobody begins to want it.
async fn alone_with(db: &mut PgConnection, town: TownId, sha256: &Hash) -> sqlx::Result<()> {
    let key = i32::from_be_bytes([sha256[0], sha256[1], sha256[2], sha256[3]]);
    sqlx::query("SELECT pg_advisory_xact_lock($1, $2)").bind(town.0).bind(key).execute(db).await?;
    Ok(())
}

fn hash(row: &PgRow) -> sqlx::Result<Hash> {
    let bytes: &[u8] = row.try_get("sha256")?;
    bytes.try_into().map_err(|error| super::decode_error("sha256", error))
}
