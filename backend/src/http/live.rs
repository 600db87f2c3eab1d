//! The live feed over HTTP.

use super::errors::{Error, Query, Refusals, Result};
use super::person::Person;
use crate::lending::Line;
use crate::live::{self, Reading};
use crate::state::AppState;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Version, header};
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::town::Slug;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The route of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(live))
}

/// Every committed event of an incident that you may see, once and in order, as server-sent events: `incident` with a `LiveEvent`; `hello` once all that
/// was missed has been told; `beat` every five seconds; `reload` when the reader is too far behind.
#[utoipa::path(get, path = "/api/live", tag = "live",
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("after" = Option<i64>, Query, description = "number of the last event seen; the log's end where it is not given"),
           ("Last-Event-ID" = Option<i64>, Header, description = "the same, as browsers send it; it wins over `after`")),
    responses((status = OK, content_type = "text/event-stream", body = String), Refusals))]
async fn live(
    State(state): State<AppState>,
    person: Person,
    query: Query,
    version: Version,
    line: Option<Extension<Line>>,
    headers: HeaderMap,
) -> Result<Response> {
    let query = query.only(&["after"])?;
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok());
    let after = last.or_else(|| query.get("after")).map(number).transpose()?;
    if !state.feed.hears() {
        return Err(Error::Unavailable);
    }
    let reading =
        Reading { town: person.town.id, session: person.session, until: person.session_ends_at, who: person.who };
    let reader = live::begin(state.feed.clone(), reading, after).await?.ok_or(Error::SignedOut)?;
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // Proxies that buffer would make it late.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    // On a connection of its own a reader costs a tenth of the memory. Other versions frame a body otherwise; tests have no
    // connection.
    Ok(match line {
        Some(Extension(line)) if version == Version::HTTP_11 => {
            (headers, [(header::CONNECTION, "close")], state.feed.carry(reader, line)).into_response()
        }
        _ => (headers, Body::from_stream(reader.stream())).into_response(),
    })
}

fn number(text: &str) -> Result<i64> {
    text.parse()
        .ok()
        .filter(|n| *n >= 0)
        .ok_or_else(|| Invalid::new("after", "须为不小于 0 的整数", "a whole number, 0 or more").into())
}
