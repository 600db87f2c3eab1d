//! One box that finds everything.

use super::errors::{OftenRefusals, Query, Refusals, Result};
use super::fields;
use super::person::Person;
use crate::search;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use geodata::line::line;
use geodata::town::Slug;
use geodata::wire::{Findings, SEARCH_LIMIT, SEARCH_TEXT_MAX};
use utoipa_axum::{router::OpenApiRouter, routes};

/// How much is told where it is not said.
const LIMIT: u32 = 30;

/// The route of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(search))
}

/// Incidents that the person sees (by number, by its end, by words of the title), villages, grids, places, cameras and who is on
/// duty now (by name, by pinyin or its initials, by code), and positions in any usual form. Of a kind 12 at most. An incident's whole
/// number is found however old it is, words and ends of numbers among the town's latest 20,000 and the 2,000 newest open ones,
/// pinyin among the latter.
#[utoipa::path(get, path = "/api/search", tag = "town",
    params(("q" = String, Query, min_length = 1, max_length = 80, description = "what is looked for: words, pinyin, a number, a code, a position"),
           ("limit" = Option<u32>, Query, minimum = 1, maximum = 50, description = "30 where it is not given"),
           ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Findings), Refusals, OftenRefusals))]
async fn search(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<Findings>> {
    let query = query.only(&["q", "limit"])?;
    state.count_search(&person)?;
    let text = line("q", query.get("q").unwrap_or_default(), 1, SEARCH_TEXT_MAX)?;
    let limit = fields::limit(&query, LIMIT, SEARCH_LIMIT)?;
    let mut tx = state.begin_reading(&person).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Json(search::search(&mut tx, &person, &text, limit, state.now()).await?))
}
