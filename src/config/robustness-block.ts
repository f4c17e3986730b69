import { z } from 'zod';

const figure = z.number().nullable();

/** Shape of the `robustness:` block of an entry of `config/best_params.yaml`. */
export const robustnessSchema = z.looseObject({
  /** Whether every check of the gate was passed. */
  robust: z.boolean(),
  /** The verdict in one plain sentence: the most telling of what failed. */
  verdict: z.string(),
  /** What failed, one sentence each; empty when robust. */
  failed: z.array(z.string()),
  /** Distinct parameter sets ever evaluated for this symbol, market, interval and strategy, and those of this run. */
  trials: z.number(),
  trials_in_run: z.number(),
  /** Probability that the Sharpe ratio beats what the best of so many trials shows by luck alone. */
  deflated_sharpe_ratio: figure,
  /** That luck, as a Sharpe ratio per year; and the winner's own one. */
  luck_sharpe_ratio: figure,
  sharpe_ratio: figure,
  /** Length of the period, and the shortest one on which the winner's Sharpe ratio is no matter of course, years. */
  length_years: z.number(),
  min_backtest_length_years: figure,
  /** Share of cross-validation splits whose best trial falls into the worse half on the other candles. */
  overfitting_probability: figure,
  overfitting_splits: z.number(),
  /** Chance that the best of the sample looks this good without any edge, against holding cash. */
  reality_check_p: figure,
  spa_p: figure,
  /** Trials that were run again for these tests, and their returns (one per day; per candle from 1d on). */
  sample_trials: z.number(),
  sample_seed: z.number(),
  sample_returns: z.number(),
  /** Share of the winner's neighbours in the grid that keep at least half of its value. */
  plateau_width: figure,
  plateau_neighbours: z.number(),
  trades: z.number(),
  /** Commission and slippage per side, basis points; older files do not tell. */
  costs: z.number().optional(),
  /** Share of the money won and lost that hangs on candles which held both stop and target. */
  ambiguous_share: z.number(),
});

/** What is known about the reliability of a winner: the `robustness:` block of `config/best_params.yaml`; `null` = not computable. */
export type RobustnessBlock = z.infer<typeof robustnessSchema>;
