//! A whole server without a socket, on a database of its own.

use crate::TestDb;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode};
use fangge::config::Settings;
use fangge::http;
use fangge::state::AppState;
use geodata::Time;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use tower::ServiceExt as _;

/// A time that a test sets.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<Time>>);

impl TestClock {
    /// Sets the time.
    pub fn set(&self, time: &str) {
        let time = time.parse().unwrap_or_else(|e| panic!("{time}: {e}"));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    fn get(&self) -> Time {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A server, its database and its clock.
pub struct TestApp {
    /// The database.
    pub db: TestDb,
    /// What handlers see.
    pub state: AppState,
    /// Stands at 2026-11-23 08:00 UTC until it is set.
    pub clock: TestClock,
    router: Router,
}

/// An answer, read whole.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its bytes.
    pub bytes: Bytes,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|e| panic!("{e}: {} {:?}", self.status, String::from_utf8_lossy(&self.bytes)))
    }

    /// A header's text, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The field that an error names.
    pub fn field(&self) -> String {
        self.json()["field"].as_str().unwrap_or_default().to_owned()
    }
}

impl TestApp {
    /// On an empty, migrated database.
    pub async fn empty(town: &str) -> anyhow::Result<Self> {
        let db = TestDb::new().await?;
        Ok(Self::on(db, town)?)
    }

    /// In the square town of `fixtures/square.sql`.
    pub async fn square() -> anyhow::Result<Self> {
        let db = TestDb::new().await?;
        sqlx::raw_sql(include_str!("../fixtures/square.sql")).execute(&db.pool).await?;
        Ok(Self::on(db, "square")?)
    }

    fn on(db: TestDb, town: &str) -> Result<Self, geodata::Invalid> {
        let settings = Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            data: std::env::temp_dir(),
            database_url: None,
            town: town.parse()?,
            pg_bin: None,
            basemap: None,
            database_connections: 6,
            log: "warn".into(),
        };
        let clock = TestClock(Arc::new(Mutex::new(Time::UNIX_EPOCH)));
        clock.set("2026-11-23T08:00:00Z");
        let tells = clock.clone();
        let state = AppState::start_at(db.pool.clone(), Arc::new(settings), Arc::new(move || tells.get()));
        let router = http::app(state.clone());
        Ok(Self { db, state, clock, router })
    }

    /// The same database behind another server, as after a restart.
    pub fn restarted(&self) -> (AppState, Router) {
        self.state.shutdown();
        let tells = self.clock.clone();
        let state =
            AppState::start_at(self.db.pool.clone(), Arc::clone(&self.state.settings), Arc::new(move || tells.get()));
        let router = http::app(state.clone());
        (state, router)
    }

    /// Sends a request and gives the answer unread: streams have no end.
    pub async fn open(&self, request: Request<Body>) -> Response<Body> {
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// Sends a request and reads the answer whole.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        read(self.open(request).await).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path, &[], Body::empty())).await
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

    /// Reports a broken street lamp at a place of the square town; returns its id.
    pub async fn report(&self, lon: f64, lat: f64) -> i64 {
        let answer = self.post("/api/incidents", &lamp(lon, lat)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.json());
        answer.json()["id"].as_i64().unwrap_or_default()
    }

    /// Takes a step with an incident.
    pub async fn act(&self, id: i64, action: &str) -> Answer {
        self.post(&format!("/api/incidents/{id}/events"), &json!({ "action": action, "role": "grid_member" })).await
    }
}

/// Waits until the live feed of a state hears the database.
pub async fn hears(state: &AppState) -> anyhow::Result<()> {
    for _ in 0..200 {
        if state.feed.hears() {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    anyhow::bail!("the live feed never heard the database")
}

/// A report of a broken street lamp.
pub fn lamp(lon: f64, lat: f64) -> Value {
    json!({
        "title": "路灯不亮", "category": "lamp", "severity": 4, "source": "grid_member",
        "position": { "lon": lon, "lat": lat },
    })
}

/// A request to 127.0.0.1.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let mut builder = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "127.0.0.1:8080")
        .header("content-type", "application/json");
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body).unwrap_or_else(|e| panic!("{method} {path}: {e}"))
}

/// Reads an answer whole.
pub async fn read(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = match body.collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(e) => panic!("the body failed: {e}"),
    };
    Answer { status: parts.status, headers: parts.headers, bytes }
}
