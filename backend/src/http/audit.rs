//! The audit log: searched by those who look into it, a page at a time or as a file.

use super::errors::{OftenRefusals, Query, Refusals, Result};
use super::fields::limit;
use super::person::Person;
use super::private;
use crate::cells;
use crate::db::audit::{self, Entry};
use crate::db::audit_log::{self, Cursor, Search};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use geodata::Invalid;
use geodata::filter::time;
use geodata::matter::Matter;
use geodata::town::Slug;
use geodata::wire::{AuditAction, AuditEntry, AuditObject, AuditPage};
use serde_json::{Map, Value, json};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Page length where none is asked for, and the longest.
const PAGE: u32 = 100;
const PAGE_MAX: u32 = 500;
/// The most entries that one file holds; what is over comes by its `Link`.
const FILE_MAX: u32 = 50_000;
/// Longest text that is searched for, and the most words in it.
const WORDS_MAX: usize = 100;
/// The most words of a list in a parameter.
const LIST_MAX: usize = 50;
const FILTERS: [&str; 6] = ["from", "to", "staff", "action", "object", "words"];

/// The routes of this resource.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(page)).routes(routes!(file))
}

/// Who did what, the newest first, for the auditor and the commander.
#[utoipa::path(get, path = "/api/audit", tag = "audit",
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("from" = Option<String>, Query, description = "at or after, RFC 3339"),
           ("to" = Option<String>, Query, description = "before, RFC 3339"),
           ("staff" = Option<i32>, Query, description = "whose deeds"),
           ("action" = Option<String>, Query, description = "words of `AuditAction`, separated by commas"),
           ("object" = Option<String>, Query, description = "a word of `AuditObject`, or that and a key: `incident:4711`"),
           ("words" = Option<String>, Query, max_length = 100, description = "all in name, key, reason, address or details"),
           ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "100 where it is not given"),
           ("after" = Option<String>, Query, description = "the `next` of the page before")),
    responses((status = OK, body = AuditPage), Refusals, OftenRefusals))]
async fn page(State(state): State<AppState>, person: Person, query: Query) -> Result<Response> {
    let query = query.only(&[&FILTERS[..], &["limit", "after"]].concat())?;
    person.must_read(Matter::Audit)?;
    state.count_search(&person)?;
    let search = search(&query)?;
    let after = query.get("after").map(str::parse::<Cursor>).transpose()?;
    let limit = limit(&query, PAGE, PAGE_MAX)?;
    let mut tx = state.begin(&person).await?;
    let page = audit_log::page(&mut tx, person.town.id, &search, after, limit).await?;
    Ok((private(), Json(page)).into_response())
}

/// The same as a file of comma-separated values, UTF-8 with a byte-order mark, times in the town's own; taking it is written down.
/// At most 50,000 entries; where there are more, `Link` tells where the next file is.
#[utoipa::path(get, path = "/api/audit.csv", tag = "audit",
    params(("town" = Option<Slug>, Query, description = "short name"),
           ("from" = Option<String>, Query, description = "at or after, RFC 3339"),
           ("to" = Option<String>, Query, description = "before, RFC 3339"),
           ("staff" = Option<i32>, Query, description = "whose deeds"),
           ("action" = Option<String>, Query, description = "words of `AuditAction`, separated by commas"),
           ("object" = Option<String>, Query, description = "a word of `AuditObject`, or that and a key: `incident:4711`"),
           ("words" = Option<String>, Query, max_length = 100, description = "all in name, key, reason, address or details"),
           ("after" = Option<String>, Query, description = "where the file before ended")),
    responses((status = OK, content_type = "text/csv", body = String), Refusals, OftenRefusals))]
async fn file(State(state): State<AppState>, person: Person, query: Query, asked: HeaderMap) -> Result<Response> {
    let query = query.only(&[&FILTERS[..], &["after"]].concat())?;
    person.must_read(Matter::Audit)?;
    state.count_search(&person)?;
    let search = search(&query)?;
    let after = query.get("after").map(str::parse::<Cursor>).transpose()?;
    let (town, now) = (&person.town, state.now());
    let mut tx = state.begin(&person).await?;
    let page = audit_log::page(&mut tx, town.id, &search, after, FILE_MAX).await?;
    let mut details: Map<String, Value> =
        query.0.iter().filter(|(name, _)| name != "town").map(|(name, value)| (name.clone(), json!(value))).collect();
    details.insert("entries".into(), json!(page.entries.len().to_string()));
    let entry = Entry::of(AuditAction::Export.word()).to(AuditObject::Export.word(), "audit");
    audit::write(&mut tx, person.by(), now, &entry.with(Value::Object(details))).await?;
    tx.commit().await?;
    let wishes = asked.get(header::ACCEPT_LANGUAGE).and_then(|wishes| wishes.to_str().ok());
    let text = table(&page.entries, town.zone, wishes.is_some_and(super::errors::prefers_english))?;
    let mut headers = private();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    let name = format!("attachment; filename=\"audit-{}-{}.csv\"", town.slug, town.day(now));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(name).map_err(anyhow::Error::new)?);
    if let Some(next) = page.next {
        headers.insert(header::LINK, HeaderValue::try_from(link(&query, &next)).map_err(anyhow::Error::new)?);
    }
    Ok((headers, text).into_response())
}

