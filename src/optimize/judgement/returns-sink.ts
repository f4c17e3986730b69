import type { ReturnsSink } from '../../backtest/index.js';
import type { CandleSeries } from '../../candles/index.js';
import type { TrialsJob } from '../pool/protocol.js';
import { LuckTally } from './luck-tally.js';
import { periodWeeks } from './period-weeks.js';

/** Where the returns of the trials of a worker go while it searches. */
export interface TrialReturns {
  /** Names the first trial of the next range. */
  start(first: number): void;
  /** Takes the returns of a trial and its place in the range. */
  readonly add: ReturnsSink;
  /** Returns what luck shows with the trials since the last time. */
  takeLuck(): Float64Array;
}

/**
 * Opens what takes the returns of trials.
 *
 * @param job - What is wanted of them.
 * @param candles - All candles.
 */
export function openReturnsSink(
  { luckFrom, sample, period }: TrialsJob,
  candles: CandleSeries,
): TrialReturns {
  const tally = new LuckTally(periodWeeks(candles, period));
  const columns = new Map(Array.from(sample?.ids ?? [], (id, column) => [id, column]));
  const values = sample === undefined ? new Float64Array(0) : new Float64Array(sample.returns);
  const length = sample?.returnsCount ?? 0;
  let firstId = 0;
  return {
    start: (first) => {
      firstId = first;
    },
    add: (returns, place) => {
      const id = firstId + place;
      if (id >= luckFrom) tally.add(returns);
      const column = columns.get(id);
      if (column !== undefined) values.set(returns, column * length);
    },
    takeLuck: () => tally.take(),
  };
}
