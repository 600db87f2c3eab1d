//! Conditional requests: an answer that has not changed is not sent again.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Gives every successful answer to GET and HEAD a weak `ETag` (its bytes differ by compression), and answers 304 where it is
/// known. The database is asked all the same; what is saved is the wire.
pub async fn conditional(mut request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let is_head = request.method() == Method::HEAD;
    if is_head {
        // Asked as GET: the tag is made of the body. The server leaves the body out of the answer by itself.
        *request.method_mut() = Method::GET;
    }
    let is_get = request.method() == Method::GET;
    let response = next.run(request).await;
    if !is_get || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = match body.collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(error) => {
            tracing::error!(%error, "an answer's body failed");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let tag = weak(&Sha256::digest(&bytes));
    parts.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    parts.headers.insert(header::ETAG, tag.clone());
    if known.is_some_and(|known| matches(&known, &tag)) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    Response::from_parts(parts, if is_head { Body::empty() } else { Body::from(bytes) })
}

/// A weak tag from a digest: its first twelve bytes are plenty.
pub(super) fn weak(digest: &[u8]) -> HeaderValue {
    let mut text = String::from("W/\"");
    for byte in digest.iter().take(12) {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.push('"');
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("W/\"\""))
}

/// `If-None-Match` by weak comparison (RFC 9110 §13.1.2).
pub(super) fn matches(known: &HeaderValue, tag: &HeaderValue) -> bool {
    let strong = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    match (known.to_str(), tag.to_str()) {
        (Ok("*"), _) => true,
        (Ok(known), Ok(tag)) => known.split(',').any(|one| strong(one) == strong(tag)),
        _ => false,
    }
}
