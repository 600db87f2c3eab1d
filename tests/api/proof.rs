//! The proof of row-level security: every statement that the server sends is taken from the wire, robbed of every condition of
//! town and scope, and run again in the same person's name. It must read what it would read if nothing else were there, and
//! change nothing that is not the person's.

use axum::body::Body;
use axum::http::StatusCode;
use fangge::database;
use fangge_tests::app::{TestApp, hears, lamp, request};
use fangge_tests::client::PASSWORD;
use fangge_tests::wire::{Parameter, Sent, Wire};
use http_body_util::BodyExt as _;
use regex::Regex;
use serde_json::json;
use sqlx::postgres::{PgArguments, PgConnection, Postgres};
use sqlx::{Arguments as _, PgPool, Row as _, Transaction};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

/// Whose requests are looked at: name, key, and which of the town's incidents are not theirs to see.
const PEOPLE: [(&str, i32, &str); 6] = [
    ("方正", 1, "i.village_code IS DISTINCT FROM '000000001001'"),
    ("文东", 6, "i.village_code IS DISTINCT FROM '000000001002'"),
    ("王一", 7, "i.grid_code IS DISTINCT FROM '000000001001001'"),
    ("𠮷祥", 12, "true"),
    ("安警", 13, "true"),
    ("管钥", 17, "true"),
];

/// Tables that no endpoint asks for anything yet: taking one off this list is part of the endpoint that does. What holds a
/// picture in the store is the server's own sweeping's.
const UNASKED: [&str; 1] = ["photo_hold"];

/// A town with an incident in each grid, some given to somebody, beside another town with as many.
async fn world() -> TestApp {
    let app = TestApp::square().await.unwrap();
    app.second_town().await.unwrap();
    // Other keys than ours: what tiles hold of another town can be told.
    sqlx::raw_sql("UPDATE town_feed SET last_incident = 7000000 WHERE town_id = 2")
        .execute(&app.db.pool)
        .await
        .unwrap();
    for (town, word) in [("square", "本镇"), ("other", "他镇")] {
        for (lon, lat) in [(107.005, 34.007), (107.005, 34.002), (107.015, 34.007), (107.015, 34.002)] {
            let mut body = lamp(lon, lat);
            body["title"] = format!("{word}{lon}，{lat}").into();
            body["description"] = format!("{word}的事").into();
            body["simulated"] = true.into();
            let key = format!("{word}{lon}{lat}").replace(word, town);
            let path = format!("/api/incidents?town={town}");
            let made = app.post_with(&path, &body, &[("idempotency-key", &key)]).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
            let step = json!({ "action": "verify", "note": format!("{word}已核实") });
            let id = made.json()["id"].as_i64().unwrap();
            app.post(&format!("/api/incidents/{id}/events?town={town}"), &step).await;
        }
        app.stranger().post(&format!("/api/session?town={town}"), &json!({ "name": "x", "password": "y" })).await;
    }
    let given = "INSERT INTO incident_involved (town_id, party, incident_id) VALUES
                 (1, 'unit:police', 4), (1, 'staff:12', 2), (2, 'unit:police', 7000001), (2, 'staff:12', 7000002), (2, 'staff:1', 7000003)";
    sqlx::raw_sql(given).execute(&app.db.pool).await.unwrap();
    let more = "
        INSERT INTO calendar (town_id, version, changed_at) VALUES (1, 1, '2026-01-01Z'), (2, 7, '2026-02-02Z');
        UPDATE category SET group_word = 'dispute' WHERE category_code = 'lamp';
        INSERT INTO photo (town_id, incident_id, photo_id, sha256, width, height, bytes, kind, added_by, added_at)
        SELECT town_id, incident_id, md5(town_id || ' ' || incident_id)::uuid, sha256(title::bytea), 4, 3, 99, 'scene', 1, reported_at
          FROM incident;
        INSERT INTO case_party (town_id, incident_id, party_no, sealed, added_by, added_at)
        SELECT town_id, incident_id, 1, decode(repeat('00', 60), 'hex'), 1, reported_at FROM incident";
    sqlx::raw_sql(more).execute(&app.db.pool).await.unwrap();
    app
}

