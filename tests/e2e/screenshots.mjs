// Makes the README's pictures from the program as it is: a fresh demonstration town, an hour of the simulator in a minute.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { browserArgs, browserPath } from "./lib/browser.mjs";
import { DRAWN } from "./lib/page.mjs";
import { demoAccounts } from "./lib/people.mjs";
import { Server, fangge, top } from "./lib/server.mjs";

const folder = join(top, "style/screenshots");
const PICTURES = [
  { name: "map-zh-light", role: "commander", query: "lang=zh&theme=light" },
  { name: "map-en-dark", role: "commander", query: "lang=en&theme=dark" },
  { name: "map-phone", role: "commander", width: 390, height: 844, query: "lang=zh&theme=light", phone: true },
  { name: "work-zh-light", role: "chief_of_grids", path: "/work", query: "lang=zh&theme=light", shows: ".work li" },
  { name: "incident-zh-light", role: "chief_of_grids", path: workedOn, query: "lang=zh&theme=light", height: 960, shows: ".case .chart canvas" },
];

/** Of what waits for somebody, the incident with the longest story. */
async function workedOn(caller) {
  const { items, answering } = await caller.get("/api/work");
  const ids = [...items.map(({ incident }) => incident.id), ...answering.map(({ id }) => id)].slice(0, 40);
  const details = await Promise.all(ids.map((id) => caller.get(`/api/incidents/${id}`)));
  const [most] = details.sort((a, b) => b.log.length - a.log.length);
  return `/incidents/${most.incident.id}`;
}

mkdirSync(folder, { recursive: true });
const server = await new Server().start();
const browser = await chromium.launch({ executablePath: browserPath(), args: browserArgs });
try {
  await fangge(["simulate", "--url", server.url, "--rate", "60/min", "--count", "12"], { env: { FANGGE_DATA: server.data } });
  for (const { name, role, path = "/", query, width = 1366, height = 768, phone = false, shows = DRAWN } of PICTURES) {
    const caller = await server.as(demoAccounts(server).find((account) => account.role === role).name);
    const context = await browser.newContext({ viewport: { width, height }, isMobile: phone, hasTouch: phone });
    await context.addCookies([caller.forBrowser()]);
    const page = await context.newPage();
    await page.goto(`${server.url}${typeof path === "function" ? await path(caller) : path}?${query}`);
    await page.locator(shows).first().waitFor({ state: "attached" });
    // Late enough for what was asked after the first frame: buildings, figures.
    await page.waitForTimeout(2500);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await context.close();
  }
} finally {
  await browser.close();
  await server.dispose();
}
