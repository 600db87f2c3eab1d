// One box that finds everything: with the keyboard, with a finger, in both languages.
import { findings } from "../lib/axe.mjs";
import { expect, report, test } from "../lib/fixtures.mjs";
import { screenOf } from "../lib/canvas.mjs";
import { address, roomCentre } from "../lib/page.mjs";

const box = (page) => page.locator("#search[role=combobox]");
const options = (page) => page.locator("#found [role=option]");

/** Types into the box, and waits for the answer to it. */
async function seek(page, text) {
  const answer = page.waitForResponse((response) => {
    const { pathname, searchParams } = new URL(response.url());
    return pathname === "/api/search" && searchParams.get("q") === text.trim();
  });
  await box(page).fill(text);
  await answer;
  await expect(page.locator("#found")).toHaveAttribute("aria-busy", "false");
}

/** How far a place is from the middle of the room that the cards leave, pixels. */
async function offCentre(page, place) {
  const [[x, y], [mx, my]] = [await screenOf(page, place), await roomCentre(page)];
  return Math.hypot(x - mx, y - my);
}

test("initials and the keyboard lead to a village: the map goes there, and its card is open", async ({ town, page, visit }) => {
  await visit();
  await page.keyboard.press("/");
  await expect(box(page)).toBeFocused();
  await seek(page, "myc");
  await expect(box(page)).toHaveAttribute("aria-expanded", "true");
  const first = options(page).first();
  await expect(first.locator("b")).toHaveText("慕仪村");
  await expect(first.locator("mark")).toHaveText("慕仪村");
  await expect(first).toHaveAttribute("aria-selected", "true");
  await expect(box(page)).toHaveAttribute("aria-activedescendant", await first.getAttribute("id"));

  // Down one and back up: what it comes to is said to readers.
  await page.keyboard.press("ArrowDown");
  await expect(box(page)).toHaveAttribute("aria-activedescendant", await options(page).nth(1).getAttribute("id"));
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page.locator(".detail h2")).toHaveText("慕仪村");
  await expect.poll(() => address(page).get("select")).toBe("village-610304105202");
  await expect(page.locator(".finds")).toBeHidden();
  const { found } = await (await town.as()).get("/api/search?q=myc");
  await expect.poll(() => offCentre(page, found[0].position)).toBeLessThan(4);

  // Escape clears the box before anything else.
  await page.keyboard.press("Escape");
  await expect(box(page)).toHaveValue("");
  await expect(page.locator(".detail")).toBeVisible();
});

test("an incident is found by the end of its number and by words, whatever the list shows", async ({ town, page, visit }) => {
  const caller = await town.as();
  const grids = await caller.get("/api/grids");
  const [lon, lat] = grids.features[7].properties.label;
  const made = await report(caller, { lon, lat, title: "𠮷家门前水管爆裂" });
  const number = made.properties.number;
  await visit("/?severity=1&last=1");
  await page.keyboard.press("Control+k");
  await seek(page, number.split("-")[1]);
  const row = options(page).filter({ hasText: "水管爆裂" });
  await expect(row.locator("small")).toContainText(`#${number}`);
  await expect(row.locator("small mark")).toHaveText(number.split("-")[1]);
  await seek(page, "𠮷家 水管");
  await expect(options(page)).toHaveCount(1);
  await seek(page, "sgbl");
  await expect(options(page).first().locator("mark")).toHaveText("水管爆裂");
  await page.keyboard.press("Enter");
  await expect(page.locator(".detail h2")).toHaveText("𠮷家门前水管爆裂");
  await expect.poll(() => address(page).get("select")).toBe(`incident-${made.id}`);
  await expect.poll(() => offCentre(page, { lon, lat })).toBeLessThan(4);
});

test("grids, cameras, places and people on duty are there under their own heads", async ({ town, page, visit }) => {
  await visit();
  const head = (name) => page.locator("#found").getByRole("group", { name, exact: true });
  await seek(page, "慕仪村 004");
  await expect(head("网格").locator("b").first()).toHaveText("慕仪村四组");
  await seek(page, "c-017");
  await expect(head("摄像头").locator("small mark")).toHaveText("C-017");
  await head("摄像头").getByRole("option").click();
  await expect.poll(() => address(page).get("select")).toBe("camera-C-017");
  await seek(page, "myzpcs");
  await head("地点").getByRole("option").first().click();
  await expect.poll(() => address(page).get("select")).toMatch(/^place-34\.\d+_107\.\d+$/);
  const { duties } = await (await town.as()).get("/api/roster/now");
  const duty = duties.find((each) => each.place.startsWith("village:"));
  await seek(page, duty.name);
  await expect(head("值班人员").locator("small")).toContainText(duty.place_name.zh);
  await page.keyboard.press("Enter");
  await expect.poll(() => address(page).get("select")).toBe(duty.place.replace(":", "-"));
  // Whoever is on duty for all of the town is nowhere on the map: who they are is said.
  const chief = duties.find((each) => each.place === "town");
  await seek(page, chief.name);
  await page.keyboard.press("Enter");
  await expect(page.locator(".went")).toContainText(chief.name);
});

