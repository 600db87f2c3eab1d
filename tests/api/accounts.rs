//! Accounts: made, changed and closed by the administrator, and kept by their own people.

use axum::body::Body;
use axum::http::StatusCode;
use fangge_tests::app::{Answer, TestApp, request};
use serde_json::{Value, json};

pub const ADMINISTRATOR: &str = "管钥";
pub const PASSWORD: &str = "correct horse battery";
pub const OWN: &str = "一只黄狗看着村口的三口井";

/// Signs in as nobody's browser; the answer.
pub async fn sign_in(app: &TestApp, name: &str, password: &str, code: Option<&str>) -> Answer {
    let mut body = json!({ "name": name, "password": password });
    if let Some(code) = code {
        body["code"] = code.into();
    }
    app.stranger().post("/api/session", &body).await
}

/// The cookie of a session of one's own, apart from those that the test's clients keep.
pub async fn session(app: &TestApp, name: &str, password: &str) -> String {
    let answer = sign_in(app, name, password, None).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{name}: {}", answer.json());
    answer.cookie("fangge_square").unwrap()
}

/// Sends a request with a cookie.
pub async fn with(app: &TestApp, cookie: &str, method: &str, path: &str, body: &Value) -> Answer {
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    app.stranger().send(request(method, path, &[("cookie", cookie)], body)).await
}

/// Changes the password that someone was given; their cookie from then on.
async fn settle(app: &TestApp, name: &str, given: &str) -> String {
    let cookie = session(app, name, given).await;
    let change = json!({ "old": given, "new": OWN });
    let changed = with(app, &cookie, "PUT", "/api/session/password", &change).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{:?}", changed.bytes);
    cookie
}

pub async fn staff(app: &TestApp, name: &str) -> i64 {
    let list = app.as_(ADMINISTRATOR).get("/api/accounts").await.json();
    let found = list.as_array().unwrap().iter().find(|account| account["name"] == name);
    found.unwrap_or_else(|| panic!("{name} has no account"))["staff"].as_i64().unwrap()
}

