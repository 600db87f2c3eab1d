// The desk: signing in, an incident taken down and carried on by those who answer for it, accounts, sessions.
import { expect, placeInTown, report, test, whoAnswers } from "../lib/fixtures.mjs";
import { DRAWN, watch } from "../lib/page.mjs";
import { demoAccounts } from "../lib/people.mjs";

const account = (town, role) => demoAccounts(town).find((each) => each.role === role);

/** A page of somebody's, signed in. */
async function pageOf(browser, town, whom, options = {}) {
  const context = await browser.newContext({ locale: "zh-CN", ...options });
  await context.addCookies([(await town.as(whom)).forBrowser()]);
  return context.newPage();
}

async function signIn(page, { name, password }) {
  await page.getByLabel("姓名").fill(name);
  await page.getByLabel("密码", { exact: true }).fill(password);
  await page.getByRole("button", { name: "登录", exact: true }).click();
}

test("who is not signed in is led to the door, and from it to where they wanted to go", async ({ town, page }) => {
  const commander = account(town, "commander");
  await page.goto(`${town.url}/?zoom=14&lat=34.41&lng=107.46`);
  await page.waitForURL(/\/sign-in\?/);
  await signIn(page, { ...commander, password: "not it at all" });
  await expect(page.getByRole("alert").filter({ hasText: "姓名或密码" })).toBeVisible();
  await signIn(page, commander);
  await page.locator(DRAWN).first().waitFor({ state: "attached" });
  expect(new URL(page.url()).searchParams.get("zoom")).toBe("14");
  await expect(page.locator(".bar")).toContainText(commander.name);
});

test("a report is taken down, waits for who answers, and is carried on by them", async ({ town, browser }) => {
  const place = await placeInTown(town, 60);
  const officer = await pageOf(browser, town, account(town, "information_officer").name);
  const faults = watch(officer, town.url);
  await officer.goto(`${town.url}/report`);
  // Place by coordinates, category by its name: grid, village and who answers are found.
  await officer.getByLabel("地点").fill(`${place.lat.toFixed(6)}, ${place.lon.toFixed(6)}`);
  await officer.getByRole("option").first().click();
  await expect(officer.locator(".lies")).toContainText("网格员");
  // The roster of the demonstration has somebody at the town at every hour.
  await expect(officer.locator(".lies .duty").first()).toContainText("值班");
  await officer.getByLabel("类别").fill("路灯");
  await officer.getByRole("option", { name: /路灯/ }).first().click();
  await officer.getByLabel("标题").fill("桥头路灯不亮");
  await officer.getByRole("button", { name: "登记", exact: true }).click();
  await officer.waitForURL(/\/incidents\/\d+/);
  await expect(officer.locator("h1")).toContainText("桥头路灯不亮");
  expect(faults).toEqual([]);

  const id = Number(/incidents\/(\d+)/.exec(officer.url())[1]);
  const { incident } = await town.get(`/api/incidents/${id}`);
  const answering = await whoAnswers(town, incident, "grid_member");
  const member = await pageOf(browser, town, answering.me.name);
  await member.goto(`${town.url}/work`);
  const row = member.locator(".work li", { hasText: "桥头路灯不亮" }).first();
  await expect(row).toBeVisible();
  await member.goto(`${town.url}/incidents/${id}`);
  await member.getByRole("button", { name: "立案", exact: true }).click();
  await expect.poll(async () => (await town.get(`/api/incidents/${id}`)).incident.properties.state).toBe("accepted");
  await expect(member.getByRole("button", { name: "开始处置" })).toBeVisible();
  const chief = await pageOf(browser, town, (await whoAnswers(town, incident, "village_chief")).me.name);
  await chief.goto(`${town.url}/work`);
  await expect(chief.locator(".work li, .empty").first()).toBeVisible();
  await expect(chief.getByText("桥头路灯不亮")).toHaveCount(0);
  // Passing up asks for a reason, and nothing goes without it.
  await member.getByRole("button", { name: "上报上级" }).click();
  const dialog = member.getByRole("dialog");
  await dialog.getByRole("button", { name: "上报上级" }).click();
  await expect(dialog).toBeVisible();
  await dialog.getByRole("textbox").first().fill("需要供电所，请村上协调");
  await dialog.getByRole("button", { name: "上报上级" }).click();
  await expect(dialog).toHaveCount(0);
  // It waits for the village's chief at once, and the officer's page, still open, tells it: neither is loaded anew. The first receiver answers until another accepts.
  await expect(chief.locator(".work li", { hasText: "桥头路灯不亮" })).toBeVisible({ timeout: 3_000 });
  await expect(officer.getByText("需要供电所，请村上协调")).toBeVisible({ timeout: 3_000 });
  const now = (await town.get(`/api/incidents/${id}`)).incident.properties;
  expect([now.owner, now.offered, now.level]).toEqual(["grid", "village", "village"]);
});

