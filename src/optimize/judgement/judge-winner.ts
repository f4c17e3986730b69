import { type BacktestResult, runBacktest, stressSharpe } from '../../backtest/index.js';
import type { BacktestRunConfig, JudgementBlock } from '../../config/index.js';
import { timeframeMs, UserError } from '../../domain/index.js';
import { periodReturns } from '../../metrics/index.js';
import { choiceFinding, edgeBound, founderOf, verdictOf } from '../../statistics/index.js';
import {
  emptyLuck,
  type LuckRecord,
  type LuckWinner,
  luckWinner,
  winnerDecisions,
  withAddition,
  withTrialsOf,
} from '../ledger/luck-file.js';
import type { LuckLedger } from '../ledger/luck-ledger.js';
import { metricColumn } from '../objective.js';
import type { OptimizeRequest, OptimizeResult, RankedTrial } from '../optimize.js';
import { type TrialSettings, trialConfig } from '../trial-config.js';
import { trialDecisions } from '../trial-decisions.js';
import { settingWords } from '../trial-text.js';
import { crossValidate, type SelectionEvidence } from './cross-validate.js';
import { judgementChance, judgementFigure } from './judgement-figure.js';
import { type PeriodWeeks, periodWeeks } from './period-weeks.js';
import type { CrossValidationOptions } from './sample.js';
import {
  type ChanceOfLuck,
  chanceOfLuck,
  luckOfTrial,
  type PooledSkewness,
  pooledSkewness,
  type TrialFigures,
  trialFigures,
} from './trial-judgement.js';
import {
  choiceSentence,
  shortcomingSentences,
  type VerdictStory,
  verdictSentence,
  verdictWord,
} from './verdict-words.js';

/** How a winner is judged. */
export interface JudgeOptions extends CrossValidationOptions {
  readonly onLedgerFailure?: ((failure: UserError) => void) | undefined;
}

/**
 * Judges the winner of an optimization against everything that was ever tried on its strategy and instrument, and remembers it
 * in the ledger. There is no seed in the verdict: the same data give the same words on every machine.
 *
 * @param request - Of the optimization.
 * @param result - Complete, with its search.
 * @param options - Size and seed of the sample that is cross-validated, unless the search has kept one; and who is told when the
 *   ledger cannot be read or written, which takes nothing away from the verdict on this run.
 * @returns `undefined` when there is no winner, or the run was stopped.
 * @throws {UserError} If a run fails.
 */
export async function judgeWinner(
  request: OptimizeRequest,
  result: OptimizeResult,
  options: JudgeOptions = {},
): Promise<JudgementBlock | undefined> {
  const winner = result.best[0];
  if (winner === undefined || !result.isComplete) return undefined;
  options.onStage?.('judging the winner');
  const kept = await attempt(options, () => result.luck.luckLedger?.read());
  const own = measureWinner(request, result, winner, kept);
  const selection = await crossValidate(
    request,
    [settingsOf(result, winner)],
    { ...request.crossValidation, ...options },
    result.sample,
  );
  if (selection === undefined) return undefined;
  const founder = own.isRefinement ? measureFounder(request, own) : undefined;
  const stress = hasTraded(winner) ? stressOf(request, settingsOf(result, winner)) : undefined;
  const block = blockOf({ request, result, winner, own, selection, founder, stress });
  if (hasTraded(winner)) {
    await attempt(options, () =>
      result.luck.luckLedger?.addWinner(rememberedWinner(request, result, own, block)),
    );
  }
  return block;
}

/** `undefined` where the ledger cannot be read or written. */
async function attempt<T>(
  { onLedgerFailure }: JudgeOptions,
  use: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    onLedgerFailure?.(error);
    return undefined;
  }
}

function hasTraded({ metrics }: RankedTrial): boolean {
  return metrics[metricColumn('total_trades')]! > 0;
}

interface MeasuredWinner {
  readonly weeks: PeriodWeeks;
  readonly figures: TrialFigures;
  readonly pool: PooledSkewness | undefined;
  readonly record: LuckRecord;
  readonly chance: ChanceOfLuck;
  /** Against all ledgers of the folder; `undefined` without any. */
  readonly pAll: number | undefined;
  readonly trialsEver: number;
  /** The earliest winner that this one refines, or is. */
  readonly founder: LuckWinner | undefined;
  /** Whether that has other settings. */
  readonly isRefinement: boolean;
}

