//! Row-level security as the catalogue has it, and what it leaves of a table for whom.

use fangge::database;
use fangge::db::scope::{self, Scoped};
use fangge_tests::TestDb;
use fangge_tests::app::{TestApp, lamp};
use geodata::access::{Scope, Who};
use geodata::town::{Role, TownId};
use sqlx::{PgPool, Row as _};

/// Every table with a town, by the catalogue; those that a later migration adds are among them.
async fn tables(pool: &PgPool) -> Vec<String> {
    let sql = "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND a.attname = 'town_id'
                ORDER BY 1";
    let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await.unwrap();
    assert!(tables.len() >= 22, "{tables:?}");
    tables
}

/// A town in which every table that a server fills by itself has something, and another like it.
async fn full() -> TestApp {
    let app = TestApp::square().await.unwrap();
    app.second_town().await.unwrap();
    for town in ["square", "other"] {
        let path = format!("/api/incidents?town={town}");
        let made = app.post_with(&path, &lamp(107.005, 34.007), &[("idempotency-key", town)]).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let wrong = serde_json::json!({ "name": "nobody", "password": "x" });
        app.stranger().post(&format!("/api/session?town={town}"), &wrong).await;
    }
    app
}

async fn count(pool: impl sqlx::PgExecutor<'_>, table: &str, condition: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table} WHERE {condition}");
    sqlx::query_scalar(&sql).fetch_one(pool).await.unwrap_or_else(|e| panic!("{table}: {e}"))
}

#[tokio::test]
async fn without_a_scope_there_are_no_rows_anywhere_but_the_towns_names() {
    let app = full().await;
    let serving = &app.state.pool;
    for table in tables(&app.db.pool).await {
        let rows = count(serving, &table, "true").await;
        assert_eq!(rows, if table == "town" { 2 } else { 0 }, "{table}");
        for half in ["fangge.town', '1", "fangge.scope', 'town", "fangge.scope', 'upkeep", "fangge.staff', '2"] {
            let mut tx = serving.begin().await.unwrap();
            sqlx::raw_sql(&format!("SELECT set_config('{half}', true)")).execute(&mut *tx).await.unwrap();
            let rows = count(&mut *tx, &table, "true").await;
            assert_eq!(rows, if table == "town" { 2 } else { 0 }, "{table} with no more than {half}");
        }
    }
    // And what a transaction was told ends with it: the next one on the same connection knows nothing.
    let one = database::serving_pool(1).connect_with(app.db.options.clone()).await.unwrap();
    let mut tx = scope::begin(&one, TownId(1), Scoped::System).await.unwrap();
    assert_eq!(count(&mut *tx, "incident", "true").await, 1);
    tx.commit().await.unwrap();
    assert_eq!(count(&one, "incident", "true").await, 0);
}

#[tokio::test]
async fn a_town_is_all_there_is_for_its_people_its_door_and_its_jobs() {
    let app = full().await;
    let commander = Who { staff: 2, role: Role::Commander, scope: Scope::Town };
    for scoped in [Scoped::System, Scoped::SignIn, Scoped::Person(&commander)] {
        let mut some = 0;
        for table in tables(&app.db.pool).await {
            let mut tx = scope::begin(&app.state.pool, TownId(1), scoped).await.unwrap();
            let at_the_door = matches!(scoped, Scoped::SignIn) && table == "town";
            assert_eq!(count(&mut *tx, &table, "town_id <> 1").await, i64::from(at_the_door), "{table} {scoped:?}");
            let ours = count(&mut *tx, &table, "town_id = 1").await;
            some += i32::from(ours > 0);
            let known_at_the_door = ["town", "staff", "staff_grid"].contains(&&*table)
                || table.starts_with("account")
                || table == "sign_in_failure";
            if matches!(scoped, Scoped::SignIn) && !known_at_the_door {
                assert_eq!(ours, 0, "the door shows {table}");
            }
            if matches!(scoped, Scoped::System) {
                let all = count(&app.db.pool, &table, "town_id = 1").await;
                assert_eq!(ours, all, "a job of the server's does not see all of {table}");
            }
        }
        assert!(some >= 5, "{scoped:?} sees {some} tables");
    }
}