test("coordinates are read in any usual form, and the map goes there", async ({ page, visit }) => {
  await visit();
  const place = { lon: 107.47, lat: 34.41 };
  for (const text of ["34.41, 107.47", "107.47，34.41", "北纬34°24′36″ 东经107°28′12″"]) {
    await seek(page, text);
    await expect(options(page)).toHaveCount(1);
    await page.keyboard.press("Enter");
    await expect.poll(() => address(page).get("select"), text).toBe("place-34.41_107.47");
    await expect.poll(() => offCentre(page, place), text).toBeLessThan(4);
    await page.goto(`${page.url().split("?")[0]}?theme=light`);
    await page.locator("[data-drawn='true']").waitFor({ state: "attached" });
  }
});

test("nothing found is said, and so is trouble, and a superseded answer is not waited for", async ({ page, visit }) => {
  await visit();
  await seek(page, "没有这样的地方");
  await expect(page.locator(".finds > p")).toHaveText("没有找到“没有这样的地方”");
  await expect(options(page)).toHaveCount(0);
  await page.route("**/api/search?q=*", (route) => route.fulfill({ status: 200, contentType: "application/json", body: "{}" }));
  await seek(page, "慕仪村");
  await expect(page.locator(".finds > p")).toContainText("读不懂");
  await page.unroute("**/api/search?q=*");

  // The first answer never comes; the second is shown all the same.
  await page.route("**/api/search?q=%E9%BD%90*", () => {});
  await box(page).fill("齐东");
  await page.waitForRequest(/api\/search\?q=%E9%BD%90/);
  await expect(page.locator(".finds > p")).toHaveText("正在找……");
  await seek(page, "团结村");
  await expect(options(page).first().locator("b")).toHaveText("团结村");
  await page.unroute("**/api/search?q=%E9%BD%90*");
});

test("arrows show on the map what they come to, and Escape gives the focus back", async ({ page, visit }) => {
  await visit();
  const list = page.locator("#list");
  await list.focus();
  await page.keyboard.press("/");
  await seek(page, "齐东村");
  await page.keyboard.press("ArrowDown");
  await expect(options(page).nth(1)).toHaveClass(/hot/);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(options(page).last()).toHaveClass(/hot/);
  await page.keyboard.press("Escape");
  await expect(list).toBeFocused();
  await expect(box(page)).toHaveValue("");
  await expect(page.locator(".finds")).toBeHidden();
});

for (const [name, path, size] of [
  ["by day, in Chinese", "/?theme=light", { width: 1366, height: 768 }],
  ["by night, in English, on a large screen", "/?theme=dark&lang=en", { width: 1920, height: 1080 }],
]) {
  test(`axe finds nothing serious, and all of it is on the screen, ${name}`, async ({ page, visit }) => {
    await page.setViewportSize(size);
    await visit(path);
    await seek(page, "慕仪");
    await page.keyboard.press("ArrowDown");
    expect(await findings(page)).toEqual([]);
    const list = await page.locator(".finds").boundingBox();
    expect(list.x + list.width).toBeLessThanOrEqual(size.width);
    expect(list.y + list.height).toBeLessThanOrEqual(size.height);
    await page.screenshot({ path: `../../target/e2e/search-${size.width}.png` });
  });
}

test("in English it is English", async ({ page, visit }) => {
  await visit("/?lang=en");
  await page.keyboard.press("/");
  await expect(box(page)).toHaveAttribute("placeholder", /Incident, grid, village/);
  await seek(page, "muyi village");
  await expect(options(page).first().locator("b")).toHaveText("Muyi Village");
  await expect(options(page).first().locator("mark")).toHaveText("Muyi Village");
  await expect(page.locator("#found").getByRole("group", { name: "Villages" })).toBeVisible();
  await seek(page, "34.41, 107.47");
  await page.keyboard.press("Enter");
  await expect.poll(() => address(page).get("select")).toBe("place-34.41_107.47");
  await seek(page, "nowhere at all");
  await expect(page.locator(".finds > p")).toHaveText("Nothing found for “nowhere at all”");
});

test.describe("on a telephone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });

  test("a press opens a field as wide as the screen; what is chosen is on the map and in the sheet", async ({ page, visit }) => {
    await visit();
    await expect(box(page)).toBeHidden();
    await page.getByRole("button", { name: "搜索", exact: true }).tap();
    await expect(box(page)).toBeFocused();
    await seek(page, "wxc");
    const rows = await options(page).evaluateAll((all) => all.map((row) => row.getBoundingClientRect()).map(({ width, height }) => [width, height]));
    for (const [width, height] of rows) {
      expect(height).toBeGreaterThanOrEqual(44);
      expect(width).toBeGreaterThanOrEqual(380);
    }
    expect(await findings(page)).toEqual([]);
    await page.screenshot({ path: "../../target/e2e/search-390.png" });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await options(page).first().tap();
    await expect(page.locator(".detail h2")).toHaveText("五星村");
    await expect(box(page)).toBeHidden();
  });

  test("the cross shuts the field", async ({ page, visit }) => {
    await visit("/?lang=en");
    await page.getByRole("button", { name: "Search", exact: true }).tap();
    await seek(page, "qdc");
    await page.getByRole("button", { name: "Clear the search" }).tap();
    await expect(box(page)).toBeHidden();
    await expect(page.locator(".finds")).toBeHidden();
  });
});
