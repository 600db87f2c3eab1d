// Incident tiles at a million rows: requests a second, ours and martin's, on the same database with as many connections,
// neither with a cache. martin is given an index on its own geometry column, the same four properties, and the same cap.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Server } from "../../e2e/lib/server.mjs";
import { draws } from "../chance.mjs";
import { run, scatter, sql } from "../database.mjs";
import { martin, versionOf } from "../peers.mjs";
import { row } from "../table.mjs";

export const figures = ["base/tiles"];

const ROWS = 1_000_000;
const POOL = 8;
/** Most features that our tiles hold; told to martin as well. */
const FEATURES = 50_000;
const ZOOMS = [14, 15, 16, 17, 18];
const TILES_A_ZOOM = 60;
const ROUNDS = 3;
const SECONDS = 8;

const LUA = join(dirname(fileURLToPath(import.meta.url)), "../tiles.lua");
const CONFIG = `
cache_size_mb: 0
postgres:
  connection_string: '\${DATABASE_URL}'
  pool_size: ${POOL}
  max_feature_count: ${FEATURES}
  auto_publish: false
  tables:
    incidents:
      layer_id: incidents
      schema: public
      table: incident
      srid: 3857
      geometry_column: mercator
      id_column: incident_id
      geometry_type: POINT
      extent: 4096
      buffer: 64
      clip_geom: true
      properties: { severity: int2, state: text, category_code: text, reported_at: timestamptz }
`;

/** Tiles over the town's box, as many at each zoom, in an order that jumps about. */
function tileList([west, south, east, north]) {
  const random = draws(20261123);
  const at = (from, to) => from + random.next().value * (to - from);
  const tiles = [];
  for (let i = 0; i < TILES_A_ZOOM; i += 1) {
    for (const z of ZOOMS) {
      const side = 2 ** z;
      const latitude = (at(south, north) * Math.PI) / 180;
      const x = Math.floor(((at(west, east) + 180) / 360) * side);
      const y = Math.floor(((1 - Math.asinh(Math.tan(latitude)) / Math.PI) / 2) * side);
      tiles.push(`${z}/${x}/${y}`);
    }
  }
  return tiles;
}

/** Sends requests for `seconds`; answers requests a second, and throws when any was refused. */
async function load({ url, prefix, cookie }, list, seconds) {
  const threads = String(Math.min(2, cpus().length));
  const env = { ...process.env, TILES: list, PREFIX: prefix, COOKIE: cookie };
  const out = await run("wrk", ["-t", threads, "-c", String(2 * POOL), "-d", `${seconds}s`, "-s", LUA, url], "", { env });
  if (/Non-2xx|Socket errors/.test(out)) throw new Error(`${url}${prefix}: ${out}`);
  return Number(out.match(/Requests\/sec:\s*([\d.]+)/)[1]);
}

/** Mean bytes of the first tiles: both must send about the same, or the comparison means nothing. */
async function meanBytes({ url, prefix, cookie }, tiles) {
  let bytes = 0;
  for (const tile of tiles) bytes += (await fetch(`${url}${prefix}${tile}`, { headers: { cookie } }).then((answer) => answer.arrayBuffer())).byteLength;
  return Math.round(bytes / tiles.length);
}

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), "fangge-tiles-"));
  const server = await new Server({ env: { FANGGE_DATABASE_CONNECTIONS: String(POOL) } }).start();
  let peer;
  try {
    console.error(`  writing ${ROWS} incidents …`);
    await scatter(server, ROWS);
    await sql(server, "CREATE INDEX bench_mercator ON incident USING gist (mercator); VACUUM ANALYZE incident;");
    const town = await server.get("/api/town");
    const tiles = tileList(town.bbox);
    const list = join(folder, "tiles");
    writeFileSync(list, `${tiles.join("\n")}\n`);
    writeFileSync(join(folder, "martin.yaml"), CONFIG);
    peer = await martin(server, join(folder, "martin.yaml"), { pool: POOL });
    const { cookie } = await server.as();
    const ours = { url: server.url, prefix: "/tiles/incidents/", cookie };
    const theirs = { url: peer.url, prefix: "/incidents/", cookie: "" };
    const sample = tiles.slice(0, 25);
    const sizes = [await meanBytes(ours, sample), await meanBytes(theirs, sample)];
    console.error(`  mean tile: ours ${sizes[0]} bytes, theirs ${sizes[1]} bytes; ${await versionOf("wrk", ["-v"]).catch(() => "wrk")}`);
    const best = { ours: 0, theirs: 0 };
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [us, them] = [await load(ours, list, SECONDS), await load(theirs, list, SECONDS)];
      console.error(`  round ${round}${round === 0 ? " (warm-up)" : ""}: ours ${us}, theirs ${them} requests/s`);
      if (round > 0) [best.ours, best.theirs] = [Math.max(best.ours, us), Math.max(best.theirs, them)];
    }
    return [
      row({ figure: "base/tiles", value: best.ours, unit: "requests/s", peer: peer.name, peer_value: best.theirs, reach: "≥ 1.0 × peer", holds: best.ours >= best.theirs }),
    ];
  } finally {
    await peer?.stop();
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}
