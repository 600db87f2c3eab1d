// A second town, from real data.
import { join } from "node:path";
import { fangge, top } from "./server.mjs";

export const HOUSTON = join(top, "tests/fixtures/houston-2010q1.csv");
/** Rows in the file, its head not counted. */
export const HOUSTON_ROWS = 24_409;

/** Imports the file into the data of a running server; answers what the program printed. */
export function importHouston(server) {
  const columns = "time=time,category=offense,lon=lon,lat=lat";
  const names = ["--name", "休斯敦", "--name-en", "Houston", "--time-zone", "America/Chicago"];
  return fangge(["import", "incidents", HOUSTON, "--town", "houston", "--columns", columns, ...names], { env: server.env });
}
