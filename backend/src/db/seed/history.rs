//! The past of a generated town: its events in the order of time, and what they add up to.

use super::lives::{Life, Lives};
use crate::db::events::number;
use chrono::{DateTime, NaiveDate, Utc};
use geodata::demo::{DemoEvent, DemoIncident, DemoTown};
use geodata::incident::{Action, Particulars, Party};
use geodata::town::TownId;
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;

/// Rows that one statement takes: keeps the parameters of a statement to some megabytes.
const CHUNK: usize = 20_000;

/// One incident as it will stand, and the number of its last event.
struct Row<'a> {
    id: i64,
    number: String,
    incident: &'a DemoIncident,
    life: Life,
    last_seq: i64,
}

/// One event with its number.
struct Entry<'a> {
    seq: i64,
    id: i64,
    event: &'a DemoEvent,
    staff: Option<i32>,
    with: Particulars,
}

/// Writes incidents and logs, and moves the town's numbers past them.
pub async fn write(
    db: &mut PgConnection,
    town: TownId,
    demo: &DemoTown,
    history: &[DemoIncident],
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let lives = Lives::of(demo);
    let mut entries = in_order(&lives, history)?;
    number_them(&mut entries);
    let mut last_seqs = vec![0; history.len()];
    for entry in &entries {
        last_seqs[usize::try_from(entry.id - 1)?] = entry.seq;
    }
    let mut days: HashMap<NaiveDate, i32> = HashMap::new();
    let mut rows = Vec::with_capacity(history.len());
    for (index, incident) in history.iter().enumerate() {
        let day = incident.reported_at.with_timezone(&chrono_tz::Asia::Shanghai).date_naive();
        let count = days.entry(day).or_insert(0);
        *count += 1;
        rows.push(Row {
            id: i64::try_from(index)? + 1,
            number: number(day, *count),
            incident,
            life: lives.life(incident)?,
            last_seq: last_seqs[index],
        });
    }
    for chunk in rows.chunks(CHUNK) {
        incidents(db, town, chunk).await?;
    }
    for chunk in entries.chunks(CHUNK) {
        events(db, town, chunk, now).await?;
    }
    involved(db, town, &entries).await?;
    let last_day = days.iter().max_by_key(|(day, _)| **day);
    let (day, count) = last_day.map_or((NaiveDate::default(), 0), |(day, count)| (*day, *count));
    let sql = "UPDATE town_feed SET last_seq = $2, last_incident = $3, day = $4, day_count = $5 WHERE town_id = $1";
    sqlx::query(sql)
        .bind(town.0)
        .bind(i64::try_from(entries.len())?)
        .bind(i64::try_from(rows.len())?)
        .bind(day)
        .bind(count)
        .execute(db)
        .await?;
    Ok(())
}

/// All events of all incidents in the order of time.
fn in_order<'a>(lives: &Lives, history: &'a [DemoIncident]) -> anyhow::Result<Vec<Entry<'a>>> {
    let mut entries = Vec::new();
    for (index, incident) in history.iter().enumerate() {
        let id = i64::try_from(index)? + 1;
        let told = incident.log.iter().zip(lives.steps(incident));
        entries.extend(told.map(|(event, step)| Entry { seq: 0, id, event, staff: step.by, with: step.with }));
    }
    // Stable: one incident's events of the same moment keep their order.
    entries.sort_by_key(|entry| entry.event.at);
    Ok(entries)
}

