// One person reports; the others see it, find it, and share it.
import { allIds, expect, placeInTown, report, test, whoAnswers } from "../lib/fixtures.mjs";
import { address, mapBox, open, roomCentre, rowOf, says, watch } from "../lib/page.mjs";

test("a report appears on every open page, without anyone reloading", async ({ town, page, context, visit }) => {
  const other = await context.newPage();
  const faults = watch(other, town.url);
  await visit();
  await open(other, `${town.url}/?lang=en&theme=dark`);
  for (const each of [page, other]) await says(each, "live");

  const incident = await report(town, { title: "路灯不亮", ...(await placeInTown(town, 3)) });
  for (const each of [page, other]) {
    await expect(rowOf(each, incident.id)).toBeVisible({ timeout: 2000 });
    await expect(rowOf(each, incident.id)).toContainText("路灯不亮");
  }
  expect(faults).toEqual([]);
});

test("a step taken elsewhere changes what the list says", async ({ town, page, visit }) => {
  const incident = await report(town, { title: "井盖松动", ...(await placeInTown(town, 5)) });
  await visit("/?lang=en");
  await expect(rowOf(page, incident.id)).toContainText("to be accepted");
  const step = async (role, body) => (await whoAnswers(town, incident, role)).post(`/api/incidents/${incident.id}/events`, body);
  await step("information_officer", { action: "verify" });
  await step("grid_member", { action: "accept" });
  await expect(rowOf(page, incident.id)).toContainText("to be dispatched", { timeout: 2000 });
});

test("selecting in the list selects on the map, and the other way round", async ({ town, page, visit }) => {
  const incident = await report(town, { title: "占道堆放", ...(await placeInTown(town, 40)) });
  await visit();
  await rowOf(page, incident.id).click();
  await expect(rowOf(page, incident.id)).toHaveAttribute("aria-selected", "true");
  await expect.poll(() => address(page).get("select")).toBe(`incident-${incident.id}`);
  const card = page.locator(".detail");
  await expect(card).toContainText("占道堆放");

  // Brought to the middle of the map, and let go …
  await card.getByRole("button", { name: "在地图上看" }).click();
  await expect.poll(() => Number(address(page).get("zoom"))).toBeGreaterThanOrEqual(16);
  await page.keyboard.press("Escape");
  await expect.poll(() => address(page).get("select")).toBe(null);
  await expect(card).toHaveCount(0);

  // … a click on the marker there selects it again.
  const [x, y] = await roomCentre(page);
  await page.mouse.click(x, y);
  await expect(rowOf(page, incident.id)).toHaveAttribute("aria-selected", "true");
  await expect.poll(() => address(page).get("select")).toBe(`incident-${incident.id}`);
});

test("the address brings another person to the same view", async ({ town, page, context, visit }) => {
  const incident = await report(town, { title: "污水外溢", severity: 2, ...(await placeInTown(town, 60)) });
  await visit("/?severity=2");
  await rowOf(page, incident.id).click();
  await page.locator(".detail").getByRole("button", { name: "在地图上看" }).click();
  await expect.poll(() => Number(address(page).get("zoom"))).toBeGreaterThanOrEqual(16);
  await expect.poll(() => address(page).get("select")).toBe(`incident-${incident.id}`);

  const other = await context.newPage();
  await open(other, page.url());
  await expect(other.locator(".detail")).toContainText("污水外溢");
  await expect(rowOf(other, incident.id)).toHaveAttribute("aria-selected", "true");
  for (const name of ["severity", "select", "zoom", "lat", "lng"]) expect(address(other).get(name)).toBe(address(page).get(name));

  await page.reload();
  await expect(page.locator(".detail")).toContainText("污水外溢");
});

test("back closes what was opened, and forward opens it again", async ({ town, page, visit }) => {
  const incident = await report(town, { title: "护栏损坏", ...(await placeInTown(town, 70)) });
  await visit("/?severity=3");
  await rowOf(page, incident.id).click();
  await expect.poll(() => address(page).get("select")).toBe(`incident-${incident.id}`);

  await page.goBack();
  await expect(page.locator(".detail")).toHaveCount(0);
  expect(address(page).get("severity")).toBe("3");
  await page.goForward();
  await expect(page.locator(".detail")).toContainText("护栏损坏");
  await expect(rowOf(page, incident.id)).toHaveAttribute("aria-selected", "true");
});

test("the list shows what the map shows", async ({ town, page, visit }) => {
  const { lon, lat } = await placeInTown(town, 80);
  const incident = await report(town, { title: "树枝断落", lon, lat });
  await visit(`/?lat=${lat}&lng=${lon}&zoom=17`);
  await expect(rowOf(page, incident.id)).toBeVisible();
  const all = (await allIds(town, "state=open")).length;
  await expect.poll(() => page.locator("#list [role=option]").count()).toBeLessThan(all);

  // Dragged away from it, the list lets go of it too.
  const box = await mapBox(page);
  await page.mouse.move(box.x + 150, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 50, box.y + box.height / 2, { steps: 8 });
  await page.mouse.up();
  await expect(rowOf(page, incident.id)).toHaveCount(0);
});
