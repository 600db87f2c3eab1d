// The second `make run`: from the command to the map on the screen, everything built and the data there.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { newData, removeData } from "../../e2e/lib/folder.mjs";
import { DRAWN } from "../../e2e/lib/page.mjs";
import { Caller, demoAccounts } from "../../e2e/lib/people.mjs";
import { Server, freePort, top } from "../../e2e/lib/server.mjs";
import { freshPage, launch } from "../browser.mjs";
import { martin, versionOf } from "../peers.mjs";
import { row } from "../table.mjs";

export const figures = ["base/second-start"];

const ROUNDS = 3;

/**
 * Runs `make run` on this data folder; answers seconds until the map was drawn, after everything has stopped again. Who opens the
 * map signed in the first time (`visitor` is empty then), and has the cookie still.
 */
async function makeRun(browser, data, visitor) {
  const port = await freePort();
  const env = { ...process.env, DATABASE_URL: "", FANGGE_DATA: data, FANGGE_LISTEN: `127.0.0.1:${port}` };
  const page = await freshPage(browser, visitor.caller);
  const began = performance.now();
  // A process group of its own, because Ctrl-C reaches all of one.
  const make = spawn("make", ["run"], { cwd: top, env, detached: true, stdio: "ignore" });
  const gone = new Promise((resolve) => make.once("exit", resolve));
  try {
    while (!(await page.goto(`http://127.0.0.1:${port}/`).catch(() => null))?.ok()) {
      if (make.exitCode !== null) throw new Error(`make run ended with ${make.exitCode}`);
      await sleep(10);
    }
    visitor.caller ??= await signedIn(page, data, `http://127.0.0.1:${port}`);
    await page.locator(DRAWN).first().waitFor({ state: "attached", timeout: 120_000 });
    return (performance.now() - began) / 1000;
  } finally {
    process.kill(-make.pid, "SIGINT");
    await gone;
    await page.context().close();
  }
}

/** Signs the first of the commanders in, and opens the map for them. */
async function signedIn(page, data, url) {
  const server = { data, url };
  const caller = await Caller.signIn(server, demoAccounts(server).find(({ role }) => role === "commander"));
  await page.context().addCookies([caller.forBrowser()]);
  await page.goto(url);
  return caller;
}

/** Waits until a data folder is let go, and its database with it. */
async function released(data) {
  const lock = join(data, "lock");
  while (existsSync(lock) && readFileSync(lock, "utf8") !== "") await sleep(50);
}

/** The floor under it: our own server on data that are there, and then martin until it answers. */
async function peerStart() {
  const server = await new Server().start();
  try {
    await server.stop();
    const began = performance.now();
    await server.start();
    const peer = await martin(server);
    const seconds = (performance.now() - began) / 1000;
    await peer.stop();
    return { name: `PostGIS and ${peer.name}, no page`, seconds };
  } finally {
    await server.dispose();
  }
}

export async function measure() {
  const data = newData("start");
  const browser = await launch();
  try {
    console.error(`  ${await versionOf("make")}`);
    const visitor = {};
    await makeRun(browser, data, visitor);
    const seconds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await released(data);
      seconds.push(await makeRun(browser, data, visitor));
    }
    // The worst of them: a person starts it once.
    const worst = Math.max(...seconds);
    await released(data);
    const peer = await peerStart();
    return [row({ figure: "base/second-start", value: worst, unit: "s", peer: peer.name, peer_value: peer.seconds, reach: "≤ 3", holds: worst <= 3 })];
  } finally {
    await browser.close();
    removeData(data);
  }
}
