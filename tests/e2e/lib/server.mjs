// A server of our own: the release binary on a free port, with a data folder that goes when it goes.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { Caller, demoAccounts } from "./people.mjs";

export const top = join(dirname(fileURLToPath(import.meta.url)), "../../..");
export const program = join(process.env.CARGO_TARGET_DIR ?? join(top, "target"), "release/fangge");

/** How long a first start may take: a cluster is made, and two years of incidents are written. */
const FIRST_START = 120_000;

/** A port that nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Runs the program with these arguments to its end; answers what it printed, or throws it. */
export function fangge(args, { env = {}, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, cwd, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (out += chunk));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(out) : reject(new Error(`fangge ${args.join(" ")} ended with ${code}:\n${out}`))));
  });
}

export class Server {
  /** @param {{ args?: string[], env?: Record<string, string> }} options added to `fangge serve` */
  constructor(options = {}) {
    this.args = options.args ?? ["--seed-demo"];
    this.data = mkdtempSync(join(tmpdir(), "fangge-e2e-"));
    this.env = { ...process.env, DATABASE_URL: "", FANGGE_DATA: this.data, ...options.env };
    this.said = "";
  }

  /** Starts it, or starts it again on the same port and data, and waits until it can answer. */
  async start() {
    this.port ??= await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    const env = { ...this.env, FANGGE_LISTEN: `127.0.0.1:${this.port}` };
    this.child = spawn(program, ["serve", ...this.args], { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on("data", (chunk) => (this.said += chunk));
    this.gone = new Promise((resolve) => this.child.once("exit", resolve));
    await this.ready();
    return this;
  }

  async ready() {
    const until = Date.now() + FIRST_START;
    while (Date.now() < until) {
      if (this.child.exitCode !== null) throw new Error(`fangge serve ended with ${this.child.exitCode}:\n${this.said}`);
      if (await fetch(`${this.url}/readyz`).then((answer) => answer.ok, () => false)) return;
      await sleep(50);
    }
    throw new Error(`fangge serve was not ready in ${FIRST_START / 1000} s:\n${this.said}`);
  }

  /** Ends it as Ctrl-C does, database last. */
  async stop() {
    if (this.child?.exitCode === null && this.child.signalCode === null) this.child.kill("SIGTERM");
    await this.gone;
  }

  /** Ends it as a power cut of the program does: nothing is tidied. */
  async kill() {
    this.child.kill("SIGKILL");
    await this.gone;
  }

  /** Stops it, and removes its data. */
  async dispose() {
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }

  /**
   * Someone of the demonstration, signed in: the first of a role, or whoever has this name. A sign-in is kept, and outlives a
   * restart of the server.
   */
  async as(whom = "commander") {
    this.callers ??= new Map();
    if (!this.callers.has(whom)) {
      const account = demoAccounts(this).find(({ name, role }) => name === whom || role === whom);
      if (!account) throw new Error(`nobody in the demonstration is ${whom}`);
      this.callers.set(whom, Caller.signIn(this, account));
    }
    return this.callers.get(whom);
  }

  /** What the API answers the commander to a GET, as JSON; throws when it refuses. */
  async get(path) {
    return (await this.as()).get(path);
  }

  /** Sends JSON as the commander; answers the JSON that comes back, or throws. */
  async post(path, body, headers = {}) {
    return (await this.as()).post(path, body, headers);
  }
}
