// What the map's canvases show, and where a place lies on the screen.
import { address, mapBox } from "./page.mjs";

/** The canvas of what stays, and the one of what changes. */
export const BASE = ".map-base canvas";
export const LIVE = ".map-live canvas";

/** Web Mercator: where a place lies, 0…1 from the west and from the north. */
export function mercator({ lon, lat }) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/** Where a place is on the screen, by what the address says of where the map looks. */
export async function screenOf(page, place) {
  const [lat, lon, zoom] = ["lat", "lng", "zoom"].map((name) => Number(address(page).get(name)));
  const box = await mapBox(page);
  const scale = 256 * 2 ** zoom;
  const [middle, at] = [mercator({ lon, lat }), mercator(place)];
  return [box.x + box.width / 2 + (at[0] - middle[0]) * scale, box.y + box.height / 2 + (at[1] - middle[1]) * scale];
}

/** The box on the screen of a polygon's places. */
export async function boxOf(page, polygon) {
  const corners = await Promise.all(polygon.coordinates[0].map(([lon, lat]) => screenOf(page, { lon, lat })));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** Keeps what a canvas shows now, under a name, to compare with later. */
export const keep = (page, selector, name) =>
  page.locator(selector).evaluate((canvas, name) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    (window.kept ??= {})[name] = data;
  }, name);

/** The box on the screen of all that a canvas shows otherwise than what was kept; null where nothing is. */
export const changed = (page, selector, name) =>
  page.locator(selector).evaluate((canvas, name) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const before = window.kept[name];
    if (before.length !== data.length) throw new Error("the canvas has another size");
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < data.length; i += 4) {
      if (data[i] === before[i] && data[i + 1] === before[i + 1] && data[i + 2] === before[i + 2] && data[i + 3] === before[i + 3]) continue;
      const [x, y] = [(i / 4) % canvas.width, Math.floor(i / 4 / canvas.width)];
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x + 1), Math.min(top, y), Math.max(bottom, y + 1)];
    }
    if (right < left) return null;
    const box = canvas.getBoundingClientRect();
    const scale = box.width / canvas.width;
    return { left: box.left + left * scale, right: box.left + right * scale, top: box.top + top * scale, bottom: box.top + bottom * scale };
  }, name);

/** The colour that a canvas has at a point of the screen: red, green, blue, opacity. */
export const colourAt = (page, selector, [x, y]) =>
  page.locator(selector).evaluate(
    (canvas, [x, y]) => {
      const box = canvas.getBoundingClientRect();
      const scale = canvas.width / box.width;
      return [...canvas.getContext("2d").getImageData((x - box.left) * scale, (y - box.top) * scale, 1, 1).data];
    },
    [x, y],
  );
