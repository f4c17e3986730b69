import { UsageError } from '../domain/index.js';
import { METRICS } from '../metrics/index.js';
import { didYouMean } from '../util/index.js';

/** Metrics that a sweep can be ranked by. */
export const OBJECTIVE_NAMES = [
  'cumulative_profit',
  'final_balance',
  'sharpe_ratio',
  'sortino_ratio',
  'calmar_ratio',
  'profit_factor',
  'max_drawdown',
  'win_rate',
  'sqn',
] as const;

/** A metric that a sweep can be ranked by. */
export type ObjectiveName = (typeof OBJECTIVE_NAMES)[number];

/** How trials are ranked. */
export interface Ranking {
  /** Minimised when it is `max_drawdown`, maximised otherwise. */
  readonly metric: ObjectiveName;
  /** Trials with fewer trades rank after all others. */
  readonly minTrades: number;
}

/** The metrics of one trial, in the order of `METRICS`. */
export interface TrialResult {
  readonly id: number;
  readonly metrics: Float64Array;
}

const TRADES_COLUMN = metricColumn('total_trades');

/**
 * Parses the name of an objective.
 *
 * @param text - For example `sharpe_ratio`.
 * @throws {UsageError} If trials cannot be ranked by it.
 */
export function parseObjective(text: string): ObjectiveName {
  const name = OBJECTIVE_NAMES.find((candidate) => candidate === text);
  if (name !== undefined) return name;
  throw new UsageError(
    `Metric "${text}": unknown${didYouMean(text, OBJECTIVE_NAMES)}; use one of ${OBJECTIVE_NAMES.join(', ')}`,
  );
}

/**
 * Returns the place of a metric in a row of metrics.
 *
 * @param name - snake_case.
 */
export function metricColumn(name: string): number {
  const column = METRICS.findIndex((metric) => metric.name === name);
  if (column === -1) throw new RangeError(`Cannot find metric ${name}`);
  return column;
}

/** The best trials of a run: bounded, whatever the number of trials. */
export interface TopTrials {
  /** Considers one trial; the metrics are copied if it is kept. */
  add(id: number, metrics: Float64Array): void;
  /** Best first. */
  readonly best: readonly TrialResult[];
}

/**
 * Keeps the best trials. Those with fewer than the minimum of trades rank after all others, those whose metric is not a
 * number last of all; equal ones stay in grid order.
 *
 * @param ranking - Metric and minimum number of trades.
 * @param size - How many to keep.
 */
export function topTrials(ranking: Ranking, size: number): TopTrials {
  const column = metricColumn(ranking.metric);
  const sign = ranking.metric === 'max_drawdown' ? -1 : 1;
  const best: (TrialResult & { readonly tier: number; readonly score: number })[] = [];
  const add = (id: number, metrics: Float64Array): void => {
    const score = sign * metrics[column]!;
    const tier = Number.isNaN(score) ? 2 : metrics[TRADES_COLUMN]! < ranking.minTrades ? 1 : 0;
    const isBetter = (other: (typeof best)[number]): boolean => {
      if (tier !== other.tier) return tier < other.tier;
      if (tier < 2 && score !== other.score) return score > other.score;
      return id < other.id;
    };
    if (best.length === size && !isBetter(best[size - 1]!)) return;
    let low = 0;
    let high = best.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBetter(best[middle]!)) high = middle;
      else low = middle + 1;
    }
    best.splice(low, 0, { id, metrics: metrics.slice(), tier, score });
    if (best.length > size) best.pop();
  };
  return { add, best };
}
