// `make run`, as a newcomer types it: the map, the simulator beside it, Ctrl-C, and the second start.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { clusterElsewhere, newData, removeData } from "../lib/folder.mjs";
import { Caller, demoAccounts } from "../lib/people.mjs";
import { open, says, watch } from "../lib/page.mjs";
import { freePort, top } from "../lib/server.mjs";

/** `make run` on this data folder; with a bare port, as the program takes it too. */
function run(data, port) {
  const env = { ...process.env, DATABASE_URL: "", FANGGE_DATA: data, FANGGE_LISTEN: String(port), FANGGE_SIMULATE: "60/min" };
  // A process group of its own, because a terminal's Ctrl-C reaches all of one.
  const make = spawn("make", ["run"], { cwd: top, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const it = { make, said: "", gone: new Promise((resolve) => make.once("exit", resolve)) };
  for (const stream of [make.stdout, make.stderr]) stream.on("data", (chunk) => (it.said += chunk));
  return it;
}

/** Ctrl-C, where it still runs; make itself then ends by the signal, as at a terminal. */
async function stop({ make, gone }) {
  if (make.exitCode === null && make.signalCode === null) process.kill(-make.pid, "SIGINT");
  await gone;
}

/** Whether anything still answers, or the database's server still stands. */
async function remains(data, port) {
  const answers = await fetch(`http://127.0.0.1:${port}/healthz`).then(() => true, () => false);
  return answers || existsSync(join(data, "postgres/postmaster.pid"));
}

test("make run shows a living town; Ctrl-C stops all of it; the next start finds it as it was", async ({ page }) => {
  test.setTimeout(180_000);
  const data = newData("run");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let running = run(data, port);
  try {
    await expect.poll(() => running.said, { timeout: 120_000 }).toContain(url);
    const faults = watch(page, url);
    const here = { url, data };
    await page.context().addCookies([(await Caller.signIn(here, demoAccounts(here)[0])).forBrowser()]);
    await open(page, url);
    await says(page, "live");
    // The simulator reports through the public API, and the page says that it does.
    await expect(page.locator("#list [role=option]").filter({ hasText: "模拟" }).first()).toBeVisible({ timeout: 30_000 });
    expect(faults).toEqual([]);
    const number = await page.evaluate(() => fetch("/api/town").then((answer) => answer.json()).then((town) => town.seq));

    await stop(running);
    expect(await remains(data, port)).toBe(false);
    await says(page, "away");

    running = run(data, port);
    await says(page, "live", { timeout: 60_000 });
    const after = await page.evaluate(() => fetch("/api/town").then((answer) => answer.json()).then((town) => town.seq));
    expect(after).toBeGreaterThanOrEqual(number);
    expect(running.said, "nothing is installed or built again").not.toMatch(/installing|Compiling/);
  } finally {
    await stop(running);
    removeData(data);
  }
});

test("reset-demo asks first, and deletes what the program made and nothing else", async () => {
  const data = newData("reset");
  const ask = (folder, word) =>
    new Promise((resolve) => {
      const env = { ...process.env, FANGGE_DATA: folder };
      const make = spawn("make", ["reset-demo"], { cwd: top, env, stdio: ["pipe", "ignore", "ignore"] });
      make.once("exit", resolve);
      make.stdin.end(`${word}\n`);
    });
  try {
    expect(await ask(data, "y"), "a folder that the program did not make").not.toBe(0);
    expect(existsSync(data)).toBe(true);

    const port = await freePort();
    const running = run(data, port);
    await expect.poll(() => running.said, { timeout: 120_000 }).toContain(`http://127.0.0.1:${port}`);
    expect(await ask(data, "y"), "a folder in use").not.toBe(0);
    await stop(running);

    expect(await ask(data, "n")).toBe(0);
    expect(existsSync(join(data, "lock"))).toBe(true);
    const elsewhere = clusterElsewhere(data);
    expect(await ask(data, "y")).toBe(0);
    expect(existsSync(data)).toBe(false);
    expect(elsewhere === null || !existsSync(elsewhere), "the database goes as well").toBe(true);
  } finally {
    removeData(data);
  }
});
