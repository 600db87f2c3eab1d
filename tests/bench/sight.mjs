// Seeing a marker appear, as an eye would: by what is drawn at a place of the screen. Runs inside the page.

/**
 * Installs `window.sight`: `still(x, y)` waits until nothing has changed around a point for a while; `change(x, y)`
 * resolves with the moment (ms since 1970) of the first frame in which something has. Canvases are compared by their
 * pixels, elements by what lies under the point.
 */
export function install() {
  const REACH = 14;
  const STILL = 400;
  const look = (x, y) => {
    const seen = [];
    for (const canvas of document.querySelectorAll(".leaflet-container canvas")) {
      const box = canvas.getBoundingClientRect();
      const scale = canvas.width / box.width;
      const side = Math.round(2 * REACH * scale);
      const left = Math.round((x - box.left - REACH) * scale);
      const top = Math.round((y - box.top - REACH) * scale);
      const { data } = canvas.getContext("2d").getImageData(left, top, side, side);
      let hash = 0;
      for (let i = 0; i < data.length; i += 1) hash = (Math.imul(hash, 31) + data[i]) | 0;
      seen.push(hash);
    }
    const elements = document.elementsFromPoint(x, y).filter((e) => e.tagName !== "CANVAS");
    return `${seen.join()} ${elements.length}`;
  };
  const frame = () => new Promise(requestAnimationFrame);
  const now = () => performance.timeOrigin + performance.now();
  window.sight = {
    async still(x, y) {
      let before = look(x, y);
      for (let since = now(); now() - since < STILL; ) {
        await frame();
        const after = look(x, y);
        if (after !== before) [before, since] = [after, now()];
      }
    },
    async change(x, y) {
      const before = look(x, y);
      while (look(x, y) === before) await frame();
      return now();
    },
  };
}
