import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CandleSeries, candleSeriesFromRows, candlesToCsv } from '../../src/candles/index.js';
import type { JudgementBlock } from '../../src/config/index.js';
import { readLuck } from '../../src/optimize/index.js';
import { normalRandom, seededRandom } from '../../src/util/index.js';
import { runWus, temporaryFolder } from './wus.js';

interface OptimizeOutput {
  readonly judgement: JudgementBlock;
  readonly ledger: { readonly trials: number; readonly new: number };
  readonly best: readonly { readonly strategy: Record<string, unknown> }[];
  readonly best_params_file?: string;
}

const HOUR_MS = 3_600_000;
const START = Date.UTC(2020, 0, 1);

/** A walk whose steps have the given mean; everything else about it is luck. */
function walk(options: {
  readonly count: number;
  readonly stepMs: number;
  readonly deviation: number;
  readonly seed: number;
  readonly mean?: (time: number) => number;
}): CandleSeries {
  const normal = normalRandom(seededRandom(options.seed));
  let price = 100;
  const rows = Array.from({ length: options.count }, (_, i) => {
    const time = START + i * options.stepMs;
    const open = price;
    price *= Math.exp((options.mean?.(time) ?? 0) + options.deviation * normal());
    return [time, open, Math.max(open, price), Math.min(open, price), price, 1];
  });
  const timeframe = options.stepMs === HOUR_MS ? '1h' : '4h';
  return candleSeriesFromRows({ symbol: 'NOISEUSDT', market: 'spot', timeframe }, rows);
}

const NOISE_GRID = `NOISEUSDT:
  MACross:
    fast_period: {start: 2, stop: 101, step: 1}
    slow_period: {start: 102, stop: 201, step: 1}
`;

test('the best of 10,000 combinations on noise is no evidence, and --require refuses it', async () => {
  const cwd = temporaryFolder();
  const candles = walk({ count: 4_380, stepMs: 4 * HOUR_MS, deviation: 0.012, seed: 12 });
  writeFileSync(path.join(cwd, 'NOISEUSDT_4h.csv'), candlesToCsv(candles));
  writeFileSync(path.join(cwd, 'grid.yaml'), NOISE_GRID);
  const args = ['optimize', '--strategy', 'MACross', '--file', 'NOISEUSDT_4h.csv', '--json'].concat(
    ['--commission', '0.5', '--slippage', '0'],
  );
  const options = ['--config', 'grid.yaml', '--output-config', 'best.yaml'];
  const run = await runWus([...args, ...options, '--require', 'promising', '--save-details'], {
    cwd,
  });
  expect(run.exitCode).toBe(1);
  const { judgement, ledger, best_params_file } = JSON.parse(run.stdout) as OptimizeOutput;
  expect(judgement).toMatchObject({
    verdict: 'No evidence',
    trials_ever: 10_000,
    trials_in_run: 10_000,
    runs_merged: 1,
    sample_trials: 1_000,
    sample_is_whole_grid: false,
    sample_returns: 730,
    p_founder: null,
  });
  expect(judgement.sentence).toMatch(
    /^No evidence: the best of 10,000 trials looks like this by luck alone in \d\d % of worlds without an edge \(luck shows a Sharpe ratio of -?\d\.\d, at times -?\d\.\d; this winner -?\d\.\d\)\. Expect about -?\d\.\d\.$/,
  );
  expect(judgement.p).toBeGreaterThan(0.3);
  expect(ledger).toMatchObject({ trials: 10_000, new: 10_000 });
  // Refused: says why, details stay, nothing is written.
  expect(run.stderr).toContain(
    [
      'best.yaml was not changed, because --require asks for promising:',
      judgement.sentence,
      'Details are in ',
    ].join('\n'),
  );
  expect(best_params_file).toBeUndefined();
  expect(existsSync(path.join(cwd, 'best.yaml'))).toBe(false);
  const details = readdirSync(path.join(cwd, 'results/optimize/details'));
  expect(details.filter((name) => name.endsWith('.csv')).length).toBe(1);

  // The same again, from the details: nothing is new, and the figures are the same to the last digit.
  const again = await runWus([...args, ...options, '--resume', '-p', '1'], { cwd });
  const second = JSON.parse(again.stdout) as OptimizeOutput;
  expect(again.exitCode).toBe(0);
  expect(second.ledger).toMatchObject({ trials: 10_000, new: 0 });
  expect(second.judgement).toEqual({ ...judgement, runs_merged: 2 });
  const best = parse(readFileSync(path.join(cwd, 'best.yaml'), 'utf8')) as Record<
    string,
    Record<string, { judgement: unknown }>
  >;
  expect(best.NOISEUSDT!.MovingAverageCrossoverStrategy!.judgement).toEqual(second.judgement);

  // One combination alone does not escape the 10,000 before it.
  writeFileSync(
    path.join(cwd, 'one.yaml'),
    'NOISEUSDT:\n  MACross:\n    fast_period: [10]\n    slow_period: [150]\n',
  );
  const one = await runWus([...args, '--config', 'one.yaml', '--output-config', 'best.yaml'], {
    cwd,
  });
  const third = JSON.parse(one.stdout) as OptimizeOutput;
  expect(third.judgement).toMatchObject({
    trials_ever: 10_000,
    trials_in_run: 1,
    luck_sharpe_median: judgement.luck_sharpe_median,
  });
  expect(['No evidence', 'Not proven']).toContain(third.judgement.verdict);
  const ledgerFile = 'results/ledger/MovingAverageCrossoverStrategy_NOISEUSDT_spot_4h.trials';
  expect(statSync(path.join(cwd, ledgerFile)).size).toBe(8 + 8 * 10_000);
});

