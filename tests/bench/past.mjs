// A longer past: the demonstration's own, over and over, each time further back.
import { setTimeout as sleep } from "node:timers/promises";
import { run, socketOf, sql } from "./database.mjs";

/** Columns that an INSERT can name. */
async function columns(server, table) {
  const query = `SELECT attname FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`;
  return (await sql(server, query)).trim().split("\n");
}

/** `INSERT … SELECT` of all columns of a table called `x`, some of them replaced. */
async function copied(server, table, replaced, from) {
  const names = await columns(server, table);
  const values = names.map((name) => replaced[name] ?? `x.${name}`);
  return `INSERT INTO ${table} (${names.join(", ")}) SELECT ${values.join(", ")} ${from};`;
}

/**
 * Fills the demonstration town up to `total` incidents, with their logs: what has ended is written again under new keys
 * and numbers, seven hours earlier each time. What is open stays as it is, so that nothing rings that would not. Answers how many
 * there are then.
 */
export async function lengthen(server, total) {
  const back = (name) => `x.${name} - g * interval '7 hours'`;
  const incidents = await copied(
    server,
    "incident",
    {
      incident_id: "f.last_incident + (g - 1) * f.n + r.rank", number: "'bench-' || f.last_incident + (g - 1) * f.n + r.rank",
      last_seq: "f.last_seq + (g - 1) * f.e + r.last", reported_at: back("reported_at"), accepted_at: back("accepted_at"),
      ended_at: back("ended_at"), due_at: back("due_at"), merged_into: "NULL",
    },
    "FROM bench_town f, generate_series(1, f.rounds) g, bench_incident r JOIN incident x USING (town_id, incident_id) WHERE (g - 1) * f.n + r.rank <= f.wanted",
  );
  const events = await copied(
    server,
    "incident_event",
    { seq: "f.last_seq + (g - 1) * f.e + r.rank", incident_id: "f.last_incident + (g - 1) * f.n + r.incident", at: back("at"), recorded_at: back("recorded_at") },
    "FROM bench_town f, generate_series(1, f.rounds) g, bench_event r JOIN incident_event x USING (town_id, seq) WHERE (g - 1) * f.n + r.incident <= f.wanted",
  );
  const involved = await copied(
    server,
    "incident_involved",
    { incident_id: "f.last_incident + (g - 1) * f.n + r.rank" },
    "FROM bench_town f, generate_series(1, f.rounds) g, bench_incident r JOIN incident_involved x USING (town_id, incident_id) WHERE (g - 1) * f.n + r.rank <= f.wanted",
  );
  await sql(
    server,
    `BEGIN;
     SET LOCAL session_replication_role = replica;
     SET LOCAL work_mem = '256MB';
     CREATE TEMP TABLE bench_incident ON COMMIT DROP AS
       SELECT town_id, incident_id, row_number() OVER (ORDER BY incident_id) AS rank, 0::bigint AS last
         FROM incident JOIN town USING (town_id) WHERE slug = 'muyi' AND ended_at IS NOT NULL AND number NOT LIKE 'bench-%';
     CREATE TEMP TABLE bench_event ON COMMIT DROP AS
       SELECT e.town_id, e.seq, r.rank AS incident, row_number() OVER (ORDER BY e.seq) AS rank
         FROM incident_event e JOIN bench_incident r USING (town_id, incident_id);
     UPDATE bench_incident r SET last = (SELECT max(e.rank) FROM bench_event e WHERE e.incident = r.rank);
     CREATE TEMP TABLE bench_town ON COMMIT DROP AS
       SELECT f.*, n, e, greatest(0, ${total} - f.last_incident) AS wanted,
              greatest(0, ceil((${total} - f.last_incident) / n::numeric))::int AS rounds
         FROM town_feed f JOIN town USING (town_id), (SELECT count(*) AS n FROM bench_incident) i, (SELECT count(*) AS e FROM bench_event) v
        WHERE slug = 'muyi';
     ANALYZE bench_incident; ANALYZE bench_event;
     ${incidents}
     ${events}
     ${involved}
     UPDATE town_feed f SET last_incident = f.last_incident + b.wanted, last_seq = f.last_seq + b.rounds * b.e
       FROM bench_town b WHERE b.town_id = f.town_id;
     COMMIT;`,
  );
  // Outside of any transaction, each by itself.
  const psql = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", socketOf(server), "-U", "fangge", "-d", "fangge"];
  await run("psql", psql, "VACUUM ANALYZE incident; VACUUM ANALYZE incident_event; VACUUM ANALYZE incident_involved; CHECKPOINT;");
  await settled(server);
  return Number(await sql(server, "SELECT last_incident FROM town_feed JOIN town USING (town_id) WHERE slug = 'muyi'"));
}

/** Waits until the database has nothing left to do by itself. */
async function settled(server) {
  const atWork = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'";
  for (let quiet = 0; quiet < 5; ) {
    quiet = (await sql(server, atWork)).trim() === "0" ? quiet + 1 : 0;
    await sleep(1000);
  }
}
