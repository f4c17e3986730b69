import type { CandleColumns } from '../candles/index.js';
import { thrownInside } from './signal-column.js';
import type { StrategyPlot } from './strategy.js';
import { StrategyError } from './strategy-error.js';

/**
 * Runs a strategy's `plots` and checks what it gives; lists of numbers become columns.
 *
 * @param strategy - Name, for messages.
 * @param candles - What it runs on.
 * @param compute - Calls the strategy.
 * @throws {StrategyError} If it throws, or a plot is no column of one number per candle; names the plot.
 */
export function checkedPlots(
  strategy: string,
  candles: CandleColumns,
  compute: () => readonly StrategyPlot[],
): readonly StrategyPlot[] {
  let plots: readonly StrategyPlot[];
  try {
    plots = compute();
  } catch (error) {
    throw thrownInside(strategy, 'plots()', error);
  }
  const refuse = (what: string): StrategyError =>
    new StrategyError('bad-signals', `Strategy "${strategy}": ${what}`);
  if (!Array.isArray(plots)) throw refuse('plots() must return a list of plots');
  return (plots as readonly Partial<StrategyPlot>[]).map((plot, k) => {
    const label = plot?.label;
    if (typeof label !== 'string' || label === '') throw refuse(`plot ${k + 1} has no label`);
    const { pane = label, values } = plot;
    if (typeof pane !== 'string') throw refuse(`the pane of the plot "${label}" must be a text`);
    const column = columnOf(values);
    if (column?.length !== candles.length) {
      const found = column === undefined ? String(values) : `${column.length} values`;
      throw refuse(
        `the values of the plot "${label}" must be one number per candle (${candles.length}): it has ${found}`,
      );
    }
    return { label, pane, values: column };
  });
}

/** A column as it is; a list of numbers as a column, with `NaN` for what is none. */
function columnOf(values: unknown): Float64Array | undefined {
  if (values instanceof Float64Array) return values;
  if (Array.isArray(values) || (ArrayBuffer.isView(values) && 'length' in values)) {
    return Float64Array.from(values as ArrayLike<unknown>, (value) =>
      typeof value === 'number' ? value : Number.NaN,
    );
  }
  return undefined;
}
