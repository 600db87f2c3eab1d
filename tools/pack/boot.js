// The first code the page runs: Leaflet as the global that the bindings expect, then the program itself.
// It is a file and not an inline script because the Content-Security-Policy allows none. `APP_WASM` is put in by the bundler:
// the address of the module, which holds the hash of its content.
import start from "./app.js";
import L from "./leaflet.js";

window.L = L;

start({ module_or_path: APP_WASM }).catch((error) => {
  // Shown by the style sheet: a browser without WebAssembly, or a network that lost the file, is never a blank page.
  document.documentElement.dataset.boot = "failed";
  throw error;
});
