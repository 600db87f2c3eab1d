//! Photos of incidents, through the API.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use fangge::db;
use fangge_tests::app::{Answer, TestApp, request};
use fangge_tests::client::Client;
use fangge_tests::pictures::{from_a_telephone, jpeg, marks, png, quarters};
use geodata::town::TownId;
use serde_json::{Value, json};
use sqlx::Row as _;

/// In grid 000000001001001, 王一's.
pub const HERE: (f64, f64) = (107.005, 34.007);

pub async fn send(client: &Client<'_>, incident: i64, query: &str, bytes: Vec<u8>) -> Answer {
    send_with(client, incident, query, bytes, &[]).await
}

pub async fn send_with(
    client: &Client<'_>,
    incident: i64,
    query: &str,
    bytes: Vec<u8>,
    headers: &[(&str, &str)],
) -> Answer {
    let path = format!("/api/incidents/{incident}/photos{query}");
    client.send(request("POST", &path, headers, Body::from(bytes))).await
}

pub async fn take_away(client: &Client<'_>, id: &str, reason: &str) -> Answer {
    let body = json!({ "reason": reason }).to_string();
    client.send(request("DELETE", &format!("/api/photos/{id}"), &[], Body::from(body))).await
}

pub fn id(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    answer.json()["id"].as_str().unwrap().to_owned()
}

pub fn photo(width: u32) -> Vec<u8> {
    from_a_telephone(&quarters(width, 60), 1)
}

pub async fn rows(app: &TestApp, table: &str) -> i64 {
    sqlx::query_scalar(&format!("SELECT count(*) FROM {table}")).fetch_one(&app.db.pool).await.unwrap()
}

/// Nothing is left of an upload: no file, no row, no hold.
pub async fn nothing_is_left(app: &TestApp) {
    assert_eq!(app.folder.files().len(), 0, "{:?}", app.folder.files());
    assert_eq!((rows(app, "photo").await, rows(app, "photo_hold").await), (0, 0));
}

#[tokio::test]
async fn a_photo_is_added_seen_and_tells_nothing_more() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let wang = app.as_("王一");
    let answer = send(&wang, incident, "?kind=result", from_a_telephone(&quarters(400, 300), 6)).await;
    let (id, told) = (id(&answer), answer.json());
    let bytes = told["bytes"].as_u64().unwrap();
    let expected = json!({ "id": id, "kind": "result", "width": 300, "height": 400, "bytes": bytes,
                           "added_by": "王一", "added_at": "2026-11-23T08:00:00Z" });
    assert_eq!(told, expected);

    let whole = wang.get(&format!("/api/photos/{id}")).await;
    assert_eq!((whole.status, whole.bytes.len() as u64), (StatusCode::OK, bytes));
    assert!(!marks(&whole.bytes).contains(&0xE1), "no EXIF");
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("cache-control", "private, max-age=31536000, immutable"),
        ("content-disposition", "inline"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(whole.header(name), value);
    }
    let thumb = wang.get(&format!("/api/photos/{id}/thumb")).await;
    let small = image::load_from_memory(&thumb.bytes).unwrap();
    assert_eq!((small.width(), small.height()), (240, 320));
    let tag = whole.header("etag").to_owned();
    let again = wang.get_with(&format!("/api/photos/{id}"), &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));

    let mut tx = app.state.begin_system(TownId(1)).await.unwrap();
    let of = db::photos::of(&mut tx, TownId(1), incident).await.unwrap();
    assert_eq!(serde_json::to_value(&of).unwrap(), json!([expected]));
    let first = db::photos::first_of(&mut tx, TownId(1), &[incident, incident + 1]).await.unwrap();
    assert_eq!(first.into_iter().collect::<Vec<_>>(), [(incident, of[0].clone())]);
    drop(tx);
    assert_eq!(rows(&app, "photo_hold").await, 0);
}

