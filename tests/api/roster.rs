//! The duty roster: planned by the town and by each village for itself, read by everyone.

use axum::http::StatusCode;
use fangge_tests::app::{Answer, TestApp};
use serde_json::{Value, json};

/// The day of the tests' clock: 2026-11-23, a Monday, 16:00 in the town.
const TODAY: &str = "2026-11-23";

fn duty(staff: i32, shift: &str, place: &str) -> Value {
    json!({ "staff": staff, "shift": shift, "place": place })
}

fn plan(duties: &[Value]) -> Value {
    json!({ "duties": duties })
}

/// A day of the town: its chief of grids by day, both villages' chiefs and information officers by turns.
fn usual() -> Value {
    plan(&[
        json!({ "staff": 3, "shift": "day", "place": "town", "note": " 带班 " }),
        duty(13, "08:00-18:00", "unit:police"),
        duty(1, "day", "village:000000001001"),
        duty(5, "night", "village:000000001001"),
        duty(4, "night", "village:000000001002"),
        duty(9, "night", "grid:000000001002001"),
    ])
}

async fn put(app: &TestApp, who: &str, day: &str, plan: &Value) -> Answer {
    app.as_(who).put(&format!("/api/roster/{day}"), plan).await
}

/// `name shift place` of a day's duties.
fn told(duties: &Value) -> Vec<String> {
    let text = |duty: &Value, field: &str| duty[field].as_str().unwrap().to_owned();
    let one = |duty: &Value| format!("{} {} {}", text(duty, "name"), text(duty, "shift"), text(duty, "place"));
    duties.as_array().unwrap().iter().map(one).collect()
}

async fn on(app: &TestApp, day: &str) -> Vec<String> {
    told(&app.get(&format!("/api/roster?from={day}&to={day}")).await.json()["days"][0]["duties"])
}

