// Servers and databases die. The page says so at once, and is whole again by itself.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allIds, expect, placeInTown, report, test } from "../lib/fixtures.mjs";
import { badge, listedIds, open, rowOf, says } from "../lib/page.mjs";
import { Wire } from "../lib/wire.mjs";

test.setTimeout(120_000);

/** Ends the private database of this server, if it runs just now, as a fault of it would. */
function killDatabase(server) {
  const pid = postmaster(server);
  if (pid) process.kill(pid, "SIGKILL");
}

/** The process of the private database of this server; undefined while it is being started again. */
function postmaster(server) {
  const children = execFileSync("ps", ["-o", "pid=,comm=,ppid=", "-A"], { encoding: "utf8" }).split("\n").map((row) => row.trim().split(/\s+/));
  const found = children.find(([, name, parent]) => name === "postgres" && Number(parent) === server.child.pid);
  return found && Number(found[0]);
}

test("killed and started again, nothing is missing and nothing doubled", async ({ ownTown: server, page }) => {
  const place = await placeInTown(server, 10);
  await open(page, server.url);
  await says(page, "live");
  const before = await report(server, { title: "第一件", ...place });
  await expect(rowOf(page, before.id)).toBeVisible();

  await server.kill();
  await says(page, "away", { timeout: 15_000 });
  await expect(badge(page)).toContainText(/\d{1,2}:\d{2}/);
  await expect(page.locator(".banner")).toBeVisible();
  // What was known stays to be read.
  await expect(rowOf(page, before.id)).toBeVisible();

  await server.start();
  // Written before the page can have found the server again.
  const missed = [];
  for (const title of ["第二件", "第三件", "第四件"]) missed.push(await report(server, { title, ...place }));
  await says(page, "live", { timeout: 30_000 });
  for (const incident of missed) await expect(rowOf(page, incident.id)).toHaveCount(1);
  await expect(page.locator(".banner")).toBeHidden();

  const after = await report(server, { title: "第五件", ...place });
  await expect(rowOf(page, after.id)).toHaveCount(1, { timeout: 2000 });
  const listed = await listedIds(page);
  const known = await allIds(server, "state=open");
  expect(listed.sort((a, b) => a - b)).toEqual(known.sort((a, b) => a - b));
});

test("the database dies again and again: requests are refused, the page says so, and all is well by itself", async ({ ownTown: server, page }) => {
  await open(page, server.url);
  await says(page, "live");
  // Dead as soon as it stands, for some seconds: no request can slip through between two deaths unnoticed.
  const refusals = [];
  for (const until = Date.now() + 8000; Date.now() < until; ) {
    killDatabase(server);
    const answer = await fetch(`${server.url}/api/totals`, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) refusals.push({ status: answer.status, retry: Number(answer.headers.get("retry-after")) });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(refusals.length).toBeGreaterThan(0);
  for (const { status, retry } of refusals) {
    expect(status).toBe(503);
    expect(retry).toBeGreaterThan(0);
  }
  expect(server.child.exitCode).toBe(null);

  await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status, { timeout: 30_000 }).toBe(200);
  const incident = await report(server, { title: "数据库回来之后", ...(await placeInTown(server, 20)) });
  await says(page, "live", { timeout: 30_000 });
  await expect(rowOf(page, incident.id)).toHaveCount(1);
  await expect(page.locator(".banner")).toBeHidden();
});

test("a stop takes the database with it, and leaves the folder to another", async ({ ownTown: server }) => {
  const pid = postmaster(server);
  const { socket } = JSON.parse(readFileSync(join(server.data, "lock"), "utf8"));
  expect(socket).toBeTruthy();
  expect(pid).toBeGreaterThan(0);
  await server.stop();
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  await server.start();
  expect(postmaster(server)).not.toBe(pid);
});

test("a link that goes dead without a word is noticed, and what was missed comes in", async ({ ownTown: server, page }) => {
  const wire = await Wire.to(server.port);
  await open(page, wire.url);
  await says(page, "live");
  wire.cut();
  const incident = await report(server, { title: "断线期间", ...(await placeInTown(server, 30)) });
  await says(page, "away", { timeout: 20_000 });
  await expect(rowOf(page, incident.id)).toHaveCount(0);
  wire.mend();
  await says(page, "live", { timeout: 30_000 });
  await expect(rowOf(page, incident.id)).toHaveCount(1);
  await wire.close();
});
