//! The parties to a dispute: for those who handle it, with a reason that is written down.

use super::errors::{Body, BodyRefusals, Error, Query, Refusals, Result};
use super::incidents::key;
use super::person::Person;
use super::private;
use crate::db::audit::{self, Entry};
use crate::db::parties;
use crate::secrets::{Purpose, Secrets};
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::dispute::{self, Concern, Disputant};
use geodata::town::{CategoryGroup, Slug, TownId};
use geodata::wire::{AuditAction, AuditObject};
use serde_json::json;
use sqlx::PgConnection;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read, write))
}

/// The parties to a dispute. Only those who handle it read them, and every reading is kept with its reason.
#[utoipa::path(get, path = "/api/incidents/{id}/parties", tag = "incidents",
    params(("id" = i64, Path, description = "the incident's key"),
           ("reason" = String, Query, min_length = 2, max_length = 200, description = "why they are read"),
           ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Vec<Disputant>), Refusals))]
async fn read(State(state): State<AppState>, person: Person, Path(id): Path<String>, query: Query) -> Result<Response> {
    let query = query.only(&["reason"])?;
    let (id, town, now) = (key(&id)?, person.town.id, state.now());
    let mut tx = state.begin(&person).await?;
    handled(&mut tx, &person, id).await?;
    let reason = dispute::reason(query.get("reason").unwrap_or_default())?;
    let sealed = parties::sealed(&mut tx, town, id).await?;
    let opened = sealed.iter().map(|(number, sealed)| opened(&state.secrets, town, (id, *number), sealed));
    let opened = opened.collect::<anyhow::Result<Vec<Disputant>>>()?;
    let entry = Entry::of(AuditAction::ReadParties.word()).to(AuditObject::Incident.word(), id).because(&reason);
    audit::write(&mut tx, person.by(), now, &entry.with(json!({ "parties": opened.len().to_string() }))).await?;
    tx.commit().await?;
    Ok((private(), Json(opened)).into_response())
}

/// Writes down the parties to a dispute, in place of those that were there.
#[utoipa::path(put, path = "/api/incidents/{id}/parties", tag = "incidents", request_body = Vec<Disputant>,
    params(("id" = i64, Path, description = "the incident's key"), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = NO_CONTENT), Refusals, BodyRefusals))]
async fn write(
    State(state): State<AppState>,
    person: Person,
    Path(id): Path<String>,
    query: Query,
    body: Body,
) -> Result<Response> {
    query.only(&[])?;
    let (id, town, now) = (key(&id)?, person.town.id, state.now());
    let mut tx = state.begin(&person).await?;
    if handled(&mut tx, &person, id).await?.group != CategoryGroup::Dispute {
        let (zh, en) = ("只有矛盾纠纷才登记当事人", "only a dispute has parties");
        return Err(Invalid::new("category", zh, en).into());
    }
    let list = dispute::checked(body.json()?)?;
    let numbered = (1_i16..).zip(&list);
    let sealed = numbered.map(|(number, party)| Ok((number, sealed(&state.secrets, town, (id, number), party)?)));
    let sealed = sealed.collect::<anyhow::Result<Vec<_>>>()?;
    parties::replace(&mut tx, town, id, &sealed, (person.who.staff, now)).await?;
    let entry = Entry::of(AuditAction::WriteParties.word()).to(AuditObject::Incident.word(), id);
    audit::write(&mut tx, person.by(), now, &entry.with(json!({ "parties": list.len().to_string() }))).await?;
    tx.commit().await?;
    Ok((StatusCode::NO_CONTENT, private()).into_response())
}

/// The incident, for those who handle it: 404 where it is out of sight, 403 where it is seen from above or aside.
async fn handled(db: &mut PgConnection, person: &Person, id: i64) -> Result<Concern> {
    let concern = parties::concern(db, person.town.id, id).await?.ok_or(Error::NotFound)?;
    if concern.is_handled_by(&person.who) { Ok(concern) } else { Err(Error::Denied) }
}

fn sealed(
    secrets: &Secrets,
    town: TownId,
    (incident, number): (i64, i16),
    party: &Disputant,
) -> anyhow::Result<Vec<u8>> {
    secrets.seal(town, Purpose::Party { incident, number }, &serde_json::to_vec(party)?)
}

fn opened(secrets: &Secrets, town: TownId, (incident, number): (i64, i16), sealed: &[u8]) -> anyhow::Result<Disputant> {
    let plain = secrets.open(town, Purpose::Party { incident, number }, sealed)?;
    Ok(serde_json::from_slice(&plain)?)
}
