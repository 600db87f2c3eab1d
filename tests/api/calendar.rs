//! The town's calendar and working hours: read by everyone, changed by the administrator, noticed by every server.

use axum::http::StatusCode;
use fangge::db::calendar::{self, Edition};
use fangge::db::scope::{self, Scoped};
use fangge::db::towns;
use fangge::housekeeping;
use fangge_tests::app::{Answer, TestApp};
use geodata::access::{Scope, Who};
use geodata::town::{Role, TownId};
use geodata::worktime::{DayKind, Due};
use serde_json::{Value, json};

const SQUARE: TownId = TownId(1);
const ADMINISTRATOR: &str = "管钥";

/// What is due so many working minutes after a moment, as this server sees it.
async fn due(app: &TestApp, from: &str, minutes: i64) -> Due {
    let mut tx = app.state.begin_system(SQUARE).await.unwrap();
    app.state.calendars.of(&mut tx, SQUARE).await.unwrap().due(from.parse().unwrap(), minutes)
}

async fn edition(app: &TestApp) -> Edition {
    let mut tx = app.state.begin_system(SQUARE).await.unwrap();
    calendar::edition(&mut tx, SQUARE).await.unwrap()
}

async fn year(app: &TestApp, year: i32) -> Value {
    let answer = app.get(&format!("/api/calendar/{year}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.json()
}

fn day(year: &Value, date: &str) -> Value {
    let days = year["days"].as_array().unwrap();
    days.iter().find(|day| day["date"] == date).unwrap_or_else(|| panic!("no {date}")).clone()
}

async fn put(app: &TestApp, date: &str, body: &Value) -> Answer {
    app.as_(ADMINISTRATOR).put(&format!("/api/calendar/{}/{date}", &date[..4]), body).await
}

async fn audited(app: &TestApp, action: &str) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM audit WHERE town_id = 1 AND action = $1").bind(action);
    count.fetch_one(&app.db.pool).await.unwrap()
}

#[tokio::test]
async fn everyone_in_the_town_reads_its_years_day_by_day() {
    let app = TestApp::square().await.unwrap();
    let announced = year(&app, 2026).await;
    assert_eq!((&announced["state"], &announced["holidays"]), (&json!("announced"), &json!("china")));
    assert_eq!(announced["days"].as_array().unwrap().len(), 365);
    assert_eq!(
        day(&announced, "2026-02-17"),
        json!({ "date": "2026-02-17", "kind": "holiday", "name": { "zh": "春节", "en": "Spring Festival" }, "minutes": 0 })
    );
    let made_up = day(&announced, "2026-02-28");
    assert_eq!((&made_up["kind"], &made_up["minutes"]), (&json!("make_up"), &json!(450)));
    assert_eq!(day(&announced, "2026-11-23"), json!({ "date": "2026-11-23", "kind": "workday", "minutes": 450 }));
    assert_eq!(year(&app, 2028).await["state"], "provisional");
    assert_eq!(app.as_("图南").get("/api/calendar/2026").await.json(), announced, "a planner reads it as well");
    assert_eq!(app.stranger().get("/api/calendar/2026").await.status, StatusCode::UNAUTHORIZED);
    for wrong in ["1999", "2101", "now"] {
        assert_eq!(app.get(&format!("/api/calendar/{wrong}")).await.field(), "year", "{wrong}");
    }
}

#[tokio::test]
async fn an_edited_day_counts_at_once_on_every_server_and_is_written_down() {
    let app = TestApp::square().await.unwrap();
    let other = app.restarted();
    // Wednesday 2026-12-23 at 17:30 in China, and an hour's work after it.
    let from = "2026-12-23T09:30:00Z";
    for server in [&app, &other] {
        assert_eq!(due(server, from, 60).await.at.to_rfc3339(), "2026-12-24T01:00:00+00:00");
    }
    let fair = json!({ "kind": "holiday", "name": { "zh": " 庙会 ", "en": "" } });
    let answer = put(&app, "2026-12-24", &fair).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    assert_eq!(answer.json()["state"], "edited");
    assert_eq!(
        day(&answer.json(), "2026-12-24"),
        json!({ "date": "2026-12-24", "kind": "holiday", "name": { "zh": "庙会", "en": "庙会" }, "minutes": 0, "edited": true })
    );
    assert_eq!(year(&other, 2026).await, answer.json());
    for server in [&app, &other] {
        assert_eq!(due(server, from, 60).await.at.to_rfc3339(), "2026-12-25T01:00:00+00:00");
    }
    let entry: (i32, String, Value) =
        sqlx::query_as("SELECT staff_id, object_key, details FROM audit WHERE action = 'change_calendar'")
            .fetch_one(&app.db.pool)
            .await
            .unwrap();
    assert_eq!(entry, (17, "2026-12-24".into(), json!({ "from": "workday", "to": "holiday" })));
    // The same again changes nothing, and is not told as a change.
    let before = edition(&app).await;
    assert_eq!(put(&app, "2026-12-24", &fair).await.status, StatusCode::OK);
    assert_eq!((edition(&app).await, audited(&app, "change_calendar").await), (before, 1));
    // Taken back by hand, the year is as it was announced.
    let back = put(&app, "2026-12-24", &json!({ "kind": "workday" })).await.json();
    assert_eq!((&back["state"], day(&back, "2026-12-24")["edited"].is_null()), (&json!("announced"), true));
    assert_eq!(due(&other, from, 60).await.at.to_rfc3339(), "2026-12-24T01:00:00+00:00");
}

#[tokio::test]
async fn only_the_administrator_changes_it_and_only_to_what_can_be() {
    let app = TestApp::square().await.unwrap();
    let holiday = json!({ "kind": "holiday" });
    let hours = json!({ "from": "2026-12-01", "hours": { "usual": { "workday": ["09:00-17:00"] } } });
    for name in ["关山", "严明", "方正", "王一", "图南", "察微"] {
        let person = app.as_(name);
        assert_eq!(person.put("/api/calendar/2026/2026-12-24", &holiday).await.status, StatusCode::FORBIDDEN, "{name}");
        assert_eq!(person.put("/api/hours", &hours).await.status, StatusCode::FORBIDDEN, "{name}");
        for step in ["confirm", "reset"] {
            let answer = person.post(&format!("/api/calendar/2027/{step}"), &json!({})).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
        }
    }
    let wrong = [
        ("2026-12-24", json!({ "kind": "make_up" }), "kind"),
        ("2026-12-24", json!({ "kind": "weekend" }), "kind"),
        ("2026-12-26", json!({ "kind": "workday" }), "kind"),
        ("2026-12-24", json!({ "kind": "feast" }), "kind"),
        ("2026-12-24", json!({}), "."),
        ("2026-12-24", json!({ "kind": "holiday", "name": { "zh": "", "en": "Fair" } }), "name"),
        ("2026-12-24", json!({ "kind": "holiday", "name": { "zh": "庙".repeat(41), "en": "" } }), "name"),
        ("2026-12-24", json!({ "kind": "holiday", "name": { "zh": "庙\u{7}会", "en": "" } }), "name"),
        ("2026-02-30", holiday.clone(), "date"),
        ("1999-12-24", holiday.clone(), "year"),
    ];
    for (date, body, field) in wrong {
        let answer = put(&app, date, &body).await;
        assert_eq!(
            (answer.status, answer.field().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, field),
            "{date} {body}"
        );
    }
    let elsewhere = app.as_(ADMINISTRATOR).put("/api/calendar/2026/2027-01-04", &holiday).await;
    assert_eq!(elsewhere.field(), "date");
    let long = "𠮷".repeat(40);
    let named = put(&app, "2026-12-24", &json!({ "kind": "holiday", "name": { "zh": long, "en": "Fair" } })).await;
    assert_eq!(day(&named.json(), "2026-12-24")["name"], json!({ "zh": long, "en": "Fair" }));
    assert_eq!(audited(&app, "change_calendar").await, 1);
}

#[tokio::test]
async fn a_year_not_announced_stays_provisional_until_it_is_confirmed() {
    let app = TestApp::square().await.unwrap();
    let eve = "2026-12-31T09:00:00Z";
    assert!(due(&app, eve, 120).await.provisional);
    let edited = put(&app, "2027-03-03", &json!({ "kind": "holiday" })).await.json();
    assert_eq!((&edited["state"], &day(&edited, "2027-03-03")["edited"]), (&json!("provisional"), &json!(true)));
    assert!(due(&app, eve, 120).await.provisional);
    let admin = app.as_(ADMINISTRATOR);
    let confirmed = admin.post("/api/calendar/2027/confirm", &json!({})).await.json();
    assert_eq!((&confirmed["state"], &confirmed["days"]), (&json!("edited"), &edited["days"]));
    assert!(!due(&app, eve, 120).await.provisional);
    let reset = admin.post("/api/calendar/2027/reset", &json!({})).await.json();
    assert_eq!((&reset["state"], &day(&reset, "2027-03-03")["kind"]), (&json!("provisional"), &json!("workday")));
    assert!(due(&app, eve, 120).await.provisional);
    assert_eq!(audited(&app, "change_calendar").await, 3);
}

#[tokio::test]
async fn new_hours_hold_from_their_day_on_and_leave_the_days_before_alone() {
    let app = TestApp::square().await.unwrap();
    let admin = app.as_(ADMINISTRATOR);
    let usual = json!({ "workday": ["08:30-12:00", "14:00-18:00"], "saturday": [], "sunday": [] });
    assert_eq!(app.get("/api/hours").await.json(), json!([{ "from": "1900-01-01", "hours": { "usual": usual } }]));
    let early = json!({ "from": "2026-11-25", "hours": { "usual": { "workday": ["07:00-12:00"], "saturday": ["07:00-09:00"] },
        "season": { "from": "05-01", "to": "09-30", "week": { "workday": ["06:00-11:00"] } } } });
    let answer = admin.put("/api/hours", &early).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    let set = answer.json();
    assert_eq!((set.as_array().unwrap().len(), &set[1]["hours"]["usual"]["sunday"]), (2, &json!([])));
    assert_eq!(app.get("/api/hours").await.json(), set);
    // Tuesday 24 November is as before; Wednesday begins at seven.
    assert_eq!(due(&app, "2026-11-23T16:00:00Z", 450).await.at.to_rfc3339(), "2026-11-24T10:00:00+00:00");
    assert_eq!(due(&app, "2026-11-24T16:00:00Z", 60).await.at.to_rfc3339(), "2026-11-25T00:00:00+00:00");
    let counted = year(&app, 2026).await;
    let minutes = |date: &str| day(&counted, date)["minutes"].as_u64().unwrap();
    assert_eq!([minutes("2026-11-24"), minutes("2026-11-25"), minutes("2026-11-28")], [450, 300, 120]);
    assert_eq!(day(&year(&app, 2027).await, "2027-05-06")["minutes"], 300);
    // Said again, nothing changes; said otherwise for the same day, the later word holds.
    admin.put("/api/hours", &early).await;
    assert_eq!(audited(&app, "change_hours").await, 1);
    let late = json!({ "from": "2026-11-25", "hours": { "usual": { "workday": ["10:00-12:00"] } } });
    assert_eq!(admin.put("/api/hours", &late).await.json().as_array().unwrap().len(), 2);
    assert_eq!(due(&app, "2026-11-24T16:00:00Z", 60).await.at.to_rfc3339(), "2026-11-25T03:00:00+00:00");
}

#[tokio::test]
async fn hours_that_can_not_be_are_refused_by_field() {
    let app = TestApp::square().await.unwrap();
    let hours = |from: &str, workday: Value| json!({ "from": from, "hours": { "usual": { "workday": workday } } });
    let good = json!(["08:00-12:00"]);
    let wrong = [
        // In China it is the 23rd already.
        (hours("2026-11-22", good.clone()), "from"),
        (hours("2101-01-01", good.clone()), "from"),
        (hours("2026-12-01", json!([])), "workday"),
        (hours("2026-12-01", json!(["08:00-12:00", "11:00-15:00"])), "workday"),
        (hours("2026-12-01", json!(["14:00-18:00", "08:00-12:00"])), "workday"),
        (
            hours(
                "2026-12-01",
                json!([
                    "00:00-01:00",
                    "02:00-03:00",
                    "04:00-05:00",
                    "06:00-07:00",
                    "08:00-09:00",
                    "10:00-11:00",
                    "12:00-13:00"
                ]),
            ),
            "workday",
        ),
        (hours("2026-12-01", json!(["8-12"])), "hours.usual.workday[0]"),
        (hours("tomorrow", good), "from"),
    ];
    for (body, field) in wrong {
        let answer = app.as_(ADMINISTRATOR).put("/api/hours", &body).await;
        assert_eq!((answer.status, answer.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{body}");
    }
    assert_eq!(audited(&app, "change_hours").await, 0);
}

#[tokio::test]
async fn an_announcement_that_came_with_the_program_replaces_what_was_reckoned_once() {
    let app = TestApp::square().await.unwrap();
    // As a version left it that did not know the announcement of 2026 yet: a fair was entered, a guess was not changed.
    sqlx::raw_sql(
        "INSERT INTO calendar_year (town_id, year, state) VALUES (1, 2026, 'provisional');
         INSERT INTO calendar_day (town_id, year, day, kind, name_zh, name_en) VALUES
           (1, 2026, '2026-03-03', 'holiday', '庙会', 'Fair'), (1, 2026, '2026-02-17', 'holiday', '春节', 'Spring Festival')",
    )
    .execute(&app.db.pool)
    .await
    .unwrap();
    let (spring, before) = ("2026-02-14T00:00:00Z", edition(&app).await);
    assert!(due(&app, spring, 60).await.provisional);
    housekeeping::tidy(&app.state).await.unwrap();
    let after = edition(&app).await;
    assert_ne!(after, before);
    let known = year(&app, 2026).await;
    assert_eq!((&known["state"], &day(&known, "2026-02-14")["kind"]), (&json!("edited"), &json!("make_up")));
    assert_eq!(day(&known, "2026-03-03")["name"]["zh"], "庙会");
    assert!(!due(&app, spring, 60).await.provisional);
    // The years about now are written down, and nothing is done twice.
    let years: Vec<i32> = sqlx::query_scalar("SELECT year FROM calendar_year WHERE town_id = 1 ORDER BY year")
        .fetch_all(&app.db.pool)
        .await
        .unwrap();
    assert_eq!(years, [2024, 2025, 2026, 2027, 2028]);
    housekeeping::tidy(&app.state).await.unwrap();
    assert_eq!(edition(&app).await, after);
    // The years go on.
    app.clock.set("2028-01-01T00:00:00Z");
    housekeeping::tidy(&app.state).await.unwrap();
    let last: i32 = sqlx::query_scalar("SELECT max(year) FROM calendar_year").fetch_one(&app.db.pool).await.unwrap();
    assert_eq!((last, edition(&app).await), (2030, after));
}

#[tokio::test]
async fn an_edit_waits_for_the_town_and_no_limit_is_reckoned_meanwhile() {
    let app = TestApp::square().await.unwrap();
    let mut writer = app.state.begin_system(SQUARE).await.unwrap();
    towns::lock(&mut writer, SQUARE).await.unwrap();
    let holiday = json!({ "kind": "holiday" });
    let edit = put(&app, "2026-12-24", &holiday);
    tokio::pin!(edit);
    let early = tokio::time::timeout(std::time::Duration::from_millis(400), &mut edit).await;
    assert!(early.is_err(), "it was done while another held the town");
    let seen = app.state.calendars.of(&mut writer, SQUARE).await.unwrap();
    assert_eq!(seen.day("2026-12-24".parse().unwrap()).kind, DayKind::Workday);
    writer.commit().await.unwrap();
    assert_eq!(edit.await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_database_lets_nobody_else_write_and_keeps_its_own_rules() {
    let app = TestApp::square().await.unwrap();
    let insert = "INSERT INTO calendar_year (town_id, year, state) VALUES (1, 2030, 'edited')";
    for (role, may) in [(Role::Commander, false), (Role::Planner, false), (Role::Administrator, true)] {
        let who = Who { staff: 2, role, scope: if may { Scope::Nothing } else { Scope::Town } };
        let mut tx = scope::begin(&app.state.pool, SQUARE, Scoped::Person(&who)).await.unwrap();
        assert_eq!(sqlx::query(insert).execute(&mut *tx).await.is_ok(), may, "{role}");
    }
    let rule = async |day: &str, kind: &str| {
        let sql = "INSERT INTO calendar_day (town_id, year, day, kind) VALUES (1, 2030, $1::date, $2)";
        let written = sqlx::query(sql).bind(day).bind(kind).execute(&app.db.pool).await;
        written.unwrap_err().as_database_error().and_then(|e| e.constraint()).unwrap_or_default().to_owned()
    };
    sqlx::query(insert).execute(&app.db.pool).await.unwrap();
    assert_eq!(rule("2030-01-07", "make_up").await, "calendar_day_kind");
    assert_eq!(rule("2030-01-06", "workday").await, "calendar_day_kind");
    assert_eq!(rule("2031-01-07", "holiday").await, "calendar_day_of_year");
}

#[tokio::test]
async fn a_town_elsewhere_keeps_its_own_clocks_and_no_chinese_holidays() {
    let app = TestApp::square().await.unwrap();
    app.second_town().await.unwrap();
    let zone = "UPDATE town SET time_zone = 'America/Chicago' WHERE town_id = 1";
    sqlx::query(zone).execute(&app.db.pool).await.unwrap();
    let counted = year(&app, 2026).await;
    assert_eq!((&counted["holidays"], &counted["state"]), (&json!("weekends"), &json!("announced")));
    assert_eq!(day(&counted, "2026-10-01")["kind"], "workday");
    // Friday to Monday over the change to daylight saving time: the office opens an hour earlier in UTC.
    assert_eq!(due(&app, "2026-03-06T23:00:00Z", 120).await.at.to_rfc3339(), "2026-03-09T14:30:00+00:00");
    // What one town's administrator changes is not the other's.
    put(&app, "2026-10-01", &json!({ "kind": "holiday" })).await;
    let other = app.get("/api/calendar/2026?town=other").await.json();
    assert_eq!((&other["holidays"], &other["state"]), (&json!("china"), &json!("announced")));
}