/** Holds one hour of the day; on one weekday, if any, it rests. */
const HOUR_STRATEGY = `import { defineStrategy, integer } from 'mista-wus-algo-trader';

export const strategy = defineStrategy({
  name: 'OneHour',
  parameters: {
    hour: integer({ default: 0, min: 0, max: 23, description: 'Hour that is held, UTC' }),
    rest_day: integer({ default: 7, min: 0, max: 7, description: 'Weekday without trades; 7: none' }),
  },
  warmUp: () => 0,
  signals({ candles: { openTime }, parameters: { hour, rest_day } }) {
    return (i) => {
      const next = new Date(openTime[i] + 3_600_000);
      return next.getUTCHours() === hour && next.getUTCDay() !== rest_day ? 1 : 0;
    };
  },
});
`;

const HOUR_GRID = `NOISEUSDT:
  OneHour:
    hour: {start: 0, stop: 23, step: 1}
    rest_day: {start: 0, stop: 7, step: 1}
`;

test.each([
  ['a real edge in one hour of the day is recognised', 0.0024, true],
  ['the same search without the edge is not', 0, false],
])('%s', async (_, edge, isGood) => {
  const cwd = temporaryFolder();
  const candles = walk({
    count: 2 * 365 * 24,
    stepMs: HOUR_MS,
    deviation: 0.004,
    seed: 5,
    mean: (time) => (new Date(time).getUTCHours() === 7 ? edge : 0),
  });
  writeFileSync(path.join(cwd, 'NOISEUSDT_1h.csv'), candlesToCsv(candles));
  writeFileSync(path.join(cwd, 'one-hour.ts'), HOUR_STRATEGY);
  writeFileSync(path.join(cwd, 'grid.yaml'), HOUR_GRID);
  const { stdout, stderr, exitCode } = await runWus(
    ['optimize', '--strategy', './one-hour.ts', '--file', 'NOISEUSDT_1h.csv', '--json'].concat(
      ['--config', 'grid.yaml', '--output-config', 'best.yaml', '--exit-on-neutral'],
      // The flag of older versions asks for a good word.
      ['--commission', '2', isGood ? '--require=convincing' : '--require-robust'],
    ),
    { cwd },
  );
  const { judgement, best } = JSON.parse(stdout) as OptimizeOutput;
  expect({ exitCode, stderr, ...judgement }).toMatchObject({
    ...(isGood && { failed: [], verdict: 'Convincing' }),
    exitCode: isGood ? 0 : 1,
    trials_ever: 192,
  });
  expect(existsSync(path.join(cwd, 'best.yaml'))).toBe(isGood);
  if (!isGood) {
    expect(['No evidence', 'Not proven']).toContain(judgement.verdict);
    return;
  }
  expect(best[0]!.strategy.hour).toBe(7);
  expect(judgement.sentence).toMatch(
    /^Convincing: by luck in less than 0\.1 % of worlds without an edge, in all four parts of the period, and under doubled costs\. Expect a Sharpe ratio of about \d\.\d, not \d\.\d\d\. Only candles it has not seen can confirm it\.$/,
  );
  expect(judgement.overfitting_probability).toBeLessThan(0.05);
  expect(judgement.stress_sharpe_ratio).toBeGreaterThan(1);
});

