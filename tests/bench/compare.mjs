// The log against what everybody was told, and against the rules.
import { fangge } from "../e2e/lib/server.mjs";
import { sql } from "./database.mjs";

/** Rows of a query as objects. */
export async function rows(server, query) {
  const out = await sql(server, `SELECT row_to_json(found)::text FROM (${query}) found`);
  return out.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/** The number of the town's last event. */
export async function lastSeq(server) {
  return Number(await sql(server, "SELECT last_seq FROM town_feed JOIN town USING (town_id) WHERE slug = 'muyi'"));
}

/** Everything that was written after a number. */
export async function logSince(server, seq) {
  const where = `town_id = (SELECT town_id FROM town WHERE slug = 'muyi') AND seq > ${seq}`;
  return rows(server, `SELECT seq, incident_id AS id, action, staff_id AS staff, state, level, note, particulars FROM incident_event WHERE ${where} ORDER BY seq`);
}

/** What `fangge verify` has to say: nothing, or its lines. */
export async function byTheRules(server) {
  return fangge(["verify", "--town", "muyi"], { env: { ...server.env, FANGGE_LOG: "error" } }).then(
    () => [],
    (error) => error.message.split("\n").slice(1).filter(Boolean),
  );
}

/** Acts and log: each act that was acknowledged stands in the log once, as it was answered, and nothing else does. */
export function actsAgainstLog(book, log) {
  const differences = [];
  const bySeq = new Map(log.map((event) => [event.seq, event]));
  const byNote = new Map();
  for (const event of log) {
    // The other side of a merge carries the words of the one that was acted on.
    if (event.note !== null && event.action !== "absorb") byNote.set(event.note, [...(byNote.get(event.note) ?? []), event]);
  }
  for (const { status, answer, body, id, staff, name } of book.acts) {
    const written = byNote.get(body.note) ?? [];
    byNote.delete(body.note);
    const what = `${name}, ${body.action} of incident ${id}, answered ${status}`;
    if (status !== 201) {
      if (written.length > 0) differences.push(`${what}: yet it stands in the log, ${written[0].seq}`);
      if (status === 409) differences.push(...movedOn(what, body, answer.incident, bySeq));
      continue;
    }
    if (written.length !== 1) differences.push(`${what}: it stands in the log ${written.length} times`);
    const [event] = written;
    if (!event) continue;
    const told = answer.properties;
    const same = event.id === id && event.action === body.action && event.staff === staff && event.seq === told.seq && event.state === told.state && event.level === told.level;
    if (!same) differences.push(`${what}: told ${told.seq} ${told.state} ${told.level}, written ${JSON.stringify(event)}`);
  }
  for (const [note, [event]] of byNote) {
    if (event.staff !== null && / \d+ \d+$/.test(note)) differences.push(`nobody was told of ${JSON.stringify(event)}`);
  }
  return differences;
}

/** Who came too late was told how things stand now: by an event that they had not seen. */
function movedOn(what, { seen_seq }, incident, bySeq) {
  const { seq, state, level } = incident.properties;
  const event = bySeq.get(seq);
  const true_ = seq > seen_seq && event?.id === incident.id && event.state === state && event.level === level;
  return true_ ? [] : [`${what}: told that it had moved on from ${seen_seq} to ${seq} ${state} ${level}, and the log has ${JSON.stringify(event)}`];
}

const WHOLE = ["commander", "chief_of_grids", "auditor"];

/**
 * A person's live stream against the log: everything that they see by where it lies, and everything about an incident from the
 * moment on when it was given to them; each once, in order; nothing about others.
 */
export function toldAgainstLog(follower, log, places) {
  const { me } = follower.caller;
  const mine = [`staff:${me.staff}`, ...(me.unit ? [`unit:${me.unit}`] : [])];
  const there = (id) => {
    const { village_code, grid_code, involved } = places.get(id);
    const place = WHOLE.includes(me.role) || (me.village && ["village_chief", "information_officer"].includes(me.role) && village_code === me.village) || (me.role === "grid_member" && me.grids.includes(grid_code));
    return { place, ever: place || mine.some((party) => involved.includes(party)) };
  };
  const differences = [];
  const told = new Map(follower.events.map((event) => [event.seq, event]));
  const order = follower.events.every(({ seq }, n, all) => n === 0 || all[n - 1].seq < seq);
  if (!order) differences.push(`${me.name} was told events twice, or out of order`);
  if (follower.reloads > 0) differences.push(`${me.name} was told to begin anew`);
  const given = new Set();
  for (const event of log) {
    const { place, ever } = there(event.id);
    if (mine.includes(event.particulars?.to) || (event.action === "report" && event.staff === me.staff)) given.add(event.id);
    const heard = told.get(event.seq);
    told.delete(event.seq);
    if (!heard && (place || given.has(event.id))) differences.push(`${me.name} was not told of ${event.seq}, ${event.action} of incident ${event.id}`);
    if (heard && !ever) differences.push(`${me.name} was told of ${event.seq}, ${event.action} of incident ${event.id}, which they don't see`);
    if (heard && (heard.id !== event.id || heard.action !== event.action || heard.state !== event.state || heard.level !== event.level)) {
      differences.push(`${me.name} was told ${JSON.stringify(heard)}, written ${JSON.stringify(event)}`);
    }
  }
  for (const seq of told.keys()) differences.push(`${me.name} was told of ${seq}, which is not in the log`);
  return differences;
}

/** Where incidents lie, and to whom they were given. */
export async function placesOf(server) {
  const found = await rows(
    server,
    `SELECT incident_id AS id, village_code, grid_code,
            ARRAY(SELECT x.party FROM incident_involved x WHERE x.town_id = i.town_id AND x.incident_id = i.incident_id) AS involved
       FROM incident i WHERE town_id = (SELECT town_id FROM town WHERE slug = 'muyi')`,
  );
  return new Map(found.map((row) => [row.id, row]));
}

/** Prints the first of many differences. */
export function complain(differences) {
  for (const line of differences.slice(0, 20)) console.error(`  ! ${line}`);
  if (differences.length > 20) console.error(`  ! … and ${differences.length - 20} more`);
}
