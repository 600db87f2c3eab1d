// Fifty people at once, each at full speed, on five hundred incidents for a minute. Then the log, the projection and what
// everybody was told are laid side by side: the log is folded by the rules themselves (`fangge verify`).
import { setTimeout as sleep } from "node:timers/promises";
import { Server } from "../../../e2e/lib/server.mjs";
import { Book, actors } from "../../actors.mjs";
import { cast, reports } from "../../cast.mjs";
import { actsAgainstLog, byTheRules, complain, lastSeq, logSince, placesOf, toldAgainstLog } from "../../compare.mjs";
import { Follower } from "../../follow.mjs";
import { row } from "../../table.mjs";

export const figures = ["life/acts/differences", "life/acts/5xx"];

const INCIDENTS = 500;
const SECONDS = 60;

export async function measure() {
  const server = await new Server().start();
  const followers = [];
  try {
    const callers = await cast(server);
    const since = new Date(Date.now() - 60_000).toISOString();
    const first = await lastSeq(server);
    for (const caller of callers) followers.push(new Follower(caller));
    await Promise.all(followers.map(({ begun }) => begun));
    const ids = new Set(await reports(server, callers, INCIDENTS));
    console.error(`  ${callers.length} people, ${ids.size} incidents; ${SECONDS} s …`);

    const book = new Book();
    const end = Date.now() + SECONDS * 1000;
    await Promise.all(actors(callers, { ids, book, since }).map((actor) => actor.work(() => Date.now() > end)));
    console.error(`  ${book}; ${(book.acknowledged.length / SECONDS).toFixed(0)} acts/s`);

    // The system may be in the middle of what is overdue.
    await sleep(1000);
    const last = await lastSeq(server);
    await Promise.all(followers.map((follower) => follower.until(last)));
    const log = (await logSince(server, first)).filter(({ seq }) => seq <= last);
    const places = await placesOf(server);
    const told = followers.flatMap((follower) => toldAgainstLog(follower, log, places));
    const differences = [...book.faults, ...actsAgainstLog(book, log), ...told, ...(await byTheRules(server))];
    complain(differences);
    console.error(`  ${log.length} events in the log, told ${followers.reduce((sum, { events }) => sum + events.length, 0)} times`);
    const n = differences.length;
    return [
      row({ figure: "life/acts/differences", value: n, unit: "differences", peer: "acts that were done", peer_value: book.acknowledged.length, reach: "0", holds: n === 0 && book.acknowledged.length > INCIDENTS }),
      row({ figure: "life/acts/5xx", value: book.fives, unit: "answers of 5xx", peer: "answers", peer_value: book.answers, reach: "0", holds: book.fives === 0 && book.unanswered === 0 }),
    ];
  } finally {
    await Promise.all(followers.map((follower) => follower.stop()));
    await server.dispose();
  }
}
