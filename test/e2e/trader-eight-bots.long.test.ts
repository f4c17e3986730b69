// Eight bots of both markets and four quotes at once: whole steps, prices of a hundred-millionth, a contract of a thousand coins.
import { expect, test } from 'vitest';
import { type CandleSeries, syntheticCandles } from '../../src/candles/index.js';
import type { Market } from '../../src/domain/index.js';
import {
  calmEnd,
  type Mishap,
  onBothMarkets,
  type SessionBot,
  tradeThrough,
} from './trading-session.js';

const SEED = Number(process.env.WUS_SEED ?? 8);
/** Eleven hours in nine and a half minutes. */
const SPEED = Number(process.env.WUS_SPEED ?? 70);
const HOURS = Number(process.env.WUS_HOURS ?? 11);
const HISTORY = 600;
/** Two payments of funding lie ahead. */
const START_TIME = Date.UTC(2026, 0, 5, 6);

interface Listed {
  readonly symbol: string;
  readonly startPrice: number;
  readonly tickSize: number;
  /** Of the bot, in its quote. */
  readonly balance: number;
  readonly strategy: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

const PERIODS: Readonly<Record<string, object>> = {
  MACross: { fast_period: 2, slow_period: 5 },
  RSIReversion: { rsi_period: 3 },
  BBReversion: { bb_period: 6, bb_std_dev: 1.2 },
  LongShort: { return_z_threshold: 0.8, volume_z_threshold: [-3, 3] },
};

const LISTED: Readonly<Record<Market, readonly Listed[]>> = {
  spot: [
    {
      ...{ symbol: 'BTCUSDT', startPrice: 61_234.56, tickSize: 0.01, balance: 20_000 },
      ...{ strategy: 'MACross', settings: { stop_loss_pct: 0.006, take_profit_pct: 0.01 } },
    },
    {
      ...{ symbol: 'ETHUSDC', startPrice: 3_012.5, tickSize: 0.1, balance: 5_000 },
      ...{ strategy: 'RSIReversion', settings: { stop_loss_pct: 0.006, exit_on_neutral: true } },
    },
    {
      ...{ symbol: 'SHIBEUR', startPrice: 0.000_007_32, tickSize: 1e-8, balance: 3_000 },
      ...{ strategy: 'BBReversion', settings: { stop_loss_pct: 0.02, take_profit_pct: 0.006 } },
    },
    {
      ...{ symbol: 'ADABNB', startPrice: 0.000_912_34, tickSize: 1e-8, balance: 40 },
      ...{ strategy: 'LongShort', settings: { stop_loss_pct: 0.008 } },
    },
  ],
  usdm: [
    {
      ...{ symbol: 'BTCUSDT', startPrice: 61_234.5, tickSize: 0.1, balance: 20_000 },
      ...{ strategy: 'LongShort', settings: { stop_loss_pct: 0.008 } },
    },
    {
      ...{ symbol: '1000PEPEUSDT', startPrice: 0.007_341_2, tickSize: 1e-7, balance: 2_000 },
      ...{ strategy: 'MACross', settings: { stop_loss_pct: 0.01 } },
    },
    {
      ...{ symbol: 'DOGEUSDT', startPrice: 0.153_21, tickSize: 1e-5, balance: 5_000 },
      ...{ strategy: 'BBReversion', settings: { stop_loss_pct: 0.02, take_profit_pct: 0.006 } },
    },
    {
      ...{ symbol: 'ETHUSDC', startPrice: 3_012.5, tickSize: 0.1, balance: 5_000 },
      ...{ strategy: 'RSIReversion', settings: { stop_loss_pct: 0.006, exit_on_neutral: true } },
    },
  ],
};

/** Of both markets together: fourteen kills and sixty faults. */
const KILLS: readonly Mishap[] = [...repeat(9, 'kill'), ...repeat(5, 'kill-amid-order')];
const FAULTS: readonly Mishap[] = [
  ...repeat(8, 'cut'),
  ...repeat(4, 'hold'),
  ...repeat(3, 'exchange-stalls'),
  ...repeat(6, 'sockets-dropped'),
  ...repeat(4, 'streams-silent'),
  ...repeat(8, 'reply-lost'),
  ...repeat(6, 'answer-unknown'),
  ...repeat(6, 'event-lost'),
  ...repeat(5, 'event-twice'),
  ...repeat(4, 'candle-lost'),
  ...repeat(4, 'rest-down'),
  ...repeat(2, 'terminated'),
];

function repeat(count: number, mishap: Mishap): Mishap[] {
  return Array.from({ length: count }, () => mishap);
}

/** Every other one of a list. */
function shareOf(market: Market, all: readonly Mishap[]): Mishap[] {
  return all.filter((_, i) => (i % 2 === 0) === (market === 'spot'));
}

function candlesOf(
  market: Market,
  seed: number,
  listed: Pick<Listed, 'symbol' | 'startPrice' | 'tickSize'>,
): CandleSeries {
  const { symbol, startPrice, tickSize } = listed;
  const length = HISTORY + HOURS * 60 + 1;
  const startTime = START_TIME - HISTORY * 60_000;
  const market1m = { market, timeframe: '1m', hasTimeGaps: false } as const;
  return calmEnd(
    syntheticCandles({ ...{ symbol, startPrice, tickSize, seed, length, startTime }, ...market1m }),
  );
}

function botsOf(market: Market): SessionBot[] {
  return LISTED[market].map((listed, i) => ({
    config: {
      ...{ symbol: listed.symbol, interval: '1m', equity_fraction: 0.4 },
      ...{ initial_balance: listed.balance, strategy_name: listed.strategy },
      strategy_params: PERIODS[listed.strategy],
      ...listed.settings,
      ...(market === 'usdm' && { direction: 'both', leverage: 2 }),
    },
    candles: candlesOf(market, SEED + i, listed),
    // One process is backed by one asset.
    trader: market === 'usdm' && listed.symbol.endsWith('USDC') ? 'usdc' : 'bots',
  }));
}

/** Spot pays its commissions in BNB: what they cost needs its prices. */
function pricesOfBNB(): CandleSeries[] {
  return [
    ['BNBUSDT', 0.01],
    ['BNBUSDC', 0.1],
    ['BNBEUR', 0.1],
  ].map(([symbol, tickSize], i) =>
    candlesOf('spot', SEED + 10 + i, {
      symbol: String(symbol),
      startPrice: 612.3,
      tickSize: Number(tickSize),
    }),
  );
}

test('eleven hours of eight bots through fourteen kills and sixty faults: the auditor agrees to the last digit', async () => {
  console.info(`seed ${SEED}, ${SPEED} times as fast as the clock, ${HOURS} hours`);
  const trades: Record<string, number> = {};
  await onBothMarkets(async (market) => {
    const { results, happened } = await tradeThrough({
      ...{ market, bots: botsOf(market), speed: SPEED, startTime: START_TIME, seed: SEED },
      mishaps: [...shareOf(market, KILLS), ...shareOf(market, FAULTS)],
      balances: {
        USDT: '100000',
        USDC: '30000',
        ...(market === 'spot' && { EUR: '20000', BNB: '200' }),
      },
      ...(market === 'spot' && { otherCandles: pricesOfBNB(), exchangeArgs: ['--pay-bnb'] }),
    });
    console.info([market, ...happened].join('\n'));
    for (const { symbol, report } of results) trades[`${market} ${symbol}`] = report.liveTrades;
  });
  console.info(JSON.stringify(trades));
  for (const [name, count] of Object.entries(trades)) expect(count, name).toBeGreaterThan(0);
});
