// Servers and databases die. The page says so at once, and is whole again by itself.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allIds, expect, placeInTown, report, test } from "../lib/fixtures.mjs";
import { badge, listedIds, open, rowOf } from "../lib/page.mjs";

test.setTimeout(120_000);

/** The process of the private database of this server. */
function postmaster(server) {
  const children = execFileSync("ps", ["-o", "pid=,comm=", "--ppid", String(server.child.pid)], { encoding: "utf8" });
  const line = children.split("\n").find((row) => row.includes("postgres"));
  if (!line) throw new Error(`no database among the server's children:\n${children}`);
  return Number(line.trim().split(/\s+/)[0]);
}

test("killed and started again, nothing is missing and nothing doubled", async ({ ownTown: server, page }) => {
  const place = await placeInTown(server, 10);
  await open(page, server.url);
  await expect(badge(page)).toHaveClass(/\bon\b/);
  const before = await report(server, { title: "第一件", ...place });
  await expect(rowOf(page, before.id)).toBeVisible();

  await server.kill();
  await expect(badge(page)).toHaveClass(/\boff\b/, { timeout: 15_000 });
  await expect(badge(page)).toContainText(/\d{1,2}:\d{2}/);
  await expect(page.locator(".banner")).toBeVisible();
  // What was known stays to be read.
  await expect(rowOf(page, before.id)).toBeVisible();

  await server.start();
  // Written before the page can have found the server again.
  const missed = [];
  for (const title of ["第二件", "第三件", "第四件"]) missed.push(await report(server, { title, ...place }));
  await expect(badge(page)).toHaveClass(/\bon\b/, { timeout: 30_000 });
  for (const incident of missed) await expect(rowOf(page, incident.id)).toHaveCount(1);
  await expect(page.locator(".banner")).toBeHidden();

  const after = await report(server, { title: "第五件", ...place });
  await expect(rowOf(page, after.id)).toHaveCount(1, { timeout: 2000 });
  const listed = await listedIds(page);
  const known = await allIds(server, "state=open");
  expect(listed.sort((a, b) => a - b)).toEqual(known.sort((a, b) => a - b));
});

test("the database dies under the server: refused meanwhile, and back by itself", async ({ ownTown: server, page }) => {
  await open(page, server.url);
  await expect(badge(page)).toHaveClass(/\bon\b/);
  const pid = postmaster(server);
  const refusals = [];
  const asking = (async () => {
    for (const until = Date.now() + 20_000; Date.now() < until; ) {
      const answer = await fetch(`${server.url}/api/totals`).catch(() => null);
      if (answer?.ok && refusals.length > 0) return;
      if (answer && !answer.ok) refusals.push({ status: answer.status, retry: answer.headers.get("retry-after") });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("the database did not come back");
  })();
  process.kill(pid, "SIGKILL");
  await asking;
  for (const { status, retry } of refusals) {
    expect(status).toBe(503);
    expect(Number(retry)).toBeGreaterThan(0);
  }
  expect(server.child.exitCode).toBe(null);

  await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status, { timeout: 20_000 }).toBe(200);
  const incident = await report(server, { title: "数据库回来之后", ...(await placeInTown(server, 20)) });
  await expect(badge(page)).toHaveClass(/\bon\b/, { timeout: 30_000 });
  await expect(rowOf(page, incident.id)).toHaveCount(1);
});

test("a stop takes the database with it, and a second server is refused the folder", async ({ ownTown: server }) => {
  const pid = postmaster(server);
  const { socket } = JSON.parse(readFileSync(join(server.data, "lock"), "utf8"));
  expect(socket).toBeTruthy();
  await server.stop();
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
});

test("a device that goes offline says so, and catches up", async ({ ownTown: server, page, context }) => {
  await open(page, server.url);
  await expect(badge(page)).toHaveClass(/\bon\b/);
  await context.setOffline(true);
  await expect(badge(page)).toHaveClass(/\boff\b/, { timeout: 20_000 });
  const incident = await report(server, { title: "离线期间", ...(await placeInTown(server, 30)) });
  await context.setOffline(false);
  await expect(badge(page)).toHaveClass(/\bon\b/, { timeout: 30_000 });
  await expect(rowOf(page, incident.id)).toHaveCount(1);
});