#[tokio::test]
async fn the_role_that_serves_owns_nothing_and_is_bound_on_every_table() {
    let app = TestApp::square().await.unwrap();
    let pool = &app.db.pool;
    let role: (bool, bool, bool, bool, bool, i64) = sqlx::query_as(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
                (SELECT count(*) FROM pg_auth_members m WHERE m.member = r.oid)
           FROM pg_roles r WHERE rolname = 'fangge_app'",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(role, (false, false, false, false, false, 0));
    // By every catalogue that knows of owners.
    let owned: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
          WHERE d.refclassid = 'pg_authid'::regclass AND r.rolname = 'fangge_app' AND d.deptype = 'o'",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(owned, 0);
    let open = "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
                   AND a.attname = 'town_id' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)";
    let open: Vec<String> = sqlx::query_scalar(open).fetch_all(pool).await.unwrap();
    assert_eq!(open, Vec::<String>::new(), "tables with a town call for keep_to_scope or keep_to_town");
    // Nobody but the owner is at upkeep, and no policy is for just anybody.
    let policies = "SELECT tablename || '.' || policyname FROM pg_policies WHERE schemaname = current_schema()
                     AND (CASE WHEN policyname = 'upkeep' THEN 'fangge_app' ELSE 'public' END = ANY (roles) OR 'public' = ANY (roles))";
    let wide: Vec<String> = sqlx::query_scalar(policies).fetch_all(pool).await.unwrap();
    assert_eq!(wide, Vec::<String>::new());
    let rights = "SELECT table_name || ' ' || privilege_type FROM information_schema.role_table_grants
                   WHERE grantee = 'fangge_app' AND (privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')
                      OR privilege_type IN ('UPDATE', 'DELETE') AND table_name IN ('incident_event', 'audit', 'town')
                      OR table_name = '_sqlx_migrations')";
    let rights: Vec<String> = sqlx::query_scalar(rights).fetch_all(pool).await.unwrap();
    assert_eq!(rights, Vec::<String>::new());
    // A subselect, or the setting is read for every row. (What is asked about a row is no setting.) Not where the planner asks once by
    // itself, as it does about the town, and not where a person's rows are few.
    let each_row = "SELECT tablename || '.' || policyname FROM pg_policies WHERE schemaname = current_schema()
                     AND regexp_replace(coalesce(qual, '') || coalesce(with_check, ''), '\\( SELECT scope_[a-z_]+\\([^()]*\\) AS scope_[a-z_]+\\)|town_id = scope_(town|either)\\(\\)', '', 'g') ~ 'scope_[a-z_]+\\(\\)'
                   ORDER BY 1";
    let each_row: Vec<String> = sqlx::query_scalar(each_row).fetch_all(pool).await.unwrap();
    let few =
        ["account.known", "account_device.mine", "account_session.mine", "incident.seen", "incident_involved.given"];
    assert_eq!(each_row, few);
}

#[tokio::test]
async fn an_owner_who_is_no_superuser_migrates_seeds_and_serves_and_sees_nothing_unless_at_upkeep() {
    let db = TestDb::blank().await.unwrap();
    let owner = format!("owner_{}", std::process::id());
    let prepared = format!(
        "CREATE EXTENSION postgis; CREATE EXTENSION btree_gist; CREATE ROLE {owner} LOGIN; GRANT fangge_app TO {owner};
         GRANT CREATE, USAGE ON SCHEMA public TO {owner}"
    );
    sqlx::raw_sql(&prepared).execute(&db.pool).await.unwrap();
    let options = db.options.clone().username(&owner);
    let pool = database::owner_pool(2).connect_with(options.clone()).await.unwrap();
    assert_eq!(database::lacking(&pool).await.unwrap(), Vec::<String>::new());
    database::migrate(&pool).await.unwrap();
    for fixture in [include_str!("../fixtures/square.sql"), include_str!("../fixtures/people.sql")] {
        sqlx::raw_sql(fixture).execute(&pool).await.unwrap();
    }
    assert_eq!(count(&pool, "staff", "true").await, 17);
    let bare = PgPool::connect_with(options.clone()).await.unwrap();
    for table in tables(&db.pool).await {
        let rows = count(&bare, &table, "true").await;
        assert_eq!(rows, i64::from(table == "town"), "its owner reads {table} without saying why");
    }
    let serving = database::serving_pool(2).connect_with(options).await.unwrap();
    let mut tx = scope::begin(&serving, TownId(1), Scoped::System).await.unwrap();
    assert_eq!(count(&mut *tx, "staff", "true").await, 17);
    drop(tx);
    for pool in [pool, bare, serving] {
        pool.close().await;
    }
    sqlx::raw_sql(&format!("REASSIGN OWNED BY {owner} TO CURRENT_USER; DROP OWNED BY {owner}; DROP ROLE {owner}"))
        .execute(&db.pool)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_spatial_index_is_used_under_row_level_security() {
    let app = TestApp::square().await.unwrap();
    let fill = "
        INSERT INTO incident (town_id, incident_id, number, title, category_code, category_version, severity, state, level,
               source, position, reported_at, ended_at, last_seq)
        SELECT 1, n, n::text, 'x', 'lamp', 1, 4, 'archived', 'grid', 'import',
               ST_SetSRID(ST_MakePoint(107 + 0.02 * (n % 100) / 100.0, 34 + 0.01 * (n / 100) / 100.0), 4326),
               '2026-01-01Z', '2026-01-01Z', 0
          FROM generate_series(1, 10000) n;
        ANALYZE incident";
    sqlx::raw_sql(fill).execute(&app.db.pool).await.unwrap();
    let who = Who { staff: 2, role: Role::Commander, scope: Scope::Town };
    let mut tx = scope::begin(&app.state.pool, TownId(1), Scoped::Person(&who)).await.unwrap();
    let sql = "EXPLAIN SELECT count(*) FROM incident i
                WHERE i.town_id = 1 AND i.position && ST_MakeEnvelope(107.001, 34.001, 107.002, 34.002, 4326)";
    let plan: Vec<String> =
        sqlx::query(sql).fetch_all(&mut *tx).await.unwrap().iter().map(|row| row.get::<String, _>(0)).collect();
    let plan = plan.join("\n");
    assert!(
        plan.contains("incident_position") && plan.contains("Index Cond: ((town_id = 1) AND (\"position\" &&"),
        "{plan}"
    );
    // And the planner goes on expecting what there is: 10,000, not a share for having looked away.
    let rows: serde_json::Value =
        sqlx::query_scalar("EXPLAIN (FORMAT JSON) SELECT 1 FROM incident i WHERE i.town_id = 1")
            .fetch_one(&mut *tx)
            .await
            .unwrap();
    let rows = rows.pointer("/0/Plan/Plan Rows").and_then(serde_json::Value::as_i64).unwrap();
    assert!((9_000..=10_100).contains(&rows), "{rows}");
}
