//! What can't be, the database refuses: by itself, whoever writes.

use fangge_tests::app::TestApp;
use geodata::incident::{Level, State};
use geodata::town::{CameraOwner, CameraStatus, CategoryGroup, RoadClass, WaterKind};
use serde_json::Value;
use sqlx::PgPool;
use strum::VariantArray as _;

/// Runs a statement and gives the name of the rule that refused it.
async fn refused(pool: &PgPool, sql: &str) -> String {
    match sqlx::raw_sql(sql).execute(pool).await {
        Ok(_) => panic!("not refused: {sql}"),
        Err(error) => {
            let error = error.into_database_error().unwrap();
            error.constraint().map_or_else(|| error.message().to_owned(), str::to_owned)
        }
    }
}

fn grid(code: &str, plan: i32, wkt: &str) -> String {
    format!(
        "INSERT INTO grid (town_id, plan_id, grid_code, village_code, name_zh, name_en, land_use_zh, land_use_en, valid_from, boundary)
         VALUES (1, {plan}, '{code}', left('{code}', 12), '', '', '', '', '2020-01-01Z', ST_GeomFromText('{wkt}', 4326))"
    )
}

#[tokio::test]
async fn grids_may_not_overlap_in_a_published_plan_nor_leave_their_village() {
    let app = TestApp::square().await.unwrap();
    let pool = &app.db.pool;
    let inside = "POLYGON((107.001 34.004, 107.002 34.004, 107.002 34.006, 107.001 34.006, 107.001 34.004))";
    assert_eq!(refused(pool, &grid("000000001001003", 1, inside)).await, "grid_no_overlap");
    let over = "POLYGON((107.009 34.004, 107.011 34.004, 107.011 34.006, 107.009 34.006, 107.009 34.004))";
    assert_eq!(refused(pool, &grid("000000001001003", 1, over)).await, "grid_inside_village");
    assert_eq!(refused(pool, &grid("000000001002003", 1, inside)).await, "grid_inside_village");
    let moved = "UPDATE grid SET boundary = ST_Translate(boundary, 0.0001, 0) WHERE grid_code = '000000001001001'";
    assert_eq!(refused(pool, moved).await, "grid_inside_village");
    let foreign = "UPDATE grid SET village_code = '000000001002' WHERE grid_code = '000000001001001'";
    assert_eq!(refused(pool, foreign).await, "grid_code_names_village");
    // A draft may overlap while it is drawn; publishing it is refused.
    let draft = "INSERT INTO plan (town_id, plan_id, name_zh, name_en, state, valid_from) VALUES (1, 2, '', '', 'draft', '2027-01-01Z')";
    sqlx::raw_sql(draft).execute(pool).await.unwrap();
    sqlx::raw_sql(&grid("000000001001004", 2, inside)).execute(pool).await.unwrap();
    sqlx::raw_sql(&grid("000000001001005", 2, inside)).execute(pool).await.unwrap();
    let publish = "UPDATE plan SET valid_to = '2027-01-01Z' WHERE town_id = 1 AND plan_id = 1;
                   UPDATE plan SET state = 'published' WHERE town_id = 1 AND plan_id = 2";
    assert_eq!(refused(pool, publish).await, "grid_no_overlap");
    let second = "UPDATE plan SET state = 'published', valid_from = '2021-01-01Z' WHERE town_id = 1 AND plan_id = 2";
    assert_eq!(refused(pool, second).await, "plan_one_at_a_time");
}

#[tokio::test]
async fn nasty_geometry_is_refused_or_kept_whole() {
    let app = TestApp::square().await.unwrap();
    let cases: Vec<Value> = serde_json::from_str(include_str!("../fixtures/nasty.json")).unwrap();
    for (case, code) in cases.iter().zip(100..) {
        let wkt = case["wkt"].as_str().unwrap();
        let sql = format!(
            "INSERT INTO village (town_id, village_code, name_zh, name_en, boundary)
             VALUES (1, '000000001{code}', '', '', ST_GeomFromText('{wkt}', 4326))"
        );
        let written = sqlx::raw_sql(&sql).execute(&app.db.pool).await;
        assert_eq!(written.is_ok(), case["zone"].as_bool().unwrap(), "{}: {written:?}", case["name"]);
    }
    // What was kept is drawn without a fault.
    assert_eq!(app.get("/api/villages").await.status, 200);
}

