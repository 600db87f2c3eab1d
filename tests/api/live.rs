//! The live feed: every event, once, in order.

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use axum::serve::Listener as _;
use fangge::lending::{self, Lending};
use fangge_tests::app::{TestApp, hears, lamp, request};
use futures::StreamExt as _;
use serde_json::Value;
use std::time::Duration;

/// A server-sent event: its kind, its id, its data.
#[derive(Debug)]
struct Told {
    kind: String,
    id: i64,
    data: Value,
}

/// Reads a stream until `enough`.
async fn read_until(response: Response<Body>, enough: impl Fn(&[Told]) -> bool) -> Vec<Told> {
    assert_eq!(response.status(), StatusCode::OK);
    let mut stream = response.into_body().into_data_stream();
    let (mut text, mut told) = (String::new(), Vec::new());
    while !enough(&told) {
        let bytes =
            tokio::time::timeout(Duration::from_secs(20), stream.next()).await.expect("silence").unwrap().unwrap();
        text.push_str(std::str::from_utf8(&bytes).unwrap());
        while let Some((one, rest)) = text.split_once("\n\n") {
            let line =
                |name: &str| one.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default().trim().to_owned();
            told.push(Told {
                kind: line("event:"),
                id: line("id:").parse().unwrap(),
                data: serde_json::from_str(&line("data:")).unwrap(),
            });
            text = rest.to_owned();
        }
    }
    told
}

fn numbers(told: &[Told]) -> Vec<i64> {
    told.iter().filter(|t| t.kind == "incident").map(|t| t.id).collect()
}

async fn open(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    app.open(request("GET", path, headers, Body::empty())).await
}

#[tokio::test]
async fn a_page_hears_what_it_missed_then_hello_then_what_comes() {
    let app = TestApp::square().await.unwrap();
    hears(&app.state).await.unwrap();
    let id = app.report(107.005, 34.007).await;
    app.act(id, "verify").await;
    let stream = open(&app, "/api/live?after=0", &[]).await;
    app.act(id, "accept").await;
    let told = read_until(stream, |t| numbers(t).len() == 3 && t.iter().any(|t| t.kind == "hello")).await;
    assert_eq!(numbers(&told), [1, 2, 3]);
    let last = told.iter().rfind(|t| t.kind == "incident").unwrap();
    assert_eq!(last.data["event"]["action"], "accept");
    assert_eq!(last.data["incident"]["properties"]["state"], "accepted");
}

