// Incidents whose time runs out while the server comes and goes: limits of a minute, supervisors' deadlines, dates to look again.
import { setTimeout as sleep } from "node:timers/promises";
import { Actor } from "./actors.mjs";
import { rows } from "./compare.mjs";
import { sql } from "./database.mjs";

/** So many at once, each one every so often, ms. */
const HANDS = 4;
const EVERY = 500;
const MINUTE = 60_000;
/** The least time that somebody who was reminded has before an incident passes on, ms: ten minutes (`Terms::grace`). */
const GRACE = 10 * MINUTE;
/** The server looks every five seconds, and may have been down for a while. */
export const SLACK = 15_000;

/** Adds a category whose limits are a minute each, by every minute that there is; answers its code. */
export async function hurried(server) {
  const minute = JSON.stringify({ category_code: "bench_minute", version: 1, limit_min: Array(12).fill(1), working_time: false, pauses_parked: true });
  await sql(
    server,
    `INSERT INTO category SELECT (jsonb_populate_record(c, '${minute}')).*
       FROM category c JOIN town t USING (town_id) WHERE t.slug = 'muyi' AND c.valid_to IS NULL ORDER BY c.category_code LIMIT 1`,
  );
  return "bench_minute";
}

export class Deadlines {
  constructor(callers, { category, book, over }) {
    Object.assign(this, { callers, category, book, over, made: [], supervised: new Map(), reviewed: new Map() });
    const hand = (role) => callers.filter(({ me }) => me.role === role);
    this.members = hand("grid_member");
    this.chiefs = hand("village_chief");
    const patient = (caller, seed) => new Actor({ caller, ids: new Set(), colleagues: {}, book, seed, patient: true });
    this.actors = new Map(callers.map((caller, n) => [caller, patient(caller, 5000 + n)]));
  }

  /** Makes them until time is over; several at once, since each waits as long as the server is away. */
  async make(places) {
    await Promise.all(Array.from({ length: HANDS }, (_, hand) => this.makeEvery(places, hand)));
  }

  async makeEvery(places, hand) {
    for (let n = hand; !this.over(); n += HANDS) {
      const member = this.members[n % this.members.length];
      const actor = this.actors.get(member);
      // Its minute is over somewhere in the next one.
      const reported_at = new Date(Date.now() - Math.floor(MINUTE * actor.die.next())).toISOString();
      const key = `deadline ${n}`;
      const body = { title: key, category: this.category, severity: 4, source: "grid_member", reported_at, position: places.get(member.me.grids[0]) };
      const [status, incident] = await this.insist(actor, "/api/incidents", body, key);
      if (status !== 201) {
        this.book.faults.push(`${key} could not be reported: ${status} ${JSON.stringify(incident)}`);
        continue;
      }
      this.made.push({ id: incident.id, title: key });
      if (n % 3 === 1) await this.supervise(incident);
      if (n % 3 === 2) await this.park(incident, member);
      await sleep(EVERY);
    }
  }

  async insist(actor, path, body, key) {
    for (;;) {
      const [status, answer] = await actor.send("POST", path, body, { "idempotency-key": key });
      const held = status === 409 && !answer.incident;
      if (status !== 0 && status < 500 && !held) return [status, answer];
      await sleep(20 + actor.die.below(150));
    }
  }

  async supervise({ id }) {
    const [commander] = this.callers.filter(({ me }) => me.role === "commander");
    const until = this.soon(this.actors.get(commander));
    if (await this.act(commander, id, { action: "supervise", until })) this.supervised.set(id, Date.parse(until));
  }

  async park({ id, properties }, member) {
    const chief = this.chiefs.find(({ me }) => me.village === properties.village);
    if (!(await this.act(member, id, { action: "accept" }))) return;
    const until = this.soon(this.actors.get(chief));
    if (await this.act(chief, id, { action: "park", until })) this.reviewed.set(id, Date.parse(until));
  }

  /** Some seconds from now: later than any act may take to be written. */
  soon(actor) {
    return new Date(Date.now() + 5_000 + 20_000 * actor.die.next()).toISOString();
  }

