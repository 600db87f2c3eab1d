// What the first visit costs: bytes as they cross the wire, and requests until the map is drawn.
import { Server } from "../../e2e/lib/server.mjs";
import { open } from "../../e2e/lib/page.mjs";
import { freshPage, launch } from "../browser.mjs";
import { bundled } from "../bundle.mjs";
import { packageVersion } from "../peers.mjs";
import { site } from "../site.mjs";
import { row } from "../table.mjs";

export const figures = ["base/payload", "base/requests"];

/** Loads a page with an empty cache; answers the bytes of all but the data, and the number of requests. */
async function visit(browser, url, ready, caller) {
  const page = await freshPage(browser, caller);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  const addresses = new Map();
  let bytes = 0;
  cdp.on("Network.requestWillBeSent", ({ requestId, request }) => addresses.set(requestId, request.url));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const { protocol, pathname } = new URL(addresses.get(requestId) ?? "data:,");
    if (protocol === "http:" && !pathname.startsWith("/api/") && !pathname.startsWith("/tiles/")) bytes += encodedDataLength;
  });
  await ready(page, url);
  const requests = [...addresses.values()].filter((address) => address.startsWith("http:")).length;
  // What comes after the first drawing (an icon, say) is part of the first visit too.
  await page.waitForTimeout(1500);
  await page.context().close();
  return { kilobytes: bytes / 1000, requests };
}

export async function measure() {
  const server = await new Server().start();
  const peer = await site(await bundled("react.jsx"));
  const browser = await launch();
  try {
    const ours = await visit(browser, server.url, open, await server.as());
    const theirs = await visit(browser, peer.url, async (page, url) => {
      await page.goto(url);
      await page.locator("path.leaflet-interactive").first().waitFor();
    });
    const name = `${packageVersion("react-leaflet")}, ${packageVersion("react-dom")}`;
    return [
      row({ figure: "base/payload", value: ours.kilobytes, unit: "KB", peer: name, peer_value: theirs.kilobytes, reach: "≤ 300", holds: ours.kilobytes <= 300 }),
      row({ figure: "base/requests", value: ours.requests, unit: "requests", peer: name, peer_value: theirs.requests, reach: "≤ 30", holds: ours.requests <= 30 }),
    ];
  } finally {
    await browser.close();
    await peer.close();
    await server.dispose();
  }
}
