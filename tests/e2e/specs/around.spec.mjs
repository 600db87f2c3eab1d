// A place on the ground: who answers for it, what sees it, what is near; and what stands in a camera's way.
import { findings } from "../lib/axe.mjs";
import { LIVE, changed, keep, screenOf } from "../lib/canvas.mjs";
import { expect, placeInTown, report, test } from "../lib/fixtures.mjs";
import { address } from "../lib/page.mjs";

const card = (page) => page.locator(".detail");
const place = (page) => /^place-(-?[\d.]+)_(-?[\d.]+)$/.exec(address(page).get("select") ?? "")?.slice(1).map(Number);

/** A camera that gives a picture, and a place in the middle of what it sees. */
async function seen(town, which = 0) {
  const { features } = await town.get("/api/cameras");
  const looking = features.filter(({ properties: c }) => c.status === "online" && c.bearing_deg !== null && c.range_m >= 60);
  const { geometry, properties } = looking[which];
  const [lon, lat] = geometry.coordinates;
  const [away, bearing] = [properties.range_m / 2, (properties.bearing_deg * Math.PI) / 180];
  const spot = {
    lon: lon + (away * Math.sin(bearing)) / (111_320 * Math.cos((lat * Math.PI) / 180)),
    lat: lat + (away * Math.cos(bearing)) / 110_950,
  };
  return { camera: properties, spot };
}

const addressOf = ({ lon, lat }, zoom = 18) => `lat=${lat.toFixed(6)}&lng=${lon.toFixed(6)}&zoom=${zoom}`;

test("a press on the ground tells who answers for the place, what sees it, and who is near", async ({ town, page, visit }) => {
  const { camera, spot } = await seen(town);
  const incident = await report(town, { title: "此处井盖松动", ...spot });
  await visit(`/?${addressOf(spot)}&hide=incidents,buildings`);
  await page.mouse.move(5, 5);
  await keep(page, LIVE, "before");
  await page.mouse.click(...(await screenOf(page, spot)));
  await expect(card(page)).toContainText(camera.code);
  await expect.poll(() => place(page)).toBeTruthy();
  const [lat, lon] = place(page);
  expect(Math.abs(lat - spot.lat) + Math.abs(lon - spot.lon)).toBeLessThan(3e-5);
  // The spot and what its cameras see are marked on the map.
  await page.mouse.move(5, 5);
  await expect.poll(async () => Boolean(await changed(page, LIVE, "before"))).toBe(true);

  const around = await town.get(`/api/around?lon=${lon}&lat=${lat}`);
  const text = await card(page).textContent();
  for (const { people } of around.place.chain) for (const { name } of people) expect(text).toContain(name);
  for (const { name } of around.responders) expect(text).toContain(name);
  expect(around.responders.every(({ by }) => by === "straight")).toBe(true);
  expect(text).toContain("直线距离");
  expect(text).toContain("此处井盖松动");

  // An incident, the grid and the village are a press away, and the address brings back the place.
  await card(page).getByRole("button", { name: "此处井盖松动" }).click();
  await expect.poll(() => address(page).get("select")).toBe(`incident-${incident.id}`);
  for (const kind of ["village", "grid"]) {
    await visit(`/?${addressOf(spot)}&select=place-${lat}_${lon}`);
    await card(page).locator(".ways button").nth(kind === "village" ? 0 : 1).click();
    await expect.poll(() => address(page).get("select")).toBe(`${kind}-${around.place[kind]}`);
    await expect(card(page).locator(".facts")).toBeVisible();
  }
});

