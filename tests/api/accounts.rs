//! Accounts: made, changed and closed by the administrator, and kept by their own people.

use axum::body::Body;
use axum::http::StatusCode;
use fangge_tests::app::{Answer, TestApp, request};
use serde_json::{Value, json};

const ADMINISTRATOR: &str = "管钥";
const PASSWORD: &str = "correct horse battery";
const OWN: &str = "一只黄狗看着村口的三口井";

/// Signs in as nobody's browser; the answer.
async fn sign_in(app: &TestApp, name: &str, password: &str, code: Option<&str>) -> Answer {
    let mut body = json!({ "name": name, "password": password });
    if let Some(code) = code {
        body["code"] = code.into();
    }
    app.stranger().post("/api/session", &body).await
}

/// The cookie of a session of one's own, apart from those that the test's clients keep.
async fn session(app: &TestApp, name: &str, password: &str) -> String {
    let answer = sign_in(app, name, password, None).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{name}: {}", answer.json());
    answer.cookie("fangge_square").unwrap()
}

/// Sends a request with a cookie.
async fn with(app: &TestApp, cookie: &str, method: &str, path: &str, body: &Value) -> Answer {
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

async fn staff(app: &TestApp, name: &str) -> i64 {
    let list = app.as_(ADMINISTRATOR).get("/api/accounts").await.json();
    let found = list.as_array().unwrap().iter().find(|account| account["name"] == name);
    found.unwrap_or_else(|| panic!("{name} has no account"))["staff"].as_i64().unwrap()
}

/// The deeds of one kind that the audit log holds, newest first.
async fn deeds(app: &TestApp, action: &str) -> Vec<Value> {
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
async fn a_password_of_ones_own_needs_the_old_one_and_ends_the_other_sessions() {
    let app = TestApp::square().await.unwrap();
    let (here, elsewhere) = (session(&app, "方正", PASSWORD).await, session(&app, "方正", PASSWORD).await);
    let change = async |old: &str, new: &str| {
        with(&app, &here, "PUT", "/api/session/password", &json!({ "old": old, "new": new })).await
    };
    for (old, new, field) in [
        ("wrong horse battery", OWN, "old"),
        (PASSWORD, "short", "new"),
        (PASSWORD, "方正方正方正方正2026", "new"),
        (PASSWORD, "Manchester", "new"),
        (PASSWORD, &*"长".repeat(201), "new"),
        (PASSWORD, PASSWORD, "new"),
    ] {
        let refused = change(old, new).await;
        assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{new}");
    }
    let english = request(
        "PUT",
        "/api/session/password",
        &[("cookie", &here), ("accept-language", "en")],
        Body::from(json!({ "old": PASSWORD, "new": "1234567890" }).to_string()),
    );
    let told = app.stranger().send(english).await.json()["message"].as_str().unwrap().to_owned();
    assert!(told.contains("commonest"), "{told}");
    assert_eq!(with(&app, &elsewhere, "GET", "/api/session", &Value::Null).await.status, StatusCode::OK);
    let long = "𠮷祥家的井".repeat(40);
    assert_eq!(change(PASSWORD, &long).await.status, StatusCode::NO_CONTENT);
    assert_eq!(with(&app, &here, "GET", "/api/session", &Value::Null).await.status, StatusCode::OK);
    assert_eq!(with(&app, &elsewhere, "GET", "/api/session", &Value::Null).await.code(), "signed_out");
    assert_eq!(sign_in(&app, "方正", PASSWORD, None).await.code(), "sign_in_failed");
    session(&app, "方正", &long).await;
}

#[tokio::test]
async fn who_has_taken_a_session_over_does_not_guess_in_it_without_end() {
    let app = TestApp::square().await.unwrap();
    let (taken, own) = (session(&app, "方正", PASSWORD).await, session(&app, "方正", PASSWORD).await);
    let guess = async |cookie: &str, old: &str| {
        with(&app, cookie, "PUT", "/api/session/password", &json!({ "old": old, "new": OWN })).await
    };
    for _ in 0..5 {
        assert_eq!(guess(&taken, "wrong horse battery").await.field(), "old");
    }
    let waits = guess(&taken, PASSWORD).await;
    assert_eq!((waits.status, waits.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many"));
    assert_eq!(waits.header("retry-after"), "901");
    assert_eq!(guess(&own, PASSWORD).await.status, StatusCode::NO_CONTENT, "their own session is not hindered");
    assert_eq!(guess(&taken, PASSWORD).await.code(), "signed_out");
}

#[tokio::test]
async fn the_administrators_reset_ends_sessions_and_takes_the_second_factor_away() {
    let app = TestApp::square().await.unwrap();
    let cookie = session(&app, "何平", PASSWORD).await;
    enrol(&app, &cookie).await;
    let member = staff(&app, "何平").await;
    assert_eq!(sign_in(&app, "何平", PASSWORD, None).await.code(), "code_needed");
    let reset = app.as_(ADMINISTRATOR).post(&format!("/api/accounts/{member}/password"), &Value::Null).await;
    assert_eq!(reset.status, StatusCode::OK);
    let given = reset.json()["password"].as_str().unwrap().to_owned();
    assert_eq!(with(&app, &cookie, "GET", "/api/session", &Value::Null).await.code(), "signed_out");
    let me = sign_in(&app, "何平", &given, None).await;
    assert_eq!(
        (me.status, &me.json()["must_change_password"], &me.json()["totp"]),
        (StatusCode::CREATED, &json!(true), &json!(false))
    );
    assert_eq!(deeds(&app, "reset_password").await[0]["details"]["totp"], "disabled");
}

/// Sets a second factor up for who has this cookie; the link that their authenticator has read.
async fn enrol(app: &TestApp, cookie: &str) -> String {
    let shown = with(app, cookie, "POST", "/api/session/totp", &Value::Null).await;
    assert_eq!((shown.status, shown.header("cache-control")), (StatusCode::OK, "no-store"));
    let link = shown.json()["uri"].as_str().unwrap().to_owned();
    let confirmed = with(app, cookie, "PUT", "/api/session/totp", &json!({ "code": code(app, &link) })).await;
    assert_eq!(confirmed.status, StatusCode::NO_CONTENT, "{:?}", confirmed.bytes);
    link
}

/// What an authenticator that has read this link shows at the test's time.
fn code(app: &TestApp, link: &str) -> String {
    let authenticator = totp_rs::TOTP::from_url(link).unwrap();
    authenticator.generate(u64::try_from(app.state.now().timestamp()).unwrap())
}

#[tokio::test]
async fn a_second_factor_is_set_up_asked_for_used_once_and_given_up() {
    let app = TestApp::square().await.unwrap();
    let cookie = session(&app, "察微", PASSWORD).await;
    let own = "/api/session/totp";
    assert_eq!(with(&app, &cookie, "PUT", own, &json!({ "code": "000000" })).await.status, StatusCode::CONFLICT);
    // A secret that was shown and not confirmed asks for nothing, and the next one takes its place.
    let first = with(&app, &cookie, "POST", own, &Value::Null).await.json();
    session(&app, "察微", PASSWORD).await;
    let shown = with(&app, &cookie, "POST", own, &Value::Null).await.json();
    let link = shown["uri"].as_str().unwrap();
    assert!(link.contains(shown["secret"].as_str().unwrap()), "{link}");
    assert!(shown["qr"].as_str().unwrap().starts_with("data:image/png;base64,"));
    let stale = json!({ "code": code(&app, first["uri"].as_str().unwrap()) });
    let refused = with(&app, &cookie, "PUT", own, &stale).await;
    assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "code"));
    let now = code(&app, link);
    assert_eq!(with(&app, &cookie, "PUT", own, &json!({ "code": now })).await.status, StatusCode::NO_CONTENT);
    assert_eq!(with(&app, &cookie, "POST", own, &Value::Null).await.status, StatusCode::CONFLICT);

    // Asked for; the code that confirmed it does not sign in, nor does any code twice.
    let asked = sign_in(&app, "察微", PASSWORD, None).await;
    assert_eq!(
        (asked.status, asked.code(), asked.field()),
        (StatusCode::UNAUTHORIZED, "code_needed".into(), "code".into())
    );
    assert_eq!(sign_in(&app, "察微", PASSWORD, Some(&now)).await.status, StatusCode::UNAUTHORIZED);
    app.clock.set("2026-11-23T08:00:30Z");
    let next = code(&app, link);
    assert_eq!(sign_in(&app, "察微", PASSWORD, Some("000000")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&app, "察微", "wrong", Some(&next)).await.code(), "sign_in_failed");
    assert_eq!(sign_in(&app, "察微", PASSWORD, Some(&next)).await.status, StatusCode::CREATED);
    assert_eq!(sign_in(&app, "察微", PASSWORD, Some(&next)).await.status, StatusCode::UNAUTHORIZED);
    // Two who have seen the same code at once: one comes in.
    app.clock.set("2026-11-23T08:01:00Z");
    let seen = code(&app, link);
    let both =
        futures::join!(sign_in(&app, "察微", PASSWORD, Some(&seen)), sign_in(&app, "察微", PASSWORD, Some(&seen)));
    let came_in = [both.0.status, both.1.status].iter().filter(|status| **status == StatusCode::CREATED).count();
    assert_eq!(came_in, 1);

    // The database holds it sealed.
    let kept: Vec<u8> = sqlx::query_scalar("SELECT totp_secret FROM account WHERE town_id = 1 AND name = '察微'")
        .fetch_one(&app.db.pool)
        .await
        .unwrap();
    let raw = totp_rs::TOTP::from_url(link).unwrap().secret;
    assert!(!kept.windows(raw.len()).any(|part| part == raw) && kept.len() == 24 + raw.len() + 16);

    let wrong = with(&app, &cookie, "DELETE", own, &json!({ "password": "wrong" })).await;
    assert_eq!(wrong.field(), "password");
    let given_up = with(&app, &cookie, "DELETE", own, &json!({ "password": PASSWORD })).await;
    assert_eq!(given_up.status, StatusCode::NO_CONTENT);
    session(&app, "察微", PASSWORD).await;
    for action in ["enable_totp", "disable_totp"] {
        assert_eq!(deeds(&app, action).await.len(), 1, "{action}");
    }
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
