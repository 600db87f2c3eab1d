// A server of our own: the release binary on a free port, with a data folder that goes when it goes.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { newData, removeData } from "./folder.mjs";
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

const townOf = (path) => /[?&]town=([a-z0-9-]+)/.exec(path)?.[1] ?? "muyi";

/** The servers of this process that run, so that a page which is opened can be signed in. */
const running = new Set();
export const serverAt = (url) => [...running].find((server) => server.url === new URL(url).origin);

export class Server {
  /** @param {{ args?: string[], env?: Record<string, string> }} options added to `fangge serve` */
  constructor(options = {}) {
    this.args = options.args ?? ["--seed-demo"];
    this.data = newData("e2e");
    // Specs and figures write and search faster than any person would.
    const rates = { FANGGE_WRITES_PER_MINUTE: "1000000", FANGGE_SEARCHES_PER_MINUTE: "1000000" };
    this.env = { ...process.env, DATABASE_URL: "", FANGGE_DATA: this.data, ...rates, ...options.env };
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
    running.add(this);
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
    running.delete(this);
    removeData(this.data);
  }

  /**
   * Someone of a town's staff, signed in: the first of a role, or whoever has this name. A sign-in is kept, and outlives a
   * restart of the server. Towns besides the demonstration have whom `admit` let in.
   */
  async as(whom = "commander", town = "muyi") {
    this.callers ??= new Map();
    const key = `${town} ${whom}`;
    if (!this.callers.has(key)) {
      const accounts = town === "muyi" ? demoAccounts(this) : (this.accounts?.get(town) ?? []);
      const account = accounts.find(({ name, role }) => name === whom || role === whom);
      if (!account) throw new Error(`nobody in ${town} is ${whom}`);
      this.callers.set(key, Caller.signIn(this, account, town));
    }
    return this.callers.get(key);
  }

  /** Makes an account in a town that has none yet, by the command line as its operator would. */
  async admit(town, name, role) {
    const said = await fangge(["account", "add", "--town", town, "--name", name, "--role", role], { env: this.env });
    const first = said.trim().split("\n").at(-1).trim();
    // The first password is to be changed before anything else.
    const newcomer = await Caller.signIn(this, { name, password: first }, town);
    const password = `${town} on the bayou, 2010`;
    const changed = await newcomer.send("PUT", `/api/session/password?town=${town}`, { old: first, new: password });
    if (!changed.ok) throw new Error(`${name} could not choose a password: ${changed.status} ${await changed.text()}`);
    this.accounts ??= new Map();
    this.accounts.set(town, [...(this.accounts.get(town) ?? []), { name, role, password }]);
  }

  /** The cookies of a commander in every town where somebody can be signed in, for a browser's context. */
  async cookies() {
    const towns = ["muyi", ...(this.accounts?.keys() ?? [])];
    const callers = await Promise.all(towns.map((town) => this.as("commander", town)));
    return callers.map((caller) => caller.forBrowser());
  }

  /** What the API answers the commander to a GET, as JSON; throws when it refuses. */
  async get(path) {
    return (await this.as("commander", townOf(path))).get(path);
  }

  /** Sends JSON as the commander; answers the JSON that comes back, or throws. */
  async post(path, body, headers = {}) {
    return (await this.as("commander", townOf(path))).post(path, body, headers);
  }
}
