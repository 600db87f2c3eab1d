//! The command line: one module a subcommand. Exit status 0 is success, 1 a failure, 2 something that was asked for and
//! is refused.

mod account;
mod config;
mod doctor;
mod first_accounts;
mod import;
mod migrate;
mod seed;
mod serve;
mod signals;
mod simulate;
mod verify;

use crate::config::{DataArgs, ServeArgs};
use clap::{ArgMatches, Parser, Subcommand};
use std::io::Write as _;
use std::process::ExitCode;

/// Fangge 方格 — a township's situation map: villages, grids, cameras and incidents, live.
#[derive(Debug, Parser)]
#[command(name = "fangge", version, arg_required_else_help = true, after_help = STATUSES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const STATUSES: &str = "Exit status: 0 done, 1 failed, 2 refused (wrong arguments or settings).";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the map: page, API and live feed
    #[command(after_help = STATUSES)]
    Serve(serve::Arguments),
    /// Bring the database's schema up to date
    #[command(after_help = STATUSES)]
    Migrate(DataArgs),
    /// Make the demonstration town
    #[command(after_help = STATUSES)]
    Seed(seed::Arguments),
    /// Send invented incidents and their later steps to a running server's demonstration town
    #[command(after_help = STATUSES)]
    Simulate(simulate::Arguments),
    /// Make, reset and list accounts
    #[command(after_help = STATUSES, subcommand)]
    Account(account::Account),
    /// Load data from files
    #[command(after_help = STATUSES, subcommand)]
    Import(import::Import),
    /// Compare every incident with its log, by the rules, and print what differs
    #[command(after_help = "Exit status: 0 they agree, 1 they don't.")]
    Verify(verify::Arguments),
    /// Check this machine, the settings and the database, and say what to do
    #[command(after_help = "Exit status: 0 nothing is wrong, 1 something is.")]
    Doctor(ServeArgs),
    /// Show every setting, its value, and where that came from
    #[command(after_help = STATUSES)]
    Config(ServeArgs),
}

/// Something that was asked for and is refused: exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Cli {
    /// What is to be logged: as it was set, and of the database's driver only what is of use to who did not ask for it.
    pub fn log_filter(&self) -> String {
        let (driver, filter) = match &self.command {
            Command::Serve(arguments) => ("sqlx=warn,sqlx_core::pool=error", &arguments.settings.data.log),
            // A statement over a whole table may take its time here.
            Command::Migrate(data) => ("sqlx=error", &data.log),
            Command::Simulate(arguments) => return arguments.log.clone(),
            Command::Account(what) => ("sqlx=error", &what.data().log),
            Command::Seed(arguments) => ("sqlx=error", &arguments.data.log),
            Command::Import(import::Import::Incidents(arguments)) => ("sqlx=error", &arguments.data.log),
            Command::Verify(arguments) => ("sqlx=error", &arguments.data.log),
            // Their answer is what they print; the log would only be between its lines.
            Command::Doctor(_) | Command::Config(_) => return "error".to_owned(),
        };
        if filter.contains("sqlx") { filter.clone() } else { format!("{driver},{filter}") }
    }
}

/// Runs a command to its end.
///
/// # Errors
/// One error, with its causes, for a person to read; [`status_of`] tells the exit status.
pub async fn run(cli: Cli, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Serve(arguments) => serve::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Migrate(data) => migrate::run(&data).await.map(|()| ExitCode::SUCCESS),
        Command::Seed(arguments) => seed::run(&arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Simulate(arguments) => simulate::run(&arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Account(what) => account::run(what).await.map(|()| ExitCode::SUCCESS),
        Command::Import(what) => import::run(what).await.map(|()| ExitCode::SUCCESS),
        Command::Verify(arguments) => verify::run(&arguments).await,
        Command::Doctor(settings) => doctor::run(&settings).await,
        Command::Config(settings) => config::run(&settings, matches).map(|()| ExitCode::SUCCESS),
    }
}

/// The exit status of an error.
pub fn status_of(error: &anyhow::Error) -> ExitCode {
    ExitCode::from(if error.is::<Refusal>() { 2 } else { 1 })
}

/// Writes a line to standard output. A reader that has gone away is not an error.
fn say(line: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        tracing::debug!("nobody reads standard output");
    }
}
