// From the answer to a POST to the marker on somebody else's screen, 200 times.
import { Server } from "../../e2e/lib/server.mjs";
import { mapBox, open } from "../../e2e/lib/page.mjs";
import { freshPage, launch } from "../browser.mjs";
import { bundled } from "../bundle.mjs";
import { packageVersion } from "../peers.mjs";
import { install } from "../sight.mjs";
import { site } from "../site.mjs";
import { percentile, row } from "../table.mjs";

export const figures = ["base/live-latency"];

const TIMES = 200;
const ZOOM = 17;
/** Distance between two reports on the screen, px: no marker hides the next one, and none is drawn into its group. */
const APART = 120;

/** Positions on the screen, well inside the map, in an order in which neighbours come long after one another. */
function spots({ x, y, width, height }) {
  const found = [];
  for (let dy = 2 * APART; dy < height - APART; dy += APART) {
    for (let dx = 3 * APART; dx < width - APART; dx += APART) found.push({ x: Math.round(x + dx), y: Math.round(y + dy) });
  }
  return found;
}

/** Longitude and latitude under a point of the screen, for a map of `box` that looks at `view` (spherical Mercator). */
function under({ x, y }, box, view) {
  const world = 256 * 2 ** view.zoom;
  const mercator = (lat) => (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;
  const px = ((view.lng + 180) / 360) * world + x - (box.x + box.width / 2);
  const py = mercator(view.lat) * world + y - (box.y + box.height / 2);
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * py) / world))) * 180) / Math.PI;
  return [(px / world) * 360 - 180, lat];
}

/**
 * Sends `times` reports; answers how long each took to be seen, ms. A page holds as many as it has spots; then a new
 * page looks at the next place.
 */
async function latencies(browser, address, centre, send, caller) {
  const taken = [];
  for (let field = 0; taken.length < TIMES; field += 1) {
    // Fields lie side by side, so that no page begins with the last one's markers.
    const view = { lng: centre[0] + (field % 8) * 0.016, lat: centre[1] + Math.floor(field / 8) * 0.008, zoom: ZOOM };
    const page = await freshPage(browser, caller);
    await page.addInitScript(install);
    await open(page, `${address}?lat=${view.lat}&lng=${view.lng}&zoom=${view.zoom}`);
    await page.waitForTimeout(1500);
    const box = await mapBox(page);
    for (const spot of spots(box)) {
      if (taken.length === TIMES) break;
      await page.evaluate(({ x, y }) => window.sight.still(x, y), spot);
      const seen = page.evaluate(({ x, y }) => window.sight.change(x, y), spot);
      await send(under(spot, box, view));
      const answered = performance.timeOrigin + performance.now();
      const late = setTimeout(() => page.context().close(), 10_000);
      taken.push(Math.max(0, (await seen) - answered));
      clearTimeout(late);
    }
    await page.context().close();
  }
  return taken;
}

/** The peer: a server that keeps nothing and tells everybody at once. */
async function bareFeed() {
  const readers = new Set();
  const live = (request, answer) => {
    answer.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    readers.add(answer);
    request.on("close", () => readers.delete(answer));
  };
  const report = async (request, answer) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    for (const reader of readers) reader.write(`data: ${body}\n\n`);
    answer.writeHead(201).end();
  };
  return site(await bundled("live.js"), { "/live": live, "/report": report });
}

export async function measure() {
  const server = await new Server().start();
  const peer = await bareFeed();
  const browser = await launch();
  try {
    const [west, south, east, north] = (await server.get("/api/town")).bbox;
    const [{ code: category }] = await server.get("/api/categories");
    const centre = [(3 * west + east) / 4, (2 * south + north) / 3];
    const report = ([lon, lat]) =>
      server.post("/api/incidents", { title: "measured", category, severity: 3, source: "resident", position: { lon, lat }, outside: true });
    const ours = await latencies(browser, `${server.url}/`, centre, report, await server.as());
    const theirs = await latencies(browser, `${peer.url}/`, centre, (place) =>
      fetch(`${peer.url}/report`, { method: "POST", body: JSON.stringify(place) }),
    );
    console.error(`  half within ${percentile(ours, 0.5).toFixed(0)} ms, theirs ${percentile(theirs, 0.5).toFixed(0)} ms`);
    const p99 = percentile(ours, 0.99);
    const name = `node ${process.version} without a database, ${packageVersion("leaflet")}`;
    return [row({ figure: "base/live-latency", value: p99, unit: "ms (99 of 100)", peer: name, peer_value: percentile(theirs, 0.99), reach: "≤ 250", holds: p99 <= 250 })];
  } finally {
    await browser.close();
    await peer.close();
    await server.dispose();
  }
}
