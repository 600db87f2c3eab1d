//! The program: reads the command line, and hands it to the command.

use clap::{CommandFactory as _, FromArgMatches as _};
use fangge::commands::{self, Cli};
use std::io::IsTerminal as _;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let done = log_to_stderr(&cli.log_filter()).and_then(|()| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(commands::run(cli, &matches))
    });
    match done {
        Ok(status) => status,
        Err(error) => {
            eprintln!("fangge: {error:#}");
            commands::status_of(&error)
        }
    }
}

fn log_to_stderr(filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| commands::Refusal(format!("the log filter {filter:?} is not understood: {error}")))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .compact()
        .init();
    Ok(())
}
