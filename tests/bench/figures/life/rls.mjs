// The ten queries that the server sends most often, as it sends them: by the role that serves, which row-level security binds, and by
// one with the same rights, which it does not (BYPASSRLS). Which they are, and with which parameters, is overheard while people work;
// only those executions count that answer the same either way, so that neither side has less to do. Each runs as it was sent: in a
// transaction that begins with whose it is, after what had been read in it.
import { Server } from "../../../e2e/lib/server.mjs";
import { Book, actors } from "../../actors.mjs";
import { cast, reports } from "../../cast.mjs";
import { run, socketOf, sql } from "../../database.mjs";
import { lengthen } from "../../past.mjs";
import { commonest, overheard } from "../../statements.mjs";
import { percentile, row } from "../../table.mjs";

export const figures = ["life/rls"];

const QUERIES = 10;
/** The town's size: enough that a wrong plan is felt. */
const INCIDENTS = 100_000;
/** Different executions of a query, and how often each side runs through them. */
const EXECUTIONS = 25;
const BLOCKS = 40;
const WORK = 8_000;
const SIDES = ["fangge_app", "bench_unbound"];
/** The role that is not bound, with all the rights of the one that is. */
const UNBOUND = `CREATE ROLE bench_unbound LOGIN BYPASSRLS;
  GRANT USAGE ON SCHEMA public TO bench_unbound; GRANT SELECT ON ALL TABLES IN SCHEMA public TO bench_unbound`;

/** What people do: some open the map, some their work; all read incidents and act. */
async function peopleWork(server, callers) {
  const since = new Date(Date.now() - 60_000).toISOString();
  const ids = new Set(await reports(server, callers, 100));
  for (const caller of callers.filter(({ me }) => ["commander", "chief_of_grids", "village_chief"].includes(me.role))) {
    for (const path of ["town", "villages", "grids", "cameras", "categories", "totals", "incidents?state=open&limit=500", "work"]) await caller.get(`/api/${path}`);
    await caller.send("GET", "/tiles/incidents/14/13087/6524").then((answer) => answer.arrayBuffer());
  }
  const end = Date.now() + WORK;
  const some = callers.filter((_, n) => n % 3 === 0);
  await Promise.all(actors(some, { ids, book: new Book(), since }).map((actor) => actor.work(() => Date.now() > end)));
}

const psql = (server, role, script) => run("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", socketOf(server), "-U", role, "-d", "fangge"], script);
const call = (name, { parameters }) => `EXECUTE ${name}${parameters.length ? `(${parameters.join(", ")})` : ""};`;

/** What prepares a statement, and all that is read before it; and the beginning of each execution's transaction. */
function stage(statement, executions) {
  const earlier = [...new Set(executions.flatMap(({ before }) => before.map((one) => one.statement)))];
  const prepared = [`PREPARE asked AS ${statement};`, ...earlier.map((text, n) => `PREPARE earlier${n} AS ${text};`)].join("\n");
  const begin = ({ opening, before }) => ["BEGIN;", `${opening};`, ...before.map((one) => call(`earlier${earlier.indexOf(one.statement)}`, one))].join("\n");
  return { prepared, begin };
}

/** Executions that give both sides the same rows. */
async function comparable(server, statement, executions) {
  const { prepared, begin } = stage(statement, executions);
  const script = executions.map((one) => `\\echo ~~~\n\\o /dev/null\n${begin(one)}\n\\o\n${call("asked", one)}\nROLLBACK;`).join("\n");
  const each = (role) => psql(server, role, `${prepared}\n${script}`);
  const [bound, free] = (await Promise.all(SIDES.map(each))).map((out) => out.split("~~~\n").slice(1));
  return executions.filter((_, n) => bound[n] === free[n]);
}

/** Milliseconds of each execution, once through. */
async function timed(server, role, statement, executions) {
  const { prepared, begin } = stage(statement, executions);
  const script = executions.map((one) => `${begin(one)}\n\\timing on\n${call("asked", one)}\n\\timing off\nROLLBACK;`).join("\n");
  const out = await psql(server, role, `${prepared}\n\\o /dev/null\n${`${script}\n`.repeat(4)}`);
  const times = [...out.matchAll(/^Time: ([\d.]+) ms/gm)].map(([, ms]) => Number(ms));
  // The first time through each connection warms its caches, and plans.
  return times.slice(executions.length);
}

/** The medians of both sides for one query; blocks take turns, so that the machine's moods are shared. */
async function compared(server, statement, executions) {
  const times = SIDES.map(() => []);
  for (let block = 0; block < BLOCKS; block += 1) {
    const order = block % 2 ? [1, 0] : [0, 1];
    for (const side of order) times[side].push(...(await timed(server, SIDES[side], statement, executions)));
  }
  return times.map((list) => percentile(list, 0.5));
}

export async function measure() {
  const server = await new Server().start();
  try {
    await lengthen(server, INCIDENTS);
    const callers = await cast(server);
    const found = await overheard(server, () => peopleWork(server, callers));
    await sql(server, UNBOUND);
    const measured = [];
    for (const [statement, all] of commonest(found, Infinity)) {
      if (measured.length === QUERIES) break;
      const different = [...new Map(all.map((one) => [`${one.opening} ${one.parameters}`, one])).values()].slice(-4 * EXECUTIONS);
      const executions = (await comparable(server, statement, different)).slice(-EXECUTIONS);
      if (executions.length === 0) continue;
      const [on, off] = await compared(server, statement, executions);
      measured.push({ on, off, count: all.length });
      console.error(`  ${String(all.length).padStart(5)} × ${on.toFixed(3)} ms on, ${off.toFixed(3)} ms off, ${(on / off).toFixed(3)}: ${statement.replace(/\s+/g, " ").slice(0, 90)}`);
    }
    // As often as each is sent: what a day of them takes.
    const all = measured.reduce((sum, { count }) => sum + count, 0);
    const mean = (side) => measured.reduce((sum, one) => sum + one.count * one[side], 0) / all;
    const peer = (await sql(server, "SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1) || ', security off'")).trim();
    const [on, off] = [mean("on"), mean("off")];
    console.error(`  together ${(on / off).toFixed(3)}`);
    return [row({ figure: "life/rls", value: on, unit: "ms a query", peer, peer_value: off, reach: "≤ 1.10 × peer", holds: on <= 1.1 * off && measured.length === QUERIES })];
  } finally {
    await server.dispose();
  }
}
