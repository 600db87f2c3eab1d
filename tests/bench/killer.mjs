// Ends the server, or its database, as a power cut of the program does: at any moment, nothing tidied.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { die } from "./chance.mjs";
import { sql } from "./database.mjs";

/** How long the database may take to be there again after it was killed, ms. */
const PATIENCE = 120_000;

export class Killer {
  constructor(server, seed) {
    Object.assign(this, { server, die: die(seed), killed: { server: 0, "starting server": 0, database: 0 } });
  }

  async prepare() {
    this.pidFile = join((await sql(this.server, "SHOW data_directory")).trim(), "postmaster.pid");
    return this;
  }

  /** Waits for a while under load, kills one of the two, and waits until everything is up again. */
  async once() {
    await sleep(50 + 1500 * this.die.next());
    const chance = this.die.next();
    if (chance < 0.5) return this.database();
    return this.program(chance > 0.9);
  }

  /** Kills the server; with `again`, once more while it starts. */
  async program(again) {
    this.killed.server += 1;
    await this.server.kill();
    const started = this.server.start();
    if (again) {
      await sleep(600 * this.die.next());
      this.killed["starting server"] += 1;
      await this.server.kill();
      await this.server.start();
    }
    await started;
  }

  /** Kills the postmaster. Its server starts another, which replays what the log on disk has. */
  async database() {
    const old = this.postmaster();
    if (old === undefined) return this.program(false);
    this.killed.database += 1;
    process.kill(old, "SIGKILL");
    for (const end = Date.now() + PATIENCE; ; await sleep(20)) {
      const ready = await fetch(`${this.server.url}/readyz`).then((answer) => answer.ok, () => false);
      const now = this.postmaster();
      if (ready && now !== undefined && now !== old) return undefined;
      if (Date.now() > end) throw new Error(`the database did not come back:\n${this.server.said.slice(-2000)}`);
    }
  }

  postmaster() {
    try {
      return Number(readFileSync(this.pidFile, "utf8").split("\n")[0]) || undefined;
    } catch {
      return undefined;
    }
  }

  get count() {
    return Object.values(this.killed).reduce((sum, n) => sum + n, 0);
  }
}
