// The best of every strategy, run again by the printed command line through the reference engine.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { runInProcess } from './in-process.js';
import { repositoryRoot, runWus, temporaryFolder } from './wus.js';

const GRID = `BTCUSDT:
  MACross:
    fast_period: [5, 20]
    slow_period: [40, 80]
    ma_type: [EMA, SMA]
    trend_filter_period: [null, 50]
    stop_loss_pct: [null, 0.02]
    trailing_stop_loss_pct: [null, 0.05]
    apply_atr_filter: [true, false]
    atr_filter_sma_period: [50]
    atr_filter_multiplier: [1, 1.1]
    apply_seasonality: [true, false]
    allowed_trading_hours_utc: ["5-17", "22-4"]
  RSIReversion:
    rsi_period: [7, 14]
    oversold_threshold: [25, 30]
    atr_threshold_multiplier: [null, -0.5]
    atr_period: [14, 28]
    stop_loss_pct: [null, 0.03]
    take_profit_pct: [null, 0.04]
    apply_atr_filter: [true, false]
    apply_seasonality: [true, false]
    seasonality_start_hour: [0, 6]
    seasonality_end_hour: [18]
  BBReversion:
    bb_period: [10, 20]
    bb_std_dev: [1.5, 2]
    stop_loss_pct: [null, 0.03]
    trailing_stop_loss_pct: [0.04]
    trailing_activation_pct: [null, 0.02]
    break_even_pct: [null, 0.02]
    max_candles_held: [20]
    exit_min_profit_pct: [-0.01]
    cooldown_candles: [4]
    apply_atr_filter: [true, false]
    apply_seasonality: [true, false]
  LongShort:
    return_z_period: [20, 50]
    return_z_threshold: [1.5, 2]
    volume_z_threshold: [[-2, 2], [-1, 3]]
    stop_loss_pct: [null, 0.03]
    take_profit_pct: [null, 0.03]
    apply_atr_filter: [true, false]
    apply_seasonality: [true, false]
`;

const RECORDED = path.join(repositoryRoot, '../shared/data');
const hasRecorded = existsSync(path.join(RECORDED, 'spot/1h/BTCUSDT_1h.csv.gz'));
if (!hasRecorded) {
  console.warn(`SKIPPED: recorded candles of BTCUSDT 1h are not in ${RECORDED}`);
}

const MARKETS = [
  {
    name: 'generated candles',
    isThere: true,
    period: [] as string[],
    fill: (folder: string) => {
      mkdirSync(path.join(folder, 'data/spot/1h'), { recursive: true });
      const candles = syntheticCandles({ length: 4_000, timeframe: '1h' });
      writeFileSync(path.join(folder, 'data/spot/1h/BTCUSDT_1h.csv'), candlesToCsv(candles));
    },
  },
  {
    name: 'recorded candles',
    isThere: hasRecorded,
    period: ['--start', '2022-06-01', '--end', '2023-06-01'],
    fill: (folder: string) => symlinkSync(RECORDED, path.join(folder, 'data')),
  },
];

interface Best {
  readonly combination: number;
  readonly metrics: Readonly<Record<string, number | string>>;
  readonly rerun: string;
}

for (const market of MARKETS) {
  describe.skipIf(!market.isThere)(`on ${market.name}`, () => {
    test.each(['MACross', 'RSIReversion', 'BBReversion', 'LongShort'])(
      'the best of %s give the metrics of the details file again',
      async (strategy) => {
        const cwd = temporaryFolder();
        market.fill(cwd);
        mkdirSync(path.join(cwd, 'config'));
        writeFileSync(path.join(cwd, 'config/optimize_params.yaml'), GRID);
        const run = await runWus(
          [
            ...['optimize', '--strategy', strategy, '--symbol', 'BTCUSDT', '--interval', '1h'],
            ...['--apply-atr-filter', '--apply-seasonality-filter', '--slippage', '2'],
            ...['--details-file', 'all.csv', '--top', '2', '-p', '2', '--json', ...market.period],
          ],
          { cwd },
        );
        expect(run.stderr).not.toMatch(/rror/);
        const { best } = JSON.parse(run.stdout) as { best: Best[] };
        expect(best.length).toBe(2);
        const rows = parse<Record<string, string>>(readFileSync(path.join(cwd, 'all.csv')), {
          columns: true,
        });
        for (const [place, { combination, metrics, rerun }] of best.entries()) {
          const row = rows[combination - 1]!;
          const isInShell = strategy === 'MACross' && place === 0;
          const again = await runPasted(`${rerun} --json`, cwd, isInShell);
          expect(Number(metrics.total_trades)).toBeGreaterThan(0);
          for (const [name, value] of Object.entries(metrics)) {
            expect(`${name} ${row[name]}`).toBe(`${name} ${String(value)}`);
            expectSame(name, again[name], value);
          }
        }
      },
      120_000,
    );
  });
}

/** What the user does: pastes a line into a shell, which takes it apart; one of the lines is run by it, too. */
async function runPasted(
  line: string,
  cwd: string,
  isInShell: boolean,
): Promise<Record<string, number | string>> {
  const command = path.join(cwd, 'wus');
  const become = `exec '${process.execPath}' '${repositoryRoot}bin/wus.js' "$@"`;
  writeFileSync(command, `#!/bin/sh\n${isInShell ? become : `printf '%s\\0' "$@"`}\n`);
  chmodSync(command, 0o755);
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', line], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${cwd}:${process.env.PATH}` },
  });
  expect({ line, status, stderr }).toMatchObject({ status: 0 });
  const words = stdout.split('\0').slice(0, -1);
  const json = isInShell ? stdout : (await runInProcess(words, { cwd })).stdout;
  return (JSON.parse(json) as { metrics: Record<string, number | string> }).metrics;
}

function expectSame(name: string, found: unknown, expected: number | string): void {
  if (typeof expected === 'string') {
    expect(`${name} ${String(found)}`).toBe(`${name} ${expected}`);
    return;
  }
  const difference = Math.abs(Number(found) - expected);
  expect({ name, isSame: difference <= 1e-9 * Math.abs(expected), found, expected }).toMatchObject({
    isSame: true,
  });
}
