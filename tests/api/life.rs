//! An incident's whole life, by the people who answer for it.

use axum::http::StatusCode;
use fangge::deadlines;
use fangge_tests::app::{Answer, TestApp, lamp};
use geodata::incident::{AlwaysOpen, Case, Ground, Particulars, Step, Terms};
use serde_json::{Value, json};
use sqlx::Row as _;

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
async fn overdue_is_reminded_then_passed_on_exactly_once_by_however_many_servers() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(WEST.0, WEST.1).await;
    let other = app.restarted();
    let both = async || {
        let (one, two) = tokio::join!(deadlines::tick(&app.state), deadlines::tick(&other.state));
        one.unwrap() + two.unwrap()
    };
    assert_eq!(both().await, 0, "nothing is due yet");
    app.clock.set("2026-11-23T09:00:00Z");
    assert_eq!(both().await, 1);
    assert_eq!(both().await, 0);
    // A quarter of an hour of grace; then 17:15 in China.
    app.clock.set("2026-11-23T09:15:00Z");
    assert_eq!(both().await, 1);
    let told = detail(&app, "方正", id).await;
    let properties = &told["incident"]["properties"];
    assert_eq!((properties["level"].as_str(), properties["owner"].as_str()), (Some("village"), Some("grid")));
    assert_eq!(told["log"][2]["action"], "lapse");
    // Two hours of the village's, 45 minutes of them today; a server that was away for a year makes up for it, step by step.
    assert_eq!(properties["due_at"], "2026-11-24T01:45:00Z");
    let mut done = 0;
    for day in 22..30 {
        app.clock.set(&format!("2027-11-{day}T09:00:00Z"));
        done += both().await;
    }
    assert_eq!(done, 3, "reminded at the village, passed to the town, reminded there; and that is all");
    let log = detail(&app, "严明", id).await["log"].clone();
    let told: Vec<&str> = log.as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
    assert_eq!(told, ["report", "remind", "lapse", "remind", "lapse", "remind"]);
    let work = app.as_("察微").get("/api/work").await.json();
    assert_eq!(
        (work["items"][0]["incident"]["id"].as_i64(), work["items"][0]["why"].as_str()),
        (Some(id), Some("late"))
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

#[tokio::test]
async fn my_work_is_what_waits_for_me_the_most_urgent_first() {
    let app = TestApp::square().await.unwrap();
    let ordinary = app.report(WEST.0, WEST.1).await;
    let mut grave = lamp(WEST.0, WEST.1);
    grave["severity"] = 1.into();
    let grave = app.as_("王一").post("/api/incidents", &grave).await.json()["id"].as_i64().unwrap();
    let ids = async |name: &str| {
        let work = app.as_(name).get("/api/work").await.json();
        let items = work["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|i| (i["incident"]["id"].as_i64().unwrap(), i["why"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let turn = |id| (id, "turn".to_owned());
    assert_eq!(ids("王一").await, [turn(grave), turn(ordinary)]);
    assert_eq!(ids("王二").await, []);
    assert_eq!(ids("方正").await, []);
    assert_eq!(ids("文静").await, [(grave, "verify".to_owned()), (ordinary, "verify".to_owned())]);
    assert_eq!(ids("管钥").await, [], "administrators have no case content");
    done(&app, "王一", grave, json!({ "action": "pass_up", "note": "重大" })).await;
    assert_eq!(ids("方正").await, [turn(grave)]);
    let work = app.as_("王一").get("/api/work").await.json();
    assert_eq!(work["answering"][0]["id"], grave, "still answers for it");
    done(&app, "王一", ordinary, json!({ "action": "accept" })).await;
    done(&app, "王一", ordinary, json!({ "action": "start" })).await;
    done(&app, "王一", ordinary, json!({ "action": "report_back" })).await;
    assert_eq!(ids("王一").await, [], "who did the work has nothing to do with it now");
    assert_eq!(ids("文静").await, [(grave, "verify".to_owned()), (ordinary, "check".to_owned())]);
}

#[tokio::test]
async fn a_place_tells_its_grid_its_village_and_who_answers() {
    let app = TestApp::square().await.unwrap();
    let told = app.as_("文静").get("/api/place?lon=107.005&lat=34.007").await.json();
    assert_eq!((told["grid"].as_str(), told["village"].as_str()), (Some("000000001001001"), Some("000000001001")));
    let chain: Vec<(&str, &str)> = told["chain"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["party"].as_str().unwrap(), p["people"][0]["name"].as_str().unwrap()))
        .collect();
    assert_eq!(chain, [("grid", "王一"), ("village", "方正"), ("town", "严明")]);
    let outside = app.as_("文静").get("/api/place?lon=108&lat=34").await.json();
    assert_eq!((outside["outside"].as_bool(), outside["chain"].as_array().unwrap().len()), (Some(true), 1));
    let bad = app.as_("文静").get("/api/place?lon=x&lat=34").await;
    assert_eq!((bad.status, bad.field()), (StatusCode::UNPROCESSABLE_ENTITY, "lon".to_owned()));
}

#[tokio::test]
async fn what_was_written_before_the_rules_is_read_from_its_log() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(WEST.0, WEST.1).await;
    done(&app, "王一", id, json!({ "action": "accept" })).await;
    let sql = "UPDATE incident SET life = NULL, owner = NULL, turn = NULL, act_at = NULL WHERE town_id = 1";
    sqlx::query(sql).execute(&app.db.pool).await.unwrap();
    assert_eq!(detail(&app, "王一", id).await["incident"]["properties"]["owner"], "grid");
    assert_eq!(deadlines::tick(&app.state).await.unwrap(), 0);
    let sql = "SELECT act_at::text FROM incident WHERE town_id = 1";
    let act_at: Option<String> = sqlx::query_scalar(sql).fetch_one(&app.db.pool).await.unwrap();
    assert_eq!(act_at.as_deref(), Some("2026-11-23 09:00:00+00"), "its limit rings again");
    done(&app, "王一", id, json!({ "action": "start" })).await;
}

/// Everyone does whatever they are offered, for a while: the log adds up to the projection, each number once.
#[tokio::test]
async fn the_log_is_the_projection_whatever_people_do() {
    let app = TestApp::square().await.unwrap();
    sqlx::query("UPDATE category SET working_time = false WHERE town_id = 1").execute(&app.db.pool).await.unwrap();
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(app.report(WEST.0, WEST.1).await);
    }
    let people = ["王一", "王二", "文静", "方正", "严明", "关山", "安警", "何平", "察微"];
    let mut chance: u64 = 20_261_125;
    let mut roll = |n: usize| {
        // Knuth's multiplier (MMIX): only to choose.
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(chance >> 33).unwrap() % n
    };
    let mut taken = 0;
    for minute in 1..160 {
        app.clock.set(&format!("2026-11-23T{:02}:{:02}:00Z", 8 + minute / 60, minute % 60));
        deadlines::tick(&app.state).await.unwrap();
        let (id, name) = (ids[roll(ids.len())], people[roll(people.len())]);
        let seen = app.as_(name).get(&format!("/api/incidents/{id}")).await;
        if seen.status == StatusCode::NOT_FOUND {
            continue;
        }
        let offers = seen.json()["offers"].as_array().unwrap().clone();
        let Some(offer) = (!offers.is_empty()).then(|| offers[roll(offers.len())].clone()) else { continue };
        let to = ["staff:8", "unit:police"][roll(2)];
        let mut body = json!({
            "action": offer["action"], "note": "说明", "until": "2026-11-25T00:00:00Z", "minutes": 10, "satisfaction": 3,
            "other": ids.iter().find(|other| **other != id),
        });
        body["to"] = if offer["needs"]["to"] == "unit" { "unit:police" } else { to }.into();
        let answer = act(&app, name, id, body.clone()).await;
        // Only what another incident must be is not told by the offer.
        let other = answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.field() == "other";
        assert!(other || answer.status == StatusCode::CREATED, "{name} {body}: {}", answer.json());
        taken += 1;
    }
    assert!(taken > 60, "{taken} steps are no test");
    compare(&app).await;
}

