//! Walks all that the server does, with the wire to its database listening.

use super::PEOPLE;
use crate::photos::{photo, send, take_away};
use axum::body::Body;
use axum::http::StatusCode;
use fangge::photos::leftovers;
use fangge::{database, deadlines, housekeeping};
use fangge_tests::app::{TestApp, hears, lamp, request};
use fangge_tests::client::{Client, PASSWORD};
use fangge_tests::wire::{Sent, Wire};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;

/// A town with an incident in each grid, some given to somebody, beside another town with as many.
pub async fn world() -> TestApp {
    let app = TestApp::square().await.unwrap();
    app.second_town().await.unwrap();
    // Other keys than ours: what tiles hold of another town can be told.
    sqlx::raw_sql("UPDATE town_feed SET last_incident = 7000000 WHERE town_id = 2")
        .execute(&app.db.pool)
        .await
        .unwrap();
    for (town, word) in [("square", "本镇"), ("other", "他镇")] {
        for (lon, lat) in [(107.005, 34.007), (107.005, 34.002), (107.015, 34.007), (107.015, 34.002)] {
            let mut body = lamp(lon, lat);
            body["title"] = format!("{word}{lon}，{lat}").into();
            body["description"] = format!("{word}的事").into();
            body["simulated"] = true.into();
            let key = format!("{word}{lon}{lat}").replace(word, town);
            let path = format!("/api/incidents?town={town}");
            let made = app.post_with(&path, &body, &[("idempotency-key", &key)]).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
            let step = json!({ "action": "verify", "note": format!("{word}已核实") });
            let id = made.json()["id"].as_i64().unwrap();
            app.post(&format!("/api/incidents/{id}/events?town={town}"), &step).await;
        }
        app.stranger().post(&format!("/api/session?town={town}"), &json!({ "name": "x", "password": "y" })).await;
    }
    let given = "INSERT INTO incident_involved (town_id, party, incident_id) VALUES
                 (1, 'unit:police', 4), (1, 'staff:12', 2), (2, 'unit:police', 7000001), (2, 'staff:12', 7000002), (2, 'staff:1', 7000003)";
    sqlx::raw_sql(given).execute(&app.db.pool).await.unwrap();
    let more = "
        INSERT INTO calendar (town_id, version, changed_at) VALUES (1, 1, '2026-01-01Z'), (2, 7, '2026-02-02Z');
        UPDATE category SET group_word = 'dispute' WHERE category_code = 'lamp';
        INSERT INTO photo (town_id, incident_id, photo_id, sha256, width, height, bytes, kind, added_by, added_at)
        SELECT town_id, incident_id, md5(town_id || ' ' || incident_id)::uuid, sha256(title::bytea), 4, 3, 99, 'scene', 1, reported_at
          FROM incident;
        INSERT INTO case_party (town_id, incident_id, party_no, sealed, added_by, added_at)
        SELECT town_id, incident_id, 1, decode(repeat('00', 60), 'hex'), 1, reported_at FROM incident;
        -- The other town's cameras have our cameras' numbers too, and marks that are newer than any of ours.
        INSERT INTO camera (town_id, camera_code, name_zh, name_en, position, bearing_deg, fov_deg, range_m, status, owner)
        SELECT t.town_id, t.code, t.name, t.name, ST_Translate(k.position, t.east, 0), 90, 60, 100, 'online', 'town'
          FROM camera k, (VALUES (1, 'C-009', '路口', 0.01), (2, 'C-001', '他镇', 0), (2, 'C-009', '他镇', 0.01)) AS t (town_id, code, name, east)
         WHERE k.town_id = 1 AND k.camera_code = 'C-001';
        INSERT INTO camera_obstruction (town_id, camera_code, obstruction_id, from_deg, to_deg, note, marked_by, marked_at)
        SELECT town_id, camera_code, md5(town_id || camera_code)::uuid, 200, 210, CASE town_id WHEN 1 THEN '树' ELSE '他镇的树' END, 1, '2026-11-01Z'
          FROM camera WHERE camera_code IN ('C-001', 'C-009');
        INSERT INTO camera_check (town_id, camera_code, checked_at, checked_by, verdict, note)
        SELECT town_id, camera_code, timestamptz '2026-12-01Z' + town_id * interval '1 day', 1, 'dark',
               CASE town_id WHEN 1 THEN '停电' ELSE '他镇停电' END
          FROM camera WHERE camera_code IN ('C-001', 'C-009');
        INSERT INTO photo_hold (town_id, sha256, hold_id, until)
        SELECT town_id, sha256(slug::bytea), md5(slug)::uuid, '2026-11-01Z' FROM town";
    sqlx::raw_sql(more).execute(&app.db.pool).await.unwrap();
    app
}

