import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../util/index.js';
import { allocateLevelStack, fillLevelTable, type LevelColumns } from './level-table.js';
import { LevelTables } from './level-tables.js';

const SEED = Number(process.env.WUS_SEED ?? 20_260_101);
const LENGTHS = [1, 2, 50, 4095, 4096, 4097, 9000];

type PriceAt = (i: number, random: () => number) => number;

/** Opens by candle; lows and highs lie a little beyond them, sometimes on them. */
const MARKETS: Readonly<Record<string, PriceAt>> = {
  'one price': () => 100,
  'only rising': (i) => 100 + i / 16,
  'only falling': (i) => 10_000 - i / 16,
  'a wave': (i) => 100 + Math.round(800 * Math.sin(i / 90)) / 32,
  noise: (_, random) => 100 + Math.round(random() * 64) / 8,
  spikes: (i, random) => 100 + (i % 37 === 0 ? Math.round(random() * 2000) - 90 : 0),
};

/** From levels that every candle meets to one that none does; more of them than one pass takes. */
const LEVEL_FACTORS = [2, 1.01, 1.001, 1, 0.9999, 0.999, 0.998, 0.995, 0.99, 0.98, 0.97].concat([
  0.95, 0.92, 0.9, 0.8, 0.7, 0.5, 0.2, 0.1, 0.001,
]);

function columnsOf(priceAt: PriceAt, length: number, sign: 1 | -1): LevelColumns {
  const random = seededRandom(SEED + length);
  const open = Float64Array.from({ length }, (_, i) => priceAt(i, random));
  const touching = open.map((price) => price - (sign * Math.round(random() * 4)) / 16);
  return { open, touching, sign };
}

describe.each(Object.keys(MARKETS))(`tables of levels, %s (seed ${SEED})`, (name) => {
  test.each([1, -1] as const)('are those of the slow twin, sign %d', (sign) => {
    for (const length of LENGTHS) {
      const columns = columnsOf(MARKETS[name]!, length, sign);
      const levels = LEVEL_FACTORS.map((factor, k) => ({
        levelFactor: sign > 0 ? factor : 1 / factor,
        entryFactor: k % 3 === 0 ? 1 : 1 + sign * 1e-4 * k,
        table: new Int32Array(length),
      }));
      const tables = new LevelTables(length);
      // What an earlier pass left behind does not show.
      tables.fill(columnsOf(MARKETS['only falling']!, length, 1), [
        { ...levels[0]!, table: new Int32Array(length) },
      ]);
      tables.fill(columns, levels);
      const stack = allocateLevelStack(length);
      for (const level of levels) {
        const expected = new Int32Array(length);
        fillLevelTable({ ...columns, ...level }, stack, expected);
        expect(level.table.findIndex((exit, i) => exit !== expected[i])).toBe(-1);
      }
    }
  });
});

test('the slow twin finds what a look at each candle finds', () => {
  const columns = columnsOf(MARKETS.noise!, 300, 1);
  const { open, touching } = columns;
  const table = new Int32Array(300);
  fillLevelTable(
    { ...columns, entryFactor: 1.001, levelFactor: 0.99 },
    allocateLevelStack(300),
    table,
  );
  const expected = Array.from(open, (price, entry) => {
    const at = touching.findIndex((low, i) => i >= entry && low <= price * 1.001 * 0.99);
    return at < 0 ? 300 : at;
  });
  expect([...table]).toEqual(expected);
});
