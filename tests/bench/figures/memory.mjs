// What the server keeps in memory while nobody asks anything, PostgreSQL apart.
import { setTimeout as sleep } from "node:timers/promises";
import { Server } from "../../e2e/lib/server.mjs";
import { martin } from "../peers.mjs";
import { resident } from "../process.mjs";
import { row } from "../table.mjs";

export const figures = ["base/memory"];

export async function measure() {
  const server = await new Server().start();
  let peer;
  try {
    peer = await martin(server);
    // Idle after work, not before it: everything that the page asks for has been asked once.
    const caller = await server.as();
    for (const path of ["/", "/api/villages", "/api/grids", "/api/cameras", "/api/incidents?limit=5000", "/api/totals", "/tiles/incidents/13/6540/3262"]) {
      await caller.send("GET", path).then((answer) => answer.arrayBuffer());
    }
    await fetch(`${peer.url}/incident/13/6540/3262`).then((answer) => answer.arrayBuffer());
    await sleep(10_000);
    const [ours, theirs] = [resident(server.child.pid) / 1000, resident(peer.pid) / 1000];
    return [row({ figure: "base/memory", value: ours, unit: "MB", peer: peer.name, peer_value: theirs, reach: "≤ 40", holds: ours <= 40 })];
  } finally {
    await peer?.stop();
    await server.dispose();
  }
}
