//! Incidents: the list, one of them whole, a report, a step, a step for many.

mod act;
mod bulk;
pub(super) mod detail;
mod report;

use super::errors::{Query, Refusals, Result};
use super::fields::limit;
use super::person::Person;
use crate::db::incidents;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use geodata::Invalid;
use geodata::filter::IncidentFilter;
use geodata::town::{GridCode, Slug, VillageCode};
use geodata::wire::{IncidentPage, PAGE_LIMIT};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Page length where none is asked for.
const PAGE: u32 = 500;

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, report::report))
        .routes(routes!(bulk::acts))
        .routes(routes!(detail::one))
        .routes(routes!(detail::by_number))
        .routes(routes!(act::act))
}

/// Incidents by filter, newest first, a page at a time.
#[utoipa::path(get, path = "/api/incidents", tag = "incidents",
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("bbox" = Option<String>, Query, description = "west,south,east,north in degrees; west > east crosses the antimeridian"),
           ("state" = Option<String>, Query, description = "`open`, or states separated by commas"),
           ("category" = Option<String>, Query, description = "codes or groups separated by commas"),
           ("severity" = Option<String>, Query, description = "1 to 4, separated by commas"),
           ("village" = Option<VillageCode>, Query, description = "12-digit code"),
           ("grid" = Option<GridCode>, Query, description = "15-digit code"),
           ("from" = Option<String>, Query, description = "reported at or after, RFC 3339"),
           ("to" = Option<String>, Query, description = "reported before, RFC 3339"),
           ("limit" = Option<u32>, Query, minimum = 1, maximum = 5000, description = "500 where it is not given"),
           ("after" = Option<String>, Query, description = "the `next` of the page before")),
    responses((status = OK, body = IncidentPage), Refusals))]
async fn list(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<IncidentPage>> {
    let mut known = IncidentFilter::PARAMETERS.to_vec();
    known.extend(["limit", "after"]);
    let query = query.only(&known)?;
    let filter = filter(&query)?;
    let limit = limit(&query, PAGE, PAGE_LIMIT)?;
    let after = query.get("after").map(str::parse).transpose()?;
    let mut tx = state.begin(&person).await?;
    Ok(Json(incidents::page(&mut tx, person.town.id, &filter, after, limit).await?))
}

/// The incident filter among a query's pairs.
pub(super) fn filter(query: &Query) -> Result<IncidentFilter> {
    Ok(IncidentFilter::from_pairs(query.0.iter().map(|(name, value)| (name.as_str(), value.as_str())))?)
}

/// An incident's key from a path.
pub(super) fn key(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Invalid::new("id", "须为整数", "a whole number").into())
}
