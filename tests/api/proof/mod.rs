//! The proof of row-level security: every statement that the server sends is taken from the wire, robbed of every condition of
//! town and scope, and run again in the same person's name. It must read what it would read if nothing else were there, and
//! change nothing that is not the person's.

mod theft;
mod walk;

use regex::Regex;
use std::collections::BTreeSet;
use theft::{leak, robbed, tables};
use walk::{walk, world};

/// Whose requests are looked at: name, key, and which of the town's incidents are not theirs to see.
pub const PEOPLE: [(&str, i32, &str); 9] = [
    ("方正", 1, "i.village_code IS DISTINCT FROM '000000001001'"),
    ("文东", 6, "i.village_code IS DISTINCT FROM '000000001002'"),
    ("王一", 7, "i.grid_code IS DISTINCT FROM '000000001001001'"),
    ("𠮷祥", 12, "true"),
    ("安警", 13, "true"),
    ("关山", 2, "false"),
    ("严明", 3, "false"),
    ("察微", 16, "false"),
    ("管钥", 17, "true"),
];

/// What a walk must have come to, so that nobody who changes a rule shortens it without noticing.
const HEARD: [&str; 29] = [
    "s.left_at IS NULL\n           AND s.role IN",
    "FROM unit u WHERE u.town_id = $1 AND u.unit_code = $2)",
    "INSERT INTO incident_involved",
    "INSERT INTO photo ",
    "UPDATE photo ",
    "INSERT INTO photo_hold",
    "FROM photo_hold",
    "INSERT INTO case_party",
    "FROM case_party",
    "UPDATE account SET disabled_at",
    "UPDATE account SET password_hash",
    "INSERT INTO account ",
    "INSERT INTO staff_grid",
    "INSERT INTO category",
    "INSERT INTO unit ",
    "UPDATE unit ",
    "DELETE FROM roster",
    "INSERT INTO roster",
    "INSERT INTO calendar_day",
    "INSERT INTO work_hours",
    "INSERT INTO camera_obstruction",
    "DELETE FROM camera_obstruction",
    "INSERT INTO camera_check",
    "JOIN camera c ON c.town_id = $1 AND c.position && box_around",
    "JOIN incident i ON i.town_id = $1 AND i.position && box_around",
    "FROM audit x WHERE",
    "right(i.number",
    "ST_PointOnSurface(g.boundary)",
    "act_at <= $2",
];

#[tokio::test]
async fn no_statement_of_the_servers_reads_or_changes_anything_foreign_when_it_forgets_its_conditions() {
    let app = world().await;
    let sent = walk(&app).await;
    let pool = &app.db.pool;
    let tables = tables(pool).await;
    let texts: BTreeSet<&str> = sent.iter().map(|sent| sent.sql.as_str()).collect();
    assert!(texts.len() > 150, "the walk is short: {} statements", texts.len());
    for heard in HEARD {
        assert!(texts.iter().any(|text| text.contains(heard)), "the walk never comes to {heard}");
    }
    let (mut robbed_of_something, mut leaks) = (0, BTreeSet::new());
    for one in &sent {
        robbed_of_something += usize::from(robbed(&one.sql) != one.sql);
        leaks.extend(leak(pool, &tables, one).await);
    }
    assert!(leaks.is_empty(), "{}", leaks.into_iter().collect::<Vec<_>>().join("\n\n"));
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
    assert_eq!(unproven, BTreeSet::new(), "what the walk never asks for anything");
}

#[test]
fn a_statement_is_robbed_of_conditions_and_of_nothing_else() {
    for (whole, left) in [
        ("SELECT 1 FROM a WHERE town_id = $1 AND x = $2", "SELECT 1 FROM a WHERE true AND x = $2"),
        ("… JOIN b ON b.town_id = a.town_id AND b.k = a.k", "… JOIN b ON true AND b.k = a.k"),
        ("… AND i.village_code = $3 AND s.grid_code = ANY($4)", "… AND true AND true"),
        ("… AND 'grid:' || g.grid_code = ANY ($2)", "… AND 'grid:' || g.grid_code = ANY ($2)"),
        ("UPDATE a SET village_code = $3 WHERE town_id = $1", "UPDATE a SET village_code = $3 WHERE true"),
        ("… WHERE session_id = $2::uuid AND staff_id = $3::int", "… WHERE session_id = $2::uuid AND true"),
    ] {
        assert_eq!(robbed(whole), left);
    }
}
