import { csvField } from '../domain/index.js';
import type { TraceRecorder } from '../strategies/index.js';
import { LONG_ALLOWED, SHORT_ALLOWED } from './engine.js';
import { type CandlePosition, positionPath } from './position-path.js';
import type { BacktestResult } from './run-backtest.js';

/** Columns that every trace file begins with; the traced ones follow. */
export const TRACE_COLUMNS: readonly string[] = [
  'symbol',
  'open_time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'signal',
  'mask',
  'position',
  'entry_price',
  'stop_loss',
  'trailing_stop',
  'take_profit',
  'liquidation',
  'exit_reason',
  'equity',
];

/** Rows of one piece. */
const ROWS = 1_000;

/**
 * Returns the trace file of a run: one row per candle of the period.
 *
 * @param result - Of `runBacktest()` with the recorder's trace.
 * @param recorder - What the strategy traced.
 * @returns Pieces of CSV, a thousand rows each; an empty cell is what does not exist.
 */
export function* traceCsv(result: BacktestResult, recorder: TraceRecorder): Generator<string> {
  const { names } = recorder;
  let piece = `${[...TRACE_COLUMNS, ...names].map(csvField).join(',')}\n`;
  let i = result.period.from;
  for (const held of positionPath(result)) {
    const traced = names.map((name) => csvField(recorder.cell(name, i)));
    piece += `${[...runCells(result, held, i), ...traced].join(',')}\n`;
    i++;
    if ((i - result.period.from) % ROWS > 0) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function runCells(result: BacktestResult, held: CandlePosition, i: number): (string | number)[] {
  const { candles, signals, entryMask, run, period } = result;
  const { position, levels, exits } = held;
  return [
    csvField(candles.symbol),
    new Date(candles.openTime[i]!).toISOString(),
    candles.open[i]!,
    candles.high[i]!,
    candles.low[i]!,
    candles.close[i]!,
    candles.volume[i]!,
    signals[i]!,
    maskWord(entryMask[i]!),
    position,
    levels?.entryPrice ?? '',
    price(levels?.stopLoss),
    price(levels?.trailingStop),
    price(levels?.takeProfit),
    price(levels?.liquidation, levels?.entryPrice),
    exits.join(' '),
    run.equity[i - period.from]!,
  ];
}

/** Which entries the filters let through. */
function maskWord(mask: number): string {
  const isLong = (mask & LONG_ALLOWED) !== 0;
  const isShort = (mask & SHORT_ALLOWED) !== 0;
  if (isLong && isShort) return 'both';
  if (isLong) return 'long';
  return isShort ? 'short' : 'neither';
}

/** Below this share of the entry price a level is rounding: a long without leverage is ruined at 0. */
const REACHABLE_MIN = 1e-9;

/** A level, or nothing where there is none. */
function price(level: number | undefined, entryPrice = 0): number | string {
  const isThere = level !== undefined && Number.isFinite(level);
  return isThere && level > REACHABLE_MIN * entryPrice ? level : '';
}
