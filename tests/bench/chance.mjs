// Chance that is the same on every run.

/** Numbers from 0 to 1 (mulberry32). */
export function* draws(seed) {
  for (let state = seed; ; ) {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    yield ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** A die of one's own: numbers from 0 to 1, whole numbers below a limit, one of a list, one of a list by weight. */
export function die(seed) {
  const numbers = draws(seed);
  const next = () => numbers.next().value;
  const below = (limit) => Math.floor(next() * limit);
  const pick = (list) => list[below(list.length)];
  const weighed = (list, weight) => {
    let left = next() * list.reduce((sum, item) => sum + weight(item), 0);
    return list.find((item) => (left -= weight(item)) < 0) ?? list.at(-1);
  };
  return { next, below, pick, weighed };
}
