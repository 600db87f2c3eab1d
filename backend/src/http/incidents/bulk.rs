//! The same step for several incidents: each is taken or refused for itself.

use super::super::errors::{Body, BodyRefusals, Error, OftenRefusals, Refusals, Result};
use super::super::idempotency::{KeyHeader, Keyed, first_answer, keep_answer};
use super::super::person::Person;
use super::act;
use crate::db::scope;
use crate::state::AppState;
use crate::tally;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::town::Slug;
use geodata::wire::{Act, BULK_LIMIT, BulkAct, BulkResult, Seen};
use sqlx::Acquire as _;

/// Takes the same step with up to 100 incidents. Each is done or refused for itself, by the same rules as alone; the answer
/// tells which. All that are done are done at one moment.
#[utoipa::path(post, path = "/api/incidents/acts", tag = "incidents", request_body = BulkAct,
    params(("town" = Option<Slug>, Query, description = "short name"),
           KeyHeader),
    responses((status = CREATED, body = Vec<BulkResult>), Refusals, BodyRefusals, OftenRefusals))]
pub async fn acts(State(state): State<AppState>, person: Person, headers: HeaderMap, body: Body) -> Result<Response> {
    let BulkAct { incidents, act } = body.json()?;
    if !(1..=BULK_LIMIT).contains(&incidents.len()) {
        return Err(Invalid::new(
            "incidents",
            format!("须为 1 到 {BULK_LIMIT} 个事件"),
            format!("1 to {BULK_LIMIT} incidents"),
        )
        .into());
    }
    state.count_writes(&person, incidents.len())?;
    let act = act::checked(act, &person, state.now())?;
    let keyed = Keyed::of(&headers, "acts", &body)?;
    let mut tx = state.begin_writing(&person).await?;
    if let Some(first) = first_answer(&mut tx, &person, keyed.as_ref(), state.now()).await? {
        return Ok(first);
    }
    let english = super::super::errors::wants_english(&headers);
    let mut results = Vec::with_capacity(incidents.len());
    for seen in incidents {
        results.push(one(&mut tx, &state, &person, seen, &act, english).await?);
    }
    keep_answer(&mut tx, &person, keyed.as_ref(), &results).await?;
    tx.commit().await?;
    for _ in results.iter().filter(|result| result.error.is_none()) {
        tally::step(act.action);
    }
    Ok((StatusCode::CREATED, Json(results)).into_response())
}

/// One of them, in a savepoint: a refusal takes back what it began, and the next goes on.
async fn one(
    tx: &mut scope::Tx,
    state: &AppState,
    person: &Person,
    seen: Seen,
    act: &Act,
    english: bool,
) -> Result<BulkResult> {
    let mut inner = tx.begin().await?;
    let act = Act { seen_seq: seen.seq, ..act.clone() };
    match act::step(&mut inner, state, person, seen.id, &act).await {
        Ok(incident) => {
            inner.commit().await?;
            Ok(BulkResult { id: seen.id, status: 201, incident: Some(incident), error: None })
        }
        // What is nobody's refusal ends the whole: nothing of it was written.
        Err(error @ (Error::Internal(_) | Error::Unavailable | Error::Busy)) => Err(error),
        Err(error) => {
            inner.rollback().await?;
            let (status, mut body) = error.told(english);
            let incident = body.incident.take().map(|incident| *incident);
            Ok(BulkResult { id: seen.id, status: status.as_u16(), incident, error: Some(body) })
        }
    }
}