#[tokio::test]
async fn the_same_picture_again_gets_the_first_answer() {
    let app = TestApp::square().await.unwrap();
    let (here, there) = (app.report(HERE.0, HERE.1).await, app.report(HERE.0, HERE.1).await);
    let wang = app.as_("王一");
    let first = send(&wang, here, "", photo(80)).await;
    // Sent by another application, which left the metadata out.
    let again = send(&wang, here, "?kind=result", jpeg(&quarters(80, 60))).await;
    assert_eq!((id(&again), again.json()), (id(&first), first.json()));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    let other = send(&wang, there, "", photo(80)).await;
    assert_ne!(id(&other), id(&first));
    assert_eq!((app.folder.files().len(), rows(&app, "photo").await), (2, 2), "two photos of one picture");
    assert_eq!(app.get(&format!("/api/photos/{}", id(&other))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_key_belongs_to_one_file() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let wang = app.as_("王一");
    let with_key = |width| send_with(&wang, incident, "", photo(width), &[("idempotency-key", "k1")]);
    let first = with_key(80).await;
    let again = with_key(80).await;
    assert_eq!((again.json(), again.header("idempotency-replayed")), (first.json(), "true"));
    let other = with_key(81).await;
    assert_eq!((other.status, other.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "Idempotency-Key"));
    assert_eq!((app.folder.files().len(), rows(&app, "photo").await, rows(&app, "photo_hold").await), (2, 1, 0));
    // After it was taken away a late repetition is still the same request, and brings nothing back.
    take_away(&wang, &id(&first), "拍错了").await;
    assert_eq!(id(&with_key(80).await), id(&first));
    assert_eq!(app.get(&format!("/api/photos/{}", id(&first))).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_photo_is_refused_in_both_languages_and_leaves_nothing() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let wang = app.as_("王一");
    let whole = photo(80);
    for (bytes, zh, en) in [
        (vec![], "没有收到", "no photo arrived"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), "HEIC", "Most Compatible"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), "SVG", "SVG"),
        (whole[..whole.len() - 100].to_vec(), "不完整", "not complete"),
        ([whole.as_slice(), b"PK\x03\x04"].concat(), "夹带", "hidden"),
    ] {
        for (language, words) in [("zh-CN", zh), ("en", en)] {
            let headers = [("accept-language", language), ("content-type", "image/jpeg")];
            let told = send_with(&wang, incident, "", bytes.clone(), &headers).await;
            assert_eq!((told.status, told.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "photo"));
            assert!(told.json()["message"].as_str().unwrap().contains(words), "{}", told.json());
        }
    }
    let kind = send(&wang, incident, "?kind=selfie", whole.clone()).await;
    assert_eq!((kind.status, kind.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "kind"));
    // By its content, whatever it is called.
    let as_text = send_with(&wang, incident, "", png(&quarters(20, 20)), &[("content-type", "text/html")]).await;
    take_away(&wang, &id(&as_text), "试传").await;
    assert_eq!(rows(&app, "photo").await, 1);
}

#[tokio::test]
async fn a_file_over_the_limit_is_413_with_the_limit_and_others_bodies_keep_theirs() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let path = format!("/api/incidents/{incident}/photos");
    let large = vec![0xFF; 10 * 1024 * 1024 + 1];
    let told = app.send(request("POST", &path, &[("accept-language", "en")], Body::from(large.clone()))).await;
    assert_eq!((told.status, told.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    assert!(told.json()["message"].as_str().unwrap().contains("10 MB"), "{}", told.json());
    // Without a length it is found out on the way.
    let parts = futures::stream::iter(
        large.chunks(100_000).map(|part| Ok::<_, std::io::Error>(Bytes::copy_from_slice(part))).collect::<Vec<_>>(),
    );
    let streamed = raw(&app, "关山", &path, Body::from_stream(parts)).await;
    assert_eq!(streamed.status, StatusCode::PAYLOAD_TOO_LARGE);
    // As large as that is only a photo.
    let fits = app.send(request("POST", &path, &[], Body::from(vec![0xFF; 9 * 1024 * 1024]))).await;
    assert_eq!(fits.status, StatusCode::UNPROCESSABLE_ENTITY);
    let act = app.send(request("POST", "/api/incidents", &[], Body::from(vec![b' '; 70_000]))).await;
    assert_eq!(act.status, StatusCode::PAYLOAD_TOO_LARGE);
    nothing_is_left(&app).await;
}

/// Sends a body as it comes, which is not gathered first.
pub async fn raw(app: &TestApp, name: &str, path: &str, body: Body) -> Answer {
    let cookie = app.as_(name).cookie("square", false).await.unwrap();
    app.raw(request("POST", path, &[("cookie", &cookie)], body)).await
}

#[tokio::test]
async fn who_does_not_see_the_incident_does_not_see_its_photos() {
    let app = TestApp::square().await.unwrap();
    app.second_town().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let photo_id = id(&send(&app.as_("王一"), incident, "", photo(80)).await);
    // The neighbour's grid, the other village, a unit and a mediator that it was not given to, and who sees no cases at all.
    for name in ["王二", "李一", "田野", "安警", "何平", "图南", "管钥"] {
        let client = app.as_(name);
        assert_eq!(send(&client, incident, "", photo(81)).await.status, StatusCode::NOT_FOUND, "{name}");
        for path in [format!("/api/photos/{photo_id}"), format!("/api/photos/{photo_id}/thumb")] {
            assert_eq!(client.get(&path).await.status, StatusCode::NOT_FOUND, "{name} {path}");
        }
        assert_eq!(take_away(&client, &photo_id, "看不见").await.status, StatusCode::NOT_FOUND, "{name}");
    }
    for name in ["王一", "方正", "文静", "关山", "严明", "察微"] {
        assert_eq!(app.as_(name).get(&format!("/api/photos/{photo_id}")).await.status, StatusCode::OK, "{name}");
    }
    // The auditor sees and does not add.
    let told = send(&app.as_("察微"), incident, "", photo(82)).await;
    assert_eq!((told.status, told.code().as_str()), (StatusCode::FORBIDDEN, "denied"));
    for path in [format!("/api/photos/{photo_id}"), format!("/api/photos/{photo_id}/thumb")] {
        assert_eq!(app.stranger().get(&path).await.status, StatusCode::UNAUTHORIZED);
        let elsewhere = app.get(&format!("{path}?town=other")).await;
        assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(send(&app.stranger(), incident, "", photo(80)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.get("/api/photos/1").await.status, StatusCode::NOT_FOUND);
    // Given to the mediator, it is theirs to see, photos and all.
    let sql = "INSERT INTO incident_involved (town_id, party, incident_id) VALUES (1, 'staff:11', $1)";
    sqlx::query(sql).bind(incident).execute(&app.db.pool).await.unwrap();
    assert_eq!(app.as_("何平").get(&format!("/api/photos/{photo_id}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_database_itself_shows_a_photo_to_who_sees_its_incident() {
    let app = TestApp::square().await.unwrap();
    app.second_town().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    send(&app.as_("王一"), incident, "", photo(80)).await;
    let seen = async |scope: &str| -> i64 {
        let mut tx = app.state.pool.begin().await.unwrap();
        sqlx::raw_sql(&format!("SELECT {scope}")).execute(&mut *tx).await.unwrap();
        sqlx::query_scalar("SELECT count(*) FROM photo").fetch_one(&mut *tx).await.unwrap()
    };
    let set = |pairs: &[(&str, &str)]| {
        let sets = pairs.iter().map(|(name, value)| format!("set_config('fangge.{name}', '{value}', true)"));
        sets.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(seen("1").await, 0, "no scope, no rows");
    assert_eq!(seen(&set(&[("town", "1"), ("scope", "town")])).await, 1);
    assert_eq!(seen(&set(&[("town", "2"), ("scope", "town")])).await, 0);
    assert_eq!(seen(&set(&[("town", "1"), ("scope", "sign_in")])).await, 0);
    assert_eq!(seen(&set(&[("town", "1"), ("scope", "nothing")])).await, 0);
    let grids = |grid| set(&[("town", "1"), ("scope", "grids"), ("grids", grid)]);
    assert_eq!(seen(&grids("{000000001001001}")).await, 1);
    assert_eq!(seen(&grids("{000000001001002}")).await, 0);
    // What it shows is never changed, by whomever.
    let mut tx = app.state.begin_system(TownId(1)).await.unwrap();
    let changed = sqlx::query("UPDATE photo SET sha256 = sha256 WHERE town_id = 1").execute(&mut *tx).await;
    assert_eq!(changed.unwrap_err().as_database_error().unwrap().code().unwrap(), "42501");
}

#[tokio::test]
async fn a_photo_is_taken_away_for_a_reason_by_who_added_it_or_a_chief() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let wang = app.as_("王一");
    let (one, two) = (id(&send(&wang, incident, "", photo(80)).await), id(&send(&wang, incident, "", photo(81)).await));
    for (reason, field) in [("", "reason"), (" ", "reason")] {
        let told = take_away(&wang, &one, reason).await;
        assert_eq!((told.status, told.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field));
    }
    // The village's officer sees it and did not add it.
    assert_eq!(take_away(&app.as_("文静"), &one, "不好看").await.status, StatusCode::FORBIDDEN);
    assert_eq!(take_away(&wang, &one, "拍到了路人 𠮷").await.status, StatusCode::NO_CONTENT);
    assert_eq!(take_away(&wang, &one, "再一次").await.status, StatusCode::NOT_FOUND);
    assert_eq!(take_away(&app.as_("严明"), &two, "与本事件无关").await.status, StatusCode::NO_CONTENT);
    for photo in [&one, &two] {
        assert_eq!(app.get(&format!("/api/photos/{photo}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.get(&format!("/api/photos/{photo}/thumb")).await.status, StatusCode::NOT_FOUND);
    }
    let kept = "SELECT reason, removed_by FROM photo WHERE town_id = 1 AND photo_id = $1::uuid";
    let row = sqlx::query(kept).bind(&one).fetch_one(&app.db.pool).await.unwrap();
    assert_eq!((row.get::<String, _>(0), row.get::<i32, _>(1)), ("拍到了路人 𠮷".to_owned(), 7));
    let audited =
        "SELECT name, object_kind, object_key, reason, details FROM audit WHERE action = 'remove_photo' ORDER BY name";
    let rows = sqlx::query(audited).fetch_all(&app.db.pool).await.unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.get::<String, _>(0), row.get::<String, _>(2), row.get::<Value, _>(4)["photo"].clone()))
        .collect();
    let incident = incident.to_string();
    assert_eq!(told, [("严明".into(), incident.clone(), json!(two)), ("王一".into(), incident, json!(one))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_has_twenty_photos_and_an_archived_one_takes_no_more() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let wang = app.as_("王一");
    // Chosen all at once: they wait for each other, and all arrive.
    let sent = (100..119).map(|width| send(&wang, incident, "", photo(width)));
    let answers = futures::future::join_all(sent).await;
    let last = answers.iter().map(id).next_back().unwrap();
    // Two at once for the last place.
    let (one, two) = tokio::join!(send(&wang, incident, "", photo(200)), send(&wang, incident, "", photo(201)));
    let mut told = [one.status, two.status];
    told.sort();
    assert_eq!(told, [StatusCode::CREATED, StatusCode::CONFLICT]);
    assert_eq!((app.folder.files().len(), rows(&app, "photo").await, rows(&app, "photo_hold").await), (40, 20, 0));
    let told = send(&wang, incident, "", photo(300)).await;
    assert!(told.status == StatusCode::CONFLICT && told.json()["message"].as_str().unwrap().contains("20"));
    take_away(&wang, &last, "给新照片腾位置").await;
    assert_eq!(send(&wang, incident, "", photo(300)).await.status, StatusCode::CREATED);

    let other = app.report(HERE.0, HERE.1).await;
    let sql = "UPDATE incident SET state = 'archived', ended_at = '2026-11-23T09:00Z', act_at = NULL WHERE town_id = 1 AND incident_id = $1";
    sqlx::query(sql).bind(other).execute(&app.db.pool).await.unwrap();
    assert_eq!(send(&wang, other, "", photo(80)).await.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_picture_from_many_at_once_is_one_photo() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let clients = ["王一", "方正", "文静", "关山", "严明"].map(|name| app.as_(name));
    let answers = futures::future::join_all(clients.iter().map(|client| send(client, incident, "", photo(80)))).await;
    let first = id(&answers[0]);
    assert!(answers.iter().all(|answer| id(answer) == first));
    assert_eq!((app.folder.files().len(), rows(&app, "photo").await, rows(&app, "photo_hold").await), (2, 1, 0));
    assert_eq!(app.get(&format!("/api/photos/{first}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn sixty_in_ten_minutes_are_one_persons_fill() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let wang = app.as_("王一");
    for _ in 0..60 {
        assert_eq!(send(&wang, incident, "", b"no photo".to_vec()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    app.clock.set("2026-11-23T08:04:00Z");
    let told = send(&wang, incident, "", photo(80)).await;
    assert_eq!((told.status, told.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "360"));
    assert_eq!(send(&app.as_("文静"), incident, "", photo(80)).await.status, StatusCode::CREATED);
    app.clock.set("2026-11-23T08:10:00Z");
    assert_eq!(send(&wang, incident, "", photo(81)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn another_sites_page_adds_no_photo() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let headers = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    assert_eq!(send_with(&app.commander(), incident, "", photo(80), &headers).await.status, StatusCode::FORBIDDEN);
    nothing_is_left(&app).await;
}
