//! `fangge verify`: every incident's log, folded by the rules, against the row that was made of it as it grew. They agree unless
//! somebody wrote into the database by hand, or the program has a fault.

use super::{Refusal, say};
use crate::config::DataArgs;
use crate::database::{self, Purpose};
use crate::db;
use crate::db::verify::{self, Numbered, Stood};
use crate::hours::Counted;
use crate::state::TownKey;
use chrono::{DateTime, SubsecRound as _, Utc};
use clap::Args;
use geodata::incident::{Case, Standing};
use geodata::town::Slug;
use geodata::worktime::WorkCalendar;
use serde_json::Value;
use sqlx::{Connection as _, PgConnection, PgPool};
use std::process::ExitCode;
use std::sync::Arc;

/// Incidents read at once.
const PAGE: i64 = 1_000;
/// Differences told; of more, how many.
const MOST: usize = 1_000;

/// What `verify` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// One town instead of all
    #[arg(long, value_name = "TOWN")]
    pub town: Option<Slug>,
    /// How to reach the database.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Compares, prints what differs, and fails if anything does.
pub async fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let database = database::open(&arguments.data.settings()?, Purpose::Beside("verify")).await?;
    let differences = towns(&database.pool, arguments.town.as_ref()).await;
    database.close().await;
    Ok(if differences? == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn towns(pool: &PgPool, only: Option<&Slug>) -> anyhow::Result<usize> {
    let all = db::towns::every(pool).await?;
    let wanted: Vec<TownKey> = all.into_iter().filter(|town| only.is_none_or(|slug| *slug == town.slug)).collect();
    if let (Some(slug), true) = (only, wanted.is_empty()) {
        return Err(Refusal(format!("there is no town {slug} in this database")).into());
    }
    let mut differences = 0;
    for town in wanted {
        differences += verified(pool, &town).await?;
    }
    Ok(differences)
}

/// What was found in a town.
#[derive(Debug, Default)]
struct Found {
    incidents: usize,
    events: usize,
    /// Incidents whose log begins before there were rules, and does not keep them.
    older: usize,
    /// Incidents whose clock was reckoned by a calendar that was changed since.
    otherwise: usize,
    differences: usize,
}

impl Found {
    fn tell(&mut self, difference: impl std::fmt::Display) {
        self.differences += 1;
        if self.differences <= MOST {
            say(difference);
        }
    }
}

/// Compares one town, at one moment of it; answers how many differences there are.
async fn verified(pool: &PgPool, town: &TownKey) -> anyhow::Result<usize> {
    let mut connection = pool.acquire().await?;
    let mut tx = connection.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let mut found = Found::default();
    for (what, numbered) in ["events", "incidents"].into_iter().zip(verify::numbered(&mut tx, town.id).await?) {
        if let Some(gap) = gap(numbered) {
            found.tell(format_args!("{}: {what}: {gap}", town.slug));
        }
    }
    let rules = Rules::of(&mut tx, town).await?;
    let mut after = 0;
    loop {
        let page = verify::page(&mut tx, town.id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.held.incident.id;
        for stood in &page {
            rules.look(stood, &mut found);
        }
    }
    let Found { incidents, events, older, otherwise, differences } = found;
    if differences > MOST {
        say(format_args!("… and {} more", differences - MOST));
    }
    if older > 0 {
        say(format_args!(
            "{}: {older} incidents from before there were rules stand where their last event says",
            town.slug
        ));
    }
    if otherwise > 0 {
        say(format_args!("{}: the clocks of {otherwise} incidents were reckoned by an older calendar", town.slug));
    }
    let what = if differences == 0 { "log and rows agree".to_owned() } else { format!("{differences} differences") };
    say(format_args!("{}: {incidents} incidents, {events} events: {what}", town.slug));
    Ok(differences)
}

/// What is wrong with how things are numbered, if anything is.
fn gap(numbers: Numbered) -> Option<String> {
    let Numbered { given, count, lowest, highest } = numbers;
    let whole = lowest == 1 && highest == count && given == count;
    (!whole).then(|| format!("{count} of them, numbered {lowest} to {highest}, and the last number given is {given}"))
}

/// What a town's logs are folded by.
struct Rules {
    calendar: Arc<WorkCalendar>,
    /// When the calendar was last changed, if it was.
    changed_at: Option<DateTime<Utc>>,
    /// What was written before may have come about by other rules.
    since: DateTime<Utc>,
}

impl Rules {
    async fn of(connection: &mut PgConnection, town: &TownKey) -> sqlx::Result<Self> {
        Ok(Self {
            calendar: Arc::new(db::calendar::load(connection, town.id).await?),
            changed_at: verify::calendar_changed_at(connection, town.id).await?,
            since: verify::ruled_since(connection).await?,
        })
    }

    /// Compares an incident's log and row.
    fn look(&self, stood: &Stood, found: &mut Found) {
        found.incidents += 1;
        found.events += stood.log.len();
        let properties = &stood.held.incident.properties;
        let whose = format!("incident {} ({})", stood.held.incident.id, properties.number);
        let Some(last) = stood.log.last() else {
            return found.tell(format_args!("{whose}: it has no log"));
        };
        if properties.seq != last.seq {
            found.tell(format_args!("{whose}: its last event is {}, and its row says {}", last.seq, properties.seq));
        }
        match self.fold(stood) {
            Ok(case) => self.compare(&whose, stood, &case, found),
            Err(wrong) => {
                if stood.log.iter().any(|entry| entry.recorded_at < self.since) {
                    found.older += 1;
                } else {
                    found.tell(format_args!("{whose}: {wrong}"));
                }
                let told = Standing { state: last.state, level: last.level };
                if told != (Standing { state: properties.state, level: properties.level }) {
                    found.tell(format_args!("{whose}: its row says {} at {}", properties.state, properties.level));
                }
            }
        }
    }

    /// The whole log's case; each entry must lead where it says.
    fn fold(&self, stood: &Stood) -> Result<Case, String> {
        let held = &stood.held;
        let hours = Counted::by(&self.calendar, held.working_time);
        let mut case: Option<Case> = None;
        for entry in &stood.log {
            let next = Case::after(case.as_ref(), &entry.step, held.ground, &held.terms, &hours)
                .map_err(|refusal| format!("event {}: {refusal}", entry.seq))?;
            if next.standing != (Standing { state: entry.state, level: entry.level }) {
                let Standing { state, level } = next.standing;
                return Err(format!(
                    "event {} leads to {state} at {level}, and says {} at {}",
                    entry.seq, entry.state, entry.level
                ));
            }
            case = Some(next);
        }
        case.ok_or_else(|| "it has no log".to_owned())
    }

    fn compare(&self, whose: &str, stood: &Stood, case: &Case, found: &mut Found) {
        let hours = Counted::by(&self.calendar, stood.held.working_time);
        let act_at = case.next_alarm(&stood.held.terms, &hours).map(|(at, _)| at);
        let differing = differing(stood, case, act_at);
        // Minutes that were counted before the calendar was changed stay as they were counted.
        let reckoned = |name: &str| matches!(name, "clock" | "due_at" | "act_at" | "ended_in_time" | "before");
        let before_change = self.changed_at.is_some_and(|at| stood.log.iter().any(|e| e.recorded_at < at));
        if !differing.is_empty() && before_change && differing.iter().all(|(name, _)| reckoned(name)) {
            found.otherwise += 1;
            return;
        }
        for (name, told) in differing {
            found.tell(format_args!("{whose}: {name}: {told}"));
        }
    }
}

/// What a row has otherwise than its log's case, by name. One that no rule has touched yet has its standing only.
fn differing(stood: &Stood, case: &Case, act_at: Option<DateTime<Utc>>) -> Vec<(String, String)> {
    let (properties, columns) = (&stood.held.incident.properties, &stood.columns);
    let mut pairs = vec![
        ("state", case.standing.state.to_string(), properties.state.to_string()),
        ("level", case.standing.level.to_string(), properties.level.to_string()),
        ("ended_at", time(case.ended_at), time(properties.ended_at)),
    ];
    let Some(life) = stood.held.known() else { return told(pairs) };
    pairs.extend([
        ("owner", case.owner.to_string(), or_null(columns.owner.as_ref())),
        ("offered", or_null(case.offered.as_ref()), or_null(columns.offered.as_ref())),
        ("turn", case.turn().to_string(), or_null(columns.turn.as_ref())),
        ("due_at", time(case.due_at()), time(properties.due_at)),
        ("act_at", time(act_at), time(columns.act_at)),
        ("accepted_at", time(case.accepted_at), time(columns.accepted_at)),
        ("acknowledged_at", time(case.acknowledged_at), time(properties.acknowledged.as_ref().map(|told| told.at))),
        ("ended_in_time", or_null(case.ended_in_time), or_null(columns.ended_in_time)),
        ("merged_into", or_null(case.merged_into), or_null(columns.merged_into)),
    ]);
    let mut found = told(pairs);
    let (log, row) = (members(case), members(life));
    for (name, value) in &log {
        // What a column says otherwise as well is told once.
        let other = row.get(name).unwrap_or(&Value::Null);
        if value != other && !found.iter().any(|(known, _)| known == name) {
            found.push((name.clone(), format!("the log gives {value}, the row has {other}")));
        }
    }
    found
}

fn told(pairs: Vec<(&str, String, String)>) -> Vec<(String, String)> {
    let differs = |(name, log, row): (&str, String, String)| {
        (log != row).then(|| (name.to_owned(), format!("the log gives {log}, the row has {row}")))
    };
    pairs.into_iter().filter_map(differs).collect()
}

/// A case's members, with times as exact as the database keeps them.
fn members(case: &Case) -> serde_json::Map<String, Value> {
    match serde_json::to_value(case).map(exact) {
        Ok(Value::Object(members)) => members,
        _ => serde_json::Map::new(),
    }
}

fn exact(value: Value) -> Value {
    match value {
        Value::String(said) => match said.parse::<DateTime<Utc>>() {
            Ok(at) => Value::String(time(Some(at))),
            Err(_) => Value::String(said),
        },
        Value::Array(items) => items.into_iter().map(exact).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, exact(value))).collect(),
        other => other,
    }
}

