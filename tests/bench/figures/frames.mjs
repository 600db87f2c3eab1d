// Twenty thousand incidents, panned and zoomed by the same gestures on our page and on one with markercluster.
import { Server } from "../../e2e/lib/server.mjs";
import { mapBox, open } from "../../e2e/lib/page.mjs";
import { freshPage, launch } from "../browser.mjs";
import { bundled } from "../bundle.mjs";
import { scatter } from "../database.mjs";
import { panAndZoom } from "../gestures.mjs";
import { packageVersion } from "../peers.mjs";
import { site } from "../site.mjs";
import { percentile, row } from "../table.mjs";

export const figures = ["base/frames", "base/frames-free"];

const COUNT = 20_000;
const ZOOM = 14;

/** Frames a second over all gestures, and the slowest of a hundred frames, ms. */
function told(gaps) {
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  return { fps: (gaps.length * 1000) / total, slow: percentile(gaps, 0.99) };
}

/** Every incident's place, as our own page gets them. */
async function places(server) {
  const points = [];
  for (let after = ""; after !== null; ) {
    const page = await server.get(`/api/incidents?state=open&limit=5000${after && `&after=${encodeURIComponent(after)}`}`);
    points.push(...page.features.map((feature) => feature.geometry.coordinates));
    after = page.next;
  }
  return points;
}

/** Measures both pages in one browser, ours first, then theirs, then both again; the better run of each counts. */
async function compare(browser, caller, ours, theirs) {
  const best = {};
  for (let round = 0; round < 2; round += 1) {
    for (const [name, url] of [["ours", ours], ["theirs", theirs]]) {
      const page = await freshPage(browser, name === "ours" && caller);
      await open(page, url, { timeout: 120_000 });
      // Everything has come in and been drawn once before the clock runs.
      await page.waitForLoadState("networkidle").catch(() => {});
      await page.waitForTimeout(3000);
      const run = told(await panAndZoom(page));
      console.error(`  ${name}: ${run.fps.toFixed(1)} frames/s, 99 % of frames within ${run.slow.toFixed(1)} ms`);
      if (!best[name] || run.fps > best[name].fps) best[name] = run;
      await page.context().close();
    }
  }
  return best;
}

export async function measure() {
  const server = await new Server().start();
  let peer;
  try {
    const town = await server.get("/api/town");
    await scatter(server, COUNT);
    const points = await places(server);
    const [west, south, east, north] = town.bbox;
    const view = { lat: (south + north) / 2, lng: (west + east) / 2, zoom: ZOOM };
    const ours = `${server.url}/?lat=${view.lat}&lng=${view.lng}&zoom=${view.zoom}`;

    const caller = await server.as();
    const size = await sizeOfMap(ours, caller);
    peer = await site({ ...(await bundled("markercluster.js")), "/points.json": JSON.stringify({ points, view, size }) });
    console.error(`  ${points.length} incidents on maps of ${size.width}×${size.height}`);

    const name = packageVersion("leaflet.markercluster");
    const rows = [];
    for (const uncapped of [false, true]) {
      const browser = await launch({ uncapped });
      console.error(uncapped ? "  as many frames as the machine can:" : "  at most 60 frames a second, as on a screen:");
      const best = await compare(browser, caller, ours, peer.url);
      await browser.close();
      const { fps } = best.ours;
      rows.push(
        uncapped
          ? row({ figure: "base/frames-free", value: fps, unit: "frames/s", peer: name, peer_value: best.theirs.fps, reach: "≥ 3 × peer", holds: fps >= 3 * best.theirs.fps })
          : row({ figure: "base/frames", value: fps, unit: "frames/s", peer: name, peer_value: best.theirs.fps, reach: "≥ 50", holds: fps >= 50 }),
      );
    }
    return rows;
  } finally {
    await peer?.close();
    await server.dispose();
  }
}

async function sizeOfMap(url, caller) {
  const browser = await launch();
  const page = await freshPage(browser, caller);
  await open(page, url, { timeout: 120_000 });
  const { width, height } = await mapBox(page);
  await browser.close();
  return { width, height };
}
