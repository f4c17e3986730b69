import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { buildOnce, repositoryRoot, runWus, temporaryFolder } from './wus.js';

const GRID = `SYNTHETIC:
  MACross:
    fast_period: {start: 5, stop: 30, step: 5}
    slow_period: {start: 40, stop: 120, step: 20}
    stop_loss_pct: [null, 0.03]
`;
const ARGS = [
  ...['walk-forward', '--strategy', 'MACross', '--file', 'SYNTHETIC_1h.csv'],
  ...['--config', 'grid.yaml', '--train', '60d', '--test', '2w', '-p', '2'],
];

function prepare(): string {
  const cwd = temporaryFolder();
  const candles = syntheticCandles({ length: 24 * 160, seed: 3 });
  writeFileSync(path.join(cwd, 'SYNTHETIC_1h.csv'), candlesToCsv(candles));
  writeFileSync(path.join(cwd, 'grid.yaml'), GRID);
  return cwd;
}

const RESULTS = 'results/walk_forward';
const csvOf = (cwd: string): string[] =>
  readdirSync(path.join(cwd, RESULTS))
    .filter((name) => name.endsWith('.csv'))
    .sort()
    .map((name) => `${name}\n${readFileSync(path.join(cwd, RESULTS, name), 'utf8')}`);

/** Runs until a third window is on the disk, then kills without warning. */
async function killedRun(cwd: string): Promise<void> {
  buildOnce();
  const wus = path.join(repositoryRoot, 'bin/wus.js');
  const child = spawn(process.execPath, [wus, ...ARGS], { cwd, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const state = path.join(cwd, RESULTS, 'state');
  while (child.exitCode === null) {
    const file = existsSync(state)
      ? readdirSync(state).find((name) => name.endsWith('.jsonl'))
      : undefined;
    const lines =
      file === undefined ? 0 : readFileSync(path.join(state, file), 'utf8').split('\n').length;
    if (lines >= 3) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill('SIGKILL');
  await ended;
}

test('a walk-forward that was killed goes on and ends up with the same bytes', async () => {
  const [whole, killed] = [prepare(), prepare()];
  const first = await runWus([...ARGS, '--json'], { cwd: whole });
  expect(first.exitCode).toBe(0);
  const result = JSON.parse(first.stdout) as Record<string, unknown> & {
    windows: unknown[];
    judgement: { sentence: string };
    written: { report: string };
  };
  expect(result).toMatchObject({ planned_windows: 7, known_windows: 0, complete: true });
  expect(result.windows.length).toBe(7);
  expect(result.judgement.sentence).toMatch(/^(No evidence|Not proven|Promising|Convincing): /);
  const report = readFileSync(path.join(whole, result.written.report), 'utf8');
  expect(report).toContain('SYNTHETIC market.');
  expect(report).toContain('Equity out-of-sample');
  expect(report).not.toMatch(/src="http|href="http(?!s:\/\/www\.tradingview\.com)/);

  await killedRun(killed);
  const again = await runWus([...ARGS, '--json'], { cwd: killed });
  expect(again.exitCode).toBe(0);
  const resumed = JSON.parse(again.stdout) as Record<string, unknown>;
  expect(resumed.known_windows).toBeGreaterThanOrEqual(2);
  const { known_windows: _known, written: _written, ...same } = result;
  expect(resumed).toMatchObject(same);
  expect(csvOf(killed)).toEqual(csvOf(whole));
});

test('the terminal says windows, verdict, notes and files', async () => {
  const cwd = prepare();
  const run = await runWus([...ARGS, '--anchored'], { cwd });
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toContain('7 windows\nwindow 1 of 7\n');
  expect(run.stdout).toContain(
    'training from the first candle on, at least 60 days, 14 days of test; 7 of 7 windows, chosen by sharpe_ratio',
  );
  expect(run.stdout).toMatch(/\n(No evidence|Not proven|Promising|Convincing): /);
  expect(run.stdout).toContain('Note: Positions are not carried from one window to the next');
  expect(run.stdout).toMatch(/\nReport {3}results\/walk_forward\/reports\/.*\.html/);
});

test.each([
  [['--train', '0d'], '--train 0d: it must be whole days or weeks, such as 180d or 26w', 2],
  [['--test', '1.5d'], '--test 1.5d: it must be whole days or weeks, such as 180d or 26w', 2],
  [
    ['--step', '7d'],
    '--step 7d is shorter than --test 14d, so candles would be tested twice; use a step of at least 14d',
    2,
  ],
  [
    ['--train', '52w'],
    'but one window needs 364 + 14: give more candles, or shorter --train and --test',
    1,
  ],
  [['--metric', 'sharp_ratio'], 'Metric "sharp_ratio": unknown', 2],
  [['--config', 'missing.yaml'], 'missing.yaml does not exist: create it with wus init', 1],
])('%j is refused in one line', async (flags, message, exitCode) => {
  const run = await runWus([...ARGS, ...flags], { cwd: prepare() });
  expect(run).toMatchObject({ exitCode, stdout: '' });
  expect(run.stderr).toContain(message);
});
