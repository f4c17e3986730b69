// A strategy that reads taker-buy volume, from the file to every command that runs it.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeCsvCandles, syntheticCandles } from '../../src/candles/index.js';
import { runWus, temporaryFolder } from './wus.js';

const CANDLES = syntheticCandles({ length: 3_000, symbol: 'BTCUSDT', hasTimeGaps: false });
const STRATEGY = `import { defineStrategy, number } from 'mista-wus-algo-trader';
export const strategy = defineStrategy({
  name: 'Takers',
  parameters: { share: number({ default: 0.6, min: 0, max: 1, description: 'Of the volume that takers bought' }) },
  extraColumns: ['takerBuyVolume'],
  warmUp: 0,
  signals: ({ candles: { takerBuyVolume, volume }, parameters: { share } }) =>
    (i) => (takerBuyVolume[i]! > share * volume[i]! ? 1 : -1),
});
`;

function folderWith(hasTakers: boolean): string {
  const cwd = temporaryFolder();
  const takers = CANDLES.volume.map((volume, i) => volume * (0.5 + 0.3 * Math.sin(i / 9)));
  const lines = encodeCsvCandles(CANDLES, hasTakers ? { taker_buy_volume: takers } : {});
  mkdirSync(path.join(cwd, 'data/spot/1h'), { recursive: true });
  writeFileSync(path.join(cwd, 'data/spot/1h/BTCUSDT_1h.csv'), [...lines].join(''));
  writeFileSync(path.join(cwd, 'takers.ts'), STRATEGY);
  mkdirSync(path.join(cwd, 'config'));
  writeFileSync(
    path.join(cwd, 'config/optimize_params.yaml'),
    'BTCUSDT:\n  Takers:\n    share: {start: 0.3, stop: 0.7, step: 0.05}\n    stop_loss_pct: [null, 0.02]\n',
  );
  return cwd;
}

const WHAT = '--strategy ./takers.ts --symbol BTCUSDT --interval 1h'.split(' ');

describe('a strategy that reads taker-buy volume', () => {
  test('is tested, optimized by worker threads and walked forward', async () => {
    const cwd = folderWith(true);
    const backtest = await runWus(['backtest', ...WHAT, '--json'], { cwd });
    expect(backtest).toMatchObject({ exitCode: 0 });
    const { metrics } = JSON.parse(backtest.stdout) as { metrics: { total_trades: number } };
    // The share swings around 0.6 every 56.5 candles.
    expect(metrics.total_trades).toBe(53);
    const optimized = await runWus(['optimize', ...WHAT, '--processes', '2', '--json'], { cwd });
    expect(optimized).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(optimized.stdout)).toMatchObject({
      grid: { combinations: 18 },
      evaluated: 18,
    });
    const spans = ['--train', '60d', '--test', '20d'];
    const walked = await runWus(['walk-forward', ...WHAT, ...spans, '--json'], { cwd });
    expect(walked).toMatchObject({ exitCode: 0 });
  });

  test('says so in its description', async () => {
    const cwd = folderWith(true);
    const shown = await runWus(['strategies', 'show', './takers.ts'], { cwd });
    expect(shown.stdout).toContain(
      'Candles must have takerBuyVolume (backtests only: live candles do not have these columns)',
    );
    const json = await runWus(['strategies', 'show', './takers.ts', '--json'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ extra_columns: ['takerBuyVolume'] });
  });

  test('is refused where the file does not have it', async () => {
    const cwd = folderWith(false);
    const { exitCode, stderr } = await runWus(['backtest', ...WHAT], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'data/spot/1h/BTCUSDT_1h.csv: no column taker_buy_volume (takerBuyVolume); fetch the candles with wus fetch-data, or give a file that has it',
    );
  });
});
