//! Photos of incidents: adding one, seeing it, taking it away.

use super::arrival;
use super::errors::{Body, BodyRefusals, Error, FileRefusals, Query, Refusals, Result};
use super::idempotency::{KeyHeader, Keyed, first_answer, keep_answer, replayed};
use super::incidents::key;
use super::person::Person;
use crate::db::audit::{self, Entry};
use crate::db::photos::{self, NewPhoto};
use crate::photos::{Picture, Size, leftovers};
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::incident::{NOTE_MAX, State as IncidentState, text};
use geodata::photo::{MOST_PHOTOS, adds_photos, removes_photo};
use geodata::town::Slug;
use geodata::wire::{AuditAction, AuditObject, Photo, PhotoKind, PhotoRemoval};
use std::time::Duration;
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// How long an upload may take, from its first byte to its answer: ten megabytes over a weak signal, after those that the same
/// person sends before it.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(600);
/// How long an upload waits for a place among everybody's.
const QUEUE_PATIENCE: Duration = Duration::from_secs(20);
/// Another picture has another address, so that a browser need never ask again; but it shows what not everyone may see.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// The routes of this resource that are answered soon.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(whole, remove)).routes(routes!(thumb))
}

/// Adding one, which takes its time.
pub fn uploads() -> OpenApiRouter<AppState> {
    let patience = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, UPLOAD_PATIENCE);
    OpenApiRouter::new().routes(routes!(add)).layer(patience)
}

/// Adds a photo to an incident. The body is the file: JPEG, PNG or WebP, by its content. Kept is a JPEG of its pixels, upright, at
/// most 2,560 on its longer side, without position, device or any other metadata. The same picture once more gets the first answer.
#[utoipa::path(post, path = "/api/incidents/{id}/photos", tag = "photos",
    params(("id" = i64, Path, description = "the incident's key"), ("town" = Option<Slug>, Query, description = "short name"),
           ("kind" = Option<PhotoKind>, Query, description = "what it shows; `scene` where it is not given"),
           KeyHeader),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "the file, of any content type"),
    responses((status = CREATED, body = Photo), Refusals, FileRefusals))]
async fn add(
    State(state): State<AppState>,
    Path(incident): Path<String>,
    person: Result<Person>,
    query: Query,
    request: Request,
) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let admitted = async {
        let person = person?;
        let (incident, kind) = (key(&incident)?, kind(&query.only(&["kind"])?)?);
        admit(&state, &person, incident).await?;
        Ok((person, incident, kind))
    };
    let (person, incident, kind) = match admitted.await {
        Ok(admitted) => admitted,
        Err(error) => {
            arrival::pour_away(body, state.photos.most_bytes).await;
            return Err(error);
        }
    };
    let _turn = state.photos.manners.turn(person.town.id, person.who.staff).await;
    let Ok(Ok(_place)) = tokio::time::timeout(QUEUE_PATIENCE, state.photos.arriving.acquire()).await else {
        return Err(Error::Busy);
    };
    let file = Body(arrival::receive(&parts.headers, body, state.photos.most_bytes).await?);
    let keyed = Keyed::of(&parts.headers, &format!("photo {incident} {kind}"), &file)?;
    let upload = Upload { incident, kind, keyed };
    // Carried through even when the sender goes away now: it ends with a photo or with nothing, and never in between.
    let kept = tokio::spawn(keep(state.clone(), person, upload, file.0));
    kept.await.map_err(|error| Error::Internal(error.into()))?
}

/// What is to be done with a file.
struct Upload {
    incident: i64,
    kind: PhotoKind,
    keyed: Option<Keyed>,
}

fn kind(query: &Query) -> Result<PhotoKind> {
    let Some(word) = query.get("kind") else { return Ok(PhotoKind::Scene) };
    word.parse().map_err(|_| Invalid::new("kind", "须为 scene、result 或 check", "one of scene, result, check").into())
}

/// Whether a person may add a photo to an incident now; asked before the file is received.
async fn admit(state: &AppState, person: &Person, incident: i64) -> Result<()> {
    let town = person.town.id;
    state.count(&state.photos.manners.rate, person, 1)?;
    let mut tx = state.begin(person).await?;
    let stands = photos::incident(&mut tx, town, incident, false).await?.ok_or(Error::NotFound)?;
    if !adds_photos(person.who.role) {
        return Err(Error::Denied);
    }
    room(stands, photos::count(&mut tx, town, incident).await?)
}

/// Whether an incident takes another photo.
fn room(stands: IncidentState, photos: usize) -> Result<()> {
    if stands == IncidentState::Archived {
        let (zh, en) = ("事件已归档，不能再添加照片", "the incident is archived and takes no more photos");
        return Err(Error::Conflict { zh: zh.into(), en: en.into() });
    }
    if photos >= MOST_PHOTOS {
        let zh = format!("每个事件最多 {MOST_PHOTOS} 张照片，请先移除不需要的");
        let en = format!("an incident has at most {MOST_PHOTOS} photos; take one away first");
        return Err(Error::Conflict { zh, en });
    }
    Ok(())
}

