// The desk's pages: for everyone, on a telephone, by keyboard, in the other language, and the walks that people take in them.
import { findings } from "../lib/axe.mjs";
import { PAGES, deskPage, openPage } from "../lib/desk.mjs";
import { expect, placeInTown, report, test, whoAnswers } from "../lib/fixtures.mjs";
import { watch } from "../lib/page.mjs";
import { png } from "../lib/picture.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/** What the page did that it should not, but for refusals that were asked for: a browser writes each into its console. */
const own = (faults) => faults.filter((fault) => !fault.includes("Failed to load resource"));

/** Presses Tab, or the way back, until something has the focus. */
async function tabTo(page, target, key = "Tab") {
  for (let presses = 0; presses < 400; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to ${target}`);
}

for (const one of PAGES) {
  for (const [name, looks] of [
    ["by day", "theme=light"],
    ["by night", "theme=dark"],
  ]) {
    test(`axe finds nothing serious: ${one.name}, ${name}`, async ({ town, browser }) => {
      const page = await openPage(browser, town, one, looks);
      expect(await findings(page)).toEqual([]);
      await page.context().close();
    });
  }

  test(`nothing is wider than a telephone: ${one.name}`, async ({ town, browser }) => {
    for (const lang of ["zh", "en"]) {
      const page = await openPage(browser, town, one, `lang=${lang}`, PHONE);
      const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
      expect(wide, lang).toBeLessThanOrEqual(390);
      // The page scrolls within its place, which cuts off what is too wide for it.
      const cut = await page.locator("#main").evaluate((main) => main.scrollWidth - main.clientWidth);
      expect(cut, `cut off, ${lang}`).toBeLessThanOrEqual(0);
      await page.context().close();
    }
  });

  test(`no Chinese is left on the English page but names: ${one.name}`, async ({ town, browser }) => {
    const page = await openPage(browser, town, one, "lang=en");
    const left = await page.evaluate(() => {
      // What holds data: rows, people, titles, places, what was said; and the switch, which is meant for who reads the other.
      const data = ".lang, .account, .clock, tbody, .work, .case-head, .marks, .parties, .chapters, .found, .lies, .chart, .sessions, .thumbs, .festivals, .terms dd";
      const chrome = "nav *, .skip, h1, h2, h3, button, button *, a.btn, a.btn *, th, th *, legend, label, label > span, dt, caption, summary *, .head p, p.hint, .door p";
      const says = (element) => {
        const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data);
        return [...texts, element.getAttribute("title"), element.getAttribute("placeholder")].filter(Boolean).join(" ").trim();
      };
      const elements = [...document.querySelectorAll(chrome), ...document.querySelectorAll("main input")];
      return elements.filter((element) => !element.closest(data)).map(says).filter((text) => /\p{Script=Han}/u.test(text));
    });
    expect(left).toEqual([]);
    await expect(page.locator("html")).toHaveAttribute("lang", /^en/);
    await page.context().close();
  });
}

test("my work by keyboard alone: rows, marks, a step with two, one taken back", async ({ town, browser }) => {
  const place = await placeInTown(town, 42);
  const ours = [];
  for (const title of ["键盘甲", "键盘乙", "键盘丙"]) ours.push(await report(town, { ...place, title }));
  const member = await whoAnswers(town, ours[0], "grid_member");
  const page = await deskPage(browser, town, member.me.name);
  const faults = watch(page, town.url);
  await page.goto(`${town.url}/work`);
  for (const { id } of ours) await page.locator(`#job-${id}`).waitFor();
  const listed = await page.locator(".work .job").evaluateAll((rows) => rows.map((row) => Number(row.dataset.incident)));
  const [first, second, third] = listed.filter((id) => ours.some((each) => each.id === id));

  const walkTo = async (id) => {
    for (let steps = 0; steps < listed.length; steps += 1) {
      if (await page.locator(`#job-${id}`).evaluate((row) => row === document.activeElement)) return;
      await page.keyboard.press("ArrowDown");
    }
    await expect(page.locator(`#job-${id}`)).toBeFocused();
  };
  await tabTo(page, page.locator(".work .job").first());
  for (const id of [first, second]) {
    await walkTo(id);
    await page.keyboard.press("x");
    await expect(page.locator(`#job-${id} .mark-box`)).toBeChecked();
  }
  const bar = page.locator(".head .does");
  await expect(bar).toContainText("已选 2 件");

  // A second thought leaves the marks where they are.
  const dialog = page.getByRole("dialog");
  const accept = bar.getByRole("button", { name: "立案", exact: true });
  await tabTo(page, accept, "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(bar).toContainText("已选 2 件");
  await tabTo(page, accept);
  await page.keyboard.press("Enter");
  await tabTo(page, dialog.locator("button[type=submit]"));
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(bar).not.toContainText("已选");
  const standing = async (id) => (await town.get(`/api/incidents/${id}`)).incident.properties;
  for (const id of [first, second]) expect((await standing(id)).state).toBe("accepted");

  // The third goes up by the digit of its step, and is taken back from the line that tells it.
  const { items } = await member.get("/api/work");
  const offers = items.find(({ incident }) => incident.id === third).offers.map(({ action }) => action);
  const digit = ["accept", ...offers.filter((action) => action !== "accept")].indexOf("pass_up") + 1;
  expect(digit).toBeGreaterThan(1);
  await tabTo(page, page.locator(`#job-${third}`));
  await page.keyboard.press(String(digit));
  await tabTo(page, dialog.getByRole("textbox"));
  await page.keyboard.type("请村上看看");
  await tabTo(page, dialog.locator("button[type=submit]"));
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  expect((await standing(third)).offered).toBe("village");
  await tabTo(page, page.locator(".toasts").getByRole("button", { name: "撤销" }));
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await standing(third)).offered).toBe(null);

  // The help tells of these keys.
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText(/标记这一行/);
  expect(faults).toEqual([]);
});

