//! `fangge account`: making, resetting and listing a town's accounts, for whoever owns the data folder. It is the way in where nobody
//! can sign in: an imported town, a lost password of the only administrator.

use super::{Refusal, say};
use crate::accounts::{self, Given, Refused};
use crate::config::DataArgs;
use crate::database::{self, Purpose};
use crate::db;
use crate::db::audit::By;
use chrono::Utc;
use clap::{Args, Subcommand};
use geodata::town::{GridCode, PersonName, Role, Slug, TownId, UnitCode, VillageCode};
use geodata::wire::{Account as Row, NewAccount};
use sqlx::PgPool;

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Make an account, and print its password once
    Add(Add),
    /// Give an account a new password, and print it once; its sessions end
    Reset(Reset),
    /// List a town's accounts
    List(List),
}

/// What `account add` takes.
#[derive(Debug, Args)]
pub struct Add {
    /// The town
    #[arg(long, value_name = "TOWN", env = "FANGGE_TOWN", default_value = "muyi")]
    pub town: Slug,
    /// The person's name, to sign in with
    #[arg(long, value_name = "NAME")]
    pub name: PersonName,
    /// What they are: administrator, commander, `chief_of_grids`, `village_chief` …
    #[arg(long, value_name = "ROLE")]
    pub role: Role,
    /// A village chief's or an information officer's village: 12 digits
    #[arg(long, value_name = "CODE")]
    pub village: Option<VillageCode>,
    /// A grid member's grid: 15 digits; give it again for each
    #[arg(long, value_name = "CODE")]
    pub grid: Vec<GridCode>,
    /// A partner unit's code
    #[arg(long, value_name = "CODE")]
    pub unit: Option<UnitCode>,
    /// How to reach the database.
    #[command(flatten)]
    pub data: DataArgs,
}

/// What `account reset` takes.
#[derive(Debug, Args)]
pub struct Reset {
    /// The town
    #[arg(long, value_name = "TOWN", env = "FANGGE_TOWN", default_value = "muyi")]
    pub town: Slug,
    /// The name they sign in with
    #[arg(long, value_name = "NAME")]
    pub name: PersonName,
    /// How to reach the database.
    #[command(flatten)]
    pub data: DataArgs,
}

/// What `account list` takes.
#[derive(Debug, Args)]
pub struct List {
    /// The town
    #[arg(long, value_name = "TOWN", env = "FANGGE_TOWN", default_value = "muyi")]
    pub town: Slug,
    /// How to reach the database.
    #[command(flatten)]
    pub data: DataArgs,
}

impl Account {
    /// How to reach the database.
    pub fn data(&self) -> &DataArgs {
        match self {
            Self::Add(add) => &add.data,
            Self::Reset(reset) => &reset.data,
            Self::List(list) => &list.data,
        }
    }
}

/// Does it.
pub async fn run(what: Account) -> anyhow::Result<()> {
    let database = database::open(&what.data().settings()?, Purpose::Beside("account")).await?;
    let done = act(what, &database.pool).await;
    database.close().await;
    done
}

async fn act(what: Account, pool: &PgPool) -> anyhow::Result<()> {
    database::migrate(pool).await?;
    match what {
        Account::Add(add) => self::add(pool, add).await,
        Account::Reset(reset) => self::reset(pool, &reset).await,
        Account::List(list) => self::list(pool, &list.town).await,
    }
}

async fn add(pool: &PgPool, add: Add) -> anyhow::Result<()> {
    let town = town(pool, &add.town).await?;
    let new = NewAccount { name: add.name, role: add.role, village: add.village, grids: add.grid, unit: add.unit };
    let given = Given::random().await?;
    let mut tx = pool.begin().await?;
    let made = accounts::make(&mut tx, by(town), new, given, Utc::now()).await.map_err(refusal)?;
    tx.commit().await?;
    say(format_args!("{} may sign in to {} as {}. Password, not shown again:", made.account.name, add.town, add.role));
    say(made.password.expose());
    Ok(())
}

async fn reset(pool: &PgPool, reset: &Reset) -> anyhow::Result<()> {
    let town = town(pool, &reset.town).await?;
    let given = Given::random().await?;
    let mut tx = pool.begin().await?;
    let staff = db::accounts::named(&mut tx, town, reset.name.as_str()).await?;
    let staff = staff.ok_or_else(|| Refusal(format!("nobody signs in to {} as {}", reset.town, reset.name)))?;
    let password = accounts::reset(&mut tx, by(town), staff, given, Utc::now()).await.map_err(refusal)?;
    tx.commit().await?;
    say(format_args!("{} has a new password, and is signed out everywhere. Not shown again:", reset.name));
    say(password.expose());
    Ok(())
}

async fn list(pool: &PgPool, slug: &Slug) -> anyhow::Result<()> {
    let town = town(pool, slug).await?;
    let mut db = pool.acquire().await?;
    for account in db::accounts::list(&mut db, town).await? {
        say(line(&account));
    }
    Ok(())
}

/// One account in one line: role, state, last sign-in, name, and what it is bound to.
fn line(account: &Row) -> String {
    let state = match (account.disabled, account.must_change_password) {
        (true, _) => "closed",
        (false, true) => "given",
        (false, false) => "open",
    };
    let seen = account.last_sign_in.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d").to_string());
    let bound = account.village.iter().map(ToString::to_string);
    let bound = bound.chain(account.grids.iter().map(ToString::to_string));
    let bound: Vec<String> = bound.chain(account.unit.iter().map(ToString::to_string)).collect();
    let text = format!("{:<20} {state:<7} {seen:<11} {} {}", account.role.word(), account.name, bound.join(" "));
    text.trim_end().to_owned()
}

async fn town(pool: &PgPool, slug: &Slug) -> anyhow::Result<TownId> {
    let key = db::towns::key(pool, slug).await?;
    Ok(key.ok_or_else(|| Refusal(format!("there is no town {slug}")))?.id)
}

/// As the audit log knows the command line.
fn by(town: TownId) -> By<'static> {
    By { town, staff: None, name: "fangge account", role: None, address: None }
}

fn refusal(refused: Refused) -> anyhow::Error {
    match refused {
        Refused::Database(error) => error.into(),
        Refused::Rule(rule) => Refusal(format!("{}: {}", rule.field, rule.en)).into(),
        other => Refusal(other.to_string()).into(),
    }
}
