//! The parties to disputes: who may read and write them, what is kept of that, and when they are erased.

use axum::http::StatusCode;
use fangge::db::scope::{self, Scoped};
use fangge::secrets::Secrets;
use fangge_tests::app::{Answer, TestApp};
use geodata::access::{Scope, Who};
use geodata::town::{Role, TownId};
use serde_json::{Value, json};
use std::sync::Arc;

/// A square town with a category of disputes, and one dispute in the west village's first grid.
async fn quarrel() -> (TestApp, i64) {
    let app = TestApp::square().await.unwrap();
    let sql =
        "INSERT INTO category (town_id, category_code, group_word, name_zh, name_en, limit_grid_min, limit_village_min,
                      limit_town_min, valid_from)
               VALUES (1, 'quarrel', 'dispute', '邻里纠纷', 'Neighbours', 60, 120, 240, '2020-01-01Z')";
    sqlx::raw_sql(sql).execute(&app.db.pool).await.unwrap();
    let report = json!({
        "title": "院墙纠纷", "category": "quarrel", "severity": 4, "source": "grid_member",
        "position": { "lon": 107.005, "lat": 34.007 },
    });
    let told = app.as_("王一").post("/api/incidents", &report).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.json());
    let id = told.json()["id"].as_i64().unwrap();
    (app, id)
}

fn both() -> Value {
    json!([
        { "name": "𠮷田氏", "contact": "村东头第二家", "side": "applicant" },
        { "name": "O’Neill", "contact": null, "side": "respondent" },
    ])
}

/// 理由, as an address has it.
const WHY: &str = "reason=%E5%87%86%E5%A4%87%E8%B0%83%E8%A7%A3";

async fn read(app: &TestApp, who: &str, id: i64) -> Answer {
    app.as_(who).get(&format!("/api/incidents/{id}/parties?{WHY}")).await
}

async fn write(app: &TestApp, who: &str, id: i64, parties: &Value) -> Answer {
    app.as_(who).put(&format!("/api/incidents/{id}/parties"), parties).await
}

async fn run(app: &TestApp, sql: &str) {
    sqlx::raw_sql(sql).execute(&app.db.pool).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

async fn rows(app: &TestApp) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM case_party").fetch_one(&app.db.pool).await.unwrap()
}

#[tokio::test]
async fn parties_are_written_and_read_with_a_reason_that_is_kept() {
    let (app, id) = quarrel().await;
    assert_eq!(write(&app, "王一", id, &both()).await.status, StatusCode::NO_CONTENT);
    let answer = read(&app, "文静", id).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
    assert_eq!(answer.json(), both());
    for query in
        ["", "?reason=", "?reason=x", "?reason=%20%20x%20", &*format!("?reason={}", "x".repeat(201)), "?reason=a%0Ab"]
    {
        let refused = app.as_("文静").get(&format!("/api/incidents/{id}/parties{query}")).await;
        assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "reason"), "{query}");
    }
    let deeds = app.as_("察微").get("/api/audit?action=read_parties,write_parties").await.json();
    let deeds = deeds["entries"].as_array().unwrap();
    assert_eq!(deeds.len(), 2, "a reading that was refused is none");
    let reading = deeds.iter().find(|deed| deed["action"] == "read_parties").unwrap();
    assert_eq!((&reading["name"], &reading["reason"]), (&json!("文静"), &json!("准备调解")));
    assert_eq!((&reading["object"], &reading["key"]), (&json!("incident"), &json!(id.to_string())));
    assert!(!json!(deeds).to_string().contains("田氏"), "who they are stands in no log");

    // The list is replaced as a whole, and may become empty.
    let one = json!([{ "name": "只剩一人" }]);
    write(&app, "方正", id, &one).await;
    assert_eq!(read(&app, "王一", id).await.json(), json!([{ "name": "只剩一人", "contact": null, "side": null }]));
    write(&app, "方正", id, &json!([])).await;
    assert_eq!((read(&app, "王一", id).await.json(), rows(&app).await), (json!([]), 0));
}

