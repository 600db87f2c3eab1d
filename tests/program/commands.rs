//! The command line: settings, refusals, and what the doctor finds.

use crate::running::{Folder, Served, fail, fangge, on, run, succeed};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

#[test]
fn settings_tell_their_value_and_where_it_came_from() {
    let said = succeed(
        fangge(["config", "--listen", "127.0.0.1:9090"])
            .env("FANGGE_TOWN", "houston")
            .env("FANGGE_SECRET_KEY", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0ISE=")
            .env("DATABASE_URL", "postgres://town:secret@db.example/fangge")
            .env("FANGGE_PHOTOS_URL", "s3://photos/muyi")
            .env("FANGGE_S3_ACCESS_KEY", "hush-key")
            .env("FANGGE_S3_SECRET_KEY", "hush-too"),
    );
    let line = |name: &str| {
        let line = said.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("FANGGE_LISTEN"), "--listen flag 127.0.0.1:9090");
    assert_eq!(line("FANGGE_TOWN"), "--town environment houston");
    assert_eq!(line("FANGGE_DATA"), "--data default ./data");
    assert_eq!(line("DATABASE_URL"), "--database-url environment postgres://town:***@db.example/fangge");
    assert_eq!(line("FANGGE_SECRET_KEY"), "--secret-key environment ***");
    assert_eq!(line("FANGGE_PARTIES_KEPT_DAYS"), "--parties-kept-days default 1095");
    assert_eq!(line("FANGGE_BASEMAP_URL"), "--basemap-url default (not set)");
    assert_eq!(line("FANGGE_BASEMAP_SUBDOMAINS"), "--basemap-subdomains default a,b,c");
    assert_eq!(line("FANGGE_PHOTOS_URL"), "--photos-url environment s3://photos/muyi");
    assert_eq!(line("FANGGE_S3_SECRET_KEY"), "--s3-secret-key environment ***");
    assert!(!said.contains(":secret") && !said.contains("c2Vj") && !said.contains("hush"));
}

#[test]
fn settings_that_can_not_be_are_refused() {
    for (name, value, word) in [
        ("FANGGE_LISTEN", "127.0.0.1", "127.0.0.1:8080"),
        ("FANGGE_TOWN", "Mu Yi", "lower-case"),
        ("FANGGE_BASEMAP_URL", "https://tiles.example/{z}/{x}.png", "{y}"),
        ("FANGGE_BASEMAP_URL", "file:///tiles/{z}/{x}/{y}", "http"),
        ("FANGGE_BASEMAP_URL", "https://*.example/{z}/{x}/{y}", "host"),
        ("FANGGE_BASEMAP_SUBDOMAINS", "t0;t1", "commas"),
        ("FANGGE_BASEMAP_DATUM", "mars", "datum"),
        ("FANGGE_DATABASE_CONNECTIONS", "0", "0"),
        ("FANGGE_PHOTO_MAX_MB", "0", "0"),
        ("FANGGE_PHOTOS_URL", "ftp://photos.example/muyi", "s3://"),
        ("FANGGE_PHOTOS_URL", "s3://photos/muyi", "FANGGE_S3_ACCESS_KEY"),
        ("FANGGE_SECRET_KEY", "hunter2", "32 bytes"),
        ("FANGGE_PARTIES_KEPT_DAYS", "0", "0"),
    ] {
        let said = fail(fangge(["config"]).env(name, value), 2);
        assert!(said.to_lowercase().contains(&word.to_lowercase()), "{name}={value}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    let said = fail(fangge(["serve", "--log", "=!"]).env("FANGGE_DATA", "/dev/null/x"), 2);
    assert!(said.contains("log filter"), "{said}");
}

#[test]
fn beyond_this_machine_it_answers_where_it_is_told_to() {
    let folder = Folder::migrated();
    let server = Served::start_at(&folder, "0.0.0.0:0");
    assert_eq!(server.ready(), Some(200));
    let said = succeed(fangge(["config", "--listen", "[::]:8080"]).env("FANGGE_PROXIES", "10.0.0.5,10.0.0.6"));
    assert!(said.contains("[::]:8080") && said.contains("10.0.0.5"), "{said}");
    fail(fangge(["config"]).env("FANGGE_PROXIES", "the proxy"), 2);
}

#[test]
fn accounts_are_made_reset_and_listed_from_the_command_line() {
    let folder = Folder::migrated();
    let account = |arguments: &[&str]| on(&folder, &[&["account"], arguments].concat());
    let add = ["add", "--town", "muyi", "--name", "𠮷田芳", "--role", "auditor"];
    let said = fail(&mut account(&add), 2);
    assert!(said.contains("there is no town muyi"), "{said}");
    succeed(&mut on(&folder, &["seed", "--empty"]));
    let said = succeed(&mut account(&add));
    let password = said.lines().last().unwrap();
    assert!(said.contains("𠮷田芳 may sign in to muyi as auditor") && password.len() == 19, "{said}");
    for (arguments, word) in [
        (&add[..], "signs in with this name"),
        (&["add", "--name", "新人", "--role", "emperor"][..], "emperor"),
        (&["add", "--name", "新人", "--role", "grid_member"][..], "grids"),
        (&["add", "--name", "新人", "--role", "village_chief", "--village", "000000000000"][..], "village"),
        (&["reset", "--name", "无此人"][..], "nobody signs in"),
    ] {
        let said = fail(&mut account(arguments), 2);
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
    let said = succeed(&mut account(&["reset", "--name", "𠮷田芳"]));
    assert_ne!(said.lines().last().unwrap(), password);
    let list = succeed(&mut account(&["list"]));
    let line = list.lines().find(|line| line.contains("𠮷田芳")).unwrap();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["auditor", "given", "never", "𠮷田芳"]);
}

#[test]
fn a_port_that_is_taken_is_named_before_anything_is_started() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = fail(&mut on(&folder, &["serve", "--listen", &address]), 1);
    assert!(
        said.contains(&format!("port {}", taken.local_addr().unwrap().port())) && said.contains("--listen"),
        "{said}"
    );
    assert!(!folder.join("data").exists());

    let folder = Folder::migrated();
    let server = Served::start(&folder);
    let address = server.url.strip_prefix("http://").unwrap();
    let said = fail(&mut on(&folder, &["serve", "--listen", address]), 1);
    assert!(said.contains("already running") && said.contains(&server.url), "{said}");
}

#[test]
fn the_doctor_sees_what_is_there_and_what_is_missing() {
    let folder = Folder::new();
    let said = succeed(&mut on(&folder, &["doctor", "--listen", "127.0.0.1:0"]));
    assert!(said.contains("none yet; the first start makes it"), "{said}");
    assert!(!folder.join("data").exists(), "looking makes nothing");
    let folder = Folder::migrated();
    let said = succeed(&mut on(&folder, &["doctor", "--listen", "127.0.0.1:0"]));
    for what in
        ["data folder", "photos", "disk", "PostgreSQL", "PostGIS", "rights", "port", "database", "clock", "migrations"]
    {
        assert!(said.lines().any(|line| line.starts_with("ok") && line.contains(what)), "{what}: {said}");
    }
    assert!(said.contains("fangge seed"), "{said}");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = run(&mut on(&folder, &["doctor", "--listen", &address]));
    assert_eq!(ended.status, Some(1));
    assert!(ended.out.lines().any(|line| line.starts_with("fail") && line.contains(&address)), "{}", ended.out);
    let ended = run(&mut fangge(["doctor", "--data", "/dev/null/data"]));
    assert_eq!(ended.status, Some(1), "{}", ended.out);
}

/// Programs that say they are a PostgreSQL of this version, with this PostGIS.
fn pretend(folder: &Folder, version: &str, postgis: Option<&str>) -> std::path::PathBuf {
    let bin = folder.join(&format!("pg-{version}/bin"));
    let share = folder.join(&format!("pg-{version}/share"));
    std::fs::create_dir_all(&bin).unwrap();
    std::fs::create_dir_all(share.join("extension")).unwrap();
    if let Some(postgis) = postgis {
        let control = format!("comment = 'x'\ndefault_version = '{postgis}'\n");
        std::fs::write(share.join("extension/postgis.control"), control).unwrap();
    }
    script(&bin.join("postgres"), &format!("echo 'postgres (PostgreSQL) {version}'"));
    script(&bin.join("initdb"), "exit 1");
    script(&bin.join("pg_config"), &format!("echo '{}'", share.display()));
    bin
}

fn script(path: &Path, body: &str) {
    std::fs::write(path, format!("#!/bin/sh\n{body}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_server_that_will_not_do_is_named_with_what_to_install() {
    let folder = Folder::new();
    for (version, postgis, words) in [
        ("12.9", Some("3.3.2"), ["PostgreSQL 14", "12.9"]),
        ("99.4", None, ["has none", "postgresql-99-postgis-3"]),
        ("98.1", Some("3.1.4"), ["PostGIS 3.1.4", "postgresql-98-postgis-3"]),
    ] {
        let bin = pretend(&folder, version, postgis);
        let said = fail(on(&folder, &["migrate"]).arg("--pg-bin").arg(&bin), 1);
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
        let doctor = run(on(&folder, &["doctor", "--listen", "127.0.0.1:0"]).arg("--pg-bin").arg(&bin));
        assert_eq!(doctor.status, Some(1), "{}", doctor.out);
    }
    let said = fail(on(&folder, &["migrate"]).arg("--pg-bin").arg(folder.path()), 1);
    assert!(said.contains("no PostgreSQL server was found") && said.contains("apt-get install"), "{said}");
}

#[test]
fn data_of_another_major_version_are_not_touched() {
    let folder = Folder::migrated();
    let bin = pretend(&folder, "99.1", Some("3.5.0"));
    let said = fail(on(&folder, &["migrate"]).arg("--pg-bin").arg(&bin), 1);
    assert!(said.contains("99.1") && said.contains("were made by PostgreSQL"), "{said}");
    succeed(&mut on(&folder, &["migrate"]));
}

#[test]
fn a_database_that_was_named_is_used_and_one_that_is_away_is_named() {
    let folder = Folder::migrated();
    let server = Served::start(&folder);
    let socket = folder.join("data/postgres");
    let url = format!("postgres:///fangge?user=fangge&host={}", socket.display());
    let elsewhere = Folder::new();
    succeed(on(&elsewhere, &["migrate"]).env("DATABASE_URL", &url));
    assert!(!elsewhere.join("data/postgres").exists());
    drop(server);
    let said = fail(on(&elsewhere, &["migrate"]).env("DATABASE_URL", "postgres://town:secret@127.0.0.1:1/fangge"), 1);
    assert!(said.contains("postgres://town:***@127.0.0.1:1/fangge can't be reached"), "{said}");
}

#[test]
fn a_schema_from_the_future_is_refused() {
    let folder = Folder::migrated();
    let server = Served::start(&folder);
    let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
               VALUES (9999, 'the future', true, '\\x00', 0)";
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let options = fangge::cluster::connect_options(&folder.join("data/postgres"));
        let pool = sqlx::PgPool::connect_with(options).await.unwrap();
        sqlx::query(sql).execute(&pool).await.unwrap();
        pool.close().await;
    });
    drop(server);
    let said = fail(&mut on(&folder, &["migrate"]), 1);
    assert!(said.contains("newer version") && said.contains("9999"), "{said}");
    let doctor = run(&mut on(&folder, &["doctor", "--listen", "127.0.0.1:0"]));
    assert_eq!(doctor.status, Some(1), "{}", doctor.out);
}
