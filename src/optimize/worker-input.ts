import type { CandleSeries } from '../candles/index.js';
import type { BacktestRunConfig } from '../config/index.js';
import type { Strategy } from '../strategies/index.js';
import type { WorkerInput } from './pool/protocol.js';

/**
 * Returns what every worker of a run gets at its start.
 *
 * @param request - Strategy, candles and money.
 * @param run - The search, and how it is done.
 */
export function workerInput(
  request: {
    readonly candles: CandleSeries;
    readonly strategy: Strategy;
    readonly strategySource?: { readonly path: string; readonly sha256: string } | undefined;
    readonly config: BacktestRunConfig;
  },
  run: Pick<WorkerInput, 'period' | 'blocks' | 'engine' | 'tables' | 'writesRows'>,
): WorkerInput {
  const { candles, strategy, strategySource, config } = request;
  const { symbol, market, timeframe, length } = candles;
  return {
    period: run.period,
    blocks: run.blocks,
    engine: run.engine,
    tables: run.tables,
    writesRows: run.writesRows,
    identity: { symbol, market, timeframe },
    length,
    buffer: sharedColumns(candles),
    strategy:
      strategySource === undefined
        ? { name: strategy.name }
        : { name: strategySource.path, sha256: strategySource.sha256 },
    config,
  };
}

/** Candles lie on shared memory already; a series that someone put together otherwise is copied there once. */
function sharedColumns(candles: CandleSeries): SharedArrayBuffer {
  const { length, openTime, open, high, low, close, volume } = candles;
  const columns = [openTime, open, high, low, close, volume];
  const buffer = openTime.buffer;
  const isLaidOut = columns.every(
    (column, k) => column.buffer === buffer && column.byteOffset === k * length * 8,
  );
  if (buffer instanceof SharedArrayBuffer && isLaidOut) return buffer;
  const copy = new SharedArrayBuffer(length * 6 * 8);
  columns.forEach((column, k) => {
    new Float64Array(copy, k * length * 8, length).set(column);
  });
  return copy;
}