async fn keep(state: AppState, person: Person, upload: Upload, file: Bytes) -> Result<Response> {
    let town = person.town.id;
    let picture = state.photos.workshop.make(file).await.map_err(Invalid::from)?;
    let mut tx = state.begin(&person).await?;
    if upload.keyed.is_none()
        && let Some(first) = photos::same(&mut tx, town, upload.incident, &picture.sha256).await?
    {
        return Ok(replayed(StatusCode::CREATED, &first));
    }
    drop(tx);
    let (sha256, hold) = (picture.sha256, leftovers::hold_for_upload(&state, town, &picture).await?);
    let kept = put_and_add(&state, &person, &upload, picture).await;
    // Where the photo stands, this only ends the hold; where it does not, the picture goes.
    if let Err(error) = leftovers::let_go(&state, town, &sha256, hold).await {
        tracing::warn!(error = format!("{error:#}"), "a photo's hold stays until housekeeping");
    }
    kept
}

/// The picture into the store, then the row that tells of it.
async fn put_and_add(state: &AppState, person: &Person, upload: &Upload, picture: Picture) -> Result<Response> {
    let (town, now) = (person.town.id, state.now());
    let new = NewPhoto {
        incident: upload.incident,
        id: Uuid::new_v4(),
        sha256: picture.sha256,
        kind: upload.kind,
        size: (picture.width, picture.height),
        bytes: picture.photo.len(),
        by: person.who.staff,
        at: now,
    };
    state.photos.store.put(town, picture).await?;
    let mut tx = state.begin_writing(person).await?;
    if let Some(first) = first_answer(&mut tx, person, upload.keyed.as_ref(), now).await? {
        return Ok(first);
    }
    // Held, so that two at once don't both find the last place.
    let stands = photos::incident(&mut tx, town, upload.incident, true).await?.ok_or(Error::NotFound)?;
    if let Some(first) = photos::same(&mut tx, town, upload.incident, &new.sha256).await? {
        return Ok(replayed(StatusCode::CREATED, &first));
    }
    room(stands, photos::count(&mut tx, town, upload.incident).await?)?;
    photos::add(&mut tx, town, &new).await?;
    let photo = photos::same(&mut tx, town, upload.incident, &new.sha256).await?.ok_or(Error::NotFound)?;
    keep_answer(&mut tx, person, upload.keyed.as_ref(), &photo).await?;
    tx.commit().await?;
    metrics::counter!("fangge_photos_total").increment(1);
    Ok((StatusCode::CREATED, Json(photo)).into_response())
}

/// A photo, as a JPEG.
#[utoipa::path(get, path = "/api/photos/{id}", tag = "photos",
    params(("id" = String, Path, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description = "its key, a UUID"), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, content_type = "image/jpeg", body = Vec<u8>), Refusals))]
async fn whole(state: State<AppState>, id: Path<String>, person: Person, query: Query) -> Result<Response> {
    show(state, id, person, query, Size::Whole).await
}

/// A photo's thumbnail, a JPEG of at most 320 pixels on its longer side.
#[utoipa::path(get, path = "/api/photos/{id}/thumb", tag = "photos",
    params(("id" = String, Path, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description = "its key, a UUID"), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, content_type = "image/jpeg", body = Vec<u8>), Refusals))]
async fn thumb(state: State<AppState>, id: Path<String>, person: Person, query: Query) -> Result<Response> {
    show(state, id, person, query, Size::Thumb).await
}

async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    person: Person,
    query: Query,
    size: Size,
) -> Result<Response> {
    query.only(&[])?;
    let (id, town) = (photo_key(&id)?, person.town.id);
    let mut tx = state.begin(&person).await?;
    let stored = photos::stored(&mut tx, town, id).await?.ok_or(Error::NotFound)?;
    // The store may take its time; others need the connection.
    drop(tx);
    let picture = state.photos.store.get(town, &stored.sha256, size).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (header::CACHE_CONTROL, KEPT),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline")),
    ];
    Ok((headers, picture).into_response())
}

/// What is no key is the key of nothing.
fn photo_key(text: &str) -> Result<Uuid> {
    text.parse().map_err(|_| Error::NotFound)
}

/// Takes a photo away from its incident, for a reason. Whoever added it may, and the town's chiefs.
#[utoipa::path(delete, path = "/api/photos/{id}", tag = "photos", request_body = PhotoRemoval,
    params(("id" = String, Path, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description = "its key, a UUID"), ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = NO_CONTENT), Refusals, BodyRefusals))]
async fn remove(
    State(state): State<AppState>,
    Path(id): Path<String>,
    person: Person,
    body: Body,
) -> Result<StatusCode> {
    let (id, town) = (photo_key(&id)?, person.town.id);
    let PhotoRemoval { reason } = body.json()?;
    let reason = text("reason", &reason, NOTE_MAX)?;
    let mut tx = state.begin(&person).await?;
    let stored = photos::stored(&mut tx, town, id).await?.ok_or(Error::NotFound)?;
    if !removes_photo(person.who.role, stored.by == person.who.staff) {
        return Err(Error::Denied);
    }
    // The hold has a transaction of its own; who waited for a second connection while holding one could wait for ever.
    drop(tx);
    leftovers::hold_for_regret(&state, town, &stored.sha256).await?;
    let mut tx = state.begin(&person).await?;
    if !photos::remove(&mut tx, town, id, person.who.staff, state.now(), &reason).await? {
        return Err(Error::NotFound);
    }
    let told =
        Entry::of(AuditAction::RemovePhoto.word()).to(AuditObject::Incident.word(), stored.incident).because(&reason);
    let told = told.with(serde_json::json!({ "photo": id.to_string() }));
    audit::write(&mut tx, person.by(), state.now(), &told).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
