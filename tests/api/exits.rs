//! The ways out of the main road, as the API takes them, and who is told that something waits for them.

use crate::life::{WEST, act, detail, done};
use crate::work::waits;
use axum::http::StatusCode;
use fangge::deadlines;
use fangge_tests::app::TestApp;
use serde_json::{Value, json};

/// An incident that has come to the town and was accepted there.
async fn at_the_town(app: &TestApp) -> i64 {
    let id = app.report(WEST.0, WEST.1).await;
    for (name, body) in [
        ("王一", json!({ "action": "pass_up", "note": "需村上协调" })),
        ("方正", json!({ "action": "pass_up", "note": "需镇上协调" })),
        ("严明", json!({ "action": "accept" })),
    ] {
        done(app, name, id, body).await;
    }
    id
}

#[tokio::test]
async fn down_out_of_the_house_and_taken_back_with_the_owner_as_before() {
    let app = TestApp::square().await.unwrap();
    let id = at_the_town(&app).await;
    let hands = |p: &Value| (p["state"].clone(), p["level"].clone(), p["owner"].clone(), p["offered"].clone());
    done(&app, "严明", id, json!({ "action": "dispatch", "to": "staff:8" })).await;
    let undone = done(&app, "严明", id, json!({ "action": "undo", "note": "派错了" })).await;
    assert_eq!(hands(&undone), (json!("accepted"), json!("town"), json!("town"), Value::Null));
    done(&app, "严明", id, json!({ "action": "dispatch", "to": "staff:8" })).await;
    let working = done(&app, "王二", id, json!({ "action": "start" })).await;
    let down = done(&app, "严明", id, json!({ "action": "pass_down", "note": "村里能办" })).await;
    assert_eq!(hands(&down), (json!("reported"), json!("village"), json!("town"), json!("village")));
    let undone = done(&app, "严明", id, json!({ "action": "undo", "note": "还是镇上办" })).await;
    assert_eq!(hands(&undone), hands(&working), "王二 has it again");
    // A unit of the town's own, and one outside the system, whose answer the town writes down.
    done(&app, "严明", id, json!({ "action": "refer", "to": "unit:police", "note": "请出警" })).await;
    let undone = done(&app, "严明", id, json!({ "action": "undo", "note": "不必了" })).await;
    assert_eq!(hands(&undone), hands(&working));
    let out = done(&app, "严明", id, json!({ "action": "refer", "to": "county", "note": "请县里办" })).await;
    assert_eq!((&out["state"], &out["offered"], &out["due_at"]), (&json!("referred"), &json!("county"), &Value::Null));
    let told = done(&app, "严明", id, json!({ "action": "answer", "note": "县里已办" })).await;
    assert_eq!(told["state"], "reported_back");
}

#[tokio::test]
async fn a_referral_is_taken_on_once() {
    let app = TestApp::square().await.unwrap();
    let id = at_the_town(&app).await;
    done(&app, "严明", id, json!({ "action": "refer", "to": "unit:police", "note": "请出警" })).await;
    assert_eq!(done(&app, "安警", id, json!({ "action": "accept" })).await["owner"], "unit:police");
    let twice = act(&app, "安警", id, json!({ "action": "accept" })).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", twice.json());
}

#[tokio::test]
async fn what_lapsed_nobody_takes_back() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(WEST.0, WEST.1).await;
    for now in ["2026-11-23T09:00:00Z", "2026-11-23T09:15:00Z"] {
        app.clock.set(now);
        assert_eq!(deadlines::tick(&app.state).await.unwrap(), 1);
    }
    let undo = act(&app, "王一", id, json!({ "action": "undo", "note": "还来得及" })).await;
    assert_eq!(undo.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", undo.json());
    let back = act(&app, "方正", id, json!({ "action": "return", "note": "不归我" })).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", back.json());
    let down = done(&app, "方正", id, json!({ "action": "pass_down", "note": "请抓紧" })).await;
    assert_eq!((&down["level"], &down["offered"]), (&json!("grid"), &json!("grid")));
}

#[tokio::test]
async fn a_parked_one_whose_clock_runs_on_holds_up_no_other() {
    let app = TestApp::square().await.unwrap();
    let sql = "UPDATE category SET pauses_parked = false WHERE town_id = 1";
    sqlx::raw_sql(sql).execute(&app.db.pool).await.unwrap();
    let parked = app.report(WEST.0, WEST.1).await;
    done(&app, "王一", parked, json!({ "action": "accept" })).await;
    let body = json!({ "action": "park", "note": "等材料", "until": "2026-12-24T02:00:00Z" });
    done(&app, "方正", parked, body).await;
    let other = app.report(WEST.0, WEST.1).await;
    let mut events = 0;
    for day in 23..28 {
        app.clock.set(&format!("2026-11-{day}T09:30:00Z"));
        events += deadlines::tick(&app.state).await.unwrap();
    }
    assert_eq!(events, 6, "one reminder of the one, three reminders and two lapses of the other");
    let last = |told: Value| told["log"].as_array().unwrap().last().unwrap()["with"]["alarm"].clone();
    assert_eq!(last(detail(&app, "方正", parked).await), json!("due"));
    assert_eq!(detail(&app, "严明", other).await["incident"]["properties"]["level"], "town");
}

