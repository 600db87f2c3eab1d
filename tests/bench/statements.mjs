// What the server really sends to its database, overheard in the database's own log.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "./database.mjs";

/** Lets the database write down every statement while `work` runs; answers them: text, parameters, whose transaction it was, and what had been read before in it. */
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

const READS = /^(SELECT|WITH)\b/i;

/** Executions in the order of the log. */
export function parsed(text) {
  const found = [];
  const transactions = new Map();
  let last;
  // A message's further lines begin with a tab.
  for (const message of text.split(/\n(?!\t)/)) {
    const [, pid, kind, body] = message.match(/^\S+ \S+ \S+ \[(\d+)\] (\w+): {2}(.*)$/s) ?? [];
    if (!pid) continue;
    const said = body.replaceAll("\n\t", "\n");
    const [, opening] = (kind === "LOG" && said.match(/^statement: BEGIN[^;]*; (SELECT set_config.*)$/s)) || [];
    if (opening) transactions.set(pid, { opening, before: [] });
    const [, statement] = (kind === "LOG" && said.match(/^execute [^:]+:\s(.*)$/s)) || [];
    if (statement) {
      const { opening, before } = transactions.get(pid) ?? {};
      last = { pid, statement: statement.trim(), parameters: [], opening, before: before?.slice() };
      found.push(last);
      if (READS.test(last.statement)) before?.push(last);
    } else if (kind === "DETAIL" && last?.pid === pid && said.startsWith("parameters: ")) {
      last.parameters = [...said.matchAll(/\$\d+ = (NULL|'(?:[^']|'')*')/g)].map(([, value]) => value);
    }
  }
  return found;
}

/** The `count` reading statements that were sent most often, each with its executions. */
export function commonest(found, count) {
  const byText = new Map();
  for (const execution of found) {
    if (!READS.test(execution.statement) || !execution.opening) continue;
    byText.set(execution.statement, [...(byText.get(execution.statement) ?? []), execution]);
  }
  return [...byText].sort(([, a], [, b]) => b.length - a.length).slice(0, count);
}
