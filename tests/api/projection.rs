//! The log is the truth: what is written in an incident's row is what its log adds up to, whatever people and deadlines do.

use crate::life::{WEST, act, detail, done};
use axum::http::StatusCode;
use fangge::deadlines;
use fangge_tests::app::TestApp;
use geodata::incident::{AlwaysOpen, Case, Ground, Particulars, Step, Terms};
use serde_json::{Value, json};
use sqlx::Row as _;

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
