//! Signing in and out, and who is signed in.

use super::client::Client;
use super::cookies::{self, Token};
use super::errors::{Body, BodyRefusals, Error, Query, Refusals, Result};
use super::person::{Newcomer, Person};
use super::town::InTown;
use super::{private, totp};
use crate::db::audit::{self, By, Entry};
use crate::db::lockout::{self, Counted};
use crate::db::sessions::{self, Door, LONGEST, New, SessionId};
use crate::passwords;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::incident::text;
use geodata::town::Slug;
use geodata::wire::{ErrorBody, Me, SignIn};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Longest name of an account, in characters.
const NAME_MAX: usize = 80;
/// Longest password, in characters: enough for any sentence, and not for making the server sweat.
const PASSWORD_MAX: usize = 200;

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(sign_in, me, sign_out))
}

/// Why someone is not let in.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "they are read by the description only")]
enum DoorRefusals {
    /// Name and password do not belong together (`sign_in_failed`), or the second factor's code is asked for (`code_needed`).
    #[response(status = UNAUTHORIZED)]
    Failed(#[to_schema] ErrorBody),
    /// Too many failures; `Retry-After` tells when to try again.
    #[response(status = TOO_MANY_REQUESTS)]
    TooMany(#[to_schema] ErrorBody),
}

/// Signs in: the answer sets the town's session cookie.
#[utoipa::path(post, path = "/api/session", tag = "people", request_body = SignIn,
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = CREATED, body = Me), Refusals, BodyRefusals, DoorRefusals))]
async fn sign_in(
    State(state): State<AppState>,
    town: InTown,
    client: Client,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    query.only(&[])?;
    let asked = checked(body.json()?)?;
    let (door, counted) = approach(&state, &town, client, &headers, &asked.name).await?;
    // No connection is held while the password is checked.
    let hash = door.as_ref().map(|door| door.password_hash.clone());
    let fits = passwords::check(asked.password.expose().to_owned(), hash).await?;
    match door {
        Some(door) if fits && !door.disabled => {
            second_factor(&state, &town, client, &door, asked.code.as_deref()).await?;
            welcome(&state, &town, client, &headers, door, &counted).await
        }
        door => {
            turned_away(&state, &town, client, door.as_ref()).await?;
            Err(Error::SignInFailed)
        }
    }
}

/// Who they say they are, and how they are counted: the attempt is one more already.
async fn approach(
    state: &AppState,
    town: &InTown,
    client: Client,
    headers: &HeaderMap,
    name: &str,
) -> Result<(Option<Door>, Counted)> {
    let now = state.now();
    let mut tx = state.begin_sign_in(town.id).await?;
    let door = sessions::door(&mut tx, town.id, name).await?;
    let mut counted = Counted::stranger(name, client.address);
    if let (Some(door), Some(device)) = (&door, cookies::device(headers)) {
        let staff = door.account.who.staff;
        if lockout::knows(&mut tx, town.id, staff, &device.hash()).await? {
            counted = Counted::device(staff, &device.hash());
        }
    }
    let until = lockout::attempt(&mut tx, town.id, &counted, now).await?;
    tx.commit().await?;
    match until {
        Some(until) => Err(Error::TooMany(u64::try_from((until - now).num_seconds()).unwrap_or_default() + 1)),
        None => Ok((door, counted)),
    }
}

fn checked(mut asked: SignIn) -> Result<SignIn> {
    asked.name = text("name", &asked.name, NAME_MAX)?;
    if !(1..=PASSWORD_MAX).contains(&asked.password.expose().chars().count()) {
        let (zh, en) = (format!("须为 1 到 {PASSWORD_MAX} 个字"), format!("must be 1 to {PASSWORD_MAX} characters"));
        return Err(Invalid::new("password", zh, en).into());
    }
    Ok(asked)
}

