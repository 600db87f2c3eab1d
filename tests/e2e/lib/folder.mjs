// Data folders of the specs' and the measurements' own servers.
import { existsSync, mkdtempSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A new, empty data folder. */
export const newData = (of) => mkdtempSync(join(tmpdir(), `fangge-${of}-`));

/**
 * Where the cluster of a data folder lies when it lies elsewhere: root's folders can't be entered by the database's user.
 * Null where it lies within, or where nothing says that the program made that place.
 */
export function clusterElsewhere(data) {
  try {
    const home = dirname(readlinkSync(join(data, "postgres")));
    return existsSync(join(home, "belongs-to")) ? home : null;
  } catch {
    return null;
  }
}

/** Removes a data folder and all that it holds, which is some 280 MB a server. */
export function removeData(data) {
  const home = clusterElsewhere(data);
  rmSync(data, { recursive: true, force: true });
  if (home) rmSync(home, { recursive: true, force: true });
}
