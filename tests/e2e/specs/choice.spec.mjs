// Narrowing down, and looking at it in one's own language and light.
import { allIds, expect, test } from "../lib/fixtures.mjs";
import { address, listedIds } from "../lib/page.mjs";

const CJK = /[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]/;

/** Everything that can be read or heard on the page but what people wrote and names: texts, labels, titles. */
async function chrome(page) {
  return page.evaluate(() => {
    const written = "#list .row b, .detail h2, .detail .words, .detail .log, .bar h1, .bar .dashed, .lang, .leaflet-control-attribution";
    const skip = (element) => element.closest(written) || element.matches("button[lang], button[lang] *");
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
    for (let element = walker.currentNode; element; element = walker.nextNode()) {
      if (skip(element) || ["SCRIPT", "STYLE", "OPTION"].includes(element.tagName)) continue;
      for (const name of ["aria-label", "title", "placeholder", "alt"]) if (element.hasAttribute(name)) found.push(element.getAttribute(name));
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE && node.data.trim()) found.push(node.data.trim());
    }
    return found;
  });
}

test("each filter shows exactly what the server finds by it", async ({ town, page, visit }) => {
  for (const query of ["state=open&category=dispute", "state=open&severity=1,2", "state=open&category=management&severity=4"]) {
    await visit(`/?${query.replace("state=open&", "")}`);
    const expected = await allIds(town, query);
    await expect.poll(async () => (await listedIds(page)).length, query).toBe(expected.length);
    expect((await listedIds(page)).sort(), query).toEqual(expected.sort());
  }
});

test("chips, tabs and time go into the address, and come back from it", async ({ town, page, visit }) => {
  await visit();
  await page.getByRole("button", { name: "矛盾纠纷" }).click();
  await expect.poll(() => address(page).get("category")).toBe("dispute");
  await page.locator(".tabs button").nth(2).click();
  await expect.poll(() => address(page).get("tab")).toBe("all");
  await page.getByLabel("上报时间").or(page.locator("select.chip").last()).first().selectOption("720");
  await expect.poll(() => address(page).get("last")).toBe("720");
  const month = await listedIds(page);
  const from = new Date(Date.now() - 30 * 86_400_000).toISOString();
  expect(month.length).toBe((await allIds(town, `category=dispute&from=${encodeURIComponent(from)}`)).length);

  await page.reload();
  await expect(page.getByRole("button", { name: "矛盾纠纷" })).toHaveAttribute("aria-pressed", "true");
  await expect.poll(async () => (await listedIds(page)).length).toBe(month.length);
  await page.locator(".chip.clear").click();
  await expect.poll(() => address(page).get("category")).toBe(null);
});

test("nothing found is said, with a way on", async ({ page, visit }) => {
  await visit("/?category=dispute&severity=1&last=1");
  await expect(page.locator("#list .empty")).toBeVisible();
  await expect(page.locator("#list [role=option]")).toHaveCount(0);
});

test("English is English throughout, and Chinese Chinese", async ({ page, town, visit }) => {
  // People are called what they are called.
  const { name } = (await town.as()).me;
  const words = async () => (await chrome(page)).map((text) => text.replaceAll(name, "")).filter(Boolean);
  await visit("/?lang=en");
  await page.locator("#list [role=option]").first().click();
  await page.locator(".detail .chain").waitFor();
  await page.getByRole("button", { name: "Help" }).click();
  const english = await words();
  expect(english.length).toBeGreaterThan(60);
  expect(english.filter((text) => CJK.test(text) && text !== "中" && text !== "换成中文")).toEqual([]);
  expect(english.filter((text) => /\{\w*\}|^[a-z]+(_[a-z]+)+$/.test(text))).toEqual([]);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "换成中文" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", /^zh/);
  await expect.poll(() => address(page).get("lang")).toBe("zh");
  const chinese = await words();
  const allowed = /^(EN|Esc|Enter|Home|C-\d+|#?[\d-]+|\W+)$/;
  const latin = chinese.filter((text) => /[A-Za-z]{3,}/.test(text) && !CJK.test(text) && !allowed.test(text));
  expect(latin.filter((text) => text !== "Switch to English" && text !== "demonstration geometry")).toEqual([]);
  expect(chinese.filter((text) => /\{\w*\}/.test(text))).toEqual([]);
});

test("a browser that speaks English is answered in English", async ({ town, browser }) => {
  const context = await browser.newContext({ locale: "en-GB" });
  await context.addCookies(await town.cookies());
  const page = await context.newPage();
  await page.goto(town.url);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator(".tabs button").first()).toContainText("Open");
  await context.close();
});

test("night is dark, is kept, and is in the address", async ({ page, visit }) => {
  await visit("/?theme=light");
  const brightness = () =>
    page.locator(".bar").evaluate((bar) => {
      const [r, g, b] = getComputedStyle(bar).backgroundColor.match(/[\d.]+/g).map(Number);
      return (r + g + b) / 3;
    });
  expect(await brightness()).toBeGreaterThan(180);
  await page.getByRole("button", { name: "换成深色" }).click();
  await expect.poll(() => address(page).get("theme")).toBe("dark");
  await expect.poll(brightness).toBeLessThan(80);
  await visit("/");
  expect(await brightness()).toBeLessThan(80);
});
