//! A place and what lies around it: who answers, what sees it, what is open near it, who is near, what ended there.

use axum::http::StatusCode;
use fangge_tests::app::{Answer, TestApp};
use serde_json::{Value, json};

/// 46 m east of the square town's camera, C-001, which looks east.
const SPOT: (f64, f64) = (107.0055, 34.007);

async fn around(app: &TestApp, who: &str, (lon, lat): (f64, f64)) -> Value {
    let answer = app.as_(who).get(&format!("/api/around?lon={lon}&lat={lat}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    answer.json()
}

/// One field of each thing in a list.
fn each<'a>(list: &'a Value, path: &str) -> Vec<&'a Value> {
    list.as_array().unwrap().iter().map(|one| one.pointer(path).unwrap_or(&Value::Null)).collect()
}

/// More cameras about [`SPOT`].
async fn cameras(app: &TestApp) {
    let sql = "
        INSERT INTO camera (town_id, camera_code, name_zh, name_en, position, bearing_deg, fov_deg, range_m, status, owner)
        SELECT 1, c.code, c.code, c.code, ST_SetSRID(ST_MakePoint(c.lon, c.lat), 4326), c.bearing, 60, c.reach, c.status, 'town'
          FROM (VALUES ('C-002', 107.0061, 34.007, 270, 100, 'online'),     -- looks back at it
                       ('C-003', 107.0061, 34.007, 90, 100, 'online'),      -- looks away from it
                       ('C-004', 107.0055, 34.0078, 180, 80, 'online'),     -- 89 m away, and sees 80
                       ('C-005', 107.0055, 34.0078, 180, 100, 'offline'),   -- the same, and sees 100
                       ('C-006', 107.0055, 34.0066, NULL, 60, 'online'),    -- turns
                       ('C-007', 107.0055, 34.0066, 350, 60, 'online'),     -- north-north-west
                       ('C-008', 107.0155, 34.002, NULL, 60, 'online'))     -- in the other village
            AS c (code, lon, lat, bearing, reach, status)";
    sqlx::raw_sql(sql).execute(&app.db.pool).await.unwrap();
}

async fn mark(app: &TestApp, who: &str, code: &str, body: &Value) -> Answer {
    app.as_(who).post(&format!("/api/cameras/{code}/obstructions"), body).await
}

fn tree() -> Value {
    json!({ "from_deg": 80, "to_deg": 100, "beyond_m": 30, "note": " 杨树 " })
}

#[tokio::test]
async fn the_cameras_that_see_a_place_are_told_the_nearest_first_and_no_others() {
    let app = TestApp::square().await.unwrap();
    cameras(&app).await;
    let told = around(&app, "关山", SPOT).await;
    let seeing = &told["cameras"];
    assert_eq!(each(seeing, "/code"), ["C-006", "C-007", "C-001", "C-002", "C-005"]);
    assert_eq!(each(seeing, "/turns"), [true, false, false, false, false]);
    assert_eq!(each(seeing, "/status"), ["online", "online", "online", "online", "offline"]);
    assert_eq!(each(seeing, "/obstructed"), [&Value::Null; 5]);
    // PostGIS says the same of distance and direction.
    let sql = "SELECT camera_code, ST_Distance(position::geography, p), degrees(ST_Azimuth(position::geography, p))
                 FROM camera, (SELECT ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography AS p) spot WHERE camera_code = ANY ($3)";
    let codes: Vec<&str> = each(seeing, "/code").iter().filter_map(|code| code.as_str()).collect();
    let theirs: Vec<(String, f64, f64)> =
        sqlx::query_as(sql).bind(SPOT.0).bind(SPOT.1).bind(&codes).fetch_all(&app.db.pool).await.unwrap();
    assert_eq!(theirs.len(), 5);
    for (code, metres, azimuth) in theirs {
        let ours = seeing.as_array().unwrap().iter().find(|one| one["code"] == *code).unwrap();
        let off = |field: &str, theirs: f64| (ours[field].as_f64().unwrap() - theirs).rem_euclid(360.0);
        assert!(off("metres", metres).min(360.0 - off("metres", metres)) < 1e-6, "{code}: {ours} {metres}");
        assert!(
            off("azimuth_deg", azimuth).min(360.0 - off("azimuth_deg", azimuth)) < 1e-6,
            "{code}: {ours} {azimuth}"
        );
    }
    // The place that the answer is about is told as /api/place tells it.
    let place = app.get(&format!("/api/place?lon={}&lat={}", SPOT.0, SPOT.1)).await.json();
    assert_eq!(told["place"], place);
    assert_eq!(place["chain"][0]["people"][0]["name"], "王一");
}

