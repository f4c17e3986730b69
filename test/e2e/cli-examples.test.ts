import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { repositoryRoot, runWus, temporaryFolder } from './wus.js';

const examples = readdirSync(path.join(repositoryRoot, 'examples'));

test.each(examples)('the example %s runs from another folder', async (name) => {
  const cwd = temporaryFolder();
  writeFileSync(
    path.join(cwd, 'SYNTHETIC_1h.csv'),
    candlesToCsv(syntheticCandles({ length: 2_000 })),
  );
  const strategy = path.join(repositoryRoot, 'examples', name);
  const { stdout, stderr, exitCode } = await runWus(
    ['backtest', '--strategy', strategy, '--file', 'SYNTHETIC_1h.csv', '--json'],
    { cwd },
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const result = JSON.parse(stdout) as { synthetic: boolean; metrics: { total_trades: number } };
  expect(result.synthetic).toBe(true);
  expect(result.metrics.total_trades).toBeGreaterThan(0);
});