/// Walks all endpoints as each of the people, and lets the server do its own jobs, with the wire listening.
pub async fn walk(app: &TestApp) -> Vec<Sent> {
    let wire = Wire::to(&app.db.options).unwrap();
    let pool = database::serving_pool(6).connect_with(app.db.options.clone().socket(wire.socket())).await.unwrap();
    let app = app.restarted_with(pool, |_| {});
    hears(&app.state).await.unwrap();
    let document = app.stranger().get("/api/openapi.json").await.json();
    let mut sent = HashSet::new();
    for (name, staff, _) in PEOPLE {
        app.stranger().post("/api/session", &json!({ "name": name, "password": "wrong" })).await;
        let client = app.as_(name);
        reads(&client, &document).await;
        work(&client, staff).await;
        pictures(&client, staff).await;
        administration(&client).await;
        cameras(&client).await;
        for path in ["/api/sessions/00000000-0000-4000-8000-000000000000", "/api/sessions", "/api/session"] {
            client.delete(path).await;
        }
        app.clock.set("2026-11-23T08:02:00Z");
        app.stranger().post("/api/session", &json!({ "name": name, "password": PASSWORD })).await;
        app.clock.set("2026-11-23T08:00:00Z");
        sent.extend(wire.sent());
    }
    own_jobs(&app).await;
    sent.extend(wire.sent());
    app.state.shutdown();
    // What the server's own jobs do in the other town is that town's, and foreign to nobody there.
    let elsewhere = |one: &Sent| one.opening.as_deref().is_some_and(|opening| opening.contains("'fangge.town', '2'"));
    sent.into_iter().filter(|one| !elsewhere(one)).collect()
}

/// Everything that can be asked for.
async fn reads(client: &Client<'_>, document: &Value) {
    let paths = document["paths"].as_object().unwrap().iter();
    for path in paths.filter(|(path, item)| item["get"].is_object() && *path != "/api/live").map(|(path, _)| path) {
        let path = path.replace("{z}", "10").replace("{x}", "816").replace("{y}", "409").replace("{id}", "2");
        let path = path.replace("{year}", "2026").replace("cameras/{code}", "cameras/C-001");
        assert!(client.get(&path).await.status.as_u16() < 500, "{path}");
    }
    for query in [
        "state=open&severity=4&village=000000001001&grid=000000001001001&limit=1",
        "bbox=107,34,107.02,34.01&category=management&from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z",
        "after=1795420800000000_9",
    ] {
        assert_eq!(client.get(&format!("/api/incidents?{query}")).await.status, StatusCode::OK, "{query}");
    }
    client.get("/tiles/incidents/15/26123/13104?village=000000001001").await;
    // What is sealed here opens with no key: asked for, and not to be had.
    client.get("/api/incidents/2/parties?reason=%E6%A0%B8%E5%AE%9E%E6%83%85%E5%86%B5").await;
    client.get("/api/place?lon=107.005&lat=34.007").await;
    client.get("/api/nearby?lon=107.005&lat=34.007").await;
    for lon in ["107.0055", "107.0155"] {
        assert_eq!(client.get(&format!("/api/around?lon={lon}&lat=34.007")).await.status, StatusCode::OK);
    }
    // Of both towns' words: what is found is the person's own.
    for text in ["%E9%95%87", "zhen", "0002", "20261123-0002", "34.007,107.005", "lamp%20107"] {
        assert_eq!(client.get(&format!("/api/search?q={text}")).await.status, StatusCode::OK, "{text}");
    }
    // Those who look into the log of deeds; the others are told that they may not.
    for query in [
        "staff=7&action=sign_in,sign_in_failed&from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z",
        "object=session&words=%E6%96%B9",
        "object=incident:2&limit=1&after=1795420800000000_00000000000000000000000000000000",
    ] {
        assert!(client.get(&format!("/api/audit?{query}")).await.status.as_u16() < 500, "{query}");
    }
    let mut live = client.open(request("GET", "/api/live?after=0", &[], Body::empty())).await.into_body();
    drop(tokio::time::timeout(Duration::from_secs(5), live.frame()).await);
}

