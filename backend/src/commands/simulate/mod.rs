//! `fangge simulate`: new incidents and their later steps, sent through the public API as any other program would.

mod cast;
mod client;
mod rate;
mod script;

use super::signals::StopSignals;
use super::{Refusal, first_accounts, say, seed};
use cast::Cast;
use clap::Args;
use client::{Answer, Server};
use geodata::town::Slug;
use geodata::wire::{IncidentFeature, PAGE_LIMIT};
use rate::Rate;
use script::Script;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

/// How often the list of open incidents is read anew: others act too.
const LOOK: Duration = Duration::from_secs(60);
/// Steps that an incident takes on its way, more or less: so many times the rate of reports keeps their number even.
const STEPS: f64 = 8.0;
/// A town with fewer open incidents lets them gather first.
const FEWEST_OPEN: usize = 20;

/// What `simulate` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Address of the server
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// The town, a demonstration
    #[arg(long, env = "FANGGE_TOWN", value_name = "TOWN", default_value = "muyi")]
    pub town: Slug,
    /// New incidents in a span of time: 2/min, 6/h, 1/s; steps follow, so that as many stay open as there are now
    #[arg(long, value_name = "RATE", default_value = "2/min")]
    pub rate: Rate,
    /// What chance is drawn from [default: another each time]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// What the town was drawn from, where `fangge seed` was given a seed
    #[arg(long, value_name = "N", default_value_t = seed::SEED)]
    pub town_seed: u64,
    /// End after this many new incidents
    #[arg(long, value_name = "N")]
    pub count: Option<u64>,
    /// End after this time: 90s, 10m, 2h
    #[arg(long = "for", value_name = "SPAN", value_parser = rate::span)]
    pub span: Option<Duration>,
    /// The file with its people's names and passwords [default: demo-accounts.json in the data folder]
    #[arg(long, value_name = "FILE")]
    pub accounts: Option<PathBuf>,
    /// The server's data folder, where that file is
    #[arg(long, env = "FANGGE_DATA", value_name = "FOLDER", default_value = "./data")]
    pub data: PathBuf,
    /// What is logged
    #[arg(long, env = "FANGGE_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,
}

/// Simulates until it is told to stop.
pub async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut stop = StopSignals::new()?;
    let server = Server::new(&arguments.url, arguments.town.clone())?;
    let mut play = None;
    let played = tokio::select! {
        played = perform(arguments, server, &mut play) => played,
        () = stop.next() => Ok(()),
    };
    let (reports, steps) = play.map_or((0, 0), |play| (play.reports, play.steps));
    if played.is_ok() {
        say(format_args!("sent {reports} new incidents and {steps} steps"));
    }
    played
}

async fn ends(span: Option<Duration>) {
    match span {
        Some(span) => sleep(span).await,
        None => std::future::pending().await,
    }
}

async fn perform(arguments: &Arguments, server: Server, play: &mut Option<Play>) -> anyhow::Result<()> {
    // A first start takes its time, and makes the accounts only then.
    server.ready().await?;
    let file = arguments.accounts.clone().unwrap_or_else(|| arguments.data.join(first_accounts::DEMO));
    let cast = Cast::new(&server, first_accounts::read(&file)?);
    let town = cast.commander()?.town().await?;
    if !town.demonstration {
        let name = &arguments.town;
        return Err(
            Refusal(format!("{name} is no demonstration; invented incidents are not sent into a real log")).into()
        );
    }
    let (town_seed, seed) = (arguments.town_seed, arguments.seed.unwrap_or_else(random_seed));
    let script = tokio::task::spawn_blocking(move || Script::new(&geodata::demo::town(town_seed), seed)).await?;
    let open = cast.commander()?.open(PAGE_LIMIT).await?;
    say(format_args!(
        "simulating {} at {}: {} incidents are open; Ctrl-C ends it",
        town.name.zh,
        arguments.url,
        open.len()
    ));
    let even = open.len().max(FEWEST_OPEN);
    let play = play.insert(Play { cast, script, rate: arguments.rate, open, even, reports: 0, steps: 0 });
    tokio::select! {
        played = play.go(arguments.count) => played,
        () = ends(arguments.span) => Ok(()),
    }
}

fn random_seed() -> u64 {
    // A random UUID is 122 bits of chance; any of them will do.
    Uuid::new_v4().as_u64_pair().1
}

