import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../candles/index.js';
import { seededRandom } from '../util/index.js';
import { CandleCopy } from './candle-copy.js';

const NAMES = ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const;
const CANDLES = candleSeriesFromRows(
  { symbol: 'TEST', market: 'spot', timeframe: '1m' },
  Array.from({ length: 20 }, (_, i) => [60_000 * i, 100 + i, 110 + i, 90 + i, 105 + i, 7 + i]),
);
const FUTURES = ['higher', 'lower', 'noise'] as const;

describe('CandleCopy', () => {
  test('shows the candles, laid out as they are', () => {
    const view = new CandleCopy(CANDLES).view(3, 9);
    expect(view).toHaveLength(6);
    for (const name of NAMES) {
      expect([...view[name]]).toEqual([...CANDLES[name].subarray(3, 9)]);
      expect(view[name].byteOffset).toBe(CANDLES[name].byteOffset + 3 * 8);
      expect(view[name].buffer.byteLength).toBe(CANDLES[name].buffer.byteLength);
      expect(view[name]).toBe(view[name]);
    }
  });

  test.each(FUTURES)(
    'a column that is first read in the future "%s" shows that future',
    (future) => {
      const replaced = { from: 12, to: 18, future };
      const [early, late] = [new CandleCopy(CANDLES), new CandleCopy(CANDLES)];
      const all = early.view(0, 20);
      for (const name of NAMES) expect(all[name]).toHaveLength(20);
      const seen = [early, late].map((copy) =>
        copy.withOtherFuture(replaced, seededRandom(4), () => {
          const view = copy.view(0, 20);
          return NAMES.map((name) => [...view[name]]);
        }),
      );
      expect(seen[1]).toEqual(seen[0]);
      NAMES.forEach((name, k) => {
        const values = seen[1]![k]!;
        expect(values.slice(0, 12)).toEqual([...CANDLES[name].subarray(0, 12)]);
        expect(values.slice(18)).toEqual([...CANDLES[name].subarray(18)]);
        const isKept = name === 'openTime' && future !== 'noise';
        for (let i = 12; i < 18; i++) {
          if (isKept) expect(values[i]).toBe(CANDLES[name][i]);
          else expect(values[i]).not.toBe(CANDLES[name][i]);
        }
      });
      for (const copy of [early, late]) expect(copy.findChange()).toBeUndefined();
    },
  );

  test('puts the candles back when the run throws', () => {
    const copy = new CandleCopy(CANDLES);
    const run = (): never => {
      expect(copy.view(0, 20).close[12]).not.toBe(CANDLES.close[12]);
      throw new Error('stop');
    };
    const replaced = { from: 12, to: 18, future: 'higher' } as const;
    expect(() => copy.withOtherFuture(replaced, seededRandom(4), run)).toThrow('stop');
    expect([...copy.view(0, 20).close]).toEqual([...CANDLES.close]);
  });

  test('finds a value that was written to, also in a column that nobody read', () => {
    const copy = new CandleCopy(CANDLES);
    const { close } = copy.view(0, 20);
    expect(copy.findChange()).toBeUndefined();
    close[5] = 1;
    expect(copy.findChange()).toEqual({ column: 'close', index: 5 });
    const other = new CandleCopy(CANDLES);
    new Float64Array(other.view(0, 20).close.buffer)[20 + 3] = 1;
    expect(other.findChange()).toEqual({ column: 'open', index: 3 });
  });
});
