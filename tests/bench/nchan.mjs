// The peer of the live stream: Debian's nginx with nchan, on loopback, for one channel.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../e2e/lib/server.mjs";
import { run } from "./database.mjs";

const MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/** As many workers as the machine has cores, and as Debian has it; messages go out as they came in. */
function configuration(folder, port) {
  const debian = process.getuid() === 0 ? "user www-data;" : "";
  return `
load_module ${MODULE};
${debian}
worker_processes auto;
daemon off;
pid ${folder}/pid;
error_log ${folder}/error.log warn;
events { worker_connections 8192; }
http {
  access_log off;
  tcp_nodelay on;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  nchan_shared_memory_size 64m;
  server {
    listen 127.0.0.1:${port};
    location = /publish {
      nchan_publisher http;
      nchan_channel_id town;
      nchan_message_buffer_length 2048;
    }
    location = /live {
      nchan_subscriber http-raw-stream;
      nchan_subscriber_http_raw_stream_separator "\\n";
      nchan_channel_id town;
      nchan_subscriber_first_message newest;
    }
  }
}
`;
}

/** Starts it; answers where it is, its processes, how to publish a frame, and how to stop it. */
export async function nchan() {
  const folder = mkdtempSync(join(tmpdir(), "fangge-nchan-"));
  // Its workers are another user.
  chmodSync(folder, 0o755);
  const port = await freePort();
  writeFileSync(join(folder, "nginx.conf"), configuration(folder, port));
  const child = spawn(nginx(), ["-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], { stdio: ["ignore", "inherit", "inherit"] });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await fetch(`${url}/publish`).then(() => true, () => false)); tries += 1) {
    if (tries > 200 || child.exitCode !== null) throw new Error("nginx does not answer");
    await sleep(20);
  }
  // nchan puts its separator, a line's end, after what it is given: the frame's own last one is left out.
  const publish = async (frame) => {
    const answer = await fetch(`${url}/publish`, { method: "POST", body: frame.slice(0, -1) });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`nchan did not take an event: ${answer.status}`);
  };
  const stop = async () => {
    if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve) && child.kill("SIGTERM"));
    rmSync(folder, { recursive: true, force: true });
  };
  return { name: await version(), url, port, pid: child.pid, publish, stop };
}

/** Where Debian puts it, which need not be on a user's path. */
function nginx() {
  return ["/usr/sbin/nginx", "/usr/local/sbin/nginx"].find(existsSync) ?? "nginx";
}

async function version() {
  const packages = await run("dpkg-query", ["-W", "-f", "${Package} ${Version}\n", "nginx", "libnginx-mod-nchan"]).catch(() => "nginx\nnchan");
  const short = packages.trim().split("\n").map((line) => line.replace(/^libnginx-mod-/, "").replace(/ (?:\d+:)?([\d.]+).*/, " $1"));
  return short.sort().reverse().join(", ");
}
