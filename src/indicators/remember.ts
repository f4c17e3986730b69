import { INDICATORS, type Indicators } from './catalogue.js';
import { type BlockExtremes, blockExtremes } from './compare-columns.js';
import { compareRuns, levelRuns } from './compare-runs.js';
import { requirePeriod } from './require-period.js';
import { expandRuns } from './signal-runs.js';
import { type AverageWithExtremes, type PrefixSums, prefixSums, smaOfSums } from './window-sums.js';

const REMEMBERED_BYTES_MAX = 256 * 2 ** 20;

/** Options of `rememberIndicators()`. */
export interface RememberOptions {
  /** Limit of the remembered columns, bytes; what was not used for longest is forgotten first. Default 256 MiB. */
  readonly bytesMax?: number;
  /** Whether callers get copies, so that code that writes into a column harms only itself. Default false. */
  readonly copies?: boolean;
}

interface Remembered {
  readonly values: Float64Array;
  extremes: BlockExtremes | undefined;
}

/**
 * Returns the indicators with a memory: the same columns with the same period are computed once, so that a grid of parameters
 * pays for each distinct indicator, not for each combination. Values are the same to the bit.
 *
 * A column is known by identity: candles must not change while they are remembered.
 *
 * @param options - Limits.
 * @returns To be handed to `Strategy.signals()`; belongs to one thread.
 */
export function rememberIndicators(options: RememberOptions = {}): Indicators {
  const { bytesMax = REMEMBERED_BYTES_MAX, copies = false } = options;
  const bySource = new WeakMap<object, number>();
  const columns = new Map<string, Remembered>();
  const byValues = new WeakMap<Float64Array, Remembered>();
  let sources = 0;
  let bytes = 0;
  const sourceNumber = (source: object): number => {
    const known = bySource.get(source);
    if (known !== undefined) return known;
    sources++;
    bySource.set(source, sources);
    return sources;
  };
  const forgetOldest = (): void => {
    for (const [key, { values }] of columns) {
      if (bytes <= bytesMax || columns.size === 1) return;
      columns.delete(key);
      bytes -= memoryOf(values);
    }
  };
  const remembered = (
    name: string,
    source: object,
    period: number,
    compute: () => Float64Array | AverageWithExtremes,
  ) => {
    const key = `${name} ${sourceNumber(source)} ${period}`;
    let column: Remembered | undefined = columns.get(key);
    if (column === undefined) {
      const computed = compute();
      const isBare = computed instanceof Float64Array;
      column = isBare ? { values: computed, extremes: undefined } : { ...computed };
      bytes += memoryOf(column.values);
      byValues.set(column.values, column);
    } else {
      columns.delete(key);
    }
    columns.set(key, column);
    forgetOldest();
    return copies ? column.values.slice() : column.values;
  };
  const ofColumn =
    (
      name: string,
      compute: (values: Float64Array, period: number) => Float64Array | AverageWithExtremes,
    ) =>
    (values: Float64Array, period: number): Float64Array =>
      remembered(name, values, period, () => compute(values, period));
  const extremesOf = (values: Float64Array): BlockExtremes => {
    const column = byValues.get(values);
    if (column === undefined) return blockExtremes(values);
    column.extremes ??= blockExtremes(values);
    return column.extremes;
  };
  // Averages of many periods are usually of one column: the close.
  let summed: Float64Array | undefined;
  let sums: PrefixSums | undefined;
  const sma = (values: Float64Array, period: number): Float64Array | AverageWithExtremes => {
    requirePeriod('SMA', period);
    if (summed !== values) {
      summed = values;
      sums = prefixSums(values);
    }
    return sums === undefined ? INDICATORS.sma(values, period) : smaOfSums(values, sums, period);
  };
  return Object.freeze({
    ...INDICATORS,
    atr: (candles, period) =>
      remembered(
        `atr ${sourceNumber(candles.high)} ${sourceNumber(candles.low)}`,
        candles.close,
        period,
        () => INDICATORS.atr(candles, period),
      ),
    ema: ofColumn('ema', INDICATORS.ema),
    rma: ofColumn('rma', INDICATORS.rma),
    rsi: ofColumn('rsi', INDICATORS.rsi),
    sma: ofColumn('sma', sma),
    sampleDeviation: ofColumn('sampleDeviation', INDICATORS.sampleDeviation),
    populationDeviation: ofColumn('populationDeviation', INDICATORS.populationDeviation),
    zScore: ofColumn('zScore', INDICATORS.zScore),
    compareColumns: (a, b) =>
      byValues.has(a) && byValues.has(b)
        ? expandRuns(compareRuns(a, b, extremesOf(a), extremesOf(b)))
        : INDICATORS.compareColumns(a, b),
    compareRuns: (a, b) => compareRuns(a, b, extremesOf(a), extremesOf(b)),
    levelRuns: (values, low, high) => levelRuns(values, low, high, extremesOf(values)),
  } satisfies Indicators);
}

/** A column and its extremes per block of 16. */
function memoryOf(values: Float64Array): number {
  return values.byteLength * (1 + 2 / 16);
}
