//! `fangge import`: what is loaded, what is listed, and that nothing comes twice.

use crate::running::{Folder, Served, fail, on, succeed};
use std::fmt::Write as _;
use std::path::Path;

/// A hundred rows in a square of some 2 km, and some that can't be used.
fn file(folder: &Folder) -> std::path::PathBuf {
    let mut text = String::from("when,what,x,y,note\n");
    for n in 0..100 {
        let (x, y) = (107.40 + f64::from(n % 10) * 0.002, 34.40 + f64::from(n / 10) * 0.002);
        let category = if n % 2 == 0 { "Street light" } else { "积水" };
        writeln!(text, "2025-03-{:02} 08:{:02},{category},{x:.4},{y:.4},", n % 28 + 1, n % 60).unwrap();
    }
    // The same as the line before: another incident at the same place and time, as far as anyone can tell.
    text += "2025-03-16 08:39,积水,107.4180,34.4180,\n";
    text += "2025-03-01 08:00,积水,,,no coordinates\n";
    text += "yesterday,积水,107.41,34.41,no time\n";
    text += "2025-03-01 08:00,积水,117.41,39.41,in another province\n";
    folder.write("past.csv", &text)
}

const COLUMNS: [&str; 2] = ["--columns", "time=when,category=what,lon=x,lat=y"];

fn import<'a>(town: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["import", "incidents", "--town", town, COLUMNS[0], COLUMNS[1]];
    arguments.extend(more);
    arguments
}

#[test]
fn past_incidents_come_once_and_what_can_not_is_listed() {
    let folder = Folder::migrated();
    let file = file(&folder);
    let server = Served::start(&folder);
    let said = succeed(on(&folder, &import("tableland", &["--name", "塬上"])).arg(&file));
    assert!(said.contains("101 incidents added") && said.contains("3 rows could not be used"), "{said}");

    let report = std::fs::read_to_string(folder.join("data/reports/tableland-past.csv")).unwrap();
    let lines: Vec<&str> = report.lines().collect();
    assert_eq!(lines[0], "line,reason_zh,reason_en");
    assert!(lines[1].starts_with("103,没有坐标,no coordinates"), "{report}");
    assert!(lines[2].starts_with("104,") && lines[2].contains("yesterday"), "{report}");
    assert!(lines[3].starts_with("105,") && lines[3].contains("outside"), "{report}");
    assert_eq!(lines.len(), 4);

    // Each is over, with one event that says so; the town's numbers go on after them.
    let over = "SELECT count(*) FROM incident i JOIN incident_event e USING (town_id, incident_id)
                 WHERE i.state = 'archived' AND i.ended_at = i.reported_at AND i.source = 'import'
                   AND e.action = 'record' AND e.seq = i.last_seq AND e.at = i.reported_at";
    assert_eq!(folder.number(over), 101);
    assert_eq!(folder.number("SELECT last_seq FROM town_feed"), 101);
    assert_eq!(folder.number("SELECT count(DISTINCT number) FROM incident"), 101);
    assert_eq!(folder.number("SELECT count(*) FROM category"), 2);
    assert_eq!(folder.number("SELECT count(*) FROM calendar_year"), 5);
    // 08:39 in the zone of a Chinese town.
    let utc = "SELECT count(*) FROM incident WHERE reported_at = '2025-03-16T00:39:00Z'";
    assert_eq!(folder.number(utc), 2);

    let again = succeed(on(&folder, &import("tableland", &[])).arg(&file));
    assert!(again.contains("0 incidents added, 101 were there already"), "{again}");
    assert_eq!(folder.number("SELECT last_seq FROM town_feed"), 101);

    // A longer file brings only what is new.
    let longer = std::fs::read_to_string(&file).unwrap() + "2025-04-01 09:00,积水,107.41,34.41,\n";
    let longer = folder.write("longer.csv", &longer);
    let more = succeed(on(&folder, &import("tableland", &[])).arg(&longer));
    assert!(more.contains("1 incidents added, 101 were there already"), "{more}");
    assert_eq!(server.ready(), Some(200));
}