#[tokio::test]
async fn the_log_is_only_added_to_and_its_numbers_are_given_once() {
    let app = TestApp::square().await.unwrap();
    app.report(107.005, 34.007).await;
    let pool = &app.db.pool;
    assert_eq!(refused(pool, "UPDATE incident_event SET note = 'x'").await, "incident_event_append_only");
    assert_eq!(refused(pool, "DELETE FROM incident_event").await, "incident_event_append_only");
    let twice = "INSERT INTO incident_event (town_id, seq, incident_id, at, recorded_at, action, role, state, level)
                 VALUES (1, 1, 1, now(), now(), 'verify', 'grid_member', 'verified', 'grid')";
    assert_eq!(refused(pool, twice).await, "incident_event_number");
    let moved = "UPDATE incident SET position = ST_SetSRID(ST_MakePoint(1, 1), 4326)";
    assert_eq!(refused(pool, moved).await, "incident_inside_town");
    let ended = "UPDATE incident SET state = 'closed'";
    assert_eq!(refused(pool, ended).await, "incident_ended_with_its_state");
    let sql = "UPDATE incident SET position = ST_SetSRID(ST_MakePoint(107.015, 34.007), 4326)";
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
    let found: String = sqlx::query_scalar("SELECT grid_code FROM incident").fetch_one(pool).await.unwrap();
    assert_eq!(found, "000000001002001", "a corrected position finds its grid anew");
}

#[tokio::test]
async fn a_place_on_a_shared_edge_belongs_to_one_grid_always_the_same() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(107.01, 34.005).await;
    let told = app.get(&format!("/api/incidents/{id}")).await.json();
    assert_eq!(told["incident"]["properties"]["grid"], "000000001001001");
}

/// The words of the domain's closed vocabularies are the words that the schema allows: a word added to one only fails here.
#[tokio::test]
async fn the_schema_knows_every_word_of_the_domain() {
    let app = TestApp::square().await.unwrap();
    let lists = [
        ("incident_state_check", State::VARIANTS.iter().map(|v| v.word()).collect::<Vec<_>>()),
        ("incident_level_check", Level::VARIANTS.iter().map(|v| v.word()).collect()),
        ("camera_status_check", CameraStatus::VARIANTS.iter().map(|v| v.word()).collect()),
        ("camera_owner_check", CameraOwner::VARIANTS.iter().map(|v| v.word()).collect()),
        ("road_class_check", RoadClass::VARIANTS.iter().map(|v| v.word()).collect()),
        ("water_kind_check", WaterKind::VARIANTS.iter().map(|v| v.word()).collect()),
        ("category_group_word_check", CategoryGroup::VARIANTS.iter().map(|v| v.word()).collect()),
    ];
    for (name, mut words) in lists {
        let rule: String = sqlx::query_scalar("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1")
            .bind(name)
            .fetch_one(&app.db.pool)
            .await
            .unwrap();
        let mut allowed: Vec<_> = rule.split('\'').skip(1).step_by(2).collect();
        allowed.sort_unstable();
        words.sort_unstable();
        assert_eq!(allowed, words, "{name}");
    }
}

/// Sharding by town asks for it: every primary key, unique index and foreign key holds the town first.
#[tokio::test]
async fn every_key_begins_with_the_town() {
    let app = TestApp::square().await.unwrap();
    let sql = "
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid, 1, true)
          FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
         WHERE n.nspname = 'public' AND t.relname NOT IN ('spatial_ref_sys', '_sqlx_migrations')";
    let indexes: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&app.db.pool).await.unwrap();
    assert!(indexes.len() > 20, "{indexes:?}");
    for (index, first) in indexes {
        assert!(first == "town_id" || index == "town_slug_key", "{index} begins with {first}");
    }
    let sequences: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_class WHERE relkind = 'S'").fetch_one(&app.db.pool).await.unwrap();
    assert_eq!(sequences, 0, "no global sequence");
}

#[tokio::test]
async fn a_village_may_not_shrink_away_from_its_grids_and_the_log_is_never_emptied() {
    let app = TestApp::square().await.unwrap();
    let pool = &app.db.pool;
    let shrink = "UPDATE village SET boundary = ST_Buffer(boundary, -0.001) WHERE village_code = '000000001001'";
    assert_eq!(refused(pool, shrink).await, "grid_inside_village");
    let grow = "UPDATE village SET boundary = ST_Expand(boundary, 0.001) WHERE village_code = '000000001001'";
    sqlx::raw_sql(grow).execute(pool).await.unwrap();
    assert_eq!(refused(pool, "TRUNCATE incident_event").await, "incident_event_append_only");
    assert_eq!(refused(pool, "TRUNCATE incident CASCADE").await, "incident_event_append_only");
}

#[tokio::test]
async fn two_who_write_at_once_leave_no_overlap() {
    let app = TestApp::square().await.unwrap();
    let pool = &app.db.pool;
    sqlx::raw_sql("DELETE FROM grid WHERE village_code = '000000001001'").execute(pool).await.unwrap();
    let inside = "POLYGON((107.001 34.004, 107.002 34.004, 107.002 34.006, 107.001 34.006, 107.001 34.004))";
    let mut first = pool.begin().await.unwrap();
    sqlx::raw_sql(&grid("000000001001003", 1, inside)).execute(&mut *first).await.unwrap();
    let overlapping = grid("000000001001004", 1, inside);
    let second = refused(pool, &overlapping);
    let commit = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        first.commit().await.unwrap();
    };
    assert_eq!(futures::join!(second, commit).0, "grid_no_overlap");
}
