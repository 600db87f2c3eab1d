//! The alert of a grave incident, until somebody who commands has acknowledged it.

use crate::life::{WEST, act, detail, done};
use axum::http::StatusCode;
use fangge_tests::app::{TestApp, lamp};
use serde_json::{Value, json};

/// A report of this severity, by the grid's member.
async fn grave(app: &TestApp, severity: u8) -> i64 {
    let mut body = lamp(WEST.0, WEST.1);
    body["severity"] = json!(severity);
    let answer = app.as_("王一").post("/api/incidents", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    answer.json()["id"].as_i64().unwrap()
}

async fn offered(app: &TestApp, name: &str, id: i64) -> bool {
    let offers = detail(app, name, id).await["offers"].clone();
    offers.as_array().unwrap().iter().any(|offer| offer["action"] == "acknowledge")
}

#[tokio::test]
async fn an_alert_stays_until_somebody_who_commands_acknowledges_it_and_says_who() {
    let app = TestApp::square().await.unwrap();
    let id = grave(&app, 2).await;
    let before = detail(&app, "严明", id).await["incident"]["properties"].clone();
    assert_eq!(before["acknowledged"], Value::Null);
    // It is the command's to notice; others see that it waits.
    for (name, may) in [("严明", true), ("关山", true), ("方正", false), ("王一", false), ("察微", false)] {
        assert_eq!(offered(&app, name, id).await, may, "{name}");
    }
    for name in ["方正", "王一"] {
        assert_eq!(
            act(&app, name, id, json!({ "action": "acknowledge" })).await.status,
            StatusCode::FORBIDDEN,
            "{name}"
        );
    }

    app.clock.set("2026-11-23T08:03:00Z");
    let told = done(&app, "关山", id, json!({ "action": "acknowledge" })).await;
    assert_eq!(told["acknowledged"], json!({ "by": "关山", "at": "2026-11-23T08:03:00Z" }));
    // Nothing else has changed: whose move it is, and its clock.
    for field in ["state", "level", "owner", "offered", "due_at"] {
        assert_eq!(told[field], before[field], "{field}");
    }
    // Others do what they do; it stays said who noticed.
    app.clock.set("2026-11-23T08:04:00Z");
    let accepted = done(&app, "王一", id, json!({ "action": "accept" })).await;
    assert_eq!(accepted["acknowledged"]["by"], "关山");
    let log = detail(&app, "方正", id).await["log"].clone();
    assert_eq!((&log[1]["action"], &log[1]["actor"]["name"]), (&json!("acknowledge"), &json!("关山")));
}

#[tokio::test]
async fn two_who_acknowledge_at_once_are_one_who_did_and_one_who_is_told() {
    let app = TestApp::square().await.unwrap();
    let id = grave(&app, 1).await;
    let body = json!({ "action": "acknowledge" });
    let (one, two) = tokio::join!(act(&app, "严明", id, body.clone()), act(&app, "关山", id, body));
    let mut statuses = [one.status, two.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::CREATED, StatusCode::UNPROCESSABLE_ENTITY]);
    let refused = if one.status == StatusCode::CREATED { two } else { one };
    assert_eq!(refused.json()["code"], "wrong_step");
    let log = detail(&app, "严明", id).await["log"].clone();
    assert_eq!(log.as_array().unwrap().iter().filter(|entry| entry["action"] == "acknowledge").count(), 1);
}

#[tokio::test]
async fn what_is_not_grave_raises_no_alert_and_what_is_opened_again_raises_a_new_one() {
    let app = TestApp::square().await.unwrap();
    let lesser = grave(&app, 3).await;
    assert!(!offered(&app, "严明", lesser).await);
    let refused = act(&app, "严明", lesser, json!({ "action": "acknowledge" })).await;
    assert_eq!(
        (refused.status, refused.json()["code"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("wrong_step"))
    );

    let id = grave(&app, 1).await;
    done(&app, "严明", id, json!({ "action": "acknowledge" })).await;
    done(&app, "严明", id, json!({ "action": "withdraw", "note": "误报" })).await;
    let again = done(&app, "严明", id, json!({ "action": "reopen", "note": "确有其事" })).await;
    assert_eq!(again["acknowledged"], Value::Null);
    assert_eq!(done(&app, "严明", id, json!({ "action": "acknowledge" })).await["acknowledged"]["by"], "严明");
}

#[tokio::test]
async fn an_alert_waits_among_the_work_of_those_who_command() {
    let app = TestApp::square().await.unwrap();
    let id = grave(&app, 2).await;
    let why = async |name: &str| {
        let work = app.as_(name).get("/api/work").await.json();
        let items = work["items"].as_array().unwrap().clone();
        items.iter().find(|item| item["incident"]["id"] == id).map(|item| item["why"].clone())
    };
    assert_eq!(why("严明").await, Some(json!("alert")));
    assert_eq!(why("关山").await, Some(json!("alert")));
    done(&app, "严明", id, json!({ "action": "acknowledge" })).await;
    assert_eq!(why("关山").await, None);
}