fn or_null(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

/// To the microsecond: what a column of the database keeps.
fn time(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "none".to_owned(), |at| at.trunc_subsecs(6).to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_a_gap_are_as_many_as_the_last() {
        let numbers = |given, count, lowest, highest| gap(Numbered { given, count, lowest, highest });
        assert_eq!(numbers(0, 0, 1, 0), None);
        assert_eq!(numbers(7, 7, 1, 7), None);
        for (given, count, lowest, highest) in [(8, 7, 1, 7), (7, 6, 1, 7), (7, 6, 2, 7), (6, 7, 1, 7)] {
            assert!(numbers(given, count, lowest, highest).is_some(), "{given} {count} {lowest} {highest}");
        }
    }

    #[test]
    fn times_are_compared_as_exactly_as_they_are_kept() {
        let case = serde_json::json!({"clock": {"since": "2026-11-25T08:00:00.123456789Z"}, "rung": [["due", "2026-11-25T08:00:00Z"]]});
        let kept = serde_json::json!({"clock": {"since": "2026-11-25T08:00:00.123456Z"}, "rung": [["due", "2026-11-25T08:00:00.000000Z"]]});
        assert_eq!(exact(case), exact(kept));
        assert_eq!(exact(Value::String("staff:12".into())), "staff:12");
    }
}
