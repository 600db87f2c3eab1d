// From a small desk to the wall: nothing lies on anything else, nothing is cut off, and all of it can be read.
import { expect, test } from "../lib/fixtures.mjs";

/** What stands on the page side by side; the map lies below all of it. */
const PARTS = [".bar", ".rail", ".card.layers", ".card.legend", ".reset", ".map-buttons", ".map-scale", ".position", ".strip", "aside.panel"];

/** Each pair of parts that lie on each other, and each part that leaves the screen. */
const collisions = (page) =>
  page.evaluate((parts) => {
    const boxes = parts.map((part) => [part, document.querySelector(part).getBoundingClientRect()]);
    const found = boxes
      .filter(([, r]) => r.left < -1 || r.top < -1 || r.right > innerWidth + 1 || r.bottom > innerHeight + 1 || r.width < 1 || r.height < 1)
      .map(([part]) => `${part} is off the screen`);
    boxes.forEach(([a, r], i) => {
      for (const [b, q] of boxes.slice(i + 1)) {
        const [x, y] = [Math.min(r.right, q.right) - Math.max(r.left, q.left), Math.min(r.bottom, q.bottom) - Math.max(r.top, q.top)];
        if (x > 1 && y > 1) found.push(`${a} and ${b} overlap by ${Math.round(x)}×${Math.round(y)}`);
      }
    });
    return found;
  }, PARTS);

/** Texts that are cut off by their own box, but those that end in dots on purpose. */
const clipped = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".bar *, .rail *, .card *, .strip *, .panel *, .position, .map-scale")]
      .filter((e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim()) && e.getClientRects().length)
      .filter((e) => !e.matches(".unseen, select, option, optgroup") && getComputedStyle(e).textOverflow !== "ellipsis")
      .filter((e) => {
        const range = document.createRange();
        range.selectNodeContents(e);
        const [text, holder] = [range.getBoundingClientRect(), (e.closest(".card, .figure, .row, .bar, .rail button, .chip, .tabs") ?? e).getBoundingClientRect()];
        return text.right > holder.right + 1 || text.left < holder.left - 1;
      })
      .map((e) => e.textContent.trim().slice(0, 40)),
  );

/** The smallest type that anything on the page is set in, pixels. */
const smallest = (page) =>
  page.evaluate(() =>
    Math.min(
      ...[...document.querySelectorAll("body *")]
        .filter((e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim()))
        .filter((e) => e.getClientRects().length && !e.matches(".unseen, svg *"))
        .map((e) => parseFloat(getComputedStyle(e).fontSize)),
    ),
  );

for (const [width, height, type] of [
  [1366, 768, 11],
  [1920, 1080, 11],
  [3840, 2160, 22],
]) {
  for (const lang of ["zh", "en"]) {
    test(`at ${width}×${height} nothing overlaps, in ${lang}`, async ({ page, visit }) => {
      await page.setViewportSize({ width, height });
      await visit(`/?lang=${lang}`);
      await page.locator("#list [role=option]").first().waitFor();
      await page.locator(".strip .figure b").first().waitFor();
      expect(await collisions(page)).toEqual([]);
      expect(await clipped(page)).toEqual([]);
      expect(await smallest(page)).toBeGreaterThanOrEqual(type);

      // A card open, and a scale bar that has grown.
      await page.locator("#list [role=option]").first().click();
      await page.locator(".detail .chain").waitFor();
      await page.locator(".map-buttons button").first().click();
      await page.waitForTimeout(600);
      expect(await collisions(page)).toEqual([]);
      expect(await clipped(page)).toEqual([]);
    });
  }
}
