import { runCandleLoop } from './candle-loop.js';
import { checkEngineInput } from './check-engine-input.js';
import type { EngineInput, EngineResult } from './engine.js';

/**
 * Runs the rules of SEMANTICS over the columns of a strategy: the engine that is written to be read, one candle at a time.
 *
 * @param input - Columns, period, signals, entry mask and rules.
 * @returns Trades, equity per candle of the period, and what was refused.
 * @throws {UsageError} If rules contradict each other or the columns of the strategy.
 * @throws {RangeError} If a column has another length than the candles.
 */
export function runReference(input: EngineInput): EngineResult {
  checkEngineInput(input);
  return runCandleLoop(input);
}