fn number_them(entries: &mut [Entry<'_>]) {
    for (entry, seq) in entries.iter_mut().zip(1..) {
        entry.seq = seq;
    }
}

async fn incidents(db: &mut PgConnection, town: TownId, rows: &[Row<'_>]) -> anyhow::Result<()> {
    let sql = "
        INSERT INTO incident (town_id, incident_id, number, title, description, category_code, category_version, severity,
               state, level, source, position, reported_at, due_at, accepted_at, ended_at, ended_in_time, last_seq, owner,
               offered, turn, act_at, reporter_id, life)
        SELECT $1, i.id, i.number, i.title, i.description, i.category, 1, i.severity, i.state, i.level, i.source,
               ST_SetSRID(ST_MakePoint(i.lon, i.lat), 4326), i.reported_at, i.due_at, i.accepted_at, i.ended_at,
               i.in_time, i.seq, i.owner, i.offered, i.turn, i.act_at, i.reporter, i.life
          FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int2[], $8::text[], $9::text[],
                      $10::text[], $11::float8[], $12::float8[], $13::timestamptz[], $14::timestamptz[],
                      $15::timestamptz[], $16::timestamptz[], $17::bool[], $18::bigint[], $19::text[], $20::text[],
                      $21::text[], $22::timestamptz[], $23::int[], $24::jsonb[])
            AS i (id, number, title, description, category, severity, state, level, source, lon, lat, reported_at, due_at,
                  accepted_at, ended_at, in_time, seq, owner, offered, turn, act_at, reporter, life)";
    let column = |get: fn(&Row<'_>) -> Option<DateTime<Utc>>| rows.iter().map(get).collect::<Vec<_>>();
    sqlx::query(sql)
        .bind(town.0)
        .bind(rows.iter().map(|r| r.id).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.number.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.incident.title.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.incident.description.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.incident.category.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| i16::from(r.incident.severity.number())).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.life.case.standing.state.word()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.life.case.standing.level.word()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.incident.source.word()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.incident.position.lon()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.incident.position.lat()).collect::<Vec<_>>())
        .bind(column(|r| Some(r.incident.reported_at)))
        .bind(column(|r| r.life.case.due_at()))
        .bind(column(|r| r.life.case.accepted_at))
        .bind(column(|r| r.life.case.ended_at))
        .bind(rows.iter().map(|r| r.life.case.ended_in_time).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.last_seq).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.life.case.owner.to_string()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.life.case.offered.as_ref().map(ToString::to_string)).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.life.case.turn().to_string()).collect::<Vec<_>>())
        .bind(column(|r| r.life.act_at))
        .bind(rows.iter().map(|r| r.life.reporter).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| Json(&r.life.case)).collect::<Vec<_>>())
        .execute(db)
        .await?;
    Ok(())
}

async fn events(db: &mut PgConnection, town: TownId, rows: &[Entry<'_>], now: DateTime<Utc>) -> anyhow::Result<()> {
    let sql = "
        INSERT INTO incident_event (town_id, seq, incident_id, at, recorded_at, action, role, actor, state, level, note,
               staff_id, particulars)
        SELECT $1, e.seq, e.id, e.at, $2, e.action, e.role, e.actor, e.state, e.level, e.note, e.staff, e.particulars
          FROM unnest($3::bigint[], $4::bigint[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[],
                      $10::text[], $11::text[], $12::int[], $13::jsonb[])
            AS e (seq, id, at, action, role, actor, state, level, note, staff, particulars)";
    sqlx::query(sql)
        .bind(town.0)
        .bind(now)
        .bind(rows.iter().map(|r| r.seq).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.id).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.event.at).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.event.action.word()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.event.role.word()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.event.actor.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.event.state.word()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.event.level.word()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.event.note.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.staff).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| Json(&r.with)).collect::<Vec<_>>())
        .execute(db)
        .await?;
    Ok(())
}

/// Everyone whom an incident was given to by name, and who reported it.
async fn involved(db: &mut PgConnection, town: TownId, entries: &[Entry<'_>]) -> anyhow::Result<()> {
    let given = entries.iter().filter_map(|entry| match &entry.with.to {
        Some(party @ (Party::Staff(_) | Party::Unit(_))) => Some((entry.id, party.to_string())),
        _ => None,
    });
    let reported = entries.iter().filter(|entry| entry.event.action == Action::Report);
    let reported = reported.filter_map(|entry| Some((entry.id, Party::Staff(entry.staff?).to_string())));
    let (ids, parties): (Vec<i64>, Vec<String>) = given.chain(reported).unzip();
    let sql = "INSERT INTO incident_involved (town_id, party, incident_id)
               SELECT $1, x.party, x.id FROM unnest($2::text[], $3::bigint[]) AS x (party, id) ON CONFLICT DO NOTHING";
    sqlx::query(sql).bind(town.0).bind(parties).bind(ids).execute(db).await?;
    Ok(())
}
