import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { runWus, temporaryFolder } from './wus.js';

const SMALL = 'BTCUSDT:\n  MACross:\n    fast_period: [5, 10]\n    slow_period: [30, 60, 10]\n';
/** More than anybody has time for. */
const HUGE = `BTCUSDT:
  MACross:
    fast_period: {start: 2, stop: 400, step: 1}
    slow_period: {start: 401, stop: 900, step: 1}
    stop_loss_pct: {start: 0.001, stop: 0.4, step: 0.001}
    take_profit_pct: {start: 0.001, stop: 0.4, step: 0.001}
`;
const ARGS = 'optimize --strategy MACross --symbol BTCUSDT --interval 1h'.split(' ');

function folderWith(grid: string): string {
  const cwd = temporaryFolder();
  mkdirSync(path.join(cwd, 'data/spot/1h'), { recursive: true });
  mkdirSync(path.join(cwd, 'config'));
  const candles = syntheticCandles({ length: 5_000, symbol: 'BTCUSDT', hasTimeGaps: false });
  writeFileSync(path.join(cwd, 'data/spot/1h/BTCUSDT_1h.csv'), candlesToCsv(candles));
  writeFileSync(path.join(cwd, 'config/optimize_params.yaml'), grid);
  return cwd;
}

test('--dry-run says count, time and memory, and writes nothing', async () => {
  const cwd = folderWith(SMALL);
  const { stdout, exitCode } = await runWus([...ARGS, '--dry-run'], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^MovingAverageCrossoverStrategy on BTCUSDT 1h \(spot\), dry run: nothing is written\nGrid +6 combinations written, 5 to run\n {2}skipped +1 invalid[\s\S]*\nTime +about .* at .* per second \(measured for .* on \d+ workers?\); the judgement comes after\nMemory +about [\d,]+ MB\n$/,
  );
  const json = await runWus([...ARGS, '--dry-run', '--json', '-p', '1'], { cwd });
  const record = JSON.parse(json.stdout) as Record<string, number>;
  expect(record).toMatchObject({ combinations: 5, candles: 5_000, processes: 1 });
  expect(record.seconds).toBeGreaterThan(0);
  expect(record.memory_bytes).toBeGreaterThan(50e6);
  expect([
    existsSync(path.join(cwd, 'results')),
    existsSync(path.join(cwd, 'config/best_params.yaml')),
  ]).toEqual([false, false]);
});

test('a search of more than a day is not started where nobody can be asked', async () => {
  const cwd = folderWith(HUGE);
  const { stdout, stderr, exitCode } = await runWus([...ARGS, '-p', '1'], { cwd });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(
    /(^|\n)31,920,000,000 combinations take about [\d,.]+ days on 1 worker\n--yes starts it all the same; a smaller grid, fewer candles or longer ones take less\n$/,
  );
  expect(existsSync(path.join(cwd, 'results'))).toBe(false);
  // And with the flag it is.
  const started = await runWus([...ARGS, '-p', '1', '--yes'], {
    cwd,
    interruptAt: { text: 'Grid', signal: 'SIGINT' },
  });
  expect(started.stderr).toContain('Grid');
  expect(started.exitCode).toBe(130);
});
