//! The duty roster of a generated town: the week before now and the one after it.

use crate::db::roster;
use chrono::{DateTime, Days, Utc};
use geodata::demo::DemoTown;
use geodata::town::TownId;
use geodata::wire::NewDuty;
use sqlx::PgConnection;

/// How many days before now, and how many after it.
const WEEK: Days = Days::new(7);

/// Writes who is on duty about now.
pub async fn write(db: &mut PgConnection, id: TownId, town: &DemoTown, now: DateTime<Utc>) -> anyhow::Result<()> {
    let today = now.with_timezone(&chrono_tz::Asia::Shanghai).date_naive();
    let first = today.checked_sub_days(WEEK).unwrap_or(today);
    let last = today.checked_add_days(WEEK).unwrap_or(today);
    let mut duties = Vec::new();
    for day in first.iter_days().take_while(|day| *day <= last) {
        for duty in geodata::demo::duties(town, day) {
            // The staff's keys are their places in the list, from one.
            let staff = i32::try_from(duty.staff)? + 1;
            let note = duty.note.map(str::to_owned);
            duties.push((day, NewDuty { staff, shift: duty.shift, place: duty.place, note }));
        }
    }
    Ok(roster::replace(db, id, &[], None, &duties).await?)
}
