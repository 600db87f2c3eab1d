//! The town's fixed things, figures, tiles, and what every answer carries.

use axum::http::StatusCode;
use fangge_tests::app::{TestApp, lamp};
use fangge_tests::mvt::points;
use serde_json::json;

#[tokio::test]
async fn villages_and_grids_are_geojson_with_what_they_add_up_to() {
    let app = TestApp::square().await.unwrap();
    let villages = app.get("/api/villages").await.json();
    assert_eq!(villages["type"], "FeatureCollection");
    let west = &villages["features"][0];
    assert_eq!((west["type"].as_str(), west["id"].as_str()), (Some("Feature"), Some("000000001001")));
    assert_eq!(west["geometry"]["type"], "Polygon");
    let facts = &west["properties"];
    assert_eq!((&facts["grids"], &facts["households"], &facts["residents"]), (&json!(2), &json!(3), &json!(12)));
    assert_eq!(facts["chief"], "方正");
    // 0.01° by 0.01° at 34° N on the ellipsoid, from the meridian's and the parallel's length there.
    let area = facts["area_m2"].as_f64().unwrap();
    assert!((area - 924.0 * 1_109.2).abs() < 2_000.0, "{area}");
    let grids = app.get("/api/grids").await.json();
    let codes: Vec<_> = grids["features"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert_eq!(codes, ["000000001001001", "000000001001002", "000000001002001", "000000001002002"]);
    assert_eq!(app.get("/api/grids?at=2019-01-01T00:00:00Z").await.json()["features"], json!([]));
    assert_eq!(app.get("/api/grids?at=then").await.field(), "at");
    let camera = &app.get("/api/cameras").await.json()["features"][0]["properties"];
    assert_eq!((&camera["grid"], &camera["bearing_deg"]), (&json!("000000001001001"), &json!(90.0)));
}

#[tokio::test]
async fn totals_follow_the_log() {
    let app = TestApp::square().await.unwrap();
    let empty = app.get("/api/totals").await.json();
    assert_eq!((&empty["open"], &empty["accept_minutes"], &empty["on_time"]), (&json!(0), &json!(null), &json!(null)));
    let first = app.report(107.005, 34.007).await;
    app.report(107.015, 34.002).await;
    app.clock.set("2026-11-23T08:30:00Z");
    for action in ["accept", "start", "report_back", "check", "close"] {
        assert_eq!(app.act(first, action).await.status, StatusCode::CREATED, "{action}");
    }
    app.clock.set("2026-11-23T09:10:00Z");
    let totals = app.get("/api/totals").await.json();
    let told = [
        "villages",
        "grids",
        "households",
        "cameras",
        "incidents",
        "open",
        "overdue",
        "today",
        "longest_overdue_minutes",
    ]
    .map(|key| totals[key].as_i64().unwrap());
    assert_eq!(told, [2, 4, 4, 1, 2, 1, 1, 2, 10]);
    assert_eq!(
        (&totals["accept_minutes"], &totals["close_minutes"], &totals["on_time"]),
        (&json!(30.0), &json!(30.0), &json!(1.0))
    );
    assert_eq!(totals["by_village"], json!([{ "village": "000000001002", "open": 1, "overdue": 1 }]));
    app.clock.set("2026-11-24T09:10:00Z");
    assert_eq!(app.get("/api/totals").await.json()["open_yesterday"], 1);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let app = TestApp::square().await.unwrap();
    let first = app.get("/api/incidents").await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let again = app.get_with("/api/incidents", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    app.report(107.005, 34.007).await;
    assert_eq!(app.get_with("/api/incidents", &[("if-none-match", &tag)]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_can_read_it() {
    let app = TestApp::square().await.unwrap();
    let plain = app.get("/api/grids").await;
    let packed = app.get_with("/api/grids", &[("accept-encoding", "br")]).await;
    assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "br"));
    assert!(packed.bytes.len() < plain.bytes.len());
}

#[tokio::test]
async fn tiles_hold_the_incidents_of_their_square() {
    let app = TestApp::square().await.unwrap();
    app.report(107.005, 34.007).await;
    let mut fire = lamp(107.015, 34.002);
    fire["category"] = "fire".into();
    app.post("/api/incidents", &fire).await;
    // The tile of zoom 10 over 107.01 E 34.005 N, reckoned by the slippy-map formulas.
    let count = async |query: &str| {
        let tile = app.get(&format!("/tiles/incidents/10/816/409{query}")).await;
        assert_eq!((tile.status, tile.header("content-type")), (StatusCode::OK, "application/vnd.mapbox-vector-tile"));
        points(&tile.bytes).len()
    };
    assert_eq!(count("").await, 2);
    assert_eq!(count("?category=emergency").await, 1);
    assert_eq!(points(&app.get("/tiles/incidents/10/0/0").await.bytes), []);
    // PostGIS's own projection into the tile says the same.
    let sql = "SELECT incident_id, ST_X(g)::bigint, ST_Y(g)::bigint
                 FROM incident, ST_AsMVTGeom(mercator, ST_TileEnvelope(10, 816, 409), 4096, 64, true) g";
    let mut theirs: Vec<(i64, i64, i64)> = sqlx::query_as(sql).fetch_all(&app.db.pool).await.unwrap();
    let tile = app.get("/tiles/incidents/10/816/409").await;
    let mut ours: Vec<(i64, i64, i64)> =
        points(&tile.bytes).iter().map(|p| (i64::try_from(p.id).unwrap(), p.x, p.y)).collect();
    theirs.sort_unstable();
    ours.sort_unstable();
    assert_eq!(ours, theirs);
    for (path, field) in [("19/0/0", "z"), ("1/2/0", "x"), ("1/0/2", "y"), ("1/-1/0", "x"), ("z/0/0", "z")] {
        let answer = app.get(&format!("/tiles/incidents/{path}")).await;
        assert_eq!((answer.status, answer.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{path}");
    }
    let told = app.get("/tiles/incidents").await.json();
    assert_eq!(told["tilejson"], "3.0.0");
    assert_eq!(told["vector_layers"][0]["id"], "incidents");
    assert_eq!(told["bounds"], json!([107.0, 34.0, 107.02, 34.01]));
}

#[tokio::test]
async fn the_description_names_every_route_and_is_openapi_3_1() {
    let app = TestApp::square().await.unwrap();
    let document = app.get("/api/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    for path in [
        "/api/villages",
        "/api/grids",
        "/api/cameras",
        "/api/cameras/{code}/obstructions",
        "/api/around",
        "/api/incidents",
        "/api/incidents/{id}",
        "/api/incidents/{id}/events",
        "/api/totals",
        "/api/live",
        "/api/town",
        "/api/towns",
        "/api/ground",
        "/api/buildings",
        "/api/categories",
        "/tiles/incidents",
        "/tiles/incidents/{z}/{x}/{y}",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        assert!(paths.contains(&path), "{path} is not described: {paths:?}");
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values().filter(|o| o.is_object()) {
            assert!(operation["responses"].is_object() && operation["tags"].is_array(), "{path}");
        }
    }
}

#[tokio::test]
async fn metrics_count_by_route_not_by_address() {
    let app = TestApp::square().await.unwrap();
    app.get("/api/incidents/424242").await;
    let text = String::from_utf8(app.get("/metrics").await.bytes.to_vec()).unwrap();
    assert!(text.contains(r#"route="/api/incidents/{id}""#), "{text}");
    assert!(!text.contains("424242"));
}

#[tokio::test]
async fn every_answer_binds_the_browser_and_strangers_may_not_write() {
    let app = TestApp::square().await.unwrap();
    for path in ["/", "/api/town", "/nowhere", "/api/incidents?limit=0"] {
        let answer = app.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe-inline") && !policy.contains("http"),
            "{path}: {policy}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    let foreign: [&[(&str, &str)]; 3] = [
        &[("origin", "http://evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-site")],
    ];
    for headers in foreign {
        let answer = app.post_with("/api/incidents", &lamp(107.005, 34.007), headers).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (StatusCode::FORBIDDEN, Some("forbidden")));
    }
    let rebound = axum::http::Request::get("/api/town").header("host", "evil.example").body(axum::body::Body::empty());
    assert_eq!(app.send(rebound.unwrap()).await.status, StatusCode::FORBIDDEN);
    let ours = [("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")];
    assert_eq!(app.post_with("/api/incidents", &lamp(107.005, 34.007), &ours).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn unknown_paths_and_methods_get_the_one_error_body() {
    let app = TestApp::square().await.unwrap();
    let nowhere = app.get("/api/nowhere").await;
    assert_eq!((nowhere.status, nowhere.json()["code"].as_str()), (StatusCode::NOT_FOUND, Some("not_found")));
    let method = app.post("/api/villages", &json!({})).await;
    assert_eq!(
        (method.status, method.json()["code"].as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, Some("method_not_allowed"))
    );
    let garbled = app.get("/api/incidents/%ff").await;
    assert_eq!((garbled.status, garbled.json()["code"].as_str()), (StatusCode::BAD_REQUEST, Some("bad_request")));
}
