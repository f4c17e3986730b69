import path from 'node:path';
import {
  allocateCandleColumns,
  type CandleSeriesIdentity,
  candlesToCsv,
} from '../candles/index.js';
import { timeframeMs } from '../domain/index.js';
import type { CandleSource } from '../exchange/index.js';
import { writeFileAtomic } from '../files/index.js';
import { type BotMemory, fetchClosedCandles } from '../live/index.js';
import { fileName } from './trade-log-name.js';

/** Older candles of a long session are left out. */
const CANDLES_MAX = 200_000;

/**
 * Returns where the candles of a session on a market that ends with it are kept.
 *
 * @param folder - State folder of the bot.
 * @param identity - Symbol and timeframe.
 */
export function keptCandlesFile(
  folder: string,
  { symbol, timeframe }: Pick<CandleSeriesIdentity, 'symbol' | 'timeframe'>,
): string {
  return path.join(folder, `${fileName(symbol)}_${timeframe}.csv`);
}

/**
 * Writes the candles of a session, its warm-up included, beside the state of the bot: a market of this machine ends with
 * the session, and parity needs them.
 *
 * @param folder - State folder of the bot.
 * @param memory - Of the bot.
 * @param source - The market, still open.
 */
export async function keepCandles(
  folder: string,
  { settings, candlesKept, firstDecidedTime }: BotMemory,
  source: CandleSource,
): Promise<void> {
  if (firstDecidedTime === null) return;
  const { symbol, interval: timeframe, market } = settings.run;
  const lengthMs = timeframeMs(timeframe);
  const exchangeNow = await source.serverTime();
  const oldest = exchangeNow - CANDLES_MAX * lengthMs;
  const candles = await fetchClosedCandles(source, {
    ...{ symbol, timeframe, exchangeNow, candlesMax: CANDLES_MAX },
    fromOpenTime: Math.max(firstDecidedTime - candlesKept * lengthMs, oldest),
  });
  const columns = allocateCandleColumns(candles.length);
  for (const [i, candle] of candles.entries()) {
    for (const name of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const)
      columns[name][i] = candle[name];
  }
  const series = { symbol, market, timeframe, ...columns };
  await writeFileAtomic(keptCandlesFile(folder, { symbol, timeframe }), candlesToCsv(series));
}
