//! Making and changing accounts: the same rules for the administrator's page and for the command line.

use crate::db::accounts::{self, New};
use crate::db::audit::{self, By, Entry};
use crate::db::{lockout, sessions};
use crate::passwords;
use geodata::access::Bound;
use geodata::bond::bound;
use geodata::town::{PersonName, Role, TownId};
use geodata::wire::{Account, AccountChange, AccountMade, AuditAction, AuditObject, NewAccount, Secret};
use geodata::{Invalid, Time};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// What was asked for breaks a rule.
    #[error(transparent)]
    Rule(#[from] Invalid),
    /// There is no such account.
    #[error("there is no such account")]
    Nobody,
    /// The town would be left without an administrator.
    #[error(
        "this is the town's last administrator, who can't be closed or made something else; make another one first"
    )]
    Last,
    /// The account was made, and its person has come in since: its first password is nobody's any more.
    #[error("the account was made, and its person has signed in since; give it a new password if it is needed")]
    Used,
    /// The database's.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A password that is given to somebody, and its hash.
pub struct Given {
    password: String,
    hash: String,
}

impl Given {
    /// A new one. Made before a transaction begins: hashing takes its time.
    ///
    /// # Errors
    /// When too many passwords are being hashed.
    pub async fn random() -> anyhow::Result<Self> {
        let password = passwords::random();
        let asked = password.clone();
        let hash = passwords::aside(move || passwords::hash(&asked)).await??;
        Ok(Self { password, hash })
    }
}

/// Makes an account with a given password, which must be changed at the first sign-in.
///
/// # Errors
/// When a rule is broken; then nothing is to be committed.
pub async fn make(
    db: &mut PgConnection,
    by: By<'_>,
    new: NewAccount,
    given: Given,
    now: Time,
) -> Result<AccountMade, Refused> {
    let town = by.town;
    let bound = bound(new.role, Bound { village: new.village, grids: new.grids, unit: new.unit })?;
    accounts::lock(db, town).await?;
    free(db, town, &new.name, None).await?;
    there(db, town, &bound, now).await?;
    let new = New { name: new.name.as_str(), role: new.role, bound: &bound, password_hash: &given.hash };
    let staff = accounts::admit(db, town, &new, now).await?;
    let account = accounts::one(db, town, staff).await?.ok_or(Refused::Nobody)?;
    let details = json!({ "name": account.name, "role": account.role, "bound": told(&account) });
    audit::write(db, by, now, &entry(AuditAction::AddAccount, staff).with(details)).await?;
    Ok(AccountMade { account, password: Secret::new(given.password) })
}

/// Tells of an account once more that was made before, where the answer may have been lost: with another first password in place of the
/// one that nobody may have read. A first password is kept nowhere, so that it can't be told twice.
///
/// # Errors
/// When somebody has come in with it already, or the account is gone.
pub async fn make_again(
    db: &mut PgConnection,
    by: By<'_>,
    staff: i32,
    given: Given,
    now: Time,
) -> Result<AccountMade, Refused> {
    accounts::lock(db, by.town).await?;
    let account = accounts::one(db, by.town, staff).await?.ok_or(Refused::Nobody)?;
    if account.last_sign_in.is_some() {
        return Err(Refused::Used);
    }
    let password = reset(db, by, staff, given, now).await?;
    Ok(AccountMade { account, password })
}

/// Changes an account. Closing it ends its sessions; what else changes holds from the person's next request on.
///
/// # Errors
/// When a rule is broken; then nothing is to be committed.
pub async fn change(
    db: &mut PgConnection,
    by: By<'_>,
    staff: i32,
    change: AccountChange,
    now: Time,
) -> Result<Account, Refused> {
    let town = by.town;
    accounts::lock(db, town).await?;
    let before = accounts::one(db, town, staff).await?.ok_or(Refused::Nobody)?;
    apply(db, town, &before, change, now).await?;
    let after = accounts::one(db, town, staff).await?.ok_or(Refused::Nobody)?;
    let keeps = |account: &Account| account.role == Role::Administrator && !account.disabled;
    if keeps(&before) && !keeps(&after) && !accounts::other_administrator(db, town, staff).await? {
        return Err(Refused::Last);
    }
    if after.disabled && !before.disabled {
        sessions::end_others(db, town, staff, None, now).await?;
    }
    for entry in changes(&before, &after) {
        audit::write(db, by, now, &entry).await?;
    }
    Ok(after)
}

