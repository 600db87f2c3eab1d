// The live stream of one person, read as the page reads it, and everything that it told.
import { setTimeout as sleep } from "node:timers/promises";

export class Follower {
  /** Reads from the log's end as it is now. With `again`, a stream that ends is begun again after the last number heard. */
  constructor(caller, { again = false } = {}) {
    Object.assign(this, { caller, again, events: [], reloads: 0, heard: undefined, ending: new AbortController() });
    this.begun = new Promise((resolve) => (this.greeted = resolve));
    this.over = this.run();
  }

  async run() {
    while (!this.ending.signal.aborted) {
      await this.read().catch((error) => this.ending.signal.aborted || (this.error = error));
      if (!this.again) break;
      await sleep(50);
    }
  }

  async read() {
    const headers = this.heard === undefined ? {} : { "last-event-id": String(this.heard) };
    const answer = await this.caller.send("GET", "/api/live", undefined, { headers, signal: this.ending.signal });
    if (!answer.ok) throw new Error(`the live stream of ${this.caller.me.name}: ${answer.status}`);
    const text = new TextDecoder();
    let rest = "";
    for await (const chunk of answer.body) {
      const frames = (rest + text.decode(chunk, { stream: true })).split("\n\n");
      rest = frames.pop();
      for (const frame of frames) this.take(frame);
    }
  }

  take(frame) {
    const fields = new Map(frame.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
    if (fields.get("event") === "incident") {
      const { event, incident } = JSON.parse(fields.get("data"));
      this.events.push({ seq: event.seq, id: incident.id, action: event.action, state: event.state, level: event.level });
    } else if (fields.get("event") === "reload") {
      this.reloads += 1;
    }
    if (fields.has("id")) this.heard = Number(fields.get("id"));
    this.greeted();
  }

  /** Waits until everything up to this number was told, or passed over. */
  async until(seq, patience = 30_000) {
    for (const end = Date.now() + patience; this.heard === undefined || this.heard < seq; await sleep(50)) {
      if (Date.now() > end) throw new Error(`${this.caller.me.name} heard no more than ${this.heard} of ${seq}: ${this.error ?? ""}`);
    }
  }

  async stop() {
    this.ending.abort();
    await this.over;
  }
}
