//! Whose transaction it is, told to the database at its beginning. What can't be told can't be read: without a scope no table
//! has rows.

use geodata::access::Who;
use geodata::town::TownId;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use std::fmt::Write as _;

/// A transaction under a scope; what is not committed never was.
pub type Tx = Transaction<'static, Postgres>;

/// Who reads and writes.
#[derive(Debug, Clone, Copy)]
pub enum Scoped<'a> {
    /// A person who has come in.
    Person(&'a Who),
    /// Someone at the door: only names, accounts and sessions can be seen.
    SignIn,
    /// A job of the server's own, in one town.
    System,
}

/// Begins a transaction in a town, in one message to the database.
///
/// # Errors
/// The database's.
pub async fn begin(pool: &PgPool, town: TownId, scoped: Scoped<'_>) -> sqlx::Result<Tx> {
    pool.begin_with(opening(town, scoped)).await
}

/// Begins a transaction that reads a town as it stands at one moment, however many statements that takes: what one of them told,
/// the next does not contradict.
///
/// # Errors
/// The database's.
pub async fn begin_reading(pool: &PgPool, town: TownId, scoped: Scoped<'_>) -> sqlx::Result<Tx> {
    let opening = opening(town, scoped).replacen("BEGIN;", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;", 1);
    pool.begin_with(opening).await
}

/// Limits how long what follows waits for others' locks, the town's above all: a person waits no longer than some seconds.
///
/// # Errors
/// The database's.
pub async fn wait_briefly(db: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("SET LOCAL lock_timeout = '5s'").execute(db).await?;
    Ok(())
}

/// Goes on as a job of the server's own in the same town, for what follows from a change by itself, whoever made it.
///
/// # Errors
/// The database's.
pub async fn go_on_as_system(db: &mut PgConnection) -> sqlx::Result<()> {
    let sql = "SELECT set_config('fangge.scope', 'system', true), set_config('fangge.role', 'system', true)";
    sqlx::query(sql).execute(db).await?;
    Ok(())
}

fn opening(town: TownId, scoped: Scoped<'_>) -> String {
    let mut sql = String::from("BEGIN; SELECT ");
    let mut set = |name: &str, value: &str| {
        let comma = if sql.ends_with(' ') { "" } else { ", " };
        // Writing to a string can't fail.
        let _ = write!(sql, "{comma}set_config('fangge.{name}', '{}', true)", value.replace('\'', "''"));
    };
    set("town", &town.0.to_string());
    match scoped {
        Scoped::SignIn => set("scope", "sign_in"),
        Scoped::System => {
            set("scope", "system");
            set("role", "system");
        }
        Scoped::Person(who) => {
            use geodata::access::Scope;
            set("scope", who.scope.word());
            set("role", who.role.word());
            set("staff", &who.staff.to_string());
            set("parties", &array(&who.parties()));
            match &who.scope {
                Scope::Village(village) => set("village", village.as_str()),
                Scope::Grids(grids) => set("grids", &array(grids)),
                Scope::Town | Scope::Unit(_) | Scope::Cases | Scope::Nothing => {}
            }
        }
    }
    sql
}

/// A PostgreSQL array of codes and parties, none of which holds a comma, a brace, a quote or a backslash.
fn array<T: std::fmt::Display>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    format!("{{{}}}", items.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodata::access::Scope;
    use geodata::town::Role;

    #[test]
    fn the_opening_tells_everything_for_this_transaction_only() {
        let grids = vec!["000000001001001".parse().unwrap(), "000000001001002".parse().unwrap()];
        let who = Who { staff: 7, role: Role::GridMember, scope: Scope::Grids(grids) };
        assert_eq!(
            opening(TownId(1), Scoped::Person(&who)),
            "BEGIN; SELECT set_config('fangge.town', '1', true), set_config('fangge.scope', 'grids', true), \
             set_config('fangge.role', 'grid_member', true), set_config('fangge.staff', '7', true), \
             set_config('fangge.parties', '{staff:7}', true), \
             set_config('fangge.grids', '{000000001001001,000000001001002}', true)"
        );
        let system = opening(TownId(2), Scoped::System);
        assert!(system.contains("'fangge.scope', 'system'") && !system.contains("staff"), "{system}");
    }
}
