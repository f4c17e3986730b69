import { z } from 'zod';
import { plainNumber } from '../../domain/index.js';
import type { ExchangeCandle } from '../ports/candle-source.js';
import { time } from './fields.js';

/** A number in whatever notation; without trailing zeros, so that all sources write alike. */
export const signedNumeric = z.unknown().transform((value, context): string => {
  const text = plainNumber(value);
  if (text !== undefined) return text;
  context.addIssue({ code: 'custom', message: 'not a number' });
  return z.NEVER;
});

/** One row of the klines endpoints; further columns are ignored. */
export const klineRowSchema = z
  .tuple([
    time,
    signedNumeric,
    signedNumeric,
    signedNumeric,
    signedNumeric,
    signedNumeric,
    time,
    signedNumeric,
    z.number().int(),
    signedNumeric,
    signedNumeric,
  ])
  .rest(z.unknown());

/**
 * Maps a row to a candle of the port.
 *
 * @param row - A row that the schema accepted.
 */
export function candleFromRow(row: z.infer<typeof klineRowSchema>): ExchangeCandle {
  return {
    openTime: row[0],
    open: row[1],
    high: row[2],
    low: row[3],
    close: row[4],
    volume: row[5],
    closeTime: row[6],
    quoteVolume: row[7],
    count: row[8],
    takerBuyVolume: row[9],
    takerBuyQuoteVolume: row[10],
  };
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