#[tokio::test]
async fn only_those_who_handle_it_read_and_write_them() {
    let (app, id) = quarrel().await;
    write(&app, "王一", id, &both()).await;
    let (seen, aside, out) = (StatusCode::OK, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND);
    let check = async |expected: &[(&str, StatusCode)]| {
        for (name, status) in expected {
            assert_eq!(read(&app, name, id).await.status, *status, "{name} reads");
            let written = if *status == seen { StatusCode::NO_CONTENT } else { *status };
            assert_eq!(write(&app, name, id, &both()).await.status, written, "{name} writes");
            // The page is told who may, so that it offers it to nobody else.
            let page = app.as_(name).get(&format!("/api/incidents/{id}")).await;
            let offered = (page.status == StatusCode::OK).then(|| page.json()["opens_parties"].clone());
            assert_eq!(offered, (*status != out).then(|| json!(*status == seen)), "{name} is offered them");
        }
    };
    // The grid's and the village's; from above and aside it is seen, not handled; the neighbours, and who has no cases, know of nothing.
    check(&[
        ("王一", seen),
        ("文静", seen),
        ("方正", seen),
        ("关山", aside),
        ("严明", aside),
        ("察微", aside),
        ("王二", out),
        ("李一", out),
        ("田野", out),
        ("文东", out),
        ("何平", out),
        ("安警", out),
        ("图南", out),
        ("管钥", out),
    ])
    .await;
    // Given to a mediator and to the police, and come to the town.
    run(&app, &format!("INSERT INTO incident_involved (town_id, party, incident_id) VALUES (1, 'staff:11', {id}), (1, 'unit:police', {id})")).await;
    run(&app, &format!("UPDATE incident SET level = 'town' WHERE town_id = 1 AND incident_id = {id}")).await;
    check(&[
        ("何平", seen),
        ("𠮷祥", out),
        ("安警", seen),
        ("康医", out),
        ("严明", seen),
        ("关山", aside),
        ("察微", aside),
        ("王一", seen),
    ])
    .await;
    let refused = read(&app, "关山", id).await;
    assert_eq!(refused.code(), "denied");
    assert_eq!(read(&app, "王一", 4711).await.status, out);
}

#[tokio::test]
async fn only_disputes_have_parties_and_each_is_a_name_in_one_line() {
    let (app, id) = quarrel().await;
    let lamp = app.report(107.005, 34.007).await;
    let refused = write(&app, "王一", lamp, &both()).await;
    assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "category"));
    assert_eq!(app.as_("王一").get(&format!("/api/incidents/{lamp}")).await.json()["opens_parties"], json!(false));
    let party = |name: &str| json!({ "name": name });
    let long = "𠮷".repeat(40);
    assert_eq!(write(&app, "王一", id, &json!([party(&long)])).await.status, StatusCode::NO_CONTENT);
    assert_eq!(read(&app, "王一", id).await.json()[0]["name"], json!(long));
    for (parties, field) in [
        (json!([party(&"𠮷".repeat(41))]), "name"),
        (json!([party("方\n正")]), "name"),
        (json!([party("\u{0}")]), "name"),
        (json!([{ "name": "方", "contact": "x".repeat(101) }]), "contact"),
        (json!([{ "name": "方", "side": "judge" }]), "[0].side"),
        (json!([{ "name": "方", "id_number": "1" }]), "[0].id_number"),
        (json!(vec![party("方"); 51]), "parties"),
    ] {
        let refused = write(&app, "王一", id, &parties).await;
        assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{parties}");
    }
    assert_eq!(read(&app, "王一", id).await.json()[0]["name"], json!(long), "what was refused changed nothing");
}

#[tokio::test]
async fn they_are_sealed_and_stand_nowhere_else() {
    let (app, id) = quarrel().await;
    write(&app, "王一", id, &both()).await;
    for path in ["/api/incidents".to_owned(), format!("/api/incidents/{id}"), "/api/staff".into(), "/api/totals".into()]
    {
        let answer = app.get(&path).await;
        assert!(!String::from_utf8_lossy(&answer.bytes).contains("田氏"), "{path}");
    }
    // Not in any row of the database, in whichever table.
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    )
    .fetch_all(&app.db.pool)
    .await
    .unwrap();
    for table in tables {
        let sql =
            format!("SELECT count(*) FROM \"{table}\" x WHERE x::text LIKE '%田氏%' OR x::text LIKE '%e794b0e6b08f%'");
        assert_eq!(sqlx::query_scalar::<_, i64>(&sql).fetch_one(&app.db.pool).await.unwrap(), 0, "{table}");
    }
    assert!(fangge::housekeeping::key_fits(&app.state).await.unwrap());
    let mut elsewhere = app.state.clone();
    elsewhere.secrets = Arc::new(Secrets::with(&"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".parse().unwrap()));
    assert!(!fangge::housekeeping::key_fits(&elsewhere).await.unwrap(), "another folder's key");
    // One that was put in another's place does not open, and that is our fault, not the reader's.
    run(&app, "UPDATE case_party p SET sealed = (SELECT o.sealed FROM case_party o WHERE o.town_id = 1 AND o.party_no = 3 - p.party_no)").await;
    let broken = read(&app, "王一", id).await;
    assert_eq!((broken.status, broken.code().as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "internal"));
}

