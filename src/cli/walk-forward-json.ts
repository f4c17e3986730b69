import { timeframeMs } from '../domain/index.js';
import type { WalkForwardSelection } from '../forward-test/index.js';
import { METRIC_UNITS, metricsRecord } from '../metrics/index.js';
import { verdictWord } from '../optimize/index.js';
import type { Parameters, ParameterValue } from '../strategies/index.js';
import { equityCurve } from './equity-curve.js';
import type { FinishedWalkForward } from './finished-walk-forward.js';
import { monteCarloRecord } from './monte-carlo-text.js';
import { isSynthetic } from './provenance.js';

/**
 * Returns what `--json` prints, and what is kept beside the trade log: keys in snake_case, `Infinity` as text.
 *
 * @param finished - What happened.
 */
export function walkForwardJson(finished: FinishedWalkForward): Record<string, unknown> {
  const { job, loaded, loadedStrategy, config, result, notes, command, written } = finished;
  const { candles } = loaded;
  const { stitched, judgement } = result;
  const { strategy: _strategy, params: _params, files: _files, start, end, ...rules } = config;
  const settings = result.windows.map((window) => window.settings);
  const [first, last] = [result.windows[0], result.windows.at(-1)];
  const tradesFile = written.find(([name]) => name === 'Trades')?.[1];
  return {
    command,
    synthetic: isSynthetic(loaded),
    strategy: loadedStrategy.strategy.name,
    symbol: candles.symbol,
    market: candles.market,
    interval: candles.timeframe,
    parameters: common(settings.map(({ parameters }) => parameters)),
    config: {
      ...rules,
      ...common(settings.map(({ stops }) => stops)),
      ...common(settings.map(({ filters }) => filters)),
      symbol: candles.symbol,
      interval: candles.timeframe,
      train_days: job.lengths.trainDays,
      test_days: job.lengths.testDays,
      step_days: job.lengths.stepDays,
      anchored: job.lengths.anchored,
    },
    ...(first === undefined || last === undefined
      ? {}
      : { span: { start: iso(first.testStart), end: iso(last.testEnd) } }),
    files: loaded.files,
    data_hash: loaded.dataHash,
    metric: job.ranking.metric,
    metric_units: METRIC_UNITS,
    planned_windows: result.planned,
    known_windows: result.known,
    complete: result.isComplete,
    windows: result.windows.map((window) => ({
      window: window.number,
      train_start: iso(window.trainStart),
      train_end: iso(window.trainEnd),
      test_start: iso(window.testStart),
      test_end: iso(window.testEnd),
      combinations: window.combinations,
      strategy: window.settings.parameters,
      risk: window.settings.stops,
      filters: window.settings.filters,
      in_sample: metricsRecord(window.inSample),
      out_of_sample: metricsRecord(window.outOfSample.metrics),
    })),
    ...(stitched === undefined
      ? {}
      : {
          out_of_sample: metricsRecord(stitched.metrics),
          equity_curve: equityCurve(
            stitched.openTimes,
            stitched.equity,
            timeframeMs(candles.timeframe),
          ),
        }),
    judgement:
      judgement === undefined
        ? null
        : {
            verdict: verdictWord(judgement.verdict),
            sentence: judgement.sentence,
            failed: judgement.failed,
            p: judgement.p,
            p_luck: judgement.pLuck,
            p_hold: judgement.pHold,
            p_founder: judgement.pFounder ?? null,
            refines: judgement.refines ?? null,
            luck_sharpe_median: number(judgement.luck.median),
            luck_sharpe_95: number(judgement.luck.high),
            sharpe_lower_bound: number(judgement.lowerBound),
            effective_bets: number(judgement.figures.bets),
            quarters_in_profit: judgement.figures.parts.inProfit,
            t_without_best_quarter: number(judgement.figures.parts.tWithoutBest),
            weeks: judgement.figures.weeks,
            length_years: judgement.figures.years,
            beta: number(judgement.figures.beta),
            efficiency: judgement.efficiency ?? null,
            in_sample_growth_per_year: judgement.inSampleGrowth,
            out_of_sample_growth_per_year: judgement.outOfSampleGrowth,
            profitable_share: judgement.profitableShare,
          },
    selection: selectionRecord(result.selection),
    monte_carlo: monteCarloRecord(result.monteCarlo),
    notes: [...notes, ...result.notes],
    ...(tradesFile === undefined ? {} : { trades_file: tradesFile }),
    written: Object.fromEntries(written.map(([name, file]) => [name.toLowerCase(), file])),
  };
}

/** What stands for a setting that is not the same in all windows. */
const VARIES = 'varies';

/** Settings over the windows, so that a walk-forward can stand beside runs with one setting each. */
function common(windows: readonly Parameters[]): Record<string, ParameterValue> {
  const [first = {}, ...others] = windows;
  return Object.fromEntries(
    Object.entries(first).map(([name, value]) => [
      name,
      others.every((other) => JSON.stringify(other[name]) === JSON.stringify(value))
        ? value
        : VARIES,
    ]),
  );
}

function selectionRecord(selection: WalkForwardSelection | undefined): object | null {
  if (selection === undefined) return null;
  const { walks, trials, evidence } = selection;
  return {
    walk_forwards: walks,
    trials: trials ?? null,
    overfitting_probability: evidence?.overfitting?.probability ?? null,
    overfitting_splits: evidence?.overfitting?.splits ?? 0,
    loss_probability: evidence?.overfitting?.lossProbability ?? null,
    expected_sharpe_ratio: evidence?.overfitting?.expectedSharpe ?? null,
    plateau_width: evidence?.plateau.width ?? null,
    plateau_neighbours: evidence?.plateau.neighbours ?? 0,
    sample_trials: evidence?.sample.trials ?? 0,
    sample_seed: evidence?.sample.seed ?? null,
    sample_returns: evidence?.sample.returns ?? 0,
  };
}

/** JSON has no place for what is not there or has no end. */
function number(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
