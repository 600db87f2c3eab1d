//! The audit log, as those who look into it search it.

use axum::http::StatusCode;
use fangge_tests::app::TestApp;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Deeds of these people, written as the server writes them.
async fn deeds(app: &TestApp, count: i64) {
    let sql = format!(
        "INSERT INTO audit (town_id, at, audit_id, staff_id, name, role, address, action, object_kind, object_key, reason, details)
         SELECT 1, timestamptz '2026-11-01Z' + interval '1 minute' * (n / 10), md5(n::text)::uuid, 7, '王一', 'grid_member',
                '10.0.0.' || n % 250, 'read_parties', 'incident', n::text, '理由 ' || n, jsonb_build_object('n', n, 'who', '𠮷')
           FROM generate_series(1, {count}) n"
    );
    sqlx::raw_sql(&sql).execute(&app.db.pool).await.unwrap();
}

fn entries(page: &Value) -> Vec<Value> {
    page["entries"].as_array().unwrap().clone()
}

#[tokio::test]
async fn only_auditor_and_commander_look_into_it() {
    let app = TestApp::square().await.unwrap();
    for (name, expected) in [
        ("察微", StatusCode::OK),
        ("关山", StatusCode::OK),
        ("严明", StatusCode::FORBIDDEN),
        ("方正", StatusCode::FORBIDDEN),
        ("王一", StatusCode::FORBIDDEN),
        ("图南", StatusCode::FORBIDDEN),
        ("管钥", StatusCode::FORBIDDEN),
    ] {
        for path in ["/api/audit", "/api/audit.csv"] {
            assert_eq!(app.as_(name).get(path).await.status, expected, "{name} {path}");
        }
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_double_even_within_one_moment() {
    let app = TestApp::square().await.unwrap();
    deeds(&app, 250).await;
    let (mut seen, mut keys, mut next, mut pages) = (BTreeSet::new(), Vec::new(), String::new(), 0);
    loop {
        let path = format!("/api/audit?action=read_parties&limit=7{next}");
        let page = app.as_("察微").get(&path).await.json();
        for entry in entries(&page) {
            assert!(seen.insert(entry["id"].as_str().unwrap().to_owned()), "{entry}");
            keys.push(entry["at"].as_str().unwrap().to_owned());
        }
        pages += 1;
        match page["next"].as_str() {
            Some(after) => next = format!("&after={after}"),
            None => break,
        }
    }
    assert_eq!((seen.len(), pages), (250, 36));
    assert!(keys.windows(2).all(|pair| pair[0] >= pair[1]), "newest first");
}

#[tokio::test]
async fn it_is_searched_by_time_person_action_object_and_words() {
    let app = TestApp::square().await.unwrap();
    deeds(&app, 100).await;
    let count = async |query: &str| {
        let answer = app.as_("察微").get(&format!("/api/audit?limit=500&{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.json());
        entries(&answer.json()).len()
    };
    assert_eq!(count("to=2026-11-01T00:05:00Z").await, 49);
    assert_eq!(count("from=2026-11-01T00:05:00Z&to=2026-11-01T00:06:00Z").await, 10);
    assert_eq!(count("staff=7&to=2026-11-02T00:00:00Z").await, 100);
    assert_eq!(count("staff=8").await, 0);
    assert_eq!(count("action=read_parties").await, 100);
    assert_eq!(count("action=read_parties,write_parties&object=incident:42").await, 1);
    assert_eq!(count("object=incident").await, 100);
    assert_eq!(count("object=calendar").await, 0);
    assert_eq!(count("words=%E7%90%86%E7%94%B1%2042").await, 1, "理由 42: both words");
    assert_eq!(count("words=10.0.0.42").await, 1);
    assert_eq!(count("words=%F0%A0%AE%B7&action=read_parties").await, 100);
    assert_eq!(count("words=%25").await, 0, "a sign that patterns know is a sign");
    for (query, field) in [
        ("from=yesterday", "from"),
        ("to=x", "to"),
        ("staff=x", "staff"),
        ("action=fly", "action"),
        ("object=moon", "object"),
        ("after=x", "after"),
        ("after=1_2", "after"),
        ("after=999999999999999999_00000000000000000000000000000000", "after"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("colour=red", "query"),
        (&*format!("words={}", "x".repeat(101)), "words"),
        (&*format!("action={}", ["export"; 51].join(",")), "action"),
    ] {
        let refused = app.as_("察微").get(&format!("/api/audit?{query}")).await;
        assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{query}");
    }
}

#[tokio::test]
async fn a_deed_tells_who_when_from_where_what_and_why() {
    let app = TestApp::square().await.unwrap();
    deeds(&app, 1).await;
    let page = app.as_("察微").get("/api/audit?action=read_parties").await;
    assert_eq!(page.header("cache-control"), "no-store");
    let mut entry = entries(&page.json()).remove(0);
    entry.as_object_mut().unwrap().remove("id");
    let expected = json!({
        "at": "2026-11-01T00:00:00Z", "staff": 7, "name": "王一", "role": "grid_member", "address": "10.0.0.1",
        "action": "read_parties", "object": "incident", "key": "1", "reason": "理由 1", "details": { "n": "1", "who": "𠮷" },
    });
    assert_eq!(entry, expected);
}

#[tokio::test]
async fn taking_it_as_a_file_is_a_deed_too() {
    let app = TestApp::square().await.unwrap();
    deeds(&app, 30).await;
    let path = "/api/audit.csv?action=read_parties&words=%E7%90%86%E7%94%B1";
    let file = app.as_("察微").get_with(path, &[("accept-language", "en")]).await;
    assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8; header=present"));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"audit-square-2026-11-23.csv\"");
    let text = String::from_utf8(file.bytes.to_vec()).unwrap();
    assert!(text.starts_with("\u{feff}time,staff,name,role"), "{text}");
    assert_eq!(text.lines().count(), 31);
    assert!(text.contains(
        "2026-11-01T08:00:00+08:00,7,王一,grid_member,10.0.0.9,read_parties,incident,9,理由 9,n: 9; who: 𠮷"
    ));
    let deed = &entries(&app.as_("关山").get("/api/audit?action=export").await.json())[0];
    assert_eq!((&deed["name"], &deed["object"], &deed["key"]), (&json!("察微"), &json!("export"), &json!("audit")));
    assert_eq!(deed["details"], json!({ "action": "read_parties", "words": "理由", "entries": "30" }));
    let chinese = app.as_("察微").get("/api/audit.csv").await;
    assert!(String::from_utf8_lossy(&chinese.bytes).starts_with("\u{feff}时间,"));
}

#[tokio::test]
async fn the_log_is_never_changed_not_even_by_the_server() {
    let app = TestApp::square().await.unwrap();
    deeds(&app, 3).await;
    for sql in ["UPDATE audit SET name = 'x'", "DELETE FROM audit", "TRUNCATE audit"] {
        assert!(sqlx::raw_sql(sql).execute(&app.db.pool).await.is_err(), "{sql} by the owner");
        let mut tx = app.state.begin_system(geodata::town::TownId(1)).await.unwrap();
        assert!(sqlx::raw_sql(sql).execute(&mut *tx).await.is_err(), "{sql} by the server");
    }
}
