// Peers' pages, bundled and minified as ours is.
import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** Bundles pages/<name>: answers the files of a site, `/`, `/page.js` and `/page.css`. */
export async function bundled(name) {
  const { outputFiles } = await build({
    entryPoints: [join(here, "pages", name)],
    bundle: true,
    minify: true,
    write: false,
    outdir: "out",
    entryNames: "page",
    format: "esm",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".png": "empty" },
    logLevel: "error",
  });
  const text = (ending) => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? "";
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css"><script type="module" src="/page.js"></script><div id="map"></div></html>`;
  return { "/": html, "/page.js": text(".js"), "/page.css": text(".css") };
}
