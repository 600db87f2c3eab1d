//! Categories as a CSV file, out and in.

use crate::categories::{Book, sheet};
use crate::db::audit::{self, Entry};
use crate::db::categories;
use crate::http::errors::{Body, Error, Query, Refusals, Result};
use crate::http::idempotency::{KeyHeader, Keyed, keep_answer, kept, replayed};
use crate::http::person::Person;
use crate::state::AppState;
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::matter::Matter;
use geodata::town::Slug;
use geodata::wire::{CategoryImport, CategoryVersion, ErrorBody, RowChange, SheetFault};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Most rows of a file that goes out.
const ROWS_MAX: usize = 20_000;

/// The routes of the file; what comes in may be larger than other bodies.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(export, import)).layer(DefaultBodyLimit::max(sheet::BYTES_MAX))
}

/// The categories in force as a CSV file for spreadsheets: UTF-8 with its mark, times as the town counts them. With `all`, every
/// version. A cell that a spreadsheet would take for a formula, or a code that it would take for a number, has an apostrophe
/// before it, which is taken off when the file comes back.
#[utoipa::path(get, path = "/api/categories.csv", tag = "town",
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("all" = Option<bool>, Query, description = "past and planned versions as well")),
    responses((status = OK, content_type = "text/csv", body = String), Refusals))]
async fn export(State(state): State<AppState>, person: Person, query: Query) -> Result<Response> {
    let all = flag(&query.only(&["all"])?, "all")?;
    person.must_read(Matter::Categories)?;
    let (town, now) = (person.town.id, state.now());
    let mut tx = state.begin(&person).await?;
    let mut versions = Vec::new();
    for (code, history) in categories::histories(&mut tx, town).await? {
        let wanted =
            history.versions().iter().filter(|v| all || history.at(now).is_some_and(|at| at.version == v.version));
        versions.extend(wanted.map(|version| CategoryVersion::of(code.clone(), version.clone())));
    }
    if versions.len() > ROWS_MAX {
        let zh = format!("版本超过 {ROWS_MAX} 个，不能一次导出");
        return Err(Invalid::new("all", zh, format!("there are more than {ROWS_MAX} versions")).into());
    }
    let file = sheet::write(&versions, person.town.zone).map_err(|error| Error::Internal(error.into()))?;
    let entry = Entry::of("export").to("export", "categories.csv").with(json!({ "rows": versions.len() }));
    audit::write(&mut tx, person.by(), now, &entry).await?;
    tx.commit().await?;
    let name = format!("attachment; filename=\"categories-{}.csv\"", person.town.slug);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::CONTENT_DISPOSITION, HeaderValue::try_from(name).map_err(|error| Error::Internal(error.into()))?),
    ];
    Ok((headers, file).into_response())
}

/// Takes such a file in, all of it or nothing: each row is what its category shall be. A row as it went out changes nothing; an
/// edited one holds from now, or from a later `valid_from`; categories that the file leaves out stay as they are. With
/// `preview`, it is only told what would become of each row, and what is wrong, and no key is looked at. At most 1,000 rows, 1 MiB.
#[utoipa::path(post, path = "/api/categories.csv", tag = "town",
    request_body(content = String, content_type = "text/csv"),
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("preview" = Option<bool>, Query, description = "write nothing"),
           KeyHeader),
    responses((status = OK, body = CategoryImport), Refusals,
              (status = CONFLICT, description = "Another request with the same key is being handled.", body = ErrorBody),
              (status = PAYLOAD_TOO_LARGE, description = "The file is larger than 1 MiB.", body = ErrorBody)))]
async fn import(
    State(state): State<AppState>,
    person: Person,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let preview = flag(&query.only(&["preview"])?, "preview")?;
    person.must_keep(Matter::Categories)?;
    let (town, now) = (person.town.id, state.now());
    let keyed = if preview { None } else { Keyed::of(&headers, "categories.csv", &body)? };
    let mut tx = state.begin_writing(&person).await?;
    if let Some(first) = kept(&mut tx, &person, keyed.as_ref(), now).await? {
        return Ok(replayed(StatusCode::OK, &first));
    }
    let mut book = if preview { Book::read(&mut tx, town, now).await? } else { Book::open(&mut tx, town, now).await? };
    let (rows, faults) = sheet::enter(&mut book, &body.0, person.town.zone);
    if preview {
        return Ok(Json(CategoryImport { preview, rows, faults }).into_response());
    }
    if let Some(first) = faults.first() {
        return Err(refused(first, faults.len()));
    }
    let count = |change| rows.iter().filter(|row| row.change == change).count();
    let counts = json!({ "rows": rows.len(), "new": count(RowChange::New), "changed": count(RowChange::Changed), "ends": count(RowChange::Ends) });
    book.close(&mut tx, person.by()).await?;
    let entry = Entry::of("import_categories").to("category", "categories.csv").with(counts);
    audit::write(&mut tx, person.by(), now, &entry).await?;
    let done = CategoryImport { preview, rows, faults };
    keep_answer(&mut tx, &person, keyed.as_ref(), &done).await?;
    tx.commit().await?;
    Ok(Json(done).into_response())
}

/// The first of a file's faults as the answer, and how many more there are.
fn refused(first: &SheetFault, faults: usize) -> Error {
    let SheetFault { row, column, rule } = first;
    let field = column.as_ref().map_or_else(|| row.to_string(), |column| format!("{row}.{column}"));
    let at = column.as_ref().map(|column| (format!("，{column} 列"), format!(", column {column}")));
    let (zh, en) = at.unwrap_or_default();
    let more = (faults > 1).then(|| (format!("（另有 {} 处）", faults - 1), format!(" ({} more)", faults - 1)));
    let (more_zh, more_en) = more.unwrap_or_default();
    Error::Body {
        field,
        zh: format!("第 {row} 行{zh}：{}{more_zh}；没有导入任何内容", rule.zh),
        en: format!("line {row}{en}: {}{more_en}; nothing was imported", rule.en),
    }
}

/// A parameter that is `true`, `false` or absent.
fn flag(query: &Query, field: &'static str) -> Result<bool> {
    match query.get(field) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Invalid::new(field, "须为 true 或 false", "true or false").into()),
    }
}
