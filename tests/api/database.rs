//! The test database itself, and the schema's migrations.

use fangge::database;
use fangge_tests::TestDb;
use sqlx::Row as _;

#[tokio::test]
async fn each_test_has_a_migrated_database_of_its_own() {
    let (one, two) = (TestDb::new().await.unwrap(), TestDb::new().await.unwrap());
    sqlx::query("create table only_here (id int)").execute(&one.pool).await.unwrap();
    let elsewhere = sqlx::query("select from only_here").execute(&two.pool).await;
    assert!(elsewhere.is_err());
    let postgis: String = sqlx::query_scalar("select postgis_lib_version()").fetch_one(&two.pool).await.unwrap();
    assert!(fangge::cluster::postgis_will_do(&postgis), "{postgis}");
}

#[tokio::test]
async fn what_a_role_lacks_is_named_with_the_statement_that_gives_it() {
    let db = TestDb::blank().await.unwrap();
    assert_eq!(database::lacking(&db.pool).await.unwrap(), Vec::<String>::new(), "an administrator lacks nothing");
    let role = format!("guest_{}", std::process::id());
    let make = format!("CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    sqlx::raw_sql(&make).execute(&db.pool).await.unwrap();
    let guest = sqlx::PgPool::connect_with(db.options.clone().username(&role)).await.unwrap();
    let lacking = database::lacking(&guest).await.unwrap().join("\n");
    let take_on = format!("GRANT fangge_app TO \"{role}\"");
    for statement in
        ["CREATE EXTENSION postgis", "CREATE EXTENSION btree_gist", "GRANT CREATE, USAGE ON SCHEMA public", &take_on]
    {
        assert!(lacking.contains(statement), "{statement} is not in {lacking}");
    }
    // With the schema made by somebody who may, it needs no more than tables of its own.
    let give = format!(
        "CREATE EXTENSION postgis; CREATE EXTENSION btree_gist; GRANT CREATE, USAGE ON SCHEMA public TO {role};
         {take_on}"
    );
    sqlx::raw_sql(&give).execute(&db.pool).await.unwrap();
    assert_eq!(database::lacking(&guest).await.unwrap(), Vec::<String>::new());
    guest.close().await;
    sqlx::raw_sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).execute(&db.pool).await.unwrap();
}

#[tokio::test]
async fn two_programs_may_migrate_at_once_and_again() {
    let db = TestDb::blank().await.unwrap();
    let (one, two) = tokio::join!(database::migrate(&db.pool), database::migrate(&db.pool));
    one.unwrap();
    two.unwrap();
    database::migrate(&db.pool).await.unwrap();
    let row = sqlx::query("select count(*) from _sqlx_migrations where success").fetch_one(&db.pool).await.unwrap();
    assert_eq!(row.get::<i64, _>(0), i64::try_from(fangge::db::MIGRATOR.iter().count()).unwrap());
}
