//! Texts that people type: any script, counted in characters, without control characters.

use axum::http::StatusCode;
use fangge_tests::app::TestApp;
use serde_json::json;

#[tokio::test]
async fn a_note_keeps_any_script_and_its_lines() {
    let app = TestApp::square().await.unwrap();
    let id = app.report(107.005, 34.007).await;
    let note = async |note: &str| {
        app.as_("王一").post(&format!("/api/incidents/{id}/events"), &json!({ "action": "note", "note": note })).await
    };
    let lengthy = "𠮷".repeat(2_000);
    let kept = ["𠮷田家门口\n第二行\t完", &*lengthy, "ཀརྨ محمد 👩‍🌾 e\u{301}"];
    for text in kept {
        let written = note(text).await;
        assert_eq!(written.status, StatusCode::CREATED, "{}", written.json());
    }
    let log = app.get(&format!("/api/incidents/{id}")).await.json()["log"].clone();
    let notes: Vec<&str> = log.as_array().unwrap().iter().filter_map(|entry| entry["note"].as_str()).collect();
    assert_eq!(notes, kept);
    for text in [" ", &*"𠮷".repeat(2_001), "响铃\u{7}", "空\u{0}", "删\u{7f}", "退\u{9b}1m"] {
        let refused = note(text).await;
        assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "note"), "{text:?}");
    }
}
