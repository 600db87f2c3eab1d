// The desk's pages, whose they are, and what stands on them once they are there.
import { report } from "./fixtures.mjs";
import { demoAccounts } from "./people.mjs";

/** A page of somebody's, by their role or their name, signed in; of nobody's where `whom` is null. */
export async function deskPage(browser, town, whom, options = {}) {
  const context = await browser.newContext({ locale: "zh-CN", ...options });
  if (whom) await context.addCookies([(await town.as(whom)).forBrowser()]);
  return context.newPage();
}

/** What waits for a village's chief; where nothing does, a member of one of their grids passes something up. */
async function waiting(town) {
  const chief = await town.as("village_chief");
  const first = async () => (await chief.get("/api/work")).items[0];
  if (!(await first())) {
    const { name, grid } = demoAccounts(town).find((each) => each.role === "grid_member" && each.grid?.startsWith(chief.me.village));
    const member = await town.as(name);
    const { features } = await member.get("/api/grids");
    const [lon, lat] = features.find((feature) => feature.properties.code === grid).properties.label;
    const { id } = await report(member, { lon, lat, title: "等网格长定" });
    await member.post(`/api/incidents/${id}/events`, { action: "pass_up", note: "需村上协调" });
  }
  return `/incidents/${(await first()).incident.id}`;
}

/** The audit log, with a deed in it whose details are one long line without a gap. */
async function told(town) {
  const chief = await town.as("chief_of_grids");
  const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const duties = [{ staff: chief.me.staff, shift: "day", place: "town", note: "0917".repeat(30) }];
  const answer = await chief.send("PUT", `/api/roster/${day}`, { duties });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return "/audit";
}

/** Every page: who looks at it, its address (which may have to be asked for), and what shows that it is all there. */
export const PAGES = [
  { name: "sign-in", whom: null, path: "/sign-in", shows: ".door form" },
  { name: "work", whom: "village_chief", path: async (town) => (await waiting(town)) && "/work", shows: ".work li" },
  { name: "incident", whom: "village_chief", path: waiting, shows: ".case .chart canvas" },
  { name: "report", whom: "information_officer", path: "/report", shows: ".intake .chart canvas" },
  { name: "account", whom: "grid_member", path: "/account", shows: ".sessions li" },
  { name: "audit", whom: "auditor", path: told, shows: "main tbody tr" },
  { name: "accounts", whom: "administrator", path: "/admin/accounts", shows: "main tbody tr" },
  { name: "units", whom: "administrator", path: "/admin/units", shows: "main tbody tr" },
  { name: "roster", whom: "administrator", path: "/admin/roster", shows: "main tbody tr" },
  { name: "categories", whom: "administrator", path: "/admin/categories", shows: "main tbody tr" },
  { name: "calendar", whom: "administrator", path: "/admin/calendar?year=2026", shows: "#day-2026-12-31" },
  { name: "roles", whom: "administrator", path: "/admin/roles", shows: ".rights" },
];

/** Opens one of `PAGES`, with `looks` in its address, and waits until all of it is there. */
export async function openPage(browser, town, { whom, path, shows }, looks, options) {
  const page = await deskPage(browser, town, whom, options);
  const address = typeof path === "function" ? await path(town) : path;
  await page.goto(`${town.url}${address}${address.includes("?") ? "&" : "?"}${looks}`);
  await page.locator(shows).first().waitFor({ state: "attached" });
  return page;
}
