//! Pictures that nobody wants: an upload that came to nothing, a photo that was taken away.
//!
//! A picture is held (`photo_hold`) before it is written, and a photo that shows it is committed before it is let go of. Whoever lets
//! go last removes it. A process that dies in between leaves its hold, which is over after a day; then housekeeping lets go for it.

use super::Picture;
use crate::db::photos::{self, Hash};
use crate::db::towns;
use crate::state::AppState;
use anyhow::Context as _;
use chrono::TimeDelta;
use geodata::town::TownId;
use uuid::Uuid;

/// How long an upload may take from its first byte in the store to its row.
const UPLOAD: TimeDelta = TimeDelta::days(1);
/// How long the picture of a photo that was taken away is kept, in case that it was a mistake.
const REGRET: TimeDelta = TimeDelta::days(30);
/// Most pictures removed at a time, town by town; what is over waits for the next hour.
const BATCH: i64 = 500;

/// Holds a picture for the time of an upload.
///
/// # Errors
/// The database's.
pub async fn hold_for_upload(state: &AppState, town: TownId, picture: &Picture) -> sqlx::Result<Uuid> {
    hold(state, town, &picture.sha256, UPLOAD).await
}

/// Holds the picture of a photo that is about to be taken away, for as long as that may be regretted.
///
/// # Errors
/// The database's.
pub async fn hold_for_regret(state: &AppState, town: TownId, sha256: &Hash) -> sqlx::Result<Uuid> {
    hold(state, town, sha256, REGRET).await
}

async fn hold(state: &AppState, town: TownId, sha256: &Hash, time: TimeDelta) -> sqlx::Result<Uuid> {
    let id = Uuid::new_v4();
    let mut tx = state.begin_system(town).await?;
    photos::hold(&mut tx, town, sha256, id, state.now() + time).await?;
    tx.commit().await?;
    Ok(id)
}

/// Lets go of a picture, and removes it when nobody wants it any more; whether it did. What can't be done now, housekeeping does.
///
/// # Errors
/// The database's, and the store's.
pub async fn let_go(state: &AppState, town: TownId, sha256: &Hash, hold: Uuid) -> anyhow::Result<bool> {
    let mut tx = state.begin_system(town).await?;
    let unwanted = photos::let_go(&mut tx, town, sha256, hold).await?;
    if unwanted {
        // Before the commit: until then nobody can take hold of it anew and find it gone.
        state.photos.store.remove(town, sha256).await.context("removing a photo from the store")?;
    }
    tx.commit().await?;
    Ok(unwanted)
}

/// Lets go of what was held for too long, town by town; answers how many pictures were removed.
///
/// # Errors
/// The database's. A store that is away is logged, and asked again the next time.
pub async fn sweep(state: &AppState) -> sqlx::Result<u64> {
    let mut removed = 0;
    for town in towns::keys(&state.pool).await? {
        let mut tx = state.begin_system(town).await?;
        let over = photos::over(&mut tx, town, state.now(), BATCH).await?;
        drop(tx);
        for (sha256, hold) in over {
            match let_go(state, town, &sha256, hold).await {
                Ok(gone) => removed += u64::from(gone),
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), "photos that nobody wants stay for another hour");
                    break;
                }
            }
        }
    }
    Ok(removed)
}