#[tokio::test]
async fn a_query_that_forgets_every_condition_reads_none_that_are_not_the_persons() {
    let (app, id) = quarrel().await;
    write(&app, "王一", id, &both()).await;
    let town = TownId(1);
    let count = async |scoped: Option<Scoped<'_>>| -> i64 {
        let mut tx = match scoped {
            Some(scoped) => scope::begin(&app.state.pool, town, scoped).await.unwrap(),
            None => app.state.pool.begin().await.unwrap(),
        };
        sqlx::query_scalar("SELECT count(*) FROM case_party").fetch_one(&mut *tx).await.unwrap()
    };
    let who = |role, scope| Who { staff: 99, role, scope };
    let village = |code: &str| Scope::Village(code.parse().unwrap());
    assert_eq!(count(None).await, 0, "no scope, no rows");
    assert_eq!(count(Some(Scoped::SignIn)).await, 0);
    assert_eq!(count(Some(Scoped::System)).await, 2);
    for (who, rows) in [
        (who(Role::VillageChief, village("000000001001")), 2),
        (who(Role::VillageChief, village("000000001002")), 0),
        (who(Role::Mediator, Scope::Cases), 0),
        (who(Role::Administrator, Scope::Nothing), 0),
        (who(Role::Planner, Scope::Town), 0),
    ] {
        assert_eq!(count(Some(Scoped::Person(&who))).await, rows, "{who:?}");
    }
    let elsewhere = who(Role::Commander, Scope::Town);
    let mut tx = scope::begin(&app.state.pool, TownId(2), Scoped::Person(&elsewhere)).await.unwrap();
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM case_party").fetch_one(&mut *tx).await.unwrap();
    assert_eq!(rows, 0, "another town's commander");
}

#[tokio::test]
async fn they_are_erased_when_their_time_is_over_and_not_before() {
    let (app, id) = quarrel().await;
    let other = app.as_("王一").post("/api/incidents", &json!({
        "title": "排水纠纷", "category": "quarrel", "severity": 4, "source": "grid_member", "position": { "lon": 107.005, "lat": 34.007 },
    })).await.json()["id"].as_i64().unwrap();
    for id in [id, other] {
        write(&app, "王一", id, &both()).await;
    }
    let erase = async |now: &str| {
        app.clock.set(now);
        fangge::housekeeping::erase_parties(&app.state).await.unwrap()
    };
    assert_eq!(erase("2046-01-01T00:00:00Z").await, 0, "nothing has ended yet");
    run(
        &app,
        &format!(
            "UPDATE incident SET state = 'closed', act_at = NULL, ended_at = '2026-12-01Z' WHERE incident_id = {id}"
        ),
    )
    .await;
    assert_eq!(erase("2029-11-30T00:00:00Z").await, 0, "1,095 days after the end they are still there");
    assert_eq!(erase("2029-11-30T00:00:01Z").await, 2);
    assert_eq!((erase("2029-12-01T00:00:00Z").await, rows(&app).await), (0, 2), "the other dispute keeps its own");
    assert_eq!(read(&app, "王一", id).await.json(), json!([]));
    let deeds = app.as_("察微").get("/api/audit?action=erase_parties").await.json();
    let deed = &deeds["entries"][0];
    assert_eq!((&deed["key"], &deed["details"]), (&json!(id.to_string()), &json!({ "parties": "2" })));
    assert_eq!(deed.get("staff"), None, "nobody of the staff did it");
}
