import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { buildOnce, repositoryRoot, runWus, temporaryFolder } from './wus.js';

const folder = path.join(repositoryRoot, 'examples');
const isStrategy = (name: string): boolean =>
  readFileSync(path.join(folder, name), 'utf8').includes('export const strategy');
/** One strategy reads scores from a file. */
const examples = readdirSync(folder).filter((name) => !name.endsWith('.csv'));
const COMPARE_STOPS = 'compare-stops-in-code-and-write-a-report.js';
const OPTIMIZE = 'optimize-and-test-on-unseen-candles-in-code.js';

function folderWithCandles(): string {
  const cwd = temporaryFolder();
  const csv = candlesToCsv(syntheticCandles({ length: 2_000 }));
  writeFileSync(path.join(cwd, 'SYNTHETIC_1h.csv'), csv);
  // One of them reads another symbol.
  mkdirSync(path.join(cwd, 'data/spot/1h'), { recursive: true });
  const bitcoin = syntheticCandles({ length: 2_200, symbol: 'BTCUSDT', hasTimeGaps: false });
  writeFileSync(path.join(cwd, 'data/spot/1h/BTCUSDT_1h.csv'), candlesToCsv(bitcoin));
  return cwd;
}

test.each(examples.filter(isStrategy))('the strategy %s runs from another folder', async (name) => {
  const { stdout, stderr, exitCode } = await runWus(
    ['backtest', '--strategy', path.join(folder, name), '--file', 'SYNTHETIC_1h.csv', '--json'],
    { cwd: folderWithCandles() },
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const result = JSON.parse(stdout) as { synthetic: boolean; metrics: { total_trades: number } };
  expect(result.synthetic).toBe(true);
  expect(result.metrics.total_trades).toBeGreaterThan(0);
});

/** Runs a program of the examples on synthetic candles; returns the JSON that it prints, line by line. */
function runProgram(name: string): { cwd: string; lines: Record<string, unknown>[] } {
  buildOnce();
  const cwd = folderWithCandles();
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [path.join(folder, name), 'SYNTHETIC_1h.csv'],
    { cwd, encoding: 'utf8' },
  );
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const lines = stdout.trim().split('\n');
  return { cwd, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('every program is tested here', () => {
  expect(examples.filter((name) => !isStrategy(name))).toEqual([COMPARE_STOPS, OPTIMIZE]);
});

test(`the program ${COMPARE_STOPS} runs`, () => {
  const { cwd, lines } = runProgram(COMPARE_STOPS);
  expect(lines.map(({ stop }) => stop)).toEqual([0.01, 0.02, 0.04]);
  expect(lines.every(({ total_trades: trades }) => Number(trades) > 0)).toBe(true);
  expect(readFileSync(path.join(cwd, 'trades.csv'), 'utf8')).toMatch(/^symbol,strategy,side,/);
  expect(readFileSync(path.join(cwd, 'report.html'), 'utf8')).toContain('</html>');
});

test(`the program ${OPTIMIZE} runs`, () => {
  const { lines } = runProgram(OPTIMIZE);
  expect(lines).toMatchObject([{ combinations: 18, verdict: expect.any(String) as string }]);
  const { unseen } = lines[0] as { unseen: { total_trades: number } };
  expect(unseen.total_trades).toBeGreaterThan(0);
});
