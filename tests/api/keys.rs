//! Administration under an idempotency key: what is sent again because the answer was lost is done once.

use crate::accounts::{ADMINISTRATOR, deeds, session, sign_in};
use axum::http::StatusCode;
use fangge_tests::app::{Answer, TestApp};
use serde_json::{Value, json};

async fn post(app: &TestApp, path: &str, body: &Value, key: &str) -> Answer {
    app.as_(ADMINISTRATOR).post_with(path, body, &[("idempotency-key", key)]).await
}

async fn count(app: &TestApp, sql: &str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&app.db.pool).await.unwrap()
}

#[tokio::test]
async fn an_account_is_made_once_and_its_first_password_can_be_had_again_and_is_kept_nowhere() {
    let app = TestApp::square().await.unwrap();
    let new = json!({ "name": "𠮷田芳", "role": "mediator" });
    let first = post(&app, "/api/accounts", &new, "k1").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.json());
    let again = post(&app, "/api/accounts", &new, "k1").await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::CREATED, "true"), "{}", again.json());
    assert_eq!(again.header("cache-control"), "no-store");
    let (first, again) = (first.json(), again.json());
    assert_eq!(first["account"], again["account"]);
    assert_eq!(count(&app, "SELECT count(*) FROM account WHERE name = '𠮷田芳'").await, 1);
    let [lost, given] = [&first, &again].map(|made| made["password"].as_str().unwrap());
    let kept: String =
        sqlx::query_scalar("SELECT string_agg(i::text, ' ') FROM idempotency i").fetch_one(&app.db.pool).await.unwrap();
    assert!(kept.contains("staff") && !kept.contains(lost) && !kept.contains(given), "{kept}");
    // One of them holds: the last that was told. That it was told again is written down.
    assert_ne!(lost, given);
    assert_eq!(sign_in(&app, "𠮷田芳", lost, None).await.code(), "sign_in_failed");
    assert_eq!((deeds(&app, "add_account").await.len(), deeds(&app, "reset_password").await.len()), (1, 1));
    session(&app, "𠮷田芳", given).await;
    let late = post(&app, "/api/accounts", &new, "k1").await;
    assert_eq!(
        (late.status, late.code().as_str()),
        (StatusCode::CONFLICT, "conflict"),
        "who has come in is not shut out"
    );
    session(&app, "𠮷田芳", given).await;
    // The key is no other request's, and nobody else's.
    let other = post(&app, "/api/accounts", &json!({ "name": "别人", "role": "mediator" }), "k1").await;
    assert_eq!((other.status, other.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "Idempotency-Key"));
    // Where a rule was broken the key is free.
    let wrong = post(&app, "/api/accounts", &json!({ "name": "𠮷田芳", "role": "mediator" }), "k2").await;
    assert_eq!((wrong.status, wrong.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "name"));
    assert_eq!(
        post(&app, "/api/accounts", &json!({ "name": "别人", "role": "mediator" }), "k2").await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn units_categories_and_a_copied_week_are_made_once() {
    let app = TestApp::square().await.unwrap();
    let unit = json!({ "code": "power", "name": { "zh": "方镇供电所", "en": "Power Station" } });
    let category = json!({
        "code": "noise", "group": "management", "name": { "zh": "噪声", "en": "Noise" },
        "limits": [[60, 120, 240], [60, 120, 240], [60, 120, 240], [60, 120, 240]],
    });
    let day = json!({ "duties": [{ "staff": 3, "shift": "day", "place": "town" }] });
    assert_eq!(app.as_("严明").put("/api/roster/2026-11-23", &day).await.status, StatusCode::OK);
    let copy = json!({ "from_week": "2026-11-23", "to_week": "2026-11-30" });
    for (path, body, status) in [
        ("/api/units", unit, StatusCode::CREATED),
        ("/api/categories", category, StatusCode::CREATED),
        ("/api/roster/copy", copy, StatusCode::OK),
    ] {
        let first = post(&app, path, &body, path).await;
        assert_eq!((first.status, first.header("idempotency-replayed")), (status, ""), "{path}: {}", first.json());
        let deeds = count(&app, "SELECT count(*) FROM audit").await;
        let again = post(&app, path, &body, path).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (status, "true"), "{path}: {}", again.json());
        assert_eq!(again.json(), first.json());
        assert_eq!(count(&app, "SELECT count(*) FROM audit").await, deeds, "{path}");
    }
}

#[tokio::test]
async fn a_file_of_categories_is_taken_once_and_looked_at_as_often_as_one_likes() {
    use axum::body::Body;
    use fangge_tests::app::request;
    let app = TestApp::square().await.unwrap();
    let file = app.as_(ADMINISTRATOR).get("/api/categories.csv").await;
    let changed = String::from_utf8(file.bytes.to_vec()).unwrap().replace("路灯", "路灯不亮");
    let send = async |query: &str| {
        let headers = [("idempotency-key", "k")];
        let path = format!("/api/categories.csv{query}");
        app.as_(ADMINISTRATOR).send(request("POST", &path, &headers, Body::from(changed.clone()))).await
    };
    for _ in 0..2 {
        assert_eq!(send("?preview=true").await.header("idempotency-replayed"), "");
    }
    let first = send("").await;
    assert_eq!((first.status, &first.json()["preview"]), (StatusCode::OK, &json!(false)), "{}", first.json());
    let again = send("").await;
    assert_eq!((again.json(), again.header("idempotency-replayed")), (first.json(), "true"));
    assert_eq!(deeds(&app, "import_categories").await.len(), 1);
}
