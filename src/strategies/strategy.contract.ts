import { expect, test } from 'vitest';
import type { CandleColumns } from '../candles/index.js';
import { checkStrategy } from './check-strategy.js';
import { resolveParameters } from './resolve-parameters.js';
import type { Strategy } from './strategy.js';

/**
 * What every strategy keeps, built in or a user's: run it inside a `describe()`.
 *
 * @param strategy - Under test.
 * @param parameterSets - Given parameters to try, `{}` for the defaults.
 * @param candles - To run on; longer than every warm-up.
 */
export function strategyContract(
  strategy: Strategy,
  parameterSets: readonly Readonly<Record<string, unknown>>[],
  candles: CandleColumns,
): void {
  test.each(parameterSets)('keeps the contract with %j', (given) => {
    const parameters = resolveParameters(strategy, given);
    const report = checkStrategy(strategy, parameters, candles);
    expect(report.cutCandles).toBeGreaterThanOrEqual(200);
  });

  test.each(parameterSets)('trades right after its warm-up at the earliest with %j', (given) => {
    const parameters = resolveParameters(strategy, given);
    const warmUp = strategy.warmUp(parameters);
    const signals = strategy.signals(candles, parameters);
    expect(signals).toHaveLength(candles.length);
    expect(signals.subarray(0, warmUp).every((signal) => signal === 0)).toBe(true);
    expect(signals.some((signal) => signal === 1)).toBe(true);
    expect(signals.some((signal) => signal === -1)).toBe(true);
  });

  test.each(parameterSets)('draws columns as long as the candles with %j', (given) => {
    const plots = strategy.plots(candles, resolveParameters(strategy, given));
    expect(plots.map((plot) => plot.values.length)).toEqual(plots.map(() => candles.length));
  });

  test('does not change its parameters', () => {
    expect(Object.isFrozen(strategy.parameters)).toBe(true);
  });
}