test("what stands in a camera's way is marked on its card, told on the place's card, and taken back", async ({ town, page, visit }) => {
  const { camera, spot } = await seen(town, 1);
  const here = `/?${addressOf(spot)}&select=place-${spot.lat.toFixed(5)}_${spot.lon.toFixed(5)}`;
  await visit(here);
  const item = card(page).getByRole("button").filter({ hasText: camera.code });
  await expect(item).not.toContainText("被遮挡");
  await item.click();
  await expect.poll(() => address(page).get("select")).toBe(`camera-${camera.code}`);

  await card(page).locator("summary").click();
  await card(page).getByLabel("被什么遮挡").fill("杨树新枝");
  await card(page).getByRole("button", { name: "标注", exact: true }).click();
  await expect(card(page).locator(".trouble")).toContainText("方位角");
  const [from, to] = [-10, 10].map((off) => ((camera.bearing_deg + off + 360) % 360).toFixed(1));
  await card(page).getByLabel("从方位角").fill(from);
  await card(page).getByLabel("到方位角").fill(to);
  await card(page).getByLabel("多少米以外").fill("5");
  await card(page).getByLabel("被什么遮挡").press("Enter");
  const mark = card(page).locator(".marked", { hasText: "杨树新枝" });
  await expect(mark).toContainText((await town.as()).me.name);
  await expect(mark).toContainText("5 米以外");

  await card(page).getByLabel("检查结果").selectOption("blurred");
  await card(page).getByRole("button", { name: "记下检查" }).click();
  await expect(card(page)).toContainText("画面模糊 · ");

  await visit(here);
  await expect(item).toContainText("被遮挡：杨树新枝");
  await item.click();
  await mark.getByRole("button").click();
  await expect(mark).toHaveCount(0);
  await visit(here);
  await expect(item).toBeVisible();
  await expect(item).not.toContainText("被遮挡");
});

test("keys ask for the place in the map's middle, and Escape lets it go", async ({ town, page, visit }) => {
  const at = await placeInTown(town, 30);
  await visit(`/?${addressOf(at, 16)}`);
  for (const key of ["Enter", "i"]) {
    await page.locator(".leaflet-container").first().focus();
    await page.keyboard.press(key);
    await expect.poll(() => place(page)).toBeTruthy();
    const [lat, lon] = place(page);
    expect(Math.abs(lat - at.lat) + Math.abs(lon - at.lon), key).toBeLessThan(3e-5);
    await expect(card(page)).toContainText("谁负责这里");
    await page.keyboard.press("Escape");
    await expect(card(page)).toHaveCount(0);
  }
});

for (const [name, looks] of [
  ["by day, in Chinese", "theme=light"],
  ["by night, in English", "theme=dark&lang=en"],
]) {
  test(`axe finds nothing serious in either card ${name}`, async ({ town, page, visit }) => {
    const { camera, spot } = await seen(town, 2);
    await visit(`/?${addressOf(spot)}&select=place-${spot.lat.toFixed(5)}_${spot.lon.toFixed(5)}&${looks}`);
    await expect(card(page)).toContainText(camera.code);
    expect(await findings(page)).toEqual([]);
    await card(page).getByRole("button").filter({ hasText: camera.code }).click();
    await card(page).locator("summary").click();
    expect(await findings(page), "with a camera open").toEqual([]);
  });
}

test.describe("on a telephone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });

  test("both cards fit, and whatever can be touched is large enough", async ({ town, page, visit }) => {
    const { camera, spot } = await seen(town, 3);
    for (const lang of ["zh", "en"]) {
      await visit(`/?${addressOf(spot)}&select=place-${spot.lat.toFixed(5)}_${spot.lon.toFixed(5)}&lang=${lang}`);
      const item = card(page).getByRole("button").filter({ hasText: camera.code });
      await expect(item).toBeVisible();
      const small = () =>
        card(page).evaluate((card) =>
          [...card.querySelectorAll("button, select, summary, input")]
            .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
            .filter(([, box]) => box.width && (Math.round(box.width) < 44 || Math.round(box.height) < 44 || box.right > innerWidth))
            .map(([html, box]) => `${html} is ${Math.round(box.width)}×${Math.round(box.height)}`),
        );
      expect(await small(), lang).toEqual([]);
      expect(await card(page).evaluate((card) => card.scrollWidth - card.clientWidth), lang).toBeLessThanOrEqual(0);
      await item.tap();
      await card(page).locator("summary").tap();
      expect(await small(), `${lang}, a camera`).toEqual([]);
      expect(await card(page).evaluate((card) => card.scrollWidth - card.clientWidth), lang).toBeLessThanOrEqual(0);
    }
  });
});
