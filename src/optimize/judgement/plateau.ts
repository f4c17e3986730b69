import { metricColumn, type Ranking } from '../objective.js';

/** How the winner's neighbours in the grid do. */
export interface Plateau {
  readonly neighbours: number;
  /** Share of them that keep at least half of the winner's value; `undefined` without neighbours or with a winner that is worth nothing. */
  readonly width: number | undefined;
}

/** A neighbour is on the plateau if it keeps this share of the winner's value. */
export const PLATEAU_KEEPS = 0.5;

/**
 * Measures the plateau that a winner stands on: the share of its neighbours whose objective is at least half of the
 * winner's (for `max_drawdown`, which is minimised: at most twice). A neighbour with fewer trades than the minimum is off it.
 *
 * @param ranking - Objective.
 * @param winner - Metrics in the order of `METRICS`.
 * @param neighbours - Metrics of each neighbour.
 */
export function plateau(
  ranking: Ranking,
  winner: Float64Array,
  neighbours: readonly Float64Array[],
): Plateau {
  const column = metricColumn(ranking.metric);
  const trades = metricColumn('total_trades');
  const value = winner[column]!;
  if (neighbours.length === 0 || !(value > 0)) {
    return { neighbours: neighbours.length, width: undefined };
  }
  const isKept = (metrics: Float64Array): boolean => {
    if (metrics[trades]! < ranking.minTrades) return false;
    if (ranking.metric === 'max_drawdown') return metrics[column]! <= value / PLATEAU_KEEPS;
    // Infinity (a profit factor without losses) keeps itself.
    return metrics[column]! >= value * PLATEAU_KEEPS;
  };
  return {
    neighbours: neighbours.length,
    width: neighbours.filter(isKept).length / neighbours.length,
  };
}
