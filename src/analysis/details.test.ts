import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../util/index.js';
import { analyzeDetails } from './details-analysis.js';
import { DETAIL_METRICS, readDetailsTable } from './details-table.js';
import { rankOrder } from './rank-order.js';

function fileOf(text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-details-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'details.csv');
  writeFileSync(file, text);
  return file;
}

const HEADER = `fast,slow,apply_atr_filter,atr_filter_period,hours,${DETAIL_METRICS.join(',')}`;
/** Sharpe ratio and drawdown; all others follow. */
const trial = (parameters: string, sharpe: number | string, drawdown = 0.1, trades = 50): string =>
  `${parameters},${Number(sharpe) * 100},${sharpe},0,0,1,${drawdown},50,0,${trades}`;
const DETAILS = [
  HEADER,
  trial('9,20,false,,"8,9"', 1, 0.3),
  trial('9,20,true,7,"8,9"', 1.5, 0.2),
  trial('9,20,true,14,"8,9"', 0.5, 0.1),
  trial('10,20,false,,"8,9"', 2, 0.1),
  trial('10,20,true,7,"8,9"', 3, 0.4),
  trial('10,20,true,14,"8,9"', 2.25, 0.1, 5),
  trial('10,30,false,,"8,9"', -1, 0.5),
  '',
].join('\n');

describe('readDetailsTable()', () => {
  test('reads parameters as sorted levels and metrics as the same doubles', () => {
    const odd = [0.1 + 0.2, -1.5, 1e-9, 123456789012345680, 5e-324].map(String);
    const rows = odd.map((value, k) =>
      trial(`${10 - k},x"y,true,,`, value).replace('x"y', '"x""y"'),
    );
    const table = readDetailsTable(fileOf([HEADER, ...rows, ''].join('\r\n')));
    expect(table.rows).toBe(5);
    expect([...table.metrics.get('sharpe_ratio')!]).toEqual(odd.map(Number));
    expect(table.parameters[0]).toEqual({
      name: 'fast',
      levels: ['6', '7', '8', '9', '10'],
      codes: Uint16Array.of(4, 3, 2, 1, 0),
    });
    expect(table.parameters[1]!.levels).toEqual(['x"y']);
    expect(table.parameters[3]!.levels).toEqual(['']);
  });

  test('reads lines across blocks of any file size', () => {
    const rows = Array.from({ length: 60_000 }, (_, k) =>
      trial(`${k % 7},${k % 11},false,,`, k / 8),
    );
    const table = readDetailsTable(fileOf(`${[HEADER, ...rows].join('\n')}\n`));
    expect(table.rows).toBe(60_000);
    const sharpe = table.metrics.get('sharpe_ratio')!;
    expect(sharpe.every((value, k) => value === k / 8)).toBe(true);
    const [fast] = table.parameters;
    expect(fast!.codes.every((code, k) => Number(fast!.levels[code]) === k % 7)).toBe(true);
  });

  test('leaves a torn last line out and says so', () => {
    const table = readDetailsTable(fileOf(DETAILS.slice(0, -3)));
    expect(table.rows).toBe(6);
    expect(table.notes).toEqual(['the last line is incomplete (no line end) and was dropped']);
  });

  test.each([
    ['', 'is not a details file: it must start'],
    ['fast,sqn\n1,2\n', 'lacks the columns cumulative_profit, sharpe_ratio,'],
    [`${DETAIL_METRICS.join(',')}\n`, 'has no parameter columns'],
    [`${HEADER}\n1,2\n`, 'row 1: 2 cells, the header has 14'],
    [`${HEADER}\n${trial('1,2,,,', 1)},9\n`, 'row 1: more cells than the header, which has 14'],
    [`${HEADER}\n${trial('1,2,,,', 'high')}\n`.replace('NaN', '1'), 'sharpe_ratio is "high"'],
  ])('refuses %j', (text, message) => {
    expect(() => readDetailsTable(fileOf(text))).toThrow(message);
  });
});

