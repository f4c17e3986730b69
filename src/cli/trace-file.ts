import { type BacktestResult, TRACE_COLUMNS, traceCsv } from '../backtest/index.js';
import type { CandleSeries } from '../candles/index.js';
import { writeFileAtomic } from '../files/index.js';
import { TraceRecorder } from '../strategies/index.js';
import type { OutputKind } from './replaceable-output.js';

/** How an earlier trace file of a symbol is known. */
export function traceFileKind(symbol: string): OutputKind {
  return { kind: 'table', header: TRACE_COLUMNS.join(','), isOpen: true, symbol };
}

/**
 * Returns what collects the trace of a run.
 *
 * @param file - Of `--trace-file`; without one nothing is collected.
 * @param candles - Of the run.
 */
export function traceRecorder(
  file: string | undefined,
  { length }: CandleSeries,
): TraceRecorder | undefined {
  return file === undefined ? undefined : new TraceRecorder(length, TRACE_COLUMNS);
}

/**
 * Writes the trace file of a run, piece by piece.
 *
 * @param file - Of `--trace-file`.
 * @param result - The run.
 * @param recorder - From `traceRecorder()`.
 */
export async function writeTraceFile(
  file: string | undefined,
  result: BacktestResult,
  recorder: TraceRecorder | undefined,
): Promise<void> {
  if (file === undefined || recorder === undefined) return;
  await writeFileAtomic(file, traceCsv(result, recorder));
}
