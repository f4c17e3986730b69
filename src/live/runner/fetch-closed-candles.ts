import { candleOpenTime, type Timeframe, timeframeMs } from '../../domain/index.js';
import type { CandleSource, ExchangeCandle } from '../../exchange/index.js';
import type { ClosedCandle } from '../core/index.js';

const PAGES_MAX = 1_000;

/**
 * Fetches closed candles up to now, oldest first. Which are closed is judged by the clock of the exchange, read before the
 * candles: one that still forms would otherwise be taken for closed where another clock is ahead.
 *
 * @param source - Where from.
 * @param options - `fromOpenTime` undefined: the newest `candlesMax`. `exchangeNow`: clock of the exchange, ms UTC; by
 *   default it is asked.
 * @throws {ExchangeError} If a request failed.
 */
export async function fetchClosedCandles(
  source: CandleSource,
  options: {
    readonly symbol: string;
    readonly timeframe: Timeframe;
    readonly fromOpenTime: number | undefined;
    readonly exchangeNow?: number;
    readonly candlesMax: number;
  },
): Promise<readonly ClosedCandle[]> {
  const { symbol, timeframe, candlesMax } = options;
  const now = options.exchangeNow ?? (await source.serverTime());
  const lengthMs = timeframeMs(timeframe);
  const endTime = candleOpenTime(now, timeframe);
  const candles: ClosedCandle[] = [];
  let startTime = options.fromOpenTime ?? endTime - candlesMax * lengthMs;
  for (let page = 0; page < PAGES_MAX && startTime < endTime; page++) {
    const rows = await source.candles({ symbol, timeframe, startTime, endTime });
    const last = rows.at(-1);
    if (last === undefined) break;
    for (const row of rows) if (row.openTime + lengthMs <= now) candles.push(toClosedCandle(row));
    startTime = last.openTime + lengthMs;
  }
  return candles;
}

/** Returns a candle of the exchange as numbers; what is no number becomes `NaN` and is refused by the core. */
export function toClosedCandle(candle: ExchangeCandle): ClosedCandle {
  return {
    openTime: candle.openTime,
    open: Number(candle.open),
    high: Number(candle.high),
    low: Number(candle.low),
    close: Number(candle.close),
    volume: Number(candle.volume),
  };
}
