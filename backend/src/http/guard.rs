//! What every request passes: the right host, our own page for writes, and headers that bind the browser.

use super::errors::Error;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use geodata::wire::Basemap;
use std::any::Any;

/// Refuses other hosts' names for this server (DNS rebinding), and writes that another site's page sent.
pub async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = headers.get(header::HOST).map(|host| host.to_str().unwrap_or_default());
    // Who listens on loopback only has no other name. Elsewhere the name is not ours to know; a session's cookie is bound to
    // the one it was given under.
    if state.settings.listen.ip().is_loopback() && host.is_some_and(|host| !is_loopback(host)) {
        return Error::Forbidden.into_response();
    }
    if !request.method().is_safe() && !comes_from_us(headers, host) {
        return Error::Forbidden.into_response();
    }
    next.run(request).await
}

/// Whether a host's name is this machine's own for itself.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn comes_from_us(headers: &HeaderMap, host: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let site = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin = text("origin").is_none_or(|origin| {
        host.is_some_and(|host| origin.strip_prefix("http://").or(origin.strip_prefix("https://")) == Some(host))
    });
    site && origin
}

/// Puts the binding headers on every answer. The policy names no origin but ours and a configured basemap's.
pub async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let policy = policy(state.settings.basemap.as_ref());
    let answer = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        answer.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    answer.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

fn policy(basemap: Option<&Basemap>) -> String {
    let mut images = vec!["'self'".to_owned(), "data:".to_owned()];
    images.extend(basemap.map(Basemap::origins).unwrap_or_default());
    let images = images.join(" ");
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src {images}; \
         connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// A panic is a bug: logged, and answered like any other of ours.
#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer asks for")]
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    Error::Internal(anyhow::anyhow!("panicked: {}", said.unwrap_or("no words"))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodata::wire::Datum;

    #[test]
    fn only_loopback_names_are_ours() {
        for ours in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "127.0.0.1"] {
            assert!(is_loopback(ours), "{ours}");
        }
        for other in ["evil.example:8080", "127.0.0.1.evil.example", "10.0.0.1"] {
            assert!(!is_loopback(other), "{other}");
        }
    }

    #[test]
    fn a_tile_source_becomes_one_origin_for_each_subdomain() {
        let images = |url: &str, subdomains: &[&str]| {
            let basemap = Basemap {
                url: url.to_owned(),
                subdomains: subdomains.iter().map(|s| (*s).to_owned()).collect(),
                attribution: String::new(),
                datum: Datum::Wgs84,
                max_zoom: 18,
            };
            let policy = policy(Some(&basemap));
            policy.split("; ").find_map(|rule| rule.strip_prefix("img-src 'self' data:")).unwrap().to_owned()
        };
        let tianditu = "https://t{s}.tianditu.gov.cn/vec_w/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=k";
        let named = images(tianditu, &["0", "7"]);
        assert_eq!(named, " https://t0.tianditu.gov.cn https://t7.tianditu.gov.cn");
        assert_eq!(images("http://tiles.example:8081/{z}/{x}/{y}", &["a"]), " http://tiles.example:8081");
        assert_eq!(images("https://a b; script-src *", &["a"]), "");
        assert!(!policy(None).contains("http"));
    }
}
