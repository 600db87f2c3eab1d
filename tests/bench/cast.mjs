// Fifty people of the demonstration, and the incidents that they have to do with.
import { Caller, demoAccounts } from "../e2e/lib/people.mjs";
import { die } from "./chance.mjs";
import { sql } from "./database.mjs";

const VILLAGES = 4;
/** How many of each role; village by village for the last three. */
const TOWN = { commander: 1, chief_of_grids: 1, auditor: 1, mediator: 3, partner_unit: 8 };
const VILLAGE = { village_chief: 1, information_officer: 1, grid_member: 7 };

/** Signs fifty people in: the town's, and those of its first four villages. */
export async function cast(server) {
  const accounts = demoAccounts(server);
  const villages = [...new Set(accounts.map(({ village }) => village).filter(Boolean))].sort().slice(0, VILLAGES);
  const some = (role, count, village) =>
    accounts.filter((account) => account.role === role && (!village || account.village === village)).slice(0, count);
  const chosen = Object.entries(TOWN).flatMap(([role, count]) => some(role, count));
  for (const village of villages) {
    chosen.push(...Object.entries(VILLAGE).flatMap(([role, count]) => some(role, count, village)));
  }
  const callers = [];
  // One after the other: each costs the server a proof of work, and nothing is measured yet.
  for (const account of chosen) callers.push(await Caller.signIn(server, account));
  return callers;
}

/** Places of buildings in these grids, `[grid, lon, lat]`. */
async function homes(server, grids) {
  const list = grids.map((code) => `'${code}'`).join(",");
  const rows = await sql(
    server,
    `SELECT g.grid_code, ST_X(b.position), ST_Y(b.position)
       FROM town t JOIN grid g USING (town_id)
       JOIN building b ON b.town_id = g.town_id AND ST_Contains(g.boundary, b.position)
      WHERE t.slug = 'muyi' AND g.grid_code IN (${list}) ORDER BY b.building_id`,
  );
  return rows.trim().split("\n").map((line) => line.split("|"));
}

/** Lets the cast's grid members report `count` incidents, in turn, each in their own grid; answers their keys. */
export async function reports(server, callers, count, { category, title = "bench", seed = 7 } = {}) {
  const members = callers.filter(({ me }) => me.role === "grid_member");
  const places = await homes(server, members.map(({ me }) => me.grids[0]));
  const codes = (await members[0].get("/api/categories")).map(({ code }) => code);
  const { pick, below } = die(seed);
  const ids = [];
  for (let n = 0; n < count; n += 1) {
    const member = members[n % members.length];
    const [, lon, lat] = pick(places.filter(([grid]) => grid === member.me.grids[0]));
    const body = {
      title: `${title} ${n}`,
      category: category ?? pick(codes),
      severity: 1 + below(4),
      source: "grid_member",
      position: { lon: Number(lon), lat: Number(lat) },
    };
    ids.push((await member.post("/api/incidents", body)).id);
  }
  return ids;
}
