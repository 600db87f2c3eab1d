//! Requests as a person sends them: signed in the first time, and again when the session has ended with time.

use crate::app::{Answer, TestApp, lamp, read, request};
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

/// The password of everyone in `fixtures/people.sql`.
pub const PASSWORD: &str = "correct horse battery";
/// Its hash, by the cheapest parameters.
const HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$ZmFuZ2dlLXRlc3Qtc2FsdA$dW1FpwS3EzBq248/L7YAGq/XgmD9OOQ4fqPt3aoa5UE";

/// Who sends a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// The commander of whichever town the request is about, where it has one.
    Commander,
    /// Someone of that town's staff.
    Named(String),
    /// Nobody who is signed in.
    Stranger,
}

/// A browser of somebody's.
pub struct Client<'a> {
    app: &'a TestApp,
    sender: Sender,
}

impl<'a> Client<'a> {
    pub(crate) fn new(app: &'a TestApp, sender: Sender) -> Self {
        Self { app, sender }
    }

    /// Sends a request and gives the answer unread: streams have no end.
    pub async fn open(&self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let town = town(&parts).unwrap_or_else(|| self.app.state.settings.town.to_string());
        let own_cookie = parts.headers.contains_key(header::COOKIE);
        let cookie = if own_cookie { None } else { self.cookie(&town, false).await };
        let answer = self.app.call(again(&parts, &body, cookie.as_deref())).await;
        let ended = answer.status() == StatusCode::UNAUTHORIZED && cookie.is_some();
        if !ended || parts.uri.path() == "/api/session" {
            return answer;
        }
        let cookie = self.cookie(&town, true).await;
        self.app.call(again(&parts, &body, cookie.as_deref())).await
    }

    /// Sends a request and reads the answer whole.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        read(self.open(request).await).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// GET with headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(request("GET", path, headers, Body::empty())).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, body, &[]).await
    }

    /// POST of JSON with headers.
    pub async fn post_with(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        self.send(request("POST", path, headers, Body::from(body.to_string()))).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(request("PUT", path, &[], Body::from(body.to_string()))).await
    }

    /// PATCH of JSON.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(request("PATCH", path, &[], Body::from(body.to_string()))).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(request("DELETE", path, &[], Body::empty())).await
    }

    /// Reports a broken street lamp at a place of the square town; returns its id.
    pub async fn report(&self, lon: f64, lat: f64) -> i64 {
        let answer = self.post("/api/incidents", &lamp(lon, lat)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.json());
        answer.json()["id"].as_i64().unwrap_or_default()
    }

    /// Takes a step with an incident.
    pub async fn act(&self, id: i64, action: &str) -> Answer {
        self.post(&format!("/api/incidents/{id}/events"), &json!({ "action": action })).await
    }

    /// The session's cookie in a town, as a browser sends it: signed in anew where there is none, or when that is asked for.
    pub async fn cookie(&self, town: &str, anew: bool) -> Option<String> {
        if self.sender == Sender::Stranger {
            return None;
        }
        let mut cookies = self.app.cookies.lock().await;
        let key = (town.to_owned(), format!("{:?}", self.sender));
        if anew {
            cookies.remove(&key);
        }
        if let Some(cookie) = cookies.get(&key) {
            return Some(cookie.clone());
        }
        let name = self.account(town).await?;
        let body = json!({ "name": name, "password": PASSWORD });
        let path = format!("/api/session?town={town}");
        let answer = read(self.app.call(request("POST", &path, &[], Body::from(body.to_string()))).await).await;
        assert_eq!(answer.status, StatusCode::CREATED, "signing in as {name}: {}", answer.json());
        let cookie = answer.cookie(&format!("fangge_{town}")).unwrap_or_else(|| panic!("no cookie for {name}"));
        cookies.insert(key, cookie.clone());
        Some(cookie)
    }

    /// The sender's account in a town, made where they have none yet: towns that a test seeds or imports have staff only.
    async fn account(&self, town: &str) -> Option<String> {
        let wanted = match &self.sender {
            Sender::Named(name) => Some(name.as_str()),
            Sender::Commander | Sender::Stranger => None,
        };
        let sql = "
            INSERT INTO account (town_id, staff_id, name, password_hash, password_changed_at, created_at)
            SELECT s.town_id, s.staff_id, s.name, $3, '2020-01-01Z', '2020-01-01Z'
              FROM town t JOIN staff s ON s.town_id = t.town_id
             WHERE t.slug = $1 AND CASE WHEN $2::text IS NULL THEN s.role = 'commander' ELSE s.name = $2 END
               AND NOT EXISTS (SELECT FROM account a WHERE a.town_id = s.town_id AND (a.staff_id = s.staff_id OR a.name = s.name))
             ORDER BY s.staff_id LIMIT 1";
        let pool = &self.app.db.pool;
        let made = sqlx::query(sql).bind(town).bind(wanted).bind(HASH).execute(pool).await;
        made.unwrap_or_else(|e| panic!("an account in {town}: {e}"));
        let sql = "
            SELECT a.name FROM town t JOIN account a ON a.town_id = t.town_id
              JOIN staff s ON s.town_id = a.town_id AND s.staff_id = a.staff_id
             WHERE t.slug = $1 AND CASE WHEN $2::text IS NULL THEN s.role = 'commander' ELSE a.name = $2 END
             ORDER BY s.staff_id LIMIT 1";
        let found = sqlx::query_scalar(sql).bind(town).bind(wanted).fetch_optional(pool).await;
        let found: Option<String> = found.unwrap_or_else(|e| panic!("an account in {town}: {e}"));
        assert!(found.is_some() || wanted.is_none(), "{wanted:?} is nobody in {town}");
        found
    }
}

/// The town that a request names.
fn town(parts: &Parts) -> Option<String> {
    let query = parts.uri.query()?;
    query.split('&').find_map(|pair| pair.strip_prefix("town=")).map(str::to_owned)
}

fn again(parts: &Parts, body: &Bytes, cookie: Option<&str>) -> Request<Body> {
    let mut request = Request::new(Body::from(body.clone()));
    *request.method_mut() = parts.method.clone();
    *request.uri_mut() = parts.uri.clone();
    *request.headers_mut() = parts.headers.clone();
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        request.headers_mut().insert(header::COOKIE, cookie);
    }
    request
}
