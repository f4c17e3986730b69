import { runReference } from '../../backtest/index.js';
import { type CandleSeries, candleRange } from '../../candles/index.js';
import type { ExitReason } from '../../domain/index.js';
import type { ParityContext } from './parity-context.js';
import type { RecordedTrade } from './recorded-trade.js';

/** How a trade ends by the rules of the backtest. */
export interface ReplayedExit {
  /** Open time of the exit candle, ms UTC. */
  readonly exitTime: number;
  readonly exitReason: ExitReason;
  /** Stop and take-profit lay in that candle: which came first is not known (S-46). */
  readonly ambiguous: boolean;
}

/** What is needed to replay a trade. */
export type Entered = Pick<RecordedTrade, 'side' | 'entryTime' | 'entryPrice' | 'units'>;

/**
 * Returns how the backtest ends a trade that it enters where and at the price at which the bot did; `undefined` where the file
 * does not have its candle.
 *
 * @param entered - What the bot entered.
 * @param shift - Quote by which every low and every high lies elsewhere; default nothing.
 */
export function replayExit(
  { candles, result, indexOf }: ParityContext,
  entered: Entered,
  shift: { readonly low: number; readonly high: number } = { low: 0, high: 0 },
): ReplayedExit | undefined {
  const at = indexOf(entered.entryTime);
  if (at < 1) return undefined;
  const from = at - 1;
  const seen = changeable(candles, from, result.period.to);
  for (let i = 0; i < seen.length; i++) {
    seen.low[i] = seen.low[i]! + shift.low;
    seen.high[i] = seen.high[i]! + shift.high;
  }
  seen.open[1] = entered.entryPrice;
  // The candle before the entry decides it, whatever gap lies between.
  seen.openTime[0] = seen.openTime[1]! - 1;
  const signals = result.signals.slice(from, result.period.to);
  const side = entered.side === 'long' ? 1 : -1;
  signals[0] = side;
  const { trades } = runReference({
    candles: seen,
    period: { from: 0, to: seen.length },
    signals,
    // Nothing but this trade.
    entryMask: Uint8Array.from(signals, (_, i) => (i === 0 ? 3 : 0)),
    rules: {
      ...result.rules,
      size: { units: entered.units },
      direction: 'both',
      slippageRate: 0,
      allowOverdraft: result.rules.market === 'spot',
    },
  });
  const [trade] = trades;
  if (trade === undefined) return undefined;
  const { exitTime, exitReason, ambiguous } = trade;
  return { exitTime, exitReason, ambiguous };
}

/** Candles `[from, to)` whose prices may be changed. */
function changeable(candles: CandleSeries, from: number, to: number): CandleSeries {
  const { openTime, open, high, low, ...rest } = candleRange(candles, from, to);
  return {
    ...rest,
    ...{ openTime: openTime.slice(), open: open.slice(), high: high.slice(), low: low.slice() },
  };
}
