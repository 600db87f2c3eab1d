//! A statement is robbed of its conditions, and tried in the name of who sent it.

use super::PEOPLE;
use fangge_tests::wire::{Parameter, Sent};
use regex::{Captures, Regex};
use sqlx::postgres::{PgArguments, PgConnection, Postgres};
use sqlx::{Arguments as _, PgPool, Row as _, Transaction};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A statement without its conditions of town and scope.
pub fn robbed(sql: &str) -> String {
    let condition = Regex::new(
        r"(?ix) (\|\|\s*)? \b (?:[a-z_]+\.)? (?:town_id|village_code|grid_code|staff_id|incident_id|party) \s* = \s*
          (?: \$\d+ (?:::\w+)? | ANY\s*\(\s*\$\d+\s*\) | (?:[a-z_]+\.)? town_id \b | \d+ )",
    );
    let condition = condition.unwrap();
    let plain: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let sql = plain.join("\n");
    // What an UPDATE sets is no condition.
    let conditions_from =
        if sql.trim_start().starts_with("UPDATE") { sql.find("WHERE").unwrap_or(sql.len()) } else { 0 };
    let (head, tail) = sql.split_at(conditions_from);
    let taken = condition.replace_all(tail, |found: &Captures<'_>| match found.get(1) {
        // What text is put together from is no condition.
        Some(_) => found[0].to_owned(),
        None => "true".to_owned(),
    });
    format!("{head}{taken}")
}

fn arguments(parameters: &[Parameter]) -> PgArguments {
    let mut arguments = PgArguments::default();
    for parameter in parameters {
        arguments.add(parameter).unwrap();
    }
    arguments
}

/// The rows that a statement reads, as text, in no order.
async fn rows(db: &mut PgConnection, sql: &str, parameters: &[Parameter]) -> sqlx::Result<Vec<String>> {
    if sql.starts_with("EXPLAIN") {
        // It reads statistics, which tell of numbers only.
        return Ok(Vec::new());
    }
    let whole = format!("SELECT q::text AS line FROM ({sql}) q");
    let read = sqlx::query_with(&whole, arguments(parameters)).persistent(false).fetch_all(db).await?;
    let mut lines = read.iter().map(|row| row.try_get("line")).collect::<sqlx::Result<Vec<String>>>()?;
    lines.sort_unstable();
    Ok(lines)
}

/// Whose transaction an opening begins, and which incidents of the town are hidden from them.
fn hidden(opening: Option<&str>) -> (String, &'static str) {
    let setting = |name: &str| {
        // What was said last holds: a person's transaction may go on as the server's own.
        let rest = opening?.rsplit_once(&format!("'fangge.{name}', '"))?.1;
        Some(rest.split('\'').next().unwrap_or_default().to_owned())
    };
    match (setting("scope").as_deref(), setting("staff")) {
        (Some("system"), _) => ("system".into(), "false"),
        (Some("sign_in"), _) => ("the door".into(), "true"),
        (None, _) => ("nobody".into(), "true"),
        (_, staff) => {
            let staff = staff.unwrap_or_default();
            let (name, _, hidden) = PEOPLE.iter().find(|(_, key, _)| key.to_string() == staff).unwrap();
            ((*name).to_owned(), hidden)
        }
    }
}

/// What a statement does with rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Read,
    Change,
}

/// The conditions that a row of a table is not theirs to read, or to change, whose transaction `who` is: by town, and within the town.
fn foreign(who: &str, hides: &str, table: &str, columns: &BTreeSet<String>, deed: Deed) -> String {
    let in_town = match table {
        // At the door, and outside, the towns' names can be read.
        "town" if ["the door", "nobody"].contains(&who) => return "false".into(),
        _ if who == "nobody" => return "true".into(),
        "incident" => format!("({hides}) AND NOT {}", given(who, "i")),
        _ if columns.contains("incident_id") => format!(
            "EXISTS (SELECT FROM incident i WHERE i.town_id = x.town_id AND i.incident_id = x.incident_id
                      AND ({hides}) AND NOT {})",
            given(who, "i")
        ),
        _ => foreign_among_people(who, table, deed),
    };
    format!("x.town_id = 2 OR {}", if table == "incident" { in_town.replace("i.", "x.") } else { in_town })
}

