// Chromium for the measurements.
import { chromium } from "playwright-core";
import { browserArgs, browserPath } from "../e2e/lib/browser.mjs";

/** The screen that every page is measured on. */
export const VIEWPORT = { width: 1366, height: 768 };

/** Starts the browser; `uncapped` lets it draw as often as it can instead of 60 times a second. */
export async function launch({ uncapped = false } = {}) {
  const args = uncapped ? [...browserArgs, "--disable-frame-rate-limit", "--disable-gpu-vsync"] : browserArgs;
  return chromium.launch({ executablePath: browserPath(), args });
}

/** A fresh page with an empty cache; `caller` is signed in on it, where there is one. */
export async function freshPage(browser, caller) {
  const context = await browser.newContext({ viewport: VIEWPORT, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
  if (caller) await context.addCookies([caller.forBrowser()]);
  return context.newPage();
}
