//! The towns' calendars, kept in memory for as long as the database says that they hold.

use crate::db::calendar::{self, Edition};
use geodata::town::TownId;
use geodata::worktime::WorkCalendar;
use sqlx::PgConnection;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What has been read so far, by town.
#[derive(Debug, Clone, Default)]
pub struct Calendars(Arc<RwLock<HashMap<TownId, Kept>>>);

/// A calendar, and the edition that it was read in.
#[derive(Debug, Clone)]
struct Kept {
    edition: Edition,
    calendar: Arc<WorkCalendar>,
}

impl Calendars {
    /// The town's calendar as it is in force. Asks the database for its edition each time, one row by its key, so that
    /// what another server changed counts here with its commit.
    ///
    /// Whoever writes times that are due asks after taking the town's lock (`db::events::next_numbers`): an edit takes it
    /// too, so that no limit is reckoned by a calendar that is being replaced. Whoever edits reads [`calendar::load`]: what
    /// is not committed must not be kept.
    ///
    /// # Errors
    /// The database's; also when there is no such town.
    pub async fn of(&self, db: &mut PgConnection, town: TownId) -> sqlx::Result<Arc<WorkCalendar>> {
        let edition = calendar::edition(db, town).await?;
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&town).cloned();
        if let Some(kept) = kept.filter(|kept| kept.edition == edition) {
            return Ok(kept.calendar);
        }
        // Read after its edition: should an edit come between, the next one who asks finds another edition and reads again.
        let calendar = Arc::new(calendar::load(db, town).await?);
        let kept = Kept { edition, calendar: Arc::clone(&calendar) };
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(town, kept);
        Ok(calendar)
    }
}
