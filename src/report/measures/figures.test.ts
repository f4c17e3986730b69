import { describe, expect, test } from 'vitest';
import { HOLDING_CLASSES, holdingClass } from './holding-time.js';
import { expectedLongestStreak, longestStreak, streaksOf } from './streaks.js';
import { yearlyReturns } from './yearly-returns.js';

const pnls = (...values: number[]) => values.map((netPnl) => ({ netPnl }));

describe('streaks', () => {
  test('streaksOf() counts a trade without a profit as a loss', () => {
    expect(streaksOf(pnls(1, 2, -1, 0, 3))).toEqual([
      { isWin: true, length: 2, netPnl: 3 },
      { isWin: false, length: 2, netPnl: -1 },
      { isWin: true, length: 1, netPnl: 3 },
    ]);
    expect(streaksOf([])).toEqual([]);
  });

  test('longestStreak() takes the first of equals', () => {
    const streaks = streaksOf(pnls(1, 1, -1, 5, 5, -1));
    expect(longestStreak(streaks, true)).toMatchObject({ length: 2, netPnl: 2 });
    expect(longestStreak(streaks, false)).toMatchObject({ length: 1 });
    expect(longestStreak([], true)).toBeUndefined();
  });

  test('expectedLongestStreak() of 200 tosses of a coin is about seven', () => {
    // log₂(100) + 0.57722 / 0.69315 − 0.5 = 6.64386 + 0.83275 − 0.5
    expect(expectedLongestStreak(200, 0.5)).toBeCloseTo(6.97661, 4);
    expect(expectedLongestStreak(1, 0.5)).toBe(0);
  });
});

describe('holdingClass()', () => {
  test.each([
    [0, '<5m'],
    [5, '<15m'],
    [59, '<1h'],
    [60, '<4h'],
    [24 * 60, '<3d'],
    [28 * 24 * 60, '≥4w'],
  ])('%d minutes are %s', (minutes, name) => {
    const trade = { entryTime: 1e12, exitTime: 1e12 + minutes * 60_000 };
    expect(HOLDING_CLASSES[holdingClass(trade)]).toBe(name);
  });
});

test('yearlyReturns() measures each year from the end of the one before', () => {
  const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
  const years = yearlyReturns(
    {
      openTime: Float64Array.from(
        ['2023-12-30', '2023-12-31', '2024-01-01', '2024-06-01', '2025-01-01'],
        day,
      ),
      close: Float64Array.from([55, 60, 90, 30, 45]),
      equity: Float64Array.from([90, 110, 88, 99, 198]),
    },
    { balance: 100, price: 50 },
    [
      { exitTime: day('2024-01-01'), netPnl: 10 },
      { exitTime: day('2024-03-01'), netPnl: -22 },
      { exitTime: day('2024-07-01'), netPnl: 11 },
    ],
  );
  const round = (value: number): number => Math.round(value * 1e9) / 1e9;
  expect(
    years.map(({ value, holding, maxDrawdown, ...rest }) => [
      ...[value, holding, maxDrawdown].map(round),
      rest,
    ]),
  ).toEqual([
    [0.1, 0.2, 0.1, { year: 2023, trades: 1, wins: 1 }],
    [-0.1, -0.5, 0.2, { year: 2024, trades: 2, wins: 1 }],
    [1, 0.5, 0, { year: 2025, trades: 0, wins: 0 }],
  ]);
});
