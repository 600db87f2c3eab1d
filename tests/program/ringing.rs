//! What the server does by itself, as the program runs: it looks for what is overdue, and tidies, however it ended before.

use crate::running::{Folder, Served, eventually};
use std::time::Duration;

/// An incident of the square town whose hour is over for two minutes, so that it is to be reminded of; its quarter of an hour of grace
/// lasts longer than any test. It has a row and a log, as an older version wrote them.
const OVERDUE: &str = "
    UPDATE category SET working_time = false WHERE town_id = 1;
    INSERT INTO incident (town_id, incident_id, number, title, category_code, category_version, severity, state, level, source,
           position, reported_at, last_seq)
    VALUES (1, 1, '20261123-0001', '路灯不亮', 'lamp', 1, 4, 'reported', 'grid', 'grid_member',
            ST_SetSRID(ST_MakePoint(107.005, 34.007), 4326), now() - interval '62 minutes', 1);
    INSERT INTO incident_event (town_id, seq, incident_id, at, recorded_at, action, role, actor, state, level, staff_id)
    SELECT 1, 1, 1, reported_at, reported_at, 'report', 'grid_member', '王一', 'reported', 'grid', 7 FROM incident;
    UPDATE town_feed SET last_seq = 1, last_incident = 1 WHERE town_id = 1";

const REMINDERS: &str = "SELECT count(*) FROM incident_event WHERE action = 'remind' AND role = 'system'";
const EVENTS: &str = "SELECT count(*) FROM incident_event";

#[test]
fn the_server_reminds_once_of_what_is_overdue_and_tidies_even_when_it_was_killed() {
    let folder = Folder::migrated();
    let mut server = Served::start(&folder);
    folder.change(include_str!("../fixtures/square.sql"));
    folder.change(include_str!("../fixtures/people.sql"));
    folder.change(OVERDUE);
    eventually("it reminds", 30, || folder.number(REMINDERS) == 1);
    folder.change(
        "INSERT INTO idempotency (town_id, key, fingerprint, created_at, staff_id)
         VALUES (1, 'old', '', now() - interval '4 days', 7), (1, 'new', '', now() - interval '2 days', 7)",
    );
    server.signal("KILL");
    server.end();

    let server = Served::start(&folder);
    eventually("it forgets what has had its time", 30, || folder.number("SELECT count(*) FROM idempotency") == 1);
    // It looks every five seconds: by now it has looked again.
    std::thread::sleep(Duration::from_secs(7));
    assert_eq!((folder.number(REMINDERS), folder.number(EVENTS)), (1, 2), "once, whatever became of who did it");
    drop(server);
}
