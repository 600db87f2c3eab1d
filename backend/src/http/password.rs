//! One's own password.

use super::errors::{Body, BodyRefusals, Error, OftenRefusals, Query, Refusals, Result};
use super::person::{Newcomer, Person};
use super::private;
use crate::db::audit::{self, Entry};
use crate::db::lockout::{self, Counted};
use crate::db::{accounts, sessions};
use crate::passwords;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::password;
use geodata::town::Slug;
use geodata::wire::{AuditAction, AuditObject, PasswordChange};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(change))
}

/// Changes one's own password. One's other sessions end.
#[utoipa::path(put, path = "/api/session/password", tag = "people", request_body = PasswordChange,
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = NO_CONTENT), Refusals, BodyRefusals, OftenRefusals))]
async fn change(
    State(state): State<AppState>,
    Newcomer(person): Newcomer,
    query: Query,
    body: Body,
) -> Result<Response> {
    query.only(&[])?;
    let asked: PasswordChange = body.json()?;
    password::check_listed(asked.new.expose(), &person.name)?;
    let old_hash = proven(&state, &person, "old", asked.old.expose()).await?;
    if asked.new == asked.old {
        return Err(Invalid::new("new", "新密码须与旧密码不同", "the new password must be another one").into());
    }
    let new_hash = passwords::aside(move || passwords::hash(asked.new.expose())).await??;
    let (town, staff, now) = (person.town.id, person.who.staff, state.now());
    let mut tx = state.begin(&person).await?;
    if !accounts::change_password(&mut tx, town, staff, (&old_hash, &new_hash), now).await? {
        // The administrator, or another window of theirs, was quicker.
        return Err(Error::Conflict {
            zh: "密码刚刚已被改过，请重新登录".into(),
            en: "the password was changed a moment ago; sign in again".into(),
        });
    }
    // Whoever knew the old password may have come in from one of them: all are strangers again, this one until the next sign-in.
    lockout::forget_devices(&mut tx, town, staff).await?;
    let ended = sessions::end_others(&mut tx, town, staff, Some(&person.session), now).await?;
    let entry = Entry::of(AuditAction::ChangePassword.word()).to(AuditObject::Account.word(), staff);
    audit::write(&mut tx, person.by(), now, &entry.with(json!({ "sessions_ended": ended.to_string() }))).await?;
    tx.commit().await?;
    Ok((StatusCode::NO_CONTENT, private()).into_response())
}

/// Asks a person for their own password once more, for what a session alone is not enough; the hash that it was checked by.
pub(super) async fn proven(state: &AppState, person: &Person, field: &'static str, typed: &str) -> Result<String> {
    let mut tx = state.begin(person).await?;
    let hash = accounts::password_hash(&mut tx, person.town.id, person.who.staff).await?.ok_or(Error::SignedOut)?;
    // No connection is held while it is checked.
    tx.commit().await?;
    // Whoever has taken a session over may not guess in it without end.
    let counted = Counted::device(person.who.staff, person.session.to_string().as_bytes());
    let (town, now) = (person.town.id, state.now());
    let mut tx = state.begin_sign_in(town).await?;
    let until = lockout::attempt(&mut tx, town, &counted, now).await?;
    tx.commit().await?;
    if let Some(until) = until {
        return Err(Error::TooMany(u64::try_from((until - now).num_seconds()).unwrap_or_default() + 1));
    }
    let short = typed.chars().count() <= password::MAX;
    if short && passwords::check(typed.to_owned(), Some(hash.clone())).await? {
        let mut tx = state.begin_sign_in(town).await?;
        lockout::forget(&mut tx, town, &counted).await?;
        tx.commit().await?;
        return Ok(hash);
    }
    Err(Invalid::new(field, "密码不正确", "this is not your password").into())
}
