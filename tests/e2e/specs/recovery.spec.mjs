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
  const commander = await server.as();
  const refusals = [];
  for (const until = Date.now() + 8000; Date.now() < until; ) {
    killDatabase(server);
    const answer = await commander.send("GET", "/api/totals", undefined, { signal: AbortSignal.timeout(10_000) });
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
  await open(page, wire.url, { server });
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

test("a server that goes before the town is here: the page says so, and shows the town when it is back", async ({ ownTown: server, page, signedIn }) => {
  await signedIn(server);
  // The page itself is here; its questions wait until the server is gone.
  const waiting = [];
  let held = true;
  await page.route("**/api/**", (route) => (held ? waiting.push(route) : route.continue()));
  await page.goto(server.url);
  await expect.poll(() => waiting.length).toBeGreaterThan(5);
  await server.stop();
  held = false;
  for (const route of waiting) await route.continue();
  await expect(page.locator(".stage [role=status]")).toContainText("连不上服务器");
  await expect(page.locator(".leaflet-container")).toHaveCount(0);

  await server.start();
  await page.locator("[data-drawn]").waitFor({ state: "attached", timeout: 30_000 });
  await says(page, "live", { timeout: 30_000 });
  await expect(page.locator(".banner")).toBeHidden();
});

test("what is refused is told with a button to try again", async ({ town, page, signedIn }) => {
  await signedIn(town);
  await page.route("**/api/villages*", (route) =>
    route.fulfill({ status: 500, contentType: "application/json", body: JSON.stringify({ code: "internal", message: "出了错" }) }),
  );
  await page.goto(town.url);
  await expect(page.getByRole("alert")).toContainText("出了错");
  await page.unroute("**/api/villages*");
  await page.getByRole("button", { name: "重试" }).click();
  await page.locator("[data-drawn]").waitFor({ state: "attached", timeout: 30_000 });
  await expect(page.getByRole("alert").filter({ hasText: "出了错" })).toHaveCount(0);
});

for (const status of [408, 429]) {
  test(`a server too busy (${status}) is asked again, not before it wants to be`, async ({ town, page, signedIn }) => {
    await signedIn(town);
    // Each question is refused once.
    const asked = new Map();
    await page.route("**/api/**", (route) => {
      const { pathname } = new URL(route.request().url());
      asked.set(pathname, [...(asked.get(pathname) ?? []), Date.now()]);
      if (asked.get(pathname).length > 1) return route.continue();
      return route.fulfill({ status, headers: { "retry-after": "3" }, contentType: "application/json", body: "{}" });
    });
    await page.goto(town.url);
    await expect(page.locator(".stage [role=status]")).toContainText("太忙");
    await page.locator("[data-drawn]").waitFor({ state: "attached", timeout: 30_000 });
    // Left to itself the page would have come back after one second.
    for (const path of ["/api/town", "/api/villages", "/api/incidents"]) {
      const [first, second] = asked.get(path);
      expect(second - first, path).toBeGreaterThan(2900);
    }
  });
}
