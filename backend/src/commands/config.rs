//! `fangge config`: every setting, its value, and where it came from.

use super::{Cli, Refusal, say};
use crate::config::{ServeArgs, Shown, shown};
use clap::{ArgMatches, CommandFactory as _};

/// Prints the settings; those that could not be used are an error afterwards.
pub fn run(settings: &ServeArgs, matches: &ArgMatches) -> anyhow::Result<()> {
    let command = Cli::command();
    let Some((name, matches)) = matches.subcommand() else { return Ok(()) };
    let Some(command) = command.find_subcommand(name) else { return Ok(()) };
    let lines = shown(command, matches);
    let width = |text: fn(&Shown) -> usize| lines.iter().map(text).max().unwrap_or_default();
    let (variables, flags) = (width(|line| line.variable.len()), width(|line| line.flag.len()));
    for line in &lines {
        say(format_args!(
            "{:variables$}  {:flags$}  {:<11}  {}",
            line.variable,
            line.flag,
            line.source,
            line.value.as_deref().unwrap_or("(not set)")
        ));
    }
    settings.settings().map(drop).map_err(|error| Refusal(error.to_string()).into())
}
