//! What handlers take in: a body's JSON and a query's pairs, refused by name.

use super::errors::{Error, Result};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{StatusCode, request::Parts};
use geodata::Invalid;
use serde::de::DeserializeOwned;

/// A body's bytes, at most as many as the router lets through.
pub struct Body(pub axum::body::Bytes);

impl Body {
    /// Reads it as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let mut reader = serde_json::Deserializer::from_slice(&self.0);
        let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let field = error.path().to_string();
            let said = error.into_inner().to_string();
            // A domain rule tells itself in both languages; what serde says stands as it is.
            let (zh, en) = said.split_once(" / ").unwrap_or((&said, &said));
            Error::Body { zh: format!("{field}：{zh}"), en: format!("{field}: {en}"), field }
        })?;
        reader.end().map_err(|_| Invalid::new("body", "JSON 之后还有多余内容", "something follows after the JSON"))?;
        Ok(read)
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        axum::body::Bytes::from_request(request, state).await.map(Self).map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                return Error::TooLarge;
            }
            Invalid::new("body", "请求体没有完整收到", "the body did not arrive whole").into()
        })
    }
}

/// The query's decoded pairs, every name of which the endpoint must know.
pub struct Query(pub Vec<(String, String)>);

impl Query {
    /// Refuses names that are not in `known`; `town` always is.
    pub fn only(self, known: &[&str]) -> Result<Self> {
        match self.0.iter().find(|(name, _)| name != "town" && !known.contains(&name.as_str())) {
            None => Ok(self),
            Some((name, _)) => {
                let list = known.join(", ");
                Err(Invalid::new(
                    "query",
                    format!("未知参数 {name}；可用：{list}"),
                    format!("unknown parameter {name}; known: {list}"),
                )
                .into())
            }
        }
    }

    /// The last value given under a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}
