//! The demonstration town, as PostGIS sees it.

use fangge::db::seed;
use fangge_tests::app::TestApp;
use geodata::Time;
use serde_json::Value;

/// The seed of `fangge seed`.
const SEED: u64 = 20_261_123;

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

async fn muyi() -> TestApp {
    let app = TestApp::empty("muyi").await.unwrap();
    let town = geodata::demo::town(SEED);
    let slug = "muyi".parse().unwrap();
    let (from, now) = (time("2024-11-23T08:00:00Z"), time("2026-11-23T08:00:00Z"));
    let past = geodata::demo::history(&town, SEED, from, now);
    seed::town(&app.db.pool, &slug, &town, &past, from, now).await.unwrap();
    app
}

#[tokio::test]
async fn the_published_figures_are_reproduced_exactly() {
    let app = muyi().await;
    let totals = app.get("/api/totals").await.json();
    let told = ["villages", "grids", "households", "residents", "cameras"].map(|key| totals[key].as_i64().unwrap());
    assert_eq!(told, [11, 120, 9_259, 38_000, 180]);
    let area = totals["area_m2"].as_f64().unwrap();
    assert!((area - 44.0e6).abs() <= 44.0e6 * 0.005, "{area} m²");
    assert!(totals["incidents"].as_i64().unwrap() > 7_000 && totals["open"].as_i64().unwrap() > 10, "{totals}");
    // A past incident lies in a grid, has a log as long as its life, and its numbers run on from the seeded ones.
    let page = app.get("/api/incidents?limit=5000").await.json();
    assert!(page["features"].as_array().unwrap().iter().all(|i| i["properties"]["grid"].is_string()));
    let id = page["features"][4_000]["id"].as_i64().unwrap();
    assert!(app.get(&format!("/api/incidents/{id}")).await.json()["log"].as_array().unwrap().len() > 1);
    let report = serde_json::json!({ "title": "路灯不亮", "category": "0801", "severity": 4, "source": "resident",
        "position": { "lon": page["features"][0]["geometry"]["coordinates"][0], "lat": page["features"][0]["geometry"]["coordinates"][1] } });
    let new = app.post("/api/incidents", &report).await.json();
    assert_eq!(new["id"].as_i64().unwrap(), totals["incidents"].as_i64().unwrap() + 1);
    assert_eq!(new["properties"]["seq"].as_i64().unwrap(), totals["seq"].as_i64().unwrap() + 1);
    let years: Vec<i32> =
        sqlx::query_scalar("SELECT year FROM calendar_year ORDER BY year").fetch_all(&app.db.pool).await.unwrap();
    assert_eq!(years, [2024, 2025, 2026, 2027, 2028], "its calendar comes with it");
    let town = app.get("/api/town").await.json();
    assert_eq!((town["name"]["zh"].as_str(), town["demonstration"].as_bool()), (Some("慕仪镇"), Some(true)));
    let grids = app.get("/api/grids").await.json();
    let sum = |key: &str| {
        grids["features"].as_array().unwrap().iter().map(|g| g["properties"][key].as_i64().unwrap()).sum::<i64>()
    };
    assert_eq!((sum("households"), sum("residents")), (9_259, 38_000), "every building stands in one grid");
    assert!(grids["features"].as_array().unwrap().iter().all(|g| g["properties"]["member"].is_string()));
}

#[tokio::test]
async fn categories_and_the_roster_about_now_come_with_the_town() {
    let app = muyi().await;
    let categories = app.get("/api/categories").await.json();
    let lamp = categories.as_array().unwrap().iter().find(|c| c["code"] == "0801").unwrap();
    // Two days, five and ten, in working time, and a quarter of that for the gravest.
    assert_eq!(
        (&lamp["limit_minutes"], &lamp["limits"][0][2]),
        (&serde_json::json!([960, 2_400, 4_800]), &1_200.into())
    );
    assert_eq!((&lamp["working_time"], &lamp["default_unit"]), (&true.into(), &"power".into()));
    assert!(lamp["filing_standard"]["en"].as_str().unwrap().contains("lamp"));
    let roster = app.get("/api/roster?from=2026-11-15&to=2026-12-01").await.json();
    let counts: Vec<_> =
        roster["days"].as_array().unwrap().iter().map(|d| d["duties"].as_array().unwrap().len()).collect();
    // A leader, two mediators, five units; in each village chief, information officer and a patrol.
    let planned = 3 + 5 + 11 * 3;
    assert_eq!(counts, [vec![0], vec![planned; 15], vec![0]].concat(), "a week before and after");
    let now = app.get("/api/roster/now").await.json();
    assert_eq!(now["duties"].as_array().unwrap().len(), 2 + 5 + 11);
    assert_eq!(now["duties"][0]["note"], "带班");
}

#[tokio::test]
async fn postgis_agrees_that_grids_tile_villages_that_tile_the_town() {
    let app = muyi().await;
    let gaps = "
        SELECT v.village_code FROM village v
          JOIN (SELECT town_id, village_code, ST_Union(boundary) AS whole FROM grid GROUP BY 1, 2) g USING (town_id, village_code)
         WHERE NOT ST_Equals(v.boundary, g.whole)";
    let gaps: Vec<String> = sqlx::query_scalar(gaps).fetch_all(&app.db.pool).await.unwrap();
    assert_eq!(gaps, Vec::<String>::new());
    let whole = "SELECT ST_Equals(t.boundary, (SELECT ST_Union(v.boundary) FROM village v WHERE v.town_id = t.town_id)) FROM town t";
    assert!(sqlx::query_scalar::<_, bool>(whole).fetch_one(&app.db.pool).await.unwrap());
    let register: Value =
        match std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/muyi-villages.json")) {
            Ok(text) => serde_json::from_str(&text).unwrap(),
            // A clone elsewhere has no register beside it; geodata's own tests hold the names.
            Err(_) => return,
        };
    let villages = app.get("/api/villages").await.json();
    let ours: Vec<_> =
        villages["features"].as_array().unwrap().iter().map(|v| (&v["id"], &v["properties"]["name"]["zh"])).collect();
    let theirs: Vec<_> = register["villages"].as_array().unwrap().iter().map(|v| (&v["code"], &v["name"])).collect();
    assert_eq!(ours, theirs);
}