/// Walks all endpoints as each of the people, with the wire listening.
async fn walk(app: &TestApp) -> Vec<Sent> {
    let wire = Wire::to(&app.db.options).unwrap();
    let pool = database::serving_pool(6).connect_with(app.db.options.clone().socket(wire.socket())).await.unwrap();
    let app = app.restarted_with(pool, |_| {});
    hears(&app.state).await.unwrap();
    let document = app.stranger().get("/api/openapi.json").await.json();
    let mut sent = HashSet::new();
    for (name, ..) in PEOPLE {
        app.stranger().post("/api/session", &json!({ "name": name, "password": "wrong" })).await;
        let client = app.as_(name);
        let paths = document["paths"].as_object().unwrap().iter();
        for path in paths.filter(|(path, item)| item["get"].is_object() && *path != "/api/live").map(|(path, _)| path) {
            let path = path.replace("{z}", "10").replace("{x}", "816").replace("{y}", "409").replace("{id}", "2");
            assert!(client.get(&path).await.status.as_u16() < 500, "{name} {path}");
        }
        for query in [
            "state=open&severity=4&village=000000001001&grid=000000001001001&limit=1",
            "bbox=107,34,107.02,34.01&category=management&from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z",
            "after=1795420800000000_9",
        ] {
            assert_eq!(client.get(&format!("/api/incidents?{query}")).await.status, StatusCode::OK, "{query}");
        }
        client.get("/tiles/incidents/15/26123/13104?village=000000001001").await;
        // What is sealed here opens with no key: asked for, and not to be had.
        client.get("/api/incidents/2/parties?reason=%E6%A0%B8%E5%AE%9E%E6%83%85%E5%86%B5").await;
        client.get("/api/place?lon=107.005&lat=34.007").await;
        client.get("/api/nearby?lon=107.005&lat=34.007").await;
        let mut live = client.open(request("GET", "/api/live?after=0", &[], Body::empty())).await.into_body();
        drop(tokio::time::timeout(Duration::from_secs(5), live.frame()).await);
        let key = format!("walk-{name}").replace(name, &client.get("/api/session").await.json()["staff"].to_string());
        for _ in 0..2 {
            client.post_with("/api/incidents", &lamp(107.015, 34.003), &[("idempotency-key", &key)]).await;
        }
        for id in 1..=4 {
            client.act(id, "accept").await;
        }
        for path in ["/api/sessions/00000000-0000-4000-8000-000000000000", "/api/sessions", "/api/session"] {
            client.delete(path).await;
        }
        app.clock.set("2026-11-23T08:02:00Z");
        app.stranger().post("/api/session", &json!({ "name": name, "password": PASSWORD })).await;
        app.clock.set("2026-11-23T08:00:00Z");
        sent.extend(wire.sent());
    }
    fangge::housekeeping::tidy(&app.state).await.unwrap();
    sent.extend(wire.sent());
    app.state.shutdown();
    // What the server's own jobs do in the other town is that town's, and foreign to nobody there.
    let elsewhere = |one: &Sent| one.opening.as_deref().is_some_and(|opening| opening.contains("'fangge.town', '2'"));
    sent.into_iter().filter(|one| !elsewhere(one)).collect()
}

/// A statement without its conditions of town and scope.
fn robbed(sql: &str) -> String {
    let condition = Regex::new(
        r"(?ix) \b (?:[a-z_]+\.)? (?:town_id|village_code|grid_code|staff_id|incident_id|party) \s* = \s*
          (?: \$\d+ (?:::\w+)? | ANY\s*\(\s*\$\d+\s*\) | (?:[a-z_]+\.)? town_id \b | \d+ )",
    );
    let condition = condition.unwrap();
    let plain: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let sql = plain.join("\n");
    // What an UPDATE sets is no condition.
    let conditions_from =
        if sql.trim_start().starts_with("UPDATE") { sql.find("WHERE").unwrap_or(sql.len()) } else { 0 };
    let (head, tail) = sql.split_at(conditions_from);
    format!("{head}{}", condition.replace_all(tail, "true"))
}

