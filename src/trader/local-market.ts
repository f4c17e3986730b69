import { type CandleSeries, syntheticCandles } from '../candles/index.js';
import { DAY_MS, type Market, type Timeframe, timeframeMs } from '../domain/index.js';
import { type ExchangeServer, startExchangeServer } from '../exchange/index.js';

/** A synthetic market goes on for this long after the start, and for no more candles than this. */
const FUTURE_MS = 60 * DAY_MS;
const FUTURE_CANDLES_MAX = 500_000;
const START_PRICES: Readonly<Record<string, number>> = { BTCUSDT: 60_000, ETHUSDT: 3_000 };
const OTHER_START_PRICE = 100;

export interface LocalMarketOptions {
  readonly symbols: readonly string[];
  readonly market: Market;
  readonly timeframe: Timeframe;
  /** History before the start, candles. */
  readonly historyCandles: number;
  /** Multiple of real time. */
  readonly speed: number;
  readonly seed: number;
  /** First instant traded, ms UTC. */
  readonly startTime: number;
}

/**
 * Starts a SYNTHETIC market on this machine: seeded random candles behind a local exchange, on any free port.
 *
 * @param options - What is traded and how fast.
 */
export async function startLocalMarket(options: LocalMarketOptions): Promise<ExchangeServer> {
  const { symbols, timeframe, speed, seed, startTime } = options;
  const series = symbols.map((symbol, i) => seriesOf(symbol, seed + i, options));
  return startExchangeServer({
    series,
    startTime: Math.floor(startTime / timeframeMs(timeframe)) * timeframeMs(timeframe),
    pace: { kind: 'real', speed },
    keys: [],
    balances: {},
    seed,
  });
}

function seriesOf(symbol: string, seed: number, options: LocalMarketOptions): CandleSeries {
  const { market, timeframe, startTime, historyCandles } = options;
  const lengthMs = timeframeMs(timeframe);
  const first = Math.floor((startTime - (historyCandles + 1) * lengthMs) / DAY_MS) * DAY_MS;
  const futureMs = Math.min(FUTURE_MS, FUTURE_CANDLES_MAX * lengthMs);
  return syntheticCandles({
    length: Math.ceil((startTime + futureMs - first) / lengthMs),
    seed,
    symbol,
    market,
    timeframe,
    startTime: first,
    startPrice: START_PRICES[symbol] ?? OTHER_START_PRICE,
    hasTimeGaps: false,
  });
}
