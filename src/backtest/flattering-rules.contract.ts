import type { CandleSeries } from '../candles/index.js';

/** Ways in which backtests flatter themselves; a fairness test that lets one pass is worth nothing. */
export type FlatteringRule =
  /** A gap through the trailing stop fills at the stop instead of at the worse open. */
  | 'stop fills at its level after a gap'
  /** The candle's own high raises the stop; only candles that close below it exit, at the better level. */
  | 'trailing stop raised by the high of the candle that it exits in'
  /** Where stop and take-profit lie in one candle, the take-profit is taken. */
  | 'take-profit wins inside the candle';

/**
 * Trades longs, one after the other, by a rule that no market gives.
 *
 * @param candles - Prices.
 * @param rule - How it cheats.
 * @param distance - Of the stops, in price.
 * @returns Profit per trade and unit.
 */
export function flatteredProfits(
  candles: CandleSeries,
  rule: FlatteringRule,
  distance: number,
): number[] {
  const { open, high, low, close } = candles;
  const profits: number[] = [];
  let entry = open[0]!;
  let peak = entry;
  for (let i = 0; i + 1 < candles.length; i++) {
    const exit = flatteredExit(rule, distance, {
      entry,
      peak,
      open: open[i]!,
      high: high[i]!,
      low: low[i]!,
      close: close[i]!,
    });
    peak = Math.max(peak, high[i]!);
    if (exit === undefined) continue;
    profits.push(exit - entry);
    entry = open[i + 1]!;
    peak = entry;
  }
  return profits;
}

interface Moment {
  readonly entry: number;
  readonly peak: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

function flatteredExit(rule: FlatteringRule, distance: number, now: Moment): number | undefined {
  switch (rule) {
    case 'stop fills at its level after a gap': {
      const stop = now.peak - distance;
      return now.low <= stop ? stop : undefined;
    }
    case 'trailing stop raised by the high of the candle that it exits in': {
      const stop = Math.max(now.peak, now.high) - distance;
      return now.close <= stop ? stop : undefined;
    }
    case 'take-profit wins inside the candle': {
      if (now.high >= now.entry + distance) return now.entry + distance;
      return now.low <= now.entry - distance ? now.entry - distance : undefined;
    }
  }
}