test("an incident is found by its number, from the map's card, and nowhere by a number that is nobody's", async ({ town, browser, visit, page }) => {
  const incident = await report(town, { ...(await placeInTown(town, 43)), title: "按编号找" });
  const chief = await deskPage(browser, town, "commander");
  await chief.goto(`${town.url}/work`);
  const number = chief.getByRole("searchbox", { name: "编号" });
  await number.fill("20991231-0001");
  await number.press("Enter");
  await expect(chief.locator(".number [role=status]")).toContainText("没有 20991231-0001");
  await number.fill(`#${incident.properties.number}`);
  await number.press("Enter");
  await chief.waitForURL(new RegExp(`/incidents/${incident.id}$`));
  await expect(chief.locator("h1")).toContainText("按编号找");

  await visit(`/?select=incident-${incident.id}`);
  await page.locator(".detail").getByRole("link", { name: "打开事件" }).click();
  await page.waitForURL(new RegExp(`/incidents/${incident.id}`));
  await expect(page.locator("h1")).toContainText("按编号找");
});

test("a duplicate is chosen from what was told nearby, and both pages lead to each other", async ({ town, browser }) => {
  const place = await placeInTown(town, 44);
  const main = await report(town, { ...place, title: "沟口积水" });
  const twin = await report(town, { ...place, title: "沟口又积水" });
  const late = await report(town, { ...place, title: "沟口还积水" });
  const member = await whoAnswers(town, main, "grid_member");
  const sent = await fetch(`${town.url}/api/incidents/${main.id}/photos?kind=scene`, {
    method: "POST",
    headers: { cookie: member.cookie, "content-type": "application/octet-stream" },
    body: png(),
  });
  expect(sent.status).toBe(201);

  const page = await deskPage(browser, town, member.me.name);
  const faults = watch(page, town.url);
  await page.goto(`${town.url}/incidents/${twin.id}`);
  await page.getByRole("button", { name: "并案", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const row = (title) => dialog.locator("label.near").filter({ has: page.getByText(title, { exact: true }) });
  const photo = row("沟口积水").getByRole("img", { name: "照片：现场" });
  await expect.poll(() => photo.evaluate((img) => img.naturalWidth)).toBeGreaterThan(0);
  await row("沟口积水").click();
  await expect(row("沟口积水").getByRole("radio")).toBeChecked();
  await dialog.locator("button[type=submit]").click();
  await expect(dialog).toHaveCount(0);
  await expect(page.locator(".marks")).toContainText("已并入");
  await page.locator(".marks").getByRole("link", { name: /沟口积水/ }).click();
  await page.waitForURL(new RegExp(`/incidents/${main.id}`));
  await expect(page.locator("h1")).toContainText("沟口积水");
  // The story names the other by its number as well.
  await expect(page.locator(".story").getByRole("link", { name: new RegExp(twin.properties.number) })).toBeVisible();
  await page.locator(".marks").getByRole("link", { name: /沟口又积水/ }).click();
  await page.waitForURL(new RegExp(`/incidents/${twin.id}`));

  // What has gone on in another is shown, but nothing can go on in it.
  await page.goto(`${town.url}/incidents/${late.id}`);
  await page.getByRole("button", { name: "并案", exact: true }).click();
  await expect(row("沟口又积水").getByRole("radio")).toBeDisabled();
  await expect(row("沟口又积水")).toContainText("已并案，不能并入");
  await expect(row("沟口积水").getByRole("radio")).toBeEnabled();
  expect(faults).toEqual([]);
});

test("a report is taken down by a press on the map, with what was told nearby beside it", async ({ town, browser }) => {
  const place = await placeInTown(town, 45);
  const told = await report(town, { ...place, title: "麦场边垃圾" });
  const officer = await whoAnswers(town, told, "information_officer");
  const page = await deskPage(browser, town, officer.me.name);
  const faults = watch(page, town.url);
  await page.goto(`${town.url}/report`);
  await page.locator(".intake .chart canvas").first().waitFor({ state: "attached" });
  // The neighbourhood by its coordinates, the very spot by a press.
  const where = page.getByLabel("地点");
  await where.fill(`${place.lat.toFixed(5)}, ${place.lon.toFixed(5)}`);
  await page.getByRole("option").first().click();
  await expect(page.locator(".lies")).toContainText("网格员");
  const before = await where.inputValue();
  // The map flies there, and takes no press on its way.
  await page.waitForTimeout(2000);
  const box = await page.locator(".intake .chart").boundingBox();
  await page.mouse.click(box.x + box.width / 2 - 90, box.y + box.height / 2 + 20);
  await expect(where).toHaveValue(/^\d+\.\d+, \d+\.\d+$/);
  await expect(where).not.toHaveValue(before);
  const near = page.locator(".found-near a.near", { hasText: "麦场边垃圾" });
  await expect(near).toContainText("米");
  await expect(near).toHaveAttribute("href", new RegExp(`/incidents/${told.id}`));

  // A key that leads away leads nowhere as long as something would be lost.
  await page.getByRole("button", { name: "登记", exact: true }).focus();
  await page.keyboard.press("m");
  await page.waitForTimeout(300);
  expect(new URL(page.url()).pathname).toBe("/report");

  await page.getByLabel("类别").fill("路灯");
  await page.getByRole("option", { name: /路灯/ }).first().click();
  await page.getByRole("button", { name: "登记", exact: true }).click();
  await page.waitForURL(/\/incidents\/\d+/);
  await expect(page.locator("h1")).toContainText("路灯");
  expect(faults).toEqual([]);
});

test("a photo is added, seen large, removed with a reason that the auditor follows, and a text is refused in words", async ({ town, browser }) => {
  const incident = await report(town, { ...(await placeInTown(town, 46)), title: "护坡开裂" });
  const member = await whoAnswers(town, incident, "grid_member");
  const page = await deskPage(browser, town, member.me.name);
  const faults = watch(page, town.url);
  await page.goto(`${town.url}/incidents/${incident.id}`);
  const [files, thumbs, dialog] = [page.locator(".photos input[type=file]"), page.locator(".photos button.thumb"), page.getByRole("dialog")];
  await files.setInputFiles({ name: "现场.png", mimeType: "image/png", buffer: png() });
  await expect(thumbs).toHaveCount(1);
  await expect(thumbs).toHaveAccessibleName(new RegExp(`现场.*${member.me.name}`));

  await files.setInputFiles({ name: "说明.txt", mimeType: "text/plain", buffer: Buffer.from("护坡裂缝约两指宽") });
  const refused = page.locator(".photos .thumb.bad");
  await expect(refused).toContainText(/说明\.txt.*照片须为 JPEG、PNG 或 WebP/);
  await refused.getByRole("button", { name: "关闭" }).click();
  await expect(refused).toHaveCount(0);

  await thumbs.click();
  const large = dialog.locator(".large img");
  await expect.poll(() => large.evaluate((img) => img.naturalWidth)).toBe(64);
  await dialog.getByRole("button", { name: "移除照片" }).click();
  const reason = dialog.getByLabel("理由或情况");
  await expect(reason).toBeVisible();
  await dialog.locator("button[type=submit]").click();
  await expect(dialog.locator(".fault:not(:empty)"), "no reason, no removal").toBeVisible();
  await reason.fill("拍错了地方");
  await dialog.locator("button[type=submit]").click();
  await expect(dialog).toHaveCount(0);
  await expect(thumbs).toHaveCount(0);
  expect(own(faults)).toEqual([]);

  const auditor = await deskPage(browser, town, "auditor");
  await auditor.goto(`${town.url}/audit?action=remove_photo`);
  const entry = auditor.locator("tbody tr", { hasText: "拍错了地方" });
  // Told in the page's language, with the way to the incident.
  await expect(entry).toContainText("照片：");
  await entry.getByRole("link", { name: String(incident.id), exact: true }).click();
  await auditor.waitForURL(new RegExp(`/incidents/${incident.id}`));
  await expect(auditor.locator("h1")).toContainText("护坡开裂");
});
