// What the server really sends to its database, overheard in the database's own log.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "./database.mjs";

/** Lets the database write down every statement while `work` runs; answers them: text, parameters, and whose transaction it was. */
export async function overheard(server, work) {
  const log = (setting) => sql(server, `ALTER SYSTEM ${setting}; SELECT pg_reload_conf();`);
  const from = read(server).length;
  await log("SET log_statement = 'all'");
  await sleep(500);
  try {
    await work();
  } finally {
    await log("RESET log_statement");
  }
  await sleep(500);
  return parsed(read(server).slice(from));
}

/** The log, and the part of it that was set aside. */
function read(server) {
  const files = ["postgres.log.1", "postgres.log"].map((name) => join(server.data, name)).filter(existsSync);
  return files.map((file) => readFileSync(file, "utf8")).join("");
}

/** Executions in the order of the log. */
export function parsed(text) {
  const found = [];
  const openings = new Map();
  let last;
  // A message's further lines begin with a tab.
  for (const message of text.split(/\n(?!\t)/)) {
    const [, pid, kind, body] = message.match(/^\S+ \S+ \S+ \[(\d+)\] (\w+): {2}(.*)$/s) ?? [];
    if (!pid) continue;
    const said = body.replaceAll("\n\t", "\n");
    if (kind === "LOG" && /^statement: BEGIN; SELECT set_config/.test(said)) openings.set(pid, said.slice("statement: BEGIN; ".length));
    const [, statement] = (kind === "LOG" && said.match(/^execute [^:]+:\s(.*)$/s)) || [];
    if (statement) {
      last = { pid, statement: statement.trim(), parameters: [], opening: openings.get(pid) };
      found.push(last);
    } else if (kind === "DETAIL" && last?.pid === pid && said.startsWith("parameters: ")) {
      last.parameters = [...said.matchAll(/\$\d+ = (NULL|'(?:[^']|'')*')/g)].map(([, value]) => value);
    }
  }
  return found;
}

/** The `count` statements of a kind that were sent most often, each with its executions. */
export function commonest(found, count, kind = /^(SELECT|WITH)\b/i) {
  const byText = new Map();
  for (const execution of found) {
    if (!kind.test(execution.statement) || !execution.opening) continue;
    byText.set(execution.statement, [...(byText.get(execution.statement) ?? []), execution]);
  }
  return [...byText].sort(([, a], [, b]) => b.length - a.length).slice(0, count);
}
