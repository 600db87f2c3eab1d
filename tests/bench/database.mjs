// The database of a server under measurement, reached behind its back: to fill it, and to show it to a peer.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the private cluster of this data folder answers; the program writes it into its lock file. */
export function socketOf(server) {
  const { socket } = JSON.parse(readFileSync(join(server.data, "lock"), "utf8"));
  if (!socket) throw new Error("the server has not said where its database answers");
  return socket;
}

/** The address of that database for other programs. */
export function databaseUrl(server) {
  return `postgresql://fangge@/fangge?host=${encodeURIComponent(socketOf(server))}`;
}

/** Runs SQL with psql; answers its unaligned output. */
export async function sql(server, text) {
  return run("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", socketOf(server), "-U", "fangge", "-d", "fangge"], text);
}

/** Runs a program with this input; answers what it printed. */
export function run(program, args, input = "", options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], ...options });
    let out = "";
    let err = "";
    // Absent where the caller lets a program speak for itself.
    child.stdout?.on("data", (chunk) => (out += chunk));
    child.stderr?.on("data", (chunk) => (err += chunk));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(out) : reject(new Error(`${program} ended with ${code}: ${err || out}`))));
    // A program that ends without reading its input says enough by its status.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** What the rules know of an incident that somebody in the grid has accepted, without a clock: nothing rings for it. */
const LIFE = JSON.stringify({
  state: "accepted", level: "grid", owner: "grid", offered: null, worker: null, handlers: [], before: null, clock: null, extended: false,
  review_at: null, supervised_until: null, rung: [], accepted_at: null, ended_at: null, ended_in_time: null, merged_into: null,
});

/**
 * Adds `count` incidents in hand within the town, scattered around its buildings as real ones are (a normal scatter
 * of some 60 m). They are written as they stand, without their logs: what is measured reads only them.
 */
export async function scatter(server, count) {
  await sql(
    server,
    `BEGIN;
     -- Places are found below in one go; a trigger for each of a million rows would take minutes.
     SET LOCAL session_replication_role = replica;
     SELECT setseed(0.2026);
     CREATE TEMP TABLE spot ON COMMIT DROP AS
       SELECT row_number() OVER (ORDER BY building_id) AS n, town_id, ST_X(position) AS lon, ST_Y(position) AS lat
         FROM building JOIN town USING (town_id) WHERE slug = 'muyi';
     CREATE INDEX ON spot (n);
     WITH last AS (SELECT town_id, last_incident AS id FROM town_feed JOIN town USING (town_id) WHERE slug = 'muyi'),
          kinds AS (SELECT array_agg(category_code ORDER BY category_code) AS codes
                      FROM category JOIN last USING (town_id) WHERE valid_to IS NULL),
          buildings AS (SELECT count(*) AS n FROM spot),
          draw AS MATERIALIZED (
            SELECT g, 1 + floor(random() * (SELECT n FROM buildings))::bigint AS n,
                   sqrt(-2 * ln(1 - random())) * 0.0006 AS far, 2 * pi() * random() AS way, random() AS kind, random() AS age
              FROM generate_series(1, ${count}) g)
     INSERT INTO incident (town_id, incident_id, number, title, category_code, category_version, severity, state, level,
                           source, position, reported_at, due_at, last_seq, owner, turn, life)
     SELECT last.town_id, last.id + d.g, 'bench-' || d.g, 'measured', codes[1 + floor(d.kind * cardinality(codes))::int], 1,
            1 + (d.g % 4), (ARRAY['reported', 'accepted', 'in_progress', 'parked'])[1 + d.g % 4], 'grid', 'resident',
            ST_SetSRID(ST_MakePoint(s.lon + d.far * cos(d.way), s.lat + d.far * sin(d.way) * 0.8), 4326),
            now() - d.age * interval '60 days', now() + d.age * interval '9 days' - interval '1 day', 1,
            'grid', 'grid', '${LIFE}'
       FROM draw d JOIN spot s ON s.n = d.n, last, kinds;
     UPDATE town_feed f SET last_incident = last_incident + ${count} FROM town t WHERE t.town_id = f.town_id AND t.slug = 'muyi';
     COMMIT;
     ANALYZE incident;`,
  );
}
