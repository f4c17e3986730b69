import { quoteAsset } from '../domain/index.js';
import { metricsRecord } from '../metrics/index.js';
import { displayMetric, grouped } from './metric-display.js';
import type { Palette } from './terminal.js';
import { textTable } from './text-table.js';
import { type FinishedWalkForward, layoutText } from './walk-forward-job.js';

/**
 * Returns the result of a walk-forward as text.
 *
 * @param finished - At least one window.
 * @param palette - Colours; plain on a pipe.
 */
export function walkForwardSummary(finished: FinishedWalkForward, palette: Palette): string {
  const { job, loaded, loadedStrategy, result, notes, written } = finished;
  const { candles } = loaded;
  const { windows } = result;
  const { metrics } = result.stitched!;
  const judgement = result.judgement!;
  const quote = quoteAsset(candles.symbol);
  const percent = (fraction: number, decimals = 1): string =>
    `${grouped(100 * fraction, decimals)} %`;
  const header = [
    '',
    '#',
    'test from',
    'to',
    'Sharpe in',
    'out',
    'return out',
    'max drawdown',
    'trades',
  ];
  const differing = differingSettings(finished);
  const rows = windows.map((window, k) => {
    const { metrics: own, rules } = window.outOfSample;
    return [
      '',
      String(window.number),
      day(window.testStart),
      day(window.testEnd),
      grouped(window.inSample.sharpeRatio, 2),
      grouped(own.sharpeRatio, 2),
      percent(own.cumulativeProfit / rules.initialBalance),
      percent(own.maxDrawdown),
      grouped(own.totalTrades, 0),
      differing[k]!,
    ];
  });
  const profit = displayMetric(metrics.cumulativeProfit, 'quote', quote);
  const facts = [
    [
      'Out-of-sample',
      `${profit.value} ${quote} (${percent(metrics.cumulativeProfit / finished.config.initial_balance)}), Sharpe ratio ${grouped(metrics.sharpeRatio, 2)} per year, max drawdown ${percent(metrics.maxDrawdown)}, ${grouped(metrics.totalTrades, 0)} trades`,
    ],
    ['Buy and hold', percent(metrics.buyAndHoldReturn)],
    [
      'Efficiency',
      `${judgement.efficiency === undefined ? '-' : grouped(judgement.efficiency, 2)} (log growth per year out-of-sample ${grouped(judgement.outOfSampleGrowth, 2)}, in-sample ${grouped(judgement.inSampleGrowth, 2)})`,
    ],
    ['In profit', `${percent(judgement.profitableShare, 0)} of ${windows.length} windows`],
  ];
  const colour = judgement.holdsUp ? palette.green : palette.red;
  return [
    palette.bold(
      `${loadedStrategy.strategy.name} on ${candles.symbol} ${candles.timeframe} (${candles.market}), walk-forward`,
    ),
    `${layoutText(job.lengths)}; ${windows.length} of ${result.planned} windows, chosen by ${job.ranking.metric}`,
    '',
    ...textTable([[...header, 'settings'], ...rows], 'lrllrrrrrl'),
    '',
    ...textTable(facts, 'll'),
    colour(judgement.sentence),
    '',
    ...[...notes, ...result.notes].map((note) => `Note: ${note}`),
    '',
    ...textTable(written, 'll'),
  ].join('\n');
}

/**
 * Returns what `--json` prints: keys in snake_case, `Infinity` as text.
 *
 * @param finished - What happened.
 * @param command - Command line of the run.
 */
export function walkForwardJson(
  finished: FinishedWalkForward,
  command: string,
): Record<string, unknown> {
  const { job, loaded, loadedStrategy, result, notes, written } = finished;
  const { candles } = loaded;
  const { stitched, judgement } = result;
  return {
    command,
    strategy: loadedStrategy.strategy.name,
    symbol: candles.symbol,
    market: candles.market,
    interval: candles.timeframe,
    data_hash: loaded.dataHash,
    metric: job.ranking.metric,
    train_days: job.lengths.trainDays,
    test_days: job.lengths.testDays,
    step_days: job.lengths.stepDays,
    anchored: job.lengths.anchored,
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
    out_of_sample: stitched === undefined ? null : metricsRecord(stitched.metrics),
    judgement:
      judgement === undefined
        ? null
        : {
            holds_up: judgement.holdsUp,
            sentence: judgement.sentence,
            failed: judgement.failed,
            efficiency: judgement.efficiency ?? null,
            in_sample_growth_per_year: judgement.inSampleGrowth,
            out_of_sample_growth_per_year: judgement.outOfSampleGrowth,
            profitable_share: judgement.profitableShare,
            probability_above_zero: Number.isNaN(judgement.probability)
              ? null
              : judgement.probability,
          },
    notes: [...notes, ...result.notes],
    written: Object.fromEntries(written.map(([name, file]) => [name.toLowerCase(), file])),
  };
}

/** The settings that are not the same in all windows, one text per window. */
function differingSettings({ result }: FinishedWalkForward): string[] {
  const all = result.windows.map(({ settings }) => ({
    ...settings.parameters,
    ...settings.stops,
    ...settings.filters,
  }));
  const names = Object.keys(all[0] ?? {}).filter((name) =>
    all.some((settings) => settings[name] !== all[0]![name]),
  );
  return all.map((settings) =>
    names
      .filter((name) => settings[name] !== null && settings[name] !== false)
      .map((name) => `${name}=${String(settings[name])}`)
      .join(' '),
  );
}

function day(time: number): string {
  return iso(time).slice(0, 10);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