/// Each incident's row against its log.
async fn compare(app: &TestApp) {
    let pool = &app.db.pool;
    let seqs: Vec<i64> = sqlx::query_scalar("SELECT seq FROM incident_event WHERE town_id = 1 ORDER BY seq")
        .fetch_all(pool)
        .await
        .unwrap();
    assert_eq!(seqs, (1..=i64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>(), "numbers without gaps");
    let terms = Terms { limits: [60, 120, 240], pauses_referred: true, pauses_parked: true };
    let ground = Ground { village: true, grid: true };
    for row in sqlx::query("SELECT incident_id, life FROM incident WHERE town_id = 1").fetch_all(pool).await.unwrap() {
        let (id, life): (i64, Value) = (row.get(0), row.get(1));
        let sql = "SELECT action, at, staff_id, particulars FROM incident_event WHERE town_id = 1 AND incident_id = $1 ORDER BY seq";
        let log = sqlx::query(sql).bind(id).fetch_all(pool).await.unwrap();
        let steps: Vec<Step> = log
            .iter()
            .map(|row| Step {
                action: row.get::<&str, _>(0).parse().unwrap(),
                at: row.get(1),
                by: row.get(2),
                with: row
                    .get::<Option<Value>, _>(3)
                    .map_or_else(Particulars::default, |v| serde_json::from_value(v).unwrap()),
            })
            .collect();
        let case = Case::of(&steps, ground, &terms, &AlwaysOpen).unwrap().unwrap();
        assert_eq!(serde_json::to_value(case).unwrap(), life, "incident {id}");
    }
}
