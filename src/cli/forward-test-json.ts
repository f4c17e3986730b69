import { METRIC_UNITS, metricsRecord } from '../metrics/index.js';
import { forwardTestVerdict } from '../report/index.js';
import { equityCurveOf } from './equity-curve.js';
import type { FinishedForwardTest } from './finished-forward-test.js';
import { monteCarloRecord } from './monte-carlo-text.js';
import { plainText } from './plain-text.js';
import { isSynthetic } from './provenance.js';

/**
 * Returns what `--json` prints, and what is kept beside the trade log: keys in snake_case, `Infinity` as text.
 *
 * @param finished - What happened.
 */
export function forwardTestJson(finished: FinishedForwardTest): Record<string, unknown> {
  const {
    test,
    loaded,
    strategyFile,
    notes,
    command,
    reportFile,
    tradesFile,
    traceFile,
    plotFiles,
  } = finished;
  const { config, parameters, candles, strategy, metrics } = test.outOfSample;
  const { strategy: _strategy, params: _params, files: _files, ...rules } = config;
  const { sentence, cautions } = forwardTestVerdict(test);
  return {
    command,
    synthetic: isSynthetic(loaded),
    strategy: strategy.name,
    ...(strategyFile === undefined ? {} : { strategy_file: strategyFile }),
    symbol: candles.symbol,
    market: candles.market,
    interval: candles.timeframe,
    parameters,
    config: rules,
    forward_period: isoPeriod(test.forwardPeriod),
    optimization_period: isoPeriod(test.optimizationPeriod),
    overlap: test.overlap === undefined ? null : isoPeriod(test.overlap),
    outcome: test.judgement.outcome,
    doubts: test.judgement.doubts,
    judgement: [sentence, ...cautions].map(plainText),
    sharpe_oos_over_is: test.sharpeKept ?? null,
    evidence: evidenceRecord(test),
    probability_of_positive_sharpe: Number.isNaN(test.probability) ? null : test.probability,
    out_of_sample: metricsRecord(metrics),
    in_sample: test.inSample === undefined ? null : metricsRecord(test.inSample.metrics),
    metric_units: METRIC_UNITS,
    equity_curve: equityCurveOf(test.outOfSample),
    optimization_judgement: test.optimized.judgement ?? null,
    monte_carlo: monteCarloRecord(test.monteCarlo),
    files: loaded.files,
    data_hash: loaded.dataHash,
    optimized_data_hash: test.optimized.data_hash,
    notes,
    report: reportFile,
    trades_file: tradesFile,
    ...(traceFile === undefined ? {} : { trace_file: traceFile }),
    plots: plotFiles,
  };
}

function evidenceRecord({ evidence }: FinishedForwardTest['test']): Record<string, unknown> {
  const { look, band } = evidence;
  return {
    p_forward: evidence.p,
    p_forward_hold: evidence.pHold,
    weeks: evidence.weeks,
    look: new Date(look.time).toISOString(),
    look_declared: look.isDeclared,
    look_over: evidence.isLookOver,
    first_look_p: evidence.firstLookP,
    largest_evidence: evidence.largestEvidence,
    last_evidence: evidence.lastEvidence,
    settings_tested: evidence.settingsTested,
    expected_sharpe_ratio: evidence.expectedSharpe ?? null,
    expected_band: band ?? null,
    beta: evidence.beta,
  };
}

function isoPeriod({ start, end }: { readonly start: number; readonly end: number }): object {
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
}