  /** Whether it was done. What the system did meanwhile is no hindrance: nothing was seen before. */
  async act(caller, id, body) {
    const actor = this.actors.get(caller);
    const note = `${actor.name} ${id} ${actor.die.below(1e9)}`;
    const sent = { ...body, note };
    const [status, answer] = await this.insist(actor, `/api/incidents/${id}/events`, sent, note);
    this.book.acts.push({ staff: caller.me.staff, name: actor.name, id, body: sent, status, answer, tries: 1 });
    // A date that was near when it was first sent is past when the server was away for long.
    const late = status === 422 && answer.field === "until";
    if (status !== 201 && !late) this.book.faults.push(`${actor.name} could not ${body.action} incident ${id}: ${status} ${JSON.stringify(answer)}`);
    return status === 201;
  }
}

/** Places where the members of the cast can report something, by their grid. */
export async function doorsteps(server, callers) {
  const [first] = callers.filter(({ me }) => me.role === "grid_member");
  const grids = await first.get("/api/grids");
  return new Map(grids.features.map(({ id, properties }) => [properties.code ?? id, { lon: properties.label[0], lat: properties.label[1] }]));
}

/** What rang, once too often or not at all, by `end` (ms); and how often it rang. */
export async function rung(server, deadlines, end) {
  const found = await rows(
    server,
    `SELECT e.incident_id AS id, e.action, e.particulars->>'alarm' AS alarm, extract(epoch FROM e.at) * 1000 AS at, e.level,
            extract(epoch FROM i.reported_at) * 1000 AS reported, i.title
       FROM incident_event e JOIN incident i USING (town_id, incident_id) JOIN town t USING (town_id)
      WHERE t.slug = 'muyi' AND i.title LIKE 'deadline %' ORDER BY e.seq`,
  );
  const logs = new Map();
  for (const event of found) logs.set(event.id, [...(logs.get(event.id) ?? []), event]);
  const differences = [];
  let count = 0;
  for (const { id, title } of deadlines.made) {
    const log = logs.get(id) ?? [];
    count += log.filter(({ action }) => action === "remind" || action === "lapse").length;
    const bad = (what) => differences.push(`incident ${id} (${title}): ${what}`);
    differences.push(...onTime(log, deadlines, id, end).map((what) => `incident ${id} (${title}): ${what}`));
    if (log.filter(({ action }) => action === "report").length !== 1) bad("it was not reported once");
  }
  const twice = await rows(server, "SELECT title, count(*) AS n FROM incident WHERE title LIKE 'deadline %' GROUP BY title HAVING count(*) > 1");
  for (const { title, n } of twice) differences.push(`${title} was reported ${n} times`);
  const late = `SELECT incident_id AS id, act_at FROM incident WHERE act_at < to_timestamp(${(end - SLACK) / 1000})`;
  for (const { id, act_at } of await rows(server, late)) differences.push(`incident ${id} should have rung at ${act_at}`);
  return { differences, count };
}

function onTime(log, { supervised, reviewed }, id, end) {
  const rings = (alarm) => log.filter((event) => event.action === "remind" && event.alarm === alarm);
  const wrong = [];
  const exactly = (alarm, until) => {
    const n = rings(alarm).filter(({ at }) => at >= until).length;
    if (n !== 1 || rings(alarm).length !== 1) wrong.push(`${alarm} rang ${rings(alarm).length} times, ${n} of them in time`);
  };
  if (supervised.has(id) && supervised.get(id) + SLACK < end) exactly("supervision", supervised.get(id));
  if (reviewed.has(id) && reviewed.get(id) + SLACK < end) exactly("review", reviewed.get(id));
  // A clock runs from the report, and anew from each time that it passes on by itself.
  const starts = [{ at: log[0]?.reported ?? 0, level: "grid" }, ...log.filter(({ action }) => action === "lapse")];
  starts.forEach(({ at, level }, n) => {
    const next = starts[n + 1]?.at ?? Infinity;
    const [reminder, ...more] = rings("due").filter((ring) => ring.at >= at && ring.at < next);
    if (more.length > 0) wrong.push(`the same limit rang ${more.length + 1} times`);
    if (reminder && reminder.at < at + MINUTE) wrong.push("a limit rang before it was over");
    if (reviewed.has(id)) return;
    if (!reminder && at + MINUTE + SLACK < end) wrong.push("a limit never rang");
    const passes = reminder && level !== "town" && reminder.at + GRACE + SLACK < end;
    if (passes && next === Infinity) wrong.push("it never passed on");
    if (next !== Infinity && next < (reminder?.at ?? Infinity) + GRACE) wrong.push("it passed on too early");
  });
  return wrong;
}
