import { AverageCrosses, type PlacedSums } from './average-crosses.js';
import { COLUMN_INDICATORS, COMPARISONS, INDICATORS, type Indicators } from './catalogue.js';
import { ColumnDigests } from './column-digests.js';
import { requireEqualLengths } from './compare-columns.js';
import { compareRuns, levelRuns } from './compare-runs.js';
import { KernelMemory } from './kernel-memory.js';
import { type AnyIndicator, rememberResults } from './remember-results.js';
import { RememberedColumns } from './remembered-columns.js';
import { requirePeriod } from './require-period.js';
import { expandRuns, type SignalRuns } from './signal-runs.js';
import { type PrefixSums, prefixSums, smaOfSums } from './window-sums.js';

const REMEMBERED_BYTES_MAX = 256 * 2 ** 20;

/** Options of `rememberIndicators()`. */
export interface RememberOptions {
  /**
   * Limit of the remembered columns and of what is derived from them, bytes; the columns used last stay in any case. Default 256 MiB.
   */
  readonly bytesMax?: number;
  /** Whether callers get copies, so that code that writes into a column harms only itself. Default false. */
  readonly copies?: boolean;
}

/** Prefix sums of the column that is averaged; of one at a time. */
interface SummedColumn {
  readonly values: Float64Array;
  /** `undefined` when the values do not allow it. */
  readonly sums: PrefixSums | undefined;
  readonly placed: PlacedSums | undefined;
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
  const memory = KernelMemory.open();
  const digests = memory && new ColumnDigests(memory);
  const averages = memory && new AverageCrosses(memory);
  const columns = new RememberedColumns(bytesMax, memory);
  const numbers = new WeakMap<object, number>();
  let sources = 0;
  const numberOf = (source: object): number => {
    const known = numbers.get(source);
    if (known !== undefined) return known;
    sources++;
    numbers.set(source, sources);
    return sources;
  };
  const remembered = (name: string, compute: () => Float64Array): Float64Array => {
    const values = columns.values(name, compute);
    return copies ? values.slice() : values;
  };
  const ofColumn =
    (name: string, compute: (values: Float64Array, period: number) => Float64Array) =>
    (values: Float64Array, period: number): Float64Array =>
      remembered(`${name} ${numberOf(values)} ${period}`, () => compute(values, period));

  let summed: SummedColumn | undefined;
  const summedOf = (values: Float64Array): SummedColumn => {
    if (summed?.values === values) return summed;
    if (summed?.placed !== undefined) averages?.release(summed.placed);
    const sums = prefixSums(values);
    summed = { values, sums, placed: sums && averages?.place(values, sums) };
    return summed;
  };
  const sma = ofColumn('sma', (values, period) => {
    requirePeriod('SMA', period);
    const { sums } = summedOf(values);
    return sums === undefined ? INDICATORS.sma(values, period) : smaOfSums(values, sums, period);
  });

  const comparedRuns = (a: Float64Array, b: Float64Array): SignalRuns => {
    requireEqualLengths(a, b);
    const digestOf = (values: Float64Array) =>
      digests && columns.digestOfValues(values, () => digests.digest(values));
    const digestOfA = digestOf(a);
    const digestOfB = digestOf(b);
    return (
      (digestOfA &&
        digestOfB &&
        digests?.compare(
          digestOfA,
          digestOfB,
          (i) => a[i]!,
          (i) => b[i]!,
        )) ??
      compareRuns(a, b)
    );
  };
  const smaCrossRuns = (values: Float64Array, fast: number, slow: number): SignalRuns => {
    requirePeriod('SMA', fast);
    requirePeriod('SMA', slow);
    const { placed } = summedOf(values);
    const extremesOf = (period: number) =>
      placed &&
      columns.averageExtremes(`average ${numberOf(values)} ${period}`, () =>
        averages?.extremes(placed, period),
      );
    const a = extremesOf(fast);
    const b = extremesOf(slow);
    return (
      (a && b && placed && averages?.compare(placed, a, b)) ??
      comparedRuns(sma(values, fast), sma(values, slow))
    );
  };

  const memoryOfResults = { column: remembered, numberOf };
  const results = Object.fromEntries(
    Object.entries<AnyIndicator>(COLUMN_INDICATORS).map(([name, compute]) => [
      name,
      rememberResults(name, compute, memoryOfResults),
    ]),
  ) as unknown as typeof COLUMN_INDICATORS;
  return Object.freeze({
    ...results,
    ...COMPARISONS,
    // Asked for with every signal of a grid: their names are made without a look at the arguments' shape.
    atr: (candles, period) => {
      const { high, low, close } = candles;
      const name = `atr ${[high, low, close].map(numberOf).join(' ')} ${period}`;
      return remembered(name, () => INDICATORS.atr(candles, period));
    },
    ema: ofColumn('ema', INDICATORS.ema),
    rma: ofColumn('rma', INDICATORS.rma),
    rsi: ofColumn('rsi', INDICATORS.rsi),
    sma,
    sampleDeviation: ofColumn('sampleDeviation', INDICATORS.sampleDeviation),
    populationDeviation: ofColumn('populationDeviation', INDICATORS.populationDeviation),
    zScore: ofColumn('zScore', INDICATORS.zScore),
    compareColumns: (a, b) => expandRuns(comparedRuns(a, b)),
    compareRuns: comparedRuns,
    smaCrossRuns,
    levelRuns: (values, low, high) => levelRuns(values, low, high, columns.extremesOf(values)),
  } satisfies Indicators);
}
