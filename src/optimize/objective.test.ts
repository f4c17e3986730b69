import fc from 'fast-check';
import { expect, test } from 'vitest';
import { METRICS } from '../metrics/index.js';
import { metricColumn, OBJECTIVE_NAMES, parseObjective, topTrials } from './objective.js';

function metrics(name: string, value: number, trades = 20): Float64Array {
  const row = new Float64Array(METRICS.length);
  row[metricColumn(name)] = value;
  row[metricColumn('total_trades')] = trades;
  return row;
}

function order(
  metric: Parameters<typeof topTrials>[0]['metric'],
  rows: [number, number?][],
  size = 99,
) {
  const top = topTrials({ metric, minTrades: 10 }, size);
  rows.forEach(([value, trades], id) => {
    top.add(id, metrics(metric, value, trades));
  });
  return top.best.map((trial) => trial.id);
}

test('the largest value comes first, ties in grid order, Infinity before everything', () => {
  expect(order('profit_factor', [[1], [2], [Number.POSITIVE_INFINITY], [2], [-1]])).toEqual([
    2, 1, 3, 0, 4,
  ]);
  expect(order('sharpe_ratio', [[0], [-0], [0]])).toEqual([0, 1, 2]);
});

test('the smallest drawdown comes first', () => {
  expect(order('max_drawdown', [[0.3], [0.1], [0], [0.2]])).toEqual([2, 1, 3, 0]);
});

test('too few trades rank after all others, NaN last of all', () => {
  expect(
    order('sqn', [
      [Number.NaN, 50],
      [9, 9],
      [1, 10],
      [-5, 10],
      [10, 0],
      [Number.NaN, 0],
    ]),
  ).toEqual([2, 3, 4, 1, 0, 5]);
});

test.each(OBJECTIVE_NAMES)('%s ranks like a stable sort, whatever is kept', (metric) => {
  const value = fc.oneof(
    fc.constantFrom(0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.double(),
  );
  const row = fc.tuple(value, fc.constantFrom(0, 9, 10, 500));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (rows, size) => {
      const sign = metric === 'max_drawdown' ? -1 : 1;
      const tier = ([v, trades]: [number, number]): number =>
        Number.isNaN(v) ? 2 : trades < 10 ? 1 : 0;
      const sorted = rows
        .map((r, id) => ({ r, id }))
        .sort((a, b) => {
          if (tier(a.r) !== tier(b.r)) return tier(a.r) - tier(b.r);
          if (tier(a.r) === 2 || a.r[0] === b.r[0]) return a.id - b.id;
          return sign * a.r[0] > sign * b.r[0] ? -1 : 1;
        });
      expect(order(metric, rows, size)).toEqual(sorted.slice(0, size).map((entry) => entry.id));
    }),
  );
});

test('an unknown metric is named', () => {
  expect(() => parseObjective('sharp_ratio')).toThrow(
    'Metric "sharp_ratio": unknown (did you mean "sharpe_ratio"?); use one of cumulative_profit',
  );
});