test.each([
  [['--robust-sample', '10001'], '--robust-sample 10001: it must be at most 10000'],
  [['--robust-sample', '-1'], '--robust-sample -1: it must be an integer from 0 on'],
  [
    ['--require', 'convincing', '--robust-sample', '0'],
    '--require convincing needs the cross-validation, which --robust-sample 0 disables',
  ],
])('wus optimize %j is refused', async (flags, message) => {
  const run = await runWus(['optimize', '--strategy', 'MACross', '--file', 'x.csv', ...flags]);
  expect(run).toMatchObject({ exitCode: 2, stdout: '' });
  expect(run.stderr).toContain(message);
});

test('a file that is no ledger stops the run before anything is computed', async () => {
  const cwd = temporaryFolder();
  const candles = walk({ count: 500, stepMs: HOUR_MS, deviation: 0.004, seed: 5 });
  writeFileSync(path.join(cwd, 'NOISEUSDT_1h.csv'), candlesToCsv(candles));
  writeFileSync(path.join(cwd, 'grid.yaml'), NOISE_GRID);
  mkdirSync(path.join(cwd, 'results/ledger'), { recursive: true });
  const file = 'results/ledger/MovingAverageCrossoverStrategy_NOISEUSDT_spot_1h.trials';
  writeFileSync(path.join(cwd, file), 'something else\n');
  const run = await runWus(
    ['optimize', '--strategy', 'MACross', '--file', 'NOISEUSDT_1h.csv', '--config', 'grid.yaml'],
    { cwd },
  );
  expect(run.exitCode).toBe(1);
  expect(run.stderr).toContain(
    'is not a trial ledger of this version; move it away to start a new one',
  );
});

test('processes that search at the same time count what several of them evaluate once', async () => {
  const cwd = temporaryFolder();
  const candles = walk({ count: 2_000, stepMs: HOUR_MS, deviation: 0.004, seed: 3 });
  writeFileSync(path.join(cwd, 'NOISEUSDT_1h.csv'), candlesToCsv(candles));
  const search = (number: number, first: number): Promise<{ exitCode: number; stderr: string }> => {
    writeFileSync(
      path.join(cwd, `grid${number}.yaml`),
      `NOISEUSDT:\n  MACross:\n    fast_period: {start: ${first}, stop: ${first + 29}, step: 1}\n    slow_period: {start: 100, stop: 139, step: 1}\n`,
    );
    const files = ['--config', `grid${number}.yaml`, '--output-config', 'best.yaml'];
    return runWus(
      [
        ...['optimize', '--strategy', 'MACross', '--file', 'NOISEUSDT_1h.csv', '-p', '1'],
        ...[...files, '--robust-sample', '0', '--min-trades', '0'],
      ],
      { cwd },
    );
  };
  // 30 fast periods each, from 2, 12, 22 and 32: 60 different ones with 40 slow ones.
  const runs = await Promise.all([2, 12, 22, 32].map((first, k) => search(k, first)));
  expect(runs.map(({ exitCode, stderr }) => [exitCode, exitCode === 0 ? '' : stderr])).toEqual(
    runs.map(() => [0, '']),
  );
  const ledger = path.join(
    cwd,
    'results/ledger/MovingAverageCrossoverStrategy_NOISEUSDT_spot_1h.trials',
  );
  expect(statSync(ledger).size).toBe(8 + 8 * 60 * 40);
  const notes = readFileSync(`${ledger}.runs.jsonl`, 'utf8').trimEnd().split('\n');
  const ends = notes
    .map((line) => JSON.parse(line) as { evaluated?: number; new?: number })
    .filter(({ evaluated }) => evaluated !== undefined);
  expect(ends.map(({ evaluated }) => evaluated)).toEqual([1_200, 1_200, 1_200, 1_200]);
  expect(ends.reduce((sum, { new: added = 0 }) => sum + added, 0)).toBe(60 * 40);
  const luck = readLuck(ledger.replace(/\.trials$/, '.luck'))!;
  expect(luck.runs).toBe(4);
  // A trial that two evaluate at once may be counted by both.
  expect(luck.seen).toBeGreaterThanOrEqual(60 * 40);
  expect(luck.winners.length).toBeGreaterThan(0);
}, 120_000);
