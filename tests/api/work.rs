//! What waits for whom, who answers for a place, and who is given work: nobody whose account is closed.

use crate::accounts::{ADMINISTRATOR, staff};
use crate::life::{WEST, act, detail, done};
use axum::http::StatusCode;
use fangge_tests::app::{TestApp, lamp};
use serde_json::{Value, json};

/// What waits for somebody, and why.
pub async fn waits(app: &TestApp, name: &str) -> Vec<(i64, String)> {
    let work = app.as_(name).get("/api/work").await.json();
    let items = work["items"].as_array().unwrap().clone();
    items.iter().map(|i| (i["incident"]["id"].as_i64().unwrap(), i["why"].as_str().unwrap().to_owned())).collect()
}

#[tokio::test]
async fn my_work_is_what_waits_for_me_the_most_urgent_first() {
    let app = TestApp::square().await.unwrap();
    let ordinary = app.report(WEST.0, WEST.1).await;
    let mut grave = lamp(WEST.0, WEST.1);
    grave["severity"] = 1.into();
    let grave = app.as_("王一").post("/api/incidents", &grave).await.json()["id"].as_i64().unwrap();
    let ids = async |name: &str| waits(&app, name).await;
    let turn = |id| (id, "turn".to_owned());
    assert_eq!(ids("王一").await, [turn(grave), turn(ordinary)]);
    assert_eq!(ids("王二").await, []);
    assert_eq!(ids("方正").await, []);
    assert_eq!(ids("文静").await, [(grave, "verify".to_owned()), (ordinary, "verify".to_owned())]);
    assert_eq!(ids("管钥").await, [], "administrators have no case content");
    done(&app, "王一", grave, json!({ "action": "pass_up", "note": "重大" })).await;
    assert_eq!(ids("方正").await, [turn(grave)]);
    let work = app.as_("王一").get("/api/work").await.json();
    assert_eq!(work["answering"][0]["id"], grave, "still answers for it");
    done(&app, "王一", ordinary, json!({ "action": "accept" })).await;
    done(&app, "王一", ordinary, json!({ "action": "start" })).await;
    done(&app, "王一", ordinary, json!({ "action": "report_back" })).await;
    assert_eq!(ids("王一").await, [], "who did the work has nothing to do with it now");
    assert_eq!(ids("文静").await, [(grave, "verify".to_owned()), (ordinary, "check".to_owned())]);
}

#[tokio::test]
async fn a_place_tells_its_grid_its_village_and_who_answers() {
    let app = TestApp::square().await.unwrap();
    let told = app.as_("文静").get("/api/place?lon=107.005&lat=34.007").await.json();
    assert_eq!((told["grid"].as_str(), told["village"].as_str()), (Some("000000001001001"), Some("000000001001")));
    let chain: Vec<(&str, &str)> = told["chain"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["party"].as_str().unwrap(), p["people"][0]["name"].as_str().unwrap()))
        .collect();
    assert_eq!(chain, [("grid", "王一"), ("village", "方正"), ("town", "严明")]);
    let outside = app.as_("文静").get("/api/place?lon=108&lat=34").await.json();
    assert_eq!((outside["outside"].as_bool(), outside["chain"].as_array().unwrap().len()), (Some(true), 1));
    let bad = app.as_("文静").get("/api/place?lon=x&lat=34").await;
    assert_eq!((bad.status, bad.field()), (StatusCode::UNPROCESSABLE_ENTITY, "lon".to_owned()));
}

/// Closes somebody's account.
async fn close(app: &TestApp, name: &str) {
    let path = format!("/api/accounts/{}", staff(app, name).await);
    let closed = app.as_(ADMINISTRATOR).patch(&path, &json!({ "disabled": true })).await;
    assert_eq!(closed.status, StatusCode::OK, "{}", closed.json());
}

#[tokio::test]
async fn nobody_whose_account_is_closed_is_given_work_or_told_as_who_answers() {
    let app = TestApp::square().await.unwrap();
    let (ours, theirs) = (app.report(WEST.0, WEST.1).await, app.report(WEST.0, WEST.1).await);
    for id in [ours, theirs] {
        done(&app, "王一", id, json!({ "action": "pass_up", "note": "需村上协调" })).await;
        done(&app, "方正", id, json!({ "action": "accept" })).await;
    }
    done(&app, "方正", theirs, json!({ "action": "dispatch", "to": "staff:8" })).await;
    for name in ["王一", "王二"] {
        close(&app, name).await;
    }
    for body in [json!({ "action": "dispatch", "to": "staff:8" }), json!({ "action": "dispatch", "to": "staff:7" })] {
        let refused = act(&app, "方正", ours, body).await;
        assert_eq!((refused.status, refused.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "to"));
    }
    let people = |parties: &Value, party: &str| {
        let found = parties.as_array().unwrap().iter().find(|p| p["party"] == party).unwrap().clone();
        found["people"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let chain = app.as_("文静").get(&format!("/api/place?lon={}&lat={}", WEST.0, WEST.1)).await.json()["chain"].clone();
    assert_eq!((people(&chain, "grid"), people(&chain, "village")), (vec![], vec!["方正".to_owned()]));
    let told = detail(&app, "方正", theirs).await["parties"].clone();
    assert_eq!(people(&told, "grid"), Vec::<String>::new());
    assert_eq!(people(&told, "staff:8"), ["王二"], "whom the log names by name it goes on naming");
    // Open again, he is given work again.
    let path = format!("/api/accounts/{}", staff(&app, "王二").await);
    app.as_(ADMINISTRATOR).patch(&path, &json!({ "disabled": false })).await;
    done(&app, "方正", ours, json!({ "action": "dispatch", "to": "staff:8" })).await;
}
