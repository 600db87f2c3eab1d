// People at work: each looks for an incident that they see, reads what they may do with it, and does one of these things.
import { setTimeout as sleep } from "node:timers/promises";
import { die } from "./chance.mjs";

/** How long an answer may take, ms. */
const PATIENCE = 20_000;
/** Turns after which a list of incidents is asked for again. */
const LOOK_AGAIN = 15;
/** Incidents that were to be worked on should not all end: what ends one is done rarely, what leads on often. */
const WEIGHTS = { note: 1, supervise: 0.5, withdraw: 0.2, merge: 0.3, archive: 0.3, park: 0.5, follow_up: 0.5, reopen: 4 };

/** What everybody did, and what came of it. */
export class Book {
  constructor() {
    Object.assign(this, { acts: [], faults: [], statuses: new Map(), unanswered: 0 });
  }

  count(status) {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  /** Answers that were the server's fault. */
  get fives() {
    return [...this.statuses].reduce((sum, [status, n]) => sum + (status >= 500 ? n : 0), 0);
  }

  get answers() {
    return [...this.statuses.values()].reduce((sum, n) => sum + n, 0);
  }

  get acknowledged() {
    return this.acts.filter(({ status }) => status === 201);
  }

  toString() {
    const statuses = [...this.statuses].sort(([a], [b]) => a - b).map(([status, n]) => `${n} × ${status}`);
    return `${this.acts.length} acts, ${this.acknowledged.length} of them done; answers: ${statuses.join(", ")}; ${this.unanswered} requests without one`;
  }
}

export class Actor {
  /**
   * @param {{ caller: object, ids: Set<number>, colleagues: object[], book: Book, seed: number, patient?: boolean }} options the
   * incidents to keep to, people and units to hand them to; a patient one asks again where there is no answer, or a 5xx
   */
  constructor({ caller, ids, colleagues, book, seed, patient = false }) {
    Object.assign(this, { caller, ids, colleagues, book, patient, turns: 0, seen: [] });
    this.die = die(seed);
    this.name = `${caller.me.role}-${caller.me.staff}`;
  }

  /** Works until `over()`. What was begun by then is brought to its end. */
  async work(over) {
    while (!over()) {
      const did = await this.turn(over);
      if (!did) await sleep(100);
    }
  }

  /** One turn; whether something was done. */
  async turn(over) {
    const id = await this.choose(over);
    if (id === undefined) return false;
    const detail = await this.get(`/api/incidents/${id}`, over);
    if (!detail) return false;
    this.look(detail);
    const offers = detail.offers.filter((offer) => this.can(offer));
    if (offers.length === 0) return false;
    const offer = this.die.weighed(offers, ({ action }) => WEIGHTS[action] ?? 3);
    await this.act(detail.incident, this.fill(offer, detail));
    return true;
  }

  /** An incident that they see, of those that are to be worked on. */
  async choose(over) {
    if (this.turns % LOOK_AGAIN === 0) {
      // Their own work first; then whatever the list shows them.
      const page = await this.get("/api/incidents?limit=5000&from=" + encodeURIComponent(this.since), over);
      const work = await this.get("/api/work", over);
      if (!page || !work) return undefined;
      const kept = (features) => features.map(({ id }) => id).filter((id) => this.ids.has(id));
      this.seen = kept(page.features);
      this.mine = kept(work.items.map(({ incident }) => incident));
    }
    this.turns += 1;
    const list = this.mine?.length && this.die.next() < 0.5 ? this.mine : this.seen;
    return list.length ? this.die.pick(list) : undefined;
  }

  /** What a page tells must agree with itself. */
  look({ incident: { id, properties }, log }) {
    const last = log.at(-1);
    if (!last || last.seq !== properties.seq || last.state !== properties.state || last.level !== properties.level) {
      this.book.faults.push(`${this.name} was shown incident ${id} at ${properties.seq} ${properties.state}, with a log that ends in ${last?.seq} ${last?.state}`);
    }
  }

