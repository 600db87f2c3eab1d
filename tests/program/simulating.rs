//! `fangge seed` and `fangge simulate`: a town, and life in it through the public API.

use crate::running::{Folder, Served, eventually, fail, on, run, signal, succeed};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// So many incidents of the simulator's.
const SIMULATED: &str = "SELECT count(*) FROM incident WHERE simulated";

/// The simulator, with the accounts of a folder's town.
fn simulate(folder: &Folder, server: &Served, more: &[&str]) -> Command {
    let mut command = on(folder, &["simulate", "--url", &server.url]);
    command.args(more);
    command
}

/// A folder with the demonstration town in it.
fn seeded() -> Folder {
    static FIRST: OnceLock<Folder> = OnceLock::new();
    let first = FIRST.get_or_init(|| {
        let first = Folder::migrated();
        succeed(&mut on(&first, &["seed", "--town", "muyi"]));
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
    assert!(folder.number("SELECT count(*) FROM incident") > 7_000);
    drop(server);
    let said = fail(&mut on(&folder, &["seed", "--town", "houston"]), 2);
    assert!(said.contains("only of muyi"), "{said}");
}

#[test]
fn incidents_come_and_go_on_as_told() {
    let folder = seeded();
    let server = Served::start(&folder);
    let said = succeed(&mut simulate(&folder, &server, &["--rate", "20/s", "--count", "30", "--seed", "1"]));
    assert!(said.contains("sent 30 new incidents"), "{said}");
    let steps: i64 = said.rsplit_once(" steps").unwrap().0.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(steps > 30, "{said}");
    assert_eq!(folder.number("SELECT count(*) FROM incident WHERE simulated AND village_code IS NOT NULL"), 30);
    assert_eq!(folder.number("SELECT count(*) FROM incident_event WHERE simulated"), 30 + steps);
    // Another simulator, or the same one later, carries on what is open.
    let open = "SELECT count(*) FROM incident WHERE ended_at IS NULL";
    assert!(folder.number(open) > 0);
    let later = "SELECT count(*) FROM incident_event e JOIN incident i USING (town_id, incident_id) WHERE e.simulated AND NOT i.simulated";
    let before = folder.number(later);
    succeed(&mut simulate(&folder, &server, &["--rate", "10/s", "--for", "3s"]));
    assert!(folder.number(later) > before);
}

#[test]
fn a_loss_of_the_database_makes_no_duplicates() {
    let folder = seeded();
    let server = Served::start(&folder);
    let mut command = simulate(&folder, &server, &["--rate", "20/s", "--count", "60"]);
    let simulator = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    eventually("it has begun", 20, || folder.number(SIMULATED) > 5);
    signal(folder.postmaster().unwrap(), "KILL");
    let ended = simulator.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap());
    assert!(ended.status.success() && out.contains("sent 60 new incidents"), "{out}{err}");
    assert_eq!(folder.number(SIMULATED), 60);
}

#[test]
fn it_ends_cleanly_when_it_is_told_to() {
    let folder = seeded();
    let server = Served::start(&folder);
    let mut command = simulate(&folder, &server, &["--rate", "20/s"]);
    let simulator = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    eventually("it has begun", 20, || folder.number(SIMULATED) > 3);
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
    // Somebody who may sign in there, by a password that is known here.
    let demo = seeded();
    let accounts = demo.join("data/demo-accounts.json");
    let away = ["--town", "real", "--accounts", accounts.to_str().unwrap()];
    let said = fail(&mut simulate(&folder, &server, &away), 2);
    assert!(said.contains("is no demonstration"), "{said}");
    let ended = run(&mut simulate(&folder, &server, &["--town", "nowhere", "--accounts", accounts.to_str().unwrap()]));
    assert!(ended.status == Some(1) && ended.err.contains("nowhere"), "{}", ended.err);
    let ended = run(&mut simulate(&folder, &server, &["--town", "real"]));
    assert!(ended.status == Some(1) && ended.err.contains("demo-accounts.json can't be read"), "{}", ended.err);
    for wrong in [["--rate", "often"], ["--for", "ever"]] {
        fail(&mut simulate(&folder, &server, &wrong), 2);
    }
}

#[test]
fn everyone_in_the_demonstration_has_an_account_and_acts_in_their_own_name() {
    let folder = seeded();
    let file = folder.join("data/demo-accounts.json");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let list: Vec<serde_json::Value> = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let of = |role: &str| list.iter().filter(|one| one["role"] == role).collect::<Vec<_>>();
    assert_eq!(
        (list.len(), of("grid_member").len(), of("village_chief").len(), of("commander").len()),
        (167, 120, 11, 1)
    );
    assert!(of("grid_member").iter().all(|one| one["grid"].as_str().unwrap().len() == 15));
    assert!(
        of("village_chief").iter().all(|one| one["village"].as_str().unwrap().len() == 12 && one["grid"].is_null())
    );
    let server = Served::start(&folder);
    assert_eq!(
        folder.number("SELECT count(*) FROM account WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'"),
        167
    );
    succeed(&mut simulate(&folder, &server, &["--rate", "20/s", "--count", "20", "--seed", "3"]));
    let mistaken = "
        SELECT count(*) FROM incident_event e LEFT JOIN staff s ON s.town_id = e.town_id AND s.name = e.actor AND s.role = e.role
         WHERE e.simulated AND s.staff_id IS NULL";
    assert_eq!(folder.number(mistaken), 0);
    let roles = "SELECT count(DISTINCT role) FROM incident_event WHERE simulated";
    assert!(folder.number(roles) >= 4, "{}", folder.number(roles));
    // The second start makes none anew.
    drop(server);
    let before = std::fs::read(&file).unwrap();
    let second = succeed_briefly(&folder);
    assert!(second.contains("demo-accounts.json"), "{second}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

/// What `serve --seed-demo` says until it is ready.
fn succeed_briefly(folder: &Folder) -> String {
    let mut command = on(folder, &["serve", "--seed-demo", "--listen", "127.0.0.1:0"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    while !said.contains("登录") {
        assert!(std::io::BufRead::read_line(&mut out, &mut said).unwrap() > 0, "it ended: {said}");
    }
    signal(child.id(), "TERM");
    assert!(child.wait().unwrap().success());
    said
}

#[test]
fn a_town_that_an_older_version_made_gets_its_accounts_at_the_next_start() {
    let folder = seeded();
    std::fs::remove_file(folder.join("data/demo-accounts.json")).unwrap();
    let server = Served::start(&folder);
    folder.change("DELETE FROM account");
    drop(server);
    assert!(succeed_briefly(&folder).contains("demo-accounts.json"));
    let server = Served::start(&folder);
    assert_eq!(folder.number("SELECT count(*) FROM account"), 167);
    succeed(&mut simulate(&folder, &server, &["--rate", "20/s", "--count", "1"]));
}

#[test]
fn a_production_start_has_one_administrator_and_nobody_else() {
    let folder = Folder::migrated();
    let said = succeed(&mut on(&folder, &["seed", "--empty"]));
    let file = folder.join("data/administrator.json");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let list: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["role"]), (1, &"administrator".into()));
    assert!(
        said.contains(list[0]["name"].as_str().unwrap()) && said.contains(list[0]["password"].as_str().unwrap()),
        "{said}"
    );
    assert!(!folder.join("data/demo-accounts.json").exists());
    let server = Served::start(&folder);
    let of = |table: &str| folder.number(&format!("SELECT count(*) FROM {table}"));
    assert_eq!(["staff", "account", "incident", "grid", "unit"].map(of), [1, 1, 0, 120, 15]);
    assert!(of("category") > 40);
    drop(server);
    // A start with the demonstration leaves it alone.
    assert!(succeed_briefly(&folder).contains("administrator.json"));
    assert!(!folder.join("data/demo-accounts.json").exists());
}
