// The alert of a grave incident: it can't be missed, it stays until somebody who commands acknowledges it, and it says who did.
import { findings } from "../lib/axe.mjs";
import { deskPage } from "../lib/desk.mjs";
import { expect, placeInTown, report, test } from "../lib/fixtures.mjs";
import { address, open, says, watch } from "../lib/page.mjs";
import { demoAccounts } from "../lib/people.mjs";

const band = (page) => page.locator("section.alert");
const told = (page) => page.locator(".alert-told li");

/** A grave report, as somebody in the field sends it. */
const grave = async (server, title, severity = 1, index = 5) => report(server, { title, severity, ...(await placeInTown(server, index)) });

/** Somebody's map, by their name or role. */
async function mapOf(browser, server, whom, path = "/", options = {}) {
  const page = await deskPage(browser, server, whom, options);
  const faults = watch(page, server.url);
  await open(page, server.url + path, { server: null });
  await says(page, "live");
  return { page, faults };
}

/** How often an incident's log says that it was acknowledged. */
async function acknowledgements(server, id) {
  const { log } = await server.get(`/api/incidents/${id}`);
  return log.filter((entry) => entry.action === "acknowledge").length;
}

test("an alert comes up on every map, whatever it shows, and goes from all of them when one acknowledges it", async ({ ownTown: server, browser }) => {
  test.setTimeout(120_000);
  const accounts = demoAccounts(server);
  const name = (role) => accounts.find((account) => account.role === role).name;
  const { page: commander, faults } = await mapOf(browser, server, "commander");
  // A filter that lets nothing grave through, and a place that is somewhere else.
  const { page: chief } = await mapOf(browser, server, "chief_of_grids", "/?severity=4&zoom=17&lat=34.39&lng=107.44");
  const { page: member } = await mapOf(browser, server, "grid_member");
  await expect(band(commander)).toBeHidden();

  const lesser = await grave(server, "路面塌陷", 2, 5);
  const { id } = await grave(server, "粮站起火", 1, 6);
  for (const page of [commander, chief]) {
    await expect(band(page).locator("li")).toHaveCount(2, { timeout: 5000 });
    // The gravest first, though it came last.
    await expect(band(page).locator("li").first()).toContainText("粮站起火");
    await expect(page).toHaveTitle(/2 起警报/);
  }
  await expect(commander.locator("[role=alert]").first()).toContainText("警报：特别重大事件，粮站起火");

  // It takes room of its own: the map's cards begin below it.
  const [alertBox, cards] = await Promise.all([band(commander).boundingBox(), commander.locator(".cards").boundingBox()]);
  expect(cards.y).toBeGreaterThanOrEqual(alertBox.y + alertBox.height);
  // And on a laptop the cards that are left end above the figures.
  const [strip, ...shown] = await Promise.all([".strip", ".card.layers", ".card.legend"].map((part) => commander.locator(part).boundingBox()));
  for (const card of shown.filter(Boolean)) expect(card.y + card.height).toBeLessThanOrEqual(strip.y);
  expect(await findings(commander)).toEqual([]);

  await band(commander).locator(".look").first().click();
  await expect.poll(() => address(commander).get("select")).toBe(`incident-${id}`);
  await expect(commander.locator(".detail h2")).toContainText("粮站起火");

  await band(commander).getByRole("button", { name: "知悉" }).first().click();
  for (const page of [commander, chief]) {
    await expect(band(page).locator("li")).toHaveCount(1);
    await expect(told(page).first()).toContainText(`${name("commander")}`);
    await expect(told(page).first()).toContainText("粮站起火");
  }
  // The chief of grids takes the other one, by the keyboard.
  await band(chief).getByRole("button", { name: "知悉" }).focus();
  await chief.waitForTimeout(600);
  await chief.keyboard.press("Enter");
  await expect(band(commander)).toBeHidden();
  await expect(told(commander).first()).toContainText(name("chief_of_grids"));
  await expect(commander).toHaveTitle(/^慕仪镇/);
  expect([await acknowledgements(server, id), await acknowledgements(server, lesser.id)]).toEqual([1, 1]);
  expect(faults).toEqual([]);

  // Who comes later is told as well, in their language.
  const { page: later } = await mapOf(browser, server, "commander", "/?lang=en&theme=dark");
  await expect(told(later).first()).toContainText(`Acknowledged by ${name("chief_of_grids")}`);
  // Of another village's there is nothing to see for who is bound to a grid.
  await expect(band(member)).toBeHidden();
});