/// Asks for the second factor where there is one. Its code is used up, whatever becomes of the session.
async fn second_factor(state: &AppState, town: &InTown, client: Client, door: &Door, code: Option<&str>) -> Result<()> {
    if !door.account.totp {
        return Ok(());
    }
    let code = code.filter(|code| !code.trim().is_empty()).ok_or(Error::CodeNeeded)?;
    let mut tx = state.begin_sign_in(town.id).await?;
    let fits = totp::signs_in(state, &mut tx, (town.id, door.account.who.staff), code).await?;
    tx.commit().await?;
    if fits {
        return Ok(());
    }
    turned_away(state, town, client, Some(door)).await?;
    Err(Error::CodeWrong)
}

/// Lets someone in: a session, its cookie, and a word in the audit log.
async fn welcome(
    state: &AppState,
    town: &InTown,
    client: Client,
    headers: &HeaderMap,
    door: Door,
    counted: &Counted,
) -> Result<Response> {
    let now = state.now();
    let (token, id) = (Token::random(), SessionId::random());
    let account = door.account;
    let mut tx = state.begin_sign_in(town.id).await?;
    // A browser has one session a town: the one before has no cookie from now on.
    if let Some(before) = cookies::session(headers, &town.slug) {
        sessions::end_token(&mut tx, town.id, &before.hash(), now).await?;
    }
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let new = New { id: &id, token_hash: &token.hash(), user_agent: agent, address: client.address };
    sessions::begin(&mut tx, town.id, account.who.staff, &new, now).await?;
    lockout::forget(&mut tx, town.id, counted).await?;
    let device = cookies::device(headers).unwrap_or_else(Token::random);
    lockout::remember(&mut tx, town.id, account.who.staff, &device.hash(), now).await?;
    let person = Person::new(Arc::clone(&town.0), (id, now + LONGEST), account, client.address);
    audit::write(&mut tx, person.by(), now, &Entry::of("sign_in").to("session", &person.session)).await?;
    tx.commit().await?;
    let mut answer = private();
    cookies::give_session(&mut answer, &town.slug, &token, client.is_https);
    cookies::give_device(&mut answer, &device, client.is_https);
    Ok((StatusCode::CREATED, answer, Json(person.me())).into_response())
}

/// Writes down that someone was not let in. What was typed as a name may be a password: only an account's own name is kept.
async fn turned_away(state: &AppState, town: &InTown, client: Client, door: Option<&Door>) -> Result<()> {
    let account = door.map(|door| &door.account);
    let by = By {
        town: town.id,
        staff: account.map(|account| account.who.staff),
        name: account.map_or("", |account| &account.name),
        role: account.map(|account| account.who.role),
        address: Some(client.address),
    };
    let mut tx = state.begin_sign_in(town.id).await?;
    audit::write(&mut tx, by, state.now(), &Entry::of("sign_in_failed")).await?;
    Ok(tx.commit().await?)
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", tag = "people",
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Me), Refusals))]
async fn me(Newcomer(person): Newcomer, query: Query) -> Result<Response> {
    query.only(&[])?;
    Ok((private(), Json(person.me())).into_response())
}

/// Signs out: the session ends, here and for whoever may have its cookie.
#[utoipa::path(delete, path = "/api/session", tag = "people",
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = NO_CONTENT), Refusals))]
async fn sign_out(
    State(state): State<AppState>,
    Newcomer(person): Newcomer,
    client: Client,
    query: Query,
) -> Result<Response> {
    query.only(&[])?;
    let mut tx = state.begin(&person).await?;
    sessions::end(&mut tx, person.town.id, person.who.staff, &person.session, state.now()).await?;
    audit::write(&mut tx, person.by(), state.now(), &Entry::of("sign_out").to("session", &person.session)).await?;
    tx.commit().await?;
    let mut answer = private();
    cookies::take_session(&mut answer, &person.town.slug, client.is_https);
    Ok((StatusCode::NO_CONTENT, answer).into_response())
}
