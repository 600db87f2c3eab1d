//! The page, carried inside the binary with its compressed twins.

use super::errors::Error;
use super::etag;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;

/// What `make build` packed; missing in a build of the server alone.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../frontend/dist"]
#[allow_missing = true]
struct Page;

/// Serves a file of the page.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = document(uri.path());
    if Page::get(path).is_none() && std::path::Path::new(path).extension().is_some_and(|kind| kind == "html") {
        return (StatusCode::SERVICE_UNAVAILABLE, "The page was not built into this program: make build\n")
            .into_response();
    }
    let twin = |ending: &str| path.ends_with(ending);
    let Some(plain) = Page::get(path).filter(|_| !twin(".br") && !twin(".gz")) else {
        return Error::NotFound.into_response();
    };
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    answer(path, &plain, &headers)
}

/// The file at an address: the map's document at the root, the desk's at the addresses of its pages, which
/// `frontend/src/desk/route.rs` tells apart.
fn document(path: &str) -> &str {
    match path.trim_matches('/') {
        "" => "index.html",
        "sign-in" | "work" | "report" | "account" | "audit" => "desk.html",
        deeper if deeper.starts_with("incidents/") || deeper.starts_with("admin/") => "desk.html",
        _ => path.trim_start_matches('/'),
    }
}

fn answer(path: &str, plain: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = etag::weak(&plain.metadata.sha256_hash());
    // A hashed name never changes its content; the page that names it does.
    let hashed = path.starts_with("assets/");
    let cache = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut answer = HeaderMap::new();
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    answer.insert(header::ETAG, tag.clone());
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| etag::matches(known, &tag)) {
        return (StatusCode::NOT_MODIFIED, answer).into_response();
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    if let Ok(kind) = HeaderValue::try_from(kind.as_ref()) {
        answer.insert(header::CONTENT_TYPE, kind);
    }
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    for (name, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepted.split(',').any(|one| one.trim().split(';').next() == Some(name))
            && let Some(packed) = Page::get(&format!("{path}.{ending}"))
        {
            answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
            return (answer, bytes(packed.data)).into_response();
        }
    }
    (answer, bytes(plain.data.clone())).into_response()
}

fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

#[cfg(test)]
mod tests {
    use super::document;

    #[test]
    fn each_page_has_its_document() {
        assert_eq!(document("/"), "index.html");
        for page in ["/sign-in", "/work", "/incidents/7", "/report", "/account", "/admin/accounts", "/audit", "/audit/"]
        {
            assert_eq!(document(page), "desk.html", "{page}");
        }
        assert_eq!(document("/assets/app-0.js"), "assets/app-0.js");
        assert_eq!(document("/workshop"), "workshop");
    }
}