/// Reports, and steps of every kind: whoever may not is refused after some statements, who may goes through all of them.
async fn work(client: &Client<'_>, staff: i32) {
    let key = format!("walk-{staff}");
    for _ in 0..2 {
        client.post_with("/api/incidents", &lamp(107.015, 34.003), &[("idempotency-key", &key)]).await;
    }
    for id in 1..=4 {
        client.act(id, "accept").await;
    }
    let step = async |id: i64, body: Value| {
        let answer = client.post(&format!("/api/incidents/{id}/events"), &body).await;
        assert!(answer.status.as_u16() < 500, "{body}: {}", answer.json());
        answer.status
    };
    step(1, json!({ "action": "dispatch", "to": "staff:8" })).await;
    step(3, json!({ "action": "merge", "other": 4 })).await;
    // Outside the villages it is the town's at once, and the town may refer it.
    let mut outside = lamp(107.5, 34.5);
    outside["outside"] = true.into();
    let far = client.post("/api/incidents", &outside).await;
    if far.status == StatusCode::CREATED {
        let id = far.json()["id"].as_i64().unwrap();
        step(id, json!({ "action": "accept" })).await;
        let referred = step(id, json!({ "action": "refer", "to": "unit:police", "note": "请办理" })).await;
        assert_eq!(
            referred == StatusCode::CREATED,
            [2, 3].contains(&staff),
            "the town's chiefs refer, nobody else: {staff}"
        );
    }
    let incidents: Vec<Value> = (1..=4).map(|id| json!({ "id": id })).collect();
    let bulk = json!({ "incidents": incidents, "act": { "action": "note", "note": "已知悉" } });
    assert!(
        client
            .post_with("/api/incidents/acts", &bulk, &[("idempotency-key", &format!("{key} acts"))])
            .await
            .status
            .as_u16()
            < 500
    );
    let parties = json!([{ "name": "甲", "side": "applicant" }, { "name": "乙" }]);
    for id in [1, 4] {
        assert!(client.put(&format!("/api/incidents/{id}/parties"), &parties).await.status.as_u16() < 500);
    }
}

/// A photo is added, seen and taken away, by those who may.
async fn pictures(client: &Client<'_>, staff: i32) {
    for id in [1, 4] {
        let width = 80 + u32::try_from(staff).unwrap();
        let added = send(client, id, "", photo(width)).await;
        assert!(added.status.as_u16() < 500, "{}", added.json());
        if added.status == StatusCode::CREATED {
            let photo = added.json()["id"].as_str().unwrap().to_owned();
            for path in [format!("/api/photos/{photo}"), format!("/api/photos/{photo}/thumb")] {
                assert_eq!(client.get(&path).await.status, StatusCode::OK);
            }
            take_away(client, &photo, "拍错了").await;
        }
    }
}

