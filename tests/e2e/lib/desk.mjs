// The desk's pages, whose they are, and what stands on them once they are there.

/** A page of somebody's, by their role or their name, signed in; of nobody's where `whom` is null. */
export async function deskPage(browser, town, whom, options = {}) {
  const context = await browser.newContext({ locale: "zh-CN", ...options });
  if (whom) await context.addCookies([(await town.as(whom)).forBrowser()]);
  return context.newPage();
}

/** Something that waits for a village's chief. */
async function waiting(town) {
  const { items } = await (await town.as("village_chief")).get("/api/work");
  return `/incidents/${items[0].incident.id}`;
}

/** Every page: who looks at it, its address (which may have to be asked for), and what shows that it is all there. */
export const PAGES = [
  { name: "sign-in", whom: null, path: "/sign-in", shows: ".door form" },
  { name: "work", whom: "village_chief", path: "/work", shows: ".work li" },
  { name: "incident", whom: "village_chief", path: waiting, shows: ".case .chart canvas" },
  { name: "report", whom: "information_officer", path: "/report", shows: ".intake .chart canvas" },
  { name: "account", whom: "grid_member", path: "/account", shows: ".sessions li" },
  { name: "audit", whom: "auditor", path: "/audit", shows: "main tbody tr" },
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
