// Peers: installed once into target/bench-cache, and asked for their versions.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { top } from "../e2e/lib/server.mjs";
import { freePort } from "../e2e/lib/server.mjs";
import { databaseUrl, run } from "./database.mjs";
import { setTimeout as sleep } from "node:timers/promises";

const CACHE = join(top, "target/bench-cache");
const MARTIN = "1.14.0";
/** How long a program may take until it answers, ms. */
const PATIENCE = 60_000;

/** martin's program, built from source where it is not yet there. */
async function martinProgram() {
  const root = join(CACHE, `martin-${MARTIN}`);
  const program = join(root, "bin/martin");
  if (!existsSync(program)) {
    console.error(`  installing martin ${MARTIN} into target/bench-cache (once; 7 minutes or more) …`);
    mkdirSync(root, { recursive: true });
    // Its default features fetch from git; a tile server of one database needs none of them.
    const features = ["--no-default-features", "--features", "postgres,metrics,mbtiles"];
    await run("cargo", ["install", "martin", "--version", MARTIN, "--locked", ...features, "--root", root], "", {
      env: { ...process.env, CARGO_TARGET_DIR: join(CACHE, "build") },
      stdio: ["pipe", "pipe", "inherit"],
    });
  }
  return program;
}

/** Waits until `url` answers 200. */
export async function answers(url, child) {
  const until = Date.now() + PATIENCE;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    if (await fetch(url).then((answer) => answer.ok, () => false)) return;
    await sleep(10);
  }
  throw new Error(`${url} did not answer`);
}

/** Starts martin on the database of `server` with this configuration; answers where, and how to stop it. */
export async function martin(server, config, { pool = 8 } = {}) {
  const program = await martinProgram();
  const version = (await run(program, ["--version"])).trim().replace(/^martin /, "");
  const port = await freePort();
  const args = ["--listen-addresses", `127.0.0.1:${port}`, "--pool-size", String(pool), "--cache-size", "0", "--default-srid", "4326"];
  const env = { ...process.env, DATABASE_URL: databaseUrl(server), RUST_LOG: "error" };
  const child = spawn(program, config ? ["--config", config, ...args] : [...args, env.DATABASE_URL], { env, stdio: ["ignore", "inherit", "inherit"] });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/health`, child);
  const stop = () => new Promise((resolve) => child.once("exit", resolve) && child.kill("SIGTERM"));
  return { name: `martin ${version}`, url, pid: child.pid, stop };
}

/** The version of an npm package of the measurements. */
export function packageVersion(name) {
  const file = join(top, "tests/bench/node_modules", name, "package.json");
  return `${name} ${JSON.parse(readFileSync(file, "utf8")).version}`;
}

/** What a program says of itself, its first line. */
export async function versionOf(program, args = ["--version"]) {
  return (await run(program, args)).split("\n")[0].trim();
}
