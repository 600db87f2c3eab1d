//! The person that a request comes from.

use super::client::Client;
use super::cookies;
use super::errors::Error;
use super::town::InTown;
use crate::db::audit::By;
use crate::db::scope::{self, Scoped, Tx};
use crate::db::sessions::{self, Account, SessionId};
use crate::manners::Rate;
use crate::state::{AppState, TownKey};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use geodata::Time;
use geodata::access::{Bound, Who};
use geodata::matter::Matter;
use geodata::town::TownId;
use geodata::wire::Me;
use std::net::IpAddr;
use std::sync::Arc;

/// Someone of a town's staff who is signed in there.
#[derive(Debug, Clone)]
pub struct Person {
    /// The town.
    pub town: Arc<TownKey>,
    /// The session that the request belongs to.
    pub session: SessionId,
    /// Their key, role and scope.
    pub who: Who,
    /// Their name.
    pub name: String,
    /// What they are bound to.
    pub bound: Bound,
    /// Whether they must choose a password of their own first.
    pub must_change_password: bool,
    /// Whether a code is asked for beside their password.
    pub totp: bool,
    /// When the session ends by age.
    pub session_ends_at: Time,
    /// Where the request comes from.
    pub address: IpAddr,
}

impl Person {
    /// The person of an account, in a session.
    pub fn new(
        town: Arc<TownKey>,
        (session, session_ends_at): (SessionId, Time),
        account: Account,
        address: IpAddr,
    ) -> Self {
        Self {
            town,
            session,
            session_ends_at,
            who: account.who,
            name: account.name,
            bound: account.bound,
            must_change_password: account.must_change_password,
            totp: account.totp,
            address,
        }
    }

    /// Refuses who does not read a matter; that it is there everybody may know.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub fn must_read(&self, matter: Matter) -> Result<(), Error> {
        if self.who.role.reads(matter) { Ok(()) } else { Err(Error::Denied) }
    }

    /// Refuses who does not keep a matter up.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub fn must_keep(&self, matter: Matter) -> Result<(), Error> {
        if self.who.role.keeps(matter) { Ok(()) } else { Err(Error::Denied) }
    }

    /// As the audit log knows them.
    pub fn by(&self) -> By<'_> {
        By {
            town: self.town.id,
            staff: Some(self.who.staff),
            name: &self.name,
            role: Some(self.who.role),
            address: Some(self.address),
        }
    }

    /// As the page knows them.
    pub fn me(&self) -> Me {
        Me {
            staff: self.who.staff,
            name: self.name.clone(),
            role: self.who.role,
            village: self.bound.village.clone(),
            grids: self.bound.grids.clone(),
            unit: self.bound.unit.clone(),
            town: self.town.slug.clone(),
            must_change_password: self.must_change_password,
            totp: self.totp,
            session: self.session.to_string(),
        }
    }
}

impl AppState {
    /// Begins a transaction that reads and writes what a person may.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin(&self, person: &Person) -> sqlx::Result<Tx> {
        scope::begin(&self.pool, person.town.id, Scoped::Person(&person.who)).await
    }

    /// Begins a transaction that reads what a person may see, all of it as it stands at one moment.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_reading(&self, person: &Person) -> sqlx::Result<Tx> {
        scope::begin_reading(&self.pool, person.town.id, Scoped::Person(&person.who)).await
    }

    /// Begins a transaction that writes in a person's name, and waits for others' locks no longer than some seconds.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_writing(&self, person: &Person) -> sqlx::Result<Tx> {
        let mut tx = self.begin(person).await?;
        scope::wait_briefly(&mut tx).await?;
        Ok(tx)
    }

    /// Counts writes with incidents that a person asks for now, whatever becomes of them.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn count_writes(&self, person: &Person, many: usize) -> Result<(), Error> {
        self.count(&self.manners.writes, person, many)
    }

    /// Counts a search that costs.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn count_search(&self, person: &Person) -> Result<(), Error> {
        self.count(&self.manners.searches, person, 1)
    }

    /// Counts so much of something that a person asks for now.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn count(&self, rate: &Rate, person: &Person, much: usize) -> Result<(), Error> {
        let much = u32::try_from(much).unwrap_or(u32::MAX);
        let counted = rate.count((person.town.id, person.who.staff), much, self.now());
        // Rounded up: who comes back at that second is let through.
        counted.map_err(|wait| Error::TooMany(wait.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX)))
    }

    /// Begins a transaction of a job of the server's own, in one town.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_system(&self, town: TownId) -> sqlx::Result<Tx> {
        scope::begin(&self.pool, town, Scoped::System).await
    }

    /// Begins a transaction at a town's door: it sees names, accounts and sessions, and nothing else.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_sign_in(&self, town: TownId) -> sqlx::Result<Tx> {
        scope::begin(&self.pool, town, Scoped::SignIn).await
    }
}

/// A person who is signed in, whether or not they have a password of their own already: for the few endpoints that lead there.
pub struct Newcomer(pub Person);

impl FromRequestParts<AppState> for Newcomer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let InTown(town) = InTown::from_request_parts(parts, state).await?;
        let Ok(client) = Client::from_request_parts(parts, state).await;
        let token = cookies::session(&parts.headers, &town.slug).ok_or(Error::SignedOut)?;
        let now = state.now();
        let mut tx = state.begin_sign_in(town.id).await?;
        let session = sessions::find(&mut tx, town.id, &token.hash(), now).await?.ok_or(Error::SignedOut)?;
        if sessions::seen(&mut tx, town.id, &session, now).await? {
            tx.commit().await?;
        }
        Ok(Self(Person::new(town, (session.id, session.expires_at), session.account, client.address)))
    }
}

impl FromRequestParts<AppState> for Person {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let Newcomer(person) = Newcomer::from_request_parts(parts, state).await?;
        if person.must_change_password { Err(Error::MustChangePassword) } else { Ok(person) }
    }
}
