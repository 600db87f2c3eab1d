//! The accounts that the program makes by itself: one for each person of the demonstration, or one administrator. Their passwords
//! are drawn by chance and written to a file that only the data folder's owner may read; the database has their hashes.

use crate::db::accounts::{self, Person};
use crate::passwords;
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use geodata::town::{GridCode, Role, TownId, VillageCode};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use tokio::task::JoinHandle;

/// The demonstration's file in the data folder.
pub const DEMO: &str = "demo-accounts.json";
/// A production start's.
pub const ADMINISTRATOR: &str = "administrator.json";

/// How one of them signs in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The account's name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// The village that they are bound to.
    pub village: Option<VillageCode>,
    /// The grid that they are bound to; the first, where there are more.
    pub grid: Option<GridCode>,
    /// The password.
    pub password: String,
}

/// A password, and its hash.
struct Drawn {
    password: String,
    hash: String,
}

/// Passwords on their way: hashing them takes a core for some seconds, beside other work.
pub struct Drawing(JoinHandle<anyhow::Result<Vec<Drawn>>>);

impl Drawing {
    /// Begins to draw so many.
    pub fn begin(count: usize) -> Self {
        Self(tokio::task::spawn_blocking(move || draw(count)))
    }
}

fn draw(count: usize) -> anyhow::Result<Vec<Drawn>> {
    let hands = std::thread::available_parallelism().map_or(2, usize::from).min(count.max(1));
    let one = || {
        let password = passwords::random();
        Ok(Drawn { hash: passwords::hash(&password)?, password })
    };
    std::thread::scope(|scope| {
        let share = |hand: usize| count / hands + usize::from(hand < count % hands);
        let all: Vec<_> =
            (0..hands).map(|hand| scope.spawn(move || (0..share(hand)).map(|_| one()).collect())).collect();
        let mut drawn = Vec::with_capacity(count);
        for hand in all {
            let part: anyhow::Result<Vec<Drawn>> = hand.join().map_err(|_| anyhow::anyhow!("hashing passwords"))?;
            drawn.extend(part?);
        }
        Ok(drawn)
    })
}

/// Gives an account to each of a town's staff who has none, under the name they have, and writes the file. To be committed
/// afterwards: passwords that nobody can read are worth less than a file that nobody needs.
///
/// # Errors
/// When the file can't be written, or two of the staff have one name.
pub async fn give(
    db: &mut PgConnection,
    town: TownId,
    drawing: Option<Drawing>,
    file: &Path,
    now: DateTime<Utc>,
) -> anyhow::Result<Vec<Login>> {
    let people = accounts::without(db, town).await?;
    let drawing = drawing.unwrap_or_else(|| Drawing::begin(people.len()));
    let mut drawn = drawing.0.await.context("hashing passwords")??;
    if drawn.len() < people.len() {
        drawn.extend(Drawing::begin(people.len() - drawn.len()).0.await.context("hashing passwords")??);
    }
    let pairs: Vec<(&Person, &Drawn)> = people.iter().zip(&drawn).collect();
    for (person, drawn) in &pairs {
        accounts::make(db, town, person.staff, &person.name, &drawn.hash, now).await?;
    }
    let logins: Vec<Login> = pairs
        .into_iter()
        .map(|(person, drawn)| Login {
            name: person.name.clone(),
            role: person.role,
            village: person.village.clone(),
            grid: person.grid.clone(),
            password: drawn.password.clone(),
        })
        .collect();
    write(file, &logins).with_context(|| format!("writing {}", file.display()))?;
    Ok(logins)
}

/// Writes the file whole or not at all, for its owner's eyes only.
fn write(file: &Path, logins: &[Login]) -> anyhow::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = file.with_extension("new");
    // One that was left half-written may have been made with other rights.
    if beside.exists() {
        fs::remove_file(&beside)?;
    }
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    serde_json::to_writer_pretty(&mut out, logins)?;
    out.write_all(b"\n")?;
    out.sync_all()?;
    Ok(fs::rename(&beside, file)?)
}

/// Reads such a file.
///
/// # Errors
/// A sentence that names it.
pub fn read(file: &Path) -> anyhow::Result<Vec<Login>> {
    let text = fs::read_to_string(file).with_context(|| format!("the accounts in {} can't be read", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no list of accounts", file.display()))
}

/// The file that tells how to sign in, where there is one.
pub fn found(data: &Path) -> Option<PathBuf> {
    [DEMO, ADMINISTRATOR].into_iter().map(|name| data.join(name)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn as_many_passwords_are_drawn_as_asked_for_each_another() {
        let drawn = draw(3).unwrap();
        assert_eq!(drawn.len(), 3);
        assert!(drawn.iter().all(|one| passwords::verify(&one.password, &one.hash)));
        assert!(drawn[0].password != drawn[1].password && drawn[1].password != drawn[2].password);
        assert!(draw(0).unwrap().is_empty());
    }

    #[test]
    fn the_file_is_its_owners_alone() {
        let folder = std::env::temp_dir().join(format!("fangge-logins-{}", std::process::id()));
        let file = folder.join(DEMO);
        let login = Login {
            name: "𠮷祥".into(),
            role: Role::GridMember,
            village: None,
            grid: Some("000000001001001".parse().unwrap()),
            password: "x".into(),
        };
        for _ in 0..2 {
            write(&file, std::slice::from_ref(&login)).unwrap();
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert!(read(&file).unwrap() == vec![login]);
        assert_eq!(found(&folder), Some(file));
        fs::remove_dir_all(&folder).unwrap();
    }
}
