//! How often one person may do what costs.

use crate::life::WEST;
use axum::http::StatusCode;
use fangge::manners::RateArgs;
use fangge_tests::app::{Answer, TestApp, lamp};
use serde_json::{Value, json};

/// A town's server that lets each person do so much in a minute.
async fn strict(writes: u32, searches: u32) -> TestApp {
    let app = TestApp::square().await.unwrap();
    let rates = RateArgs { writes_per_minute: writes, searches_per_minute: searches };
    app.restarted_with(app.state.pool.clone(), |settings| settings.rates = rates)
}

fn waits(answer: &Answer, seconds: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many"));
    assert_eq!(answer.header("retry-after"), seconds);
}

#[tokio::test]
async fn writes_are_each_persons_own_so_many_a_minute() {
    let app = strict(5, 5).await;
    let wang = app.as_("王一");
    for _ in 0..3 {
        wang.report(WEST.0, WEST.1).await;
    }
    app.clock.set("2026-11-23T08:00:20Z");
    assert_eq!(wang.act(1, "accept").await.status, StatusCode::CREATED);
    assert_eq!(
        wang.act(1, "archive").await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "what is refused was asked for all the same"
    );
    waits(&wang.act(1, "start").await, "40");
    waits(&wang.post("/api/incidents", &lamp(WEST.0, WEST.1)).await, "40");
    // Another person is not affected, and what is read is no write.
    assert_eq!(app.as_("文静").act(2, "verify").await.status, StatusCode::CREATED);
    assert_eq!(wang.get("/api/incidents/1").await.status, StatusCode::OK);
    app.clock.set("2026-11-23T08:01:00Z");
    assert_eq!(wang.act(1, "start").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn marks_and_checks_of_cameras_are_writes_like_any() {
    let app = strict(2, 5).await;
    let chief = app.as_("方正");
    let tree = json!({ "from_deg": 80, "to_deg": 100, "note": "杨树" });
    assert_eq!(chief.post("/api/cameras/C-001/obstructions", &tree).await.status, StatusCode::CREATED);
    assert_eq!(
        chief.post("/api/cameras/C-001/checks", &json!({ "verdict": "clear" })).await.status,
        StatusCode::CREATED
    );
    waits(&chief.post("/api/cameras/C-001/checks", &json!({ "verdict": "clear" })).await, "60");
    waits(&chief.post("/api/cameras/C-001/obstructions", &tree).await, "60");
    waits(&chief.delete("/api/cameras/C-001/obstructions/00000000-0000-4000-8000-000000000000").await, "60");
}

#[tokio::test]
async fn a_step_for_many_counts_for_each_of_them() {
    let app = strict(5, 5).await;
    let mut incidents: Vec<Value> = Vec::new();
    for _ in 0..4 {
        incidents.push(json!({ "id": app.as_("文静").report(WEST.0, WEST.1).await }));
    }
    app.clock.set("2026-11-23T08:00:30Z");
    let many = |n: usize| json!({ "incidents": incidents[..n], "act": { "action": "note", "note": "已知悉" } });
    let wang = app.as_("王一");
    assert_eq!(wang.post("/api/incidents/acts", &many(4)).await.status, StatusCode::CREATED);
    waits(&wang.post("/api/incidents/acts", &many(2)).await, "60");
    assert_eq!(wang.post("/api/incidents/acts", &many(1)).await.status, StatusCode::CREATED);
    let metrics = app.stranger().get("/metrics").await;
    let text = String::from_utf8_lossy(&metrics.bytes).into_owned();
    let noted = text.lines().find_map(|line| line.strip_prefix("fangge_events_total{action=\"note\"} "));
    // Other tests of this process count too.
    assert!(noted.and_then(|n| n.parse::<u64>().ok()).is_some_and(|n| n >= 5), "{text}");
}

#[tokio::test]
async fn searches_are_counted_by_themselves() {
    let app = strict(5, 3).await;
    let id = app.report(WEST.0, WEST.1).await;
    let near = [format!("/api/nearby?lon={}&lat={}", WEST.0, WEST.1), format!("/api/incidents/{id}/nearby")];
    let wang = app.as_("王一");
    let around = format!("/api/around?lon={}&lat={}", WEST.0, WEST.1);
    for path in [&near[0], &near[1], &around] {
        assert_eq!(wang.get(path).await.status, StatusCode::OK);
    }
    waits(&wang.get(&near[1]).await, "60");
    waits(&wang.get(&around).await, "60");
    assert_eq!(wang.act(id, "accept").await.status, StatusCode::CREATED, "who may not search may work");
    let auditor = app.as_("察微");
    for path in ["/api/audit", "/api/audit.csv", "/api/audit?words=王"] {
        assert_eq!(auditor.get(path).await.status, StatusCode::OK);
    }
    waits(&auditor.get("/api/audit?words=一").await, "60");
    app.clock.set("2026-11-23T08:01:00Z");
    assert_eq!(auditor.get("/api/audit").await.status, StatusCode::OK);
    assert_eq!(wang.get(&near[0]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_description_tells_of_it() {
    let app = TestApp::square().await.unwrap();
    let document = app.stranger().get("/api/openapi.json").await.json();
    let told = |method: &str, path: &str, status: &str| {
        document["paths"][path][method]["responses"][status]["description"].as_str().unwrap_or_default().to_owned()
    };
    for (method, path) in [
        ("post", "/api/incidents"),
        ("post", "/api/incidents/acts"),
        ("post", "/api/incidents/{id}/events"),
        ("get", "/api/nearby"),
        ("get", "/api/around"),
        ("post", "/api/cameras/{code}/obstructions"),
        ("delete", "/api/cameras/{code}/obstructions/{id}"),
        ("post", "/api/cameras/{code}/checks"),
        ("get", "/api/incidents/{id}/nearby"),
        ("get", "/api/search"),
        ("get", "/api/audit"),
        ("get", "/api/audit.csv"),
        ("put", "/api/session/password"),
        ("delete", "/api/session/totp"),
        ("post", "/api/incidents/{id}/photos"),
        ("post", "/api/session"),
    ] {
        assert!(told(method, path, "429").contains("Retry-After"), "{method} {path}");
    }
    assert!(told("post", "/api/incidents/{id}/photos", "413").contains("10 MiB"));
    assert!(told("post", "/api/incidents", "413").contains("64 KiB"));
}
