// Who asks: people of a town's staff, signed in as the page signs them in.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The people of the demonstration as the program wrote them down: name, role, village, grid, password. */
export function demoAccounts(server) {
  return JSON.parse(readFileSync(join(server.data, "demo-accounts.json"), "utf8"));
}

/** Someone signed in to a town of a server. Their cookie goes with whatever they ask. */
export class Caller {
  constructor(server, town, cookie, me) {
    Object.assign(this, { server, town, cookie, me });
  }

  /** Signs in by name and password; throws when the town does not let them in. */
  static async signIn(server, { name, password }, town = "muyi") {
    const answer = await fetch(`${server.url}/api/session?town=${town}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, password }),
    });
    if (answer.status !== 201) throw new Error(`${name} could not sign in to ${town}: ${answer.status} ${await answer.text()}`);
    const given = answer.headers.getSetCookie().map((line) => line.split(";")[0]);
    const me = await answer.json();
    const caller = new Caller(server, town, given.find((pair) => pair.startsWith(`fangge_${town}=`)), me);
    // A password that somebody else knows opens nothing but the way to one's own.
    if (me.must_change_password) await caller.ownPassword(password);
    return caller;
  }

  async ownPassword(old) {
    const answer = await this.send("PUT", `/api/session/password?town=${this.town}`, { old, new: `${old} of my own` });
    if (!answer.ok) throw new Error(`PUT /api/session/password: ${answer.status} ${await answer.text()}`);
  }

  /** The cookie as Playwright's `context.addCookies` takes it. */
  forBrowser() {
    const [name, value] = this.cookie.split("=");
    return { name, value, url: this.server.url, httpOnly: true, sameSite: "Strict" };
  }

  /** Sends a request with their cookie; answers as `fetch` does. */
  send(method, path, body, { headers = {}, ...rest } = {}) {
    const sent = body === undefined ? {} : { "content-type": "application/json" };
    const text = body === undefined ? undefined : JSON.stringify(body);
    return fetch(this.server.url + path, { method, headers: { cookie: this.cookie, ...sent, ...headers }, body: text, ...rest });
  }

  /** What the API answers to a GET, as JSON; throws when it refuses. */
  async get(path) {
    return told("GET", path, await this.send("GET", path));
  }

  /** Sends JSON; answers the JSON that comes back, or throws. */
  async post(path, body, headers = {}) {
    return told("POST", path, await this.send("POST", path, body, { headers }));
  }
}

/** Servers by the origin that a browser knows them by. */
const known = new Map();

/** Makes a server known by an address: its own, or that of a wire to it. A server is at least `{ url, data }`. */
export function know(url, server) {
  known.set(new URL(url).origin, server);
}

/** The server at the port of this machine that another address leads to. */
export const knownAt = (port) => known.get(`http://127.0.0.1:${port}`);

/**
 * Someone of a town of a server, signed in: the first of a role, or whoever has this name. A sign-in is kept, and outlives a
 * restart of the server.
 */
export function someone(server, whom = "commander", town = "muyi") {
  server.callers ??= new Map();
  const key = `${town} ${whom}`;
  if (!server.callers.has(key)) {
    const accounts = server.accounts?.[town] ?? demoAccounts(server);
    const account = accounts.find(({ name, role }) => name === whom || role === whom);
    if (!account) throw new Error(`nobody in ${town} is ${whom}`);
    server.callers.set(key, Caller.signIn(server, account, town));
  }
  return server.callers.get(key);
}

/** The town that an address names. */
export const townOf = (url) => new URL(url, "http://localhost").searchParams.get("town") ?? "muyi";

/** Signs a browser in to the town that an address names, where its server is one of ours. */
export async function enter(context, url, whom = "commander") {
  const server = known.get(new URL(url).origin);
  if (!server) return;
  const caller = await someone(server, whom, townOf(url));
  await context.addCookies([{ ...caller.forBrowser(), url: new URL(url).origin }]);
}

async function told(method, path, answer) {
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
