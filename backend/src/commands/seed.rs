//! `fangge seed`: the demonstration town, generated and written down.

use super::{Refusal, say};
use crate::config::DataArgs;
use crate::database::{self, Purpose};
use crate::db;
use anyhow::Context as _;
use chrono::{TimeDelta, Utc};
use clap::Args;
use geodata::town::Slug;
use sqlx::PgPool;
use std::time::Instant;

/// The only town that can be generated.
const MUYI: &str = "muyi";
/// The seed where none is given: everybody sees the same town.
pub(super) const SEED: u64 = 20_261_123;
/// How far its past reaches back.
const PAST: TimeDelta = TimeDelta::days(730);

/// What `seed` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The town to make; muyi is the one there is
    #[arg(long, value_name = "TOWN", default_value = MUYI)]
    pub town: Slug,
    /// What its chance is drawn from: the same town from the same number
    #[arg(long, value_name = "N", default_value_t = SEED)]
    pub seed: u64,
    /// Without its past: the ground, its people and its categories only
    #[arg(long)]
    pub empty: bool,
    /// How to reach the database.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Seeds, unless the town exists.
pub async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.town.as_str() != MUYI {
        return Err(Refusal(format!("there is no demonstration of {}, only of {MUYI}", arguments.town)).into());
    }
    let database = database::open(&arguments.data.settings()?, Purpose::Beside("seed")).await?;
    let seeded = seed(arguments, &database.pool).await;
    database.close().await;
    seeded
}

async fn seed(arguments: &Arguments, pool: &PgPool) -> anyhow::Result<()> {
    database::migrate(pool).await?;
    if db::seed::exists(pool, &arguments.town).await? {
        say(format_args!("the town {} exists; nothing was changed", arguments.town));
        return Ok(());
    }
    let incidents = write(pool, &arguments.town, arguments.seed, arguments.empty).await?;
    say(format_args!("the demonstration town {} is there, with {incidents} incidents in its past", arguments.town));
    Ok(())
}

/// Makes the demonstration town where the database holds no town at all.
pub async fn first_town(pool: &PgPool) -> anyhow::Result<()> {
    if db::seed::any_town(pool).await? {
        return Ok(());
    }
    tracing::info!("the database is empty: making the demonstration town 慕仪镇, some seconds");
    write(pool, &MUYI.parse()?, SEED, false).await.map(drop)
}

/// Generates and writes; the number of incidents.
async fn write(pool: &PgPool, slug: &Slug, seed: u64, empty: bool) -> anyhow::Result<usize> {
    let began = Instant::now();
    let now = Utc::now();
    let from = now - PAST;
    let generated = tokio::task::spawn_blocking(move || {
        let town = geodata::demo::town(seed);
        let past = if empty { Vec::new() } else { geodata::demo::history(&town, seed, from, now) };
        (town, past)
    });
    let (town, past) = generated.await.context("generating the town")?;
    let generated = began.elapsed();
    // The plan must hold before the first incident is looked up in it.
    let plan_from = from - TimeDelta::days(1);
    let written = db::seed::town(pool, slug, &town, &past, plan_from, now).await;
    if let Err(error) = written {
        // Another program may have been quicker: then the town is there, whole.
        return if db::seed::exists(pool, slug).await? { Ok(past.len()) } else { Err(error) };
    }
    tracing::info!(
        incidents = past.len(),
        generated_ms = generated.as_millis(),
        took_ms = began.elapsed().as_millis(),
        "the demonstration town is written"
    );
    Ok(past.len())
}
