// A background of somebody else's tiles, on another origin: asked for, let in, and laid where it belongs.
import { createServer } from "node:http";
import { mercator } from "../lib/canvas.mjs";
import { expect, test } from "../lib/fixtures.mjs";
import { mapBox, open, watch } from "../lib/page.mjs";
import { Server } from "../lib/server.mjs";

const PIXEL = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");

/** A server of tiles that notes who was asked for what. */
async function tileServer() {
  const asked = [];
  const server = createServer((request, answer) => {
    asked.push({ host: request.headers.host, url: request.url });
    answer.writeHead(200, { "content-type": "image/png" }).end(PIXEL);
  });
  // Both families: a name of this machine may stand for either.
  await new Promise((resolve) => server.listen(0, resolve));
  const { port } = server.address();
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { asked, port, close };
}

/** Runs `act` with a server of ours on these tiles, and tells what the page did that it should not. */
async function withTiles(env, page, act) {
  const tiles = await tileServer();
  const of = (text) => text.replace("PORT", tiles.port);
  const server = await new Server({ env: { ...env, FANGGE_BASEMAP_URL: of(env.FANGGE_BASEMAP_URL) } }).start();
  try {
    const faults = watch(page, server.url);
    await act(server, tiles);
    return faults.filter((fault) => !fault.startsWith("left the origin") || !/^http:\/\/(t\d\.localhost|127\.0\.0\.1):/.test(fault.split(": ")[1]));
  } finally {
    await server.dispose();
    tiles.close();
  }
}

/** Whether the page may show an image of this origin. */
const shows = (page, origin) =>
  page.evaluate(
    (src) =>
      new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve(true);
        image.onerror = () => resolve(false);
        image.src = src;
      }),
    `${origin}/1/1/1.png`,
  );

test("a numbered source is asked by turns, and each of its hosts is let in, but no other", async ({ page }) => {
  const env = {
    FANGGE_BASEMAP_URL: "http://t{s}.localhost:PORT/{z}/{x}/{y}.png",
    FANGGE_BASEMAP_SUBDOMAINS: "0,1,2,3,4,5,6,7",
    FANGGE_BASEMAP_ATTRIBUTION: "试验",
  };
  const faults = await withTiles(env, page, async (server, { asked, port }) => {
    const hosts = Array.from({ length: 8 }, (_, i) => `t${i}.localhost:${port}`);
    const policy = (await fetch(server.url)).headers.get("content-security-policy");
    const images = policy.split("; ").find((rule) => rule.startsWith("img-src"));
    expect(images).toBe(["img-src 'self' data:", ...hosts.map((host) => `http://${host}`)].join(" "));

    await open(page, server.url);
    await expect.poll(() => asked.length).toBeGreaterThan(7);
    expect(asked[0].url).toMatch(/^\/\d+\/\d+\/\d+\.png$/);
    expect(new Set(asked.map(({ host }) => host)).size).toBeGreaterThan(3);
    for (const { host } of asked) expect(hosts).toContain(host);
    await expect.poll(() => page.locator("img.leaflet-tile-loaded").count()).toBeGreaterThan(3);
    await expect(page.getByText("试验")).toBeVisible();

    expect(await shows(page, `http://t7.localhost:${port}`)).toBe(true);
    const before = asked.length;
    for (const other of ["t8.localhost", "localhost", "127.0.0.1"]) expect(await shows(page, `http://${other}:${port}`), other).toBe(false);
    expect(asked.length).toBe(before);

    await page.locator("[data-layer=basemap] input").uncheck();
    await expect(page.locator("img.leaflet-tile")).toHaveCount(0);
    await expect(page.getByText("试验")).toBeHidden();
  });
  // Those that were tried on purpose are refused on the console.
  expect(faults.filter((fault) => !fault.includes("/1/1/1.png"))).toEqual([]);
});

test("tiles of a shifted source, asked for as WMTS asks, lie where what they show really is", async ({ page }) => {
  const env = {
    FANGGE_BASEMAP_URL: "http://127.0.0.1:PORT/wmts?SERVICE=WMTS&REQUEST=GetTile&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=none",
    FANGGE_BASEMAP_DATUM: "gcj02",
  };
  // A published pair (eviltransform's tests): where the place is, and where GCJ-02 draws it, 600 m off.
  const place = { lat: 22.543847, lon: 113.912316 };
  const drawn = { lat: 22.540796131694766, lon: 113.9171764808363 };
  const level = 16;
  const faults = await withTiles(env, page, async (server, { asked }) => {
    await open(page, `${server.url}/?lat=${place.lat}&lng=${place.lon}&zoom=${level}`);
    const [x, y] = mercator(drawn).map((part) => part * 2 ** level);
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const query = `TILEMATRIX=${level}&TILEROW=${row}&TILECOL=${column}`;
    await expect.poll(() => asked.some(({ url }) => url === `/wmts?SERVICE=WMTS&REQUEST=GetTile&${query}&tk=none`)).toBe(true);

    const tile = await page.locator(`img.leaflet-tile[src*="${query}"]`).boundingBox();
    const box = await mapBox(page);
    // The place is in the middle of the map; so must be what the tile shows of it.
    const shown = [tile.x + (x - column) * tile.width, tile.y + (y - row) * tile.height];
    expect(Math.hypot(shown[0] - box.x - box.width / 2, shown[1] - box.y - box.height / 2)).toBeLessThan(2);

    // And no hole is left in the view: each corner of the map has its tile.
    const covered = () =>
      page.evaluate(({ x, y, width, height }) => {
        const tiles = [...document.querySelectorAll("img.leaflet-tile")].map((image) => image.getBoundingClientRect());
        const corners = [[x + 1, y + 1], [x + width - 1, y + 1], [x + 1, y + height - 1], [x + width - 1, y + height - 1]];
        return corners.every(([cx, cy]) => tiles.some((r) => r.left <= cx && cx <= r.right && r.top <= cy && cy <= r.bottom));
      }, box);
    await expect.poll(covered).toBe(true);
  });
  expect(faults).toEqual([]);
});