/// What is under way.
struct Play {
    cast: Cast,
    script: Script,
    rate: Rate,
    /// The open incidents as they were last seen.
    open: Vec<IncidentFeature>,
    /// As many as are to stay open.
    even: usize,
    reports: u64,
    steps: u64,
}

impl Play {
    async fn go(&mut self, count: Option<u64>) -> anyhow::Result<()> {
        let mut report = Instant::now() + self.script.pause(self.rate.per_second());
        let mut step = Instant::now() + self.script.pause(self.steps_per_second());
        let mut look = Instant::now() + LOOK;
        while count.is_none_or(|count| self.reports < count) {
            sleep_until(report.min(step)).await;
            let now = Instant::now();
            if now >= look {
                self.open = self.cast.commander()?.open(PAGE_LIMIT).await?;
                look = now + LOOK;
            }
            if report <= step {
                self.report().await?;
                report = Instant::now() + self.script.pause(self.rate.per_second());
            } else {
                self.step().await?;
                step = Instant::now() + self.script.pause(self.steps_per_second());
            }
        }
        Ok(())
    }

    /// The more are open, the more is done: their number settles where it was.
    #[expect(clippy::cast_precision_loss, reason = "thousands at most")]
    fn steps_per_second(&self) -> f64 {
        let full = self.open.len() as f64 / self.even as f64;
        // Never quite still, so that an empty list is looked at again.
        self.rate.per_second() * STEPS * full.clamp(0.1, 4.0)
    }

    async fn report(&mut self) -> anyhow::Result<()> {
        let Some((new, reporter)) = self.script.report(chrono::Utc::now()) else { return Ok(()) };
        let reporter = match reporter.and_then(|name| self.cast.called(&name)) {
            Some(reporter) => reporter,
            None => self.cast.commander()?,
        };
        let key = Uuid::new_v4().to_string();
        match reporter.report(&key, &new).await? {
            Answer::Done(incident) => {
                self.reports += 1;
                tracing::info!(number = incident.properties.number, title = incident.properties.title, "reported");
                self.open.push(incident);
            }
            Answer::Conflict => tracing::debug!("a report is still under way"),
            Answer::Hidden => tracing::warn!(name = reporter.login().name, "may not report"),
            // Drawn a metre beside the town, say: the next one will do.
            Answer::Refused(why) => tracing::warn!(why, title = new.title, "a report was refused"),
        }
        Ok(())
    }

    async fn step(&mut self) -> anyhow::Result<()> {
        let Some(place) = self.script.choose(self.open.len()) else { return Ok(()) };
        let incident = &self.open[place];
        let (id, properties) = (incident.id, &incident.properties);
        let Some((act, role)) = self.script.step(properties) else {
            self.open.swap_remove(place);
            return Ok(());
        };
        let players = self.cast.for_role(role, properties);
        let (mut answer, key) = (Answer::Hidden, Uuid::new_v4().to_string());
        for (turn, player) in players.into_iter().enumerate() {
            answer = player.act(&format!("{key}-{turn}"), id, &act).await?;
            if !matches!(answer, Answer::Hidden) {
                break;
            }
        }
        match answer {
            Answer::Done(incident) => {
                self.steps += 1;
                let (number, state) = (&incident.properties.number, incident.properties.state.word());
                tracing::debug!(number, action = act.action.word(), state, "went on");
                self.put(place, Some(incident));
            }
            Answer::Conflict => {
                // Someone was quicker: see how it stands now.
                let now = match self.cast.commander()?.incident(id).await? {
                    Answer::Done(detail) => Some(detail.incident),
                    Answer::Conflict | Answer::Hidden | Answer::Refused(_) => None,
                };
                self.put(place, now);
            }
            Answer::Hidden => {
                tracing::warn!(id, role = role.word(), "nobody in that role sees it");
                self.put(place, None);
            }
            Answer::Refused(why) => {
                tracing::warn!(why, id, "a step was refused");
                self.put(place, None);
            }
        }
        Ok(())
    }

    /// Keeps an incident as it stands now, as long as it is open.
    fn put(&mut self, place: usize, now: Option<IncidentFeature>) {
        match now.filter(|incident| incident.properties.state.is_open()) {
            Some(incident) => self.open[place] = incident,
            None => drop(self.open.swap_remove(place)),
        }
    }
}