/// The deeds of one kind that the audit log holds, newest first.
pub async fn deeds(app: &TestApp, action: &str) -> Vec<Value> {
    let page = app.as_("察微").get(&format!("/api/audit?action={action}")).await.json();
    page["entries"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_account_is_made_handed_over_used_and_closed() {
    let app = TestApp::square().await.unwrap();
    let new = json!({ "name": "𠮷田芳", "role": "village_chief", "village": "000000001001" });
    let made = app.as_(ADMINISTRATOR).post("/api/accounts", &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    assert_eq!(made.header("cache-control"), "no-store");
    let made = made.json();
    assert_eq!((&made["account"]["name"], &made["account"]["village"]), (&new["name"], &new["village"]));
    let staff = made["account"]["staff"].as_i64().unwrap();
    let given = made["password"].as_str().unwrap();

    // With the password that was given, one can do nothing but choose another.
    let cookie = session(&app, "𠮷田芳", given).await;
    assert_eq!(with(&app, &cookie, "GET", "/api/session", &Value::Null).await.json()["must_change_password"], true);
    let refused = with(&app, &cookie, "GET", "/api/incidents", &Value::Null).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "must_change_password"));
    let cookie = settle(&app, "𠮷田芳", given).await;
    assert_eq!(with(&app, &cookie, "GET", "/api/incidents", &Value::Null).await.status, StatusCode::OK);
    assert_eq!(sign_in(&app, "𠮷田芳", given, None).await.code(), "sign_in_failed");

    // Closed: the next request is nobody's, and the door stays shut.
    let path = format!("/api/accounts/{staff}");
    let closed = app.as_(ADMINISTRATOR).patch(&path, &json!({ "disabled": true })).await;
    assert_eq!((closed.status, &closed.json()["disabled"]), (StatusCode::OK, &json!(true)));
    assert_eq!(with(&app, &cookie, "GET", "/api/incidents", &Value::Null).await.code(), "signed_out");
    assert_eq!(sign_in(&app, "𠮷田芳", OWN, None).await.code(), "sign_in_failed");
    let listed = app.get("/api/staff").await.json();
    assert!(listed.as_array().unwrap().iter().all(|one| one["name"] != "𠮷田芳"), "who has left is given no work");
    // Open again: a new session, not the old one.
    app.as_(ADMINISTRATOR).patch(&path, &json!({ "disabled": false })).await;
    assert_eq!(with(&app, &cookie, "GET", "/api/incidents", &Value::Null).await.code(), "signed_out");
    session(&app, "𠮷田芳", OWN).await;

    for action in ["add_account", "disable_account", "enable_account", "change_password"] {
        let deeds = deeds(&app, action).await;
        assert_eq!(
            (deeds.len(), &deeds[0]["object"], &deeds[0]["key"]),
            (1, &json!("account"), &json!(staff.to_string()))
        );
    }
    let all = app.as_("察微").get("/api/audit?limit=500").await;
    let all = String::from_utf8_lossy(&all.bytes).into_owned();
    assert!(!all.contains(given) && !all.contains(OWN), "no password stands in the log of deeds");
}

#[tokio::test]
async fn a_name_is_any_script_of_forty_characters_in_one_line_and_nobody_elses() {
    let app = TestApp::square().await.unwrap();
    let add = async |name: &str| {
        app.as_(ADMINISTRATOR).post("/api/accounts", &json!({ "name": name, "role": "mediator" })).await
    };
    let long = "𠮷".repeat(40);
    for name in [&*long, "Łukasz O’Neill", "ཀརྨ", "محمد", "👩‍🌾"] {
        let made = add(name).await;
        assert_eq!((made.status, made.json()["account"]["name"].as_str()), (StatusCode::CREATED, Some(name)));
    }
    for name in ["", " ", &*"𠮷".repeat(41), "方\n正", "方\u{0}正", "方\u{7}正", "方\u{202e}正", "王一"] {
        let refused = add(name).await;
        assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "name"), "{name:?}");
    }
    let unit = json!({ "code": "post", "name": { "zh": "𠮷祥邮政所\u{1}", "en": "Post" } });
    assert_eq!(app.as_(ADMINISTRATOR).post("/api/units", &unit).await.field(), "name");
}

#[tokio::test]
async fn a_role_comes_with_what_it_is_bound_to_and_the_town_must_have_it() {
    let app = TestApp::square().await.unwrap();
    for (given, field) in [
        (json!({ "role": "village_chief" }), "village"),
        (json!({ "role": "village_chief", "village": "000000001009" }), "village"),
        (json!({ "role": "commander", "village": "000000001001" }), "village"),
        (json!({ "role": "grid_member" }), "grids"),
        (json!({ "role": "grid_member", "grids": ["000000001001009"] }), "grids"),
        (json!({ "role": "grid_member", "grids": ["000000001001001", "000000001002001"] }), "grids"),
        (json!({ "role": "partner_unit" }), "unit"),
        (json!({ "role": "partner_unit", "unit": "navy" }), "unit"),
        (json!({ "role": "auditor", "unit": "police" }), "unit"),
        (json!({ "role": "emperor" }), "role"),
        (json!({ "role": "auditor", "salary": 1 }), "salary"),
    ] {
        let mut new = given.clone();
        new["name"] = "新人".into();
        let refused = app.as_(ADMINISTRATOR).post("/api/accounts", &new).await;
        assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{given}");
    }
    assert!(deeds(&app, "add_account").await.is_empty());
    let member = json!({ "name": "新人", "role": "grid_member", "grids": ["000000001002002", "000000001002001"] });
    let made = app.as_(ADMINISTRATOR).post("/api/accounts", &member).await.json();
    assert_eq!(made["account"]["village"], "000000001002");
    assert_eq!(made["account"]["grids"], json!(["000000001002001", "000000001002002"]));
}

