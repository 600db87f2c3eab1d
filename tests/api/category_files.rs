//! Categories as a file for spreadsheets, out and in.

use crate::categories::{ADMINISTRATOR, audited, names, put, versions, with};
use axum::body::Body;
use axum::http::StatusCode;
use fangge_tests::app::{Answer, TestApp, request};
use serde_json::{Value, json};

async fn export(app: &TestApp, query: &str) -> String {
    let answer = app.as_(ADMINISTRATOR).get(&format!("/api/categories.csv{query}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("content-type").starts_with("text/csv"));
    assert!(answer.header("content-disposition").contains("categories-square.csv"));
    assert!(answer.bytes.starts_with(b"\xEF\xBB\xBF"), "a spreadsheet knows UTF-8 by its mark");
    String::from_utf8(answer.bytes.to_vec()).unwrap()
}

async fn import(app: &TestApp, file: impl Into<Vec<u8>>, query: &str) -> Answer {
    let path = format!("/api/categories.csv{query}");
    app.as_(ADMINISTRATOR).send(request("POST", &path, &[], Body::from(file.into()))).await
}

fn changes(answer: &Value) -> Vec<(&str, &str)> {
    let rows = answer["rows"].as_array().unwrap();
    rows.iter().map(|row| (row["code"].as_str().unwrap(), row["change"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_file_goes_out_is_edited_and_comes_in_again() {
    let app = TestApp::square().await.unwrap();
    put(
        &app,
        &with(|f| {
            f["name"] = json!({ "zh": "=SUM(A1) 路灯", "en": "@lamp, \"bright\"" });
            f["filing_standard"] = json!({ "zh": "第一行\n第二行", "en": "'quoted" });
            f["closing_standard"] = json!({ "zh": "-1", "en": "+86 𠮷" });
        }),
    )
    .await;
    app.clock.set("2026-11-23T08:10:00Z");
    let file = export(&app, "").await;
    for cell in ["'=SUM(A1)", "\"'@lamp, \"\"bright\"\"\"", "''quoted", "'-1", "'+86"] {
        assert!(file.contains(cell), "{cell} in {file}");
    }
    let saved = versions(&app).await;
    for query in ["", "?all=true"] {
        let file = export(&app, query).await;
        let same = import(&app, file.clone(), "").await.json();
        assert!(same["rows"].as_array().unwrap().iter().all(|row| row["change"] == "unchanged"), "{query} {same}");
        assert_eq!(versions(&app).await, saved, "{query}");
        assert_eq!(export(&app, query).await, file);
    }
    // One cell edited, one category added, in a spreadsheet that writes no mark.
    let row = file.lines().find(|line| line.starts_with("fire")).unwrap();
    let hydrant = row.replace("fire,", "'0901,").replace("火情", "消火栓");
    let edited = file.replace("火情", "明火").replacen('\u{feff}', "", 1) + &hydrant + "\r\n";
    let preview = import(&app, edited.clone(), "?preview=true").await.json();
    assert_eq!(changes(&preview), [("fire", "changed"), ("lamp", "unchanged"), ("0901", "new")]);
    assert_eq!((&preview["rows"][0]["fields"], &preview["faults"]), (&json!(["name"]), &json!([])));
    assert_eq!(versions(&app).await, saved, "a preview writes nothing");
    let done = import(&app, edited, "").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.json());
    assert_eq!(names(&app).await, ["消火栓", "明火", "=SUM(A1) 路灯"]);
    let entry = &audited(&app, "import_categories").await;
    assert_eq!(entry.last().unwrap()["details"], json!({ "rows": 3, "new": 1, "changed": 1, "ends": 0 }));
    let changed = audited(&app, "change_category").await;
    let told = changed.iter().find(|entry| entry["key"] == "fire").unwrap();
    assert_eq!(told["details"]["before"]["name"]["zh"], "火情");
    assert_eq!(told["details"]["after"]["name"]["zh"], "明火");
    assert!(!audited(&app, "export").await.is_empty());
}

#[tokio::test]
async fn a_broken_file_is_told_line_by_line_and_leaves_nothing() {
    let app = TestApp::square().await.unwrap();
    let file = export(&app, "").await;
    let saved = versions(&app).await;
    let lamp = file.lines().find(|line| line.starts_with("lamp")).unwrap();
    let cells: Vec<&str> = lamp.split(',').collect();
    let cell = |at: usize, text: &str| {
        let mut cells = cells.clone();
        cells[at] = text;
        file.replace(lamp, &cells.join(","))
    };
    // 路灯 as a spreadsheet writes it that knows no UTF-8.
    let (start, end) = file.split_once("路灯").unwrap();
    let gbk = [start.as_bytes(), b"\xc2\xb7\xb5\xc6", end.as_bytes()].concat();
    let cases: [(&str, Vec<u8>); 18] = [
        ("1", Vec::new()),
        ("1", file.lines().next().unwrap().into()),
        ("1", b"\xff\xfec\0o\0d\0e\0".to_vec()),
        ("3", gbk),
        ("1.limit_2_tow", file.replacen("limit_2_town", "limit_2_tow", 1).into()),
        ("3", file.replace(lamp, &cells[..25].join(",")).into()),
        ("3", file.replace(lamp, &format!("\"{lamp}")).into()),
        ("3.code", cell(0, "Lamp").into()),
        ("3.group", cell(1, "路灯类").into()),
        ("3.name_zh", cell(2, "").into()),
        ("3.limit_1_grid", cell(8, "sixty").into()),
        ("3.limit_1_village", cell(9, "59").into()),
        ("3.working_time", cell(20, "maybe").into()),
        ("3.default_unit", cell(23, "nobody").into()),
        ("3.valid_from", cell(24, "2026-11-01").into()),
        ("3.valid_to", cell(25, "2019-11-01").into()),
        ("4.code", format!("{file}{lamp}\r\n").into()),
        ("4.code", format!("{file}{}\r\n", lamp.replacen("lamp", "all", 1)).into()),
    ];
    for (field, broken) in cases {
        let preview = import(&app, broken.clone(), "?preview=true").await;
        assert_eq!(preview.status, StatusCode::OK);
        let fault = preview.json()["faults"][0].clone();
        let column = fault["column"].as_str().map(|column| format!(".{column}")).unwrap_or_default();
        let place = format!("{}{column}", fault["row"]);
        assert_eq!(place, field, "{fault}");
        assert!(!fault["rule"]["zh"].as_str().unwrap().is_empty() && !fault["rule"]["en"].as_str().unwrap().is_empty());
        let answer = import(&app, broken, "").await;
        assert_eq!((answer.status, answer.field()), (StatusCode::UNPROCESSABLE_ENTITY, place), "{field}");
        assert_eq!(versions(&app).await, saved, "{field}");
    }
    let english = request("POST", "/api/categories.csv", &[("accept-language", "en")], Body::from(cell(9, "59")));
    let message = app.as_(ADMINISTRATOR).send(english).await.json()["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("line 3, column limit_1_village: a higher level"), "{message}");
    let large = import(&app, vec![b'x'; 1024 * 1024 + 1], "?preview=true").await;
    assert_eq!((large.status, large.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    assert_eq!(import(&app, file, "?preview=perhaps").await.field(), "preview");
    assert!(audited(&app, "import_categories").await.is_empty());
}

#[tokio::test]
async fn a_file_plans_ends_and_fills_a_town_to_its_thousand() {
    let app = TestApp::square().await.unwrap();
    let file = export(&app, "").await;
    let (header, rows) = file.split_once("\r\n").unwrap();
    let lamp = rows.lines().find(|line| line.starts_with("lamp")).unwrap();
    let start = lamp.rsplit(',').nth(1).unwrap();
    let planned = format!("{header}\r\n{}\r\n", lamp.replace(start, "2027-01-01").replace("路灯", "新灯"));
    let done = import(&app, planned, "").await.json();
    assert_eq!((changes(&done), &done["rows"][0]["from"]), (vec![("lamp", "changed")], &json!("2026-12-31T16:00:00Z")));
    let ends = format!("{header}\r\n{lamp}2026-12-01 08:00\r\n");
    assert_eq!(changes(&import(&app, ends, "").await.json()), [("lamp", "ends")]);
    let told = app.get("/api/categories/all?code=lamp").await.json();
    assert_eq!(
        (&told["versions"][0]["to"], &told["versions"][1]["name"]["zh"]),
        (&json!("2026-12-01T00:00:00Z"), &json!("新灯"))
    );
    // What is past is not changed by a file that has it all.
    app.clock.set("2027-02-01T00:00:00Z");
    let all = export(&app, "?all=true").await;
    let past = import(&app, all.replacen("路灯", "旧灯", 1), "").await;
    assert_eq!(past.field(), "3.valid_from", "{} {all}", past.json());
    let many = |from: usize, to: usize| {
        let rows: Vec<String> = (from..to).map(|n| lamp.replacen("lamp", &format!("n{n}"), 1)).collect();
        format!("{header}\r\n{}\r\n", rows.join("\r\n"))
    };
    let (most, one_more) = (many(0, 998), many(998, 999));
    let full = import(&app, most, "").await;
    assert_eq!(full.status, StatusCode::OK, "{}", full.json()["message"]);
    assert_eq!(import(&app, one_more, "").await.field(), "2.code");
    let new = with(|f| f["code"] = "pipe".into());
    assert_eq!(app.as_(ADMINISTRATOR).post("/api/categories", &new).await.field(), "code");
    assert_eq!(import(&app, many(0, 1_001), "?preview=true").await.json()["faults"][0]["row"], 1_002);
    let page = app.get("/api/categories/all").await.json();
    assert_eq!((page["versions"].as_array().unwrap().len(), page["next"].as_str()), (1_000, Some("n996:1")));
    let rest = app.get("/api/categories/all?after=n996:1").await.json();
    assert_eq!((&rest["versions"][0]["code"], rest.get("next")), (&json!("n997"), None));
    assert_eq!(app.get("/api/categories/all?after=n996").await.field(), "after");
}
