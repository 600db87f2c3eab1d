//! Reporting, listing and stepping, through the API.

use axum::http::StatusCode;
use fangge_tests::app::{TestApp, lamp};
use serde_json::{Value, json};

fn ids(page: &Value) -> Vec<i64> {
    page["features"].as_array().unwrap().iter().map(|f| f["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_report_finds_its_grid_number_and_limit_by_itself() {
    let app = TestApp::square().await.unwrap();
    let answer = app.post("/api/incidents", &lamp(107.005, 34.007)).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let told = answer.json();
    assert_eq!(told["type"], "Feature");
    assert_eq!(told["geometry"], json!({ "type": "Point", "coordinates": [107.005, 34.007] }));
    assert_eq!(
        told["properties"],
        json!({
            "number": "20261123-0001", "title": "路灯不亮", "category": "lamp", "severity": 4, "state": "reported",
            "level": "grid", "owner": "grid", "offered": null, "source": "grid_member", "village": "000000001001", "grid": "000000001001001",
            "outside": false, "reported_at": "2026-11-23T08:00:00Z", "due_at": "2026-11-23T09:00:00Z",
            "ended_at": null, "acknowledged": null, "seq": 1, "simulated": false,
        })
    );
}

#[tokio::test]
async fn numbers_begin_anew_with_the_local_day() {
    let app = TestApp::square().await.unwrap();
    app.report(107.005, 34.007).await;
    // 16:00 UTC is midnight in Shanghai.
    app.clock.set("2026-11-23T16:00:00Z");
    let told = app.post("/api/incidents", &lamp(107.005, 34.007)).await.json();
    assert_eq!(told["properties"]["number"], "20261124-0001");
}

#[tokio::test]
async fn a_report_by_the_plan_valid_at_its_time() {
    let app = TestApp::square().await.unwrap();
    let sql = "
        UPDATE plan SET state = 'superseded', valid_to = '2026-11-01Z' WHERE town_id = 1 AND plan_id = 1;
        INSERT INTO plan (town_id, plan_id, name_zh, name_en, state, valid_from)
        VALUES (1, 2, '方案二', 'Plan Two', 'published', '2026-11-01Z');
        INSERT INTO grid (town_id, plan_id, grid_code, village_code, name_zh, name_en, land_use_zh, land_use_en, valid_from, boundary)
        SELECT 1, 2, '000000001001009', v.village_code, '西村', 'West', '', '', '2026-11-01Z', v.boundary
          FROM village v WHERE v.town_id = 1 AND v.village_code = '000000001001'";
    sqlx::raw_sql(sql).execute(&app.db.pool).await.unwrap();
    let grid_at = async |time: &str| {
        let mut body = lamp(107.005, 34.007);
        body["reported_at"] = time.into();
        app.post("/api/incidents", &body).await.json()["properties"]["grid"].clone()
    };
    assert_eq!(grid_at("2026-10-31T23:59:59Z").await, "000000001001001");
    assert_eq!(grid_at("2026-11-01T00:00:00Z").await, "000000001001009");
    let then = app.get("/api/grids?at=2026-10-01T00:00:00Z").await.json();
    assert_eq!(then["features"].as_array().unwrap().len(), 4);
    assert_eq!(app.get("/api/grids").await.json()["features"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn bad_reports_name_the_field_and_leave_nothing() {
    let app = TestApp::square().await.unwrap();
    let bad = |change: fn(&mut Value)| {
        let mut body = lamp(107.005, 34.007);
        change(&mut body);
        body
    };
    let cases = [
        ("title", bad(|b| b["title"] = "  ".into())),
        ("title", bad(|b| b["title"] = "长".repeat(81).into())),
        ("severity", bad(|b| b["severity"] = 5.into())),
        ("category", bad(|b| b["category"] = "nothing".into())),
        ("position", bad(|b| b["position"]["lon"] = 181.into())),
        ("position", bad(|b| b["position"] = json!({ "lon": 0, "lat": 90 }))),
        ("position", bad(|b| b["position"]["lon"] = 107.5.into())),
        ("reported_at", bad(|b| b["reported_at"] = "2026-11-23T09:00:00Z".into())),
        ("reported_at", bad(|b| b["reported_at"] = "yesterday".into())),
        ("wings", bad(|b| b["wings"] = 2.into())),
        ("description", bad(|b| b["description"] = "\u{0}".into())),
    ];
    for (field, body) in cases {
        let answer = app.post("/api/incidents", &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(answer.field().contains(field), "{field}: {}", answer.json());
    }
    let missing = app.post("/api/incidents", &json!({})).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(missing.json()["message"].as_str().unwrap().contains("title"), "{}", missing.json());
    assert_eq!(
        app.get("/api/incidents").await.json(),
        json!({ "type": "FeatureCollection", "features": [], "next": null, "seq": 0 })
    );
}

#[tokio::test]
async fn errors_speak_the_language_of_the_request() {
    let app = TestApp::square().await.unwrap();
    let mut body = lamp(107.005, 34.007);
    body["severity"] = 9.into();
    let english =
        app.post_with("/api/incidents", &body, &[("accept-language", "en-GB,en;q=0.9,zh;q=0.8")]).await.json();
    let chinese = app.post("/api/incidents", &body).await.json();
    assert!(english["message"].as_str().unwrap().contains("severity is 1 to 4"), "{english}");
    assert!(chinese["message"].as_str().unwrap().contains("等级为 1 到 4"), "{chinese}");
    assert!(!chinese["message"].as_str().unwrap().contains("severity is"), "{chinese}");
}

#[tokio::test]
async fn outside_the_town_only_when_marked_so() {
    let app = TestApp::square().await.unwrap();
    let mut body = lamp(107.5, 34.5);
    body["outside"] = true.into();
    let told = app.post("/api/incidents", &body).await.json();
    assert_eq!(told["properties"]["outside"], true);
    assert_eq!(told["properties"]["grid"], Value::Null);
    // Marked outside by mistake: the place decides.
    let mut body = lamp(107.005, 34.007);
    body["outside"] = true.into();
    assert_eq!(app.post("/api/incidents", &body).await.json()["properties"]["outside"], false);
    // The pole is on earth, and is no error of ours.
    let mut body = lamp(0.0, 90.0);
    body["outside"] = true.into();
    assert_eq!(app.post("/api/incidents", &body).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn the_same_key_and_body_is_one_report_and_another_body_is_refused() {
    let app = TestApp::square().await.unwrap();
    let key = [("idempotency-key", "k-1")];
    let first = app.post_with("/api/incidents", &lamp(107.005, 34.007), &key).await;
    let again = app.post_with("/api/incidents", &lamp(107.005, 34.007), &key).await;
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.json(), again.json());
    assert_eq!(again.header("idempotency-replayed"), "true");
    let other = app.post_with("/api/incidents", &lamp(107.006, 34.007), &key).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.field(), "Idempotency-Key");
    assert_eq!(ids(&app.get("/api/incidents").await.json()).len(), 1);
    // A refused report does not use its key up.
    let key = [("idempotency-key", "k-2")];
    assert_eq!(app.post_with("/api/incidents", &lamp(1.0, 1.0), &key).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.post_with("/api/incidents", &lamp(107.005, 34.007), &key).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn the_same_key_sent_ten_times_at_once_is_one_report() {
    let app = TestApp::square().await.unwrap();
    let body = lamp(107.005, 34.007);
    let key = [("idempotency-key", "at-once")];
    let all = futures::future::join_all((0..10).map(|_| app.post_with("/api/incidents", &body, &key))).await;
    assert!(all.iter().all(|a| a.status == StatusCode::CREATED && a.json() == all[0].json()));
    assert_eq!(ids(&app.get("/api/incidents").await.json()).len(), 1);
}

#[tokio::test]
async fn filters_choose_and_refuse_by_name() {
    let app = TestApp::square().await.unwrap();
    let west = app.report(107.005, 34.007).await;
    app.clock.set("2026-11-23T08:30:00Z");
    let mut fire = lamp(107.015, 34.002);
    fire["category"] = "fire".into();
    fire["severity"] = 1.into();
    let east = app.post("/api/incidents", &fire).await.json()["id"].as_i64().unwrap();
    app.act(west, "withdraw").await;
    let cases: [(&str, &[i64]); 12] = [
        ("", &[east, west]),
        ("state=open", &[east]),
        ("state=withdrawn,closed", &[west]),
        ("category=fire", &[east]),
        ("category=management", &[west]),
        ("severity=1,2", &[east]),
        ("bbox=107.0,34.0,107.01,34.01", &[west]),
        ("bbox=107.014,34,-170,35", &[east]),
        ("village=000000001002", &[east]),
        ("grid=000000001001001", &[west]),
        ("from=2026-11-23T08:30:00Z", &[east]),
        ("to=2026-11-23T08:30:00Z", &[west]),
    ];
    for (query, expected) in cases {
        assert_eq!(ids(&app.get(&format!("/api/incidents?{query}")).await.json()), expected, "{query}");
    }
    let bad = [
        ("bbox=1,2,3", "bbox"),
        ("state=asleep", "state"),
        ("severity=0", "severity"),
        ("village=1", "village"),
        ("from=now", "from"),
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
        ("limit=0", "limit"),
        ("limit=5001", "limit"),
        ("after=x", "after"),
        ("after=-9223372036854775808_1", "after"),
        ("colour=red", "query"),
        ("category=%27;--", "category"),
        ("town=NOWHERE", "town"),
    ];
    for (query, field) in bad {
        let answer = app.get(&format!("/api/incidents?{query}")).await;
        assert_eq!((answer.status, answer.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{query}");
    }
    assert_eq!(app.get("/api/incidents?town=nowhere").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_follow_on_each_other_even_among_equal_times() {
    let app = TestApp::square().await.unwrap();
    for _ in 0..7 {
        app.report(107.005, 34.007).await;
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/api/incidents?limit=3&after={after}")).await.json();
        seen.extend(ids(&page));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn a_life_is_told_by_its_log_and_lawless_steps_are_refused() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(107.005, 34.007).await;
    assert_eq!(app.act(id, "close").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (action, time) in
        [("verify", "2026-11-23T08:10:00Z"), ("pass_up", "2026-11-23T08:20:00Z"), ("accept", "2026-11-23T08:30:00Z")]
    {
        app.clock.set(time);
        assert_eq!(app.act(id, action).await.status, StatusCode::CREATED, "{action}");
    }
    let whole = app.get(&format!("/api/incidents/{id}")).await.json();
    let log = whole["log"].as_array().unwrap();
    let told = |key: &str| log.iter().map(|e| e[key].as_str().unwrap_or_default()).collect::<Vec<_>>();
    assert_eq!(told("action"), ["report", "verify", "pass_up", "accept"]);
    assert_eq!(told("level"), ["grid", "grid", "village", "village"]);
    assert_eq!(log.iter().map(|e| e["seq"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2, 3, 4]);
    // The village's clock began when it was passed up: 120 working minutes, of which 100 are left on that day.
    assert_eq!(whole["incident"]["properties"]["due_at"], "2026-11-24T00:50:00Z");
    assert_eq!(app.get("/api/incidents/99").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/api/incidents/x").await.field(), "id");
}

#[tokio::test]
async fn of_two_who_act_on_the_same_sight_one_is_told_to_look_again() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(107.005, 34.007).await;
    let path = format!("/api/incidents/{id}/events");
    let body = json!({ "action": "accept", "seen_seq": 1 });
    let other = json!({ "action": "withdraw", "note": "已自行解决", "seen_seq": 1 });
    let (grid, office) = (app.as_("王一"), app.as_("文静"));
    let (one, two) = futures::join!(grid.post(&path, &body), office.post(&path, &other));
    let mut statuses = [one.status, two.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::CREATED, StatusCode::CONFLICT]);
    assert_eq!(app.get(&format!("/api/incidents/{id}")).await.json()["log"].as_array().unwrap().len(), 2);
    let seq: i64 = sqlx::query_scalar("SELECT last_seq FROM town_feed").fetch_one(&app.db.pool).await.unwrap();
    assert_eq!(seq, 2, "a refused step leaves no gap");
}

#[tokio::test]
async fn a_page_tells_one_moment_whatever_is_done_meanwhile() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(107.005, 34.007).await;
    app.commander().cookie("square", false).await.unwrap();
    // Whoever reads the log now waits for this, with the incident read already.
    let mut writer = app.db.pool.begin().await.unwrap();
    sqlx::raw_sql("LOCK TABLE incident_event IN ACCESS EXCLUSIVE MODE").execute(&mut *writer).await.unwrap();
    let path = format!("/api/incidents/{id}");
    let written = async {
        let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'incident_event'::regclass";
        while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut *writer).await.unwrap() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let next = "
            INSERT INTO incident_event (town_id, seq, incident_id, at, recorded_at, action, role, state, level, simulated)
            SELECT town_id, seq + 1, incident_id, at, recorded_at, 'verify', role, 'verified', level, simulated FROM incident_event;
            UPDATE incident SET state = 'verified', last_seq = last_seq + 1;
            UPDATE town_feed SET last_seq = last_seq + 1";
        sqlx::raw_sql(next).execute(&mut *writer).await.unwrap();
        writer.commit().await.unwrap();
    };
    let (told, ()) = tokio::join!(app.get(&path), written);
    let told = told.json();
    let last = told["log"].as_array().unwrap().last().unwrap();
    assert_eq!(told["incident"]["properties"]["seq"], last["seq"]);
    assert_eq!(app.get(&path).await.json()["incident"]["properties"]["state"], "verified");
}