#[test]
fn a_category_that_was_retired_comes_back_and_no_row_is_lost() {
    let folder = Folder::migrated();
    let file = file(&folder);
    let _server = Served::start(&folder);
    succeed(on(&folder, &import("tableland", &[])).arg(&file));
    let retired =
        "WITH done AS (UPDATE category SET valid_to = '2026-01-01Z' WHERE category_code = 'street-light' RETURNING 1)
                   SELECT count(*) FROM done";
    assert_eq!(folder.number(retired), 1);
    let more = folder.write("more.csv", "when,what,x,y\n2025-04-01 09:00,Street light,107.41,34.41\n");
    let said = succeed(on(&folder, &import("tableland", &[])).arg(&more));
    assert!(said.contains("1 incidents added"), "{said}");
    assert_eq!(folder.number("SELECT count(*) FROM incident"), 102);
    assert_eq!(folder.number("SELECT last_seq FROM town_feed"), 102);
    assert_eq!(folder.number("SELECT max(version)::bigint FROM category WHERE category_code = 'street-light'"), 2);
}

#[test]
fn a_boundary_that_is_given_decides_who_is_inside() {
    let folder = Folder::migrated();
    let file = file(&folder);
    // The western half of the square.
    let half = r#"{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":
        [[[107.39,34.39],[107.409,34.39],[107.409,34.43],[107.39,34.43],[107.39,34.39]]]}}"#;
    let boundary = folder.write("half.geojson", half);
    let report = folder.join("elsewhere/report.csv");
    let mut command = on(&folder, &import("half", &["--code", "610304199"]));
    let said = succeed(command.arg(&file).arg("--boundary").arg(&boundary).arg("--report").arg(&report));
    assert!(said.contains("50 incidents added"), "{said}");
    assert_eq!(std::fs::read_to_string(&report).unwrap().lines().count(), 1 + 51 + 3);

    let bow_tie = r#"{"type":"Polygon","coordinates":[[[107,34],[108,35],[108,34],[107,35],[107,34]]]}"#;
    let boundary = folder.write("bow-tie.geojson", bow_tie);
    let said = fail(on(&folder, &import("tie", &[])).arg(&file).arg("--boundary").arg(&boundary), 1);
    assert!(said.contains("not a valid polygon"), "{said}");
    let _server = Served::start(&folder);
    assert_eq!(folder.number("SELECT count(*) FROM town"), 1);
    assert_eq!(folder.number("SELECT town_id::bigint FROM town WHERE code = '610304199'"), 610_304_199);
}

#[test]
fn what_can_not_be_read_is_refused() {
    let folder = Folder::migrated();
    let file = file(&folder);
    let said = fail(on(&folder, &["import", "incidents", "--town", "x1", "--columns", "time=date"]).arg(&file), 2);
    assert!(said.contains("when, what, x, y, note"), "{said}");
    let said = fail(&mut on(&folder, &import("x1", &["/nowhere.csv"])), 1);
    assert!(said.contains("/nowhere.csv"), "{said}");
    let empty = folder.write("empty.csv", "when,what,x,y\n");
    let said = fail(on(&folder, &import("x1", &[])).arg(&empty), 1);
    assert!(said.contains("no row"), "{said}");
}

#[test]
fn a_real_city_is_loaded_whole() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/houston-2010q1.csv");
    let folder = Folder::migrated();
    let arguments = [
        "import",
        "incidents",
        "--town",
        "houston",
        "--columns",
        "time=time,category=offense,lon=lon,lat=lat",
        "--time-zone",
        "America/Chicago",
        "--name",
        "休斯敦",
        "--name-en",
        "Houston",
    ];
    let said = succeed(on(&folder, &arguments).arg(&file));
    let added: usize = said.lines().find_map(|l| l.split_once(" incidents added")).unwrap().0.parse().unwrap();
    let report = std::fs::read_to_string(folder.join("data/reports/houston-houston-2010q1.csv")).unwrap();
    assert_eq!(added + report.lines().count() - 1, 24_409);
    // Few are lost: one has no coordinates, some lie in other states.
    assert!(added > 24_300, "{said}");
    let again = succeed(on(&folder, &arguments).arg(&file));
    assert!(again.contains(&format!("0 incidents added, {added} were there already")), "{again}");
}