fn arguments(parameters: &[Parameter]) -> PgArguments {
    let mut arguments = PgArguments::default();
    for parameter in parameters {
        arguments.add(parameter).unwrap();
    }
    arguments
}

/// The rows that a statement reads, as text, in no order.
async fn rows(db: &mut PgConnection, sql: &str, parameters: &[Parameter]) -> sqlx::Result<Vec<String>> {
    if sql.starts_with("EXPLAIN") {
        // It reads statistics, which tell of numbers only.
        return Ok(Vec::new());
    }
    let whole = format!("SELECT q::text AS line FROM ({sql}) q");
    let read = sqlx::query_with(&whole, arguments(parameters)).persistent(false).fetch_all(db).await?;
    let mut lines = read.iter().map(|row| row.try_get("line")).collect::<sqlx::Result<Vec<String>>>()?;
    lines.sort_unstable();
    Ok(lines)
}

/// Whose transaction an opening begins, and which incidents of the town are hidden from them.
fn hidden(opening: Option<&str>) -> (String, &'static str) {
    let setting = |name: &str| {
        let rest = opening?.split_once(&format!("'fangge.{name}', '"))?.1;
        Some(rest.split('\'').next().unwrap_or_default().to_owned())
    };
    match (setting("scope").as_deref(), setting("staff")) {
        (Some("system"), _) => ("system".into(), "false"),
        (Some("sign_in"), _) => ("the door".into(), "true"),
        (None, _) => ("nobody".into(), "true"),
        (_, staff) => {
            let staff = staff.unwrap_or_default();
            let (name, _, hidden) = PEOPLE.iter().find(|(_, key, _)| key.to_string() == staff).unwrap();
            ((*name).to_owned(), hidden)
        }
    }
}

/// The conditions that a row of a table is not theirs, whose transaction `who` is: by town, and within the town.
fn foreign(who: &str, hides: &str, table: &str, columns: &BTreeSet<String>) -> String {
    let staff = PEOPLE.iter().find(|(name, ..)| *name == who).map(|(_, staff, _)| *staff);
    let in_town = match table {
        // At the door, and outside, the towns' names can be read; and the door knows names and accounts.
        "town" if staff.is_none() && who != "system" => return "false".into(),
        _ if who == "nobody" => return "true".into(),
        "incident" => format!("({hides}) AND NOT {}", given(who, "i")),
        _ if columns.contains("incident_id") => format!(
            "EXISTS (SELECT FROM incident i WHERE i.town_id = x.town_id AND i.incident_id = x.incident_id
                      AND ({hides}) AND NOT {})",
            given(who, "i")
        ),
        "idempotency" | "account_session" | "account_device" | "account" if who != "system" && who != "the door" => {
            // An administrator keeps the accounts; everyone's keys are their own.
            if who == "管钥" && table != "idempotency" {
                "false".into()
            } else {
                format!("x.staff_id <> {}", staff.unwrap())
            }
        }
        "audit" | "sign_in_failure" if staff.is_some() => "true".into(),
        _ if who == "the door"
            && !["staff", "staff_grid", "account", "account_session", "account_device", "sign_in_failure"]
                .contains(&table) =>
        {
            "true".into()
        }
        _ => "false".into(),
    };
    format!("x.town_id = 2 OR {}", if table == "incident" { in_town.replace("i.", "x.") } else { in_town })
}

/// That an incident was given to somebody by name, by hand and not by the policy's own function.
fn given(who: &str, alias: &str) -> String {
    let parties = match who {
        "管钥" => return "false".into(),
        "安警" => "'staff:13', 'unit:police'".to_owned(),
        _ => PEOPLE
            .iter()
            .find(|(name, ..)| *name == who)
            .map_or_else(|| "''".into(), |(_, key, _)| format!("'staff:{key}'")),
    };
    format!(
        "EXISTS (SELECT FROM kept_involved v WHERE v.town_id = {alias}.town_id AND v.incident_id = {alias}.incident_id
                  AND v.party IN ({parties}))"
    )
}

