// The browser that is installed on this machine; nothing is downloaded.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

function usable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where Chromium is: FANGGE_BROWSER, or by its usual names. */
export function browserPath() {
  const given = process.env.FANGGE_BROWSER;
  const places = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = (given ? [given] : [...places, MAC]).find(usable);
  if (!found) throw new Error(given ? `FANGGE_BROWSER: there is no program at ${given}` : "Chromium is missing: make setup");
  return found;
}

/** No sandbox, because CI runs as root; no network of its own, because a test must not depend on one. */
export const browserArgs = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
