// For those who use no mouse, and those who see little or nothing.
import { findings } from "../lib/axe.mjs";
import { expect, test } from "../lib/fixtures.mjs";
import { address, mapBox } from "../lib/page.mjs";

for (const [name, path] of [
  ["by day, in Chinese", "/?theme=light"],
  ["by night, in English", "/?theme=dark&lang=en"],
]) {
  test(`axe finds nothing serious ${name}`, async ({ page, visit }) => {
    await visit(path);
    await page.locator("#list [role=option]").first().waitFor();
    expect(await findings(page)).toEqual([]);
    await page.locator("#list [role=option]").first().click();
    await page.locator(".detail .chain").waitFor();
    expect(await findings(page), "with an incident open").toEqual([]);
  });
}

test("the keyboard alone reaches the list, selects, and lets go", async ({ page, visit }) => {
  await visit();
  await page.locator("#list [role=option]").first().waitFor();
  await page.keyboard.press("Tab");
  await expect(page.locator(".skip")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#list")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  const second = page.locator("#list [role=option]").nth(1);
  await expect(page.locator("#list")).toHaveAttribute("aria-activedescendant", await second.getAttribute("id"));
  await page.keyboard.press("Enter");
  await expect(second).toHaveAttribute("aria-selected", "true");
  await expect.poll(() => address(page).get("select")).toBe(`incident-${(await second.getAttribute("id")).replace("row-", "")}`);
  await page.keyboard.press("Escape");
  await expect.poll(() => address(page).get("select")).toBe(null);
});

test("the keyboard moves and zooms the map, and Home brings the whole town back", async ({ page, visit }) => {
  await visit();
  const map = page.locator(".leaflet-container").first();
  await map.focus();
  await page.keyboard.press("+");
  await expect.poll(() => Number(address(page).get("zoom"))).toBeGreaterThan(12);
  const [zoom, lng] = [address(page).get("zoom"), Number(address(page).get("lng"))];
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => Number(address(page).get("lng"))).toBeGreaterThan(lng);
  await page.keyboard.press("Home");
  await expect.poll(() => Number(address(page).get("zoom") ?? 0)).toBeLessThan(Number(zoom));
  expect((await mapBox(page)).width).toBeGreaterThan(100);
});

test("who wants less motion gets none", async ({ page, visit }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await visit();
  const moving = await page.evaluate(() => document.getAnimations().filter((a) => a.playState === "running").length);
  expect(moving).toBe(0);
});
