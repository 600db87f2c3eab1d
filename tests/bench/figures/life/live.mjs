// The live stream to two thousand readers at once, fifty events a second, each event an act of a person through the API. The peer is
// nginx with nchan: it is given the very frames that our readers got, at the same pace, and has no database behind it. Both are read
// by the same small program (readers.c).
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { Server, top } from "../../../e2e/lib/server.mjs";
import { run } from "../../database.mjs";
import { nchan } from "../../nchan.mjs";
import { childrenOf, resident, used } from "../../process.mjs";
import { percentile, row } from "../../table.mjs";

export const figures = ["life/live/deliveries", "life/live/memory", "life/live/latency"];

const READERS = 2_000;
const PACE = 50;
const SECONDS = 30;
const WARM_UP = 5;
const ROUNDS = 2;

/** The readers' program, compiled where its source is newer. */
async function compiled() {
  const source = join(dirname(fileURLToPath(import.meta.url)), "../../readers.c");
  const program = join(top, "target/bench-cache/readers");
  if (!existsSync(program) || statSync(program).mtimeMs < statSync(source).mtimeMs) {
    mkdirSync(dirname(program), { recursive: true });
    await run("cc", ["-O2", "-Wall", "-o", program, source]);
  }
  return program;
}

/** Readers that have all begun to read; `end` lets them stop, and answers what came to whom and when. */
async function reading({ port, path, count = READERS, cookies = [] }) {
  const folder = mkdtempSync(join(tmpdir(), "fangge-readers-"));
  const file = join(folder, "deliveries");
  const child = spawn(await compiled(), [port, path, count, file, ...cookies].map(String), { stdio: ["pipe", "pipe", "inherit"] });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.value !== "ready") throw new Error(`the readers did not begin (${await gone})`);
  const end = async () => {
    child.stdin.end();
    const said = (await lines.next()).value;
    if ((await gone) !== 0) throw new Error(`the readers failed: ${said}`);
    const bytes = readFileSync(file);
    rmSync(folder, { recursive: true });
    return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  };
  return { pid: child.pid, end };
}

/** Does something `PACE` times a second for so long; answers when each was begun, by the number that it answers with. */
async function paced(seconds, once) {
  const sent = new Map();
  const all = [];
  const began = performance.now();
  for (let n = 0; n < seconds * PACE; n += 1) {
    const wait = began + (n * 1000) / PACE - performance.now();
    if (wait > 0) await sleep(wait);
    const at = performance.timeOrigin + performance.now();
    all.push(once(n).then((id) => sent.set(id, at)));
  }
  await Promise.all(all);
  return sent;
}

/** Deliveries a second from the first event's sending to the last delivery, and how long 99 of 100 took from being sent. */
function told(deliveries, sent) {
  const late = [];
  let last = 0;
  for (let i = 0; i < deliveries.length; i += 2) {
    const at = sent.get(deliveries[i]);
    if (at === undefined) continue;
    late.push(deliveries[i + 1] - at);
    last = Math.max(last, deliveries[i + 1]);
  }
  const first = Math.min(...sent.values());
  late.sort((a, b) => a - b);
  const at = (share) => late[Math.min(late.length - 1, Math.ceil(share * late.length) - 1)];
  return { deliveries: late.length, whole: late.length === sent.size * READERS, rate: (late.length * 1000) / (last - first), half: at(0.5), p99: at(0.99) };
}

/** People who see the whole town, and incidents for them to write about. */
async function ours() {
  const server = await new Server().start();
  const callers = await Promise.all(["commander", "chief_of_grids", "auditor"].map((role) => server.as(role)));
  // What making the town and proving passwords took, and gave back, would be room for readers that nobody counts.
  await server.stop();
  await server.start();
  const { features } = await callers[0].get("/api/incidents?state=open&limit=500");
  const frames = new Map();
  const write = async (n) => {
    const { id } = features[n % features.length];
    const answer = await callers[0].post(`/api/incidents/${id}/events`, { action: "note", note: `measured ${n}` });
    return answer.properties.seq;
  };
  return { server, callers, frames, write };
}

/** The frames of a stream as they come, by their number. */
async function collect(caller, frames, signal) {
  const answer = await caller.send("GET", "/api/live", undefined, { signal });
  const text = new TextDecoder();
  let rest = "";
  for await (const chunk of answer.body) {
    const parts = (rest + text.decode(chunk, { stream: true })).split("\n\n");
    rest = parts.pop();
    for (const part of parts) if (part.includes("event: incident")) frames.set(Number(part.match(/^id: (\d+)/m)[1]), `${part}\n\n`);
  }
}