#[tokio::test]
async fn a_parked_one_is_looked_at_again_on_its_date() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(WEST.0, WEST.1).await;
    done(&app, "王一", id, json!({ "action": "accept" })).await;
    let body = json!({ "action": "park", "note": "等材料", "until": "2026-11-24T02:00:00Z" });
    done(&app, "方正", id, body).await;
    app.clock.set("2026-11-24T01:59:00Z");
    assert_eq!(deadlines::tick(&app.state).await.unwrap(), 0);
    app.clock.set("2026-11-24T02:00:00Z");
    assert_eq!(deadlines::tick(&app.state).await.unwrap(), 1);
    assert_eq!(detail(&app, "方正", id).await["log"][3]["with"]["alarm"], "review");
    // The clock of the server goes back: nothing is done twice.
    app.clock.set("2026-11-23T02:00:00Z");
    assert_eq!(deadlines::tick(&app.state).await.unwrap(), 0);
    app.clock.set("2026-11-24T02:00:00Z");
    assert_eq!(deadlines::tick(&app.state).await.unwrap(), 0);
}

#[tokio::test]
async fn what_is_closed_waits_to_be_visited_and_filed_away() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(WEST.0, WEST.1).await;
    for (name, body) in [
        ("王一", json!({ "action": "accept" })),
        ("王一", json!({ "action": "start" })),
        ("王一", json!({ "action": "report_back" })),
        ("文静", json!({ "action": "check" })),
        ("方正", json!({ "action": "close" })),
    ] {
        done(&app, name, id, body).await;
    }
    let archive = [(id, "archive".to_owned())];
    assert_eq!(waits(&app, "文静").await, archive);
    for name in ["王一", "方正", "严明", "察微", "文东"] {
        assert_eq!(waits(&app, name).await, [], "{name}");
    }
    for mark in [json!(0), json!(6), json!("好"), Value::Null] {
        let refused = act(&app, "文静", id, json!({ "action": "follow_up", "satisfaction": mark })).await;
        let told = (refused.status, refused.field());
        assert_eq!(told, (StatusCode::UNPROCESSABLE_ENTITY, "satisfaction".to_owned()), "{mark}");
    }
    let refused = act(&app, "王一", id, json!({ "action": "follow_up", "satisfaction": 4 })).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    done(&app, "文静", id, json!({ "action": "follow_up", "satisfaction": 4 })).await;
    assert_eq!(waits(&app, "文静").await, archive, "visited, and still to be filed away");
    done(&app, "文静", id, json!({ "action": "archive" })).await;
    assert_eq!(waits(&app, "文静").await, []);
}

#[tokio::test]
async fn who_supervises_sees_what_is_late_and_what_was_not_done_by_the_day_they_set() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(WEST.0, WEST.1).await;
    done(&app, "王一", id, json!({ "action": "accept" })).await;
    let body = json!({ "action": "supervise", "note": "请加快", "until": "2026-11-23T08:10:00Z" });
    done(&app, "察微", id, body).await;
    for name in ["察微", "关山", "严明"] {
        assert_eq!(waits(&app, name).await, [], "{name}: not yet");
    }
    app.clock.set("2026-11-23T08:11:00Z");
    for name in ["察微", "关山", "严明"] {
        assert_eq!(waits(&app, name).await, [(id, "supervised".to_owned())], "{name}");
    }
    // Another day is set: that one counts.
    let body = json!({ "action": "supervise", "note": "再给半天", "until": "2026-11-23T20:00:00Z" });
    done(&app, "严明", id, body).await;
    assert_eq!(waits(&app, "察微").await, []);
    app.clock.set("2026-11-23T09:01:00Z");
    for name in ["察微", "关山", "严明"] {
        assert_eq!(waits(&app, name).await, [(id, "late".to_owned())], "{name}");
    }
    assert_eq!(waits(&app, "管钥").await, []);
}

#[tokio::test]
async fn by_its_number_as_it_is_said_for_those_who_see_it() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(WEST.0, WEST.1).await;
    let number = detail(&app, "王一", id).await["incident"]["properties"]["number"].as_str().unwrap().to_owned();
    let found = app.as_("王一").get(&format!("/api/incidents/number/{number}")).await.json();
    assert_eq!((&found["id"], &found["state"]), (&json!(id), &json!("reported")));
    for (name, number) in [("王一", "20261123-9999"), ("王一", "%00"), ("文东", &*number), ("管钥", &*number)] {
        let none = app.as_(name).get(&format!("/api/incidents/number/{number}")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{name} {number}");
    }
}
