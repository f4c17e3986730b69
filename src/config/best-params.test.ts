import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type BestParamsEntry,
  checkBestParamsFile,
  readAllBestParams,
  readBestParams,
  writeBestParams,
} from './best-params.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wus-best-'));
  file = join(folder, 'config', 'best_params.yaml');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const entry: BestParamsEntry = {
  market: 'spot',
  interval: '1h',
  metric: 'sharpe_ratio',
  value: 1.25,
  trades: 40,
  period_start: '2022-01-01T00:00:00.000Z',
  period_end: '2023-01-01T00:00:00.000Z',
  data_hash: 'ab'.repeat(32),
  optimized_at: '2024-01-01T00:00:00.000Z',
  strategy: { fast_period: 9, slow_period: 21, ma_type: 'EMA', trend_filter_period: null },
  risk: { stop_loss_pct: 0.02, take_profit_pct: null, trailing_stop_loss_pct: null },
  filters: { apply_atr_filter: false, allowed_trading_hours_utc: '5-17' },
};
const STRATEGY = 'MovingAverageCrossoverStrategy';
const wish = { symbol: 'BTCUSDT', strategy: STRATEGY, market: 'spot', interval: '1h' } as const;
const named = { symbol: 'BTCUSDT', strategy: STRATEGY, entry };

test('what is written is read', async () => {
  await writeBestParams(file, { ...named, entry: { ...entry, value: 'Infinity' } });
  expect(await readBestParams(file, wish)).toEqual({ ...entry, value: 'Infinity' });
  await writeBestParams(file, { ...named, symbol: 'ETHUSDT' });
  expect(await readAllBestParams(file)).toHaveLength(2);
  expect(await readdir(join(folder, 'config'))).toEqual(['best_params.yaml']);
});

test('a value is written as such, whatever stood there before', async () => {
  const filters = (value: string | null): BestParamsEntry => ({
    ...entry,
    filters: { apply_seasonality_to_symbols: value },
  });
  await writeBestParams(file, { ...named, entry: filters('') });
  expect(await readFile(file, 'utf8')).toMatch(/apply_seasonality_to_symbols: ""$/m);
  await writeBestParams(file, { ...named, entry: filters(null) });
  expect(await readFile(file, 'utf8')).toMatch(/apply_seasonality_to_symbols: null$/m);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('trades: 40', 'trades: 40.00 # many'));
  await writeBestParams(file, { ...named, entry: { ...filters(''), trades: 7 } });
  expect(await readFile(file, 'utf8')).toMatch(/trades: 7 # many$/m);
});

test("other entries and the user's comments stay", async () => {
  await writeBestParams(file, named);
  await writeBestParams(file, { ...named, symbol: 'ETHUSDT' });
  const text = await readFile(file, 'utf8');
  const commented = text
    .replace('BTCUSDT:\n', '# my favourite\nBTCUSDT:\n')
    .replace('fast_period: 9\n', 'fast_period: 9 # looks small\n')
    .replace('    interval: 1h\n', '    # hours only\n    interval: 1h\n');
  await writeFile(file, `${commented}\n# the end\n`);
  await writeBestParams(file, {
    ...named,
    entry: { ...entry, strategy: { ...entry.strategy, fast_period: 5 } },
  });
  const result = await readFile(file, 'utf8');
  expect(result).toBe(`${commented.replace('fast_period: 9 #', 'fast_period: 5 #')}\n# the end\n`);
});

test('settings that the new winner does not have disappear', async () => {
  await writeBestParams(file, { ...named, entry: { ...entry, strategy: { old_name: 1 } } });
  await writeBestParams(file, named);
  expect((await readBestParams(file, wish)).strategy).toEqual(entry.strategy);
});

test('whether it can be written is known before, and nothing is left of the attempt', async () => {
  await checkBestParamsFile(file);
  expect(await readdir(join(folder, 'config'))).toEqual([]);
  await writeBestParams(file, named);
  await chmod(file, 0o444);
  await expect(checkBestParamsFile(file)).rejects.toThrow(`Cannot write ${file}: it is read-only`);
  expect(await readdir(join(folder, 'config'))).toEqual(['best_params.yaml']);
});

test('twenty writers at once lose nothing', async () => {
  const symbols = Array.from({ length: 20 }, (_, k) => `COIN${k}USDT`);
  await Promise.all(symbols.map((symbol) => writeBestParams(file, { ...named, symbol })));
  const all = await readAllBestParams(file);
  expect(all.map(({ symbol }) => symbol).sort()).toEqual(symbols.sort());
});

test.each([
  [
    { market: 'usdm' },
    'BTCUSDT MovingAverageCrossoverStrategy was optimized on market spot, not usdm; optimize it on usdm, or use it with --market spot',
  ],
  [
    { interval: '4h' },
    'was optimized on interval 1h, not 4h; optimize it on 4h, or use it with --interval 1h',
  ],
  [
    { symbol: 'BTCUSD' },
    'has no entry for BTCUSD MovingAverageCrossoverStrategy (did you mean "BTCUSDT MovingAverageCrossoverStrategy"?); it has BTCUSDT MovingAverageCrossoverStrategy. Run wus optimize for this pair first',
  ],
] as const)('a reader that wants %j is refused', async (change, message) => {
  await writeBestParams(file, named);
  await expect(readBestParams(file, { ...wish, ...change })).rejects.toThrow(message);
});

test('a missing file and a broken one are named, and a broken one is not overwritten', async () => {
  await expect(readBestParams(file, wish)).rejects.toThrow(
    'does not exist: run wus optimize first',
  );
  await writeBestParams(file, named);
  const broken = 'BTCUSDT:\n  A: [1\n';
  await writeFile(file, broken);
  await expect(writeBestParams(file, named)).rejects.toThrow(`${file}:2:6: `);
  await writeFile(file, 'BTCUSDT:\n  A: {market: moon}\n');
  await expect(readAllBestParams(file)).rejects.toThrow(`${file}:2:7: BTCUSDT.A.market: `);
});
