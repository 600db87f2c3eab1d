//! A person's own sessions: where they are signed in, and how that ends.

use super::errors::{Error, Query, Refusals, Result};
use super::person::Newcomer;
use crate::db::audit::{self, Entry};
use crate::db::sessions::{self, SessionId};
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use geodata::town::Slug;
use geodata::wire::{AuditAction, AuditObject, SessionRow};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, end_others)).routes(routes!(end))
}

/// Where you are signed in, the newest first.
#[utoipa::path(get, path = "/api/sessions", tag = "people",
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Vec<SessionRow>), Refusals))]
async fn list(
    State(state): State<AppState>,
    Newcomer(person): Newcomer,
    query: Query,
) -> Result<Json<Vec<SessionRow>>> {
    query.only(&[])?;
    let mut tx = state.begin(&person).await?;
    Ok(Json(sessions::list(&mut tx, person.town.id, person.who.staff, &person.session, state.now()).await?))
}

/// Ends all your sessions but this one.
#[utoipa::path(delete, path = "/api/sessions", tag = "people",
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = NO_CONTENT), Refusals))]
async fn end_others(State(state): State<AppState>, Newcomer(person): Newcomer, query: Query) -> Result<StatusCode> {
    query.only(&[])?;
    let (town, staff, now) = (person.town.id, person.who.staff, state.now());
    let mut tx = state.begin(&person).await?;
    let ended = sessions::end_others(&mut tx, town, staff, Some(&person.session), now).await?;
    let entry = Entry::of(AuditAction::EndSession.word())
        .to(AuditObject::Account.word(), staff)
        .with(json!({ "sessions": ended }));
    audit::write(&mut tx, person.by(), now, &entry).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of your sessions, wherever it is.
#[utoipa::path(delete, path = "/api/sessions/{id}", tag = "people",
    params(("id" = String, Path, description = "its key"), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = NO_CONTENT), Refusals))]
async fn end(
    State(state): State<AppState>,
    Newcomer(person): Newcomer,
    Path(id): Path<String>,
    query: Query,
) -> Result<StatusCode> {
    query.only(&[])?;
    let id: SessionId = id.parse().map_err(|_| Error::NotFound)?;
    let now = state.now();
    let mut tx = state.begin(&person).await?;
    if !sessions::end(&mut tx, person.town.id, person.who.staff, &id, now).await? {
        return Err(Error::NotFound);
    }
    audit::write(
        &mut tx,
        person.by(),
        now,
        &Entry::of(AuditAction::EndSession.word()).to(AuditObject::Session.word(), &id),
    )
    .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
