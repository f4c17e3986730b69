import { checkTradeRules } from '../semantics/index.js';
import type { EngineInput } from './engine.js';

/**
 * Checks what an engine is given: rules that fit each other and the strategy, columns as long as the candles.
 *
 * @param input - Of an engine.
 * @throws {UsageError} If rules contradict each other or the columns of the strategy.
 * @throws {RangeError} If a column has another length than the candles.
 */
export function checkEngineInput({
  candles,
  rules,
  exits,
  columns,
  signals,
}: Pick<EngineInput, 'candles' | 'rules' | 'exits' | 'columns'> & {
  readonly signals: { readonly length: number };
}): void {
  checkTradeRules(rules, {
    exit: exits !== undefined,
    stopDistance: columns?.stopDistance !== undefined,
  });
  const given = { signals, exits, ...columns };
  for (const [name, column] of Object.entries(given)) {
    if (column === undefined || column.length === candles.length) continue;
    throw new RangeError(
      `${name} must have one value per candle: ${column.length} values for ${candles.length} candles`,
    );
  }
}