test("who does not command sees that an alert waits, and has no button for it", async ({ ownTown: server, browser }) => {
  const chief = demoAccounts(server).find((account) => account.role === "village_chief");
  const { features } = await server.get("/api/grids");
  const [lon, lat] = features.find((feature) => feature.properties.village === chief.village).properties.label;
  await report(server, { title: "锅炉爆炸", severity: 1, lon, lat });
  const { page } = await mapOf(browser, server, chief.name);
  await expect(band(page).locator("li")).toContainText("待指挥中心知悉");
  await expect(band(page).getByRole("button", { name: "知悉", exact: true })).toHaveCount(0);
});

test("an acknowledgement given while the server is away is sent once, when it is back", async ({ ownTown: server, browser }) => {
  const { page } = await mapOf(browser, server, "commander");
  const { id } = await grave(server, "桥面断裂");
  await expect(band(page).locator("li")).toHaveCount(1, { timeout: 5000 });
  await page.waitForTimeout(600);
  const keys = [];
  page.on("request", (request) => request.method() === "POST" && keys.push(request.headers()["idempotency-key"]));
  // The server does it, and the answer is lost on the way: twice.
  const lost = async (route) => {
    await route.fetch();
    await route.abort();
  };
  await page.route("**/api/incidents/*/events*", lost, { times: 2 });
  await band(page).getByRole("button", { name: "知悉" }).click();
  await expect(told(page)).toHaveCount(1, { timeout: 20_000 });
  await expect.poll(() => keys.length, { timeout: 20_000 }).toBe(3);
  expect(new Set(keys).size).toBe(1);
  expect(await acknowledgements(server, id)).toBe(1);
});

test("the sound is asked for, rings while an alert waits, and no longer", async ({ ownTown: server, browser }) => {
  const page = await deskPage(browser, server, "commander");
  await page.addInitScript(() => {
    window.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...args) {
      window.tones += 1;
      return start.apply(this, args);
    };
  });
  await open(page, server.url, { server: null });
  await says(page, "live");
  const tones = () => page.evaluate(() => window.tones);
  const { id } = await grave(server, "堤坝渗水");
  await expect(band(page)).toBeVisible({ timeout: 5000 });
  expect(await tones(), "nobody asked for it").toBe(0);
  const button = page.locator(".bar").getByRole("button", { name: "警报声" });
  await button.click();
  await expect(button).toHaveAttribute("aria-pressed", "true");
  const first = await tones();
  expect(first).toBeGreaterThan(0);
  await expect.poll(tones, { timeout: 10_000 }).toBeGreaterThan(first);
  await (await server.as("chief_of_grids")).post(`/api/incidents/${id}/events`, { action: "acknowledge" });
  await expect(band(page)).toBeHidden();
  const last = await tones();
  await page.waitForTimeout(5000);
  expect(await tones()).toBe(last);
});

test("on a telephone the alert is whole, and its button is for fingers", async ({ ownTown: server, browser }) => {
  await grave(server, "名字很长的一件特别重大事件，长到一行写不下也要看得见是什么");
  const options = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  for (const path of ["/", "/?lang=en&theme=dark"]) {
    const { page } = await mapOf(browser, server, "commander", path, options);
    const button = band(page).locator(".acknowledge");
    const box = await button.boundingBox();
    expect(box.height).toBeGreaterThanOrEqual(44);
    expect(box.x + box.width).toBeLessThanOrEqual(390);
    expect(await findings(page)).toEqual([]);
    await page.context().close();
  }
});
