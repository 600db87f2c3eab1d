//! Signing in and out, and what follows from who one is.

use axum::body::Body;
use axum::http::StatusCode;
use fangge_tests::app::{Answer, TestApp, lamp, request};
use fangge_tests::client::PASSWORD;
use serde_json::{Value, json};

async fn sign_in(app: &TestApp, name: &str, password: &str) -> Answer {
    app.stranger().post("/api/session", &json!({ "name": name, "password": password })).await
}

fn ids(page: &Value) -> Vec<i64> {
    page["features"].as_array().unwrap().iter().map(|f| f["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn who_signs_in_is_told_who_they_are_and_gets_a_cookie_that_scripts_can_not_read() {
    let app = TestApp::square().await.unwrap();
    let answer = sign_in(&app, "王一", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let me = answer.json();
    assert_eq!(
        me,
        json!({
            "staff": 7, "name": "王一", "role": "grid_member", "village": "000000001001", "grids": ["000000001001001"],
            "town": "square", "must_change_password": false, "totp": false, "session": me["session"],
        })
    );
    let line = answer.header("set-cookie");
    for part in ["fangge_square=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
    assert!(!line.contains("Secure"), "the request came over plain HTTP");
    let cookie = answer.cookie("fangge_square").unwrap();
    let with = [("cookie", &*cookie)];
    assert_eq!(app.stranger().get_with("/api/session", &with).await.json(), me);
    let police = sign_in(&app, "安警", PASSWORD).await.json();
    assert_eq!((&police["unit"], &police["role"]), (&json!("police"), &json!("partner_unit")));
    // The database knows no token: only its hash.
    let token = cookie.split_once('=').unwrap().1;
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM account_session x WHERE x::text LIKE '%' || $1 || '%'")
        .bind(token)
        .fetch_one(&app.db.pool)
        .await
        .unwrap();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn a_cookie_is_secure_where_a_trusted_proxy_speaks_https() {
    let app = TestApp::square().await.unwrap();
    let body = json!({ "name": "王一", "password": PASSWORD });
    let https = [("x-forwarded-proto", "https"), ("x-forwarded-for", "198.51.100.7")];
    let answer = app.stranger().post_with("/api/session", &body, &https).await;
    assert!(answer.header("set-cookie").contains("Secure"));
    let from: String = sqlx::query_scalar("SELECT address FROM account_session").fetch_one(&app.db.pool).await.unwrap();
    assert_eq!(from, "198.51.100.7");
}

#[tokio::test]
async fn wrong_names_and_passwords_are_told_apart_by_nobody() {
    let app = TestApp::square().await.unwrap();
    let wrong = sign_in(&app, "王一", "correct horse").await;
    let nobody = sign_in(&app, "王九", PASSWORD).await;
    sqlx::raw_sql("UPDATE account SET disabled_at = '2026-01-02Z' WHERE name = '王二'")
        .execute(&app.db.pool)
        .await
        .unwrap();
    let closed = sign_in(&app, "王二", PASSWORD).await;
    for answer in [&wrong, &nobody, &closed] {
        assert_eq!((answer.status, &*answer.code()), (StatusCode::UNAUTHORIZED, "sign_in_failed"));
        assert_eq!((answer.json(), answer.header("set-cookie")), (wrong.json(), ""));
    }
    for (body, field) in [
        (json!({ "name": "", "password": "x" }), "name"),
        (json!({ "name": "王一", "password": "" }), "password"),
        (json!({ "name": "王一", "password": "x".repeat(201) }), "password"),
        (json!({ "name": "王\u{0}", "password": "x" }), "name"),
    ] {
        let answer = app.stranger().post("/api/session", &body).await;
        assert_eq!((answer.status, &*answer.field()), (StatusCode::UNPROCESSABLE_ENTITY, field));
    }
    // What was typed as a name by someone unknown may have been a password: it is not kept.
    let names: Vec<String> = sqlx::query_scalar("SELECT name FROM audit WHERE action = 'sign_in_failed' ORDER BY name")
        .fetch_all(&app.db.pool)
        .await
        .unwrap();
    assert_eq!(names, ["", "王一", "王二"]);
}

#[tokio::test]
async fn everything_but_the_door_asks_for_a_session() {
    let app = TestApp::square().await.unwrap();
    let open = ["/api/towns", "/api/openapi.json", "/healthz", "/metrics"];
    for path in open {
        assert_eq!(app.stranger().get(path).await.status, StatusCode::OK, "{path}");
    }
    let document = app.stranger().get("/api/openapi.json").await.json();
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in
            item.as_object().unwrap().keys().filter(|m| ["get", "post", "put", "patch", "delete"].contains(&&***m))
        {
            if open.contains(&&**path) || path == "/readyz" || (path == "/api/session" && method == "post") {
                continue;
            }
            let path = path.replace("{z}", "1").replace("{x}", "0").replace("{y}", "0").replace("{id}", "1");
            let answer = app.stranger().send(request(&method.to_uppercase(), &path, &[], Body::from("{}"))).await;
            assert_eq!((answer.status, &*answer.code()), (StatusCode::UNAUTHORIZED, "signed_out"), "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 15, "{asked}");
    for cookie in ["fangge_square=", "fangge_square=AAAA", &format!("fangge_square={}", "A".repeat(43))] {
        let answer = app.stranger().get_with("/api/town", &[("cookie", cookie)]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{cookie}");
    }
}

#[tokio::test]
async fn a_session_is_of_one_town() {
    let app = TestApp::square().await.unwrap();
    app.second_town().await.unwrap();
    let cookie = sign_in(&app, "关山", PASSWORD).await.cookie("fangge_square").unwrap();
    let there = app.stranger().get_with("/api/town?town=other", &[("cookie", &cookie)]).await;
    assert_eq!(there.status, StatusCode::UNAUTHORIZED);
    let renamed = cookie.replace("fangge_square", "fangge_other");
    let there = app.stranger().get_with("/api/town?town=other", &[("cookie", &renamed)]).await;
    assert_eq!(there.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.as_("他镇关山").get("/api/town?town=other").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_ends_by_signing_out_by_idleness_and_by_age() {
    let app = TestApp::square().await.unwrap();
    let cookie = || async { sign_in(&app, "王一", PASSWORD).await.cookie("fangge_square").unwrap() };
    let status = async |cookie: &str| app.stranger().get_with("/api/session", &[("cookie", cookie)]).await.status;
    let one = cookie().await;
    let out = app.stranger().send(request("DELETE", "/api/session", &[("cookie", &one)], Body::empty())).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.header("set-cookie").contains("fangge_square=;"), "{}", out.header("set-cookie"));
    assert_eq!(status(&one).await, StatusCode::UNAUTHORIZED);

    let two = cookie().await;
    for day in ["11-26", "12-01", "12-06", "12-12", "12-18"] {
        app.clock.set(&format!("2026-{day}T08:00:00Z"));
        assert_eq!(status(&two).await, StatusCode::OK, "{day}");
    }
    app.clock.set("2026-12-23T07:59:59Z");
    assert_eq!(status(&two).await, StatusCode::OK, "seen now and then, it lives for thirty days");
    app.clock.set("2026-12-23T08:00:00Z");
    assert_eq!(status(&two).await, StatusCode::UNAUTHORIZED);

    let three = cookie().await;
    app.clock.set("2026-12-30T07:59:00Z");
    assert_eq!(status(&three).await, StatusCode::OK);
    app.clock.set("2027-01-06T07:59:00Z");
    assert_eq!(status(&three).await, StatusCode::UNAUTHORIZED, "a week unseen");
}

#[tokio::test]
async fn a_second_sign_in_of_a_browser_ends_its_first() {
    let app = TestApp::square().await.unwrap();
    let first = sign_in(&app, "王一", PASSWORD).await.cookie("fangge_square").unwrap();
    let body = json!({ "name": "王二", "password": PASSWORD });
    let second = app.stranger().post_with("/api/session", &body, &[("cookie", &first)]).await;
    let second = second.cookie("fangge_square").unwrap();
    let name = async |cookie: &str| app.stranger().get_with("/api/session", &[("cookie", cookie)]).await.json();
    assert_eq!(name(&second).await["name"], "王二");
    assert_eq!(name(&first).await["code"], "signed_out");
}

#[tokio::test]
async fn each_sees_what_lies_in_their_scope_and_what_they_brought() {
    let app = TestApp::square().await.unwrap();
    let west = app.as_("王一").report(107.005, 34.007).await;
    let south = app.as_("文静").report(107.005, 34.002).await;
    let east = app.as_("王一").report(107.015, 34.007).await;
    for (name, sees) in [
        ("关山", vec![east, south, west]),
        ("严明", vec![east, south, west]),
        ("察微", vec![east, south, west]),
        ("方正", vec![south, west]),
        ("文静", vec![south, west]),
        ("田野", vec![east]),
        ("王一", vec![east, west]),
        ("王二", vec![south]),
        ("李一", vec![east]),
        ("李二", vec![]),
        ("安警", vec![]),
        ("何平", vec![]),
        ("图南", vec![]),
        ("管钥", vec![]),
    ] {
        let client = app.as_(name);
        assert_eq!(ids(&client.get("/api/incidents").await.json()), sees, "{name}");
        for id in [west, south, east] {
            let expected = if sees.contains(&id) { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(client.get(&format!("/api/incidents/{id}")).await.status, expected, "{name} {id}");
            if expected == StatusCode::NOT_FOUND {
                assert_eq!(client.act(id, "verify").await.status, StatusCode::NOT_FOUND, "{name} {id}");
            }
        }
        let totals = client.get("/api/totals").await.json();
        let told = [&totals["open"], &totals["incidents"], &totals["villages"]].map(|n| n.as_u64().unwrap());
        assert_eq!(told, [sees.len() as u64, sees.len() as u64, 2], "{name}");
        assert_eq!(client.get("/api/grids").await.json()["features"].as_array().unwrap().len(), 4, "{name}");
    }
    // What is given to a unit, its people see; what is given to a mediator by name, they do.
    let given =
        "INSERT INTO incident_involved (town_id, party, incident_id) VALUES (1, 'unit:police', 1), (1, 'staff:12', 2)";
    sqlx::raw_sql(given).execute(&app.db.pool).await.unwrap();
    let seen = async |name: &str| ids(&app.as_(name).get("/api/incidents").await.json());
    assert_eq!((seen("安警").await, seen("康医").await), (vec![1], vec![]));
    assert_eq!((seen("𠮷祥").await, seen("何平").await), (vec![2], vec![]));
}

#[tokio::test]
async fn the_log_tells_who_acted_as_what_and_nobody_acts_as_another() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(107.005, 34.007).await;
    let path = format!("/api/incidents/{id}/events");
    let claimed = app.as_("方正").post(&path, &json!({ "action": "verify", "role": "commander" })).await;
    assert_eq!((claimed.status, &*claimed.field()), (StatusCode::UNPROCESSABLE_ENTITY, "role"));
    let own = app.as_("方正").post(&path, &json!({ "action": "verify", "role": "village_chief" })).await;
    assert_eq!(own.status, StatusCode::CREATED);
    let log = app.get(&format!("/api/incidents/{id}")).await.json()["log"].clone();
    assert_eq!(log[0]["actor"], json!({ "role": "grid_member", "name": "王一" }));
    assert_eq!(log[1]["actor"], json!({ "role": "village_chief", "name": "方正" }));
    for nobody in ["图南", "管钥"] {
        let refused = app.as_(nobody).post("/api/incidents", &lamp(107.005, 34.007)).await;
        assert_eq!((refused.status, &*refused.code()), (StatusCode::FORBIDDEN, "not_yours"), "{nobody}");
    }
}

#[tokio::test]
async fn anothers_idempotency_key_tells_nothing() {
    let app = TestApp::square().await.unwrap();
    let key = [("idempotency-key", "shared")];
    let body = lamp(107.005, 34.007);
    assert_eq!(app.as_("王一").post_with("/api/incidents", &body, &key).await.status, StatusCode::CREATED);
    let other = app.as_("李一").post_with("/api/incidents", &body, &key).await;
    assert_eq!((other.status, &*other.field()), (StatusCode::UNPROCESSABLE_ENTITY, "Idempotency-Key"));
}

#[tokio::test]
async fn who_has_to_choose_a_password_can_do_nothing_else() {
    let app = TestApp::square().await.unwrap();
    sqlx::raw_sql("UPDATE account SET must_change_password = true WHERE name = '王一'")
        .execute(&app.db.pool)
        .await
        .unwrap();
    let client = app.as_("王一");
    let refused = client.get("/api/incidents").await;
    assert_eq!((refused.status, &*refused.code()), (StatusCode::FORBIDDEN, "must_change_password"));
    assert_eq!(client.get("/api/session").await.json()["must_change_password"], true);
    assert_eq!(client.delete("/api/session").await.status, StatusCode::NO_CONTENT);
}
