// What the tests and the measurements know of the page.
import { serverAt } from "./server.mjs";

/** Ready: the map has drawn its first frame. */
export const DRAWN = "[data-drawn='true']";

/** Opens an address of the page, signed in as a commander where the server is ours, and waits until its map is drawn. */
export async function open(page, url, { timeout = 30_000, server = serverAt(url) } = {}) {
  if (server) await page.context().addCookies(await server.cookies());
  await page.goto(url);
  await page.locator(DRAWN).first().waitFor({ state: "attached", timeout });
}

/**
 * Takes notes of what a well-behaved page never does: errors on its console (a refused style or script is one of them),
 * exceptions, and requests to anybody but `origin`.
 */
export function watch(page, origin) {
  const faults = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) faults.push(`left the origin: ${request.url()}`);
  });
  return faults;
}

/** The box of the map on the screen. */
export async function mapBox(page) {
  return page.locator(".leaflet-container").first().boundingBox();
}

/** The middle of the room that the floating cards leave on the map: where a place is brought to. */
export async function roomCentre(page) {
  return page.locator(".map-room").evaluate((room) => {
    const { left, right, top, bottom } = room.getBoundingClientRect();
    return [(left + parseFloat(getComputedStyle(room).paddingLeft) + right) / 2, (top + bottom) / 2];
  });
}

/** The row of an incident in the list. */
export const rowOf = (page, id) => page.locator(`#row-${id}`);

/** The badge that says whether the page is live. */
export const badge = (page) => page.locator("[data-live]");

/** Waits until the badge says so: starting, catching, live or away. */
export const says = (page, word, { timeout = 10_000 } = {}) => page.locator(`[data-live=${word}]`).waitFor({ timeout });

/** The ids of all incidents in the list, after asking for more until there are no more. */
export async function listedIds(page) {
  const more = page.locator("#list .more");
  while (await more.count()) await more.first().click();
  return page.locator("#list [role=option]").evaluateAll((rows) => rows.map((row) => Number(row.id.replace("row-", ""))));
}

/** The parameters of the page's address now. */
export const address = (page) => new URL(page.url()).searchParams;
