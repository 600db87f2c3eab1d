//! What reaches a public port sooner or later: odd bytes, odd times, too much of everything.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use fangge_tests::app::{TestApp, hears, lamp, request};
use fangge_tests::mvt::points;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_body_is_one_json_value_of_at_most_64_kib() {
    let app = TestApp::square().await.unwrap();
    let post = |body: String| app.send(request("POST", "/api/incidents", &[], Body::from(body)));
    let twice = post(format!("{} rubbish", lamp(107.005, 34.007))).await;
    assert_eq!((twice.status, twice.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "body"));
    let torn = post("{\"title\": \"".into()).await;
    assert_eq!(torn.status, StatusCode::UNPROCESSABLE_ENTITY);
    let not_text = app.send(request("POST", "/api/incidents", &[], Body::from(vec![b'"', 0xff, b'"']))).await;
    assert_eq!(not_text.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut large = lamp(107.005, 34.007);
    large["description"] = "长".repeat(40_000).into();
    let large = post(large.to_string()).await;
    assert_eq!((large.status, large.json()["code"].as_str()), (StatusCode::PAYLOAD_TOO_LARGE, Some("too_large")));
    assert_eq!(app.get("/api/incidents").await.json()["features"], json!([]), "nothing was written");
}

#[tokio::test]
async fn titles_are_counted_in_characters_of_any_script() {
    let app = TestApp::square().await.unwrap();
    let mut body = lamp(107.005, 34.007);
    body["title"] = "𠮷".repeat(80).into();
    let kept = app.post("/api/incidents", &body).await;
    assert_eq!((kept.status, &kept.json()["properties"]["title"]), (StatusCode::CREATED, &body["title"]));
    body["title"] = "𠮷".repeat(81).into();
    assert_eq!(app.post("/api/incidents", &body).await.field(), "title");
}

#[tokio::test]
async fn times_that_no_record_can_have_are_refused_by_name() {
    let app = TestApp::square().await.unwrap();
    for time in ["-9000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "+262000-01-01T00:00:00Z"] {
        let mut body = lamp(107.005, 34.007);
        body["reported_at"] = time.into();
        let answer = app.post("/api/incidents", &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{time}");
        assert_eq!(answer.field(), "reported_at", "{time}");
    }
    for time in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:60Z"] {
        assert_eq!(app.get(&format!("/api/grids?at={time}")).await.status, StatusCode::OK, "{time}");
        assert_eq!(app.get(&format!("/api/incidents?from={time}")).await.status, StatusCode::OK, "{time}");
    }
}

#[tokio::test]
async fn numbers_that_are_none_and_lists_without_end_are_refused_by_name() {
    let app = TestApp::square().await.unwrap();
    let long = vec!["lamp"; 101].join(",");
    for (query, field) in [
        ("bbox=nan,34,107,35", "bbox"),
        ("bbox=-inf,34,inf,35", "bbox"),
        ("bbox=1e400,34,107,35", "bbox"),
        ("bbox=107,35,108,34", "bbox"),
        ("limit=99999999999999999999", "limit"),
        (&format!("category={long}"), "category"),
        (&format!("state={}", vec!["closed"; 101].join(",")), "state"),
    ] {
        for path in ["/api/incidents", "/tiles/incidents/14/13080/6546"] {
            if field == "limit" && path.starts_with("/tiles") {
                continue;
            }
            let answer = app.get(&format!("{path}?{query}")).await;
            assert_eq!((answer.status, answer.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{query}");
        }
    }
    for tile in ["19/0/0", "3/8/0", "3/0/8", "-1/0/0", "3/1.5/0", "99999999999/0/0"] {
        let answer = app.get(&format!("/tiles/incidents/{tile}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{tile}");
    }
}

#[tokio::test]
async fn other_methods_are_answered_as_http_asks() {
    let app = TestApp::square().await.unwrap();
    let plain = app.get("/api/villages").await;
    let head = app.send(request("HEAD", "/api/villages", &[], Body::empty())).await;
    assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0));
    assert_eq!(head.header("etag"), plain.header("etag"));
    let known = [("if-none-match", plain.header("etag"))];
    let known: Vec<(&str, &str)> = known.iter().map(|(name, value)| (*name, *value)).collect();
    assert_eq!(
        app.send(request("HEAD", "/api/villages", &known, Body::empty())).await.status,
        StatusCode::NOT_MODIFIED
    );
    let tile = "/tiles/incidents/14/13080/6546";
    let tag = app.get(tile).await.header("etag").to_owned();
    assert_eq!(app.get_with(tile, &[("if-none-match", &tag)]).await.status, StatusCode::NOT_MODIFIED);
    for (path, allowed) in [("/api/villages", "GET,HEAD"), ("/", "GET, HEAD")] {
        let answer = app.send(request("DELETE", path, &[], Body::empty())).await;
        // Without a page in the build there is nothing at `/` to refuse a method for.
        if answer.status != StatusCode::SERVICE_UNAVAILABLE {
            assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, allowed), "{path}");
        }
    }
    let description = app.get_with("/api/openapi.json", &[("accept-encoding", "gzip")]).await;
    assert_eq!((description.status, description.header("content-encoding")), (StatusCode::OK, "gzip"));
    assert!(!description.header("etag").is_empty());
}

