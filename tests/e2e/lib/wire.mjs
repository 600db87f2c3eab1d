// A wire between a browser and a server that can go dead without a word, as a radio link does: connections stay open, and
// nothing comes through.
import { connect, createServer } from "node:net";

export class Wire {
  /** A wire to `port` on this machine; `url` is its near end. */
  static async to(port) {
    const wire = new Wire();
    wire.sockets = new Set();
    wire.dead = false;
    wire.server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      for (const [from, onto] of [[near, far], [far, near]]) {
        wire.sockets.add(from);
        from.on("data", (bytes) => onto.write(bytes));
        from.on("error", () => onto.destroy());
        from.on("close", () => {
          wire.sockets.delete(from);
          onto.destroy();
        });
        if (wire.dead) from.pause();
      }
    });
    await new Promise((resolve) => wire.server.listen(0, "127.0.0.1", resolve));
    wire.url = `http://127.0.0.1:${wire.server.address().port}`;
    return wire;
  }

  /** Lets nothing through any more. */
  cut() {
    this.dead = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** Lets through what waited, and all that follows. */
  mend() {
    this.dead = false;
    for (const socket of this.sockets) socket.resume();
  }

  close() {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