/// Gives an account a new password, to be changed at the next sign-in. Its sessions end, and its second factor is taken away.
///
/// # Errors
/// When there is no such account.
pub async fn reset(db: &mut PgConnection, by: By<'_>, staff: i32, given: Given, now: Time) -> Result<Secret, Refused> {
    let town = by.town;
    let account = accounts::one(db, town, staff).await?.ok_or(Refused::Nobody)?;
    accounts::give_password(db, town, staff, &given.hash, now).await?;
    lockout::forget_devices(db, town, staff).await?;
    sessions::end_others(db, town, staff, None, now).await?;
    let mut details = json!({ "name": account.name });
    if account.totp {
        details["totp"] = json!("disabled");
    }
    audit::write(db, by, now, &entry(AuditAction::ResetPassword, staff).with(details)).await?;
    Ok(Secret::new(given.password))
}

/// Writes down everything that is to be different.
async fn apply(
    db: &mut PgConnection,
    town: TownId,
    before: &Account,
    change: AccountChange,
    now: Time,
) -> Result<(), Refused> {
    let staff = before.staff;
    if let Some(name) = &change.name {
        free(db, town, name, Some(staff)).await?;
        accounts::rename(db, town, staff, name.as_str()).await?;
    }
    if change.role.is_some() || change.village.is_some() || change.grids.is_some() || change.unit.is_some() {
        let role = change.role.unwrap_or(before.role);
        let grids = change.grids.unwrap_or_default();
        let bound = bound(role, Bound { village: change.village, grids, unit: change.unit })?;
        there(db, town, &bound, now).await?;
        accounts::bind(db, town, staff, role, &bound).await?;
    }
    if let Some(disabled) = change.disabled.filter(|disabled| *disabled != before.disabled) {
        accounts::close(db, town, staff, disabled.then_some(now)).await?;
    }
    Ok(())
}

/// Refuses a name that somebody else in the town signs in with.
async fn free(db: &mut PgConnection, town: TownId, name: &PersonName, but: Option<i32>) -> Result<(), Refused> {
    let taken = accounts::named(db, town, name.as_str()).await?.is_some_and(|staff| Some(staff) != but);
    if taken {
        let (zh, en) = ("本镇已有同名账号，请加字区别", "somebody else in the town signs in with this name");
        return Err(Invalid::new("name", zh, en).into());
    }
    Ok(())
}

/// Refuses a village, grids or a unit that the town does not have.
async fn there(db: &mut PgConnection, town: TownId, bound: &Bound, now: Time) -> Result<(), Refused> {
    match accounts::missing(db, town, bound, now).await? {
        None => Ok(()),
        Some(field) => Err(Invalid::new(field, "本镇没有这一项", "the town has no such thing").into()),
    }
}

fn entry(action: AuditAction, staff: i32) -> Entry<'static> {
    Entry::of(action.word()).to(AuditObject::Account.word(), staff)
}

/// What an account is bound to, in one line.
fn told(account: &Account) -> String {
    let village = account.village.iter().map(ToString::to_string);
    let grids = account.grids.iter().map(ToString::to_string);
    let unit = account.unit.iter().map(ToString::to_string);
    village.chain(grids).chain(unit).collect::<Vec<_>>().join(" ")
}

/// The deeds that led from one to the other: none where nothing changed.
fn changes(before: &Account, after: &Account) -> Vec<Entry<'static>> {
    let mut differs = Map::new();
    let mut differ = |name: &str, from: String, to: String| {
        if from != to {
            differs.insert(name.to_owned(), Value::String(format!("{from} → {to}")));
        }
    };
    differ("name", before.name.clone(), after.name.clone());
    differ("role", before.role.to_string(), after.role.to_string());
    differ("bound", told(before), told(after));
    let mut entries = Vec::new();
    if !differs.is_empty() {
        entries.push(entry(AuditAction::ChangeAccount, after.staff).with(Value::Object(differs)));
    }
    if before.disabled != after.disabled {
        let action = if after.disabled { AuditAction::DisableAccount } else { AuditAction::EnableAccount };
        entries.push(entry(action, after.staff).with(json!({ "name": after.name })));
    }
    entries
}
