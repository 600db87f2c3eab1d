//! One's own second factor: codes by time.

use super::errors::{Body, BodyRefusals, Error, OftenRefusals, Query, Refusals, Result};
use super::password::proven;
use super::person::Person;
use super::private;
use crate::db::audit::{self, Entry};
use crate::db::totp as db;
use crate::secrets::Purpose;
use crate::state::AppState;
use crate::totp;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::town::{Slug, TownId};
use geodata::wire::{AuditAction, AuditObject, PasswordProof, Secret, TotpCode, TotpEnrolment};
use sqlx::PgConnection;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(enrol, confirm, disable))
}

/// A new secret for one's authenticator. It counts once a code of it was given back; until then the next one replaces it.
#[utoipa::path(post, path = "/api/session/totp", tag = "people",
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = TotpEnrolment), (status = CONFLICT, body = geodata::wire::ErrorBody), Refusals))]
async fn enrol(State(state): State<AppState>, person: Person, query: Query) -> Result<Response> {
    query.only(&[])?;
    let (town, staff) = (person.town.id, person.who.staff);
    let secret = totp::secret();
    let sealed = state.secrets.seal(town, Purpose::Totp { staff }, &secret)?;
    let mut tx = state.begin(&person).await?;
    if !db::enrol(&mut tx, town, staff, &sealed).await? {
        return Err(already());
    }
    let issuer = crate::db::towns::called(&mut tx, town).await?.map_or_else(String::new, |name| name.zh);
    tx.commit().await?;
    let shown = totp::enrolment(&secret, &format!("方格 {issuer}"), &person.name)?;
    let shown =
        TotpEnrolment { secret: Secret::new(shown.secret), uri: Secret::new(shown.uri), qr: Secret::new(shown.qr) };
    Ok((private(), Json(shown)).into_response())
}

/// Proves that one's authenticator has the secret: from now on signing in asks for a code.
#[utoipa::path(put, path = "/api/session/totp", tag = "people", request_body = TotpCode,
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = NO_CONTENT), Refusals, BodyRefusals))]
async fn confirm(State(state): State<AppState>, person: Person, query: Query, body: Body) -> Result<Response> {
    query.only(&[])?;
    let asked: TotpCode = body.json()?;
    let (town, staff, now) = (person.town.id, person.who.staff, state.now());
    let mut tx = state.begin(&person).await?;
    let kept = match db::kept(&mut tx, town, staff).await? {
        None => return Err(not_enrolled()),
        Some(kept) if kept.enabled => return Err(already()),
        Some(kept) => kept,
    };
    let secret = unsealed(&state, town, staff, &kept.sealed)?;
    let step = totp::step(&secret, &asked.code, now, kept.last_step)?.ok_or_else(|| wrong("code"))?;
    if !db::enable(&mut tx, town, staff, (&kept.sealed, step), now).await? {
        return Err(already());
    }
    let entry = Entry::of(AuditAction::EnableTotp.word()).to(AuditObject::Account.word(), staff);
    audit::write(&mut tx, person.by(), now, &entry).await?;
    tx.commit().await?;
    Ok((StatusCode::NO_CONTENT, private()).into_response())
}

/// Does without codes again; asks for the password.
#[utoipa::path(delete, path = "/api/session/totp", tag = "people", request_body = PasswordProof,
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = NO_CONTENT), Refusals, BodyRefusals, OftenRefusals))]
async fn disable(State(state): State<AppState>, person: Person, query: Query, body: Body) -> Result<Response> {
    query.only(&[])?;
    let asked: PasswordProof = body.json()?;
    proven(&state, &person, "password", asked.password.expose()).await?;
    let (town, staff) = (person.town.id, person.who.staff);
    let mut tx = state.begin(&person).await?;
    if db::disable(&mut tx, town, staff).await? {
        let entry = Entry::of(AuditAction::DisableTotp.word()).to(AuditObject::Account.word(), staff);
        audit::write(&mut tx, person.by(), state.now(), &entry).await?;
    }
    tx.commit().await?;
    Ok((StatusCode::NO_CONTENT, private()).into_response())
}

/// Whether a code signs an account in at this moment; it is used up by that.
pub(super) async fn signs_in(
    state: &AppState,
    db: &mut PgConnection,
    (town, staff): (TownId, i32),
    code: &str,
) -> Result<bool> {
    let Some(kept) = db::kept(db, town, staff).await?.filter(|kept| kept.enabled) else { return Ok(true) };
    let secret = unsealed(state, town, staff, &kept.sealed)?;
    match totp::step(&secret, code, state.now(), kept.last_step)? {
        Some(step) => Ok(db::use_up(db, town, staff, step).await?),
        None => Ok(false),
    }
}

fn unsealed(state: &AppState, town: TownId, staff: i32, sealed: &[u8]) -> Result<Vec<u8>> {
    let opened = state.secrets.open(town, Purpose::Totp { staff }, sealed);
    opened.map_err(|error| Error::Internal(anyhow::Error::new(error).context("the secret of one-time codes")))
}

fn wrong(field: &'static str) -> Error {
    Invalid::new(field, "验证码不正确，或已用过", "this is not the code, or it was used before").into()
}

fn already() -> Error {
    Error::Conflict {
        zh: "动态口令已启用；更换请先停用".into(),
        en: "one-time codes are asked for already; do without them first".into(),
    }
}

fn not_enrolled() -> Error {
    Error::Conflict { zh: "请先获取动态口令密钥".into(), en: "ask for a secret first".into() }
}
