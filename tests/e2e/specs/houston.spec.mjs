// A second town, from a real file: shown by its address, apart from the first.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, placeInTown, report, test } from "../lib/fixtures.mjs";
import { HOUSTON_ROWS, importHouston } from "../lib/houston.mjs";
import { listedIds, open, rowOf, says, watch } from "../lib/page.mjs";

test("an imported town is on the map, and the demonstration town stays as it was", async ({ ownTown: server, page }) => {
  const before = await server.get("/api/totals");
  await importHouston(server);
  await server.admit("houston", "Sam Houston", "commander");
  const totals = await server.get("/api/totals?town=houston");
  const [report] = readdirSync(join(server.data, "reports"));
  const refused = readFileSync(join(server.data, "reports", report), "utf8").trim().split("\n").length - 1;
  expect(totals.incidents + refused).toBe(HOUSTON_ROWS);
  expect(totals.incidents).toBeGreaterThan(0.9 * HOUSTON_ROWS);
  expect((await server.get("/api/totals")).incidents).toBe(before.incidents);

  // The same file again adds nothing.
  await importHouston(server);
  expect((await server.get("/api/totals?town=houston")).incidents).toBe(totals.incidents);

  const faults = watch(page, server.url);
  await open(page, `${server.url}/?town=houston&lang=en&tab=all&from=2010-01-01T00:00:00Z&to=2010-01-03T00:00:00Z`);
  await says(page, "live");
  await expect(page.locator(".bar h1")).toContainText("Houston");
  await expect(page.locator("[data-demonstration]")).toHaveCount(0);
  const days = await server.get("/api/incidents?town=houston&limit=5000&from=2010-01-01T00:00:00Z&to=2010-01-03T00:00:00Z");
  await expect.poll(async () => (await listedIds(page)).length).toBe(days.features.length);
  expect(faults).toEqual([]);
});

test("the address takes a page from town to town, and each hears of its own", async ({ ownTown: server, page, context }) => {
  await importHouston(server);
  await server.admit("houston", "Sam Houston", "commander");
  await open(page, server.url);
  await says(page, "live");
  const stays = await context.newPage();
  await open(stays, server.url);
  await says(stays, "live");

  await open(page, `${server.url}/?town=houston`);
  await says(page, "live");
  await expect(page.locator(".bar h1")).toContainText("休斯敦");

  const here = await report(server, { title: "只在慕仪", ...(await placeInTown(server, 33)) });
  await expect(rowOf(stays, here.id)).toBeVisible({ timeout: 2000 });
  const { bbox } = await server.get("/api/town?town=houston");
  const [{ code: category }] = await server.get("/api/categories?town=houston");
  const position = { lon: (bbox[0] + bbox[2]) / 2, lat: (bbox[1] + bbox[3]) / 2 };
  const there = await server.post("/api/incidents?town=houston", { title: "只在休斯敦", category, severity: 3, source: "resident", position });
  await expect(page.locator("#list")).toContainText("只在休斯敦", { timeout: 2000 });
  await expect(page.locator("#list")).not.toContainText("只在慕仪");
  await expect(stays.locator("#list")).not.toContainText("只在休斯敦");
  expect(there.id).toBeGreaterThan(0);

  // And back, as it is now.
  await page.goBack();
  await says(page, "live");
  await expect(page.locator(".bar h1")).toContainText("慕仪");
  await expect(rowOf(page, here.id)).toBeVisible();
});
