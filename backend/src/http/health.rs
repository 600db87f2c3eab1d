//! For those who watch over the server: alive, ready, and in numbers.

use super::errors::{Error, Refusals, Result};
use crate::state::AppState;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Instant;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz)).routes(routes!(metrics))
}

/// The process runs.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = OK, body = String)))]
async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers and the live feed hears it.
#[utoipa::path(get, path = "/readyz", tag = "health", responses((status = OK, body = String), Refusals))]
async fn readyz(State(state): State<AppState>) -> Result<&'static str> {
    sqlx::query("SELECT 1").execute(&state.pool).await?;
    if state.feed.hears() { Ok("ready\n") } else { Err(Error::Unavailable) }
}

/// Prometheus's text format.
#[utoipa::path(get, path = "/metrics", tag = "health", responses((status = OK, body = String)))]
async fn metrics(State(state): State<AppState>) -> Response {
    metrics::gauge!("fangge_database_connections").set(f64::from(state.pool.size()));
    let idle = u32::try_from(state.pool.num_idle()).unwrap_or(u32::MAX);
    metrics::gauge!("fangge_database_connections_idle").set(f64::from(idle));
    metrics::gauge!("fangge_live_hears").set(if state.feed.hears() { 1.0 } else { 0.0 });
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], state.metrics.render()).into_response()
}

/// A method's name; one that nobody knows is `other`, or a client could make as many series as it likes.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    KNOWN.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

/// Counts requests and times them, by route: not by address, for the same reason.
pub async fn measure(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = known(request.method());
    let began = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("fangge_requests_total", "route" => route.clone(), "method" => method, "status" => status)
        .increment(1);
    metrics::histogram!("fangge_request_seconds", "route" => route).record(began.elapsed().as_secs_f64());
    response
}
