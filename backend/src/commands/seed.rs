//! `fangge seed`: the demonstration town, generated and written down, and who may sign in there.

use super::first_accounts::{self, ADMINISTRATOR, DEMO, Drawing, Login};
use super::{Refusal, say};
use crate::config::DataArgs;
use crate::database::{self, Purpose};
use crate::db;
use anyhow::Context as _;
use chrono::{TimeDelta, Utc};
use clap::Args;
use geodata::demo::DemoStaff;
use geodata::town::{Role, Slug};
use sqlx::PgPool;
use std::path::Path;
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
    /// For production: its ground, units and categories, and one administrator; none of the demonstration's people, no past
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
    let settings = arguments.data.settings()?;
    let database = database::open(&settings, Purpose::Beside("seed")).await?;
    let seeded = seed(arguments, &database.pool, &settings.data).await;
    database.close().await;
    seeded
}

async fn seed(arguments: &Arguments, pool: &PgPool, data: &Path) -> anyhow::Result<()> {
    database::migrate(pool).await?;
    if db::seed::exists(pool, &arguments.town).await? {
        say(format_args!("the town {} exists; nothing was changed", arguments.town));
        return Ok(());
    }
    let file = data.join(if arguments.empty { ADMINISTRATOR } else { DEMO });
    let Seeded { incidents, logins } = write(pool, &arguments.town, arguments.seed, arguments.empty, &file).await?;
    if !arguments.empty {
        say(format_args!("the demonstration town {} is there, with {incidents} incidents in its past", arguments.town));
        say(format_args!("{} people may sign in; {} has their names and passwords", logins.len(), file.display()));
        return Ok(());
    }
    say(format_args!("the town {} is there, without people and past", arguments.town));
    for login in logins {
        say(format_args!("its administrator signs in as {} with the password {}", login.name, login.password));
    }
    say(format_args!("this is not shown again; {} has it, until you remove that file", file.display()));
    Ok(())
}

/// Makes the demonstration town where the database holds no town at all, and accounts for its people where they have none: an
/// older version made them without.
pub async fn first_town(pool: &PgPool, data: &Path) -> anyhow::Result<()> {
    let file = data.join(DEMO);
    if !db::seed::any_town(pool).await? {
        tracing::info!("the database is empty: making the demonstration town 慕仪镇, some seconds");
        return write(pool, &MUYI.parse()?, SEED, false, &file).await.map(drop);
    }
    let Some(town) = db::towns::key(pool, &MUYI.parse()?).await? else { return Ok(()) };
    let mut tx = pool.begin().await?;
    if db::seed::is_demonstration(&mut tx, town.id).await? && !db::accounts::any(&mut tx, town.id).await? {
        tracing::info!(file = %file.display(), "the demonstration's people get accounts");
        first_accounts::give(&mut tx, town.id, None, &file, Utc::now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What was made.
struct Seeded {
    /// So many incidents in its past.
    incidents: usize,
    /// Who may sign in.
    logins: Vec<Login>,
}

/// Generates and writes.
async fn write(pool: &PgPool, slug: &Slug, seed: u64, empty: bool, file: &Path) -> anyhow::Result<Seeded> {
    let began = Instant::now();
    let now = Utc::now();
    let from = now - PAST;
    let mut town =
        tokio::task::spawn_blocking(move || geodata::demo::town(seed)).await.context("generating the town")?;
    if empty {
        town.staff = vec![administrator()];
    }
    // Beside what follows: it takes as long.
    let drawing = Drawing::begin(town.staff.len());
    let generated = tokio::task::spawn_blocking(move || {
        let past = if empty { Vec::new() } else { geodata::demo::history(&town, seed, from, now) };
        (town, past)
    });
    let (town, past) = generated.await.context("generating the town's past")?;
    let generated = began.elapsed();
    // The plan must hold before the first incident is looked up in it.
    let plan_from = from - TimeDelta::days(1);
    let (mut tx, id) = match db::seed::begin(pool, slug, &town, &past, plan_from, now).await {
        Ok(written) => written,
        // Another program may have been quicker: then the town is there, whole.
        Err(_) if db::seed::exists(pool, slug).await? => {
            return Ok(Seeded { incidents: past.len(), logins: Vec::new() });
        }
        Err(error) => return Err(error),
    };
    let logins = first_accounts::give(&mut tx, id, Some(drawing), file, now).await?;
    db::seed::finish(pool, tx).await?;
    tracing::info!(
        incidents = past.len(),
        generated_ms = generated.as_millis(),
        took_ms = began.elapsed().as_millis(),
        "the town is written"
    );
    Ok(Seeded { incidents: past.len(), logins })
}

/// Whom a production start begins with: everyone else gets their account from them.
fn administrator() -> DemoStaff {
    DemoStaff {
        role: Role::Administrator, name: "系统管理员".to_owned(), village: None, grids: Vec::new(), unit: None
    }
}
