import { expect, test } from 'vitest';
import { withoutProgress } from '../../test/e2e/wus.js';
import { createProgress } from './progress.js';

function run(showsProgress: boolean, steps: readonly (readonly [atMs: number, done: number])[]) {
  const seen: string[] = [];
  let time = 0;
  const progress = createProgress(
    {
      showsProgress,
      note: (line) => seen.push(line),
      redraw: (line) => seen.push(`~${line}`),
    },
    'Reading',
    () => time,
  );
  for (const [atMs, done] of steps) {
    time = atMs;
    progress.update(done, 100);
  }
  progress.end();
  return seen;
}

test('quick work shows nothing', () => {
  expect(
    run(true, [
      [50, 50],
      [390, 100],
    ]),
  ).toEqual([]);
});

test('a terminal gets one line that is redrawn at most every 100 ms and removed at the end', () => {
  expect(
    run(true, [
      [1000, 25],
      [1050, 26],
      [1100, 50],
    ]),
  ).toEqual([
    '~Reading ██████░░░░░░░░░░░░░░░░░░  25 %, 3 s left',
    '~Reading ████████████░░░░░░░░░░░░  50 %, 2 s left',
    '~',
  ]);
});

test('a pipe gets a plain line every 20 percent', () => {
  expect(
    run(false, [
      [60_000, 1],
      [120_000, 21],
      [130_000, 39],
      [140_000, 65],
      [150_000, 100],
    ]),
  ).toEqual(['Reading 21 %, 7 min left', 'Reading 65 %, 1 min left', 'Reading 100 %']);
});

test('the tests of commands pass over the lines of a pipe, and over no other line', () => {
  const seen: string[] = [];
  let time = 0;
  const note = (line: string): void => void seen.push(line);
  const terminal = { showsProgress: false, note, redraw: note };
  const progress = createProgress(terminal, 'Reading candles', () => time);
  for (const [atMs, done] of [
    [1_000, 20],
    [60_000, 40],
    [9_000_000, 60],
    [9_000_001, 100],
  ] as const) {
    time = atMs;
    progress.update(done, 100, done === 60 ? 'BTCUSDT_1h.csv' : undefined);
  }
  expect(seen).toEqual([
    'Reading candles 20 %, 4 s left',
    'Reading candles 40 %, 1 min left',
    'Reading candles 60 %, 1 h 40 min left  BTCUSDT_1h.csv',
    'Reading candles 100 %',
  ]);
  const warning = 'a.csv: 3 candles are missing\nonly 40 % of the candles are there\n';
  expect(withoutProgress(`${seen.join('\n')}\n${warning}`)).toBe(warning);
  expect(withoutProgress('Reading candles failed')).toBe('Reading candles failed');
});
