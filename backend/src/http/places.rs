//! A place on the ground: who answers for it, and what was reported near it.

use super::errors::{Error, OftenRefusals, Query, Refusals, Result};
use super::incidents::detail::chain;
use super::incidents::key;
use super::person::Person;
use crate::db::incidents::Near;
use crate::db::{cases, colleagues, incidents, roster};
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use geodata::access::Scope;
use geodata::incident::Ground;
use geodata::place::Position;
use geodata::town::{CategoryCode, Slug, TownId};
use geodata::wire::{Duty, Landmark, Nearby, PlaceInfo};
use geodata::{Invalid, Time, filter};
use sqlx::PgConnection;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(place)).routes(routes!(nearby)).routes(routes!(nearby_of))
}

/// Where a place lies and who answers for it, level by level.
#[utoipa::path(get, path = "/api/place", tag = "town",
    params(("lon" = f64, Query, description = "degrees"), ("lat" = f64, Query, description = "degrees"),
           ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = PlaceInfo), Refusals))]
async fn place(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<PlaceInfo>> {
    let query = query.only(&["lon", "lat"])?;
    let at = position(&query)?;
    let now = state.now();
    let mut tx = state.begin(&person).await?;
    let duties = roster::on_duty(&mut tx, &person.town, now).await?;
    Ok(Json(info(&mut tx, person.town.id, at, now, &duties).await?))
}

/// The same, with who is on duty already known.
pub(super) async fn info(
    db: &mut PgConnection,
    town: TownId,
    at: Position,
    now: Time,
    duties: &[Duty],
) -> Result<PlaceInfo> {
    let (found, inside) = cases::whereabouts(db, town, (at.lon(), at.lat()), now).await?;
    let ground = Ground { village: found.village.is_some(), grid: found.grid.is_some() };
    let landmark = colleagues::landmark(db, town, at.lon(), at.lat()).await?;
    Ok(PlaceInfo {
        chain: colleagues::parties(db, town, &found, &chain(ground.first()), duties).await?,
        landmark: landmark.map(|(name, metres)| Landmark { name, metres }),
        village: found.village,
        grid: found.grid,
        outside: !inside,
    })
}

/// Incidents near a place and a time that the person sees, the likest first: perhaps the same thing told twice. Within 500 m
/// and 72 hours; 20 at most.
#[utoipa::path(get, path = "/api/nearby", tag = "incidents",
    params(("lon" = f64, Query, description = "degrees"), ("lat" = f64, Query, description = "degrees"),
           ("category" = Option<CategoryCode>, Query, description = "the likest are of this one"),
           ("at" = Option<String>, Query, description = "now, where it is not given"),
           ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Vec<Nearby>), Refusals, OftenRefusals))]
async fn nearby(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<Vec<Nearby>>> {
    let query = query.only(&["lon", "lat", "category", "at"])?;
    state.count_search(&person)?;
    let at = query.get("at").map_or(Ok(state.now()), |text| filter::time("at", text))?;
    let category: Option<CategoryCode> = query.get("category").map(str::parse).transpose()?;
    let near = Near { position: position(&query)?, at, category, but: None };
    if person.who.scope == Scope::Nothing {
        return Ok(Json(Vec::new()));
    }
    let mut tx = state.begin(&person).await?;
    Ok(Json(incidents::nearby(&mut tx, person.town.id, &near).await?))
}

/// The same near an incident, without itself.
#[utoipa::path(get, path = "/api/incidents/{id}/nearby", tag = "incidents",
    params(("id" = i64, Path, description = "its key"), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Vec<Nearby>), Refusals, OftenRefusals))]
async fn nearby_of(
    State(state): State<AppState>,
    Path(id): Path<String>,
    person: Person,
    query: Query,
) -> Result<Json<Vec<Nearby>>> {
    query.only(&[])?;
    state.count_search(&person)?;
    let id = key(&id)?;
    let mut tx = state.begin(&person).await?;
    let held = cases::held(&mut tx, person.town.id, id).await?.ok_or(Error::NotFound)?;
    let [lon, lat] = held.incident.geometry.coordinates;
    let properties = held.incident.properties;
    let near = Near {
        position: Position::new(lon, lat)?,
        at: properties.reported_at,
        category: Some(properties.category),
        but: Some(id),
    };
    Ok(Json(incidents::nearby(&mut tx, person.town.id, &near).await?))
}

/// The position that a query names.
pub(super) fn position(query: &Query) -> Result<Position> {
    let number = |field: &'static str| {
        let text = query.get(field).unwrap_or_default();
        text.parse::<f64>()
            .map_err(|_| Invalid::new(field, "请给出经纬度", "give a longitude and a latitude in degrees"))
    };
    Ok(Position::new(number("lon")?, number("lat")?)?)
}
