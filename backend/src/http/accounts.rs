//! Accounts, kept by the administrator; and the staff, for whoever gives out work.

use super::errors::{Body, BodyRefusals, Error, Query, Refusals, Result};
use super::idempotency::{self, Keyed, keep_answer, replayed};
use super::person::Person;
use super::private;
use crate::accounts::{self, Given, Refused};
use crate::db;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use geodata::matter::Matter;
use geodata::town::Slug;
use geodata::wire::{Account, AccountChange, AccountMade, NewAccount, PasswordMade, StaffRow};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(change))
        .routes(routes!(reset))
        .routes(routes!(staff))
}

/// The town's accounts, for those who look after them: administrator, commander, chief of grids.
#[utoipa::path(get, path = "/api/accounts", tag = "people",
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Vec<Account>), Refusals))]
async fn list(State(state): State<AppState>, person: Person, query: Query) -> Result<Response> {
    query.only(&[])?;
    person.must_read(Matter::Accounts)?;
    let mut tx = state.begin(&person).await?;
    Ok((private(), Json(db::accounts::list(&mut tx, person.town.id).await?)).into_response())
}

/// The town's staff, to give work to: for everyone who sees incidents, and for the administrator.
#[utoipa::path(get, path = "/api/staff", tag = "people",
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Vec<StaffRow>), Refusals))]
async fn staff(State(state): State<AppState>, person: Person, query: Query) -> Result<Response> {
    query.only(&[])?;
    person.must_read(Matter::Staff)?;
    let mut tx = state.begin(&person).await?;
    Ok((private(), Json(db::accounts::staff(&mut tx, person.town.id).await?)).into_response())
}

/// Makes an account, and with it the member of staff where there is none of this name and role without one. The answer holds the
/// password, which is never told again and must be changed at the first sign-in. The same key and body once more get the same account
/// with another first password, until somebody has signed in with it (409): no password is kept to be told twice.
#[utoipa::path(post, path = "/api/accounts", tag = "people", request_body = NewAccount,
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[ -~]+$", description = "1 to 200 ASCII characters; the same key and body make one account")),
    responses((status = CREATED, body = AccountMade), Refusals, BodyRefusals))]
async fn make(
    State(state): State<AppState>,
    person: Person,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    query.only(&[])?;
    person.must_keep(Matter::Accounts)?;
    let (new, now) = (body.json()?, state.now());
    let keyed = Keyed::of(&headers, "account", &body)?;
    let given = Given::random().await?;
    let mut tx = state.begin_writing(&person).await?;
    if let Some(first) = idempotency::kept(&mut tx, &person, keyed.as_ref(), now).await? {
        let KeptAccount { staff } = serde_json::from_value(first).map_err(anyhow::Error::new)?;
        let made = accounts::make_again(&mut tx, person.by(), staff, given, now).await?;
        tx.commit().await?;
        return Ok((private(), replayed(StatusCode::CREATED, &made)).into_response());
    }
    let made = accounts::make(&mut tx, person.by(), new, given, now).await?;
    keep_answer(&mut tx, &person, keyed.as_ref(), &KeptAccount { staff: made.account.staff }).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, private(), Json(made)).into_response())
}

/// What is kept of the answer to a new account: whose it is, and never the password.
#[derive(Serialize, Deserialize)]
struct KeptAccount {
    staff: i32,
}

/// Changes an account: another name, another role with what it is bound to, closed or open. It holds from the person's next request on;
/// closing ends their sessions. The town's last administrator stays one (409).
#[utoipa::path(patch, path = "/api/accounts/{staff}", tag = "people", request_body = AccountChange,
    params(("staff" = i32, Path, description = "whose"), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Account), Refusals, BodyRefusals))]
async fn change(
    State(state): State<AppState>,
    person: Person,
    Path(staff): Path<String>,
    query: Query,
    body: Body,
) -> Result<Response> {
    query.only(&[])?;
    person.must_keep(Matter::Accounts)?;
    let (staff, change): (i32, AccountChange) = (key(&staff)?, body.json()?);
    let mut tx = state.begin(&person).await?;
    let after = accounts::change(&mut tx, person.by(), staff, change, state.now()).await?;
    tx.commit().await?;
    Ok((private(), Json(after)).into_response())
}

/// Gives an account a new password, to be changed at the next sign-in; its sessions end, and its second factor is taken away.
#[utoipa::path(post, path = "/api/accounts/{staff}/password", tag = "people",
    params(("staff" = i32, Path, description = "whose"), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = PasswordMade), Refusals))]
async fn reset(
    State(state): State<AppState>,
    person: Person,
    Path(staff): Path<String>,
    query: Query,
) -> Result<Response> {
    query.only(&[])?;
    person.must_keep(Matter::Accounts)?;
    let staff = key(&staff)?;
    let given = Given::random().await?;
    let mut tx = state.begin(&person).await?;
    let password = accounts::reset(&mut tx, person.by(), staff, given, state.now()).await?;
    tx.commit().await?;
    Ok((private(), Json(PasswordMade { password })).into_response())
}

fn key(text: &str) -> Result<i32> {
    // What is no key is nobody's.
    text.parse().map_err(|_| Error::NotFound)
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Rule(rule) => rule.into(),
            Refused::Nobody => Self::NotFound,
            Refused::Database(error) => error.into(),
            Refused::Used => Self::Conflict {
                zh: "账号已建立，本人已登录过，初始密码不再提供；如有需要请重设密码".into(),
                en: refused.to_string(),
            },
            Refused::Last => Self::Conflict {
                zh: "这是本镇最后一名系统管理员，不能停用或改任；请先另设一名".into(),
                en: refused.to_string(),
            },
        }
    }
}
