import type { EngineInput, EngineResult } from '../engine.js';
import { exitTableKeys } from './exit-table-keys.js';
import { ExitTables } from './exit-tables.js';
import { prepareCandles } from './prepared-candles.js';
import { type FastPath, runFast } from './run-fast.js';

/** Candles are cut so finely that small data crosses many borders. */
const SHIFTS = { blockShift: 1, tileShift: 3 };

/**
 * Runs the fast engine with the tables of the run, as a sweep does, in small tiles.
 *
 * @param input - Of an engine.
 * @param onPath - Takes the way that was taken.
 */
export function runFastByTables(
  input: EngineInput,
  onPath: (path: FastPath) => void = () => undefined,
): EngineResult {
  const { candles, period, rules } = input;
  const prepared = prepareCandles(candles, period, SHIFTS);
  const tables = ExitTables.allocate(prepared, 2 ** 16 + 400 * prepared.length);
  tables.build(tables.reserve(exitTableKeys(rules)));
  return runFast(input, { prepared, tables, onPath });
}
