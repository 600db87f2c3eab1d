//! A place on the ground with all that lies around it, in one answer.

use super::errors::{OftenRefusals, Query, Refusals, Result};
use super::person::Person;
use super::places::{info, position};
use crate::db::{around as db, roster};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use geodata::town::Slug;
use geodata::wire::Around;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(around))
}

/// Who answers for a place, the cameras that see it, the open incidents and the people on duty nearest to it, and what ended
/// there last; 20 of each at most. Distances are geodesics on the ellipsoid: no roads are taken into account.
#[utoipa::path(get, path = "/api/around", tag = "town",
    params(("lon" = f64, Query, minimum = -180, maximum = 180, description = "degrees, WGS 84"),
           ("lat" = f64, Query, minimum = -90, maximum = 90, description = "degrees, WGS 84"),
           ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Around), Refusals, OftenRefusals))]
async fn around(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<Around>> {
    let query = query.only(&["lon", "lat"])?;
    let at = position(&query)?;
    state.count_search(&person)?;
    let (town, now) = (person.town.id, state.now());
    let mut tx = state.begin_reading(&person).await?;
    let duties = roster::on_duty(&mut tx, &person.town, now).await?;
    Ok(Json(Around {
        place: info(&mut tx, town, at, now, &duties).await?,
        cameras: db::cameras(&mut tx, town, at).await?,
        open: db::open(&mut tx, town, at).await?,
        ended: db::ended(&mut tx, town, at).await?,
        responders: db::responders(&mut tx, town, at, now, duties).await?,
    }))
}
