// Administration: the calendar, the categories and the duty roster, as those keep them who answer for them.
import { expect, test } from "../lib/fixtures.mjs";
import { watch } from "../lib/page.mjs";
import { demoAccounts } from "../lib/people.mjs";

/** A page of somebody's who has a role, signed in, and what goes wrong in it. */
async function pageOf(browser, town, role) {
  const whom = demoAccounts(town).find((each) => each.role === role).name;
  const context = await browser.newContext({ locale: "zh-CN" });
  await context.addCookies([(await town.as(whom)).forBrowser()]);
  const page = await context.newPage();
  return Object.assign(page, { faults: watch(page, town.url) });
}

test("a day is made a holiday for everyone, and the year is put back as it was announced", async ({ town, browser }) => {
  const admin = await pageOf(browser, town, "administrator");
  await admin.goto(`${town.url}/admin/calendar?year=2026`);
  const day = admin.locator("#day-2026-12-24");
  await expect(day).toHaveAccessibleName(/工作日/);
  // By keyboard alone: from the first day to the last month.
  await admin.locator("#day-2026-01-01").focus();
  for (let month = 1; month < 12; month += 1) await admin.keyboard.press("PageDown");
  await expect(admin.locator("#day-2026-12-01")).toBeFocused();
  await day.click();
  const dialog = admin.getByRole("dialog");
  // A Thursday is no weekend, whatever anybody says.
  await expect(dialog.getByRole("radio")).toHaveCount(2);
  await dialog.getByRole("radio", { name: "放假" }).check();
  await dialog.getByLabel("节日名称（中文）").fill("庙会");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(day).toHaveAccessibleName(/放假 · 庙会 · 改过/);

  const member = await pageOf(browser, town, "grid_member");
  await member.goto(`${town.url}/admin/calendar?year=2026`);
  await expect(member.locator(".festivals")).toContainText("庙会");
  await expect(member.locator("button.date")).toHaveCount(0);

  await admin.getByRole("button", { name: "撤销全部修改" }).click();
  await dialog.getByRole("button", { name: "撤销全部修改" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(day).toHaveAccessibleName(/工作日$/);
  expect([...admin.faults, ...member.faults]).toEqual([]);
});

test("a category is made, reports are filed under it, and none are once it has ended", async ({ town, browser }) => {
  const admin = await pageOf(browser, town, "administrator");
  await admin.goto(`${town.url}/admin/categories`);
  await admin.getByRole("button", { name: "新增类别" }).click();
  const dialog = admin.getByRole("dialog");
  // Nothing goes half filled in, and what is missing is told where it is missing.
  await dialog.locator("button.primary").click();
  await expect(dialog.locator(".fault:not(:empty)").first()).toBeVisible();
  await dialog.getByLabel("代码").fill("kite-wire");
  await dialog.getByLabel("大类").selectOption({ index: 1 });
  await dialog.getByLabel(/名称.*中文/).first().fill("风筝缠线");
  for (const limit of await dialog.locator("table input").all()) await limit.fill("120");
  await dialog.locator("button.primary").click();
  await expect(dialog).toHaveCount(0);
  await admin.getByRole("searchbox").fill("风筝");
  await expect(admin.locator("table tbody tr")).toHaveCount(1);

  const officer = await pageOf(browser, town, "information_officer");
  const choose = async () => {
    await officer.goto(`${town.url}/report`);
    await officer.getByLabel("类别").fill("风筝");
  };
  await choose();
  await expect(officer.getByRole("option", { name: /风筝缠线/ })).toBeVisible();

  await admin.locator("table tbody summary").click();
  await admin.getByRole("button", { name: "停用", exact: true }).click();
  await dialog.getByRole("button", { name: "停用" }).click();
  await expect(dialog).toHaveCount(0);
  await choose();
  await expect(officer.getByRole("option", { name: /风筝缠线/ })).toHaveCount(0);
  expect([...admin.faults, ...officer.faults]).toEqual([]);
});

test("a village chief plans their own village's duty, and everyone reads who is on", async ({ town, browser }) => {
  const chief = await pageOf(browser, town, "village_chief");
  const { name } = demoAccounts(town).find((each) => each.role === "village_chief");
  await chief.goto(`${town.url}/admin/roster`);
  await chief.getByRole("button", { name: "下一周" }).click();
  await expect(chief).toHaveURL(/week=/);
  await chief.getByRole("button", { name: /星期四/ }).click();
  const dialog = chief.getByRole("dialog");
  await dialog.getByLabel("值班人").fill(name);
  await dialog.getByRole("option").first().click();
  await dialog.getByLabel("备注").fill("带班·电话 8001");
  await dialog.getByRole("button", { name: "加入列表" }).click();
  await expect(dialog.locator(".plan")).toContainText("带班·电话 8001");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog).toHaveCount(0);
  const address = chief.url();

  const member = await pageOf(browser, town, "grid_member");
  await member.goto(address);
  await expect(member.getByText("带班·电话 8001").first()).toBeVisible();
  await expect(member.locator("table tbody button")).toHaveCount(0);
  expect([...chief.faults, ...member.faults]).toEqual([]);
});

test("a partner unit is made, wants for an account until it has one, and can be referred to", async ({ town, browser }) => {
  const admin = await pageOf(browser, town, "administrator");
  await admin.goto(`${town.url}/admin/units`);
  await expect(admin.locator("table tbody tr").first()).toBeVisible();
  await admin.getByRole("button", { name: "新增单位" }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("代码").fill("Water Works");
  await dialog.getByLabel("名称（中文）").fill("供水站");
  await dialog.locator("button.primary").click();
  await expect(dialog.locator(".fault:not(:empty)")).toBeVisible();
  await dialog.getByLabel("代码").fill("water-works");
  await dialog.locator("button.primary").click();
  await expect(dialog).toHaveCount(0);
  const row = admin.locator("table tbody tr", { hasText: "供水站" });
  await expect(row).toContainText("没有账号");

  await admin.goto(`${town.url}/admin/accounts`);
  await admin.getByRole("button", { name: "新建账号" }).click();
  await dialog.getByLabel("姓名").fill("温水生");
  await dialog.getByLabel("角色").selectOption("partner_unit");
  await dialog.getByLabel("所属单位").fill("供水");
  await dialog.getByRole("option", { name: /供水站/ }).click();
  await dialog.locator("button.primary").click();
  await expect(dialog.locator("code").first()).toBeVisible();
  await admin.goto(`${town.url}/admin/units`);
  await expect(row).toContainText("温水生");
  expect(admin.faults).toEqual([]);
});

test("everyone reads who may do what, as the server keeps it", async ({ town, browser }) => {
  const member = await pageOf(browser, town, "grid_member");
  await member.goto(`${town.url}/admin/roster`);
  await member.getByRole("link", { name: "职权" }).click();
  await expect(member.getByRole("heading", { name: "职权" })).toBeVisible();
  const rows = member.locator("table tbody tr");
  // Their own first: what they may do, and nothing of what they may not.
  await expect(rows.filter({ hasText: "上报上级" })).toContainText("轮到自己");
  await expect(rows.filter({ hasText: "督办" })).toHaveCount(0);
  await member.getByLabel("角色").selectOption("auditor");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(/督办.*办结之前的任何状态.*在自己范围内/);
  await member.getByLabel("角色").selectOption("administrator");
  await expect(member.getByText("这个角色不处理事件")).toBeVisible();
  expect(member.faults).toEqual([]);
});
