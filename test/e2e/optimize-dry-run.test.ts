import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
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
    /^MovingAverageCrossoverStrategy on BTCUSDT 1h \(spot\), dry run: nothing is written\nGrid +6 combinations written, 5 to run\n {2}skipped +1 invalid[\s\S]*\nTime +about .* at .* per second \(measured for .* on \d+ workers?\), including the judgement\nMemory +about [\d,]+ MB\n$/,
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
    /(^|\n)31,920,000,000 combinations take about [\d,.]+ days on 1 worker\nTo start anyway add --yes; a smaller grid, or fewer or longer candles, take less time\n$/,
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

test('--dry-run of a batch says count, time and memory of each pair and in total, and writes nothing', async () => {
  const cwd = folderWith(`${SMALL}  RSIReversion:\n    rsi_period: [7, 14]\n`);
  const args = ['optimize-batch', '--interval', '1h', '--dry-run'];
  const { stdout, stderr, exitCode } = await runWus(args, { cwd });
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toMatch(
    /^Dry run: nothing is written.*\nstrategy +symbol +combinations +time +memory\nMACross +BTCUSDT +5 +\d+ s +[\d,]+ MB\nRSIReversion +BTCUSDT +2 +\d+ s +[\d,]+ MB\ntotal +7 +\d+ s +[\d,]+ MB\n$/,
  );
  const json = await runWus([...args, '--json', '--symbols', 'BTCUSDT,ETHUSDT'], { cwd });
  expect(json.exitCode).toBe(1);
  const record = JSON.parse((await runWus([...args, '--json'], { cwd })).stdout) as {
    readonly pairs: readonly Record<string, number>[];
    readonly seconds: number;
  };
  expect(record).toMatchObject({
    combinations: 7,
    pairs: [{ combinations: 5 }, { combinations: 2, candles: 5_000 }],
  });
  expect(record.seconds).toBeCloseTo(record.pairs[0]!.seconds! + record.pairs[1]!.seconds!, 9);
  // A pair without candles is named, and the exit code is that of a batch that fails.
  rmSync(path.join(cwd, 'data'), { recursive: true });
  const failed = await runWus(args, { cwd });
  expect(failed.exitCode).toBe(1);
  expect(failed.stderr).toContain('2 of 2 optimizations would fail:\nMACross BTCUSDT: No candles');
  expect(existsSync(path.join(cwd, 'results'))).toBe(false);
});
