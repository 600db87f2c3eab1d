// Any incident's page from the API, asked for at random: in a town with ten thousand incidents, then in the same with a million, each
// with its log. Asked by a commander, who sees all, and by a village chief, whose scope the database must look at.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Server } from "../../../e2e/lib/server.mjs";
import { die } from "../../chance.mjs";
import { run, sql } from "../../database.mjs";
import { lengthen } from "../../past.mjs";
import { percentile, row } from "../../table.mjs";

export const figures = ["life/page"];

const SIZES = [10_000, 1_000_000];
const ASKED = 20_000;
const CONNECTIONS = 4;
const WARM_UP = 2;
const ROUNDS = 5;
const SECONDS = 8;
const LIMIT = 20;

const LUA = join(dirname(fileURLToPath(import.meta.url)), "../../tiles.lua");

/** Keys at random of the incidents that somebody sees, one a line. */
async function asked(server, caller, most) {
  const { pick, below } = die(20261125);
  const { village } = caller.me;
  if (!village) return Array.from({ length: ASKED }, () => 1 + below(most)).join("\n");
  const theirs = (await sql(server, `SELECT incident_id FROM incident JOIN town USING (town_id) WHERE slug = 'muyi' AND village_code = '${village}'`)).trim().split("\n");
  return Array.from({ length: ASKED }, () => pick(theirs)).join("\n");
}

/** Milliseconds within which 99 of 100 answers came, and how many came a second. */
async function load(server, caller, list, seconds) {
  const env = { ...process.env, TILES: list, PREFIX: "/api/incidents/", COOKIE: caller.cookie };
  const out = await run("wrk", ["-t", "1", "-c", String(CONNECTIONS), "-d", `${seconds}s`, "--latency", "-s", LUA, server.url], "", { env });
  if (/Non-2xx|Socket errors/.test(out)) throw new Error(out);
  const [, number, unit] = out.match(/99%\s+([\d.]+)(us|ms|s)\b/);
  return { p99: Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit], rate: Number(out.match(/Requests\/sec:\s*([\d.]+)/)[1]) };
}

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), "fangge-page-"));
  const server = await new Server().start();
  try {
    const callers = [await server.as("commander"), await server.as("village_chief")];
    const worst = [];
    for (const size of SIZES) {
      const most = await lengthen(server, size);
      const found = [];
      for (const caller of callers) {
        const list = join(folder, `${size}-${caller.me.role}`);
        writeFileSync(list, `${await asked(server, caller, most)}\n`);
        // What is asked for was asked for before: the town's pages are in memory, as they are in a town that is at work.
        for (let round = 0; round < WARM_UP; round += 1) await load(server, caller, list, SECONDS);
        const rounds = [];
        for (let round = 0; round < ROUNDS; round += 1) rounds.push(await load(server, caller, list, SECONDS));
        const p99 = percentile(rounds.map((one) => one.p99), 0.5);
        found.push(p99);
        console.error(`  ${most} incidents, ${caller.me.role}: 99 of 100 within ${p99.toFixed(2)} ms, ${Math.max(...rounds.map(({ rate }) => rate)).toFixed(0)} requests/s`);
      }
      worst.push(Math.max(...found));
    }
    const [small, large] = worst;
    const holds = large <= LIMIT && large <= 1.3 * small;
    return [row({ figure: "life/page", value: large, unit: "ms (99 of 100)", peer: `the same at ${SIZES[0]}`, peer_value: small, reach: "≤ 20 and ≤ 1.3 × peer", holds })];
  } finally {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}
