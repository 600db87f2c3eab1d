// Rows of figures as a table for people.

const COLUMNS = ["figure", "value", "unit", "peer", "peer_value", "reach", "holds"];
const HEADS = ["figure", "value", "unit", "peer", "peer value", "reach", "holds"];

function cell(value) {
  if (value === null || value === undefined) return "—";
  if (typeof value === "boolean") return value ? "yes" : "NO";
  return String(value);
}

/** A number with three significant digits, or all of its integer part. */
export function rounded(number) {
  return Math.abs(number) >= 100 ? Math.round(number) : Number(number.toPrecision(3));
}

/** One row of the result. Without a peer's value a figure does not hold, whatever its own value. */
export function row({ figure, value, unit, peer, peer_value, reach, holds }) {
  const compared = peer_value !== null && peer_value !== undefined;
  return {
    figure,
    value: rounded(value),
    unit,
    peer: compared ? peer : `${peer} (not there)`,
    peer_value: compared ? rounded(peer_value) : null,
    reach,
    holds: compared && holds,
  };
}

export function table(rows) {
  const lines = [HEADS, ...rows.map((r) => COLUMNS.map((column) => cell(r[column])))];
  const widths = HEADS.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const numeric = new Set([1, 4]);
  const text = lines.map((line) => line.map((c, i) => (numeric.has(i) ? c.padStart(widths[i]) : c.padEnd(widths[i]))).join(" │ "));
  text.splice(1, 0, widths.map((w) => "─".repeat(w)).join("─┼─"));
  return text.join("\n");
}

/** The value below which a share of the sorted numbers lies (nearest rank). */
export function percentile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}
