//! One box that finds everything: what, by what, in which order, and for whom.

use crate::life::WEST;
use axum::http::StatusCode;
use fangge::manners::RateArgs;
use fangge_tests::app::{TestApp, lamp};
use fangge_tests::client::Client;
use serde_json::{Value, json};

/// In the first grid of the east village.
const EAST: (f64, f64) = (107.015, 34.007);

/// The square town with a school, an office of few words, and people on duty.
async fn furnished() -> TestApp {
    let app = TestApp::square().await.unwrap();
    let more = "
        INSERT INTO place (town_id, place_id, kind, name_zh, name_en, position) VALUES
          (1, 1, 'school', '西村小学', 'West Primary School', ST_SetSRID(ST_MakePoint(107.004, 34.008), 4326)),
          (1, 2, 'hamlet', '𠮷家_堡', 'Jijia Fort', ST_SetSRID(ST_MakePoint(107.016, 34.002), 4326));
        INSERT INTO roster (town_id, day, staff_id, from_min, to_min, place, village_code, grid_code, note) VALUES
          (1, '2026-11-23', 4, 480, 1200, 'village', '000000001002', NULL, '电话 8001'),
          (1, '2026-11-23', 7, 480, 1200, 'grid', '000000001001', '000000001001001', NULL),
          (1, '2026-11-23', 3, 480, 1200, 'town', NULL, NULL, NULL),
          (1, '2026-11-23', 8, 0, 240, 'grid', '000000001001', '000000001001002', '夜班已经下班')";
    sqlx::raw_sql(more).execute(&app.db.pool).await.unwrap();
    app
}

/// What a text finds, in order.
async fn found(client: &Client<'_>, text: &str) -> Vec<Value> {
    let answer = client.get(&path(text)).await;
    assert_eq!(answer.status, StatusCode::OK, "{text}: {}", answer.json());
    answer.json()["found"].as_array().unwrap().clone()
}

fn path(text: &str) -> String {
    text.bytes().fold("/api/search?q=".to_owned(), |path, byte| format!("{path}%{byte:02X}"))
}

/// The same as kinds and Chinese names.
async fn names(client: &Client<'_>, text: &str) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    found(client, text).await.iter().map(|one| (word(&one["kind"]), word(&one["name"]["zh"]))).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(kind, name)| ((*kind).to_owned(), (*name).to_owned())).collect()
}

