import { z } from 'zod';

const figure = z.number().nullable();

/** What is said about a result, from bad to good. */
export const VERDICT_WORDS = ['No evidence', 'Not proven', 'Promising', 'Convincing'] as const;

export type VerdictWord = (typeof VERDICT_WORDS)[number];

/** Shape of the `judgement:` block of an entry of `config/best_params.yaml`. */
export const judgementSchema = z.looseObject({
  verdict: z.enum(VERDICT_WORDS),
  /** The verdict in plain words. */
  sentence: z.string(),
  /** Chance of luck: the largest of the three below. */
  p: z.number(),
  /** In how many worlds without an edge the best of all trials looks like this: against doing nothing; against holding the market. */
  p_luck: z.number(),
  p_hold: z.number(),
  /** Of the earlier winner that this one refines; `null` where it refines none. */
  p_founder: figure,
  /** Against the trials of all ledgers of the folder. */
  p_all_ledgers: figure,
  /** What luck shows half of the time, and one time in twenty, as a Sharpe ratio per year. */
  luck_sharpe_median: figure,
  luck_sharpe_95: figure,
  /** The winner's own, and what to expect of it: cross-validated. */
  sharpe_ratio: figure,
  expected_sharpe_ratio: figure,
  /** The true one is above it with 95 %, all trials taken together. */
  sharpe_lower_bound: figure,
  /** Share of cross-validation splits in which the best of one half loses money in the other, and in which it is below the median there. */
  loss_probability: figure,
  overfitting_probability: figure,
  overfitting_splits: z.number(),
  /** Number of equally profitable weeks with the same concentration of the result, (ΣS²)² / ΣS⁴: small if a few weeks make the whole profit. */
  effective_bets: figure,
  /** Parts of four in profit, and the statistic without the best of them. */
  quarters_in_profit: z.number(),
  t_without_best_quarter: figure,
  /** Weeks with candles. */
  weeks: z.number(),
  length_years: z.number(),
  /** Distinct combinations ever tried on this strategy and instrument, those of this run, and the runs whose draws are in. */
  trials_ever: z.number(),
  trials_in_run: z.number(),
  runs_merged: z.number(),
  /** Average exposure to the market. */
  beta: figure,
  /** With doubled costs and stops that slip; `null` where it was not run. */
  stress_sharpe_ratio: figure,
  /** Highest probability that the result is real if half of all ideas were good. */
  edge_probability_max: figure,
  /** What cross-validation says about choosing, in plain words; `null` where it says nothing. */
  choice: z.string().nullable(),
  /** Settings of the earlier winner that this one refines. */
  refines: z.string().nullable(),
  /** Combinations that were cross-validated, whether those are all of the grid, and their returns (one per day; per candle from 1d on). */
  sample_trials: z.number(),
  sample_is_whole_grid: z.boolean(),
  sample_seed: z.number(),
  sample_returns: z.number(),
  /** Share of the winner's neighbours in the grid that keep at least half of its value. */
  plateau_width: figure,
  plateau_neighbours: z.number(),
  trades: z.number(),
  /** Commission and slippage per side, basis points. */
  costs: z.number(),
  /** Share of the gross profit and loss from candles that contain both stop and take-profit. */
  ambiguous_share: z.number(),
  /** What a better word would need, one sentence each. */
  failed: z.array(z.string()),
});

/** What is known about the reliability of a result: the `judgement:` block of `config/best_params.yaml`; `null` = not computable. */
export type JudgementBlock = z.infer<typeof judgementSchema>;

/** What an older version wrote in its place; only its presence counts. */
export const olderJudgementSchema = z.looseObject({});

/** What is said of a result that only an older version judged. */
export const JUDGED_BY_OLDER = 'Not proven: judged by an older version, judge again.';
