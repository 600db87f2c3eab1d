// Many windows of one browser, which opens six connections to a server and no more.
import { expect, placeInTown, report, test } from "../lib/fixtures.mjs";
import { open, rowOf, says, watch } from "../lib/page.mjs";

/** How many live feeds the server holds open. */
async function readers(server) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(text.match(/^fangge_live_readers (\d+)/m)?.[1] ?? 0);
}

/** Lets a test say whether anybody sees the page, as a browser does when a tab is covered. */
const canBeHidden = (page) =>
  page.addInitScript(() => {
    let hidden = false;
    Object.defineProperty(document, "hidden", { get: () => hidden });
    Object.defineProperty(document, "visibilityState", { get: () => (hidden ? "hidden" : "visible") });
    window.setHidden = (value) => {
      hidden = value;
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    };
    // What the badge said, in order.
    window.said = [];
    new MutationObserver(() => {
      const word = document.querySelector("[data-live]")?.getAttribute("data-live");
      if (word && word !== window.said.at(-1)) window.said.push(word);
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });

test("eight windows side by side are all live, on one connection", async ({ ownTown: server, context }) => {
  test.setTimeout(120_000);
  const pages = [];
  for (let i = 0; i < 8; i += 1) {
    const page = await context.newPage();
    pages.push({ page, faults: watch(page, server.url) });
    await open(page, server.url);
    await says(page, "live");
  }
  await expect.poll(() => readers(server)).toBe(1);

  const place = await placeInTown(server, 12);
  const first = await report(server, { title: "八个窗口", ...place });
  for (const { page } of pages) await expect(rowOf(page, first.id)).toBeVisible({ timeout: 2000 });

  // The one that holds the line is closed: another takes it up, and nobody misses anything.
  await pages.shift().page.close();
  const second = await report(server, { title: "七个窗口", ...place });
  for (const { page } of pages) await expect(rowOf(page, second.id)).toBeVisible({ timeout: 5000 });
  await expect.poll(() => readers(server)).toBe(1);
  for (const { page, faults } of pages) {
    await says(page, "live");
    expect(faults).toEqual([]);
  }

  // The server goes and comes back: all of them see it, and one line is enough again.
  await server.stop();
  for (const { page } of pages) await says(page, "away", { timeout: 20_000 });
  await server.start();
  const third = await report(server, { title: "又回来了", ...place });
  for (const { page } of pages) {
    await says(page, "live", { timeout: 40_000 });
    await expect(rowOf(page, third.id)).toHaveCount(1);
  }
  await expect.poll(() => readers(server), { timeout: 20_000 }).toBe(1);
});

test("a window that nobody looks at holds no connection, and catches up when someone does", async ({ ownTown: server, page }) => {
  await canBeHidden(page);
  await open(page, server.url);
  await says(page, "live");
  await expect.poll(() => readers(server)).toBe(1);

  // A look at another tab costs nothing.
  await page.evaluate(() => window.setHidden(true));
  await page.waitForTimeout(1000);
  await page.evaluate(() => window.setHidden(false));
  expect(await readers(server)).toBe(1);

  await page.evaluate(() => window.setHidden(true));
  await expect.poll(() => readers(server), { timeout: 20_000 }).toBe(0);
  const incident = await report(server, { title: "没人看的时候", ...(await placeInTown(server, 14)) });
  await page.waitForTimeout(500);
  await expect(rowOf(page, incident.id)).toHaveCount(0);
  await expect(page.locator("[data-live]")).not.toHaveAttribute("data-live", "live");

  await page.evaluate(() => {
    window.said = [];
    window.setHidden(false);
  });
  await says(page, "live");
  await expect(rowOf(page, incident.id)).toHaveCount(1);
  expect(await page.evaluate(() => window.said.filter((word) => word !== "catching"))).toEqual(["live"]);
});

test("a window far behind is told to load the town's state anew, and does", async ({ ownTown: server, page }) => {
  test.setTimeout(180_000);
  await canBeHidden(page);
  await open(page, server.url);
  await says(page, "live");
  await page.evaluate(() => window.setHidden(true));
  await expect.poll(() => readers(server), { timeout: 20_000 }).toBe(0);

  // Further than the events that the server keeps at hand for all readers, and than it tells one reader from the log.
  const place = await placeInTown(server, 16);
  for (let sent = 0; sent < 2100; sent += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, i) => report(server, { title: `第 ${sent + i} 件`, ...place })));
  }
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.evaluate(() => window.setHidden(false));
  await says(page, "live", { timeout: 30_000 });
  expect(asked).toContain("/api/incidents");
  const held = page.locator("[data-layer=incidents] [data-count]");
  const openNow = async () => (await server.get("/api/totals")).open.toLocaleString("en-US");
  await expect(held).toHaveText(await openNow());

  // And it goes on from there, event by event.
  await report(server, { title: "之后", ...place });
  await expect(held).toHaveText(await openNow());
  expect(asked.filter((path) => path === "/api/incidents")).toHaveLength(1);
});
