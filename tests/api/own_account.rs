//! What people do with their own account: password and second factor, and what the administrator's reset does to both.

use crate::accounts::{ADMINISTRATOR, OWN, PASSWORD, deeds, session, sign_in, staff, with};
use axum::body::Body;
use axum::http::StatusCode;
use fangge_tests::app::{TestApp, request};
use serde_json::{Value, json};

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

#[tokio::test]
async fn another_password_makes_strangers_of_all_devices() {
    let app = TestApp::square().await.unwrap();
    let known = async |name: &str| -> i64 {
        let sql = "SELECT count(*) FROM account_device d JOIN account a USING (town_id, staff_id) WHERE a.town_id = 1 AND a.name = $1";
        sqlx::query_scalar(sql).bind(name).fetch_one(&app.db.pool).await.unwrap()
    };
    let here = session(&app, "方正", PASSWORD).await;
    session(&app, "方正", PASSWORD).await;
    session(&app, "何平", PASSWORD).await;
    assert_eq!((known("方正").await, known("何平").await), (2, 1));
    let refused = json!({ "old": "wrong horse battery", "new": OWN });
    with(&app, &here, "PUT", "/api/session/password", &refused).await;
    assert_eq!(known("方正").await, 2);
    let changed = with(&app, &here, "PUT", "/api/session/password", &json!({ "old": PASSWORD, "new": OWN })).await;
    assert_eq!((changed.status, known("方正").await, known("何平").await), (StatusCode::NO_CONTENT, 0, 1));
    let member = staff(&app, "何平").await;
    app.as_(ADMINISTRATOR).post(&format!("/api/accounts/{member}/password"), &Value::Null).await;
    assert_eq!(known("何平").await, 0);
    session(&app, "方正", OWN).await;
    assert_eq!(known("方正").await, 1, "and known again from the next sign-in on");
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
