// A second town, from real data.
import { join } from "node:path";
import { fangge, top } from "./server.mjs";

export const HOUSTON = join(top, "tests/fixtures/houston-2010q1.csv");
/** Whom the imported town is commanded by. */
const COMMANDER = "休斯敦指挥长";
/** Rows in the file, its head not counted. */
export const HOUSTON_ROWS = 24_409;

/** Imports the file into the data of a running server, and gives the town a commander; answers what the import printed. */
export async function importHouston(server) {
  const columns = "time=time,category=offense,lon=lon,lat=lat";
  const names = ["--name", "休斯敦", "--name-en", "Houston", "--time-zone", "America/Chicago"];
  const said = await fangge(["import", "incidents", HOUSTON, "--town", "houston", "--columns", columns, ...names], { env: server.env });
  // A second import adds nothing, and the town has its commander already.
  if (!server.accounts?.houston) {
    const made = await fangge(["account", "add", "--town", "houston", "--name", COMMANDER, "--role", "commander"], { env: server.env });
    server.accounts = { ...server.accounts, houston: [{ name: COMMANDER, role: "commander", password: made.trim().split("\n").at(-1).trim() }] };
  }
  return said;
}