type Tables = BTreeMap<String, BTreeSet<String>>;

/// Every table with a town, and its columns.
async fn tables(pool: &PgPool) -> Tables {
    let sql = "SELECT c.relname::text, a.attname::text FROM pg_class c
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace";
    let mut tables = Tables::new();
    for (table, column) in sqlx::query_as::<_, (String, String)>(sql).fetch_all(pool).await.unwrap() {
        tables.entry(table).or_default().insert(column);
    }
    tables.retain(|_, columns| columns.contains("town_id"));
    tables
}

async fn as_app(tx: &mut Transaction<'_, Postgres>, opening: Option<&str>) {
    // The transaction has begun already; of how it began only the scope is repeated.
    let scope = opening.and_then(|opening| opening.split_once(';')).map_or("", |(_, scope)| scope);
    sqlx::raw_sql(&format!("SET LOCAL ROLE fangge_app; {scope}")).execute(&mut **tx).await.unwrap();
}

async fn as_owner(tx: &mut Transaction<'_, Postgres>) {
    sqlx::raw_sql("SET LOCAL ROLE NONE").execute(&mut **tx).await.unwrap();
}

/// What a robbed statement reads or changes that is not the person's; nothing, where all is well.
async fn leak(pool: &PgPool, tables: &Tables, sent: &Sent) -> Option<String> {
    let (who, hides) = hidden(sent.opening.as_deref());
    let sql = robbed(&sent.sql);
    let word = sql.split_whitespace().next().unwrap_or_default().to_uppercase();
    let told = |what: &str| Some(format!("{who}: {what}\n{sql}"));
    let mut tx = pool.begin().await.unwrap();
    sqlx::raw_sql("SET LOCAL session_replication_role = replica; CREATE TEMP TABLE kept_involved ON COMMIT DROP AS TABLE incident_involved")
        .execute(&mut *tx)
        .await
        .unwrap();
    match word.as_str() {
        "SELECT" | "WITH" | "EXPLAIN" => {
            as_app(&mut tx, sent.opening.as_deref()).await;
            let before = match rows(&mut tx, &sql, &sent.parameters).await {
                Ok(before) => before,
                // Where one row was to be there are several.
                Err(error) if code(&error).as_deref() == Some("21000") => return told(&error.to_string()),
                Err(error) => panic!("{error}: {who}\n{sql}"),
            };
            as_owner(&mut tx).await;
            // Incidents last: what goes with them is found by them.
            for (table, columns) in
                tables.iter().filter(|(t, _)| *t != "incident").chain(tables.get_key_value("incident"))
            {
                let away = format!("DELETE FROM {table} x WHERE {}", foreign(&who, hides, table, columns));
                sqlx::raw_sql(&away).execute(&mut *tx).await.unwrap_or_else(|e| panic!("{e}: {away}"));
            }
            as_app(&mut tx, sent.opening.as_deref()).await;
            let after = rows(&mut tx, &sql, &sent.parameters).await.unwrap_or_else(|e| panic!("{e}: {who}\n{sql}"));
            let other_town = who != "nobody" && who != "the door" && before.iter().any(|line| line.contains("他镇"));
            if before != after || other_town {
                told(&format!("{before:?}\nwhere there should be\n{after:?}"))
            } else {
                None
            }
        }
        "UPDATE" | "DELETE" => {
            let before = digest(&mut tx, tables, &who, hides).await;
            as_app(&mut tx, sent.opening.as_deref()).await;
            let done = sqlx::query_with(&sql, arguments(&sent.parameters)).persistent(false).execute(&mut *tx).await;
            if let Err(error) = done {
                // Too many rows for a key, say: then nothing was changed.
                return (error.as_database_error().is_none()).then(|| error.to_string());
            }
            as_owner(&mut tx).await;
            if digest(&mut tx, tables, &who, hides).await == before {
                None
            } else {
                told("it changed what is not theirs")
            }
        }
        "INSERT" => {
            let own = sent.parameters.first().is_some_and(|town| town.as_int() == Some(1));
            if !own {
                return told("it does not begin with the town");
            }
            let mut elsewhere = sent.parameters.clone();
            elsewhere[0] = Parameter::int(2);
            as_app(&mut tx, sent.opening.as_deref()).await;
            let done = sqlx::query_with(&sql, arguments(&elsewhere)).persistent(false).execute(&mut *tx).await;
            let refused = done.as_ref().err().and_then(code).is_some_and(|code| code == "42501");
            // Nothing to write, because its rows are there already, is nothing written.
            let nothing = done.as_ref().is_ok_and(|done| done.rows_affected() == 0);
            if refused || nothing { None } else { told(&format!("it wrote into another town: {done:?}")) }
        }
        "SET" => None,
        _ => told("nobody knows how to try this"),
    }
}

