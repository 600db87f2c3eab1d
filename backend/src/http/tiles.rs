//! Incidents as Mapbox vector tiles, and their TileJSON.

use super::errors::{Error, Query, Refusals, Result};
use super::incidents::filter;
use super::person::Person;
use crate::db;
use crate::db::tiles::{MAX_ZOOM, Tile};
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::filter::IncidentFilter;
use geodata::town::Slug;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(tile)).routes(routes!(tile_json))
}

/// One tile: layer `incidents`, extent 4096, with `severity`, `state`, `category` and `reported_at` (seconds since 1970); it takes the same
/// filter as the list. At most 50,000 incidents; a denser tile is a sample.
#[utoipa::path(get, path = "/tiles/incidents/{z}/{x}/{y}", tag = "tiles",
    params(("z" = u8, Path, maximum = 18), ("x" = u32, Path), ("y" = u32, Path),
           ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, content_type = "application/vnd.mapbox-vector-tile", body = Vec<u8>), Refusals))]
async fn tile(
    State(state): State<AppState>,
    Path((z, x, y)): Path<(String, String, String)>,
    person: Person,
    query: Query,
) -> Result<Response> {
    let tile = address(&z, &x, &y)?;
    let filter = filter(&query.only(&IncidentFilter::PARAMETERS)?)?;
    let mut tx = state.begin(&person).await?;
    let bytes = db::tiles::incidents(&mut tx, person.town.id, tile, &filter).await?;
    let headers = [(header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, bytes).into_response())
}

fn address(z: &str, x: &str, y: &str) -> Result<Tile> {
    let rule = |field, most: u32| {
        Error::from(Invalid::new(field, format!("须为 0 到 {most} 的整数"), format!("a whole number from 0 to {most}")))
    };
    let z: u8 = z.parse().ok().filter(|z| *z <= MAX_ZOOM).ok_or_else(|| rule("z", MAX_ZOOM.into()))?;
    let most = (1_u32 << z) - 1;
    let within = |field, text: &str| text.parse().ok().filter(|n| *n <= most).ok_or_else(|| rule(field, most));
    Ok(Tile { z, x: within("x", x)?, y: within("y", y)? })
}

/// Where the tiles are and what they hold (TileJSON 3.0.0).
#[utoipa::path(get, path = "/tiles/incidents", tag = "tiles",
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Object), Refusals))]
async fn tile_json(
    State(state): State<AppState>,
    person: Person,
    query: Query,
    headers: HeaderMap,
) -> Result<Json<serde_json::Value>> {
    query.only(&[])?;
    let mut tx = state.begin(&person).await?;
    let found = db::towns::town(&mut tx, &person.town, state.now()).await?.ok_or(Error::NotFound)?;
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or("127.0.0.1");
    Ok(Json(json!({
        "tilejson": "3.0.0",
        "name": format!("{} · incidents", found.name.zh),
        "tiles": [format!("http://{host}/tiles/incidents/{{z}}/{{x}}/{{y}}?town={}", found.slug)],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "bounds": found.bbox,
        "vector_layers": [{
            "id": "incidents",
            "fields": { "severity": "Number", "state": "String", "category": "String", "reported_at": "Number" },
        }],
    })))
}
