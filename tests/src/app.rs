//! A whole server without a socket, on a database of its own.

use crate::TestDb;
use crate::client::{Client, Sender};
use crate::folder::Folder;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode};
use chrono::TimeDelta;
use fangge::config::Settings;
use fangge::http;
use fangge::manners::RateArgs;
use fangge::photos::PhotoSettings;
use fangge::secrets::{SecretKey, Secrets};
use fangge::state::AppState;
use geodata::Time;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::HashMap;
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
    /// The database; dropped with the last server on it.
    pub db: Arc<TestDb>,
    /// What handlers see.
    pub state: AppState,
    /// Stands at 2026-11-23 08:00 UTC until it is set.
    pub clock: TestClock,
    /// Its data folder, with the photos in it; gone with the last server on it.
    pub folder: Arc<Folder>,
    /// Who is signed in, by town and sender.
    pub(crate) cookies: Arc<tokio::sync::Mutex<HashMap<(String, String), String>>>,
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

    /// A cookie that the answer sets, as the browser sends it back.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let set = self.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        let mut pairs = set.filter_map(|line| line.split(';').next());
        pairs
            .find(|pair| pair.split_once('=').is_some_and(|(n, value)| n == name && !value.is_empty()))
            .map(str::to_owned)
    }

    /// The code of an error.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
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
        Self::on(db, town, None).await
    }

    /// In the square town of `fixtures/square.sql`, with its people of `fixtures/people.sql`.
    pub async fn square() -> anyhow::Result<Self> {
        Self::square_with(None).await
    }

    /// The same, with photos kept elsewhere than in a folder.
    pub async fn square_with(photos: impl Into<Option<PhotoSettings>>) -> anyhow::Result<Self> {
        let db = TestDb::new().await?;
        sqlx::raw_sql(include_str!("../fixtures/square.sql")).execute(&db.pool).await?;
        sqlx::raw_sql(include_str!("../fixtures/people.sql")).execute(&db.pool).await?;
        Self::on(db, "square", photos.into()).await
    }

    async fn on(db: TestDb, town: &str, photos: Option<PhotoSettings>) -> anyhow::Result<Self> {
        let folder = Folder::new("data")?;
        let photos = photos.map_or_else(|| PhotoSettings::in_data(&folder.0), Ok)?;
        let settings = Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            data: folder.0.clone(),
            database_url: None,
            town: town.parse()?,
            pg_bin: None,
            basemap: None,
            database_connections: 6,
            proxies: Vec::new(),
            photos,
            // No test meets them but those that ask for lower ones.
            rates: RateArgs { writes_per_minute: 1_000_000, searches_per_minute: 1_000_000 },
            secret_key: None,
            parties_kept: TimeDelta::days(1_095),
            log: "warn".into(),
        };
        let clock = TestClock(Arc::new(Mutex::new(Time::UNIX_EPOCH)));
        clock.set("2026-11-23T08:00:00Z");
        let tells = clock.clone();
        let key: SecretKey = "dGhlIGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGVzLi4=".parse().map_err(anyhow::Error::msg)?;
        let secrets = Arc::new(Secrets::with(&key));
        let state = AppState::start_at(db.serving().await?, Arc::new(settings), secrets, Arc::new(move || tells.get()));
        let router = http::app(state.clone());
        Ok(Self { db: Arc::new(db), state, clock, folder: Arc::new(folder), cookies: Arc::default(), router })
    }

    /// A second town beside the square one, `other`, with the same ground and people of its own: `fixtures/other.sql`.
    pub async fn second_town(&self) -> anyhow::Result<()> {
        sqlx::raw_sql(include_str!("../fixtures/other.sql")).execute(&self.db.pool).await?;
        Ok(())
    }

    /// The same database behind another server, as after a restart; who was signed in is so still.
    #[must_use]
    pub fn restarted(&self) -> Self {
        self.restarted_with(self.state.pool.clone(), |_| {})
    }

    /// The same with other connections and settings.
    #[must_use]
    pub fn restarted_with(&self, pool: PgPool, change: impl FnOnce(&mut Settings)) -> Self {
        self.state.shutdown();
        let tells = self.clock.clone();
        let mut settings = (*self.state.settings).clone();
        change(&mut settings);
        let settings = Arc::new(settings);
        let state = AppState::start_at(pool, settings, Arc::clone(&self.state.secrets), Arc::new(move || tells.get()));
        let router = http::app(state.clone());
        let (db, folder) = (Arc::clone(&self.db), Arc::clone(&self.folder));
        Self { db, state, clock: self.clock.clone(), folder, cookies: Arc::clone(&self.cookies), router }
    }

    /// Requests of someone of the staff, signed in by their name.
    pub fn as_(&self, name: &str) -> Client<'_> {
        Client::new(self, Sender::Named(name.to_owned()))
    }

    /// Requests of nobody who is signed in.
    pub fn stranger(&self) -> Client<'_> {
        Client::new(self, Sender::Stranger)
    }

    /// Requests of the commander: who sends where nobody is named.
    pub fn commander(&self) -> Client<'_> {
        Client::new(self, Sender::Commander)
    }

    /// Sends a request as it is.
    pub(crate) async fn call(&self, request: Request<Body>) -> Response<Body> {
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// Sends a request as it is, its body as it comes, and reads the answer whole.
    pub async fn raw(&self, request: Request<Body>) -> Answer {
        read(self.call(request).await).await
    }

    /// Sends a request as the commander and gives the answer unread: streams have no end.
    pub async fn open(&self, request: Request<Body>) -> Response<Body> {
        self.commander().open(request).await
    }

    /// Sends a request as the commander and reads the answer whole.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        self.commander().send(request).await
    }

    /// GET as the commander.
    pub async fn get(&self, path: &str) -> Answer {
        self.commander().get(path).await
    }

    /// GET with headers as the commander.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.commander().get_with(path, headers).await
    }

    /// POST of JSON as the commander.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.commander().post(path, body).await
    }

    /// POST of JSON with headers as the commander.
    pub async fn post_with(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        self.commander().post_with(path, body, headers).await
    }

    /// Reports a broken street lamp at a place of the square town, as its grid member 王一; returns its id.
    pub async fn report(&self, lon: f64, lat: f64) -> i64 {
        self.as_("王一").report(lon, lat).await
    }

    /// Takes a step with an incident as the first of the square town's people to whom it is offered; as the commander, where
    /// it is offered to nobody.
    pub async fn act(&self, id: i64, action: &str) -> Answer {
        const PEOPLE: [&str; 12] =
            ["王一", "王二", "李一", "李二", "文静", "文东", "方正", "田野", "严明", "关山", "安警", "察微"];
        let body = json!({ "action": action, "note": "说明" });
        for name in PEOPLE {
            let seen = self.as_(name).get(&format!("/api/incidents/{id}")).await;
            let offered = |offers: &Vec<Value>| offers.iter().any(|offer| offer["action"] == action);
            if seen.status == StatusCode::OK && seen.json()["offers"].as_array().is_some_and(offered) {
                return self.as_(name).post(&format!("/api/incidents/{id}/events"), &body).await;
            }
        }
        self.post(&format!("/api/incidents/{id}/events"), &body).await
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