/// The same within the town, of what follows no incident.
fn foreign_among_people(who: &str, table: &str, deed: Deed) -> String {
    let staff = PEOPLE.iter().find(|(name, ..)| *name == who).map(|(_, staff, _)| *staff);
    let Some(staff) = staff else {
        // The door knows names, accounts and sessions.
        let known = ["staff", "staff_grid", "account", "account_session", "account_device", "sign_in_failure"];
        return (who == "the door" && !known.contains(&table)).to_string();
    };
    match table {
        // An administrator keeps the accounts, and those who answer for the town's people look at them; everyone's keys are their own.
        "account" | "account_session" | "account_device" if who == "管钥" => "false".into(),
        "account" if ["关山", "严明"].contains(&who) && deed == Deed::Read => "false".into(),
        "idempotency" | "account_session" | "account_device" | "account" => format!("x.staff_id <> {staff}"),
        "audit" => (deed == Deed::Change || !["关山", "察微"].contains(&who)).to_string(),
        "sign_in_failure" => "true".into(),
        // Everyone reads the roster; a village's chief plans the village's part.
        "roster" if deed == Deed::Change && who == "方正" => "x.village_code IS DISTINCT FROM '000000001001'".into(),
        "roster" if deed == Deed::Change => (!["关山", "严明", "管钥"].contains(&who)).to_string(),
        // The town's chiefs mark any camera, a village's chief and information officer those in it.
        "camera_obstruction" | "camera_check" if deed == Deed::Change => match who {
            "关山" | "严明" => "false".into(),
            "方正" => "x.camera_code <> 'C-001'".into(),
            "文东" => "x.camera_code <> 'C-009'".into(),
            _ => "true".into(),
        },
        // The town's lock is everybody's who writes. What is kept up, the administrator keeps up.
        "town_feed" | "photo_hold" => "false".into(),
        _ => (deed == Deed::Change && who != "管钥").to_string(),
    }
}

/// That an incident was given to somebody by name, by hand and not by the policy's own function.
fn given(who: &str, alias: &str) -> String {
    let parties = match who {
        "管钥" => return "false".into(),
        "安警" => "'staff:13', 'unit:police'".to_owned(),
        _ => PEOPLE
            .iter()
            .find(|(name, ..)| *name == who)
            .map_or_else(|| "''".into(), |(_, key, _)| format!("'staff:{key}'")),
    };
    format!(
        "EXISTS (SELECT FROM kept_involved v WHERE v.town_id = {alias}.town_id AND v.incident_id = {alias}.incident_id
                  AND v.party IN ({parties}))"
    )
}

pub type Tables = BTreeMap<String, BTreeSet<String>>;

/// Every table with a town, and its columns.
pub async fn tables(pool: &PgPool) -> Tables {
    let sql = "SELECT c.relname::text, a.attname::text FROM pg_class c
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace";
    let mut tables = Tables::new();
    for (table, column) in sqlx::query_as::<_, (String, String)>(sql).fetch_all(pool).await.unwrap() {
        tables.entry(table).or_default().insert(column);
    }
    tables.retain(|_, columns| columns.contains("town_id"));
    tables
}

async fn as_app(tx: &mut Transaction<'_, Postgres>, opening: Option<&str>) {
    // The transaction has begun already; of how it began only the scope is repeated.
    let scope = opening.and_then(|opening| opening.split_once(';')).map_or("", |(_, scope)| scope);
    sqlx::raw_sql(&format!("SET LOCAL ROLE fangge_app; {scope}")).execute(&mut **tx).await.unwrap();
}

async fn as_owner(tx: &mut Transaction<'_, Postgres>) {
    sqlx::raw_sql("SET LOCAL ROLE NONE").execute(&mut **tx).await.unwrap();
}

/// A statement that is tried: in whose name, and what is not theirs.
struct Trial<'a> {
    tables: &'a Tables,
    opening: Option<&'a str>,
    who: String,
    hides: &'static str,
    sql: String,
    parameters: &'a [Parameter],
}

