import {
  allocateCandleColumns,
  allocateExtraColumns,
  type CandleColumns,
  EXTRA_COLUMN_NAMES,
  timeText,
} from '../candles/index.js';
import { UserError } from '../domain/index.js';

/** The candles of one file, and how to name a place in it. */
export interface JoinPart {
  readonly file: string;
  readonly columns: CandleColumns;
  placeOf(row: number): string;
}

const NAMES = ['open', 'high', 'low', 'close', 'volume'] as const;

/**
 * Joins overlapping candles of one instrument: equal candles count once.
 *
 * @param parts - At least one; each ascending without duplicates.
 * @throws {UserError} If two files have different values for one candle, naming both places and the values.
 */
export function joinOverlapping(parts: readonly JoinPart[]): CandleColumns {
  const total = parts.reduce((sum, part) => sum + part.columns.length, 0);
  const origin = new Int32Array(total);
  const rows = new Int32Array(total);
  const heads = new Int32Array(parts.length);
  let length = 0;
  for (;;) {
    const chosen = earliest(parts, heads);
    if (chosen < 0) break;
    origin[length] = chosen;
    rows[length] = heads[chosen]!;
    length++;
    passEqualCandles(parts, heads, chosen);
  }
  const extras = EXTRA_COLUMN_NAMES.filter((name) =>
    parts.every(({ columns }) => columns[name] !== undefined),
  );
  const joined = { ...allocateCandleColumns(length), ...allocateExtraColumns(extras, length) };
  for (const name of ['openTime', ...NAMES, ...extras] as const) {
    const target = joined[name]!;
    for (let i = 0; i < length; i++) target[i] = parts[origin[i]!]!.columns[name]![rows[i]!]!;
  }
  return joined;
}

function earliest(parts: readonly JoinPart[], heads: Int32Array): number {
  let chosen = -1;
  let time = Number.POSITIVE_INFINITY;
  for (let p = 0; p < parts.length; p++) {
    const { columns } = parts[p]!;
    if (heads[p]! < columns.length && columns.openTime[heads[p]!]! < time) {
      chosen = p;
      time = columns.openTime[heads[p]!]!;
    }
  }
  return chosen;
}

function passEqualCandles(parts: readonly JoinPart[], heads: Int32Array, chosen: number): void {
  const first = parts[chosen]!;
  const firstRow = heads[chosen]!;
  const time = first.columns.openTime[firstRow]!;
  for (let p = chosen; p < parts.length; p++) {
    const { columns } = parts[p]!;
    const row = heads[p]!;
    if (row >= columns.length || columns.openTime[row] !== time) continue;
    if (p !== chosen) requireEqual(first, firstRow, parts[p]!, row);
    heads[p] = row + 1;
  }
}

function requireEqual(a: JoinPart, aRow: number, b: JoinPart, bRow: number): void {
  for (const name of [...NAMES, ...EXTRA_COLUMN_NAMES]) {
    const [one, other] = [a.columns[name]?.[aRow], b.columns[name]?.[bRow]];
    if (one === undefined || other === undefined) continue;
    if (one === other || (Number.isNaN(one) && Number.isNaN(other))) continue;
    throw new UserError(
      `The files differ in the candle of ${timeText(a.columns.openTime[aRow]!)}: ${name} is ${one} at ${a.file}${a.placeOf(aRow)} and ${other} at ${b.file}${b.placeOf(bRow)}; omit one file, or download both again`,
    );
  }
}
