import type { SignalResult } from './signal-column.js';
import type { StrategyPlot } from './strategy.js';

/** A column that ends is told from one that has gaps by as many candles. */
const GAP_MIN = 3;

/**
 * Names what a strategy does not know at the newest candle, though the candle is there: its signal, where that is `NaN`, and
 * columns that it draws and that have ended. An undefined signal is neutral (S-02), so that a bot whose data ended stays flat.
 *
 * @param length - Candles.
 * @param warmUp - First index at which anything may be defined.
 * @param result - What the strategy's signals gave.
 * @param plots - Columns for the chart.
 * @returns Empty where all is defined, and while the warm-up lasts.
 */
export function undefinedAtNewest(
  length: number,
  warmUp: number,
  result: SignalResult,
  plots: readonly StrategyPlot[],
): readonly string[] {
  if (length <= warmUp) return [];
  const ended = plots.filter(({ values }) => hasEnded(values, warmUp)).map(({ label }) => label);
  return Number.isNaN(newestSignal(length, warmUp, result)) ? ['signal', ...ended] : ended;
}

function newestSignal(length: number, warmUp: number, result: SignalResult): number | undefined {
  if (typeof result !== 'function') return 'starts' in result ? 0 : result[length - 1];
  let signal: number | undefined;
  // In order, as everywhere: a function may keep what it saw.
  for (let i = warmUp; i < length; i++) signal = result(i);
  return signal;
}

/** Whether a column is undefined at its end for longer than it ever was before. */
function hasEnded(values: Float64Array, warmUp: number): boolean {
  let longest = 0;
  let gap = 0;
  for (let i = warmUp; i < values.length; i++) {
    if (Number.isNaN(values[i])) gap++;
    else {
      longest = Math.max(longest, gap);
      gap = 0;
    }
  }
  return gap >= GAP_MIN && gap > longest;
}