/// Cameras are marked and checked, by those who may.
async fn cameras(client: &Client<'_>) {
    for code in ["C-001", "C-009"] {
        let path = format!("/api/cameras/{code}/obstructions");
        let tree = json!({ "from_deg": 80, "to_deg": 100, "note": "杨树" });
        let marked = client.post_with(&path, &tree, &[("idempotency-key", &path)]).await;
        assert!(marked.status.as_u16() < 500, "{}", marked.json());
        if marked.status == StatusCode::CREATED {
            let id = marked.json()["id"].as_str().unwrap().to_owned();
            assert_eq!(client.delete(&format!("{path}/{id}")).await.status, StatusCode::NO_CONTENT);
        }
        client.get(&path).await;
        client.post(&format!("/api/cameras/{code}/checks"), &json!({ "verdict": "clear" })).await;
    }
}

/// What only the administrator, the town's chiefs or a village's chief may; the others are refused.
async fn administration(client: &Client<'_>) {
    let mut category = crate::categories::form();
    category["group"] = "dispute".into();
    let duties = json!({ "duties": [{ "staff": 1, "shift": "day", "place": "village:000000001001" }] });
    let unit = json!({ "code": "post", "name": { "zh": "邮政所", "en": "Post Office" } });
    let hours = json!({ "from": "2026-12-01", "hours": client.get("/api/hours").await.json()[0]["hours"] });
    for (method, path, body) in [
        ("PUT", "/api/roster/2026-11-24", duties),
        ("POST", "/api/roster/copy", json!({ "from_week": "2026-11-23", "to_week": "2026-11-30" })),
        ("PUT", "/api/calendar/2026/2026-11-25", json!({ "kind": "holiday" })),
        ("POST", "/api/calendar/2026/reset", json!({})),
        ("POST", "/api/calendar/2027/confirm", json!({})),
        ("PUT", "/api/hours", hours),
        ("POST", "/api/units", unit.clone()),
        ("PATCH", "/api/units/post", json!({ "name": unit["name"] })),
        ("PUT", "/api/categories/lamp", category.clone()),
        ("DELETE", "/api/categories/fire", json!(null)),
        ("POST", "/api/accounts", json!({ "name": "新人", "role": "grid_member", "grids": ["000000001001002"] })),
        ("PATCH", "/api/accounts/15", json!({ "name": "图北", "role": "village_chief", "village": "000000001002" })),
        ("PATCH", "/api/accounts/15", json!({ "disabled": true })),
        ("POST", "/api/accounts/15/password", json!(null)),
        ("POST", "/api/session/totp", json!(null)),
        ("PUT", "/api/session/totp", json!({ "code": "000000" })),
        ("DELETE", "/api/session/totp", json!({ "password": PASSWORD })),
        ("PUT", "/api/session/password", json!({ "old": "wrong horse battery", "new": "一只黄狗看着村口的三口井" })),
    ] {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let answer = client.send(request(method, path, &[("idempotency-key", path)], body)).await;
        assert!(answer.status.as_u16() < 500, "{method} {path}: {:?}", answer.bytes);
    }
}

/// What the server does by itself: what is overdue, and what has had its time.
async fn own_jobs(app: &TestApp) {
    // One that an older version wrote is read from its log first.
    let old = "UPDATE incident SET life = NULL, owner = NULL, turn = NULL, act_at = NULL WHERE incident_id = 2";
    sqlx::query(old).execute(&app.db.pool).await.unwrap();
    app.clock.set("2026-11-25T02:00:00Z");
    assert!(deadlines::tick(&app.state).await.unwrap() > 0, "something is overdue");
    housekeeping::tidy(&app.state).await.unwrap();
    housekeeping::erase_parties(&app.state).await.unwrap();
    assert!(housekeeping::key_fits(&app.state).await.is_ok());
    leftovers::sweep(&app.state).await.unwrap();
}