#[tokio::test]
async fn a_day_is_planned_and_everyone_sees_who_is_on_duty() {
    let app = TestApp::square().await.unwrap();
    let planned = put(&app, "严明", TODAY, &usual()).await;
    assert_eq!(planned.status, StatusCode::OK, "{}", planned.json());
    let first = &planned.json()["duties"][0];
    let wanted = json!({ "staff": 3, "name": "严明", "role": "chief_of_grids", "shift": "day", "place": "town", "note": "带班" });
    assert_eq!(first, &wanted);
    let by_day = ["严明 day town", "安警 08:00-18:00 unit:police", "方正 day village:000000001001"];
    let by_night =
        ["文静 night village:000000001001", "田野 night village:000000001002", "李一 night grid:000000001002001"];
    assert_eq!(on(&app, TODAY).await, [by_day, by_night].concat());
    for who in ["王一", "安警", "图南", "管钥", "察微"] {
        let now = app.as_(who).get("/api/roster/now").await.json();
        assert_eq!((&now["day"], told(&now["duties"])), (&json!(TODAY), by_day.map(str::to_owned).to_vec()), "{who}");
        let name = &now["duties"][2]["place_name"];
        assert_eq!(name, &json!({ "zh": "西村", "en": "West Village" }));
    }
    // 19:00, 20:00 and, of the day before, 07:59 and 08:00 by the town's clock.
    for (at, wanted) in [
        ("2026-11-23T11:00:00Z", vec![by_day[0], by_day[2]]),
        ("2026-11-23T12:00:00Z", by_night.to_vec()),
        ("2026-11-23T23:59:59Z", by_night.to_vec()),
        ("2026-11-24T00:00:00Z", vec![]),
    ] {
        app.clock.set(at);
        assert_eq!(told(&app.get("/api/roster/now").await.json()["duties"]), wanted, "{at}");
    }
    let week = app.get("/api/roster").await.json();
    let days: Vec<_> = week["days"].as_array().unwrap().iter().map(|day| day["day"].as_str().unwrap()).collect();
    assert_eq!((days.len(), days[0], days[6]), (7, "2026-11-24", "2026-11-30"));
    assert_eq!(app.stranger().get("/api/roster").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_answers_for_a_place_is_told_with_who_is_on_duty_there_now() {
    let app = TestApp::square().await.unwrap();
    put(&app, "严明", TODAY, &usual()).await;
    let id = app.report(107.005, 34.007).await;
    let on_duty = async |path: &str, list: &str| {
        let answer = app.get(path).await.json();
        let parties = answer[list].as_array().unwrap().clone();
        parties.iter().map(|p| (p["party"].as_str().unwrap().to_owned(), told(&p["on_duty"]))).collect::<Vec<_>>()
    };
    let of = |party: &str, who: &[&str]| (party.to_owned(), who.iter().map(|who| (*who).to_owned()).collect());
    let (place, incident) = ("/api/place?lon=107.005&lat=34.007", format!("/api/incidents/{id}"));
    let by_day = [of("grid", &[]), of("village", &["方正 day village:000000001001"]), of("town", &["严明 day town"])];
    assert_eq!(on_duty(place, "chain").await, by_day);
    assert_eq!(on_duty(&incident, "parties").await, by_day);
    // At night in the town, which is the afternoon of its day in UTC.
    app.clock.set("2026-11-23T14:00:00Z");
    let by_night = [of("grid", &[]), of("village", &["文静 night village:000000001001"]), of("town", &[])];
    assert_eq!(on_duty(place, "chain").await, by_night);
    // Another place's night is another's.
    let elsewhere = on_duty("/api/place?lon=107.015&lat=34.007", "chain").await;
    assert_eq!(elsewhere[0], of("grid", &["李一 night grid:000000001002001"]));
}

#[tokio::test]
async fn only_those_who_plan_may_and_a_village_chief_plans_the_village() {
    let app = TestApp::square().await.unwrap();
    for who in ["管钥", "关山", "严明"] {
        assert_eq!(put(&app, who, TODAY, &usual()).await.status, StatusCode::OK, "{who}");
    }
    let copy = json!({ "from_week": TODAY, "to_week": "2026-11-30" });
    for who in ["文静", "王一", "何平", "安警", "图南", "察微"] {
        let refused = put(&app, who, TODAY, &plan(&[])).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "denied"), "{who}");
        assert_eq!(app.as_(who).post("/api/roster/copy", &copy).await.status, StatusCode::FORBIDDEN, "{who}");
    }
    let before = on(&app, TODAY).await;
    // 方正's own village: its part is replaced, the rest stays.
    let own = plan(&[duty(1, "night", "village:000000001001"), duty(7, "06:00-09:00", "grid:000000001001001")]);
    assert_eq!(put(&app, "方正", TODAY, &own).await.status, StatusCode::OK);
    let mut wanted: Vec<String> = before.iter().filter(|line| !line.ends_with(":000000001001")).cloned().collect();
    wanted.insert(0, "王一 06:00-09:00 grid:000000001001001".to_owned());
    wanted.insert(3, "方正 night village:000000001001".to_owned());
    assert_eq!(on(&app, TODAY).await, wanted);
    for (field, duties) in [
        ("duties.0.place", [duty(1, "day", "village:000000001002")]),
        ("duties.0.place", [duty(1, "day", "town")]),
        ("duties.0.staff", [duty(4, "day", "village:000000001001")]),
        ("duties.0.staff", [duty(3, "day", "village:000000001001")]),
    ] {
        let refused = put(&app, "方正", TODAY, &plan(&duties)).await;
        assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{duties:?}");
    }
    // Whom the town lends them, they may go on planning.
    let lent = json!({ "duties": [duty(11, "day", "village:000000001001")], "village": "000000001001" });
    assert_eq!(put(&app, "方正", "2026-11-24", &lent).await.field(), "duties.0.staff");
    assert_eq!(put(&app, "严明", "2026-11-24", &lent).await.status, StatusCode::OK);
    let later = plan(&[duty(11, "night", "village:000000001001")]);
    assert_eq!(put(&app, "方正", "2026-11-24", &later).await.status, StatusCode::OK);
    let week = app.as_("方正").post("/api/roster/copy", &copy).await.json();
    assert_eq!(told(&week["days"][1]["duties"]), ["何平 night village:000000001001"]);
    let other = json!({ "duties": [], "village": "000000001002" });
    assert_eq!(put(&app, "方正", TODAY, &other).await.status, StatusCode::FORBIDDEN);
    assert_eq!(on(&app, TODAY).await, wanted);
    // The town clears one village's part.
    assert_eq!(put(&app, "关山", TODAY, &other).await.status, StatusCode::OK);
    wanted.retain(|line| !line.contains(":000000001002"));
    assert_eq!(on(&app, TODAY).await, wanted);
    // The database keeps the same rule by itself.
    let mut tx = app.state.pool.begin().await.unwrap();
    let scope = "SELECT set_config('fangge.town', '1', true), set_config('fangge.scope', 'village', true),
                        set_config('fangge.role', 'village_chief', true), set_config('fangge.village', '000000001002', true)";
    sqlx::query(scope).execute(&mut *tx).await.unwrap();
    assert_eq!(sqlx::query("DELETE FROM roster").execute(&mut *tx).await.unwrap().rows_affected(), 0);
}

