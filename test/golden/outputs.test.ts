// What commands compute and write, compared with what they wrote before: whoever moves code must not change it.
// A change that is meant is written by `npx vitest run test/golden/outputs --update`, with the reason in the commit.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { repositoryRoot, runWus, temporaryFolder } from '../e2e/wus.js';

const inGolden = (file: string): string => path.join(repositoryRoot, 'test/golden', file);

/** Fields that may differ, with the reason. */
const ALLOWED = JSON.parse(readFileSync(inGolden('allowed-differences.json'), 'utf8')) as Readonly<
  Record<string, string>
>;

const GRID = `BTCUSDT:
  MACross:
    fast_period: [5, 20]
    slow_period: [40, 80]
    trend_filter_period: [null, 50]
    stop_loss_pct: [null, 0.02]
    trailing_stop_loss_pct: [null, 0.05]
    apply_atr_filter: [true, false]
    atr_filter_sma_period: [50]
    apply_seasonality: [true, false]
    allowed_trading_hours_utc: ["5-17", "22-4", "0-24"]
    apply_seasonality_to_symbols: ["", "ETHUSDT"]
  RSIReversion:
    rsi_period: [7, 14]
    atr_threshold_multiplier: [null, -0.5]
    atr_period: [14, 28]
    take_profit_pct: [null, 0.04]
    apply_atr_filter: [true, false]
    apply_seasonality: [true]
    seasonality_start_hour: [0, 6]
    seasonality_end_hour: [18]
`;

/** The same whatever the order of its fields and the layout of its lines. */
function withoutAllowed(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(withoutAllowed);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data)
      .filter(([name]) => ALLOWED[name] === undefined)
      .map(([name, value]) => [name, withoutAllowed(value)]),
  );
}

const asText = (data: unknown): string => `${JSON.stringify(withoutAllowed(data), null, 1)}\n`;

test('details, best parameters and what commands print are what they were', async () => {
  const cwd = temporaryFolder();
  mkdirSync(path.join(cwd, 'config'));
  mkdirSync(path.join(cwd, 'data/spot/1h'), { recursive: true });
  writeFileSync(path.join(cwd, 'config/optimize_params.yaml'), GRID);
  writeFileSync(
    path.join(cwd, 'data/spot/1h/BTCUSDT_1h.csv'),
    candlesToCsv(syntheticCandles({ length: 3_000, timeframe: '1h' })),
  );
  const read = (file: string): string => readFileSync(path.join(cwd, file), 'utf8');
  const same = async (name: string, text: string): Promise<void> =>
    expect(text.replaceAll(cwd, '/folder')).toMatchFileSnapshot(inGolden(`outputs/${name}`));
  const run = async (...words: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await runWus(words, { cwd });
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout;
  };
  const json = async (...words: readonly string[]): Promise<string> =>
    asText(JSON.parse(await run(...words, '--json')));
  const pair = (strategy: string): readonly string[] => [
    ...['--strategy', strategy, '--symbol', 'BTCUSDT', '--interval', '1h'],
  ];
  const filters = ['--apply-atr-filter', '--apply-seasonality-filter'];

  for (const strategy of ['MACross', 'RSIReversion']) {
    const details = `${strategy}.csv`;
    const search = ['optimize', ...pair(strategy), ...filters, '--details-file', details];
    const before = ['--end', '2022-04-15', '-p', '1', '--slippage', '2', '--top', '2'];
    await same(`optimize-${strategy}.json`, await json(...search, ...before));
    await same(details, read(details));
    await same(`${details}.identity.json`, asText(JSON.parse(read(`${details}.identity.json`))));
    await same(`${details}.rerun.json`, asText(JSON.parse(read(`${details}.rerun.json`))));
  }
  await same('best_params.json', asText(parse(read('config/best_params.yaml'))));
  const stops = ['--stop-loss', '0.02', '--take-profit', '0.06', '--trailing-stop-loss', '0.03'];
  const others = ['--re-entry', 'new_signal', '--exit-on-neutral', '--stop-slippage', '3'];
  const backtest = ['backtest', ...pair('MACross'), ...stops, ...filters, ...others];
  await same('backtest.json', await json(...backtest));
  const forward = ['forward-test', ...pair('MACross'), '--start', '2022-04-15'];
  await same('forward-test.json', await json(...forward, ...filters));
  const walk = ['walk-forward', ...pair('RSIReversion'), '--train', '60d', '--test', '30d'];
  await same('walk-forward.json', await json(...walk, '-p', '1', '--apply-atr-filter'));
}, 240_000);
