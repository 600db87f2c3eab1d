// `make dev`: builds quickly, starts the server, and builds again whenever a source changes. A debug build of the server
// reads the page from the disk, so a change of the page needs a reload of the browser and nothing more.
import { spawn } from "node:child_process";
import { readdirSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(join(dirname(fileURLToPath(import.meta.url)), ".."));
/** Editors write a file in several steps; a build starts when they have been quiet for this long, in ms. */
const QUIET = 200;
const PAGE = ["frontend/src", "frontend/locales", "style", "geodata/src"];
const SERVER = ["backend/src", "backend/migrations", "geodata/src"];

const stale = { page: true, server: true };
const watched = new Set();
let building = false;
let server = null;
let timer = null;

/** Runs a command to its end; answers whether it succeeded. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "inherit" });
    child.on("error", (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(false);
    });
    child.on("exit", (code) => resolve(code === 0));
  });
}

/** Stops the server, and waits for the database to have stopped with it. */
async function stopServer() {
  if (!server || server.exitCode !== null) return;
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  await gone;
}

function startServer() {
  server = spawn(join(process.env.CARGO_TARGET_DIR ?? "target", "debug/fangge"), ["serve", "--seed-demo"], { stdio: "inherit" });
}

/** Builds what is stale until nothing is. */
async function build() {
  if (building) return;
  building = true;
  while (stale.page || stale.server) {
    if (stale.page) {
      stale.page = false;
      if (await run("tools/page", ["--dev"])) console.error("— the page is new: reload it");
    }
    if (stale.server) {
      stale.server = false;
      if (await run("cargo", ["build", "--package", "fangge"])) {
        await stopServer();
        startServer();
      }
    }
    observe();
  }
  building = false;
}

function changed(what) {
  stale[what] = true;
  clearTimeout(timer);
  timer = setTimeout(build, QUIET);
}

/** Watches every folder below `path`; those that came since the last build too. */
function observeOne(path, what) {
  if (!watched.has(`${what} ${path}`)) {
    watched.add(`${what} ${path}`);
    watch(path, () => changed(what));
  }
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) observeOne(join(path, entry.name), what);
  }
}

function observe() {
  for (const path of PAGE) observeOne(path, "page");
  for (const path of SERVER) observeOne(path, "server");
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, async () => {
    await stopServer();
    process.exit(0);
  });
}
observe();
// The folder and not the file, which editors replace by another one of its name.
watch("frontend", (_, name) => name?.endsWith(".html") && changed("page"));
await build();