#[tokio::test]
async fn what_is_marked_as_in_the_way_is_told_until_it_is_taken_back() {
    let app = TestApp::square().await.unwrap();
    let marked = mark(&app, "方正", "C-001", &tree()).await;
    assert_eq!(marked.status, StatusCode::CREATED, "{}", marked.json());
    let marked = marked.json();
    assert_eq!((&marked["note"], &marked["marked_by"]), (&json!("杨树"), &json!("方正")));
    let seen = async |spot| around(&app, "李一", spot).await["cameras"][0]["obstructed"].clone();
    assert_eq!(seen(SPOT).await, "杨树");
    assert_eq!(seen((107.0052, 34.007)).await, Value::Null, "18 m away is before the tree");
    assert_eq!(seen((107.0055, 34.0072)).await, Value::Null, "at 64° it is beside the tree");
    let marks = app.as_("李一").get("/api/cameras/C-001/obstructions").await.json();
    assert_eq!(marks, json!({ "obstructions": [marked], "check": null, "marks": false }));

    let path = format!("/api/cameras/C-001/obstructions/{}", marked["id"].as_str().unwrap());
    for who in ["文东", "王一", "管钥"] {
        assert_eq!(app.as_(who).delete(&path).await.status, StatusCode::FORBIDDEN, "{who}");
    }
    assert_eq!(seen(SPOT).await, "杨树");
    app.clock.set("2026-11-23T08:01:00Z");
    assert_eq!(app.as_("文静").delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(seen(SPOT).await, Value::Null);
    assert_eq!(app.as_("文静").delete(&path).await.status, StatusCode::NOT_FOUND);
    let no_key = "/api/cameras/C-001/obstructions/tree";
    assert_eq!(app.as_("文静").delete(no_key).await.status, StatusCode::NOT_FOUND);
    // Both are written down.
    let deeds = app.as_("察微").get("/api/audit?object=camera:C-001").await.json();
    assert_eq!(each(&deeds["entries"], "/action"), ["unmark_obstruction", "mark_obstruction"]);
    assert_eq!(each(&deeds["entries"], "/name"), ["文静", "方正"]);
    assert_eq!(each(&deeds["entries"], "/details/sector"), ["80°–100° ≥ 30 m", "80°–100° ≥ 30 m"]);
}

#[tokio::test]
async fn cameras_are_marked_by_the_towns_chiefs_and_in_each_village_by_its_own() {
    let app = TestApp::square().await.unwrap();
    cameras(&app).await;
    let check = json!({ "verdict": "blurred", "note": "镜头有灰" });
    for (who, west, east) in [
        ("关山", true, true),
        ("严明", true, true),
        ("方正", true, false),
        ("文静", true, false),
        ("田野", false, true),
        ("文东", false, true),
        ("王一", false, false),
        ("何平", false, false),
        ("安警", false, false),
        ("图南", false, false),
        ("察微", false, false),
        ("管钥", false, false),
    ] {
        for (code, may) in [("C-001", west), ("C-008", east)] {
            let wanted = if may { StatusCode::CREATED } else { StatusCode::FORBIDDEN };
            assert_eq!(mark(&app, who, code, &tree()).await.status, wanted, "{who} {code}");
            let checked = app.as_(who).post(&format!("/api/cameras/{code}/checks"), &check).await;
            assert_eq!(checked.status, wanted, "{who} {code}");
            let marks = app.as_(who).get(&format!("/api/cameras/{code}/obstructions")).await.json();
            assert_eq!(marks["marks"], may, "{who} {code}");
        }
    }
    let marks = app.get("/api/cameras/C-008/obstructions").await.json();
    assert_eq!(each(&marks["obstructions"], "/marked_by").len(), 4);
    for path in ["C-099/obstructions", "C-099/checks", "%00/obstructions"] {
        let body = if path.ends_with("checks") { &check } else { &tree() };
        assert_eq!(app.post(&format!("/api/cameras/{path}"), body).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(app.stranger().get("/api/cameras/C-001/obstructions").await.status, StatusCode::UNAUTHORIZED);
    // The database keeps the same rule by itself.
    let scope = "SELECT set_config('fangge.town', '1', true), set_config('fangge.scope', 'village', true),
                        set_config('fangge.role', 'village_chief', true), set_config('fangge.village', '000000001002', true)";
    let mut tx = app.state.pool.begin().await.unwrap();
    sqlx::query(scope).execute(&mut *tx).await.unwrap();
    let gone = sqlx::query("DELETE FROM camera_obstruction").execute(&mut *tx).await.unwrap();
    assert_eq!(gone.rows_affected(), 4, "the other village's marks stay");
    let checked = "INSERT INTO camera_check VALUES (1, 'C-001', now(), 4, 'clear')";
    assert!(sqlx::query(checked).execute(&mut *tx).await.is_err());
}

#[tokio::test]
async fn the_last_check_is_the_one_that_is_told() {
    let app = TestApp::square().await.unwrap();
    let path = "/api/cameras/C-001/checks";
    for (at, who, verdict) in [("08:01", "文静", "dark"), ("09:30", "方正", "clear")] {
        app.clock.set(&format!("2026-11-23T{at}:00Z"));
        let checked = app.as_(who).post(path, &json!({ "verdict": verdict })).await;
        assert_eq!(checked.status, StatusCode::CREATED, "{}", checked.json());
        let told = app.get("/api/cameras/C-001/obstructions").await.json()["check"].clone();
        assert_eq!(told, checked.json());
    }
    let last = app.get("/api/cameras/C-001/obstructions").await.json()["check"].clone();
    assert_eq!((&last["verdict"], &last["checked_by"]), (&json!("clear"), &json!("方正")));
    let refused = app.as_("方正").post(path, &json!({ "verdict": "nice" })).await;
    assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "verdict"));
}

#[tokio::test]
async fn each_broken_rule_of_a_mark_is_named_twenty_are_the_most_and_a_key_marks_once() {
    let app = TestApp::square().await.unwrap();
    for (field, value) in [
        ("from_deg", json!(360)),
        ("from_deg", json!(-0.5)),
        ("to_deg", json!(361)),
        ("to_deg", json!(80)),
        ("beyond_m", json!(5_001)),
        ("note", json!(" ")),
        ("note", json!("树".repeat(201))),
        ("note", json!("两\n行")),
        ("note", json!(7)),
    ] {
        let mut body = tree();
        body[field] = value;
        let refused = mark(&app, "方正", "C-001", &body).await;
        assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{body}");
    }
    let send = async |key: &str, body: &Value| {
        let path = "/api/cameras/C-001/obstructions";
        app.as_("方正").post_with(path, body, &[("idempotency-key", key)]).await
    };
    let first = send("k", &tree()).await;
    let again = send("k", &tree()).await;
    assert_eq!((first.status, again.header("idempotency-replayed")), (StatusCode::CREATED, "true"));
    assert_eq!(first.json(), again.json());
    let mut other = tree();
    other["note"] = "围墙".into();
    assert_eq!(send("k", &other).await.field(), "Idempotency-Key");
    for n in 1..20 {
        assert_eq!(mark(&app, "方正", "C-001", &tree()).await.status, StatusCode::CREATED, "{n}");
    }
    let full = mark(&app, "方正", "C-001", &tree()).await;
    assert_eq!((full.status, full.code().as_str()), (StatusCode::CONFLICT, "conflict"));
}

#[tokio::test]
async fn incidents_near_it_are_told_as_far_as_one_sees_them() {
    let app = TestApp::square().await.unwrap();
    let near = app.report(SPOT.0 + 0.001, SPOT.1).await;
    let here = app.report(SPOT.0, SPOT.1).await;
    let east = app.as_("李一").report(107.0105, 34.007).await;
    let past = app.report(SPOT.0, SPOT.1 + 0.001).await;
    let later = app.report(SPOT.0, SPOT.1 + 0.001).await;
    let far = app.report(SPOT.0, SPOT.1 - 0.0019).await;
    let withdrawn = app.report(SPOT.0, SPOT.1).await;
    for (id, minute) in [(past, 10), (far, 15), (later, 20)] {
        app.clock.set(&format!("2026-11-23T08:{minute}:00Z"));
        for action in ["accept", "start", "report_back", "check", "close"] {
            assert_eq!(app.act(id, action).await.status, StatusCode::CREATED, "{action}");
        }
    }
    assert_eq!(app.act(withdrawn, "withdraw").await.status, StatusCode::CREATED);
    let told = around(&app, "关山", SPOT).await;
    assert_eq!(each(&told["open"], "/incident/id"), [here, near, east]);
    let metres: Vec<f64> = each(&told["open"], "/metres").iter().filter_map(|m| m.as_f64()).collect();
    assert!(metres[0] < 0.001 && (metres[1] - 92.3).abs() < 0.2, "{metres:?}");
    // The last first, and what ended 211 m away was not here.
    assert_eq!(each(&told["ended"], "/incident/id"), [later, past]);
    for (who, open, ended) in [
        ("王一", vec![here, near], 2),
        ("李一", vec![east], 0),
        ("田野", vec![east], 0),
        ("安警", vec![], 0),
        ("图南", vec![], 0),
        ("管钥", vec![], 0),
    ] {
        let told = around(&app, who, SPOT).await;
        assert_eq!(each(&told["open"], "/incident/id"), open, "{who}");
        assert_eq!(told["ended"].as_array().unwrap().len(), ended, "{who}");
    }
}

#[tokio::test]
async fn who_is_on_duty_is_told_the_nearest_first_in_a_straight_line_and_says_so() {
    let app = TestApp::square().await.unwrap();
    assert_eq!(around(&app, "关山", SPOT).await["responders"], json!([]), "nobody is on duty");
    let hall = "INSERT INTO place (town_id, place_id, kind, name_zh, name_en, position)
                VALUES (1, 1, 'town_hall', '镇政府', 'Town Hall', ST_SetSRID(ST_MakePoint(107.0195, 34.001), 4326))";
    sqlx::raw_sql(hall).execute(&app.db.pool).await.unwrap();
    let duty = |staff: i32, shift: &str, place: &str| json!({ "staff": staff, "shift": shift, "place": place });
    let duties = json!({ "duties": [
        duty(13, "day", "unit:police"), duty(3, "day", "town"), duty(16, "day", "town"),
        duty(9, "day", "grid:000000001002001"), duty(7, "day", "grid:000000001001001"),
        duty(8, "night", "grid:000000001001002"), duty(4, "day", "village:000000001002"),
    ] });
    assert_eq!(app.as_("严明").put("/api/roster/2026-11-23", &duties).await.status, StatusCode::OK);
    for _ in 0..2 {
        app.report(SPOT.0, SPOT.1).await;
    }
    let told = around(&app, "关山", SPOT).await;
    // 李一's grid and 田野's village have their labels at the same longitudes.
    let first = |people: &Value| each(people, "/name")[0].clone();
    let responders = &told["responders"];
    assert_eq!(first(responders), "王一");
    let names = each(responders, "/name");
    assert_eq!((names.len(), names[3], names[4]), (5, &json!("严明"), &json!("安警")), "{names:?}");
    assert_eq!(each(responders, "/by"), ["straight"; 5]);
    let metres: Vec<Option<f64>> = each(responders, "/metres").iter().map(|m| m.as_f64()).collect();
    assert_eq!(metres[4], None, "where a unit is nobody knows");
    assert!(metres[..4].is_sorted() && metres[0].is_some_and(|m| m < 300.0), "{metres:?}");
    assert!((metres[3].unwrap() - 1_453.0).abs() < 5.0, "{metres:?}");
    assert_eq!(
        (&responders[0]["at"], &responders[0]["at_name"]["zh"]),
        (&json!("grid:000000001001001"), &json!("西村一组"))
    );
    assert_eq!(each(responders, "/load")[0], 2);
    // Seen from the other side they come the other way round; and what one may not see is not counted.
    let east = around(&app, "李一", (107.0155, 34.008)).await;
    assert_ne!(first(&east["responders"]), "王一");
    let wang = east["responders"].as_array().unwrap().iter().find(|one| one["name"] == "王一").unwrap();
    assert_eq!(wang["load"], 0);
    // By night it is somebody else.
    app.clock.set("2026-11-23T14:00:00Z");
    assert_eq!(each(&around(&app, "关山", SPOT).await["responders"], "/name"), ["王二"]);
}

#[tokio::test]
async fn a_place_that_is_none_is_refused_by_name_and_one_outside_the_town_is_said_to_be() {
    let app = TestApp::square().await.unwrap();
    for (query, field) in [
        ("lat=34", "lon"),
        ("lon=107", "lat"),
        ("lon=181&lat=34", "lon"),
        ("lon=107&lat=-90.5", "lat"),
        ("lon=east&lat=34", "lon"),
        ("lon=107&lat=NaN", "lat"),
        ("lon=107&lat=34&range=5", "query"),
    ] {
        let refused = app.get(&format!("/api/around?{query}")).await;
        assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{query}");
    }
    for spot in [(108.0, 35.0), (180.0, 90.0), (-180.0, -90.0)] {
        let told = around(&app, "关山", spot).await;
        assert_eq!((&told["place"]["outside"], &told["cameras"]), (&json!(true), &json!([])), "{spot:?}");
    }
    assert_eq!(app.stranger().get("/api/around?lon=107&lat=34").await.status, StatusCode::UNAUTHORIZED);
}