/// Reports something with a title; returns its number.
async fn report(client: &Client<'_>, (lon, lat): (f64, f64), title: &str) -> String {
    let mut body = lamp(lon, lat);
    body["title"] = title.into();
    let made = client.post("/api/incidents", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    made.json()["properties"]["number"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn things_are_found_by_characters_initials_pinyin_english_and_code() {
    let app = furnished().await;
    let who = app.commander();
    let village = pairs(&[("village", "西村")]);
    for text in ["西村", "000000001001", "xc", "xicun", "West Village", " 西 村 ", "ＸＣ"] {
        assert_eq!(names(&who, text).await[..1], village, "{text}");
    }
    let around = [("village", "西村"), ("grid", "西村一组"), ("grid", "西村二组"), ("place", "西村小学")];
    assert_eq!(names(&who, "西村").await, pairs(&around), "the whole name first, then what begins so");
    for text in ["西村二组", "000000001001002", "xcez", "xicunerzu", "west 002", "西村002", "xc 002"] {
        assert_eq!(names(&who, text).await[..1], pairs(&[("grid", "西村二组")]), "{text}");
    }
    for text in ["西村小学", "小学", "xcxx", "xiaoxue", "primary"] {
        assert_eq!(names(&who, text).await, pairs(&[("place", "西村小学")]), "{text}");
    }
    for text in ["C-001", "c001", "村口", "ck", "cunkou", "village gate"] {
        assert_eq!(names(&who, text).await[..1], pairs(&[("camera", "村口")]), "{text}");
    }
    assert_eq!(names(&who, "𠮷").await, pairs(&[("place", "𠮷家_堡")]));
    assert_eq!(names(&who, "慕仪").await, []);
}

#[tokio::test]
async fn what_is_found_says_where_it_is_and_what_of_its_name_answers() {
    let app = furnished().await;
    let who = app.commander();
    let school = &found(&who, "小学").await[0];
    assert_eq!(school["marks"], json!({ "zh": [2, 4] }));
    assert_eq!((&school["village"], &school["grid"]), (&json!("000000001001"), &json!("000000001001001")));
    assert_eq!(school["position"], json!({ "lon": 107.004, "lat": 34.008 }));
    assert_eq!(found(&who, "家").await[0]["marks"]["zh"], json!([1, 2]), "𠮷 is one character");
    let village = &found(&who, "dongcun").await[0];
    assert_eq!((&village["key"], &village["marks"]["zh"]), (&json!("000000001002"), &json!([0, 2])));
    let (lon, lat) = (village["position"]["lon"].as_f64().unwrap(), village["position"]["lat"].as_f64().unwrap());
    assert!((107.01..107.02).contains(&lon) && (34.0..34.01).contains(&lat), "a point inside it: {lon} {lat}");
}

#[tokio::test]
async fn incidents_are_found_by_number_by_its_end_and_by_words() {
    let app = furnished().await;
    let wang = app.as_("王一");
    let first = report(&wang, WEST, "西村桥头路灯不亮").await;
    app.clock.set("2026-11-23T08:01:00Z");
    let second = report(&wang, WEST, "水渠漏水 Leak 100%").await;
    let who = app.commander();
    for text in [&*first, "#20261123-1", "1", "0001", "＃０００１"] {
        let one = &found(&who, text).await[0];
        assert_eq!(
            (&one["kind"], &one["incident"]["properties"]["number"]),
            (&json!("incident"), &json!(first)),
            "{text}"
        );
    }
    for text in ["路灯", "桥头 路灯", "qtld", "qiaotou"] {
        let one = &found(&who, text).await[0];
        assert_eq!(one["name"], json!({ "zh": "西村桥头路灯不亮", "en": "西村桥头路灯不亮" }), "{text}");
        assert_eq!(one["key"], one["incident"]["id"].to_string());
    }
    assert_eq!(found(&who, "LEAK").await[0]["incident"]["properties"]["number"], second);
    let day: Vec<_> =
        found(&who, "20261123").await.iter().map(|one| one["incident"]["properties"]["number"].clone()).collect();
    assert_eq!(day, [second.clone(), first.clone()], "the newest first");
    // Yesterday's has the same end; today's is meant first.
    sqlx::raw_sql("UPDATE incident SET number = '20261122-0002' WHERE number LIKE '%-0001'")
        .execute(&app.db.pool)
        .await
        .unwrap();
    let ends: Vec<_> =
        found(&who, "2").await.iter().map(|one| one["incident"]["properties"]["number"].clone()).collect();
    assert_eq!(ends[..2], [second, "20261122-0002".to_owned()]);
}

#[tokio::test]
async fn open_ones_come_before_what_has_ended_and_pinyin_is_for_open_ones() {
    let app = furnished().await;
    let wang = app.as_("王一");
    for title in ["井盖破损一", "井盖破损二", "井盖破损三"] {
        report(&wang, WEST, title).await;
    }
    let withdrawn = wang.post("/api/incidents/3/events", &json!({ "action": "withdraw", "note": "看错了" })).await;
    assert_eq!(withdrawn.status, StatusCode::CREATED, "{}", withdrawn.json());
    let who = app.commander();
    let order = [("incident", "井盖破损二"), ("incident", "井盖破损一"), ("incident", "井盖破损三")];
    assert_eq!(names(&who, "井盖").await, pairs(&order));
    assert_eq!(names(&who, "jgps").await, pairs(&order[..2]));
    assert_eq!(names(&who, "3").await, pairs(&order[2..]), "a number is found whatever became of it");
}

#[tokio::test]
async fn signs_are_themselves() {
    let app = furnished().await;
    let wang = app.as_("王一");
    report(&wang, WEST, "水渠漏水 100%").await;
    report(&wang, WEST, "𠮷家门前 a_b 'x' \\y").await;
    let who = app.commander();
    assert_eq!(names(&who, "100%").await, pairs(&[("incident", "水渠漏水 100%")]));
    assert_eq!(names(&who, "%").await, pairs(&[("incident", "水渠漏水 100%")]));
    for text in ["_", "a_b"] {
        assert!(names(&who, text).await.iter().all(|(_, name)| name.contains(text)), "{text}");
    }
    for text in ["𠮷家门前", "'x'", "\\y", "a_b"] {
        assert_eq!(names(&who, text).await.len(), 1, "{text}");
    }
    assert_eq!(names(&who, "100_").await, []);
    assert_eq!(names(&who, "'; DROP TABLE incident; --").await, []);
}

#[tokio::test]
async fn a_position_is_read_in_any_usual_form() {
    let app = furnished().await;
    let who = app.commander();
    for text in [
        "34.008, 107.004",
        "107.004，34.008",
        "北纬34.008 东经107.004",
        "34°00′28.8″N 107°00′14.4″E",
        "N34 0.48 E107 0.24",
        "geo:34.008,107.004",
    ] {
        let one = &found(&who, text).await[0];
        assert_eq!((&one["kind"], &one["key"]), (&json!("position"), &json!("34.00800, 107.00400")), "{text}");
        assert_eq!(one["grid"], "000000001001001", "{text}");
    }
    let far = &found(&who, "39.9, 116.4").await[0];
    assert_eq!((&far["position"]["lat"], &far["village"]), (&json!(39.9), &Value::Null), "elsewhere is a place too");
}

#[tokio::test]
async fn who_is_on_duty_is_found_where_they_are_on_duty() {
    let app = furnished().await;
    let who = app.commander();
    for text in ["田野", "ty", "tianye"] {
        let one = &found(&who, text).await[0];
        assert_eq!(
            (&one["kind"], &one["name"]["zh"], &one["key"]),
            (&json!("person"), &json!("田野"), &json!("4")),
            "{text}"
        );
        assert_eq!((&one["village"], &one["grid"]), (&json!("000000001002"), &Value::Null));
        let east =
            json!({ "role": "village_chief", "place": { "zh": "东村", "en": "East Village" }, "note": "电话 8001" });
        assert_eq!(one["duty"], east);
        assert!(one["position"]["lon"].as_f64().unwrap() > 107.01, "{one}");
    }
    let wang = &found(&who, "wy").await[0];
    assert_eq!((&wang["name"]["zh"], &wang["grid"]), (&json!("王一"), &json!("000000001001001")));
    let chief = &found(&who, "严明").await[0];
    assert_eq!(
        (&chief["position"], &chief["duty"]["role"]),
        (&Value::Null, &json!("chief_of_grids")),
        "on duty for all"
    );
    assert_eq!(names(&who, "王二").await, [], "whose shift is over");
    assert_eq!(names(&who, "文静").await, [], "who has none today");
    assert_eq!(names(&app.as_("图南"), "田野").await, [], "a planner reads no staff");
}

#[tokio::test]
async fn each_finds_the_incidents_that_they_see() {
    let app = furnished().await;
    app.second_town().await.unwrap();
    let number = report(&app.as_("王一"), WEST, "西边的事").await;
    let east = report(&app.as_("李一"), EAST, "东边的事").await;
    for (name, sees) in [
        ("关山", vec!["东边的事", "西边的事"]),
        ("察微", vec!["东边的事", "西边的事"]),
        ("方正", vec!["西边的事"]),
        ("田野", vec!["东边的事"]),
        ("王一", vec!["西边的事"]),
        ("王二", vec![]),
        ("何平", vec![]),
        ("安警", vec![]),
        ("图南", vec![]),
        ("管钥", vec![]),
    ] {
        let who = app.as_(name);
        for text in ["边的事", "bds"] {
            let seen: Vec<String> = names(&who, text).await.into_iter().map(|(_, name)| name).collect();
            assert_eq!(seen, sees, "{name} by {text}");
        }
        let one = names(&who, &number).await;
        assert_eq!(one.is_empty(), !sees.contains(&"西边的事"), "{name} by its number");
        assert_eq!(names(&who, "西村").await[0].0, "village", "the ground is everybody's");
    }
    // What was given to somebody by name is found wherever it lies.
    let given = "INSERT INTO incident_involved (town_id, party, incident_id) SELECT 1, 'staff:11', incident_id FROM incident WHERE number = $1";
    sqlx::query(given).bind(&east).execute(&app.db.pool).await.unwrap();
    assert_eq!(names(&app.as_("何平"), "东边").await, pairs(&[("incident", "东边的事")]));
    assert!(names(&app.commander(), "他镇").await.is_empty(), "another town is not there");
}

#[tokio::test]
async fn a_kind_does_not_crowd_out_the_others_and_more_is_said() {
    let app = furnished().await;
    let wang = app.as_("王一");
    for n in 0..15 {
        report(&wang, WEST, &format!("村口第{n}盏路灯")).await;
    }
    let who = app.commander();
    let answer = who.get(&path("村口")).await.json();
    let count = |kind: &str| answer["found"].as_array().unwrap().iter().filter(|one| one["kind"] == kind).count();
    assert_eq!((count("camera"), count("incident"), &answer["truncated"]), (1, 12, &json!(true)));
    assert_eq!(answer["found"][0]["kind"], "camera", "it is called so");
    assert_eq!(answer["within"], Value::Null, "all were looked through");
    let few = who.get(&format!("{}&limit=2", path("村口"))).await.json();
    assert_eq!((few["found"].as_array().unwrap().len(), &few["truncated"]), (2, &json!(true)));
    let one = who.get(&path("西村小学")).await.json();
    assert_eq!(one["truncated"], false);
    // In a town of more, words are looked for among the latest; a whole number in all of them.
    sqlx::raw_sql("UPDATE town_feed SET last_incident = 30000 WHERE town_id = 1").execute(&app.db.pool).await.unwrap();
    let all = "UPDATE incident SET ended_at = reported_at, state = 'withdrawn', act_at = NULL";
    sqlx::raw_sql(all).execute(&app.db.pool).await.unwrap();
    let answer = who.get(&path("盏路灯")).await.json();
    assert_eq!((answer["found"].as_array().unwrap().len(), &answer["within"]), (0, &json!(20_000)));
    assert_eq!(found(&who, "20261123-0003").await.len(), 1);
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_by_name() {
    let app = furnished().await;
    let who = app.commander();
    let long = "路".repeat(81);
    for (query, field) in [
        ("/api/search".to_owned(), "q"),
        (path(""), "q"),
        (path("   "), "q"),
        (path(&long), "q"),
        (path("a\u{0}b"), "q"),
        (path("a\nb"), "q"),
        (path("34.41, 207.35"), "q"),
        (path("geo:91,107"), "q"),
        (format!("{}&limit=0", path("西")), "limit"),
        (format!("{}&limit=51", path("西")), "limit"),
        (format!("{}&limit=x", path("西")), "limit"),
        (format!("{}&kind=grid", path("西")), "query"),
    ] {
        let answer = who.get(&query).await;
        assert_eq!((answer.status, answer.field()), (StatusCode::UNPROCESSABLE_ENTITY, field.to_owned()), "{query}");
    }
    let answer = who.get_with(&path("34.41, 207.35"), &[("accept-language", "en")]).await;
    assert!(answer.json()["message"].as_str().unwrap().contains("longitude must lie between"), "{}", answer.json());
    assert_eq!(who.get(&path(&"路".repeat(80))).await.status, StatusCode::OK);
    assert_eq!(app.stranger().get(&path("西")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn searches_are_counted() {
    let app = furnished().await;
    let rates = RateArgs { writes_per_minute: 5, searches_per_minute: 3 };
    let app = app.restarted_with(app.state.pool.clone(), |settings| settings.rates = rates);
    let who = app.as_("王一");
    for _ in 0..3 {
        assert_eq!(who.get(&path("西")).await.status, StatusCode::OK);
    }
    let answer = who.get(&path("西")).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "60"));
    assert_eq!(app.as_("王二").get(&path("西")).await.status, StatusCode::OK, "each person for themselves");
}