#[tokio::test]
async fn each_broken_rule_is_named_and_leaves_the_day_as_it_was() {
    let app = TestApp::square().await.unwrap();
    put(&app, "严明", TODAY, &usual()).await;
    let before = on(&app, TODAY).await;
    let note = |note: &str| json!({ "staff": 2, "shift": "day", "place": "town", "note": note });
    let cases: [(&str, Value); 12] = [
        ("duties.1.staff", plan(&[duty(2, "day", "town"), duty(99, "day", "town")])),
        ("duties.1.staff", plan(&[duty(2, "day", "town"), duty(2, "19:00-21:00", "unit:clinic")])),
        ("duties.0.shift", plan(&[duty(2, "always", "town")])),
        ("duties.0.place", plan(&[duty(2, "day", "county")])),
        ("duties.0.place", plan(&[duty(2, "day", "unit:fire")])),
        ("duties.0.place", plan(&[duty(2, "day", "village:000000002001")])),
        ("duties.0.place", plan(&[duty(2, "day", "grid:000000001001009")])),
        ("duties.0.note", plan(&[note(&"值".repeat(201))])),
        ("duties.0.note", plan(&[note("响\u{7}")])),
        ("duties.0.place", json!({ "duties": [duty(2, "day", "town")], "village": "000000001001" })),
        ("village", json!({ "duties": [], "village": "000000001009" })),
        ("duties", json!({})),
    ];
    for (field, body) in cases {
        let refused = put(&app, "严明", TODAY, &body).await;
        let named = refused.field();
        let named = if named == "." { "duties".to_owned() } else { named };
        assert_eq!((refused.status, named.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{}", refused.json());
    }
    for day in ["2026-11-21", "2027-11-25", "tomorrow", "2026-02-30"] {
        assert_eq!(put(&app, "严明", day, &plan(&[])).await.field(), "day", "{day}");
    }
    assert_eq!(put(&app, "严明", "2026-11-22", &plan(&[])).await.status, StatusCode::OK, "yesterday's night may go on");
    for (query, field) in [
        ("from=2026-11-23&to=2026-11-22", "to"),
        ("from=2026-11-01&to=2027-01-02", "to"),
        ("from=now", "from"),
        ("from=10000-01-01", "from"),
        ("day=2026-11-23", "query"),
    ] {
        assert_eq!(app.get(&format!("/api/roster?{query}")).await.field(), field, "{query}");
    }
    assert_eq!(app.get("/api/roster?from=2026-11-01&to=2027-01-01").await.json()["days"].as_array().unwrap().len(), 62);
    assert_eq!(on(&app, TODAY).await, before);
}

#[tokio::test]
async fn nobody_is_in_two_places_at_once_over_midnight_and_part_by_part() {
    let app = TestApp::square().await.unwrap();
    put(&app, "严明", TODAY, &plan(&[duty(1, "night", "town"), duty(8, "day", "town")])).await;
    let early = plan(&[duty(1, "07:00-12:00", "village:000000001001")]);
    let refused = put(&app, "方正", "2026-11-24", &early).await;
    assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "duties.0.staff"));
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("方正") && message.contains("2026-11-23 night"), "{message}");
    let later = plan(&[duty(1, "08:00-12:00", "village:000000001001")]);
    assert_eq!(put(&app, "方正", "2026-11-24", &later).await.status, StatusCode::OK);
    let own = plan(&[duty(8, "19:00-20:30", "village:000000001001")]);
    assert_eq!(put(&app, "方正", TODAY, &own).await.field(), "duties.0.staff", "the town has them already");
    // Whoever writes: the database keeps it too.
    let sql = "INSERT INTO roster (town_id, day, staff_id, from_min, to_min, place) VALUES (1, '2026-11-24', 1, 420, 500, 'town')";
    let error = sqlx::query(sql).execute(&app.db.pool).await.unwrap_err();
    assert_eq!(error.into_database_error().unwrap().constraint(), Some("roster_one_place_at_a_time"));
    // Two who plan the same day at once: it is one of the two plans, whole.
    let (one, other) = (
        plan(&[duty(2, "day", "town"), duty(3, "night", "town")]),
        plan(&[duty(3, "day", "town"), duty(2, "night", "town")]),
    );
    let answers = futures::join!(put(&app, "关山", "2026-11-25", &one), put(&app, "严明", "2026-11-25", &other));
    assert_eq!([answers.0.status, answers.1.status], [StatusCode::OK; 2]);
    assert_eq!(on(&app, "2026-11-25").await.len(), 2);
}

