//! `fangge doctor`: looks at everything the program needs, and says what to do about what is missing.

use super::say;
use crate::cluster::{self, MIN_FREE_BYTES, Owner, Runner};
use crate::config::{ServeArgs, Settings, masked};
use crate::database::{self, Found, Purpose};
use crate::db::{self, MIGRATOR};
use crate::secrets;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::fmt;
use std::process::ExitCode;
use std::time::Duration;

/// Below this much free space a warning is given.
const COMFORTABLE_BYTES: u64 = 2 * 1024 * MB;
/// Clocks further apart than this are told.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::seconds(5);
const MB: u64 = 1024 * 1024;

/// The lines so far.
#[derive(Debug, Default)]
struct Report {
    fine: usize,
    warnings: usize,
    failures: usize,
}

impl Report {
    fn ok(&mut self, what: &str, found: impl fmt::Display) {
        self.fine += 1;
        say(format_args!("ok    {what:<12}  {found}"));
    }

    fn warn(&mut self, what: &str, found: impl fmt::Display) {
        self.warnings += 1;
        say(format_args!("warn  {what:<12}  {found}"));
    }

    fn fail(&mut self, what: &str, found: impl fmt::Display) {
        self.failures += 1;
        say(format_args!("fail  {what:<12}  {found}"));
    }
}