#[tokio::test]
async fn accounts_are_the_administrators_to_keep_and_others_towns_are_none() {
    let app = TestApp::square().await.unwrap();
    let new = json!({ "name": "新人", "role": "mediator" });
    for (name, reads) in [
        ("关山", true),
        ("严明", true),
        ("方正", false),
        ("文静", false),
        ("王一", false),
        ("何平", false),
        ("安警", false),
        ("图南", false),
        ("察微", false),
    ] {
        let person = app.as_(name);
        let expected = if reads { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(person.get("/api/accounts").await.status, expected, "{name}");
        let refused = person.post("/api/accounts", &new).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "denied"), "{name}");
        assert_eq!(person.patch("/api/accounts/7", &json!({ "disabled": true })).await.status, StatusCode::FORBIDDEN);
        assert_eq!(person.post("/api/accounts/7/password", &Value::Null).await.status, StatusCode::FORBIDDEN);
        assert_eq!(
            person.post("/api/units", &json!({ "code": "x", "name": { "zh": "x", "en": "x" } })).await.status,
            StatusCode::FORBIDDEN
        );
    }
    for (method, path) in [
        ("GET", "/api/accounts"),
        ("POST", "/api/accounts"),
        ("GET", "/api/staff"),
        ("GET", "/api/units"),
        ("POST", "/api/session/totp"),
        ("PUT", "/api/session/password"),
        ("GET", "/api/audit"),
    ] {
        let refused = app.stranger().send(request(method, path, &[], Body::from("{}"))).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNAUTHORIZED, "signed_out"), "{path}");
    }
    app.second_town().await.unwrap();
    let elsewhere: i32 = sqlx::query_scalar("SELECT max(staff_id) + 1 FROM staff WHERE town_id = 1")
        .fetch_one(&app.db.pool)
        .await
        .unwrap();
    sqlx::raw_sql(&format!(
        "INSERT INTO staff (town_id, staff_id, role, name) VALUES (2, {elsewhere}, 'mediator', '别镇人');
         INSERT INTO account (town_id, staff_id, name, password_hash, password_changed_at, created_at)
         VALUES (2, {elsewhere}, '别镇人', 'x', '2020-01-01Z', '2020-01-01Z')"
    ))
    .execute(&app.db.pool)
    .await
    .unwrap();
    for key in [elsewhere.to_string(), "999".into(), "none".into(), "99999999999".into()] {
        let administrator = app.as_(ADMINISTRATOR);
        let path = format!("/api/accounts/{key}");
        assert_eq!(
            administrator.patch(&path, &json!({ "disabled": true })).await.status,
            StatusCode::NOT_FOUND,
            "{key}"
        );
        let reset = administrator.post(&format!("{path}/password"), &Value::Null).await;
        assert_eq!(reset.status, StatusCode::NOT_FOUND, "{key}");
    }
}

