// One hand, one thumb: 390 × 844.
import { expect, placeInTown, report, test } from "../lib/fixtures.mjs";
import { mapBox, open } from "../lib/page.mjs";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });

test("the map is on top, and the sheet comes from below", async ({ page, visit }) => {
  await visit();
  const map = await mapBox(page);
  expect(map.width).toBeGreaterThanOrEqual(380);
  const sheet = page.locator("aside.panel");
  const height = async () => (await sheet.boundingBox()).height;
  const half = await height();
  await page.locator(".handle").tap();
  await expect.poll(height).toBeGreaterThan(half + 100);
  await page.locator(".handle").tap();
  await expect.poll(height).toBeLessThan(half - 100);
  await page.locator(".handle").tap();
  await expect.poll(height).toBeGreaterThan(200);
  await page.locator("#list [role=option]").first().tap();
  await expect(page.locator(".detail")).toBeVisible();
});

test("nothing is wider than the screen", async ({ page, visit }) => {
  for (const lang of ["zh", "en"]) {
    await visit(`/?lang=${lang}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, lang).toBeLessThanOrEqual(390);
    // What the bar can't hold is cut off, not scrolled.
    const last = await page.locator(".bar button").last().boundingBox();
    expect(last.x + last.width, lang).toBeLessThanOrEqual(390);
  }
});

test("the town keeps its name while a simulation runs", async ({ ownTown: server, page }) => {
  await report(server, { title: "模拟", simulated: true, ...(await placeInTown(server, 20)) });
  await open(page, `${server.url}/?lang=zh`);
  await expect(page.locator("[data-simulation]")).toBeVisible();
  const cut = await page.locator(".bar h1").evaluate((name) => name.scrollWidth - name.clientWidth);
  expect(cut).toBeLessThanOrEqual(0);
  await open(page, `${server.url}/?lang=en`);
  expect((await page.locator(".bar h1").boundingBox()).width, "some of it, at least").toBeGreaterThan(44);
});

test("whatever can be touched is at least 44 px high and wide", async ({ page, visit }) => {
  await visit();
  const small = async () =>
    page.evaluate(() => {
      const seen = (element) => {
        const box = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        const inside = box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
        return inside && box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.opacity !== "0";
      };
      return [...document.querySelectorAll("button, select, a[href], label, [role=option], summary")]
        .filter(seen)
        .map((element) => ({ element, box: element.getBoundingClientRect() }))
        // Attributions are read, not pressed; a sliver at the edge of a scrolled list is not all of its row.
        .filter(({ element }) => !element.closest(".leaflet-control-attribution"))
        .filter(({ box }) => box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth)
        .filter(({ box }) => Math.round(box.width) < 44 || Math.round(box.height) < 44)
        .map(({ element, box }) => `${element.outerHTML.slice(0, 80)} is ${Math.round(box.width)}×${Math.round(box.height)}`);
    });
  expect(await small()).toEqual([]);
  for (const name of ["图层", "图例"]) {
    await page.locator(".rail").getByRole("button", { name }).tap();
    expect(await small(), name).toEqual([]);
  }
});

test("a finger pans the map, two pinch it closer", async ({ page, visit }) => {
  await visit();
  await page.locator(".rail button").first().tap();
  // The tap flies home, and Leaflet hears no pinch while it flies.
  await page.waitForTimeout(1000);
  const box = await mapBox(page);
  const cdp = await page.context().newCDPSession(page);
  const touch = (type, points) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 4];
  await touch("touchStart", [{ x: x - 30, y, id: 1 }, { x: x + 30, y, id: 2 }]);
  for (let step = 1; step <= 10; step += 1) await touch("touchMove", [{ x: x - 30 - 6 * step, y, id: 1 }, { x: x + 30 + 6 * step, y, id: 2 }]);
  await touch("touchEnd", []);
  await expect.poll(() => Number(new URL(page.url()).searchParams.get("zoom"))).toBeGreaterThan(12);
  const before = new URL(page.url()).searchParams;
  await touch("touchStart", [{ x, y, id: 1 }]);
  for (let step = 1; step <= 10; step += 1) await touch("touchMove", [{ x: x - 8 * step, y, id: 1 }]);
  await touch("touchEnd", []);
  await expect.poll(() => Number(new URL(page.url()).searchParams.get("lng"))).toBeGreaterThan(Number(before.get("lng")));
});
