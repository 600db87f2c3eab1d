//! One step of an incident's life, written: the next entry of its log and what that adds up to, in the caller's transaction
//! and under the town's lock.

use super::cases::{self, Held};
use super::events::{self, NewEvent};
use crate::hours::Counted;
use chrono::{DateTime, Utc};
use geodata::incident::{Case, Party, Refusal, Step};
use geodata::town::TownId;
use sqlx::PgConnection;

/// The word that the log has for the system's own steps, where a person's role would stand.
pub const SYSTEM: &str = "system";

/// A step as its log will have it.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    /// The step.
    pub step: Step,
    /// The role it is taken in, or [`SYSTEM`].
    pub role: &'a str,
    /// Who takes it, by name.
    pub actor: Option<&'a str>,
    /// The words that go with it.
    pub note: Option<&'a str>,
    /// When it is written down.
    pub recorded_at: DateTime<Utc>,
    /// Whether a simulator sent it.
    pub simulated: bool,
}

/// Why a step was not written.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It is not possible where the incident stands.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Writes a step under a number that the town's lock gave; answers where it led.
///
/// # Errors
/// When the step is not possible, or the database fails; the transaction must not be committed then.
pub async fn take(
    db: &mut PgConnection,
    town: TownId,
    seq: i64,
    held: &Held,
    case: &Case,
    told: &Told<'_>,
    hours: &Counted,
) -> Result<Case, NotTaken> {
    let to = Case::after(Some(case), &told.step, held.ground, &held.terms, hours)?;
    let id = held.incident.id;
    events::append(db, town, &NewEvent { seq, incident: id, told, to: to.standing }).await?;
    let act_at = to.next_alarm(&held.terms, hours).map(|(at, _)| at);
    cases::write(db, town, (id, seq), &to, act_at, told.actor).await?;
    for party in [Some(&to.owner), to.offered.as_ref()].into_iter().flatten() {
        if matches!(party, Party::Staff(_) | Party::Unit(_)) {
            cases::involve(db, town, id, &party.to_string()).await?;
        }
    }
    Ok(to)
}
