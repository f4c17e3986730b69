// What the other tests rely on: nothing that they start outlives them.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { runWus, temporaryFolder, until } from './wus.js';

const ENDLESS = `import { writeFileSync } from 'node:fs';
import { defineStrategy } from 'mista-wus-algo-trader';
export const strategy = defineStrategy({
  name: 'Endless', parameters: {}, warmUp: () => 0,
  signals() { writeFileSync(process.env.PID_FILE, String(process.pid)); for (;;); },
});
`;

let pid = 0;

function isRunning(): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.fails('a test that waits for a command without an end runs out of time', async () => {
  const cwd = temporaryFolder();
  writeFileSync(path.join(cwd, 'endless.ts'), ENDLESS);
  writeFileSync(path.join(cwd, 'BTCUSDT_1h.csv'), candlesToCsv(syntheticCandles({ length: 50 })));
  const file = path.join(cwd, 'pid');
  const line = 'backtest --strategy ./endless.ts --file BTCUSDT_1h.csv';
  const run = runWus(line.split(' '), { cwd, env: { PID_FILE: file } });
  await until(() => {
    try {
      pid = Number(readFileSync(file, 'utf8'));
    } catch {
      return false;
    }
    return pid > 0;
  });
  expect(isRunning()).toBe(true);
  await run;
}, 10_000);

test('and its process ends with it', async () => {
  expect(pid).toBeGreaterThan(0);
  await until(() => !isRunning());
});
