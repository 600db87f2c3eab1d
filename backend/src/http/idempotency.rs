//! The first answer to each key, over HTTP (IETF draft-ietf-httpapi-idempotency-key-header).

use super::errors::{Body, Error, Result, is_lock_timeout};
use super::person::Person;
use crate::db::idempotency::{self, Claim};
use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use geodata::{Invalid, Time};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

/// The header as the description of the API has it.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only described: `Keyed` reads the header")]
pub struct KeyHeader {
    /// 1 to 200 ASCII characters; the same key and body get the first answer
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 200, pattern = "^[ -~]+$")]
    key: Option<String>,
}

/// A key and what it was given for.
pub struct Keyed {
    key: String,
    fingerprint: Vec<u8>,
}

impl Keyed {
    /// The request's key, if it has one, with a fingerprint of its purpose and body.
    ///
    /// # Errors
    /// When the header is no key.
    pub fn of(headers: &HeaderMap, purpose: &str, body: &Body) -> Result<Option<Self>> {
        let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
        let key = value.to_str().ok().filter(|key| (1..=200).contains(&key.len())).ok_or_else(|| {
            Invalid::new("Idempotency-Key", "须为 1 到 200 个 ASCII 字符", "1 to 200 ASCII characters")
        })?;
        let fingerprint = Sha256::new().chain_update(purpose).chain_update([0]).chain_update(&body.0).finalize();
        Ok(Some(Self { key: key.to_owned(), fingerprint: fingerprint.to_vec() }))
    }
}

/// What was kept of the answer that a key got before, if it was used before for the same.
///
/// # Errors
/// When it was used for something else, is being handled at this moment, or the database fails.
pub async fn kept(db: &mut PgConnection, person: &Person, keyed: Option<&Keyed>, now: Time) -> Result<Option<Value>> {
    let Some(Keyed { key, fingerprint }) = keyed else { return Ok(None) };
    let claim = idempotency::claim(db, person.town.id, person.who.staff, key, fingerprint, now);
    let claim = claim.await.map_err(|error| {
        if !is_lock_timeout(&error) {
            return error.into();
        }
        Error::Conflict {
            zh: "同一键的请求还在处理中".into(),
            en: "another request with this key is still being handled".into(),
        }
    })?;
    match claim {
        Claim::New => Ok(None),
        Claim::Answered(answer) => Ok(Some(answer)),
        Claim::OtherBody => Err(Invalid::new(
            "Idempotency-Key",
            "此键已用于另一个请求",
            "this key was used before with another request",
        )
        .into()),
    }
}

/// The answer to a request that made something, where its key got one before.
///
/// # Errors
/// As [`kept`].
pub async fn first_answer(
    db: &mut PgConnection,
    person: &Person,
    keyed: Option<&Keyed>,
    now: Time,
) -> Result<Option<Response>> {
    Ok(kept(db, person, keyed, now).await?.map(|first| replayed(StatusCode::CREATED, &first)))
}

/// An answer that was given before.
pub fn replayed<T: Serialize>(status: StatusCode, first: &T) -> Response {
    let replayed = (HeaderName::from_static("idempotency-replayed"), HeaderValue::from_static("true"));
    (status, [replayed], Json(first)).into_response()
}

/// Keeps the answer to a key, in the transaction of what it answers for.
///
/// # Errors
/// The database's.
pub async fn keep_answer<T: Serialize + Sync>(
    db: &mut PgConnection,
    person: &Person,
    keyed: Option<&Keyed>,
    answer: &T,
) -> Result<()> {
    let Some(Keyed { key, .. }) = keyed else { return Ok(()) };
    let answer = serde_json::to_value(answer).map_err(|e| Error::Internal(e.into()))?;
    Ok(idempotency::answer(db, person.town.id, key, &answer).await?)
}
