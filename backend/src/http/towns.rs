//! The town's fixed things and its figures.

use super::errors::{Error, Query, Refusals, Result};
use super::person::Person;
use crate::db;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use geodata::town::Slug;
use geodata::wire::{
    BuildingProperties, CameraProperties, Collection, GridProperties, Ground, Totals, Town, VillageProperties,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(towns))
        .routes(routes!(town))
        .routes(routes!(villages))
        .routes(routes!(grids))
        .routes(routes!(cameras))
        .routes(routes!(ground))
        .routes(routes!(buildings))
        .routes(routes!(totals))
}

/// The parameter `at`, or now.
fn at(query: Query, state: &AppState) -> Result<DateTime<Utc>> {
    match query.only(&["at"])?.get("at") {
        Some(text) => Ok(geodata::filter::time("at", text)?),
        None => Ok(state.now()),
    }
}

/// Short names of the towns in this database.
#[utoipa::path(get, path = "/api/towns", tag = "town", responses((status = OK, body = Vec<String>), Refusals))]
async fn towns(State(state): State<AppState>) -> Result<Json<Vec<Slug>>> {
    Ok(Json(db::towns::slugs(&state.pool).await?))
}

/// The town, and what a page must know before it draws.
#[utoipa::path(get, path = "/api/town", tag = "town", params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Town), Refusals))]
async fn town(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<Town>> {
    query.only(&[])?;
    let mut tx = state.begin(&person).await?;
    let found = db::towns::town(&mut tx, &person.town, state.now()).await?.ok_or(Error::NotFound)?;
    Ok(Json(Town { basemap: state.settings.basemap.clone(), ..found }))
}

/// Villages as polygons.
#[utoipa::path(get, path = "/api/villages", tag = "town",
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("at" = Option<DateTime<Utc>>, Query, description = "grids counted as of this time")),
    responses((status = OK, body = Collection<VillageProperties>), Refusals))]
async fn villages(
    State(state): State<AppState>,
    person: Person,
    query: Query,
) -> Result<Json<Collection<VillageProperties>>> {
    let at = at(query, &state)?;
    let mut tx = state.begin(&person).await?;
    Ok(Json(db::towns::villages(&mut tx, person.town.id, at).await?))
}

/// Grids as polygons, of the boundary plan valid at a time.
#[utoipa::path(get, path = "/api/grids", tag = "town",
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("at" = Option<DateTime<Utc>>, Query, description = "now, where it is not given")),
    responses((status = OK, body = Collection<GridProperties>), Refusals))]
async fn grids(
    State(state): State<AppState>,
    person: Person,
    query: Query,
) -> Result<Json<Collection<GridProperties>>> {
    let at = at(query, &state)?;
    let mut tx = state.begin(&person).await?;
    Ok(Json(db::towns::grids(&mut tx, person.town.id, at).await?))
}

/// Cameras as points, with bearing, field of view and range.
#[utoipa::path(get, path = "/api/cameras", tag = "town", params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Collection<CameraProperties>), Refusals))]
async fn cameras(
    State(state): State<AppState>,
    person: Person,
    query: Query,
) -> Result<Json<Collection<CameraProperties>>> {
    query.only(&[])?;
    let mut tx = state.begin(&person).await?;
    Ok(Json(db::ground::cameras(&mut tx, person.town.id, state.now()).await?))
}

/// Roads, water and places.
#[utoipa::path(get, path = "/api/ground", tag = "town", params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Ground), Refusals))]
async fn ground(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<Ground>> {
    query.only(&[])?;
    let mut tx = state.begin(&person).await?;
    Ok(Json(db::ground::ground(&mut tx, person.town.id).await?))
}

/// Buildings as points with a count of households; never a name.
#[utoipa::path(get, path = "/api/buildings", tag = "town",
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Collection<BuildingProperties>), Refusals))]
async fn buildings(
    State(state): State<AppState>,
    person: Person,
    query: Query,
) -> Result<Json<Collection<BuildingProperties>>> {
    query.only(&[])?;
    let mut tx = state.begin(&person).await?;
    Ok(Json(db::ground::buildings(&mut tx, person.town.id).await?))
}

/// The town in figures.
#[utoipa::path(get, path = "/api/totals", tag = "town", params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Totals), Refusals))]
async fn totals(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<Totals>> {
    query.only(&[])?;
    let now = state.now();
    let mut tx = state.begin(&person).await?;
    Ok(Json(db::totals::totals(&mut tx, person.town.id, now, person.town.midnight(now)).await?))
}
