// Makes the README's pictures from the program as it is: a fresh demonstration town, an hour of the simulator in a minute.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { browserArgs, browserPath } from "./lib/browser.mjs";
import { open } from "./lib/page.mjs";
import { Server, fangge, top } from "./lib/server.mjs";

const folder = join(top, "style/screenshots");
const PICTURES = [
  { name: "map-zh-light", width: 1366, height: 768, query: "lang=zh&theme=light" },
  { name: "map-en-dark", width: 1366, height: 768, query: "lang=en&theme=dark" },
  { name: "map-phone", width: 390, height: 844, query: "lang=zh&theme=light", phone: true },
];

mkdirSync(folder, { recursive: true });
const server = await new Server().start();
const browser = await chromium.launch({ executablePath: browserPath(), args: browserArgs });
try {
  await fangge(["simulate", "--url", server.url, "--rate", "60/min", "--count", "12"], { env: { FANGGE_DATA: server.data } });
  for (const { name, width, height, query, phone = false } of PICTURES) {
    const context = await browser.newContext({ viewport: { width, height }, isMobile: phone, hasTouch: phone });
    const page = await context.newPage();
    await open(page, `${server.url}/?${query}`);
    // Late enough for what was asked after the first frame: buildings, figures.
    await page.waitForTimeout(2500);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await context.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
