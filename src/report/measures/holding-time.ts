const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Holding times, from short to long: each class ends where the next begins. */
const CLASSES: readonly (readonly [name: string, untilMs: number])[] = [
  ['<5m', 5 * MINUTE_MS],
  ['<15m', 15 * MINUTE_MS],
  ['<1h', HOUR_MS],
  ['<4h', 4 * HOUR_MS],
  ['<12h', 12 * HOUR_MS],
  ['<1d', DAY_MS],
  ['<3d', 3 * DAY_MS],
  ['<1w', 7 * DAY_MS],
  ['<4w', 28 * DAY_MS],
  ['≥4w', Infinity],
];

/** Names of the classes of `holdingClass()`, in order. */
export const HOLDING_CLASSES: readonly string[] = CLASSES.map(([name]) => name);

/**
 * Returns the class of a trade's holding time, an index into `HOLDING_CLASSES`.
 *
 * @param trade - Times of its entry and exit, ms UTC.
 */
export function holdingClass(trade: {
  readonly entryTime: number;
  readonly exitTime: number;
}): number {
  const heldMs = trade.exitTime - trade.entryTime;
  return CLASSES.findIndex(([, untilMs]) => heldMs < untilMs);
}