#[tokio::test]
async fn methods_that_nobody_knows_make_no_series_of_their_own() {
    let app = TestApp::square().await.unwrap();
    for name in ["AAAA1", "AAAA2"] {
        let mut request = request("GET", "/api/town", &[], Body::empty());
        *request.method_mut() = Method::from_bytes(name.as_bytes()).unwrap();
        assert_eq!(app.send(request).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    let metrics = app.get("/metrics").await;
    let text = String::from_utf8_lossy(&metrics.bytes);
    assert!(text.contains("method=\"other\"") && !text.contains("AAAA"), "{text}");
}

#[tokio::test]
async fn a_host_that_is_no_text_is_not_ours() {
    let app = TestApp::square().await.unwrap();
    let mut request = request("GET", "/api/town", &[], Body::empty());
    let odd = axum::http::HeaderValue::from_bytes(b"caf\xe9.example").unwrap();
    request.headers_mut().insert("host", odd);
    assert_eq!(app.send(request).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_key_in_flight_is_a_conflict_and_the_towns_lock_a_moments_wait() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(107.005, 34.007).await;
    let body = lamp(107.005, 34.007);
    let mut other = app.db.pool.begin().await.unwrap();
    let claim = "INSERT INTO idempotency (town_id, key, fingerprint, created_at) VALUES (1, 'busy', '', now())";
    sqlx::raw_sql(claim).execute(&mut *other).await.unwrap();
    let answer = app.post_with("/api/incidents", &body, &[("idempotency-key", "busy")]).await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (StatusCode::CONFLICT, Some("conflict")));
    sqlx::raw_sql("UPDATE town_feed SET last_seq = last_seq WHERE town_id = 1").execute(&mut *other).await.unwrap();
    let answer = app.act(id, "verify").await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("busy")));
    assert_eq!(answer.header("retry-after"), "2");
    other.rollback().await.unwrap();
    assert_eq!(app.act(id, "verify").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_step_with_a_key_is_taken_once_and_keys_are_limited_and_forgotten() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(107.005, 34.007).await;
    let path = format!("/api/incidents/{id}/events");
    let step = json!({ "action": "verify" });
    let key = [("idempotency-key", "step")];
    let first = app.as_("王一").post_with(&path, &step, &key).await;
    let again = app.as_("王一").post_with(&path, &step, &key).await;
    assert_eq!((first.status, again.status, first.json()), (StatusCode::CREATED, StatusCode::CREATED, again.json()));
    assert_eq!(app.get(&format!("/api/incidents/{id}")).await.json()["log"].as_array().unwrap().len(), 2);
    // The same key for another purpose is another request.
    assert_eq!(app.as_("王一").post_with("/api/incidents", &step, &key).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for bad in [&*"k".repeat(201), "", "钥匙"] {
        let mut request = request("POST", "/api/incidents", &[], Body::from(lamp(107.005, 34.007).to_string()));
        request.headers_mut().insert("idempotency-key", axum::http::HeaderValue::from_bytes(bad.as_bytes()).unwrap());
        assert_eq!(app.send(request).await.field(), "Idempotency-Key", "{bad}");
    }

    let kept = async || {
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM idempotency").fetch_one(&app.db.pool);
        count.await.unwrap()
    };
    app.clock.set("2026-11-26T07:00:00Z");
    assert_eq!((fangge::housekeeping::tidy(&app.state).await.unwrap(), kept().await), (0, 1));
    app.clock.set("2026-11-26T09:00:00Z");
    assert_eq!((fangge::housekeeping::tidy(&app.state).await.unwrap(), kept().await), (1, 0));
}

#[tokio::test]
async fn a_clock_that_is_set_back_over_midnight_gives_no_number_twice() {
    let app = TestApp::square().await.unwrap();
    let mut numbers = Vec::new();
    for time in ["2026-11-23T15:59:00Z", "2026-11-23T16:01:00Z", "2026-11-23T15:58:00Z", "2026-11-23T16:02:00Z"] {
        app.clock.set(time);
        let told = app.post("/api/incidents", &lamp(107.005, 34.007)).await;
        assert_eq!(told.status, StatusCode::CREATED, "{time}");
        numbers.push(told.json()["properties"]["number"].as_str().unwrap().to_owned());
    }
    assert_eq!(numbers, ["20261123-0001", "20261124-0001", "20261124-0002", "20261124-0003"]);
}

/// Many incidents at once, all over the square town: far below what the API would take for as many reports.
async fn crowd(app: &TestApp, count: i64) {
    let sql = format!(
        "INSERT INTO incident (town_id, incident_id, number, title, category_code, category_version, severity, state, level,
                source, position, reported_at, ended_at, last_seq)
         SELECT 1, n, n::text, 'x', 'lamp', 1, 4, 'archived', 'grid', 'import',
                ST_SetSRID(ST_MakePoint(107 + 0.02 * (n % 500) / 500.0, 34 + 0.01 * (n / 500) / ({count} / 500.0)), 4326),
                '2026-01-01Z', '2026-01-01Z', 0
           FROM generate_series(1, {count}) n;
         ANALYZE incident"
    );
    sqlx::raw_sql(&sql).execute(&app.db.pool).await.unwrap();
}

#[tokio::test]
async fn a_tile_too_dense_is_a_fair_sample_of_all_its_parts() {
    let app = TestApp::square().await.unwrap();
    crowd(&app, 60_000).await;
    // At zoom 0 the planner is asked, at 15 it is not; both hold at most 50,000, from the whole of the town.
    for tile in ["0/0/0", "9/408/204"] {
        let answer = app.get(&format!("/tiles/incidents/{tile}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        let ids: Vec<u64> = points(&answer.bytes).iter().map(|point| point.id).collect();
        assert!((30_000..=50_000).contains(&ids.len()), "{tile}: {}", ids.len());
        for part in 0..6 {
            let of_part = ids.iter().filter(|id| (part * 10_000..(part + 1) * 10_000).contains(*id)).count();
            let share = 6.0 * f64::from(u32::try_from(of_part).unwrap()) / f64::from(u32::try_from(ids.len()).unwrap());
            assert!((0.9..1.1).contains(&share), "{tile}: part {part} has {share} of its share");
        }
    }
    let page = app.get("/api/incidents?limit=5000").await.json();
    assert_eq!(page["features"].as_array().unwrap().len(), 5_000);
    assert!(page["next"].is_string());
}

#[tokio::test]
async fn a_restored_log_ends_the_streams_and_pages_begin_anew() {
    let app = TestApp::square().await.unwrap();
    hears(&app.state).await.unwrap();
    for _ in 0..3 {
        app.report(107.005, 34.007).await;
    }
    let mut stream = app.open(request("GET", "/api/live?after=3", &[], Body::empty())).await.into_body();
    // An older backup comes back under the running server.
    let back = "ALTER TABLE incident_event DISABLE TRIGGER USER; DELETE FROM incident_event WHERE seq > 1;
                DELETE FROM incident_involved WHERE incident_id > 1; DELETE FROM incident WHERE incident_id > 1; UPDATE town_feed SET last_seq = 1, last_incident = 1";
    sqlx::raw_sql(back).execute(&app.db.pool).await.unwrap();
    let end = async { while stream.frame().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(30), end).await.expect("the stream goes on as if nothing had happened");
    let mut anew = app.open(request("GET", "/api/live?after=3", &[], Body::empty())).await.into_body();
    let first = anew.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(String::from_utf8_lossy(&first).contains("event: reload"), "{first:?}");
}

#[tokio::test]
async fn a_hundred_pages_that_connect_at_once_read_the_log_a_few_times() {
    let app = TestApp::square().await.unwrap();
    hears(&app.state).await.unwrap();
    app.report(107.005, 34.007).await;
    let calls = async || -> i64 {
        // What the server's connections have scanned of the log so far.
        sqlx::raw_sql("SELECT pg_stat_force_next_flush()").execute(&app.db.pool).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let sql = "SELECT sum(idx_scan)::bigint FROM pg_stat_user_indexes WHERE relname = 'incident_event'";
        sqlx::query_scalar(sql).fetch_one(&app.db.pool).await.unwrap()
    };
    let before = calls().await;
    let open = || app.open(request("GET", "/api/live?after=1", &[], Body::empty()));
    let all = futures::future::join_all((0..100).map(|_| open())).await;
    assert!(all.iter().all(|answer| answer.status() == StatusCode::OK));
    let reads = calls().await - before;
    assert!(reads < 20, "{reads} readings for 100 pages");
}

#[tokio::test]
async fn an_old_report_keeps_the_category_it_was_filed_under() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(107.005, 34.007).await;
    let sql = "UPDATE category SET valid_to = '2026-11-23T08:30:00Z' WHERE category_code = 'lamp';
               INSERT INTO category (town_id, category_code, version, group_word, name_zh, name_en, limit_grid_min,
                      limit_village_min, limit_town_min, valid_from)
               SELECT town_id, category_code, 2, group_word, name_zh, name_en, 5, 6, 7, valid_to FROM category
                WHERE category_code = 'lamp'";
    sqlx::raw_sql(sql).execute(&app.db.pool).await.unwrap();
    let noon = "2026-11-23T09:00:00Z".parse::<geodata::Time>().unwrap();
    app.clock.set(&noon.to_rfc3339());
    let due = |answer: Value| answer["properties"]["due_at"].as_str().unwrap().parse::<geodata::Time>().unwrap();
    let new = due(app.post("/api/incidents", &lamp(107.005, 34.007)).await.json());
    assert_eq!(new - noon, TimeDelta::minutes(5));
    let old = due(app.act(id, "pass_up").await.json());
    // An hour of work is left on that day in China, and another of its two follows in the morning.
    assert_eq!(old - noon, TimeDelta::minutes(990));
}
