//! Which town a request is about: `?town=`, or the one that the server was started for.

use super::errors::{Error, Query};
use crate::state::{AppState, TownKey};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::ops::Deref;
use std::sync::Arc;

/// The request's town.
pub struct InTown(pub Arc<TownKey>);

impl Deref for InTown {
    type Target = TownKey;
    fn deref(&self) -> &TownKey {
        &self.0
    }
}

impl FromRequestParts<AppState> for InTown {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let query = Query::from_request_parts(parts, state).await?;
        let slug = match query.get("town") {
            Some(text) => text.parse()?,
            None => state.settings.town.clone(),
        };
        state.town(&slug).await?.map(Self).ok_or(Error::NotFound)
    }
}
