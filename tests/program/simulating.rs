//! `fangge seed` and `fangge simulate`: a town, and life in it through the public API.

use crate::running::{Folder, Served, eventually, fail, fangge, on, run, signal, succeed};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

fn simulate(server: &Served, more: &[&str]) -> Command {
    let mut command = fangge(["simulate", "--url", &server.url]);
    command.args(more);
    command
}

/// A folder with the demonstration town in it, without its past.
fn seeded() -> Folder {
    static FIRST: OnceLock<Folder> = OnceLock::new();
    let first = FIRST.get_or_init(|| {
        let first = Folder::migrated();
        succeed(&mut on(&first, &["seed", "--town", "muyi", "--empty"]));
        first.keep_for_all();
        first
    });
    first.copy()
}

#[test]
fn a_town_is_made_once_and_only_the_one_there_is() {
    let folder = seeded();
    let said = succeed(&mut on(&folder, &["seed"]));
    assert!(said.contains("exists; nothing was changed"), "{said}");
    let server = Served::start(&folder);
    assert_eq!(folder.number("SELECT count(*) FROM grid"), 120);
    assert_eq!(folder.number("SELECT count(*) FROM incident"), 0);
    drop(server);
    let said = fail(&mut on(&folder, &["seed", "--town", "houston"]), 2);
    assert!(said.contains("only of muyi"), "{said}");
}

#[test]
fn incidents_come_and_go_on_as_told() {
    let folder = seeded();
    let server = Served::start(&folder);
    let said = succeed(&mut simulate(&server, &["--rate", "20/s", "--count", "30", "--seed", "1"]));
    assert!(said.contains("sent 30 new incidents"), "{said}");
    let steps: i64 = said.rsplit_once(" steps").unwrap().0.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(steps > 30, "{said}");
    assert_eq!(folder.number("SELECT count(*) FROM incident WHERE simulated AND village_code IS NOT NULL"), 30);
    assert_eq!(folder.number("SELECT count(*) FROM incident_event WHERE simulated"), 30 + steps);
    // Another simulator, or the same one later, carries on what is open.
    let open = "SELECT count(*) FROM incident WHERE ended_at IS NULL";
    assert!(folder.number(open) > 0);
    let later = "SELECT count(*) FROM incident_event WHERE incident_id <= 30";
    let before = folder.number(later);
    succeed(&mut simulate(&server, &["--rate", "10/s", "--for", "3s"]));
    assert!(folder.number(later) > before);
}

#[test]
fn a_loss_of_the_database_makes_no_duplicates() {
    let folder = seeded();
    let server = Served::start(&folder);
    let mut command = simulate(&server, &["--rate", "20/s", "--count", "60"]);
    let simulator = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    eventually("it has begun", 20, || folder.number("SELECT count(*) FROM incident") > 5);
    signal(folder.postmaster().unwrap(), "KILL");
    let ended = simulator.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap());
    assert!(ended.status.success() && out.contains("sent 60 new incidents"), "{out}{err}");
    assert_eq!(folder.number("SELECT count(*) FROM incident"), 60);
}

#[test]
fn it_ends_cleanly_when_it_is_told_to() {
    let folder = seeded();
    let server = Served::start(&folder);
    let mut command = simulate(&server, &["--rate", "20/s"]);
    let simulator = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    eventually("it has begun", 20, || folder.number("SELECT count(*) FROM incident") > 3);
    signal(simulator.id(), "INT");
    let ended = simulator.wait_with_output().unwrap();
    assert!(ended.status.success());
    assert!(String::from_utf8(ended.stdout).unwrap().contains("sent "));
}

#[test]
fn nothing_is_invented_in_a_real_town() {
    let folder = Folder::migrated();
    let file = folder.write("one.csv", "t,c,x,y\n2025-01-01,theft,107.4,34.4\n");
    let columns = "time=t,category=c,lon=x,lat=y";
    succeed(on(&folder, &["import", "incidents", "--town", "real", "--columns", columns]).arg(&file));
    let server = Served::start(&folder);
    let said = fail(&mut simulate(&server, &["--town", "real"]), 2);
    assert!(said.contains("no demonstration"), "{said}");
    let ended = run(&mut simulate(&server, &["--town", "nowhere"]));
    assert!(ended.status == Some(1) && ended.err.contains("nowhere"), "{}", ended.err);
    for wrong in [["--rate", "often"], ["--for", "ever"]] {
        fail(&mut simulate(&server, &wrong), 2);
    }
}