function measureWinner(
  request: OptimizeRequest,
  result: OptimizeResult,
  winner: RankedTrial,
  kept: ReturnType<LuckLedger['read']> | undefined,
): MeasuredWinner {
  const { config, candles, strategy } = request;
  const settings = settingsOf(result, winner);
  const weeks = periodWeeks(candles, result.search.period);
  const returns = hasTraded(winner)
    ? returnsOf(
        runBacktest({ ...trialConfig(config, settings), engine: 'fast' }, candles, { strategy }),
      )
    : new Float64Array(weeks.marketCentred.length);
  const own = pooledSkewness(result.luck.luck);
  const alone = trialFigures(weeks, returns, own);
  const founder = earliestKin(alone, kept?.subject.winners ?? []);
  const isRefinement = founder !== undefined && !isSame(founder, request.config, settings);
  // The same settings as before: no smaller pool of trials makes them look better.
  const pool = founder === undefined || isRefinement ? own : lowerPool(own, founder);
  const figures = trialFigures(weeks, returns, pool);
  // Of a winner from a details file of an older version nothing else is known.
  const luck = luckOfTrial(figures);
  const withRun = (record: LuckRecord): LuckRecord =>
    withAddition(withAddition(record, { luck: result.luck.luck }), { luck });
  const trialsEver = result.ledger?.count ?? result.luck.trials;
  const seen = kept?.subject.seen ?? result.luck.trialsInLuck;
  // Whatever was tried on the instrument is another look at it, by whichever strategy and on whichever interval.
  const tried = kept === undefined ? emptyLuck() : withTrialsOf(kept.subject, kept.instrument);
  const record = { ...withRun(tried), seen: Math.max(1, seen) };
  const all = kept === undefined ? undefined : chanceOfLuck(figures, withRun(kept.all), 0);
  return {
    weeks,
    figures,
    pool,
    record,
    chance: chanceOfLuck(figures, record, trialsEver),
    pAll: all && Math.max(all.pLuck, all.pHold),
    trialsEver,
    founder,
    isRefinement,
  };
}

/** The lower skewness of two pools. */
function lowerPool(
  pool: PooledSkewness | undefined,
  { skewness, hold_skewness }: LuckWinner,
): PooledSkewness {
  return {
    cash: Math.min(pool?.cash ?? skewness, skewness),
    hold: Math.min(pool?.hold ?? hold_skewness, hold_skewness),
  };
}

function earliestKin(
  { blocks, sums }: TrialFigures,
  winners: readonly LuckWinner[],
): LuckWinner | undefined {
  const index = founderOf(winners, { blocks, sums });
  return index === undefined ? undefined : winners[index];
}

interface MeasuredFounder {
  readonly winner: LuckWinner;
  readonly p: number;
}

