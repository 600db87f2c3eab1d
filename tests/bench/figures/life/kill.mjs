// The same load, and every second or so the server or its database is killed outright. Whoever got no answer asks again under the
// same key. Nothing that was acknowledged may be missing or stand twice; what is due rings once, whoever is up.
//   FANGGE_BENCH_KILLS=20 make bench ONLY=life/kill      fewer kills than 200
import { setTimeout as sleep } from "node:timers/promises";
import { Server } from "../../../e2e/lib/server.mjs";
import { Book, actors } from "../../actors.mjs";
import { cast, reports } from "../../cast.mjs";
import { actsAgainstLog, byTheRules, complain, lastSeq, logSince, placesOf, toldAgainstLog } from "../../compare.mjs";
import { Deadlines, SLACK, doorsteps, hurried, rung } from "../../deadlines.mjs";
import { Follower } from "../../follow.mjs";
import { Killer } from "../../killer.mjs";
import { row } from "../../table.mjs";

export const figures = ["life/kill/lost", "life/kill/deadlines"];

const KILLS = Number(process.env.FANGGE_BENCH_KILLS ?? 200);
const INCIDENTS = 500;
/** The last of the deadlines are made this long before the end, ms: a minute, and a little. */
const LAST_MINUTE = 65_000;

/** Kills until it was done so many times; then nobody begins anything new. */
async function killing(killer, until) {
  while (killer.count < KILLS) {
    await killer.once();
    if (killer.count % 20 === 0) console.error(`  killed ${killer.count} times`);
  }
  until.over = true;
}

export async function measure() {
  const server = await new Server().start();
  let follower;
  try {
    const callers = await cast(server);
    const since = new Date(Date.now() - 60_000).toISOString();
    const first = await lastSeq(server);
    const [commander] = callers.filter(({ me }) => me.role === "commander");
    follower = new Follower(commander, { again: true });
    await follower.begun;
    const book = new Book();
    const ids = new Set(await reports(server, callers, INCIDENTS));
    const places = await doorsteps(server, callers);
    const category = await hurried(server);
    const until = { over: false };
    const over = () => until.over;
    const deadlines = new Deadlines(callers, { category, book, over });
    const killer = await new Killer(server, 20261125).prepare();
    console.error(`  ${callers.length} people, ${ids.size} incidents; ${KILLS} kills …`);

    const began = Date.now();
    const people = actors(callers, { ids, book, since, patient: true }).map((actor) => actor.work(over));
    await Promise.all([killing(killer, until), deadlines.make(places), ...people]);
    const killed = Object.entries(killer.killed).map(([what, n]) => `${what} ${n}`).join(", ");
    console.error(`  ${((Date.now() - began) / 1000).toFixed(0)} s; killed: ${killed}; ${book}; ${deadlines.made.length} deadlines`);

    await sleep(LAST_MINUTE + SLACK);
    const last = await lastSeq(server);
    await follower.until(last);
    const log = (await logSince(server, first)).filter(({ seq }) => seq <= last);
    const told = toldAgainstLog(follower, log, await placesOf(server));
    const lost = [...book.faults, ...actsAgainstLog(book, log), ...told, ...(await byTheRules(server))];
    const { differences, count } = await rung(server, deadlines, Date.now());
    complain([...lost, ...differences]);
    return [
      row({ figure: "life/kill/lost", value: lost.length, unit: "lost or doubled", peer: `acts that were done, ${killer.count} kills`, peer_value: book.acknowledged.length, reach: "0", holds: lost.length === 0 && killer.count >= KILLS }),
      row({ figure: "life/kill/deadlines", value: differences.length, unit: "missed or doubled", peer: "times that a limit rang", peer_value: count, reach: "0", holds: differences.length === 0 && count > 0 }),
    ];
  } finally {
    await follower?.stop();
    await server.dispose();
  }
}
