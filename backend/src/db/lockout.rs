//! Failures to sign in, counted so that guessing takes for ever and nobody is locked out by a stranger.
//!
//! After OWASP's device cookies: a device that an account has been signed in from is counted by itself; everyone else is
//! counted by account name and address. So whoever guesses from elsewhere hinders neither the account's own devices nor anyone at
//! another address. Names that nobody has are counted alike.

use chrono::{DateTime, TimeDelta, Utc};
use geodata::town::TownId;
use sha2::{Digest as _, Sha256};
use sqlx::{PgConnection, Row as _};
use std::net::{IpAddr, Ipv6Addr};

/// Failures in a row that are let pass.
const FREE: i32 = 5;
/// Failures further apart than this are not in a row.
const ROW: TimeDelta = TimeDelta::minutes(15);
/// The first wait; each further failure doubles it.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(15);
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(24);
/// This long after a wait all is forgotten.
const FORGIVEN: TimeDelta = TimeDelta::hours(24);

/// Who is counted: a hash, since what is typed as a name may be a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted([u8; 32]);

impl Counted {
    /// A device that the account has been signed in from.
    pub fn device(staff: i32, device_hash: &[u8]) -> Self {
        Self(
            Sha256::new()
                .chain_update(b"device\0")
                .chain_update(staff.to_be_bytes())
                .chain_update(device_hash)
                .finalize()
                .into(),
        )
    }

    /// Whoever else tries a name from an address. Of IPv6 the network counts: one host has 2⁶⁴ addresses to try from.
    pub fn stranger(name: &str, address: IpAddr) -> Self {
        let network = match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        };
        let hash = Sha256::new().chain_update(b"stranger\0").chain_update(network.to_string()).chain_update([0]);
        Self(hash.chain_update(name).finalize().into())
    }
}

/// What is known of somebody's failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Record {
    failures: i32,
    failed_at: DateTime<Utc>,
    blocked_until: Option<DateTime<Utc>>,
}

/// The record with one more attempt, or until when none is let through.
fn attempted(before: Option<Record>, now: DateTime<Utc>) -> Result<Record, DateTime<Utc>> {
    let in_a_row = before.filter(|record| match record.blocked_until {
        Some(until) => now < until + FORGIVEN,
        None => now < record.failed_at + ROW,
    });
    if let Some(until) = in_a_row.and_then(|record| record.blocked_until).filter(|until| now < *until) {
        return Err(until);
    }
    let failures = in_a_row.map_or(0, |record| record.failures).saturating_add(1);
    let doublings = u32::try_from(failures - FREE).ok();
    let wait =
        doublings.map(|n| FIRST_WAIT.checked_mul(2_i32.saturating_pow(n)).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT));
    Ok(Record { failures, failed_at: now, blocked_until: wait.map(|wait| now + wait) })
}

/// Counts an attempt before it is judged, so that many at once are no more than many in a row; [`forget`] takes it back where
/// it is good. Answers until when none is let through, if so.
pub async fn attempt(
    db: &mut PgConnection,
    town: TownId,
    counted: &Counted,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    // The row is made so that it can be held: two attempts at once wait for each other here.
    let sql = "INSERT INTO sign_in_failure (town_id, counted, failures, failed_at) VALUES ($1, $2, 1, $3)
               ON CONFLICT (town_id, counted) DO NOTHING";
    let made = sqlx::query(sql).bind(town.0).bind(&counted.0[..]).bind(now).execute(&mut *db).await?;
    if made.rows_affected() == 1 {
        return Ok(None);
    }
    let sql =
        "SELECT failures, failed_at, blocked_until FROM sign_in_failure WHERE town_id = $1 AND counted = $2 FOR UPDATE";
    let row = sqlx::query(sql).bind(town.0).bind(&counted.0[..]).fetch_optional(&mut *db).await?;
    // Forgotten in between: somebody came in. The next attempt is counted.
    let Some(row) = row else { return Ok(None) };
    let before = Record {
        failures: row.try_get("failures")?,
        failed_at: row.try_get("failed_at")?,
        blocked_until: row.try_get("blocked_until")?,
    };
    let after = match attempted(Some(before), now) {
        Ok(after) => after,
        Err(until) => return Ok(Some(until)),
    };
    let sql = "UPDATE sign_in_failure SET failures = $3, failed_at = $4, blocked_until = $5 WHERE town_id = $1 AND counted = $2";
    sqlx::query(sql)
        .bind(town.0)
        .bind(&counted.0[..])
        .bind(after.failures)
        .bind(after.failed_at)
        .bind(after.blocked_until)
        .execute(db)
        .await?;
    Ok(None)
}

