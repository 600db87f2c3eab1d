// 24,409 real incidents from a CSV file into a new town: read, checked, located, logged, in one transaction. The peer
// only copies the rows into a table, and checks nothing.
import { HOUSTON, HOUSTON_ROWS, importHouston } from "../../e2e/lib/houston.mjs";
import { Server } from "../../e2e/lib/server.mjs";
import { run, socketOf } from "../database.mjs";
import { versionOf } from "../peers.mjs";
import { row } from "../table.mjs";

export const figures = ["base/import"];

async function seconds(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

function ogr2ogr(server) {
  const target = ["-f", "PostgreSQL", `PG:host=${socketOf(server)} user=fangge dbname=fangge`, HOUSTON];
  const places = ["-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat", "-a_srs", "EPSG:4326"];
  return run("ogr2ogr", [...target, ...places, "-nln", "bench_ogr", "-lco", "GEOMETRY_NAME=position"]);
}

export async function measure() {
  const server = await new Server().start();
  try {
    const ours = await seconds(() => importHouston(server));
    await server.admit("houston", "Sam Houston", "commander");
    const { incidents } = await server.get("/api/totals?town=houston");
    if (incidents < 0.9 * HOUSTON_ROWS) throw new Error(`only ${incidents} of ${HOUSTON_ROWS} rows came in`);
    const theirs = await seconds(() => ogr2ogr(server));
    const peer = (await versionOf("ogr2ogr")).replace(/,.*/, "");
    return [row({ figure: "base/import", value: ours, unit: "s", peer: `ogr2ogr, ${peer}`, peer_value: theirs, reach: "≤ 5", holds: ours <= 5 })];
  } finally {
    await server.dispose();
  }
}
