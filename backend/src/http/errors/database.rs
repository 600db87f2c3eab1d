//! What the database refuses, as errors of ours.

use super::Error;
use geodata::Invalid;
use sqlx::error::DatabaseError;

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if is_away(&error) {
            return Self::Unavailable;
        }
        match error.as_database_error().and_then(broken_rule) {
            Some(told) => told,
            None => Self::Internal(error.into()),
        }
    }
}

/// SQLSTATE of a lock that was not to be had in time.
const LOCK_TIMED_OUT: &str = "55P03";

/// SQLSTATE of what the role, or row-level security, does not permit.
const NOT_PERMITTED: &str = "42501";

/// Whether another transaction held on to what was needed for too long.
pub fn is_lock_timeout(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == LOCK_TIMED_OUT)
}

/// Whether the database can't be reached, is starting or is stopping, as against having refused something.
pub fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        // 57P01–57P04 shutdown, crash, start-up, dropped; 3D000 no such database (it is being restored); 53300 too many connections; 08xxx connection; 53100 disk full;
        // 55000 the database is closed to connections.
        sqlx::Error::Database(e) => e.code().is_some_and(|c| {
            c.starts_with("08")
                || matches!(
                    c.as_ref(),
                    "57P01" | "57P02" | "57P03" | "57P04" | "3D000" | "53300" | "53100" | "55000" | "25006"
                )
        }),
        _ => false,
    }
}

/// The database's rules by name, as sentences.
fn broken_rule(error: &dyn DatabaseError) -> Option<Error> {
    let code = error.code().unwrap_or_default();
    if code == LOCK_TIMED_OUT {
        return Some(Error::Busy);
    }
    // Data exceptions: the checks before it let through what no column can hold.
    if code.starts_with("22") {
        tracing::warn!(%error, "a value that the checks let through and the database refused");
        return Some(Invalid::new("value", "有的值超出可接受的范围", "a value is out of range").into());
    }
    // A row that the person's scope does not let them write: what asked for it should have looked first.
    if code == NOT_PERMITTED {
        tracing::warn!(%error, "the database refused what the checks before it let through");
        return Some(Error::Denied);
    }
    if error.constraint() == Some("incident_town_id_category_code_category_version_fkey") {
        let (zh, en) = ("已有事件按这一版本登记，不能再改", "incidents were filed under this version already");
        return Some(Error::Conflict { zh: zh.into(), en: en.into() });
    }
    let (field, zh, en) = match error.constraint()? {
        "incident_inside_town" => (
            "position",
            "位置不在本镇范围内；确属镇外事件请标明 outside",
            "the position lies outside the town; mark the incident `outside` if that is so",
        ),
        "roster_one_place_at_a_time" | "roster_pkey" => {
            ("duties", "同一时间不能重复排班", "nobody is on duty twice at the same time")
        }
        "incident_position_on_earth" => ("position", "经纬度超出范围", "longitude or latitude is out of range"),
        _ => return None,
    };
    Some(Invalid::new(field, zh, en).into())
}
