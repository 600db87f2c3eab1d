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
    return new Caller(server, town, given.find((pair) => pair.startsWith(`fangge_${town}=`)), await answer.json());
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

async function told(method, path, answer) {
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