/// What a robbed statement reads or changes that is not the person's; nothing, where all is well.
pub async fn leak(pool: &PgPool, tables: &Tables, sent: &Sent) -> Option<String> {
    let (who, hides) = hidden(sent.opening.as_deref());
    let (opening, parameters) = (sent.opening.as_deref(), &sent.parameters[..]);
    let trial = Trial { tables, opening, who, hides, sql: robbed(&sent.sql), parameters };
    let word = trial.sql.split_whitespace().next().unwrap_or_default().to_uppercase();
    let mut tx = pool.begin().await.unwrap();
    sqlx::raw_sql("SET LOCAL session_replication_role = replica; CREATE TEMP TABLE kept_involved ON COMMIT DROP AS TABLE incident_involved")
        .execute(&mut *tx)
        .await
        .unwrap();
    let found = match word.as_str() {
        "WITH" if trial.sql.contains("DELETE FROM") => trial.changes(&mut tx).await,
        "SELECT" | "WITH" | "EXPLAIN" => trial.reads(&mut tx).await,
        "UPDATE" | "DELETE" => trial.changes(&mut tx).await,
        "INSERT" => trial.adds(&mut tx).await,
        "SET" => None,
        _ => Some("nobody knows how to try this".to_owned()),
    };
    found.map(|what| format!("{}: {what}\n{}", trial.who, trial.sql))
}

impl Trial<'_> {
    /// It reads the same where nothing else is there.
    async fn reads(&self, tx: &mut Transaction<'_, Postgres>) -> Option<String> {
        let Self { who, sql, .. } = self;
        as_app(tx, self.opening).await;
        let before = match rows(tx, sql, self.parameters).await {
            Ok(before) => before,
            // Where one row was to be there are several, for one.
            Err(error) => return Some(error.to_string()),
        };
        as_owner(tx).await;
        // Incidents last: what goes with them is found by them.
        let last = self.tables.get_key_value("incident");
        for (table, columns) in self.tables.iter().filter(|(t, _)| *t != "incident").chain(last) {
            let away = format!("DELETE FROM {table} x WHERE {}", foreign(who, self.hides, table, columns, Deed::Read));
            sqlx::raw_sql(&away).execute(&mut **tx).await.unwrap_or_else(|e| panic!("{e}: {away}"));
        }
        as_app(tx, self.opening).await;
        let after = rows(tx, sql, self.parameters).await.unwrap_or_else(|e| panic!("{e}: {who}\n{sql}"));
        let other_town = who != "nobody" && who != "the door" && before.iter().any(|line| line.contains("他镇"));
        (before != after || other_town).then(|| format!("{before:?}\nwhere there should be\n{after:?}"))
    }

    /// It changes nothing that is not theirs.
    async fn changes(&self, tx: &mut Transaction<'_, Postgres>) -> Option<String> {
        let before = self.digest(tx).await;
        as_app(tx, self.opening).await;
        let arguments = arguments(self.parameters);
        let done = sqlx::query_with(&self.sql, arguments).persistent(false).execute(&mut **tx).await;
        if let Err(error) = done {
            // Too many rows for a key, say: then nothing was changed.
            return (error.as_database_error().is_none()).then(|| error.to_string());
        }
        as_owner(tx).await;
        (self.digest(tx).await != before).then(|| "it changed what is not theirs".to_owned())
    }

    /// It writes nothing into another town.
    async fn adds(&self, tx: &mut Transaction<'_, Postgres>) -> Option<String> {
        if self.parameters.first().is_none_or(|town| town.as_int() != Some(1)) {
            return Some("it does not begin with the town".to_owned());
        }
        let mut elsewhere = self.parameters.to_vec();
        elsewhere[0] = Parameter::int(2);
        as_app(tx, self.opening).await;
        let arguments = arguments(&elsewhere);
        let done = sqlx::query_with(&self.sql, arguments).persistent(false).execute(&mut **tx).await;
        let refused = done.as_ref().err().and_then(code).is_some_and(|code| code == "42501");
        // Nothing to write, because its rows are there already, is nothing written.
        let nothing = done.as_ref().is_ok_and(|done| done.rows_affected() == 0);
        (!refused && !nothing).then(|| format!("it wrote into another town: {done:?}"))
    }

    /// A fingerprint of all that is not theirs to change.
    async fn digest(&self, db: &mut PgConnection) -> Vec<String> {
        let mut all = Vec::new();
        for (table, columns) in self.tables {
            let sql = format!(
                "SELECT coalesce(md5(string_agg(x::text, '' ORDER BY x::text)), '') FROM {table} x WHERE {}",
                foreign(&self.who, self.hides, table, columns, Deed::Change)
            );
            all.push(sqlx::query_scalar(&sql).fetch_one(&mut *db).await.unwrap_or_else(|e| panic!("{e}: {sql}")));
        }
        all
    }
}

/// The SQLSTATE of an error.
fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).map(Cow::into_owned)
}
