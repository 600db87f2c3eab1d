//! Categories as data: edited by the administrator, with history; incidents keep theirs.

use axum::body::Body;
use axum::http::StatusCode;
use fangge_tests::app::{TestApp, lamp, request};
use serde_json::{Value, json};

pub(crate) const ADMINISTRATOR: &str = "管钥";

/// The square town's street lamp as an administrator's form has it, with another name and limits.
pub(crate) fn form() -> Value {
    json!({
        "group": "management",
        "name": { "zh": "路灯不亮", "en": "Street lamp out" },
        "filing_standard": { "zh": "路灯损坏 𠮷", "en": "" },
        "closing_standard": { "zh": "", "en": "" },
        "limits": [[5, 10, 15], [10, 20, 30], [15, 30, 45], [20, 40, 60]],
        "working_time": false,
        "default_unit": "police",
    })
}

pub(crate) fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut form = form();
    change(&mut form);
    form
}

pub(crate) async fn put(app: &TestApp, form: &Value) -> Value {
    let answer = app.as_(ADMINISTRATOR).put("/api/categories/lamp", form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    answer.json()
}

pub(crate) async fn names(app: &TestApp) -> Vec<String> {
    let list = app.get("/api/categories").await.json();
    list.as_array().unwrap().iter().map(|c| c["name"]["zh"].as_str().unwrap().to_owned()).collect()
}

/// Every version in the database, as text.
pub(crate) async fn versions(app: &TestApp) -> Vec<String> {
    let sql =
        "SELECT town_id || ' ' || category_code || ' ' || version || ' ' || name_zh || ' ' || valid_from || ' ' ||
                      coalesce(valid_to::text, '') FROM category ORDER BY town_id, category_code, version";
    sqlx::query_scalar(sql).fetch_all(&app.db.pool).await.unwrap()
}

pub(crate) async fn audited(app: &TestApp, action: &str) -> Vec<Value> {
    let sql = "SELECT jsonb_build_object('key', object_key, 'name', name, 'details', details) FROM audit
                WHERE action = $1 ORDER BY at, object_key";
    sqlx::query_scalar(sql).bind(action).fetch_all(&app.db.pool).await.unwrap()
}

#[tokio::test]
async fn an_incident_keeps_its_category_as_it_was() {
    let app = TestApp::square().await.unwrap();
    let other_server = app.restarted();
    let before = app.report(107.005, 34.007).await;
    app.clock.set("2026-11-23T08:10:00Z");
    let version = put(&app, &form()).await;
    assert_eq!((&version["version"], &version["from"]), (&json!(2), &json!("2026-11-23T08:10:00Z")));
    assert_eq!(version["filing_standard"]["en"], "路灯损坏 𠮷", "what lacks English is the same in both");
    assert_eq!(names(&app).await, ["火情", "路灯不亮"]);
    assert_eq!(names(&other_server).await, ["火情", "路灯不亮"], "seen by every server at once");
    app.clock.set("2026-11-23T08:15:00Z");
    let after = app.report(107.005, 34.007).await;
    // What was seen before the change and is written down after it.
    let mut late = lamp(107.005, 34.007);
    late["reported_at"] = "2026-11-23T08:09:59Z".into();
    let late = app.as_("王一").post("/api/incidents", &late).await.json()["id"].as_i64().unwrap();
    for (id, name, limits, working) in [
        (before, "路灯", json!([60, 120, 240]), true),
        (late, "路灯", json!([60, 120, 240]), true),
        (after, "路灯不亮", json!([20, 40, 60]), false),
    ] {
        let told = app.get(&format!("/api/incidents/{id}")).await.json();
        let category = &told["category"];
        assert_eq!((&category["name"]["zh"], &category["limit_minutes"]), (&json!(name), &limits), "{id}");
        assert_eq!((&category["working_time"], &told["clock"]["limit"]), (&json!(working), &limits[0]), "{id}");
    }
    let grave = with(|f| f["name"]["zh"] = "x".into());
    put(&app, &grave).await;
    let mut worst = lamp(107.005, 34.007);
    worst["severity"] = 1.into();
    app.clock.set("2026-11-23T08:16:00Z");
    let id = app.as_("王一").post("/api/incidents", &worst).await.json()["id"].as_i64().unwrap();
    assert_eq!(app.get(&format!("/api/incidents/{id}")).await.json()["category"]["limit_minutes"], json!([5, 10, 15]));
}

#[tokio::test]
async fn everyone_reads_what_is_in_force_and_only_the_administrator_writes() {
    let app = TestApp::square().await.unwrap();
    let first = versions(&app).await;
    let code = with(|f| f["code"] = "pipe".into());
    for name in ["关山", "严明", "方正", "文静", "王一", "何平", "安警", "图南", "察微"] {
        let person = app.as_(name);
        let list = person.get("/api/categories").await;
        assert_eq!(list.json()[1]["limit_minutes"], json!([60, 120, 240]), "{name}");
        let reads = ["关山", "严明", "察微"].contains(&name);
        for path in ["/api/categories/all", "/api/categories.csv"] {
            let wanted = if reads { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(person.get(path).await.status, wanted, "{name} {path}");
        }
        let csv = person.send(request("POST", "/api/categories.csv", &[], Body::from("x"))).await;
        for refused in [
            person.post("/api/categories", &code).await,
            person.put("/api/categories/lamp", &form()).await,
            person.delete("/api/categories/lamp").await,
            csv,
        ] {
            assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "denied"), "{name}");
        }
    }
    assert_eq!(app.stranger().get("/api/categories").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.stranger().put("/api/categories/lamp", &form()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(versions(&app).await, first);
}

#[tokio::test]
async fn a_new_category_is_there_at_once_and_may_have_begun_before() {
    let app = TestApp::square().await.unwrap();
    let admin = app.as_(ADMINISTRATOR);
    let new = with(|f| {
        f["code"] = "pipe".into();
        f["from"] = "2026-01-01T00:00:00Z".into();
    });
    let made = admin.post("/api/categories", &new).await;
    assert_eq!((made.status, &made.json()["version"]), (StatusCode::CREATED, &json!(1)), "{}", made.json());
    let again = admin.post("/api/categories", &new).await;
    assert_eq!((again.status, again.code().as_str()), (StatusCode::CONFLICT, "conflict"));
    let listed = app.get("/api/categories").await.json()[2].clone();
    let wanted = json!({ "code": "pipe", "group": "management", "name": form()["name"], "limit_minutes": [20, 40, 60],
        "limits": form()["limits"], "filing_standard": { "zh": "路灯损坏 𠮷", "en": "路灯损坏 𠮷" },
        "closing_standard": { "zh": "", "en": "" }, "working_time": false, "default_unit": "police" });
    assert_eq!(listed, wanted);
    let mut report = lamp(107.005, 34.007);
    report["category"] = "pipe".into();
    report["reported_at"] = "2026-03-01T00:00:00Z".into();
    assert_eq!(app.as_("王一").post("/api/incidents", &report).await.status, StatusCode::CREATED);
    let entry = &audited(&app, "change_category").await[0];
    assert_eq!((&entry["key"], &entry["name"]), (&json!("pipe"), &json!(ADMINISTRATOR)));
    assert_eq!((&entry["details"]["before"], &entry["details"]["after"]["group"]), (&json!({}), &json!("management")));
}

#[tokio::test]
async fn each_broken_rule_is_named_and_leaves_nothing() {
    let app = TestApp::square().await.unwrap();
    let admin = app.as_(ADMINISTRATOR);
    let first = versions(&app).await;
    let cases: [(&str, Value); 16] = [
        ("name.zh", with(|f| f["name"]["zh"] = " ".into())),
        ("name.en", with(|f| f["name"]["en"] = "x".repeat(81).into())),
        ("filing_standard.zh", with(|f| f["filing_standard"]["zh"] = "响\u{7}".into())),
        ("closing_standard.en", with(|f| f["closing_standard"]["en"] = "𠮷".repeat(501).into())),
        ("limits.0.0", with(|f| f["limits"][0][0] = 0.into())),
        ("limits.2.1", with(|f| f["limits"][2][1] = 14.into())),
        ("limits.3.2", with(|f| f["limits"][3][2] = 525_601.into())),
        ("limits.1.1", with(|f| f["limits"][1][1] = "x".into())),
        ("limits", with(|f| f["limits"] = json!([[1, 2, 3]]))),
        ("group", with(|f| f["group"] = "else".into())),
        ("default_unit", with(|f| f["default_unit"] = "nobody".into())),
        ("default_unit", with(|f| f["default_unit"] = "No Code".into())),
        ("from", with(|f| f["from"] = "2026-11-23T07:59:59Z".into())),
        ("to", with(|f| f["to"] = "2026-11-23T08:00:00Z".into())),
        ("code", with(|f| f["code"] = "fire".into())),
        ("surprise", with(|f| f["surprise"] = 1.into())),
    ];
    for (field, form) in cases {
        let answer = admin.put("/api/categories/lamp", &form).await;
        assert_eq!((answer.status, answer.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{form}");
    }
    for code in [json!(null), "all".into(), "dispute".into(), "A b".into()] {
        let answer = admin.post("/api/categories", &with(|f| f["code"] = code.clone())).await;
        assert_eq!((answer.status, answer.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "code"), "{code}");
    }
    assert_eq!(admin.put("/api/categories/nothing", &form()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.put("/api/categories/No%20Code", &form()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(versions(&app).await, first);
    assert!(audited(&app, "change_category").await.is_empty());
}

#[tokio::test]
async fn a_planned_version_waits_and_can_be_taken_back() {
    let app = TestApp::square().await.unwrap();
    let admin = app.as_(ADMINISTRATOR);
    put(&app, &with(|f| f["from"] = "2027-01-01T00:00:00Z".into())).await;
    assert_eq!(names(&app).await, ["火情", "路灯"]);
    // The version in force is edited meanwhile, and the plan stays.
    let now = put(&app, &with(|f| f["name"]["zh"] = "路灯坏".into())).await;
    assert_eq!(now["to"], "2027-01-01T00:00:00Z");
    let all = app.get("/api/categories/all?code=lamp").await.json();
    let told: Vec<_> = all["versions"].as_array().unwrap().iter().map(|v| (&v["version"], &v["name"]["zh"])).collect();
    assert_eq!(told, [(&json!(1), &json!("路灯")), (&json!(2), &json!("路灯不亮")), (&json!(3), &json!("路灯坏"))]);
    app.clock.set("2027-01-01T00:00:00Z");
    assert_eq!(names(&app).await, ["火情", "路灯不亮"]);
    put(&app, &with(|f| f["from"] = "2027-02-01T00:00:00Z".into())).await;
    put(
        &app,
        &with(|f| {
            f["from"] = "2027-02-01T00:00:00Z".into();
            f["name"]["zh"] = "二月".into();
        }),
    )
    .await;
    put(
        &app,
        &with(|f| {
            f["from"] = "2027-02-01T00:00:00Z".into();
            f["name"]["zh"] = "三月".into();
        }),
    )
    .await;
    assert_eq!(admin.delete("/api/categories/lamp?until=2027-01-15T00:00:00Z").await.status, StatusCode::NO_CONTENT);
    app.clock.set("2027-01-15T00:00:00Z");
    assert_eq!(names(&app).await, ["火情"]);
    app.clock.set("2027-03-01T00:00:00Z");
    assert_eq!(names(&app).await, ["火情"]);
    let last = audited(&app, "change_category").await.pop().unwrap();
    assert_eq!(last["details"]["withdrawn"].as_array().unwrap().len(), 1, "{last}");
}

#[tokio::test]
async fn a_category_ends_but_not_before_its_last_report() {
    let app = TestApp::square().await.unwrap();
    let admin = app.as_(ADMINISTRATOR);
    let kept = app.report(107.005, 34.007).await;
    app.clock.set("2026-11-23T09:00:00Z");
    let earlier = admin.delete("/api/categories/lamp?until=2026-11-23T07:00:00Z").await;
    assert_eq!((earlier.status, earlier.code().as_str()), (StatusCode::CONFLICT, "conflict"), "{}", earlier.json());
    assert_eq!(admin.delete("/api/categories/lamp?until=soon").await.field(), "until");
    assert_eq!(admin.delete("/api/categories/lamp?until=2019-01-01T00:00:00Z").await.field(), "until");
    assert_eq!(admin.delete("/api/categories/lamp?until=2026-11-23T08:30:00Z").await.status, StatusCode::NO_CONTENT);
    assert_eq!(names(&app).await, ["火情"]);
    let report = async |at: &str| {
        let mut report = lamp(107.005, 34.007);
        report["reported_at"] = at.into();
        app.as_("王一").post("/api/incidents", &report).await
    };
    assert_eq!(report("2026-11-23T08:29:59Z").await.status, StatusCode::CREATED);
    assert_eq!(report("2026-11-23T08:30:00Z").await.field(), "category");
    let told = app.get(&format!("/api/incidents/{kept}")).await.json();
    assert_eq!(told["category"]["name"]["zh"], "路灯");
    assert_eq!(admin.delete("/api/categories/lamp").await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.delete("/api/categories/nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/api/categories/all").await.json()["versions"].as_array().unwrap().len(), 2, "history stays");
    put(&app, &form()).await;
    assert_eq!(names(&app).await, ["火情", "路灯不亮"], "an edit brings it back");
}

#[tokio::test]
async fn two_who_edit_at_once_do_not_overwrite_one_another() {
    let app = TestApp::square().await.unwrap();
    let (one, other) = (
        with(|f| {
            f["version"] = 1.into();
            f["name"]["zh"] = "甲".into();
        }),
        with(|f| {
            f["version"] = 1.into();
            f["name"]["zh"] = "乙".into();
        }),
    );
    app.as_(ADMINISTRATOR).get("/api/categories").await;
    let admin = app.as_(ADMINISTRATOR);
    let answers = futures::join!(admin.put("/api/categories/lamp", &one), admin.put("/api/categories/lamp", &other));
    let mut told = [answers.0.status, answers.1.status];
    told.sort_unstable();
    assert_eq!(told, [StatusCode::OK, StatusCode::CONFLICT]);
    // The same form once more, after a look, changes nothing.
    let all = app.get("/api/categories/all?code=lamp").await.json();
    let mut form = all["versions"][1].clone();
    let saved = versions(&app).await;
    app.clock.set("2026-11-23T08:10:00Z");
    assert_eq!(put(&app, &form).await["version"], 2);
    assert_eq!(versions(&app).await, saved);
    form["to"] = "2027-01-01T00:00:00Z".into();
    assert_eq!(put(&app, &form).await["version"], 2, "another end is no other version");
    form.as_object_mut().unwrap().remove("to");
    assert_eq!(put(&app, &form).await.get("to"), None);
}

#[tokio::test]
async fn another_town_s_categories_are_its_own() {
    let app = TestApp::square().await.unwrap();
    app.second_town().await.unwrap();
    let foreign = async || -> Vec<String> { versions(&app).await.into_iter().filter(|v| v.starts_with('2')).collect() };
    let first = foreign().await;
    put(&app, &form()).await;
    let cookie = app.as_(ADMINISTRATOR).cookie("square", false).await.unwrap();
    let body = Body::from(form().to_string());
    let across = app.send(request("PUT", "/api/categories/lamp?town=other", &[("cookie", &cookie)], body)).await;
    assert_eq!(across.status, StatusCode::UNAUTHORIZED);
    assert_eq!(foreign().await, first);
    let file = app.get("/api/categories.csv?all=true").await;
    assert!(!String::from_utf8_lossy(&file.bytes).contains("他镇"));
    assert!(!app.get("/api/categories/all").await.json().to_string().contains("他镇"));
    let theirs = app.as_("他镇管钥").put("/api/categories/lamp?town=other", &form()).await;
    assert_eq!(theirs.status, StatusCode::OK);
    assert_ne!(foreign().await, first);
}

#[tokio::test]
async fn the_database_keeps_versions_apart_whoever_writes() {
    let app = TestApp::square().await.unwrap();
    let sql = "INSERT INTO category (town_id, category_code, version, group_word, name_zh, name_en, limit_grid_min,
                      limit_village_min, limit_town_min, valid_from, valid_to)
               VALUES (1, 'lamp', 2, 'management', '', '', 1, 1, 1, '2026-01-01Z', '2026-02-01Z')";
    let error = sqlx::query(sql).execute(&app.db.pool).await.unwrap_err();
    assert_eq!(error.into_database_error().unwrap().constraint(), Some("category_one_at_a_time"));
    // The serving role alone is bound by the policies: a planner's transaction changes no category.
    let mut tx = app.state.pool.begin().await.unwrap();
    let scope = "SELECT set_config('fangge.town', '1', true), set_config('fangge.scope', 'nothing', true),
                        set_config('fangge.role', 'planner', true)";
    sqlx::query(scope).execute(&mut *tx).await.unwrap();
    for sql in ["UPDATE category SET name_zh = 'x'", "DELETE FROM category"] {
        assert_eq!(sqlx::query(sql).execute(&mut *tx).await.unwrap().rows_affected(), 0, "{sql}");
    }
}
