/** Unit of the times in answers and frames: milliseconds, or microseconds for clients that ask for them. */
export type TimeUnit = 'ms' | 'us';

const TIMES = new Set([
  'serverTime',
  'time',
  'updateTime',
  'transactTime',
  'transactionTime',
  'workingTime',
  'openTime',
  'closeTime',
  'authorizedSince',
  'connectedSince',
  'E',
  'T',
  'O',
  'W',
]);
/** Close times are the last instant of a candle in either unit. */
const LAST_MICROSECOND = 999;

/**
 * Parses the header `X-MBX-TIME-UNIT` or the parameter `timeUnit`.
 *
 * @param text - `MICROSECOND` or `microsecond`; everything else means milliseconds.
 */
export function parseTimeUnit(text: string | readonly string[] | null | undefined): TimeUnit {
  return text === 'MICROSECOND' || text === 'microsecond' ? 'us' : 'ms';
}

/**
 * Prints an answer or a frame with its times in a unit.
 *
 * @param unit - What the client asked for.
 * @param value - The answer with times in ms.
 */
export function jsonIn(unit: TimeUnit, value: unknown): string {
  return JSON.stringify(unit === 'ms' ? value : inMicroseconds(value));
}

function inMicroseconds(value: unknown): unknown {
  if (Array.isArray(value)) {
    const row = value as readonly unknown[];
    if (typeof row[0] !== 'number') return row.map(inMicroseconds);
    // A candle: open time first, close time seventh.
    return row.map((entry, i) => {
      if (typeof entry !== 'number' || (i !== 0 && i !== 6)) return entry;
      return entry * 1_000 + (i === 6 ? LAST_MICROSECOND : 0);
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(object).map(([name, entry]) => {
      if (typeof entry !== 'number') return [name, inMicroseconds(entry)];
      // `t` and `T` bound the candle of a kline frame; elsewhere `t` is a trade. -1 stands for no time.
      if ('x' in object && 'i' in object && 't' in object && typeof object.i === 'string') {
        if (name === 't') return [name, entry * 1_000];
        if (name === 'T') return [name, entry * 1_000 + LAST_MICROSECOND];
      }
      const isTime = TIMES.has(name) || (name === 'u' && object.e === 'outboundAccountPosition');
      return [name, isTime && entry >= 0 ? entry * 1_000 : entry];
    }),
  );
}
