import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { candleSeriesFromRows, candlesToCsv } from '../../src/candles/index.js';
import { normalRandom, seededRandom } from '../../src/util/index.js';
import { runWus, temporaryFolder } from './wus.js';

const HOUR_MS = 3_600_000;

function folderWithCandles(): string {
  const cwd = temporaryFolder();
  const normal = normalRandom(seededRandom(8));
  let price = 100;
  const rows = Array.from({ length: 1_500 }, (_, i) => {
    const open = price;
    price *= Math.exp(0.004 * normal());
    const time = Date.UTC(2022, 0, 1) + i * HOUR_MS;
    return [time, open, Math.max(open, price), Math.min(open, price), price, 1];
  });
  for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
    const candles = candleSeriesFromRows({ symbol, market: 'spot', timeframe: '1h' }, rows);
    writeFileSync(path.join(cwd, `${symbol}_1h.csv`), candlesToCsv(candles));
  }
  writeFileSync(
    path.join(cwd, 'grid.yaml'),
    'BTCUSDT:\n  MACross:\n    fast_period: [5, 8]\n    slow_period: [20, 30]\n',
  );
  return cwd;
}

const backtest = (...more: string[]): string[] => [
  ...['backtest', '--strategy', 'MACross', '--file', 'BTCUSDT_1h.csv'],
  ...more,
];

test('what was tried by hand is counted, once, beside what was searched', async () => {
  const cwd = folderWithCandles();
  const counted = async (): Promise<{ strategy: string; symbol: string; trials: number }[]> => {
    const { stdout } = await runWus(['trials', '--json'], { cwd });
    return (
      JSON.parse(stdout) as { subjects: { strategy: string; symbol: string; trials: number }[] }
    ).subjects;
  };
  expect((await runWus(['trials'], { cwd })).stdout).toContain('No trials yet');
  const byHand = [
    ['--param', 'fast_period=4', '--param', 'slow_period=25'],
    // The same with other money, and a filter for another symbol.
    ['--param', 'fast_period=4', '--param', 'slow_period=25', '--balance', '500'],
    ['--param', 'fast_period=4', '--param', 'slow_period=25', '--direction', 'long'],
    [
      ...['--param', 'fast_period=4', '--param', 'slow_period=25'],
      ...['--apply-seasonality-filter', '--apply-seasonality-to-symbols', 'ETHUSDT'],
    ],
    // One of the grid below.
    ['--param', 'fast_period=5', '--param', 'slow_period=20'],
  ];
  for (const flags of byHand) {
    const run = await runWus(backtest(...flags), { cwd });
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
  }
  expect(await counted()).toMatchObject([{ symbol: 'BTCUSDT', trials: 2 }]);
  const optimize = await runWus(
    [
      ...['optimize', '--strategy', 'MACross', '--file', 'BTCUSDT_1h.csv', '--json'],
      ...['--config', 'grid.yaml'],
    ],
    { cwd },
  );
  const { judgement } = JSON.parse(optimize.stdout) as {
    judgement: { trials_ever: number; trials_in_run: number };
  };
  expect(judgement).toMatchObject({ trials_ever: 5, trials_in_run: 4 });
  await runWus(['backtest', '--strategy', 'MACross', '--file', 'ETHUSDT_1h.csv'], { cwd });
  expect(await counted()).toMatchObject([
    { symbol: 'BTCUSDT', trials: 5, trials_with_draws: 5, draws_readable: true },
    { symbol: 'ETHUSDT', trials: 1 },
  ]);
  const { stdout } = await runWus(['trials'], { cwd });
  expect(stdout).toContain('6 trials in results/ledger');
  expect(stdout).not.toContain('only the number is known');
});

test('a ledger that cannot be written takes nothing away from a backtest', async () => {
  const cwd = folderWithCandles();
  mkdirSync(path.join(cwd, 'results'));
  writeFileSync(path.join(cwd, 'results/ledger'), 'a file\n');
  const run = await runWus(backtest(), { cwd });
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toContain('Sharpe');
  expect(run.stderr).toContain('This backtest was not recorded as a trial: ');
  expect(run.stderr).not.toContain('    at ');
});

test('a ledger of another program is named, and draws that are lost are told', async () => {
  const cwd = folderWithCandles();
  await runWus(backtest(), { cwd });
  const folder = path.join(cwd, 'results/ledger');
  const luck = readdirSync(folder).find((name) => /BTCUSDT.*\.luck$/.test(name))!;
  writeFileSync(path.join(folder, luck), 'torn');
  const { stdout, exitCode } = await runWus(['trials'], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Of 1 trial only the number is known');
  const trials = readdirSync(folder).find((name) => name.endsWith('.trials'))!;
  writeFileSync(path.join(folder, trials), 'something else');
  const refused = await runWus(['trials'], { cwd });
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain(
    'is not a trial ledger of this version; move it away to start a new one',
  );
});