#[tokio::test]
async fn sixty_reports_from_six_hands_reach_three_pages_once_and_in_order() {
    let app = TestApp::square().await.unwrap();
    hears(&app.state).await.unwrap();
    let pages = futures::future::join_all((0..3).map(|_| open(&app, "/api/live?after=0", &[]))).await;
    let write = async {
        futures::stream::iter(0..60).map(|_| app.report(107.005, 34.007)).buffer_unordered(6).collect::<Vec<_>>().await
    };
    let read = futures::future::join_all(pages.into_iter().map(|p| read_until(p, |t| numbers(t).len() == 60)));
    let (ids, pages) = futures::join!(write, read);
    assert_eq!(ids.len(), 60);
    for told in pages {
        assert_eq!(numbers(&told), (1..=60).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_dropped_connection_goes_on_after_its_last_event_across_a_restart() {
    let app = TestApp::square().await.unwrap();
    hears(&app.state).await.unwrap();
    for _ in 0..3 {
        app.report(107.005, 34.007).await;
    }
    let app = app.restarted();
    hears(&app.state).await.unwrap();
    let stream = open(&app, "/api/live?after=0", &[("last-event-id", "2")]).await;
    let told = read_until(stream, |t| t.iter().any(|t| t.kind == "hello")).await;
    assert_eq!(numbers(&told), [3], "Last-Event-ID wins, and nothing is told twice");
    app.state.shutdown();
}

#[tokio::test]
async fn too_far_behind_or_ahead_of_the_log_is_told_to_reload() {
    let app = TestApp::square().await.unwrap();
    hears(&app.state).await.unwrap();
    app.report(107.005, 34.007).await;
    let ahead = read_until(open(&app, "/api/live?after=77", &[]).await, |t| !t.is_empty()).await;
    assert_eq!((ahead[0].kind.as_str(), ahead[0].id), ("reload", 1));
    // 3,000 steps written at once: more than a reader is made to swallow.
    let sql = "
        INSERT INTO incident_event (town_id, seq, incident_id, at, recorded_at, action, role, state, level)
        SELECT 1, n, 1, now(), now(), 'supervise', 'auditor', 'reported', 'grid' FROM generate_series(2, 3001) n;
        UPDATE town_feed SET last_seq = 3001 WHERE town_id = 1;";
    sqlx::raw_sql(sql).execute(&app.db.pool).await.unwrap();
    let app = app.restarted();
    hears(&app.state).await.unwrap();
    let far = read_until(open(&app, "/api/live?after=1", &[]).await, |t| !t.is_empty()).await;
    assert_eq!((far[0].kind.as_str(), far[0].id), ("reload", 3001));
    let near = read_until(open(&app, "/api/live?after=1500", &[]).await, |t| t.iter().any(|t| t.kind == "hello")).await;
    assert_eq!(numbers(&near), (1501..=3001).collect::<Vec<_>>());
    app.state.shutdown();
}

#[tokio::test]
async fn streams_end_when_the_database_is_gone_and_new_ones_wait_for_it() {
    let app = TestApp::square().await.unwrap();
    hears(&app.state).await.unwrap();
    let mut stream = open(&app, "/api/live", &[]).await.into_body().into_data_stream();
    // Every connection is cut and none is let in, as when the server is away.
    let admin = sqlx::PgPool::connect_with(app.db.options.clone().database("postgres")).await.unwrap();
    let name = app.db.options.get_database().unwrap().to_owned();
    sqlx::raw_sql(&format!("ALTER DATABASE \"{name}\" ALLOW_CONNECTIONS false")).execute(&admin).await.unwrap();
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
    sqlx::query(cut).bind(&name).execute(&admin).await.unwrap();
    let ended = async { while stream.next().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(20), ended).await.expect("the stream stalled in silence");
    let away = app.get("/api/incidents").await;
    assert_eq!((away.status, away.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"));
    assert_eq!(open(&app, "/api/live", &[]).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(app.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    sqlx::raw_sql(&format!("ALTER DATABASE \"{name}\" ALLOW_CONNECTIONS true")).execute(&admin).await.unwrap();
    hears(&app.state).await.unwrap();
    assert_eq!(app.post("/api/incidents", &lamp(107.005, 34.007)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_foreign_town_is_not_heard() {
    let app = TestApp::square().await.unwrap();
    hears(&app.state).await.unwrap();
    app.second_town().await.unwrap();
    let stream = open(&app, "/api/live?after=0&town=other", &[]).await;
    app.report(107.005, 34.007).await;
    let mine = app.post("/api/incidents?town=other", &lamp(107.006, 34.007)).await.json();
    let told = read_until(stream, |t| !numbers(t).is_empty()).await;
    assert_eq!(numbers(&told), [1]);
    assert_eq!(told.last().unwrap().data["incident"]["geometry"], mine["geometry"]);
}

#[tokio::test]
async fn each_hears_what_they_may_see_and_the_number_goes_on() {
    let app = TestApp::square().await.unwrap();
    hears(&app.state).await.unwrap();
    let chief = app.as_("方正").open(request("GET", "/api/live?after=0", &[], Body::empty())).await;
    let police = app.as_("安警").open(request("GET", "/api/live?after=0", &[], Body::empty())).await;
    let administrator = app.as_("管钥").open(request("GET", "/api/live?after=0", &[], Body::empty())).await;
    let east = app.report(107.015, 34.007).await;
    let west = app.report(107.005, 34.007).await;
    // Both have been told before one is given away.
    let all = open(&app, "/api/live?after=0", &[]).await;
    assert_eq!(numbers(&read_until(all, |t| numbers(t).len() == 2).await), [1, 2]);
    let given = "INSERT INTO incident_involved (town_id, party, incident_id) VALUES (1, 'unit:police', $1)";
    sqlx::query(given).bind(east).execute(&app.db.pool).await.unwrap();
    app.act(east, "verify").await;
    app.act(west, "verify").await;
    let seqs = |told: &[Told]| told.last().map(|t| t.id);
    let chief = read_until(chief, |t| numbers(t).len() == 2).await;
    assert_eq!(numbers(&chief), [2, 4]);
    let police = read_until(police, |t| seqs(t) == Some(4)).await;
    assert_eq!(numbers(&police), [3], "from when it was given to them");
    // Nothing to see, and the number of the next sign tells that there was something.
    let administrator = read_until(administrator, |t| seqs(t) == Some(4)).await;
    assert!(numbers(&administrator).is_empty());
    // Who comes later reads the same from the log.
    for (name, sees) in [("方正", vec![2, 4]), ("管钥", vec![]), ("关山", vec![1, 2, 3, 4])] {
        let stream = app.as_(name).open(request("GET", "/api/live?after=0", &[], Body::empty())).await;
        let told = read_until(stream, |t| t.iter().any(|t| t.kind == "hello")).await;
        assert_eq!(numbers(&told), sees, "{name}");
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_when_its_person_sees_something_else() {
    let app = TestApp::square().await.unwrap();
    hears(&app.state).await.unwrap();
    let end = async |name: &str, sql: &str, ends: bool| {
        let mut stream =
            app.as_(name).open(request("GET", "/api/live", &[], Body::empty())).await.into_body().into_data_stream();
        stream.next().await.unwrap().unwrap();
        sqlx::raw_sql(sql).execute(&app.db.pool).await.unwrap();
        let over = async { while stream.next().await.is_some() {} };
        assert_eq!(tokio::time::timeout(Duration::from_secs(4), over).await.is_ok(), ends, "{name}: {sql}");
    };
    let now = "'2026-11-23T08:00:00Z'";
    end("王一", &format!("UPDATE account_session SET revoked_at = {now} WHERE staff_id = 7"), true).await;
    end("王二", &format!("UPDATE account SET disabled_at = {now} WHERE staff_id = 8"), true).await;
    end("方正", "UPDATE staff SET village_code = '000000001002' WHERE staff_id = 1", true).await;
    end("李一", "DELETE FROM staff_grid WHERE staff_id = 9", true).await;
    end("李二", "UPDATE staff SET role = role WHERE staff_id = 10", false).await;
    end("何平", "UPDATE account_session SET revoked_at = '2026-11-23T08:00:00Z' WHERE staff_id <> 11", false).await;
}

#[tokio::test]
async fn over_a_connection_the_stream_is_in_chunks_and_ends_with_the_server() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let app = TestApp::square().await.unwrap();
    hears(&app.state).await.unwrap();
    let listener = Lending(tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap());
    let address = listener.local_addr().unwrap();
    let server = axum::serve(listener, lending::service(fangge::http::app(app.state.clone())));
    let server = tokio::spawn(server.into_future());
    let cookie = app.commander().cookie("square", false).await.unwrap();
    let mut reader = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET /api/live?after=0 HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n");
    reader.write_all(request.as_bytes()).await.unwrap();

    let mut text = String::new();
    let mut read_until = async |text: &mut String, enough: &str| {
        let mut some = vec![0; 65_536];
        while !text.contains(enough) {
            let read = tokio::time::timeout(Duration::from_secs(20), reader.read(&mut some)).await.unwrap().unwrap();
            assert!(read > 0, "it ended after {text}");
            *text += std::str::from_utf8(&some[..read]).unwrap();
        }
    };
    read_until(&mut text, "event: hello").await;
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.contains("content-type: text/event-stream\r\n"), "{text}");
    let id = app.report(107.005, 34.007).await;
    for _ in 0..40 {
        app.act(id, "note").await;
    }
    read_until(&mut text, "id: 41\n").await;
    app.state.shutdown();
    read_until(&mut text, "\r\n0\r\n\r\n").await;
    app.state.feed.is_silent().await;
    server.abort();

    // Each chunk is as long as it says.
    let mut rest = text.split_once("\r\n\r\n").unwrap().1;
    let mut signs = String::new();
    loop {
        let (length, after) = rest.split_once("\r\n").unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            break;
        }
        signs += &after[..length];
        rest = after[length..].strip_prefix("\r\n").unwrap();
    }
    let told: Vec<&str> = signs.split_terminator("\n\n").collect();
    assert_eq!(told.iter().filter(|sign| sign.contains("event: incident")).count(), 41);
    assert!(told.iter().all(|sign| sign.starts_with("id: ")), "{signs}");
}
