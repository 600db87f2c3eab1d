// Grids shaded by what is open now, or by what waits for their chief: in the address, in the legend, on the map.
import { findings } from "../lib/axe.mjs";
import { expect, placeInTown, report, test } from "../lib/fixtures.mjs";
import { address, open, says } from "../lib/page.mjs";

/** How much of the map's ground has the colour of a token. */
const covered = (page, token) =>
  page.evaluate((name) => {
    const canvas = document.querySelector(".map-base canvas");
    const value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const wanted = [1, 3, 5].map((at) => parseInt(value.slice(at, at + 2), 16));
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4) if (wanted.every((part, at) => data[i + at] === part)) found += 1;
    return found;
  }, token);

test("grids are shaded by what is open, by classes that stay what they are", async ({ ownTown: server, page }) => {
  // Five in one grid: the third class, four to six.
  const place = await placeInTown(server, 30);
  for (let i = 0; i < 5; i += 1) await report(server, { title: `第 ${i} 件`, ...place });
  await open(page, server.url);
  await says(page, "live");
  expect(await covered(page, "--h3")).toBe(0);
  const select = page.locator(".shading select");
  await select.selectOption("open");
  await expect.poll(() => address(page).get("shade")).toBe("open");
  await expect(page.locator(".shades li")).toHaveText(["1", "2–3", "4–6", "7–10", "11+"]);
  await expect.poll(() => covered(page, "--h3")).toBeGreaterThan(200);
  // The scale shows the very colours.
  const painted = await page.locator(".shades i").evaluateAll((swatches) => new Set(swatches.map((i) => getComputedStyle(i).backgroundColor)).size);
  expect(painted).toBe(5);
  expect(await findings(page)).toEqual([]);

  // Two more: the next class, as it happens.
  for (let i = 0; i < 2; i += 1) await report(server, { title: `又 ${i} 件`, ...place });
  await expect.poll(() => covered(page, "--h4")).toBeGreaterThan(200);
  expect(await covered(page, "--h3")).toBe(0);
  // What the filter does not let through is not counted.
  await page.goto(`${server.url}/?shade=open&severity=1`);
  await says(page, "live");
  await expect.poll(() => covered(page, "--h4")).toBe(0);
});

test("what waits for a chief shades all of the village", async ({ ownTown: server, page }) => {
  const { id } = await report(server, { title: "需村上协调", ...(await placeInTown(server, 30)) });
  const { grid } = (await server.get(`/api/incidents/${id}`)).incident.properties;
  const member = await server.as((await server.get("/api/grids")).features.find((f) => f.properties.code === grid).properties.member);
  await open(page, `${server.url}/?shade=chief&theme=dark`);
  await says(page, "live");
  const shaded = async () => (await Promise.all(["--h1", "--h2", "--h3", "--h4", "--h5"].map((token) => covered(page, token)))).reduce((a, b) => a + b);
  const before = await shaded();
  await member.post(`/api/incidents/${id}/events`, { action: "pass_up", note: "需村上协调" });
  await expect.poll(shaded).not.toBe(before);
});
