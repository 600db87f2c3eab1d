// The browser tests run against the program as it is shipped, one after the other: each server brings a database, and
// what is measured in seconds must not wait for a neighbour.
import { defineConfig } from "@playwright/test";
import { browserArgs, browserPath } from "./lib/browser.mjs";

export default defineConfig({
  testDir: "specs",
  outputDir: "../../target/e2e",
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  // A page draws within seconds; what takes longer is a fault, and should be told soon.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1366, height: 768 },
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: { executablePath: browserPath(), args: browserArgs },
  },
});
