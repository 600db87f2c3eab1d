//! How an incident's time is counted: in the town's working time, or by every minute.

use crate::state::{AppState, TownKey};
use geodata::Time;
use geodata::incident::{AlwaysOpen, Hours};
use geodata::worktime::WorkCalendar;
use sqlx::PgConnection;
use std::sync::Arc;

/// What counts for one incident.
#[derive(Debug, Clone)]
pub enum Counted {
    /// The town's working hours, its holidays and make-up workdays.
    Working(Arc<WorkCalendar>),
    /// Every minute.
    Always,
}

impl Counted {
    /// By the calendar where only working time counts, else always.
    pub fn by(calendar: &Arc<WorkCalendar>, working_time: bool) -> Self {
        if working_time { Self::Working(Arc::clone(calendar)) } else { Self::Always }
    }

    /// Whether so many minutes from a moment end in a year whose holidays are not announced.
    pub fn is_provisional(&self, from: Time, minutes: i64) -> bool {
        matches!(self, Self::Working(calendar) if calendar.due(from, minutes).provisional)
    }
}

impl Hours for Counted {
    fn due(&self, from: Time, minutes: i64) -> Time {
        match self {
            Self::Working(calendar) => calendar.due(from, minutes).at,
            Self::Always => AlwaysOpen.due(from, minutes),
        }
    }

    fn between(&self, from: Time, to: Time) -> i64 {
        match self {
            Self::Working(calendar) => calendar.between(from, to.max(from)).num_minutes(),
            Self::Always => AlwaysOpen.between(from, to),
        }
    }
}

impl AppState {
    /// How time is counted for an incident of a town, by the calendar as it is in force. Who writes times that are due asks
    /// under the town's lock.
    ///
    /// # Errors
    /// The database's.
    pub async fn counted(&self, db: &mut PgConnection, town: &TownKey, working_time: bool) -> sqlx::Result<Counted> {
        if !working_time {
            return Ok(Counted::Always);
        }
        Ok(Counted::Working(self.calendars.of(db, town.id).await?))
    }
}
