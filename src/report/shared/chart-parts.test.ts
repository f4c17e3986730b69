import { describe, expect, test } from 'vitest';
import { stopLossLevel, takeProfitLevel, trailingStopLevel } from '../../semantics/index.js';
import { groupCandles, groupColumn, groupSizeFor } from './candle-levels.js';
import { tradeLevels } from './trade-levels.js';
import { orderTrades } from './trade-order.js';
import { clampView, panView, viewAround, zoomView } from './view.js';

const column = (...values: number[]): Float64Array => Float64Array.from(values);

describe('levels of detail', () => {
  test('groupCandles() keeps first open, extremes, last close and all volume', () => {
    const grouped = groupCandles(
      {
        time: column(0, 60, 120, 180, 240),
        open: column(1, 2, 3, 4, 5),
        high: column(9, 3, 4, 5, 8),
        low: column(1, 0.5, 3, 4, 5),
        close: column(2, 3, 4, 5, 6),
        volume: column(1, 2, 3, 4, 5),
      },
      4,
    );
    expect(grouped).toEqual({
      time: column(0, 240),
      open: column(1, 5),
      high: column(9, 8),
      low: column(0.5, 5),
      close: column(5, 6),
      volume: column(10, 5),
    });
  });

  test('groupColumn() passes over undefined values', () => {
    const values = column(Number.NaN, 2, Number.NaN, Number.NaN, Number.NaN, -1);
    expect(groupColumn(values, 2, 'last')).toEqual(column(2, Number.NaN, -1));
    expect(groupColumn(column(-0.1, -0.4, -0.2), 3, 'min')).toEqual(column(-0.4));
  });

  test('groupSizeFor() picks the finest level that fits', () => {
    expect([500, 501, 2000, 500_000].map((visible) => groupSizeFor(visible, 500))).toEqual([
      1, 2, 4, 1024,
    ]);
  });
});

describe('view', () => {
  test('zooming keeps the anchor in place', () => {
    const zoomed = zoomView({ from: 100, to: 200 }, 0.5, 120, 1000);
    expect(zoomed).toEqual({ from: 110, to: 160 });
  });

  test('never shows more than all candles, fewer than a dozen, or far beyond an end', () => {
    expect(zoomView({ from: 100, to: 200 }, 100, 150, 1000)).toEqual({ from: 0, to: 1000 });
    const narrow = zoomView({ from: 100, to: 200 }, 0.0001, 150, 1000);
    expect(narrow.to - narrow.from).toBeCloseTo(12, 9);
    expect(panView({ from: 0, to: 100 }, -500, 1000)).toEqual({ from: -10, to: 90 });
    expect(clampView({ from: 990, to: 1090 }, 1000)).toEqual({ from: 910, to: 1010 });
  });

  test('viewAround() leaves room beside a trade', () => {
    expect(viewAround(500, 509, 1000)).toEqual({ from: 470, to: 540 });
  });
});

describe('tradeLevels()', () => {
  const high = column(100, 104, 103, 110);
  const low = column(99, 98, 97, 101);

  test.each([1, -1] as const)('follows the stop rules of the engine for side %d', (side) => {
    const levels = tradeLevels(
      { side, entryIndex: 0, exitIndex: 3, entryPrice: 100 },
      { stopLoss: 0.02, takeProfit: 0.05, trailingStop: 0.03 },
      high,
      low,
    );
    expect(levels.stop).toEqual(
      column(...new Array<number>(4).fill(stopLossLevel(100, side, 0.02))),
    );
    expect(levels.target).toEqual(
      column(...new Array<number>(4).fill(takeProfitLevel(100, side, 0.05))),
    );
    const peaks = side > 0 ? [100, 100, 104, 104] : [100, 99, 98, 97];
    expect(levels.trailing).toEqual(
      column(...peaks.map((peak) => trailingStopLevel(peak, side, 0.03))),
    );
  });

  test('has no lines where no stops are set', () => {
    const levels = tradeLevels(
      { side: 1, entryIndex: 1, exitIndex: 1, entryPrice: 1 },
      {},
      high,
      low,
    );
    expect(levels.stop).toEqual(column(Number.NaN));
    expect(levels.trailing).toEqual(column(Number.NaN));
  });
});

describe('orderTrades()', () => {
  const columns = {
    sides: column(1, -1, 1, 1),
    reasons: column(0, 1, 1, 0),
    netPnl: column(5, -3, 0, 5),
    flags: column(0, 1, 3, 2),
  };

  test('sorts either way and keeps the order in time of equal values', () => {
    expect([...orderTrades(columns, {}, columns.netPnl, true)]).toEqual([0, 3, 2, 1]);
    expect([...orderTrades(columns, {}, columns.netPnl, false)]).toEqual([1, 2, 0, 3]);
  });

  test('filters by side, reason and outcome together', () => {
    const order = (filter: Parameters<typeof orderTrades>[1]): number[] => [
      ...orderTrades(columns, filter, columns.netPnl, false),
    ];
    expect(order({ side: 1, reason: 0 })).toEqual([0, 3]);
    expect(order({ outcome: 'win' })).toEqual([0, 3]);
    expect(order({ outcome: 'loss' })).toEqual([1, 2]);
    expect(order({ outcome: 'ambiguous' })).toEqual([1, 2]);
  });
});