#[tokio::test]
async fn a_closed_account_is_planned_no_more_and_not_on_duty() {
    let app = TestApp::square().await.unwrap();
    put(&app, "严明", TODAY, &usual()).await;
    for staff in [1, 5] {
        let closed = app.as_("管钥").patch(&format!("/api/accounts/{staff}"), &json!({ "disabled": true })).await;
        assert_eq!(closed.status, StatusCode::OK, "{}", closed.json());
    }
    let now = app.as_("王一").get("/api/roster/now").await.json();
    assert_eq!(told(&now["duties"]), ["严明 day town", "安警 08:00-18:00 unit:police"]);
    let refused = put(&app, "田野", "2026-11-24", &plan(&[duty(4, "day", "village:000000001002")])).await;
    assert_eq!(refused.status, StatusCode::OK);
    let refused = put(&app, "严明", "2026-11-24", &plan(&[duty(2, "day", "town"), duty(5, "night", "town")])).await;
    assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "duties.1.staff"));
    let copied =
        app.as_("严明").post("/api/roster/copy", &json!({ "from_week": TODAY, "to_week": "2026-11-30" })).await.json();
    assert_eq!(copied["left_out"], json!(["文静", "方正"]));
    assert_eq!(told(&copied["days"][0]["duties"]).len(), 4);
}

#[tokio::test]
async fn a_week_is_planned_as_another_was() {
    let app = TestApp::square().await.unwrap();
    let sunday = plan(&[duty(2, "night", "town"), duty(10, "day", "grid:000000001002002")]);
    for (day, plan) in [(TODAY, &usual()), ("2026-11-29", &sunday), ("2026-12-01", &usual())] {
        assert_eq!(put(&app, "严明", day, plan).await.status, StatusCode::OK);
    }
    let copy = async |who: &str, from: &str, to: &str| {
        app.as_(who).post("/api/roster/copy", &json!({ "from_week": from, "to_week": to })).await
    };
    // Only a village's part: the rest of the week stays as it is planned.
    let village = copy("田野", "2026-11-26", "2026-12-04").await;
    assert_eq!(village.status, StatusCode::OK, "{}", village.json());
    let days = village.json()["days"].clone();
    let lines = |day: usize| told(&days[day]["duties"]);
    assert_eq!(lines(0), ["田野 night village:000000001002", "李一 night grid:000000001002001"]);
    assert_eq!(lines(1).len(), 4, "the village's Tuesday is as it was that Tuesday: empty");
    assert_eq!(lines(6), ["李二 day grid:000000001002002"]);
    let whole = copy("关山", TODAY, "2026-12-07").await.json();
    assert_eq!((told(&whole["days"][0]["duties"]).len(), told(&whole["days"][6]["duties"]).len()), (6, 2));
    assert_eq!(whole["left_out"], json!([]));
    // Who has the night before the week, or the morning after, can't be copied into it.
    put(&app, "严明", "2026-12-13", &plan(&[duty(3, "20:00-09:00", "town")])).await;
    let refused = copy("关山", TODAY, "2026-12-14").await;
    assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "to_week"));
    assert_eq!(on(&app, "2026-12-14").await, Vec::<String>::new());
    for to in [TODAY, "2026-11-27", "2026-11-20", "2027-11-22"] {
        assert_eq!(copy("关山", TODAY, to).await.field(), "to_week", "{to}");
    }
    // Into the week that runs: what has gone stays.
    app.clock.set("2026-11-27T08:00:00Z");
    assert_eq!(copy("关山", "2026-12-07", TODAY).await.status, StatusCode::OK);
    assert_eq!(on(&app, TODAY).await.len(), 6);
    app.clock.set("2026-11-26T08:00:00Z");
    assert_eq!(copy("关山", "2027-02-01", TODAY).await.status, StatusCode::OK);
    assert_eq!((on(&app, TODAY).await.len(), on(&app, "2026-11-29").await.len()), (6, 0));
}

