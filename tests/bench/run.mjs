// `make bench`: every figure beside its peer, in one run.
//   node tests/bench/run.mjs                 all
//   node tests/bench/run.mjs base            one area
//   node tests/bench/run.mjs base/tiles      one figure
// Ends with a table, and writes the same to target/bench.json. Fails when a measurement could not be made; a figure that
// misses its reach is told and is no failure.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { top } from "../e2e/lib/server.mjs";
import { table } from "./table.mjs";

/** Modules in the order in which they run: the quiet ones first. Each says which figures it measures. */
const MODULES = ["payload", "start", "memory", "import", "live", "frames", "tiles", "life/page", "life/rls", "life/live", "life/acts", "life/kill"];

const wanted = process.argv.slice(2).flatMap((word) => word.split(",")).filter(Boolean);
const asked = (figure) => wanted.length === 0 || wanted.some((word) => figure === word || figure.startsWith(`${word}/`));

const rows = [];
const failures = [];
const known = [];
for (const name of MODULES) {
  const { figures, measure } = await import(`./figures/${name}.mjs`);
  known.push(...figures);
  if (!figures.some(asked)) continue;
  console.error(`— ${figures.join(", ")} …`);
  try {
    const measured = await measure();
    const stray = measured.find((row) => !figures.includes(row.figure));
    if (stray) throw new Error(`${name}.mjs measured ${stray.figure}, which it does not name`);
    rows.push(...measured.filter((row) => asked(row.figure)));
  } catch (error) {
    console.error(error);
    failures.push(name);
    for (const figure of figures.filter(asked)) {
      rows.push({ figure, value: null, unit: "", peer: "not measured", peer_value: null, reach: "", holds: false });
    }
  }
}
if (rows.length === 0) {
  console.error(`No figure is called ${wanted.join(", ")}. There are: ${known.join(", ")}`);
  process.exit(2);
}

mkdirSync(join(top, "target"), { recursive: true });
const tidy = rows.map(({ figure, value, unit, peer, peer_value, reach, holds }) => ({ figure, value, unit, peer, peer_value, reach, holds }));
writeFileSync(join(top, "target/bench.json"), `${JSON.stringify(tidy, null, 2)}\n`);
console.log(table(tidy));
console.log(`${tidy.filter((row) => row.holds).length} of ${tidy.length} figures hold; target/bench.json has them`);
process.exit(failures.length > 0 ? 1 : 0);
