// The first look: the town is there, soon, whole, and nobody else is asked.
import { expect, test } from "../lib/fixtures.mjs";
import { mapBox, open, says } from "../lib/page.mjs";

/** How much of the map's canvases is drawn on, 0…1, and in how many colours (of 4 bits a channel). */
async function drawing(page) {
  return page.locator(".leaflet-container").first().evaluate((map) => {
    let drawn = 0;
    let all = 0;
    const colours = new Set();
    for (const canvas of map.querySelectorAll("canvas")) {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      all = Math.max(all, data.length / 4);
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] === 0) continue;
        drawn += 1;
        colours.add(((data[i] >> 4) << 8) | ((data[i + 1] >> 4) << 4) | (data[i + 2] >> 4));
      }
    }
    return { share: drawn / all, colours: colours.size };
  });
}

test("the town is on the map, in at most thirty requests", async ({ town, page, visit }) => {
  let requests = 0;
  page.on("request", () => (requests += 1));
  await visit();
  expect(requests).toBeLessThanOrEqual(30);
  await says(page, "live");
  expect((await fetch(town.url)).status).toBe(200);

  const box = await mapBox(page);
  expect(box.width * box.height).toBeGreaterThan(0.4 * 1366 * 768);
  const { share, colours } = await drawing(page);
  expect(share).toBeGreaterThan(0.15);
  expect(colours).toBeGreaterThan(10);
});

test("the layers hold 11 villages, 120 grids and 180 cameras", async ({ page, visit }) => {
  await visit();
  const count = (layer) => page.locator(`[data-layer=${layer}] [data-count]`);
  await expect(count("villages")).toHaveText("11");
  await expect(count("grids")).toHaveText("120");
  await expect(count("cameras")).toHaveText("180");
});

test("a layer that is switched off leaves the map, and the address says so", async ({ page, visit }) => {
  await visit();
  const before = (await drawing(page)).share;
  await page.locator("[data-layer=ground]").click();
  await expect(page).toHaveURL(/hide=ground/);
  await expect.poll(async () => (await drawing(page)).share).toBeLessThan(before);
});

test("whoever looks is told that the town is a demonstration", async ({ page, visit }) => {
  await visit();
  await expect(page.locator("[data-demonstration]")).toBeVisible();
});

test("the policy forbids everything but our own", async ({ town, page }) => {
  const policy = (await fetch(town.url)).headers.get("content-security-policy");
  const rules = Object.fromEntries(policy.split(";").map((rule) => rule.trim().split(/ (.*)/s)));
  expect(rules["default-src"]).toBe("'none'");
  expect(rules["script-src"]).toBe("'self' 'wasm-unsafe-eval'");
  expect(rules["style-src"]).toBe("'self'");
  expect(rules["connect-src"]).toBe("'self'");
  expect(policy).not.toMatch(/unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|\*|https?:/);

  // The browser obeys it: neither a script in the page nor a request to another origin gets through.
  await open(page, town.url);
  const escaped = await page.evaluate(async () => {
    const script = document.createElement("script");
    script.textContent = "window.escaped = true";
    document.body.append(script);
    const left = await fetch("http://localhost:9/").then(() => true, () => false);
    return Boolean(window.escaped) || left;
  });
  expect(escaped).toBe(false);
});