  can({ needs }) {
    return !needs.other || this.seen.length > 1;
  }

  /** An act with everything that it asks for. Its note is its own, so that it can be found again in the log. */
  fill({ action, needs }, { incident, category }) {
    const { die, colleagues, seen } = this;
    const { level } = incident.properties;
    const act = { action, seen_seq: incident.properties.seq, note: `${this.name} ${this.turns} ${die.below(1e9)}` };
    if (needs.to === "handler") act.to = die.pick(colleagues.handlers);
    if (needs.to === "unit") act.to = die.pick(colleagues.units);
    if (needs.until) act.until = new Date(Date.now() + 86_400_000 * (1 + die.below(30))).toISOString();
    if (needs.minutes) act.minutes = 1 + die.below(category.limit_minutes[["grid", "village", "town"].indexOf(level)]);
    if (needs.other) act.other = die.pick(seen.filter((id) => id !== incident.id));
    if (needs.satisfaction) act.satisfaction = 1 + die.below(5);
    return act;
  }

  /** Sends an act under a key of its own, and writes down what came of it. */
  async act({ id }, body) {
    const entry = { staff: this.caller.me.staff, name: this.name, id, body, tries: 0 };
    const headers = { "idempotency-key": body.note };
    while (entry.status === undefined) {
      entry.tries += 1;
      const [status, answer] = await this.send("POST", `/api/incidents/${id}/events`, body, headers);
      // Another request with the same key is still being handled: an earlier try of this one.
      const held = status === 409 && !answer.incident;
      if (held || (this.patient && (status === 0 || status >= 500))) await sleep(20 + this.die.below(150));
      else Object.assign(entry, { status, answer });
    }
    this.book.acts.push(entry);
    this.judge(entry);
  }

  /** Refusals that nobody who acts as the page does should get. */
  judge({ status, answer, body, id }) {
    // The other incident may have ended since the list was read.
    const raced = status === 422 && answer.field === "other";
    if (status !== 201 && status !== 409 && !raced) {
      this.book.faults.push(`${this.name} was offered ${body.action} of incident ${id}, and answered ${status} ${JSON.stringify(answer)}`);
    }
  }

  /** A GET's JSON; nothing where it is not there, or where time is over before an answer came. */
  async get(path, over) {
    for (;;) {
      const [status, answer] = await this.send("GET", path);
      if (status === 200) return answer;
      if (status === 404) return undefined;
      if (status !== 0 && status < 500) this.book.faults.push(`${this.name}: GET ${path}: ${status}`);
      if (!this.patient || (status !== 0 && status < 500) || over()) return undefined;
      await sleep(20 + this.die.below(150));
    }
  }

  /** Status and JSON of an answer; status 0 where there was none. */
  async send(method, path, body, headers = {}) {
    try {
      const answer = await this.caller.send(method, path, body, { headers, signal: AbortSignal.timeout(PATIENCE) });
      const text = await answer.text();
      this.book.count(answer.status);
      return [answer.status, text ? JSON.parse(text) : {}];
    } catch (error) {
      this.book.unanswered += 1;
      if (!this.patient) this.book.faults.push(`${this.name}: ${method} ${path}: ${error.cause ?? error}`);
      return [0, {}];
    }
  }
}

/** Actors for a cast: they hand incidents to one another. */
export function actors(callers, { ids, book, since, patient }) {
  const HANDLERS = ["grid_member", "information_officer", "village_chief", "chief_of_grids", "mediator", "partner_unit"];
  const units = callers.map(({ me }) => me.unit).filter(Boolean).map((code) => `unit:${code}`);
  const handlers = [...callers.filter(({ me }) => HANDLERS.includes(me.role)).map(({ me }) => `staff:${me.staff}`), ...units];
  const colleagues = { handlers, units: [...units, "county"] };
  return callers.map((caller, n) => Object.assign(new Actor({ caller, ids, colleagues, book, patient, seed: 1000 + n }), { since }));
}