/// The SQLSTATE of an error.
fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).map(Cow::into_owned)
}

/// A fingerprint of all that is not somebody's.
async fn digest(db: &mut PgConnection, tables: &Tables, who: &str, hides: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (table, columns) in tables {
        let sql = format!(
            "SELECT coalesce(md5(string_agg(x::text, '' ORDER BY x::text)), '') FROM {table} x WHERE {}",
            foreign(who, hides, table, columns)
        );
        all.push(sqlx::query_scalar(&sql).fetch_one(&mut *db).await.unwrap_or_else(|e| panic!("{e}: {sql}")));
    }
    all
}

#[tokio::test]
async fn no_statement_of_the_servers_reads_or_changes_anything_foreign_when_it_forgets_its_conditions() {
    let app = world().await;
    let sent = walk(&app).await;
    let pool = &app.db.pool;
    let tables = tables(pool).await;
    let texts: BTreeSet<&str> = sent.iter().map(|sent| sent.sql.as_str()).collect();
    assert!(texts.len() > 40, "the walk is short: {} statements", texts.len());
    let mut robbed_of_something = 0;
    for one in &sent {
        robbed_of_something += usize::from(robbed(&one.sql) != one.sql);
        let leak = leak(pool, &tables, one).await;
        assert!(leak.is_none(), "{}", leak.unwrap_or_default());
    }
    assert!(robbed_of_something > 200, "{robbed_of_something} of {}", sent.len());

    // The same look finds what is open: each table in turn loses its guard.
    let mut unproven = BTreeSet::new();
    for table in tables.keys() {
        sqlx::raw_sql(&format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")).execute(pool).await.unwrap();
        let mentions = Regex::new(&format!(r"\b{table}\b")).unwrap();
        let mut found = false;
        for one in sent.iter().filter(|one| mentions.is_match(&one.sql)) {
            found |= leak(pool, &tables, one).await.is_some();
            if found {
                break;
            }
        }
        if !found {
            unproven.insert(table.as_str());
        }
        sqlx::raw_sql(&format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")).execute(pool).await.unwrap();
    }
    assert_eq!(unproven, BTreeSet::from(UNASKED), "what the walk never asks for anything");
}

#[test]
fn a_statement_is_robbed_of_conditions_and_of_nothing_else() {
    for (whole, left) in [
        ("SELECT 1 FROM a WHERE town_id = $1 AND x = $2", "SELECT 1 FROM a WHERE true AND x = $2"),
        ("… JOIN b ON b.town_id = a.town_id AND b.k = a.k", "… JOIN b ON true AND b.k = a.k"),
        ("… AND i.village_code = $3 AND s.grid_code = ANY($4)", "… AND true AND true"),
        ("UPDATE a SET village_code = $3 WHERE town_id = $1", "UPDATE a SET village_code = $3 WHERE true"),
        ("… WHERE session_id = $2::uuid AND staff_id = $3::int", "… WHERE session_id = $2::uuid AND true"),
    ] {
        assert_eq!(robbed(whole), left);
    }
}
