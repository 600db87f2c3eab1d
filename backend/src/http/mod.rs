//! HTTP: each resource owns its router; [`app`] builds the whole without binding a socket.

mod accounts;
mod around;
mod arrival;
mod assets;
mod audit;
mod calendar;
mod cameras;
mod categories;
mod client;
mod cookies;
mod doc;
pub mod errors;
mod etag;
mod extract;
mod fields;
mod guard;
mod health;
mod idempotency;
mod incidents;
mod live;
mod parties;
mod password;
pub mod person;
mod photos;
mod places;
mod roster;
mod search;
mod session;
mod sessions;
mod tiles;
mod totp;
mod town;
mod towns;
mod units;
mod work;

use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::router::OpenApiRouter;

/// Largest body taken, bytes: an incident's words are a few kilobytes.
const BODY_LIMIT: usize = 64 * 1024;
/// A request that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// The whole server.
pub fn app(state: AppState) -> Router {
    let (api, mut document) = OpenApiRouter::with_openapi(doc::info())
        .merge(session::router())
        .merge(password::router())
        .merge(totp::router())
        .merge(accounts::router())
        .merge(units::router())
        .merge(audit::router())
        .merge(sessions::router())
        .merge(towns::router())
        .merge(calendar::router())
        .merge(categories::router())
        .merge(roster::router())
        .merge(incidents::router())
        .merge(parties::router())
        .merge(places::router())
        .merge(around::router())
        .merge(cameras::router())
        .merge(search::router())
        .merge(work::router())
        .merge(photos::router())
        .merge(tiles::router())
        .split_for_parts();
    // A stream has neither an end to wait for nor a body to hash; an upload has patience of its own.
    let (streams, described) =
        OpenApiRouter::new().merge(live::router()).merge(photos::uploads()).merge(health::router()).split_for_parts();
    document.merge(described);
    Router::new()
        .merge(api)
        .merge(doc::router(&document))
        .layer(from_fn(etag::conditional))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .merge(streams)
        .fallback(assets::serve)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(state.clone(), guard::same_origin))
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(from_fn(errors::speak))
        .layer(from_fn_with_state(state.clone(), guard::headers))
        .layer(from_fn(health::measure))
        .with_state(state)
}

/// Headers of an answer that no cache may keep.
fn private() -> HeaderMap {
    HeaderMap::from_iter([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))])
}