/// Where the next file is: the same question, after this one's end.
fn link(query: &Query, next: &str) -> String {
    let mut address = form_urlencoded::Serializer::new(String::new());
    address.extend_pairs(query.0.iter().filter(|(name, _)| name != "after"));
    let address = address.append_pair("after", next).finish();
    format!("</api/audit.csv?{address}>; rel=\"next\"")
}

fn search(query: &Query) -> Result<Search> {
    let when = |name| query.get(name).map(|text| time(name, text)).transpose();
    let staff = |text: &str| text.parse::<i32>().map_err(|_| Invalid::new("staff", "须为整数", "a whole number"));
    let (object, key) = match query.get("object").map(|text| text.split_once(':').unwrap_or((text, ""))) {
        None => (None, None),
        Some((kind, key)) => (Some(object(kind)?), Some(key.to_owned()).filter(|key| !key.is_empty())),
    };
    let words = query.get("words").unwrap_or_default();
    if words.chars().count() > WORDS_MAX {
        let (zh, en) = (format!("最多 {WORDS_MAX} 个字"), format!("at most {WORDS_MAX} characters"));
        return Err(Invalid::new("words", zh, en).into());
    }
    Ok(Search {
        from: when("from")?,
        to: when("to")?,
        staff: query.get("staff").map(staff).transpose()?,
        actions: query.get("action").map_or(Ok(Vec::new()), actions)?,
        object,
        key,
        words: words.split_whitespace().map(str::to_owned).collect(),
    })
}

fn actions(list: &str) -> Result<Vec<String>> {
    let rule = || Invalid::new("action", "没有这种操作", "there is no such action");
    let words: Vec<&str> = list.split(',').collect();
    if words.len() > LIST_MAX {
        return Err(rule().into());
    }
    words.into_iter().map(|word| Ok(word.parse::<AuditAction>().map_err(|_| rule())?.word().to_owned())).collect()
}

fn object(kind: &str) -> Result<String> {
    let rule = || Invalid::new("object", "没有这类对象", "there is no such kind of object");
    Ok(kind.parse::<AuditObject>().map_err(|_| rule())?.word().to_owned())
}

/// The head of the table, in the request's language.
fn head(english: bool) -> [&'static str; 10] {
    if english {
        ["time", "staff", "name", "role", "address", "action", "object", "key", "reason", "details"]
    } else {
        ["时间", "人员编号", "姓名", "角色", "地址", "操作", "对象", "对象编号", "理由", "详情"]
    }
}

/// Entries as comma-separated values. The mark at the beginning tells spreadsheets that it is UTF-8.
fn table(entries: &[AuditEntry], zone: chrono_tz::Tz, english: bool) -> anyhow::Result<String> {
    let mut csv = csv::Writer::from_writer(vec![0xef, 0xbb, 0xbf]);
    csv.write_record(head(english))?;
    for entry in entries {
        let at = entry.at.with_timezone(&zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, false);
        let details: Vec<String> = entry.details.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let text = |text: &Option<String>| cells::inert(text.as_deref().unwrap_or_default());
        csv.write_record([
            at,
            entry.staff.map(|staff| staff.to_string()).unwrap_or_default(),
            text(&entry.name),
            entry.role.map(|role| role.to_string()).unwrap_or_default(),
            text(&entry.address),
            entry.action.clone(),
            text(&entry.object),
            text(&entry.key),
            text(&entry.reason),
            cells::inert(&details.join("; ")),
        ])?;
    }
    Ok(String::from_utf8(csv.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodata::town::Role;

    #[test]
    fn the_file_is_utf8_with_a_mark_local_times_and_no_formulas() {
        let entry = AuditEntry {
            id: String::new(),
            at: "2026-11-23T16:00:00Z".parse().unwrap(),
            staff: Some(7),
            name: Some("𠮷田".into()),
            role: Some(Role::Auditor),
            address: None,
            action: "export".into(),
            object: None,
            key: None,
            reason: Some("=HYPERLINK(\"http://x\")".into()),
            details: [("a".to_owned(), "b,c".to_owned())].into(),
        };
        let text = table(&[entry], chrono_tz::Asia::Shanghai, false).unwrap();
        let mut lines = text.lines();
        assert!(lines.next().unwrap().starts_with("\u{feff}时间,"));
        let row = "2026-11-24T00:00:00+08:00,7,𠮷田,auditor,,export,,,\"'=HYPERLINK(\"\"http://x\"\")\",\"a: b,c\"";
        assert_eq!(lines.next().unwrap(), row);
    }

    #[test]
    fn the_next_file_is_the_same_question_further_on() {
        let query = Query(vec![("words".into(), "田 芳".into()), ("after".into(), "old".into())]);
        assert_eq!(link(&query, "1_2"), "</api/audit.csv?words=%E7%94%B0+%E8%8A%B3&after=1_2>; rel=\"next\"");
    }
}
