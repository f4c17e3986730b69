// What `trader-week.long.test.ts` does for a week of real candles, with generated ones and in a minute.
import { expect, test } from 'vitest';
import { type CandleSeries, syntheticCandles } from '../../src/candles/index.js';
import { TRADED_STRATEGIES } from './traded-strategies.js';
import { calmEnd, type Mishap, onBothMarkets, tradeThrough } from './trading-session.js';

const SEED = Number(process.env.WUS_SEED ?? 20_240_101);
const HISTORY = 500;
const TRADED = 60;
const START_TIME = Date.UTC(2024, 0, 1);
/** An hour in a minute: a second per candle, of which a decision may take half. */
const SPEED = 60;
/** So short that an hour holds trades of each. */
const PERIODS: Readonly<Record<string, object>> = {
  MACross: { fast_period: 2, slow_period: 5 },
  RSIReversion: { rsi_period: 3 },
  BBReversion: { bb_period: 6, bb_std_dev: 1.2 },
  LongShort: { return_z_threshold: 0.8, volume_z_threshold: [-3, 3] },
};
const MISHAPS: readonly Mishap[] = [
  ...(['kill', 'kill', 'kill-amid-order', 'cut', 'cut', 'reply-lost', 'event-lost'] as const),
];

function candlesOf(symbol: string, market: 'spot' | 'usdm', seed: number): CandleSeries {
  const candles = syntheticCandles({
    length: HISTORY + TRADED + 1,
    seed,
    symbol,
    market,
    timeframe: '1m',
    startTime: START_TIME - HISTORY * 60_000,
    hasTimeGaps: false,
  });
  return calmEnd(candles);
}

test('four strategies trade an hour through kills, cut wires and lost replies on both markets, and every difference to the backtest has a cause', async () => {
  console.info(`seed ${SEED}`);
  await onBothMarkets(async (market) => {
    const { results } = await tradeThrough({
      ...{ market, seed: SEED, speed: SPEED, startTime: START_TIME, mishaps: MISHAPS },
      bots: TRADED_STRATEGIES.map(([symbol, config], i) => ({
        config: {
          ...{ symbol, interval: '1m', units: 0.05, initial_balance: 20_000, ...config },
          strategy_params: PERIODS[config.strategy_name],
          ...(market === 'usdm' && { direction: 'both', leverage: 2 }),
        },
        candles: candlesOf(symbol, market, SEED + i),
      })),
    });
    const matched = results.reduce((sum, { report }) => sum + report.matched, 0);
    expect(matched).toBeGreaterThan(0);
  });
}, 240_000);
