// A walk over the map: what is crowded opens, what is pointed at answers, and the way back is one press.
import { BASE, LIVE, boxOf, changed, colourAt, keep, screenOf } from "../lib/canvas.mjs";
import { expect, placeInTown, report, test } from "../lib/fixtures.mjs";
import { address, mapBox, rowOf, says } from "../lib/page.mjs";

const tip = (page) => page.locator(".tip");
const zoom = (page) => Number(address(page).get("zoom"));

/** The first cluster that the pointer finds: a hand over it, and nothing to read. */
async function findCluster(page) {
  const box = await mapBox(page);
  for (let y = box.y + 130; y < box.y + box.height - 140; y += 18) {
    for (let x = box.x + 220; x < box.x + box.width - 80; x += 18) {
      await page.mouse.move(x, y);
      const found = await page.evaluate(() => document.querySelector(".is-over-mark") && !document.querySelector(".tip"));
      if (found) return [x, y];
    }
  }
  throw new Error("no cluster on the map");
}

test("a cluster that is pressed opens into what it holds", async ({ page, visit }) => {
  await visit("/?tab=all&last=720&lat=34.41&lng=107.47&zoom=12");
  await says(page, "live");
  await expect(page.locator(".caption")).toContainText(/\d/);
  const [x, y] = await findCluster(page);
  await page.mouse.click(x, y);
  await expect.poll(() => zoom(page)).toBeGreaterThan(12);
  // What is in view now was in the cluster, and one press goes back to the whole town.
  await expect.poll(() => page.locator("#list [role=option]").count()).toBeGreaterThanOrEqual(2);
  await page.locator(".caption .link").click();
  await expect.poll(() => address(page).get("zoom")).toBe(null);
});

test("several at one place fan out, each can be had, and Escape puts them together", async ({ town, page, visit }) => {
  const place = await placeInTown(town, 97);
  const titles = ["扇形一", "扇形二", "扇形三"];
  const incidents = [];
  for (const title of titles) incidents.push(await report(town, { title, ...place }));
  await visit(`/?lat=${place.lat}&lng=${place.lon}&zoom=18&hide=cameras,buildings`);
  for (const incident of incidents) await expect(rowOf(page, incident.id)).toBeVisible();
  const [x, y] = await screenOf(page, place);
  // A cluster says nothing when pointed at; its members do.
  await page.mouse.move(x, y);
  await expect(tip(page)).toHaveCount(0);
  await page.mouse.click(x, y);
  const found = new Map();
  const members = [0, 1, 2].map((i) => [x + 31 * Math.sin((i * 2 * Math.PI) / 3), y - 31 * Math.cos((i * 2 * Math.PI) / 3)]);
  for (const at of members) {
    await page.mouse.move(...at);
    await expect(tip(page).locator("b")).toContainText("扇形");
    found.set(await tip(page).locator("b").textContent(), at);
  }
  expect([...found.keys()].sort()).toEqual([...titles].sort());

  await page.mouse.click(...found.get("扇形二"));
  await expect(page.locator(".detail")).toContainText("扇形二");
  await expect(rowOf(page, incidents[1].id)).toHaveAttribute("aria-selected", "true");

  await page.locator(".leaflet-container").first().focus();
  await page.keyboard.press("Escape");
  await expect(page.locator(".detail")).toHaveCount(0);
  await page.mouse.move(...members[0]);
  await expect(tip(page).getByText("扇形")).toHaveCount(0);
});

for (const [kind, level, path] of [
  ["village", 12, "/api/villages"],
  ["grid", 15, "/api/grids"],
]) {
  test(`a ${kind} that is pointed at is told apart, along its whole border`, async ({ town, page, visit }) => {
    const { features } = await town.get(path);
    // One near the middle of the town lies whole on the screen.
    const { geometry, properties } = features.find(({ properties: { label } }) => Math.hypot(label[0] - 107.47, label[1] - 34.41) < 0.02) ?? features[0];
    const [lon, lat] = properties.label;
    await visit(`/?lat=${lat}&lng=${lon}&zoom=${level}&hide=incidents,cameras${kind === "grid" ? "" : ",grids"}`);
    await page.mouse.move(5, 5);
    await expect(tip(page)).toHaveCount(0);
    await keep(page, LIVE, "before");

    await page.mouse.move(...(await screenOf(page, { lon, lat })));
    await expect(tip(page)).toContainText(properties.name.zh);
    const expected = await boxOf(page, geometry);
    await expect.poll(async () => Boolean(await changed(page, LIVE, "before"))).toBe(true);
    const box = await changed(page, LIVE, "before");
    for (const side of ["left", "right", "top", "bottom"]) expect(Math.abs(box[side] - expected[side]), side).toBeLessThan(6);

    await page.mouse.move(5, 5);
    await expect.poll(() => changed(page, LIVE, "before")).toBe(null);
  });
}