#[tokio::test]
async fn another_role_holds_from_the_next_request_on_and_is_written_down() {
    let app = TestApp::square().await.unwrap();
    let west = app.report(107.005, 34.007).await;
    let cookie = session(&app, "李一", PASSWORD).await;
    let path = format!("/api/incidents/{west}");
    assert_eq!(with(&app, &cookie, "GET", &path, &Value::Null).await.status, StatusCode::NOT_FOUND);
    let member = staff(&app, "李一").await;
    let promoted = json!({ "role": "village_chief", "village": "000000001001" });
    let answer = app.as_(ADMINISTRATOR).patch(&format!("/api/accounts/{member}"), &promoted).await;
    assert_eq!((answer.status, &answer.json()["grids"]), (StatusCode::OK, &json!([])));
    assert_eq!(with(&app, &cookie, "GET", &path, &Value::Null).await.status, StatusCode::OK);
    let deeds = deeds(&app, "change_account").await;
    assert_eq!(deeds[0]["details"]["role"], "grid_member → village_chief");
    assert_eq!(deeds[0]["name"], ADMINISTRATOR);
    // A change that changes nothing is no deed.
    app.as_(ADMINISTRATOR).patch(&format!("/api/accounts/{member}"), &promoted).await;
    assert_eq!(self::deeds(&app, "change_account").await.len(), 1);
    // A scope without a role: the role stays.
    let moved = json!({ "village": "000000001002" });
    let answer = app.as_(ADMINISTRATOR).patch(&format!("/api/accounts/{member}"), &moved).await;
    assert_eq!(answer.json()["role"], "village_chief");
    assert_eq!(with(&app, &cookie, "GET", &path, &Value::Null).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_last_administrator_stays_one_whoever_is_quicker() {
    let app = TestApp::square().await.unwrap();
    let first = staff(&app, ADMINISTRATOR).await;
    let path = format!("/api/accounts/{first}");
    for change in [json!({ "disabled": true }), json!({ "role": "planner" })] {
        let refused = app.as_(ADMINISTRATOR).patch(&path, &change).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "conflict"), "{change}");
    }
    assert_eq!(app.as_(ADMINISTRATOR).get("/api/accounts").await.status, StatusCode::OK, "nothing of it was written");
    let second = json!({ "name": "副钥", "role": "administrator" });
    let made = app.as_(ADMINISTRATOR).post("/api/accounts", &second).await.json();
    let one = session(&app, ADMINISTRATOR, PASSWORD).await;
    let other = settle(&app, "副钥", made["password"].as_str().unwrap()).await;
    let second = format!("/api/accounts/{}", made["account"]["staff"]);
    // Each takes the other's role at the same moment: one of them is left.
    let away = json!({ "role": "planner" });
    let (a, b) = futures::join!(with(&app, &one, "PATCH", &second, &away), with(&app, &other, "PATCH", &path, &away));
    let statuses = [a.status, b.status];
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{statuses:?}");
    let left = "SELECT count(*) FROM staff WHERE town_id = 1 AND role = 'administrator'";
    assert_eq!(sqlx::query_scalar::<_, i64>(left).fetch_one(&app.db.pool).await.unwrap(), 1);
}

#[tokio::test]
async fn units_are_made_and_renamed_and_everyone_knows_them() {
    let app = TestApp::square().await.unwrap();
    let power = json!({ "code": "power", "name": { "zh": "方镇供电所", "en": "Square Town Power Station" } });
    let made = app.as_(ADMINISTRATOR).post("/api/units", &power).await;
    assert_eq!((made.status, made.json()), (StatusCode::CREATED, power.clone()));
    let again = app.as_(ADMINISTRATOR).post("/api/units", &power).await;
    assert_eq!((again.status, again.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "code"));
    let renamed = json!({ "name": { "zh": "方镇派出所（新）", "en": "New Police Station" } });
    assert_eq!(app.as_(ADMINISTRATOR).patch("/api/units/police", &renamed).await.status, StatusCode::OK);
    assert_eq!(app.as_(ADMINISTRATOR).patch("/api/units/navy", &renamed).await.status, StatusCode::NOT_FOUND);
    let list = app.as_("王一").get("/api/units").await.json();
    let codes: Vec<&str> = list.as_array().unwrap().iter().map(|unit| unit["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["clinic", "police", "power"]);
    assert_eq!(list[1]["name"], renamed["name"]);
}

#[tokio::test]
async fn the_staff_are_known_to_those_who_give_out_work() {
    let app = TestApp::square().await.unwrap();
    let list = app.as_("田野").get("/api/staff").await.json();
    let member = list.as_array().unwrap().iter().find(|one| one["name"] == "李一").unwrap();
    let expected = json!({ "staff": 9, "name": "李一", "role": "grid_member", "village": "000000001002", "grids": ["000000001002001"] });
    assert_eq!(*member, expected);
    assert_eq!(app.as_("图南").get("/api/staff").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn administrators_see_no_case() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(107.005, 34.007).await;
    let administrator = app.as_(ADMINISTRATOR);
    assert_eq!(administrator.get("/api/incidents").await.json()["features"], json!([]));
    for path in [format!("/api/incidents/{id}"), format!("/api/incidents/{id}/parties?reason=看看")] {
        assert_eq!(administrator.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(administrator.get("/api/audit").await.status, StatusCode::FORBIDDEN);
}
