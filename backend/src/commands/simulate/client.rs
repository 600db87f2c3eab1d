//! The public API, as any other program would use it.

use anyhow::{Context as _, bail};
use geodata::town::Slug;
use geodata::wire::{Act, ErrorBody, IncidentDetail, IncidentFeature, IncidentPage, NewIncident, Town};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

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
    /// It is gone, or breaks a rule; the sentence says which.
    Refused(String),
}

/// A server's API, for one town.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    town: Slug,
}

impl Client {
    /// A client of the server at `url`.
    pub fn new(url: &str, town: Slug) -> anyhow::Result<Self> {
        let english = (header::ACCEPT_LANGUAGE, header::HeaderValue::from_static("en"));
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .user_agent("fangge-simulate")
            .default_headers(header::HeaderMap::from_iter([english]))
            .build()?;
        Ok(Self { http, base: url.trim_end_matches('/').to_owned(), town })
    }

    /// The town.
    pub async fn town(&self) -> anyhow::Result<Town> {
        match self.get("/api/town", &[]).await? {
            Answer::Done(town) => Ok(town),
            Answer::Conflict => bail!("{} does not tell about its town {}", self.base, self.town),
            Answer::Refused(why) => bail!("{} has no town {}: {why}", self.base, self.town),
        }
    }

    /// The incidents that are open now, the newest first; `limit` at most.
    pub async fn open(&self, limit: u32) -> anyhow::Result<Vec<IncidentFeature>> {
        let limit = limit.to_string();
        match self.get::<IncidentPage>("/api/incidents", &[("state", "open"), ("limit", &limit)]).await? {
            Answer::Done(page) => Ok(page.features),
            Answer::Conflict => bail!("the list of open incidents can't be had"),
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
        let request = || self.request(Method::GET, path).query(query);
        self.insist(request).await
    }

    async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        body: &B,
    ) -> anyhow::Result<Answer<T>> {
        let request = || self.request(Method::POST, path).header("idempotency-key", key).json(body);
        self.insist(request).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).query(&[("town", self.town.as_str())])
    }

    /// Sends until there is an answer: a server that restarts, or whose database does, comes back.
    async fn insist<T: DeserializeOwned>(&self, request: impl Fn() -> RequestBuilder) -> anyhow::Result<Answer<T>> {
        let mut pause = FIRST_PAUSE;
        loop {
            let asked = match request().send().await {
                Ok(response) if !is_passing(response.status()) => return read(response).await,
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
