import { z } from 'zod';
import type { ExchangeCandle } from '../ports/candle-source.js';

const numeric = z.string().regex(/^-?\d+(\.\d+)?$/);

/** One row of the klines endpoints; further columns are ignored. */
export const klineRowSchema = z
  .tuple([
    z.number().int(),
    numeric,
    numeric,
    numeric,
    numeric,
    numeric,
    z.number().int(),
    numeric,
    z.number().int(),
    numeric,
    numeric,
  ])
  .rest(z.unknown());

/**
 * Maps a row to a candle of the port; decimals lose their trailing zeros, so that all sources write alike.
 *
 * @param row - A row that the schema accepted.
 */
export function candleFromRow(row: z.infer<typeof klineRowSchema>): ExchangeCandle {
  return {
    openTime: row[0],
    open: trimZeros(row[1]),
    high: trimZeros(row[2]),
    low: trimZeros(row[3]),
    close: trimZeros(row[4]),
    volume: trimZeros(row[5]),
    closeTime: row[6],
    quoteVolume: trimZeros(row[7]),
    count: row[8],
    takerBuyVolume: trimZeros(row[9]),
    takerBuyQuoteVolume: trimZeros(row[10]),
  };
}

/** Removes what does not change the value: `1.50` is `1.5`, `2.000` is `2`. */
export function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** Why a candle cannot be true; `undefined` if it can. */
export function candleDefect(candle: ExchangeCandle): string | undefined {
  const [open, high] = [Number(candle.open), Number(candle.high)];
  const [low, close] = [Number(candle.low), Number(candle.close)];
  if (!(low > 0)) return `price ${candle.low}`;
  if (!(high >= Math.max(open, close) && low <= Math.min(open, close))) {
    return `open ${candle.open}, high ${candle.high}, low ${candle.low}, close ${candle.close}`;
  }
  return Number(candle.volume) >= 0 ? undefined : `volume ${candle.volume}`;
}
