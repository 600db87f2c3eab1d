// The same gestures on every map: drags and wheel turns, as events inside the page, one step a frame.

/** Runs in the page. Answers the milliseconds between frames while something moved, and the work inside each. */
async function inPage({ legs, steps, zooms, settle }) {
  const box = document.querySelector(".leaflet-container");
  const rect = box.getBoundingClientRect();
  const middle = { x: rect.left + rect.width / 2, y: rect.top + rect.height / 2 };
  const frame = () => new Promise(requestAnimationFrame);
  const gaps = [];
  let last = await frame();
  const tick = async () => {
    const now = await frame();
    gaps.push(now - last);
    last = now;
  };
  const mouse = (type, x, y, target) =>
    target.dispatchEvent(
      new MouseEvent(type, { bubbles: true, cancelable: true, view: window, clientX: x, clientY: y, button: 0, buttons: type === "mouseup" ? 0 : 1 }),
    );
  const drag = async (dx, dy) => {
    const start = document.elementFromPoint(middle.x, middle.y) ?? box;
    mouse("mousedown", middle.x, middle.y, start);
    for (let step = 1; step <= steps; step += 1) {
      mouse("mousemove", middle.x + (dx * step) / steps, middle.y + (dy * step) / steps, document);
      await tick();
    }
    mouse("mouseup", middle.x + dx, middle.y + dy, document);
  };
  const wheel = async (deltaY) => {
    const init = { bubbles: true, cancelable: true, view: window, clientX: middle.x, clientY: middle.y, deltaY, deltaMode: 0 };
    (document.elementFromPoint(middle.x, middle.y) ?? box).dispatchEvent(new WheelEvent("wheel", init));
    const until = performance.now() + settle;
    while (performance.now() < until) await tick();
  };
  for (let leg = 0; leg < legs; leg += 1) {
    for (const [dx, dy] of [[-320, 0], [0, 200], [320, 0], [0, -200]]) await drag(dx, dy);
    for (let z = 0; z < zooms; z += 1) await wheel(-120);
    await drag(240, 120);
    await drag(-240, -120);
    for (let z = 0; z < zooms; z += 1) await wheel(120);
  }
  return gaps;
}

/** Pans and zooms the map of a page; answers the milliseconds between its frames. */
export async function panAndZoom(page, { legs = 2, steps = 40, zooms = 3, settle = 500 } = {}) {
  return page.evaluate(inPage, { legs, steps, zooms, settle });
}