#[tokio::test]
async fn another_town_s_roster_is_not_seen_and_every_plan_is_told_in_the_log() {
    let app = TestApp::square().await.unwrap();
    app.second_town().await.unwrap();
    let theirs = plan(&[duty(3, "day", "town"), duty(1, "day", "village:000000002001")]);
    let path = format!("/api/roster/{TODAY}?town=other");
    let planned = app.as_("他镇严明").put(&path, &theirs).await;
    assert_eq!(planned.status, StatusCode::OK, "{}", planned.json());
    assert_eq!(on(&app, TODAY).await, Vec::<String>::new());
    assert_eq!(app.get("/api/roster/now").await.json()["duties"], json!([]));
    put(&app, "严明", TODAY, &usual()).await;
    put(&app, "严明", TODAY, &plan(&[])).await;
    assert_eq!(
        app.as_("他镇关山").get("/api/roster/now?town=other").await.json()["duties"].as_array().unwrap().len(),
        2
    );
    let sql = "SELECT jsonb_build_object('name', name, 'key', object_key, 'details', details) FROM audit
                WHERE town_id = 1 AND action = 'change_roster'";
    let entries: Vec<Value> = sqlx::query_scalar(sql).fetch_all(&app.db.pool).await.unwrap();
    assert_eq!(entries.len(), 2, "{entries:?}");
    let first = entries.iter().find(|entry| entry["details"]["before"] == json!([])).unwrap();
    assert_eq!((&first["name"], &first["key"]), (&json!("严明"), &json!(TODAY)));
    assert_eq!(first["details"]["after"][0], "严明 day town（带班）");
}

#[tokio::test]
async fn two_who_plan_the_same_part_do_not_overwrite_each_other() {
    let app = TestApp::square().await.unwrap();
    let (west, east) = (json!("000000001001"), json!("000000001002"));
    put(&app, "严明", TODAY, &usual()).await;
    let day = async || app.get(&format!("/api/roster?from={TODAY}&to={TODAY}")).await.json()["days"][0].clone();
    let seen = day().await["edition"].clone();
    let planned = |duties: &[Value], village: &Value, seen: &Value| {
        let mut plan = plan(duties);
        (plan["village"], plan["seen"]) = (village.clone(), seen.clone());
        plan
    };
    let by_day = [duty(1, "day", "village:000000001001")];
    let first = put(&app, "严明", TODAY, &planned(&by_day, &west, &seen)).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.json());
    assert_eq!(first.json()["edition"], day().await["edition"]);
    // Who looked before that is told, with what stands there now; nothing is written.
    let refused = put(&app, "方正", TODAY, &planned(&[], &west, &seen)).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "replanned"));
    assert_eq!((&refused.json()["day"], told(&refused.json()["day"]["duties"]).len()), (&day().await, 5));
    // What was planned in another village is no change of this one's part.
    let duties: Vec<geodata::wire::Duty> = serde_json::from_value(day().await["duties"].clone()).unwrap();
    let part = geodata::roster::edition(&duties, Some(&"000000001001".parse().unwrap()));
    assert_eq!(put(&app, "田野", TODAY, &planned(&[], &east, &Value::Null)).await.status, StatusCode::OK);
    let unchanged = put(&app, "方正", TODAY, &planned(&by_day, &west, &json!(part))).await;
    assert_eq!(unchanged.status, StatusCode::OK, "{}", unchanged.json());
    // The same duties planned once more are the same edition; without one, the last holds as ever.
    let unchanged = put(&app, "方正", TODAY, &planned(&[], &west, &json!(part))).await;
    assert_eq!(unchanged.status, StatusCode::OK, "{}", unchanged.json());
    assert_eq!(put(&app, "方正", TODAY, &planned(&by_day, &west, &json!(part))).await.status, StatusCode::CONFLICT);
    assert_eq!(put(&app, "方正", TODAY, &planned(&by_day, &west, &Value::Null)).await.status, StatusCode::OK);
}