describe('rankOrder()', () => {
  test('sorts like a comparison, equal ones in order, and leaves NaN and uncounted rows out', () => {
    const values = Float64Array.of(3, -1, NaN, 0, -0.5, Infinity, 3, -Infinity, 1e-300);
    expect([...rankOrder(values)]).toEqual([7, 1, 4, 3, 8, 0, 6, 5]);
    expect([...rankOrder(values, Uint8Array.of(0, 1, 1, 1, 1, 1, 1, 1, 1))]).toEqual([
      7, 1, 4, 3, 8, 6, 5,
    ]);
    const random = seededRandom(11);
    const many = Float64Array.from(
      { length: 5_000 },
      () => (random() - 0.5) * 10 ** (20 * random()),
    );
    const sorted = Float64Array.from(rankOrder(many), (row) => many[row]!);
    expect(sorted).toEqual(many.slice().sort());
  });
});

describe('analyzeDetails()', () => {
  const analysis = (minTrades = 0) =>
    analyzeDetails(readDetailsTable(fileOf(DETAILS)), { metric: 'sharpe_ratio', minTrades });

  test('slices by hand', () => {
    const { slices, bestRow, counted } = analysis();
    expect([counted, bestRow]).toEqual([7, 4]);
    const fast = slices.find(({ parameter }) => parameter === 'fast')!;
    expect(fast.levels[0]).toEqual({
      level: '9',
      trials: 3,
      best: 1.5,
      p5: 0.55,
      p25: 0.75,
      median: 1,
      p75: 1.25,
      p95: 1.45,
    });
    expect(fast.levels[1]).toMatchObject({ level: '10', trials: 4, best: 3, median: 2.125 });
    const slow = slices.find(({ parameter }) => parameter === 'slow')!;
    // Mean 9.25 / 7; between 20 (mean 10.25 / 6) and 30 (-1).
    const mean = 9.25 / 7;
    const between = 6 * (10.25 / 6 - mean) ** 2 + (-1 - mean) ** 2;
    const total = [1, 1.5, 0.5, 2, 3, 2.25, -1].reduce((sum, x) => sum + (x - mean) ** 2, 0);
    expect(slow.explained).toBeCloseTo(between / total, 12);
    expect(slices.map(({ parameter }) => parameter)).not.toContain('hours');
  });

  test('heat maps hold best and median of each cell, lower drawdowns being better', () => {
    const { axes, pairs } = analysis();
    const names = axes.map(({ parameter }) => parameter);
    const pair = pairs.find(
      ({ a, b }) => [names[a], names[b]].includes('fast') && [names[a], names[b]].includes('slow'),
    )!;
    const at = (fast: number, slow: number): number =>
      names[pair.a] === 'fast' ? fast * 2 + slow : slow * 2 + fast;
    expect(pair.counts[at(0, 0)]).toBe(3);
    expect(pair.median.sharpe_ratio[at(1, 0)]).toBe(2.25);
    expect(pair.best.sharpe_ratio[at(1, 0)]).toBe(3);
    expect(pair.best.max_drawdown[at(0, 0)]).toBe(0.1);
    expect(pair.median.max_drawdown[at(1, 0)]).toBe(0.1);
    expect(pair.median.sharpe_ratio[at(0, 1)]).toBeNaN();
    expect(pair.counts[at(0, 1)]).toBe(0);
  });

  test('pairs trials that are equal but for the filter', () => {
    const [atr] = analysis().ablations;
    // +0.5, -0.5, +1, +0.25; the trial with slow 30 has no twin.
    expect(atr!.overall).toMatchObject({
      setting: 'all',
      pairs: 4,
      median: 0.375,
      mean: 0.3125,
      raisedShare: 0.75,
    });
    expect(atr!.overall!.profit).toBeCloseTo(37.5, 9);
    expect(atr!.settings.map(({ setting, pairs, median }) => [setting, pairs, median])).toEqual([
      ['atr_filter_period=7', 2, 0.75],
      ['atr_filter_period=14', 2, -0.125],
    ]);
  });

  test('trials with too few trades count nowhere', () => {
    const few = analysis(10);
    expect(few.counted).toBe(6);
    expect(few.ablations[0]!.overall!.pairs).toBe(3);
    expect(analysis(1_000)).toMatchObject({ counted: 0, bestRow: -1 });
  });
});
