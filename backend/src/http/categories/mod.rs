//! Categories: those in force for everyone, their history, and the administrator's editor.

mod sheet;

use super::errors::{Body, BodyRefusals, Error, Query, Refusals, Result};
use super::fields::dotted;
use super::idempotency::{KeyHeader, Keyed, first_answer, keep_answer};
use super::person::Person;
use crate::categories::Book;
use crate::db::{categories, scope};
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use geodata::category::{Wish, check_code};
use geodata::matter::Matter;
use geodata::town::{CategoryCode, Slug};
use geodata::wire::{Category, CategoryEdit, CategoryHistory, CategoryVersion};
use geodata::{Invalid, filter};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Versions on a page.
const PAGE: u16 = 1_000;

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(in_force, add))
        .routes(routes!(all))
        .routes(routes!(edit, end))
        .merge(sheet::router())
}

/// Categories in force.
#[utoipa::path(get, path = "/api/categories", tag = "town",
    params(("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = Vec<Category>), Refusals))]
async fn in_force(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<Vec<Category>>> {
    query.only(&[])?;
    let mut tx = state.begin(&person).await?;
    Ok(Json(categories::in_force(&mut tx, person.town.id, state.now()).await?))
}

/// Every version of the categories, past, present and planned, by code and number; for those who look after them: administrator,
/// commander, chief of grids, auditor.
#[utoipa::path(get, path = "/api/categories/all", tag = "town",
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("code" = Option<CategoryCode>, Query, description = "of this category only"),
           ("after" = Option<String>, Query, description = "the `next` of the page before")),
    responses((status = OK, body = CategoryHistory), Refusals))]
async fn all(State(state): State<AppState>, person: Person, query: Query) -> Result<Json<CategoryHistory>> {
    let query = query.only(&["code", "after"])?;
    person.must_read(Matter::Categories)?;
    let code: Option<CategoryCode> = query.get("code").map(str::parse).transpose()?;
    let after = query.get("after").map(str::parse).transpose()?;
    let mut tx = state.begin(&person).await?;
    Ok(Json(categories::page(&mut tx, person.town.id, code.as_ref(), after.as_ref(), PAGE).await?))
}

/// Adds a category. It may have begun in the past, so that what happened then can be reported. One that there is, or was, is
/// edited instead (409).
#[utoipa::path(post, path = "/api/categories", tag = "town", request_body = CategoryEdit,
    params(("town" = Option<Slug>, Query, description = "short name"),
           KeyHeader),
    responses((status = CREATED, body = CategoryVersion), Refusals, BodyRefusals))]
async fn add(
    State(state): State<AppState>,
    person: Person,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    query.only(&[])?;
    person.must_keep(Matter::Categories)?;
    let edit: CategoryEdit = body.json().map_err(dotted)?;
    let code =
        edit.code.clone().ok_or_else(|| Invalid::new("code", "请填写类别代码", "a new category needs a code"))?;
    check_code(&code)?;
    let wish = edit.wish()?;
    let keyed = Keyed::of(&headers, "category", &body)?;
    let mut tx = state.begin_writing(&person).await?;
    if let Some(first) = first_answer(&mut tx, &person, keyed.as_ref(), state.now()).await? {
        return Ok(first);
    }
    let book = Book::open(&mut tx, person.town.id, state.now()).await?;
    if book.before(&code).is_some() {
        let (zh, en) = (format!("类别 {code} 已有，请直接修改它"), format!("there is a category {code}; edit it"));
        return Err(Error::Conflict { zh, en });
    }
    let version = write(book, &mut tx, &person, &code, &wish).await?;
    keep_answer(&mut tx, &person, keyed.as_ref(), &version).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(version)).into_response())
}

/// Makes a category what the body says, from a time on: the version before it ends then, and incidents keep theirs. Without
/// `from`, from now; in the future, it is planned. The same content makes no new version.
#[utoipa::path(put, path = "/api/categories/{code}", tag = "town", request_body = CategoryEdit,
    params(("code" = CategoryCode, Path, description = "the category's code"),
           ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = OK, body = CategoryVersion), Refusals, BodyRefusals))]
async fn edit(
    State(state): State<AppState>,
    Path(code): Path<String>,
    person: Person,
    query: Query,
    body: Body,
) -> Result<Json<CategoryVersion>> {
    query.only(&[])?;
    person.must_keep(Matter::Categories)?;
    let code = key(&code)?;
    let edit: CategoryEdit = body.json().map_err(dotted)?;
    if edit.code.as_ref().is_some_and(|other| *other != code) {
        return Err(Invalid::new(
            "code",
            "代码不能修改；请另建一个类别",
            "a code can't be changed; add another category",
        )
        .into());
    }
    let (seen, wish) = (edit.version, edit.wish()?);
    let mut tx = state.begin(&person).await?;
    let book = Book::open(&mut tx, person.town.id, state.now()).await?;
    let base = book.before(&code).ok_or(Error::NotFound)?.base(&wish, state.now())?;
    if seen.is_some() && seen != base.map(|version| version.version) {
        let (zh, en) = ("此类别已被修改，请看过再改", "the category has been edited since you looked; look again");
        return Err(Error::Conflict { zh: zh.into(), en: en.into() });
    }
    let version = write(book, &mut tx, &person, &code, &wish).await?;
    tx.commit().await?;
    Ok(Json(version))
}

async fn write(
    mut book: Book,
    tx: &mut scope::Tx,
    person: &Person,
    code: &CategoryCode,
    wish: &Wish,
) -> Result<CategoryVersion> {
    let done = book.put(code, wish)?;
    let version = book.version(code, done.from).ok_or(Error::NotFound)?;
    book.close(tx, person.by()).await?;
    Ok(version)
}

/// Ends a category, now or at another time; what was planned for it is taken back. Its incidents and its history stay. It can't
/// end before the last report of it (409).
#[utoipa::path(delete, path = "/api/categories/{code}", tag = "town",
    params(("code" = CategoryCode, Path, description = "the category's code"),
           ("until" = Option<DateTime<Utc>>, Query, description = "now, where it is not given"),
           ("town" = Option<Slug>, Query, description = "short name")),
    responses((status = NO_CONTENT), Refusals,
              (status = CONFLICT, description = "Reports were filed under it since then.", body = geodata::wire::ErrorBody)))]
async fn end(
    State(state): State<AppState>,
    Path(code): Path<String>,
    person: Person,
    query: Query,
) -> Result<StatusCode> {
    let query = query.only(&["until"])?;
    person.must_keep(Matter::Categories)?;
    let code = key(&code)?;
    let until = query.get("until").map(|text| filter::time("until", text)).transpose()?;
    let (town, now) = (person.town.id, state.now());
    let mut tx = state.begin(&person).await?;
    let mut book = Book::open(&mut tx, town, now).await?;
    if !book.end(&code, until)? {
        return Err(Error::NotFound);
    }
    book.close(&mut tx, person.by()).await?;
    if let Some(until) = until.filter(|until| *until < now) {
        // An administrator sees no incidents; that there are some is all that is told.
        scope::go_on_as_system(&mut tx).await?;
        let since = categories::reported_since(&mut tx, town, &code, until).await?;
        if since > 0 {
            let zh = format!("自该时间以来已有 {since} 件事件按此类别登记，不能提前停用");
            return Err(Error::Conflict { zh, en: format!("{since} incidents were filed under it since then") });
        }
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is no code is the code of nothing.
fn key(text: &str) -> Result<CategoryCode> {
    text.parse().map_err(|_| Error::NotFound)
}