test("coordinates follow the pointer, the scale follows the zoom, and one press shows the whole town", async ({ town, page, visit }) => {
  const place = await placeInTown(town, 50);
  await visit(`/?lat=${place.lat}&lng=${place.lon}&zoom=16`);
  const position = page.locator(".position");
  const [x, y] = await screenOf(page, place);
  for (const [dx, dy] of [[0, 0], [120, -90]]) {
    await page.mouse.move(x + dx, y + dy);
    const told = async () => {
      const [lat, lon] = (await position.textContent()).match(/-?\d+\.\d+/g).map(Number);
      const [sx, sy] = await screenOf(page, { lon, lat });
      return Math.hypot(sx - x - dx, sy - y - dy);
    };
    await expect.poll(told).toBeLessThan(2);
  }

  const scale = page.locator(".map-scale");
  /** Metres a pixel that the bar claims. */
  const claimed = async () => {
    const [, number, unit] = (await scale.textContent()).match(/([\d.]+) (千米|米)/);
    return (Number(number) * (unit === "千米" ? 1000 : 1)) / (await scale.evaluate((bar) => parseFloat(bar.style.width)));
  };
  const real = () => (40_075_016.7 * Math.cos((place.lat * Math.PI) / 180)) / (256 * 2 ** zoom(page));
  for (const level of [16, 15]) {
    await expect.poll(() => zoom(page)).toBe(level);
    await expect.poll(async () => Math.abs((await claimed()) / real() - 1)).toBeLessThan(0.02);
    await page.locator(".map-buttons button").nth(1).click();
  }

  await page.locator(".reset").click();
  for (const name of ["lat", "lng", "zoom"]) await expect.poll(() => address(page).get(name)).toBe(null);
});

test("layers and legend: each switch takes its things off the map, and the legend comes and goes", async ({ town, page, visit }) => {
  const place = await placeInTown(town, 20);
  await visit(`/?lat=${place.lat}&lng=${place.lon}&zoom=15.5`);
  await says(page, "live");
  await expect(page.locator("[data-layer=buildings] [data-count]")).toHaveText(/\d/);
  for (const [layer, canvas] of [["incidents", LIVE], ["cameras", LIVE], ["cameras", BASE], ["grids", BASE], ["villages", BASE], ["buildings", BASE], ["ground", BASE]]) {
    await page.mouse.move(5, 5);
    await keep(page, canvas, "on");
    const box = page.locator(`[data-layer=${layer}] input`);
    await box.uncheck();
    await expect.poll(() => address(page).get("hide")).toBe(layer);
    await expect.poll(async () => Boolean(await changed(page, canvas, "on")), `${layer} on ${canvas}`).toBe(true);
    await box.check();
    await expect.poll(() => address(page).get("hide")).toBe(null);
  }

  const legend = page.locator(".card.legend");
  await expect(legend).toBeVisible();
  for (const words of ["特别重大", "一般", "空心", "虚线圈", "摄像头"]) await expect(legend).toContainText(words);
  await page.locator(".rail").getByRole("button", { name: "图例" }).click();
  await expect(legend).toBeHidden();
  await page.locator(".rail").getByRole("button", { name: "图例" }).click();
  await expect(legend).toBeVisible();
});

test("a camera shows what it sees when one comes close, and its card when it is pressed", async ({ town, page, visit }) => {
  const { features } = await town.get("/api/cameras");
  const { geometry, properties } = features.find(({ properties: c }) => c.status === "online" && c.bearing_deg !== null && c.range_m >= 60);
  const [lon, lat] = geometry.coordinates;
  // Half way to where it sees, along its bearing.
  const [away, bearing] = [properties.range_m / 2, (properties.bearing_deg * Math.PI) / 180];
  const seen = {
    lon: lon + (away * Math.sin(bearing)) / (111_320 * Math.cos((lat * Math.PI) / 180)),
    lat: lat + (away * Math.cos(bearing)) / 110_950,
  };
  const hidden = "incidents,buildings,grids,villages";
  const look = async (level) => {
    const colours = [];
    for (const hide of [hidden, `${hidden},cameras`]) {
      await visit(`/?lat=${lat}&lng=${lon}&zoom=${level}&hide=${hide}`);
      colours.push(await colourAt(page, BASE, await screenOf(page, seen)));
    }
    return colours;
  };
  const [far, without] = await look(14);
  expect(far).toEqual(without);
  const [close, bare] = await look(18);
  expect(close).not.toEqual(bare);

  await visit(`/?lat=${lat}&lng=${lon}&zoom=18&hide=${hidden}`);
  await page.mouse.click(...(await screenOf(page, { lon, lat })));
  await expect(page.locator(".detail")).toContainText(properties.code);
  await expect.poll(() => address(page).get("select")).toBe(`camera-${properties.code}`);
});
