// A small web server for the peers' pages: what it is given, compressed as well as ours.
import { createServer } from "node:http";
import { brotliCompressSync, constants } from "node:zlib";

const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", json: "application/json" };

/** Serves `files` (address → text) and `handlers` (address → function of request and answer). */
export async function site(files, handlers = {}) {
  const packed = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path,
      brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    ]),
  );
  const server = createServer((request, answer) => {
    const path = new URL(request.url, "http://localhost").pathname;
    if (handlers[path]) return handlers[path](request, answer);
    if (!packed[path]) return answer.writeHead(404).end();
    const type = TYPES[path.split(".").pop()] ?? TYPES.html;
    return answer.writeHead(200, { "content-type": type, "content-encoding": "br" }).end(packed[path]);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
