//! The door: who guesses is kept waiting, who lives here is not; and no other site's page gets a foot in.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use fangge_tests::app::{Answer, TestApp, request};
use fangge_tests::client::PASSWORD;
use serde_json::json;

/// Knocks from an address, perhaps with a device's cookie.
async fn knock(app: &TestApp, name: &str, password: &str, address: &str, device: Option<&str>) -> Answer {
    let mut headers = vec![("x-forwarded-for", address)];
    headers.extend(device.map(|device| ("cookie", device)));
    app.stranger().post_with("/api/session", &json!({ "name": name, "password": password }), &headers).await
}

#[tokio::test]
async fn who_guesses_is_kept_waiting_and_hinders_nobody_else() {
    const THIEF: &str = "203.0.113.5";
    let app = TestApp::square().await.unwrap();
    let device = knock(&app, "王一", PASSWORD, "198.51.100.7", None).await.cookie("fangge_device").unwrap();
    for _ in 0..5 {
        assert_eq!(knock(&app, "王一", "guess", THIEF, None).await.code(), "sign_in_failed");
    }
    let kept = knock(&app, "王一", PASSWORD, THIEF, None).await;
    assert_eq!((kept.status, kept.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "901"), "even if right");
    assert!(kept.json()["message"].as_str().unwrap().contains("16 分钟"), "{}", kept.json());
    // Another address, another name from that address, and a device that was here before, even behind that address.
    assert_eq!(knock(&app, "王一", PASSWORD, "203.0.113.6", None).await.status, StatusCode::CREATED);
    assert_eq!(knock(&app, "王二", PASSWORD, THIEF, None).await.status, StatusCode::CREATED);
    assert_eq!(knock(&app, "王一", PASSWORD, THIEF, Some(&device)).await.status, StatusCode::CREATED);
    assert_eq!(knock(&app, "王一", PASSWORD, THIEF, None).await.status, StatusCode::TOO_MANY_REQUESTS);
    // The device of one person is nobody's for another.
    assert_eq!(knock(&app, "方正", PASSWORD, "203.0.113.9", Some(&device)).await.status, StatusCode::CREATED);
    // The wait ends, and the next one is twice as long.
    app.clock.set("2026-11-23T08:15:01Z");
    assert_eq!(knock(&app, "王一", "guess", THIEF, None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(knock(&app, "王一", "guess", THIEF, None).await.header("retry-after"), "1801");
    app.clock.set("2026-11-23T08:46:00Z");
    assert_eq!(knock(&app, "王一", PASSWORD, THIEF, None).await.status, StatusCode::CREATED);
    for _ in 0..4 {
        assert_eq!(
            knock(&app, "王一", "guess", THIEF, None).await.status,
            StatusCode::UNAUTHORIZED,
            "all is forgotten"
        );
    }
}

#[tokio::test]
async fn a_device_that_is_known_is_counted_by_itself() {
    let app = TestApp::square().await.unwrap();
    let device = knock(&app, "王一", PASSWORD, "198.51.100.7", None).await.cookie("fangge_device").unwrap();
    for _ in 0..5 {
        assert_eq!(knock(&app, "王一", "slip", "198.51.100.7", Some(&device)).await.status, StatusCode::UNAUTHORIZED);
    }
    let kept = knock(&app, "王一", PASSWORD, "198.51.100.7", Some(&device)).await;
    assert_eq!(kept.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(knock(&app, "王一", PASSWORD, "198.51.100.7", None).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn names_that_nobody_has_are_counted_alike_and_many_at_once_are_no_way_round() {
    let app = TestApp::square().await.unwrap();
    for name in ["王一", "王九"] {
        let all = futures::future::join_all((0..20).map(|_| knock(&app, name, "guess", "203.0.113.5", None))).await;
        let judged = all.iter().filter(|answer| answer.status == StatusCode::UNAUTHORIZED).count();
        let kept = all.iter().filter(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS).count();
        assert_eq!((judged, kept), (5, 15), "{name}");
    }
    // What was counted and is forgiven goes; a device stays known for a year.
    let rows = async |table: &str| {
        let sql = format!("SELECT count(*) FROM {table}");
        sqlx::query_scalar::<_, i64>(&sql).fetch_one(&app.db.pool).await.unwrap()
    };
    knock(&app, "王二", PASSWORD, "203.0.113.5", None).await;
    app.clock.set("2026-11-26T08:00:00Z");
    fangge::housekeeping::tidy(&app.state).await.unwrap();
    assert_eq!((rows("sign_in_failure").await, rows("account_device").await, rows("account_session").await), (0, 1, 1));
    app.clock.set("2028-01-01T08:00:00Z");
    fangge::housekeeping::tidy(&app.state).await.unwrap();
    assert_eq!((rows("account_device").await, rows("account_session").await), (0, 0));
}

#[tokio::test]
async fn another_sites_page_may_change_nothing_and_sign_nobody_in() {
    let app = TestApp::square().await.unwrap();
    let document = app.stranger().get("/api/openapi.json").await.json();
    let unsafe_methods = ["post", "put", "patch", "delete"];
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|m| unsafe_methods.contains(&&***m)) {
            for foreign in [
                &[("origin", "http://evil.example")][..],
                &[("origin", "null")],
                &[("origin", "http://127.0.0.1:8081")],
                &[("sec-fetch-site", "cross-site")],
                &[("sec-fetch-site", "same-site")],
                &[("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "cross-site")],
            ] {
                let path = path.replace("{id}", "1");
                let asked = request(&method.to_uppercase(), &path, foreign, Body::from("{}"));
                let answer = app.send(asked).await;
                assert_eq!(
                    (answer.status, &*answer.code()),
                    (StatusCode::FORBIDDEN, "forbidden"),
                    "{method} {path} {foreign:?}"
                );
                tried += 1;
            }
        }
    }
    assert!(tried >= 30, "{tried}");
    let ours = [("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")];
    let body = json!({ "name": "王一", "password": PASSWORD });
    assert_eq!(app.stranger().post_with("/api/session", &body, &ours).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn beyond_this_machine_any_name_will_do_but_a_page_only_writes_to_its_own() {
    let app = TestApp::square().await.unwrap();
    let pool = app.state.pool.clone();
    let app = app.restarted_with(pool, |settings| settings.listen = ([0, 0, 0, 0], 8080).into());
    let at = |method: Method, origin: &str| {
        let mut asked = request(method.as_str(), "/api/sessions", &[("origin", origin)], Body::empty());
        asked.headers_mut().insert("host", "fangge.example.gov.cn".parse().unwrap());
        asked
    };
    assert_eq!(app.send(at(Method::GET, "https://fangge.example.gov.cn")).await.status, StatusCode::OK);
    assert_eq!(app.send(at(Method::DELETE, "https://fangge.example.gov.cn")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.send(at(Method::DELETE, "https://evil.example")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn sessions_are_listed_to_their_owner_and_end_at_once() {
    let app = TestApp::square().await.unwrap();
    let knock = async |agent: &str, address: &str| {
        let headers = [("user-agent", agent), ("x-forwarded-for", address)];
        let body = json!({ "name": "王一", "password": PASSWORD });
        app.stranger().post_with("/api/session", &body, &headers).await.cookie("fangge_square").unwrap()
    };
    let phone = knock("Phone 𠮷", "198.51.100.7").await;
    app.clock.set("2026-11-23T08:10:00Z");
    let office = knock("Office", "198.51.100.8").await;
    let list = async |cookie: &str| app.stranger().get_with("/api/sessions", &[("cookie", cookie)]).await;
    let told = list(&office).await.json();
    let facts = |n: usize| {
        let one = &told[n];
        (one["address"].clone(), one["user_agent"].clone(), one["current"].clone(), one["expires_at"].clone())
    };
    assert_eq!(told.as_array().unwrap().len(), 2);
    assert_eq!(facts(0), (json!("198.51.100.8"), json!("Office"), json!(true), json!("2026-11-30T08:10:00Z")));
    assert_eq!(facts(1).2, json!(false));
    // Another's can be neither seen nor ended.
    assert_eq!(app.as_("王二").get("/api/sessions").await.json().as_array().unwrap().len(), 1);
    let path = format!("/api/sessions/{}", told[1]["id"].as_str().unwrap());
    assert_eq!(app.as_("王二").delete(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.as_("王二").delete("/api/sessions/x").await.status, StatusCode::NOT_FOUND);
    let end = app.stranger().send(request("DELETE", &path, &[("cookie", &office)], Body::empty())).await;
    assert_eq!(end.status, StatusCode::NO_CONTENT);
    assert_eq!(list(&phone).await.status, StatusCode::UNAUTHORIZED, "the very next request");
    assert_eq!(list(&office).await.json().as_array().unwrap().len(), 1);
    let third = knock("Third", "198.51.100.9").await;
    app.stranger().send(request("DELETE", "/api/sessions", &[("cookie", &third)], Body::empty())).await;
    assert_eq!((list(&third).await.status, list(&office).await.status), (StatusCode::OK, StatusCode::UNAUTHORIZED));
    app.clock.set("2026-11-23T08:20:00Z");
    // The fifty-first session of an account ends its oldest: fifty are enough for anybody.
    for _ in 0..55 {
        knock("Robot", "198.51.100.9").await;
    }
    let alive: i64 =
        sqlx::query_scalar("SELECT count(*) FROM account_session WHERE staff_id = 7 AND revoked_at IS NULL")
            .fetch_one(&app.db.pool)
            .await
            .unwrap();
    assert_eq!(alive, 50);
    assert_eq!(list(&third).await.status, StatusCode::UNAUTHORIZED);
}