test("the parties to a dispute are written down and read by who handles it, with a reason that the auditor finds", async ({ town, browser }) => {
  const place = await placeInTown(town, 61);
  const categories = await town.get("/api/categories");
  const { code: category } = categories.find((each) => each.group === "dispute");
  const officer = await town.as(account(town, "information_officer").name);
  const { id } = await report(officer, { ...place, title: "院墙滴水争执", category });
  const { incident } = await town.get(`/api/incidents/${id}`);
  const chief = await whoAnswers(town, incident, "village_chief");
  const page = await pageOf(browser, town, chief.me.name);
  const faults = watch(page, town.url);
  await page.goto(`${town.url}/incidents/${id}`);
  const box = page.locator(".disputants");
  const dialog = page.getByRole("dialog");
  const see = async (reason) => {
    await box.getByRole("button", { name: "查看当事人" }).click();
    await dialog.getByRole("button", { name: "查看", exact: true }).click();
    await expect(dialog.locator(".fault:not(:empty)"), "no reason, no names").toBeVisible();
    await dialog.getByLabel("为什么查看").fill(reason);
    await dialog.getByRole("button", { name: "查看", exact: true }).click();
    await expect(dialog).toHaveCount(0);
  };
  await see("登记双方");
  await box.getByRole("button", { name: "登记当事人" }).click();
  await dialog.getByLabel("姓名").fill("𠮷有田");
  await dialog.getByLabel("身份").selectOption("applicant");
  await dialog.getByLabel("联系方式").fill("村东头第二家");
  await dialog.getByRole("button", { name: "加入名单" }).click();
  // The second is not put on the list first: what is filled in is meant.
  await dialog.getByLabel("姓名").fill("石头");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(box.locator("li")).toHaveText([/申请人.*𠮷有田.*村东头第二家/, /石头/]);
  await box.getByRole("button", { name: "收起" }).click();
  await expect(box).not.toContainText("石头");
  await page.reload();
  await see("准备周三的调解");
  await expect(box).toContainText("𠮷有田");
  expect(faults).toEqual([]);

  // Seeing a dispute from above is not handling it.
  const commander = await pageOf(browser, town, account(town, "commander").name);
  await commander.goto(`${town.url}/incidents/${id}`);
  await expect(commander.locator("h1")).toContainText("院墙滴水争执");
  await expect(commander.locator(".disputants")).toHaveCount(0);
  const auditor = await pageOf(browser, town, account(town, "auditor").name);
  await auditor.goto(`${town.url}/audit?action=read_parties`);
  await expect(auditor.locator("table")).toContainText("准备周三的调解");
  await expect(auditor.locator("table")).not.toContainText("有田");
});

test("an account is made, its first password is to be changed, and another session ends at once", async ({ town, browser }) => {
  const admin = await pageOf(browser, town, "administrator");
  await admin.goto(`${town.url}/admin/accounts`);
  await admin.getByRole("button", { name: "新建账号" }).click();
  const dialog = admin.getByRole("dialog");
  const name = `督察${Date.now() % 100_000}`;
  await dialog.getByLabel("姓名").fill(name);
  await dialog.getByLabel("角色").selectOption("auditor");
  await dialog.locator("button.primary").click();
  const secret = dialog.locator("code").first();
  await expect(secret).toBeVisible();
  const password = (await secret.textContent()).trim();

  const first = await (await browser.newContext({ locale: "zh-CN" })).newPage();
  await first.goto(`${town.url}/sign-in`);
  await signIn(first, { name, password });
  // Nothing else until they have a password of their own.
  const chosen = "三里桥头的柳树 2026";
  await first.getByLabel("现在的密码", { exact: true }).fill(password);
  await first.getByLabel("新密码", { exact: true }).fill(chosen);
  await first.getByLabel("再输一遍新密码", { exact: true }).fill(chosen);
  await first.locator("button.primary").click();
  await expect(first.locator(".bar")).toContainText(name);

  const second = await (await browser.newContext({ locale: "zh-CN" })).newPage();
  await second.goto(`${town.url}/sign-in?next=%2Faccount`);
  await signIn(second, { name, password: chosen });
  await second.waitForURL(/\/account/);
  await expect(second.locator(".sessions li")).toHaveCount(2);
  await second.getByRole("button", { name: /其他/ }).click();
  await expect(second.locator(".sessions li")).toHaveCount(1);
  await first.goto(`${town.url}/work`);
  await first.waitForURL(/\/sign-in/);
});

test("the auditor finds in the audit log who did what", async ({ town, browser }) => {
  const auditor = await pageOf(browser, town, "auditor");
  await auditor.goto(`${town.url}/audit`);
  await expect(auditor.locator("table tbody tr").first()).toBeVisible();
  await expect(auditor.locator("table")).toContainText(account(town, "auditor").name);
});
