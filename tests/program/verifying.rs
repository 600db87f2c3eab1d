//! `fangge verify`: that log and rows agree, and that it sees where they don't.

use crate::running::{Folder, Served, fail, on, run, succeed};

#[test]
fn a_row_that_is_not_what_its_log_adds_up_to_is_named() {
    let folder = Folder::migrated();
    succeed(&mut on(&folder, &["seed"]));
    let server = Served::start(&folder);
    let said = succeed(&mut on(&folder, &["verify"]));
    assert!(said.contains("log and rows agree"), "{said}");
    let said = fail(&mut on(&folder, &["verify", "--town", "houston"]), 2);
    assert!(said.contains("houston"), "{said}");

    // Each by another hand than the program's: in one incident's columns, in another's life, in a third one's number.
    let keys = |nth: i64| {
        let open =
            "SELECT incident_id FROM incident WHERE ended_at IS NULL AND life IS NOT NULL AND due_at IS NOT NULL";
        folder.number(&format!("{open} ORDER BY incident_id OFFSET {nth} LIMIT 1"))
    };
    let spoil = |nth: i64, set: &str| {
        let incident = keys(nth);
        folder.number(&format!("UPDATE incident SET {set} WHERE incident_id = {incident} RETURNING incident_id"))
    };
    let columns = spoil(0, "owner = 'county', due_at = due_at + interval '1 minute'");
    let kept = spoil(1, "life = jsonb_set(life, '{handlers}', '[4711]')");
    let number = spoil(2, "last_seq = last_seq - 1");
    folder.number("UPDATE town_feed SET last_seq = last_seq + 1 RETURNING last_seq");
    let ended = run(&mut on(&folder, &["verify", "--town", "muyi"]));
    assert_eq!(ended.status, Some(1), "{}{}", ended.out, ended.err);
    let told = |incident: i64, words: &str| {
        let found =
            ended.out.lines().find(|line| line.contains(&format!("incident {incident} ")) && line.contains(words));
        assert!(found.is_some(), "{words} of incident {incident}: {}", ended.out);
    };
    told(columns, "owner: ");
    told(columns, "due_at: ");
    told(kept, "handlers: the log gives [");
    told(number, "its last event is");
    assert!(ended.out.contains("muyi: events: ") && ended.out.contains("5 differences"), "{}", ended.out);
    drop(server);
}
