// The first code the page runs: Leaflet as the global that the bindings expect, then the program itself.
// It is a file and not an inline script because the Content-Security-Policy allows none.
import * as Leaflet from "leaflet/dist/leaflet-src.esm.js";
import start from "./app.js";

window.L = { ...Leaflet };

// `APP_WASM` is put in by the bundler: the address holds the hash of what stands there.
start({ module_or_path: APP_WASM }).catch((error) => {
  // Shown by the style sheet: a browser without WebAssembly, or a network that lost the file, is never a blank page.
  document.documentElement.dataset.boot = "failed";
  throw error;
});