/** One round with our server; the memory that its readers take is looked at while they read. */
async function ourRound({ server, callers, write }) {
  const pid = server.child.pid;
  const before = resident(pid);
  const readers = await reading({ port: server.port, path: "/api/live", cookies: callers.map(({ cookie }) => cookie) });
  await paced(WARM_UP, write);
  const cpu = [used(pid), used(readers.pid)];
  const sent = await paced(SECONDS, write);
  await sleep(1000);
  const spent = [used(pid) - cpu[0], used(readers.pid) - cpu[1]];
  const grown = resident(pid) - before;
  const found = { ...told(await readers.end(), sent), kilobytes: grown / READERS, spent };
  await sleep(2000);
  return { ...found, sent };
}

async function theirRound(peer, frames, numbers) {
  const workers = () => [peer.pid, ...childrenOf(peer.pid)];
  const sum = (what) => workers().reduce((total, pid) => total + what(pid), 0);
  const before = sum(resident);
  const readers = await reading({ port: peer.port, path: "/live" });
  const publish = (n) => peer.publish(frames.get(numbers[n])).then(() => numbers[n]);
  await paced(WARM_UP, publish);
  const cpu = [sum(used), used(readers.pid)];
  const sent = await paced(SECONDS, (n) => publish(n + WARM_UP * PACE));
  await sleep(1000);
  const spent = [sum(used) - cpu[0], used(readers.pid) - cpu[1]];
  const grown = sum(resident) - before;
  return { ...told(await readers.end(), sent), kilobytes: grown / READERS, spent };
}

function say(who, round) {
  const [served, read] = round.spent.map((seconds) => `${((100 * seconds) / SECONDS).toFixed(0)} %`);
  const lacks = round.whole ? "" : `, ${round.deliveries} deliveries are not all`;
  console.error(
    `  ${who}: ${round.rate.toFixed(0)} deliveries/s, half within ${round.half.toFixed(1)} ms, 99 of 100 within ${round.p99.toFixed(1)} ms, ` +
      `${round.kilobytes.toFixed(1)} kB a reader; processor ${served}, the readers ${read}${lacks}`,
  );
}

export async function measure() {
  const side = await ours();
  const ending = new AbortController();
  let peer;
  try {
    const collecting = collect(side.callers[0], side.frames, ending.signal).catch(() => {});
    // Everything that is kept for good is there before memory is looked at: the tail of events, and some readers' worth of buffers.
    const few = await reading({ port: side.server.port, path: "/api/live", count: 50, cookies: [side.callers[0].cookie] });
    await paced(WARM_UP, side.write);
    await few.end();
    await sleep(2000);
    peer = await nchan();
    const best = {};
    const better = (name, round) => {
      const had = best[name] ?? { rate: 0, p99: Infinity, kilobytes: 0, whole: true };
      const [rate, p99, kilobytes] = [Math.max(had.rate, round.rate), Math.min(had.p99, round.p99), Math.max(had.kilobytes, round.kilobytes)];
      best[name] = { rate, p99, kilobytes, whole: had.whole && round.whole };
    };
    let first;
    for (let n = 0; n < ROUNDS; n += 1) {
      const round = await ourRound(side);
      // A second time, much of the first time's memory is used again.
      first ??= round.kilobytes;
      say("ours", round);
      better("ours", round);
      const numbers = [...side.frames.keys()].sort((a, b) => a - b).slice(-(WARM_UP + SECONDS) * PACE);
      const theirs = await theirRound(peer, side.frames, numbers);
      say("theirs", theirs);
      better("theirs", theirs);
    }
    ending.abort();
    await collecting;
    const { ours: us, theirs: them } = best;
    return [
      row({ figure: "life/live/deliveries", value: us.rate, unit: "deliveries/s", peer: peer.name, peer_value: them.rate, reach: "≥ 0.8 × peer", holds: us.whole && us.rate >= 0.8 * them.rate }),
      row({ figure: "life/live/memory", value: first, unit: "kB a reader", peer: peer.name, peer_value: them.kilobytes, reach: "≤ 12", holds: first <= 12 }),
      row({ figure: "life/live/latency", value: us.p99, unit: "ms (99 of 100)", peer: peer.name, peer_value: them.p99, reach: "≤ 250", holds: us.p99 <= 250 }),
    ];
  } finally {
    ending.abort();
    await peer?.stop();
    await side.server.dispose();
  }
}