/// Checks everything; failure is exit status 1.
pub async fn run(arguments: &ServeArgs) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    report.ok("program", format_args!("fangge {} on {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS));
    let settings = match arguments.settings() {
        Ok(settings) => settings,
        Err(error) => {
            report.fail("settings", format_args!("{error:#}"));
            arguments.data.settings()?
        }
    };
    let owner = cluster::owner(&settings.data);
    if settings.database_url.is_none() {
        check_folder(&mut report, &settings);
        check_programs(&mut report, &settings);
    }
    check_photos(&mut report, &settings).await;
    check_key(&mut report, &settings);
    check_port(&mut report, &settings, owner.as_ref()).await;
    check_database(&mut report, &settings, owner.as_ref()).await;
    match (report.failures, report.warnings) {
        (0, 0) => say(format_args!("all is well: {} things looked at", report.fine)),
        (0, warnings) => say(format_args!("it will run; {warnings} to look at")),
        (failures, _) => say(format_args!("{failures} to mend before it can run")),
    }
    Ok(if report.failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check_folder(report: &mut Report, settings: &Settings) {
    let shown = settings.data.display();
    let there = match cluster::look_at_folder(&settings.data) {
        Ok(there) => there,
        Err(error) => return report.fail("data folder", error),
    };
    let found = if there == settings.data { "can be written" } else { "can be made" };
    report.ok("data folder", format_args!("{shown} {found}"));
    match cluster::free_bytes(&there) {
        Ok(free) if free < MIN_FREE_BYTES => report.fail(
            "disk",
            format_args!(
                "{} MB free at {shown}, {} MB needed; free some space, or name another folder with --data",
                free / MB,
                MIN_FREE_BYTES / MB
            ),
        ),
        Ok(free) if free < COMFORTABLE_BYTES => {
            report.warn("disk", format_args!("only {} MB free at {shown}; years of incidents need more", free / MB));
        }
        Ok(free) => report.ok("disk", format_args!("{} MB free at {shown}", free / MB)),
        Err(error) => report.warn("disk", format_args!("how much is free at {shown} can't be told: {error}")),
    }
    for orphan in cluster::orphans() {
        report.warn(
            "left over",
            format_args!("{} is a database whose data folder is gone; remove it if it is not wanted", orphan.display()),
        );
    }
}

fn check_key(report: &mut Report, settings: &Settings) {
    match (&settings.secret_key, secrets::look(&settings.data)) {
        (Some(_), _) => report.ok("secrets", "sealed with FANGGE_SECRET_KEY"),
        (None, Ok(true)) => report.ok(
            "secrets",
            format_args!(
                "sealed with {} in the data folder; keep a copy of it, apart from the database's",
                secrets::FILE
            ),
        ),
        (None, Ok(false)) => report.ok("secrets", format_args!("{} will be made at the first start", secrets::FILE)),
        (None, Err(error)) => report.fail("secrets", format_args!("{error:#}")),
    }
}

fn check_programs(report: &mut Report, settings: &Settings) {
    match cluster::find_server(settings.pg_bin.as_deref(), cluster::data_version(&settings.data)) {
        Ok(server) => {
            report.ok("PostgreSQL", &server);
            report.ok("PostGIS", server.postgis.as_deref().unwrap_or("none"));
        }
        Err(error) => report.fail("PostgreSQL", error),
    }
    match Runner::detect() {
        Ok(runner) => {
            let user = runner.user().map_or_else(|| "this user".to_owned(), |user| format!("user {user}"));
            if runner.binds_life() {
                report.ok("rights", format_args!("the database runs as {user}"));
            } else {
                report.warn(
                    "rights",
                    format_args!(
                        "the database runs as {user}; without setpriv (package util-linux) it outlives a program that \
                         is killed, until the next start"
                    ),
                );
            }
        }
        Err(error) => report.fail("rights", error),
    }
}

async fn check_photos(report: &mut Report, settings: &Settings) {
    let store = &settings.photos.store;
    match store.reach().await {
        Ok(()) => report.ok("photos", format_args!("{store} can be reached")),
        Err(error) => report.fail(
            "photos",
            format_args!(
                "{store}: {error}; check FANGGE_PHOTOS_URL, FANGGE_S3_ENDPOINT and the keys, and that the bucket exists"
            ),
        ),
    }
}

async fn check_port(report: &mut Report, settings: &Settings, owner: Option<&Owner>) {
    let listen = settings.listen;
    match tokio::net::TcpListener::bind(listen).await {
        Ok(_) => report.ok("port", format_args!("{listen} is free")),
        Err(_) if owner.is_some_and(|owner| owner.listen == Some(listen)) => {
            report.ok("port", format_args!("{listen} is this program's own, running"));
        }
        Err(error) => report.fail(
            "port",
            format_args!("{listen} can't be used ({error}); stop what uses it, or choose another with --listen"),
        ),
    }
}

async fn check_database(report: &mut Report, settings: &Settings, owner: Option<&Owner>) {
    let is_private = settings.database_url.is_none();
    if is_private && owner.is_none() && cluster::data_version(&settings.data).is_none() {
        return report.ok("database", "none yet; the first start makes it");
    }
    if is_private && owner.is_none() && report.failures > 0 {
        return report.warn("database", "not looked at, because of the failures above");
    }
    let place = match (&settings.database_url, owner) {
        (Some(url), _) => masked(url),
        (None, Some(owner)) => format!("the running instance's ({owner})"),
        (None, None) => format!("the private one in {}", settings.data.display()),
    };
    let opened = tokio::time::timeout(Duration::from_secs(60), database::open(settings, Purpose::Beside("doctor")));
    let database = match opened.await {
        Ok(Ok(database)) => database,
        Ok(Err(error)) => return report.fail("database", format_args!("{error:#}")),
        Err(_) => return report.fail("database", format_args!("{place} does not answer within a minute")),
    };
    if let Err(error) = look_inside(report, &database.pool, &place).await {
        report.fail("database", format_args!("{place}: {error}"));
    }
    database.close().await;
}

async fn look_inside(report: &mut Report, pool: &PgPool, place: &str) -> sqlx::Result<()> {
    let found = Found::ask(pool).await?;
    let postgis = found.postgis.unwrap_or_else(|| "none".into());
    report.ok("database", format_args!("{place}: PostgreSQL {}, PostGIS {postgis}", found.version));
    let lacking = database::lacking(pool).await?;
    for lack in &lacking {
        report.fail("rights", format_args!("{place}: {lack}"));
    }
    if lacking.is_empty() {
        report.ok("rights", "the schema can be made and kept up to date");
    }
    let clock: DateTime<Utc> = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(pool).await?;
    let apart = clock - Utc::now();
    if apart.abs() > CLOCK_TOLERANCE {
        report.warn("clock", format_args!("the database's is {} s off ours; set both by NTP", apart.num_seconds()));
    } else {
        report.ok("clock", Utc::now().format("%Y-%m-%d %H:%M:%S UTC"));
    }
    if check_migrations(report, pool).await? {
        check_indexes(report, pool).await?;
        check_towns(report, pool).await?;
    }
    Ok(())
}

/// Whether the schema is there to be looked at.
async fn check_migrations(report: &mut Report, pool: &PgPool) -> sqlx::Result<bool> {
    let has_table: bool =
        sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(pool).await?;
    let applied: Vec<i64> = if has_table {
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(pool).await?
    } else {
        Vec::new()
    };
    let ours: BTreeSet<i64> = MIGRATOR.iter().map(|migration| migration.version).collect();
    let missing = ours.iter().filter(|version| !applied.contains(version)).count();
    let unknown: Vec<String> = applied.iter().filter(|v| !ours.contains(v)).map(ToString::to_string).collect();
    if !unknown.is_empty() {
        let unknown = unknown.join(", ");
        report.fail(
            "migrations",
            format_args!("{unknown} not known here: the database was made by a newer version; use that one"),
        );
        return Ok(false);
    }
    if missing > 0 {
        report.warn("migrations", format_args!("{missing} to be applied; the next start does it, or `fangge migrate`"));
    } else {
        report.ok("migrations", format_args!("all {} applied", ours.len()));
    }
    Ok(missing == 0)
}

async fn check_indexes(report: &mut Report, pool: &PgPool) -> sqlx::Result<()> {
    match database::trusts_boxes(pool).await? {
        (_, true) => report.ok("indexes", "spatial ones can be used under row-level security"),
        (function, false) => report.warn(
            "indexes",
            format_args!(
                "spatial ones can't be used under row-level security; as a superuser of this database: ALTER FUNCTION \
                 {function} LEAKPROOF"
            ),
        ),
    }
    Ok(())
}

async fn check_towns(report: &mut Report, pool: &PgPool) -> sqlx::Result<()> {
    let towns = db::towns::slugs(pool).await?;
    if towns.is_empty() {
        report.warn("towns", "none; `fangge seed --town muyi` makes the demonstration town");
    } else {
        report.ok("towns", towns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    }
    // By each town's last event: the log is numbered in the order of writing.
    let last: Option<DateTime<Utc>> = sqlx::query_scalar(
        "SELECT max(e.recorded_at) FROM town_feed f JOIN incident_event e ON e.town_id = f.town_id AND e.seq = f.last_seq",
    )
    .fetch_one(pool)
    .await?;
    if let Some(last) = last.filter(|last| *last > Utc::now() + CLOCK_TOLERANCE) {
        report.warn("clock", format_args!("an event was written at {last}, still to come: the clock was set back"));
    }
    Ok(())
}
