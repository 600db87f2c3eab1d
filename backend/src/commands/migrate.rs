//! `fangge migrate`: the schema, brought up to this program's version.

use super::say;
use crate::config::DataArgs;
use crate::database::{self, Purpose};
use crate::db::MIGRATOR;

/// Migrates, and says to which version.
pub async fn run(data: &DataArgs) -> anyhow::Result<()> {
    let database = database::open(&data.settings()?, Purpose::Beside("migrate")).await?;
    let migrated = database::migrate(&database.pool).await;
    database.close().await;
    migrated?;
    let last = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default();
    say(format_args!("the schema is up to date: {} migrations, the last is {last}", MIGRATOR.iter().count()));
    Ok(())
}
