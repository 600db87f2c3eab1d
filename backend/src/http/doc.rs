//! The API description, from the code itself.

use crate::state::AppState;
use axum::http::header;
use axum::routing::get;
use axum::{Router, response::IntoResponse};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "方格 Fangge",
        description = "A township's situation map: GeoJSON (RFC 7946) in WGS 84, longitude first; times RFC 3339, UTC. \
                       Every endpoint takes `town`. All but those for signing in, the \
                       towns' names and the server's health ask for a session: its cookie comes with POST /api/session. Errors have one body; its language follows `Accept-Language`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "people", description = "Signing in, and who is signed in"),
        (name = "town", description = "The town's fixed things and its figures"),
        (name = "incidents", description = "Incidents and their logs"),
        (name = "audit", description = "Who did what, for those who look into it"),
        (name = "photos", description = "Photos of incidents"),
        (name = "live", description = "What happens, as it happens"),
        (name = "tiles", description = "Large sets as vector tiles"),
        (name = "health", description = "For those who watch over the server")
    )
)]
struct Info;

/// The description without its paths.
pub fn info() -> Document {
    let mut document = Info::openapi();
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    document
}

/// Serves the finished description.
pub fn router(document: &Document) -> Router<AppState> {
    // Encoded once: it does not change while the process runs.
    let body = axum::body::Bytes::from(document.to_json().unwrap_or_default());
    Router::new().route(
        "/api/openapi.json",
        get(move || async move { ([(header::CONTENT_TYPE, "application/json")], body).into_response() }),
    )
}
