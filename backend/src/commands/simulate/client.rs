//! The public API, as any other program would use it for its people.

use crate::commands::Refusal;
use crate::commands::first_accounts::Login;
use anyhow::{Context as _, bail};
use geodata::town::Slug;
use geodata::wire::{Act, ErrorBody, IncidentDetail, IncidentFeature, IncidentPage, NewIncident, SignIn, Town};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What became of a request.
#[derive(Debug)]
pub enum Answer<T> {
    /// It was done.
    Done(T),
    /// It can't be done as things stand now: someone was quicker.
    Conflict,
    /// It is none of theirs.
    Hidden,
    /// It is gone, or breaks a rule; the sentence says which.
    Refused(String),
}

/// A server's API, for one town.
#[derive(Debug, Clone)]
pub struct Server {
    http: reqwest::Client,
    base: String,
    town: Slug,
}

/// Someone who uses it: signed in when there is something to do, and again when their session has ended.
pub struct Client {
    server: Server,
    login: Login,
    cookie: Mutex<Option<String>>,
}

impl Server {
    /// The server at `url`.
    pub fn new(url: &str, town: Slug) -> anyhow::Result<Self> {
        let english = (header::ACCEPT_LANGUAGE, header::HeaderValue::from_static("en"));
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .user_agent("fangge-simulate")
            .default_headers(header::HeaderMap::from_iter([english]))
            .build()?;
        Ok(Self { http, base: url.trim_end_matches('/').to_owned(), town })
    }

    /// Waits until it answers and has its database.
    pub async fn ready(&self) -> anyhow::Result<()> {
        self.insist(|| self.http.get(format!("{}/readyz", self.base))).await.map(drop)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).query(&[("town", self.town.as_str())])
    }

    /// Sends until there is an answer: a server that restarts, or whose database does, comes back.
    async fn insist(&self, request: impl Fn() -> RequestBuilder) -> anyhow::Result<Response> {
        let mut pause = FIRST_PAUSE;
        loop {
            let asked = match request().send().await {
                Ok(response) if !is_passing(response.status()) => return Ok(response),
                Ok(response) => {
                    let asked = retry_after(&response);
                    tracing::warn!(status = %response.status(), "the server can't answer now; trying again");
                    asked
                }
                Err(error) if error.is_builder() => return Err(error).context("the address of the server"),
                Err(error) => {
                    tracing::warn!(error = %chain(&error), "the server does not answer; trying again");
                    None
                }
            };
            tokio::time::sleep(asked.unwrap_or_default().clamp(pause, LONGEST_PAUSE)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

impl Client {
    /// Someone who signs in to the server's town like this.
    pub fn new(server: Server, login: Login) -> Self {
        Self { server, login, cookie: Mutex::default() }
    }

    /// Who they are, and how they sign in.
    pub fn login(&self) -> &Login {
        &self.login
    }

    /// The town.
    pub async fn town(&self) -> anyhow::Result<Town> {
        match self.get("/api/town", &[]).await? {
            Answer::Done(town) => Ok(town),
            Answer::Conflict | Answer::Hidden => {
                bail!("{} does not tell about its town {}", self.server.base, self.server.town)
            }
            Answer::Refused(why) => {
                bail!("{} does not tell about its town {}: {why}", self.server.base, self.server.town)
            }
        }
    }

    /// The incidents that are open now, the newest first; `limit` at most.
    pub async fn open(&self, limit: u32) -> anyhow::Result<Vec<IncidentFeature>> {
        let limit = limit.to_string();
        match self.get::<IncidentPage>("/api/incidents", &[("state", "open"), ("limit", &limit)]).await? {
            Answer::Done(page) => Ok(page.features),
            Answer::Conflict | Answer::Hidden => bail!("the list of open incidents can't be had"),
            Answer::Refused(why) => bail!("the list of open incidents can't be had: {why}"),
        }
    }

    /// An incident as it stands, with its log.
    pub async fn incident(&self, id: i64) -> anyhow::Result<Answer<IncidentDetail>> {
        self.get(&format!("/api/incidents/{id}"), &[]).await
    }

    /// Reports an incident. The key makes sure that it is one, however often it has to be sent.
    pub async fn report(&self, key: &str, new: &NewIncident) -> anyhow::Result<Answer<IncidentFeature>> {
        self.post("/api/incidents", key, new).await
    }

    /// Takes a step with an incident.
    pub async fn act(&self, key: &str, id: i64, act: &Act) -> anyhow::Result<Answer<IncidentFeature>> {
        self.post(&format!("/api/incidents/{id}/events"), key, act).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Answer<T>> {
        self.ask(|| self.server.request(Method::GET, path).query(query)).await
    }

    async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        body: &B,
    ) -> anyhow::Result<Answer<T>> {
        self.ask(|| self.server.request(Method::POST, path).header("idempotency-key", key).json(body)).await
    }

    /// Asks as who they are, after signing in where that is called for.
    async fn ask<T: DeserializeOwned>(&self, request: impl Fn() -> RequestBuilder) -> anyhow::Result<Answer<T>> {
        let mut cookie = self.cookie.lock().await;
        let mut anew = cookie.is_none();
        loop {
            if anew {
                *cookie = Some(self.sign_in().await?);
            }
            let with = cookie.clone().unwrap_or_default();
            let response = self.server.insist(|| request().header(header::COOKIE, with.as_str())).await?;
            if response.status() != StatusCode::UNAUTHORIZED || anew {
                return read(response).await;
            }
            anew = true;
        }
    }

    /// Signs in; answers the session's cookie.
    async fn sign_in(&self) -> anyhow::Result<String> {
        let Login { name, password, .. } = &self.login;
        let body = SignIn { name: name.clone(), password: geodata::wire::Secret::new(password.clone()), code: None };
        let response = self.server.insist(|| self.server.request(Method::POST, "/api/session").json(&body)).await?;
        let ours = format!("fangge_{}=", self.server.town);
        let set = response.headers().get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pair = set.filter_map(|line| line.split(';').next()).find(|pair| pair.starts_with(&ours));
        if let Some(pair) = pair {
            return Ok(pair.to_owned());
        }
        let town = &self.server.town;
        match response.status() {
            StatusCode::UNAUTHORIZED => Err(Refusal(format!(
                "{name} can't sign in to the town {town} with the password that the accounts' file has; it is another \
                 town's file, or the town is no demonstration"
            ))
            .into()),
            StatusCode::NOT_FOUND => bail!("{} has no town {town}", self.server.base),
            status => bail!("{name} can't sign in to the town {town}: {status}"),
        }
    }
}

/// Whether the same request may succeed later.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn read<T: DeserializeOwned>(response: Response) -> anyhow::Result<Answer<T>> {
    let status = response.status();
    if status.is_success() {
        return Ok(Answer::Done(response.json().await.context("the server's answer is not understood")?));
    }
    if status == StatusCode::CONFLICT {
        return Ok(Answer::Conflict);
    }
    if matches!(status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN) {
        return Ok(Answer::Hidden);
    }
    let body = response.text().await.unwrap_or_default();
    let said = serde_json::from_str::<ErrorBody>(&body).map_or(body, |error| match error.field {
        Some(field) => format!("{field}: {}", error.message),
        None => error.message,
    });
    Ok(Answer::Refused(format!("{said} ({status})")))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