/** The founder's settings on today's candles; where these settings no longer exist, the weeks that it won. */
function measureFounder(
  { config, candles, strategy }: OptimizeRequest,
  { founder, weeks, record, trialsEver }: MeasuredWinner,
): MeasuredFounder {
  const winner = founder!;
  const pool = { cash: winner.skewness, hold: winner.hold_skewness };
  const p = ({ pLuck, pHold }: ChanceOfLuck): number => Math.max(pLuck, pHold);
  try {
    const run = runBacktest(
      {
        ...trialConfig(config, winner.settings),
        ...winnerDecisions(winner),
        engine: 'fast',
      },
      candles,
      { strategy },
    );
    const figures = trialFigures(weeks, returnsOf(run), pool);
    return { winner, p: p(chanceOfLuck(figures, record, trialsEver)) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const kept: PeriodWeeks = {
      ...weeks,
      blocks: Int32Array.from(winner.blocks),
      starts: Int32Array.from({ length: winner.blocks.length + 1 }, (_, j) => j),
      marketCentred: new Float64Array(winner.blocks.length),
      marketSquares: 0,
      marketSums: new Float64Array(winner.blocks.length),
    };
    const figures = trialFigures(kept, winner.sums, pool);
    return { winner, p: chanceOfLuck(figures, record, trialsEver).pLuck };
  }
}

/** `undefined` where the settings cannot be run that way. */
function stressOf(
  { config, candles, strategy }: OptimizeRequest,
  settings: TrialSettings,
): number | undefined {
  try {
    const sharpe = stressSharpe(trialConfig(config, settings), candles, { strategy });
    return Number.isFinite(sharpe) ? sharpe : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function blockOf({
  request,
  result,
  winner,
  own,
  selection,
  founder,
  stress,
}: {
  readonly request: OptimizeRequest;
  readonly result: OptimizeResult;
  readonly winner: RankedTrial;
  readonly own: MeasuredWinner;
  readonly selection: SelectionEvidence;
  readonly founder: MeasuredFounder | undefined;
  readonly stress: number | undefined;
}): JudgementBlock {
  const { config } = request;
  const { figures, chance, trialsEver, record } = own;
  const metric = (name: string): number => winner.metrics[metricColumn(name)]!;
  const trades = metric('total_trades');
  const chosen = choiceOf(own, selection, trialsEver);
  const evidence = {
    sharpe: metric('sharpe_ratio'),
    pLuck: chance.pLuck,
    pHold: chance.pHold,
    pFounder: founder?.p ?? 0,
    weeks: figures.weeks,
    bets: figures.bets,
    quartersInProfit: figures.parts.inProfit,
    tWithoutBest: figures.parts.tWithoutBest,
    lossProbability: chosen.lossProbability,
    costs: config.commission_bps + config.slippage_bps,
    stressSharpe: stress,
  };
  const { verdict, p, shortcomings } = verdictOf(evidence);
  const refines = own.isRefinement ? settingsText(own.founder!) : undefined;
  const story: VerdictStory = {
    verdict,
    shortcomings,
    evidence,
    p,
    trialsEver,
    years: figures.years,
    beta: figures.beta,
    luck: chance.luck,
    expectedSharpe: chosen.expectedSharpe,
    refines,
    trades,
  };
  const { overfitting, plateau, sample } = selection;
  const choice =
    overfitting &&
    choiceSentence(
      choiceFinding(overfitting.probability, overfitting.lossProbability),
      overfitting.lossProbability,
    );
  return {
    verdict: verdictWord(verdict),
    sentence: verdictSentence(story),
    p: judgementChance(p),
    p_luck: judgementChance(chance.pLuck),
    p_hold: judgementChance(chance.pHold),
    p_founder: founder === undefined ? null : judgementChance(founder.p),
    p_all_ledgers: own.pAll === undefined ? null : judgementChance(own.pAll),
    luck_sharpe_median: judgementFigure(chance.luck.median),
    luck_sharpe_95: judgementFigure(chance.luck.high),
    sharpe_ratio: judgementFigure(evidence.sharpe),
    expected_sharpe_ratio: judgementFigure(chosen.expectedSharpe),
    sharpe_lower_bound: judgementFigure(chance.lowerBound),
    loss_probability: judgementFigure(
      typeof chosen.lossProbability === 'number' ? chosen.lossProbability : undefined,
    ),
    overfitting_probability: judgementFigure(overfitting?.probability),
    overfitting_splits: overfitting?.splits ?? 0,
    effective_bets: judgementFigure(figures.bets),
    quarters_in_profit: figures.parts.inProfit,
    t_without_best_quarter: judgementFigure(figures.parts.tWithoutBest),
    weeks: figures.weeks,
    length_years: judgementFigure(figures.years) ?? 0,
    trials_ever: trialsEver,
    trials_in_run: result.search.plan.count,
    runs_merged: Math.max(1, record.runs),
    beta: judgementFigure(figures.beta),
    stress_sharpe_ratio: judgementFigure(stress),
    edge_probability_max: judgementFigure(edgeBound(p)),
    choice: choice ?? null,
    refines: refines ?? null,
    sample_trials: sample.trials,
    sample_is_whole_grid: sample.isWhole,
    sample_seed: sample.seed,
    sample_returns: sample.returns,
    plateau_width: judgementFigure(plateau.width),
    plateau_neighbours: plateau.neighbours,
    trades,
    costs: evidence.costs,
    ambiguous_share: judgementFigure(metric('ambiguous_share')) ?? 0,
    failed: shortcomingSentences(story),
  };
}

/** What to expect of the choice: a refined winner was chosen from the grid of its founder. */
function choiceOf(
  { founder, isRefinement }: MeasuredWinner,
  { overfitting }: SelectionEvidence,
  trialsEver: number,
): {
  readonly lossProbability: number | 'not-asked' | undefined;
  readonly expectedSharpe: number | undefined;
} {
  if (isRefinement) {
    return {
      lossProbability: founder!.loss_probability ?? overfitting?.lossProbability,
      expectedSharpe: founder!.expected_sharpe_ratio ?? overfitting?.expectedSharpe,
    };
  }
  return {
    lossProbability: trialsEver === 1 ? 'not-asked' : overfitting?.lossProbability,
    expectedSharpe: overfitting?.expectedSharpe,
  };
}

function rememberedWinner(
  { config }: OptimizeRequest,
  result: OptimizeResult,
  { figures, pool }: MeasuredWinner,
  block: JudgementBlock,
): LuckWinner {
  const { parameters, filters, stops } = settingsOf(result, result.best[0]!);
  return luckWinner({
    time: new Date().toISOString(),
    settings: { parameters: { ...parameters }, filters: { ...filters }, stops: { ...stops } },
    run: config,
    weeks: figures,
    skewness: pool,
    chosen: block,
  });
}

function isSame(
  founder: LuckWinner,
  run: BacktestRunConfig,
  { parameters, filters, stops }: TrialSettings,
): boolean {
  const text = (...parts: unknown[]): string => JSON.stringify(parts);
  const { settings } = founder;
  return (
    text(winnerDecisions(founder)) === text(trialDecisions(run)) &&
    text(settings.parameters, settings.filters, settings.stops) === text(parameters, filters, stops)
  );
}

function settingsText({ settings }: LuckWinner): string {
  const { parameters, filters, stops } = settings;
  return settingWords({ ...parameters, ...filters, ...stops }).join(', ');
}

/** Complete settings, those without effect included: the best list has them as `null`. */
function settingsOf({ search }: OptimizeResult, { id }: RankedTrial): TrialSettings {
  const { plan } = search;
  const trial = plan.trial(id);
  return {
    parameters: plan.signalSettings(trial.signal),
    filters: plan.filterSettings(trial.filter),
    stops: plan.stopSettings(trial.stop),
  };
}

function returnsOf({ candles, period, rules, run }: BacktestResult): number[] {
  return periodReturns(
    rules.initialBalance,
    run.equity,
    candles.openTime.subarray(period.from, period.to),
    timeframeMs(candles.timeframe),
  );
}