/// Forgets somebody's failures: they came in.
pub async fn forget(db: &mut PgConnection, town: TownId, counted: &Counted) -> sqlx::Result<()> {
    let sql = "DELETE FROM sign_in_failure WHERE town_id = $1 AND counted = $2";
    sqlx::query(sql).bind(town.0).bind(&counted.0[..]).execute(db).await?;
    Ok(())
}

/// Whether an account has been signed in from a device.
pub async fn knows(db: &mut PgConnection, town: TownId, staff: i32, device_hash: &[u8]) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT FROM account_device WHERE town_id = $1 AND staff_id = $2 AND device_hash = $3)";
    sqlx::query_scalar(sql).bind(town.0).bind(staff).bind(device_hash).fetch_one(db).await
}

/// Remembers that an account was signed in from a device.
pub async fn remember(
    db: &mut PgConnection,
    town: TownId,
    staff: i32,
    device_hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "INSERT INTO account_device (town_id, staff_id, device_hash, seen_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (town_id, staff_id, device_hash) DO UPDATE SET seen_at = EXCLUDED.seen_at";
    sqlx::query(sql).bind(town.0).bind(staff).bind(device_hash).bind(now).execute(db).await?;
    Ok(())
}

/// Forgets all devices of an account: where its password was changed because somebody else may know it.
pub async fn forget_devices(db: &mut PgConnection, town: TownId, staff: i32) -> sqlx::Result<()> {
    let sql = "DELETE FROM account_device WHERE town_id = $1 AND staff_id = $2";
    sqlx::query(sql).bind(town.0).bind(staff).execute(db).await?;
    Ok(())
}

/// Lets go of a town's failures that are forgiven, devices not seen for more than a year, and sessions that ended long ago.
pub async fn tidy(db: &mut PgConnection, town: TownId, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let statements = [
        ("DELETE FROM sign_in_failure WHERE town_id = $1 AND failed_at < $2", LONGEST_WAIT + FORGIVEN),
        ("DELETE FROM account_device WHERE town_id = $1 AND seen_at < $2", TimeDelta::days(400)),
        ("DELETE FROM account_session WHERE town_id = $1 AND expires_at < $2", TimeDelta::days(90)),
    ];
    let mut gone = 0;
    for (sql, age) in statements {
        gone += sqlx::query(sql).bind(town.0).bind(now - age).execute(&mut *db).await?.rows_affected();
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    #[test]
    fn five_in_a_row_are_free_and_then_the_wait_doubles() {
        let mut record = None;
        for n in 1..=4 {
            record = Some(attempted(record, at(n)).unwrap());
            assert_eq!(record.and_then(|r| r.blocked_until), None);
        }
        let mut now = at(5);
        for minutes in [15, 30, 60, 120, 240, 480, 960, 1_440, 1_440] {
            record = Some(attempted(record, now).unwrap());
            let until = record.and_then(|r| r.blocked_until).unwrap();
            assert_eq!(until - now, TimeDelta::minutes(minutes));
            assert_eq!(attempted(record, until - TimeDelta::seconds(1)), Err(until));
            now = until;
        }
        assert_eq!(attempted(record, now + FORGIVEN).unwrap().failures, 1, "a day of quiet, and all is forgotten");
    }

    #[test]
    fn a_slip_now_and_then_is_never_five_in_a_row() {
        let mut record = None;
        for n in 0..50 {
            record = Some(attempted(record, at(n * 16)).unwrap());
        }
        assert_eq!(record.unwrap().failures, 1);
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_names_and_addresses_do_not_run_together() {
        let of = |name: &str, address: &str| Counted::stranger(name, address.parse().unwrap());
        assert_eq!(of("王一", "2001:db8::1"), of("王一", "2001:db8::ffff:2"));
        assert_ne!(of("王一", "2001:db8::1"), of("王一", "2001:db8:0:1::1"));
        assert_ne!(of("王一", "10.0.0.1"), of("王一", "10.0.0.2"));
        assert_ne!(of("王一", "10.0.0.1"), of("王二", "10.0.0.1"));
    }
}
