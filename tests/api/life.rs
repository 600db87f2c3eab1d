//! An incident's whole life, by the people who answer for it.

use axum::http::StatusCode;
use fangge::deadlines;
use fangge_tests::app::{Answer, TestApp};
use serde_json::{Value, json};

/// A place in the grid of 王一, in the village of 方正 and 文静.
pub const WEST: (f64, f64) = (107.005, 34.007);

pub async fn act(app: &TestApp, name: &str, id: i64, body: Value) -> Answer {
    app.as_(name).post(&format!("/api/incidents/{id}/events"), &body).await
}

/// Takes a step that must be taken; the incident's properties then.
pub async fn done(app: &TestApp, name: &str, id: i64, body: Value) -> Value {
    let answer = act(app, name, id, body.clone()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{name} {body}: {}", answer.json());
    answer.json()["properties"].clone()
}

pub async fn detail(app: &TestApp, name: &str, id: i64) -> Value {
    let answer = app.as_(name).get(&format!("/api/incidents/{id}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.json());
    answer.json()
}

fn actions(detail: &Value) -> Vec<String> {
    let offers = detail["offers"].as_array().unwrap();
    offers.iter().map(|o| o["action"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn from_the_field_to_the_archive_by_those_who_answer() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(WEST.0, WEST.1).await;
    let at_first = detail(&app, "王一", id).await;
    assert_eq!(at_first["incident"]["properties"]["owner"], "grid");
    assert!(actions(&at_first).contains(&"accept".to_owned()));
    assert_eq!(at_first["clock"]["left"], 60);
    done(&app, "王一", id, json!({ "action": "pass_up", "note": "需村上协调" })).await;
    let passed = detail(&app, "方正", id).await;
    assert_eq!(passed["incident"]["properties"]["owner"], "grid", "who had it first answers until another accepts");
    assert_eq!(passed["incident"]["properties"]["offered"], "village");
    assert_eq!(passed["clock"]["turn"], "village");
    done(&app, "方正", id, json!({ "action": "accept" })).await;
    done(&app, "方正", id, json!({ "action": "dispatch", "to": "staff:8" })).await;
    let of_wang_er = detail(&app, "王二", id).await;
    assert_eq!(actions(&of_wang_er), ["start", "return", "note"], "given to him by name, he sees it in another grid");
    done(&app, "王二", id, json!({ "action": "start" })).await;
    done(&app, "王二", id, json!({ "action": "report_back", "note": "已修好" })).await;
    let own = act(&app, "王二", id, json!({ "action": "check" })).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "{}", own.json());
    done(&app, "文静", id, json!({ "action": "check" })).await;
    done(&app, "方正", id, json!({ "action": "close" })).await;
    let told = done(&app, "文静", id, json!({ "action": "follow_up", "satisfaction": 5 })).await;
    assert_eq!(told["state"], "closed");
    let told = done(&app, "文静", id, json!({ "action": "archive" })).await;
    assert_eq!((told["state"].as_str(), told["level"].as_str()), (Some("archived"), Some("village")));
    let after = detail(&app, "方正", id).await;
    assert_eq!(actions(&after), ["reopen"], "nothing after archiving but reopening");
    let log: Vec<&str> = after["log"].as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
    assert_eq!(
        log,
        ["report", "pass_up", "accept", "dispatch", "start", "report_back", "check", "close", "follow_up", "archive"]
    );
    assert_eq!(after["log"][3]["with"], json!({ "to": "staff:8" }));
    assert_eq!(after["spans"][0]["turn"], "grid");
}

#[tokio::test]
async fn refusals_say_what_is_wrong_and_what_is_possible() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(WEST.0, WEST.1).await;
    let wrong = act(&app, "方正", id, json!({ "action": "close" })).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = wrong.json();
    assert_eq!((told["code"].as_str(), told["state"].as_str()), (Some("wrong_step"), Some("reported")));
    let possible: Vec<&str> = told["possible"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
    assert!(possible.contains(&"accept") && !possible.contains(&"close"), "{possible:?}");
    let not_yours = act(&app, "方正", id, json!({ "action": "accept" })).await;
    assert_eq!((not_yours.status, not_yours.code()), (StatusCode::FORBIDDEN, "not_yours".to_owned()));
    let foreign = act(&app, "李一", id, json!({ "action": "accept" })).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "of what one may not know: not forbidden, not there");
    let stale = act(&app, "王一", id, json!({ "action": "accept", "seen_seq": 99 })).await;
    assert_eq!((stale.status, stale.code()), (StatusCode::CONFLICT, "moved".to_owned()));
    assert_eq!(stale.json()["incident"]["id"], id, "with the new state");
    for (field, name, body) in [
        ("note", "王一", json!({ "action": "pass_up" })),
        ("note", "王一", json!({ "action": "pass_up", "note": "\u{7}" })),
        ("note", "王一", json!({ "action": "pass_up", "note": "长".repeat(2001) })),
        ("until", "察微", json!({ "action": "supervise", "note": "请加快" })),
        ("until", "察微", json!({ "action": "supervise", "note": "请加快", "until": "2020-01-01T00:00:00Z" })),
        ("other", "王一", json!({ "action": "merge" })),
        ("other", "王一", json!({ "action": "merge", "other": id })),
        ("other", "王一", json!({ "action": "merge", "other": 4711 })),
        ("role", "王一", json!({ "action": "accept", "role": "commander" })),
        ("minutes", "方正", json!({ "action": "extend", "note": "雨天", "minutes": 61 })),
    ] {
        let answer = act(&app, name, id, body.clone()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", answer.json());
        assert_eq!(answer.field(), field, "{body}");
    }
    assert_eq!(detail(&app, "王一", id).await["log"].as_array().unwrap().len(), 1, "nothing half-written");
    let any_script = done(&app, "王一", id, json!({ "action": "note", "note": "𠮷家门前 — ñandú 🚒" })).await;
    assert_eq!(any_script["state"], "reported");
    assert_eq!(detail(&app, "王一", id).await["log"][1]["note"], "𠮷家门前 — ñandú 🚒");
}

#[tokio::test]
async fn an_assignment_is_undone_or_returned_with_its_reason() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(WEST.0, WEST.1).await;
    done(&app, "王一", id, json!({ "action": "accept" })).await;
    done(&app, "王一", id, json!({ "action": "pass_up", "note": "需协调" })).await;
    let back = done(&app, "王一", id, json!({ "action": "undo" })).await;
    assert_eq!(
        (back["state"].as_str(), back["level"].as_str(), back["offered"].as_str()),
        (Some("accepted"), Some("grid"), None)
    );
    done(&app, "王一", id, json!({ "action": "pass_up", "note": "还是需协调" })).await;
    let back = done(&app, "方正", id, json!({ "action": "return", "note": "组上可以处理" })).await;
    assert_eq!((back["state"].as_str(), back["owner"].as_str()), (Some("accepted"), Some("grid")));
    let log = detail(&app, "王一", id).await["log"].clone();
    let last = log.as_array().unwrap().last().unwrap().clone();
    assert_eq!((last["note"].as_str(), last["actor"]["name"].as_str()), (Some("组上可以处理"), Some("方正")));
    let late = act(&app, "王一", id, json!({ "action": "undo" })).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing is offered any more");
}

#[tokio::test]
async fn a_unit_sees_what_is_referred_to_it_and_answers() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(WEST.0, WEST.1).await;
    assert_eq!(app.as_("安警").get(&format!("/api/incidents/{id}")).await.status, StatusCode::NOT_FOUND);
    done(&app, "王一", id, json!({ "action": "pass_up", "note": "需公安" })).await;
    done(&app, "方正", id, json!({ "action": "pass_up", "note": "需公安" })).await;
    done(&app, "严明", id, json!({ "action": "accept" })).await;
    let nobody = act(&app, "严明", id, json!({ "action": "refer", "to": "unit:army", "note": "请办理" })).await;
    assert_eq!((nobody.status, nobody.field()), (StatusCode::UNPROCESSABLE_ENTITY, "to".to_owned()));
    let referred = done(&app, "严明", id, json!({ "action": "refer", "to": "unit:police", "note": "请办理" })).await;
    assert_eq!(referred["due_at"], Value::Null, "the clock stands still while it is referred");
    assert_eq!(actions(&detail(&app, "安警", id).await), ["accept", "return", "answer", "note"]);
    assert_eq!(app.as_("康医").get(&format!("/api/incidents/{id}")).await.status, StatusCode::NOT_FOUND);
    let accepted = done(&app, "安警", id, json!({ "action": "accept" })).await;
    assert_eq!(accepted["owner"], "unit:police");
    let answered = done(&app, "安警", id, json!({ "action": "answer", "note": "已处理" })).await;
    assert_eq!((answered["state"].as_str(), answered["owner"].as_str()), (Some("reported_back"), Some("town")));
    assert!(answered["due_at"].is_string(), "and runs on");
}

#[tokio::test]
async fn duplicates_are_found_near_by_and_linked_both_ways() {
    let app = TestApp::square().await.unwrap();
    let first = app.report(WEST.0, WEST.1).await;
    let second = app.report(WEST.0 + 0.0003, WEST.1).await;
    app.report(WEST.0, 34.0001).await;
    let found = app.as_("王一").get(&format!("/api/incidents/{second}/nearby")).await.json();
    assert_eq!(found.as_array().unwrap().len(), 1, "within its reporter's sight and 500 m: {found}");
    assert_eq!((found[0]["incident"]["id"].as_i64(), found[0]["same_category"].as_bool()), (Some(first), Some(true)));
    let metres = found[0]["metres"].as_f64().unwrap();
    assert!((27.0..28.5).contains(&metres), "0.0003 degrees of longitude at 34° N are 27.7 m: {metres}");
    let merged = done(&app, "王一", second, json!({ "action": "merge", "other": first })).await;
    assert_eq!(merged["state"], "merged");
    assert_eq!(detail(&app, "王一", second).await["merged_into"]["id"], first);
    let main = detail(&app, "王一", first).await;
    assert_eq!(main["absorbed"][0]["id"], second);
    assert_eq!(main["log"][1]["action"], "absorb");
    let again = done(&app, "方正", second, json!({ "action": "reopen", "note": "不是一回事" })).await;
    assert_eq!(again["state"], "accepted");
    assert_eq!(detail(&app, "王一", first).await["absorbed"], json!([]));
}

#[tokio::test]
async fn parked_with_a_date_extended_once_supervised_with_a_deadline() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(WEST.0, WEST.1).await;
    done(&app, "王一", id, json!({ "action": "accept" })).await;
    app.clock.set("2026-11-23T08:20:00Z");
    let body = json!({ "action": "park", "note": "等材料", "until": "2026-11-24T02:00:00Z" });
    assert_eq!(done(&app, "方正", id, body).await["due_at"], Value::Null);
    app.clock.set("2026-11-24T01:00:00Z");
    let resumed = done(&app, "方正", id, json!({ "action": "resume" })).await;
    assert_eq!(resumed["due_at"], "2026-11-24T01:40:00Z", "forty working minutes were left");
    let extended = done(&app, "方正", id, json!({ "action": "extend", "note": "雨天", "minutes": 60 })).await;
    assert_eq!(extended["due_at"], "2026-11-24T02:40:00Z");
    let twice = act(&app, "方正", id, json!({ "action": "extend", "note": "又雨", "minutes": 10 })).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    let body = json!({ "action": "supervise", "note": "请加快", "until": "2026-11-24T02:00:00Z" });
    done(&app, "察微", id, body).await;
    let told = detail(&app, "王一", id).await;
    assert_eq!(told["supervised_until"], "2026-11-24T02:00:00Z");
    app.clock.set("2026-11-24T02:00:00Z");
    assert_eq!(deadlines::tick(&app.state).await.unwrap(), 1);
    let told = detail(&app, "王一", id).await;
    let last = told["log"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (last["action"].as_str(), &last["with"]["alarm"], &last["actor"]),
        (Some("remind"), &json!("supervision"), &Value::Null)
    );
}

#[tokio::test]
async fn two_who_act_at_once_one_wins_and_the_other_is_told() {
    let app = TestApp::square().await.unwrap();
    for _ in 0..10 {
        let id = app.report(WEST.0, WEST.1).await;
        let seq = detail(&app, "王一", id).await["incident"]["properties"]["seq"].clone();
        let accept = json!({ "action": "accept", "seen_seq": seq });
        let withdraw = json!({ "action": "withdraw", "note": "已自行解决", "seen_seq": seq });
        let (one, two) = tokio::join!(act(&app, "王一", id, accept), act(&app, "文静", id, withdraw));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        let lost = if one.status == StatusCode::CONFLICT { &one } else { &two };
        let now = detail(&app, "王一", id).await;
        assert_eq!(lost.json()["incident"], now["incident"], "told as it stands");
        assert_eq!(now["log"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn many_at_once_each_for_itself() {
    let app = TestApp::square().await.unwrap();
    let ids = [app.report(WEST.0, WEST.1).await, app.report(WEST.0, WEST.1).await, app.report(107.015, 34.007).await];
    done(&app, "王一", ids[1], json!({ "action": "accept" })).await;
    let incidents: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
    let body = json!({ "incidents": incidents, "act": { "action": "accept" } });
    let answer = app.as_("王一").post_with("/api/incidents/acts", &body, &[("idempotency-key", "k1")]).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    let statuses: Vec<u64> = answer.json().as_array().unwrap().iter().map(|r| r["status"].as_u64().unwrap()).collect();
    // The third lies in another's grid, and he reported it: seen, and not his to accept.
    assert_eq!(statuses, [201, 422, 403]);
    let again = app.as_("王一").post_with("/api/incidents/acts", &body, &[("idempotency-key", "k1")]).await;
    assert_eq!(again.json(), answer.json(), "the same key, the first answer");
    let none =
        app.as_("王一").post("/api/incidents/acts", &json!({ "incidents": [], "act": { "action": "accept" } })).await;
    assert_eq!((none.status, none.field()), (StatusCode::UNPROCESSABLE_ENTITY, "incidents".to_owned()));
}
