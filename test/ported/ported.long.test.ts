// Strategies that people publish, rewritten for this framework, run on recorded candles: docs/reference/public-strategies.md.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runBacktest } from '../../src/backtest/index.js';
import { type CandleSeries, candleRange, resample } from '../../src/candles/index.js';
import type { Market, Timeframe } from '../../src/domain/index.js';
import { loadCandles } from '../../src/history/index.js';
import {
  checkStrategy,
  resolveParameters,
  type SeriesSource,
  type Strategy,
} from '../../src/strategies/index.js';
import type { PortedRun } from './parts.js';

const FOLDER = '../shared/data';
const hasData = existsSync(FOLDER);
if (!hasData) console.warn(`SKIPPED: public strategies, because ${FOLDER} is missing`);

interface Recorded {
  readonly file: string;
  readonly symbol: string;
  readonly market: Market;
  readonly recorded: Timeframe;
  readonly timeframe: Timeframe;
  /** Open times `[from, to)`. */
  readonly from: string;
  readonly to: string;
}

const BTC_MINUTES = { symbol: 'BTCUSDT', market: 'spot', recorded: '1m' } as const;
const FALL = { ...BTC_MINUTES, file: 'spot/1m/BTCUSDT_1m_2022H1.csv.gz' };
const HOURS = {
  symbol: 'BTCUSDT',
  market: 'spot',
  recorded: '1h',
  file: 'spot/1h/BTCUSDT_1h.csv.gz',
} as const;
const QUARTERS = {
  symbol: 'BTCUSDT',
  market: 'spot',
  recorded: '15m',
  file: 'spot/15m/BTCUSDT_15m_2022_2023.csv.gz',
} as const;

/** Short periods in which much happens. */
const DATA: Readonly<Record<string, Recorded>> = {
  'BTC 1m': { ...FALL, timeframe: '1m', from: '2022-05-07', to: '2022-05-20' },
  'BTC 5m': { ...FALL, timeframe: '5m', from: '2022-04-15', to: '2022-07-01' },
  'BTC 15m': { ...QUARTERS, timeframe: '15m', from: '2022-03-01', to: '2022-09-01' },
  'BTC 30m': { ...QUARTERS, timeframe: '30m', from: '2022-01-01', to: '2022-12-31' },
  'BTC 1h': { ...HOURS, timeframe: '1h', from: '2020-01-01', to: '2022-01-01' },
  'BTC 4h': { ...HOURS, timeframe: '4h', from: '2019-01-01', to: '2022-01-01' },
  'BTC 1h beside DOGE': { ...HOURS, timeframe: '1h', from: '2021-01-01', to: '2021-12-31' },
  'DOGE 1h': {
    ...HOURS,
    symbol: 'DOGEUSDT',
    file: 'spot/1h/DOGEUSDT_1h.csv.gz',
    timeframe: '1h',
    from: '2021-01-01',
    to: '2021-12-31',
  },
  'BTC usdm 1h': {
    symbol: 'BTCUSDT',
    market: 'usdm',
    recorded: '1h',
    timeframe: '1h',
    file: 'usdm/1h/BTCUSDT_1h_2025-09_2026-03.csv.gz',
    from: '2025-09-01',
    to: '2026-04-01',
  },
};

const known = new Map<string, Promise<CandleSeries>>();

function candlesOf(name: string): Promise<CandleSeries> {
  const candles = known.get(name) ?? load(DATA[name]!);
  known.set(name, candles);
  return candles;
}

async function load(one: Recorded): Promise<CandleSeries> {
  const { symbol, market, recorded, timeframe, from, to } = one;
  const files = [`${FOLDER}/${one.file}`];
  const { candles } = await loadCandles({
    files,
    symbol,
    market,
    timeframe: recorded,
    cache: false,
  });
  const at = (date: string): number => {
    const index = candles.openTime.findIndex((time) => time >= Date.parse(date));
    return index < 0 ? candles.length : index;
  };
  const part = candleRange(candles, at(from), at(to));
  return recorded === timeframe
    ? part
    : { ...part, ...resample(part, recorded, timeframe).columns, timeframe };
}

/** Gives a strategy the candles of other symbols: those of Bitcoin. */
async function withOtherSymbols(strategy: Strategy, candles: CandleSeries): Promise<Strategy> {
  const byName: Record<string, SeriesSource> = {};
  for (const [name, spec] of Object.entries(strategy.series ?? {})) {
    if (spec.kind !== 'symbol') continue;
    byName[name] = { kind: 'candles', candles: await candlesOf('BTC 1h beside DOGE') };
  }
  const isNeeded = Object.keys(byName).length > 0;
  return isNeeded ? strategy.withSeries!({ firstTime: candles.openTime[0]!, byName }) : strategy;
}

const names = readdirSync(new URL('./strategies/', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

test('every strategy has a row in the page, and every file of the page is here', () => {
  const page = readFileSync('docs/reference/public-strategies.md', 'utf8');
  const linked = [...page.matchAll(/strategies\/([a-z0-9-]+)\.ts/g)].map(([, name]) => name);
  expect([...new Set(linked)].sort()).toEqual([...names].sort());
});

describe.skipIf(!hasData)('public strategies', () => {
  test.each(names)('%s trades and does not look ahead', async (name) => {
    const { strategy: unbound, run } = (await import(`./strategies/${name}.ts`)) as {
      strategy: Strategy;
      run: PortedRun;
    };
    const candles = await candlesOf(run.data);
    const strategy = await withOtherSymbols(unbound, candles);
    const { run: result, metrics } = runBacktest(candles, { ...run.settings, strategy });
    const reasons = new Map<string, number>();
    for (const { exitReason } of result.trades) {
      reasons.set(exitReason, (reasons.get(exitReason) ?? 0) + 1);
    }
    const counts = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ');
    console.log(`${name}: ${metrics.totalTrades} trades (${counts})`);
    expect(metrics.totalTrades).toBeGreaterThan(0);
    const { cuts } = checkStrategy(strategy, resolveParameters(strategy, {}), candles);
    expect(cuts).toBeGreaterThanOrEqual(200);
  });
});
