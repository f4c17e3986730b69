import type { CandleColumns } from '../candles/index.js';
import type { SignalRuns } from '../indicators/index.js';
import { StrategyError } from './strategy-error.js';
import { TraceProblem } from './trace.js';

/** One signal per candle, a function that gives the signal of candle `i`, or the runs of the column. */
export type SignalResult = ArrayLike<number> | ((i: number) => number) | SignalRuns;

/**
 * Runs a strategy's signal function.
 *
 * @param strategy - Name, for messages.
 * @param warmUp - First index at which a signal may be non-zero.
 * @param compute - Calls the strategy.
 * @throws {StrategyError} If the warm-up is no count, or the strategy throws.
 */
export function computedBy<Result>(
  strategy: string,
  warmUp: number,
  compute: () => Result,
): Result {
  if (!Number.isSafeInteger(warmUp) || warmUp < 0) {
    throw new StrategyError(
      'bad-signals',
      `Strategy "${strategy}": warmUp must be an integer >= 0: current value is ${warmUp}`,
    );
  }
  try {
    return compute();
  } catch (error) {
    throw thrownInside(strategy, 'signals()', error);
  }
}

/**
 * Turns what a signal function gave into a column, or leaves its runs as they are.
 *
 * @param strategy - Name, for messages.
 * @param candles - What it ran on.
 * @param warmUp - First index at which a signal may be non-zero.
 * @param result - What it gave.
 * @throws {StrategyError} If that is anything but one of -1, 0, 1, NaN per candle.
 */
export function columnOfSignals(
  strategy: string,
  candles: CandleColumns,
  warmUp: number,
  result: SignalResult,
): SignalRuns | Int8Array {
  if (result instanceof Int8Array && result.length === candles.length && areAllSignals(result)) {
    // A copy: what a strategy keeps and changes later is its own affair.
    return result.slice();
  }
  if (isRuns(result)) {
    if (result.length === candles.length && areSignalRuns(result)) return result;
    throw new StrategyError(
      'bad-signals',
      `Strategy "${strategy}": its runs do not describe a column of ${candles.length} signals`,
    );
  }
  const column = new Int8Array(candles.length);
  if (typeof result === 'function') {
    for (let i = warmUp; i < column.length; i++) {
      let signal: number;
      try {
        signal = result(i);
      } catch (error) {
        throw thrownInside(strategy, `the signal of ${describeCandle(candles, i)}`, error);
      }
      column[i] = checkedSignal(strategy, candles, i, signal);
    }
    return column;
  }
  if (typeof result !== 'object' || result === null || result.length !== column.length) {
    throw new StrategyError(
      'bad-signals',
      `Strategy "${strategy}": signals must give one value per candle (${column.length}) or a function of the candle index: it returned ${describeResult(result)}`,
    );
  }
  for (let i = 0; i < column.length; i++) {
    column[i] = checkedSignal(strategy, candles, i, result[i]);
  }
  return column;
}

function isRuns(result: SignalResult): result is SignalRuns {
  return typeof result === 'object' && result !== null && 'starts' in result;
}

/** Whether runs follow each other, cover the column and hold signals. */
function areSignalRuns({ length, count, starts, values }: SignalRuns): boolean {
  if (!(starts instanceof Int32Array && values instanceof Int8Array)) return false;
  if (starts.length <= count || values.length < count || starts[count] !== length) return false;
  if (count === 0) return length === 0;
  if (starts[0] !== 0) return false;
  for (let k = 0; k < count; k++) {
    if (starts[k + 1]! <= starts[k]! || Math.abs(values[k]!) > 1) return false;
    if (k > 0 && values[k] === values[k - 1]) return false;
  }
  return true;
}

/** Whether every byte is -1, 0 or 1, four at a time: all bits above the lowest equal, and none of them set without it. */
function areAllSignals(signals: Int8Array): boolean {
  if (signals.byteOffset % 4 !== 0) return false;
  const words = new Int32Array(signals.buffer, signals.byteOffset, signals.length >> 2);
  let wrong = 0;
  let before = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === before) continue;
    before = word;
    wrong |= ((word ^ (word >>> 1)) & 0x7e7e7e7e) | ((word >>> 7) & ~word & 0x01010101);
  }
  for (let i = words.length * 4; i < signals.length; i++) wrong |= Math.abs(signals[i]!) >> 1;
  return wrong === 0;
}

/**
 * Names a candle for a message.
 *
 * @param candles - Columns.
 * @param index - Of the candle.
 * @returns For example `candle 17 (2024-01-01T17:00:00.000Z)`.
 */
export function describeCandle(candles: CandleColumns, index: number): string {
  const time = candles.openTime[index];
  const isDate = time !== undefined && Math.abs(time) <= 8.64e15;
  return isDate ? `candle ${index} (${new Date(time).toISOString()})` : `candle ${index}`;
}

/**
 * Returns a signal as columns hold it.
 *
 * @param strategy - Name, for messages.
 * @param candles - What it ran on.
 * @param index - Of the candle.
 * @param signal - As given; `NaN` is neutral.
 * @param name - What it is, for messages.
 * @throws {StrategyError} If it is anything but one of -1, 0, 1, NaN.
 */
export function checkedSignal(
  strategy: string,
  candles: CandleColumns,
  index: number,
  signal: number | undefined,
  name = 'the signal',
): number {
  if (signal === 0 || signal === 1 || signal === -1) return signal;
  if (typeof signal === 'number' && Number.isNaN(signal)) return 0;
  if (typeof signal === 'boolean') {
    throw new StrategyError(
      'bad-signals',
      `Strategy "${strategy}": ${name} of ${describeCandle(candles, index)} is ${String(signal)}; return a number: 1 for long, -1 for short, 0 for neither`,
      index,
    );
  }
  throw new StrategyError(
    'bad-signals',
    `Strategy "${strategy}": ${name} of ${describeCandle(candles, index)} must be -1, 0 or 1 (NaN counts as 0): current value is ${String(signal)}`,
    index,
  );
}

/**
 * Says what a strategy gave in place of a column, as the end of a sentence.
 *
 * @param result - No column.
 */
export function describeResult(result: unknown): string {
  if (result instanceof Promise) {
    return 'a Promise. It must not be async: all candles are available';
  }
  if (typeof result !== 'object' || result === null) return String(result);
  return 'length' in result ? `${String(result.length)} values` : 'an object without length';
}

/** What a strategy threw, with the place in its file. */
export function thrownInside(strategy: string, where: string, error: unknown): StrategyError {
  if (error instanceof TraceProblem) {
    const place = throwPlace(error.stack ?? '');
    const message = `Strategy "${strategy}"${place}: ${error.message}`;
    return new StrategyError('threw', message, undefined, { cause: error });
  }
  // Says whose fault it is already.
  if (error instanceof StrategyError) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const place = error instanceof Error ? throwPlace(error.stack ?? '') : '';
  return new StrategyError(
    'threw',
    `Strategy "${strategy}" threw in ${where}${place}: ${message}`,
    undefined,
    { cause: error },
  );
}

/** `file:line` of the first stack frame in a strategy file, or of the first one that has a file. */
function throwPlace(stack: string): string {
  const own = /file:\/\/(\/[^\s()?]+)\?wus-strategy=[0-9a-f]*:(\d+):\d+\)?$/m;
  const any = /(?:file:\/\/)?(\/[^\s()?]+)(?:\?[^\s():]*)?:(\d+):\d+\)?$/m;
  const frame = own.exec(stack) ?? any.exec(stack);
  return frame === null ? '' : ` at ${decodeURI(frame[1]!)}:${frame[2]}`;
}
