import { quoteAsset } from '../domain/index.js';
import { walkForwardChecks } from '../report/index.js';
import { isAtLeast } from '../statistics/index.js';
import { costsText } from './costs-text.js';
import type { FinishedWalkForward } from './finished-walk-forward.js';
import { checkLines } from './judgement-summary.js';
import { displayMetric, grouped } from './metric-display.js';
import { monteCarloRows } from './monte-carlo-text.js';
import type { Palette } from './terminal.js';
import { textTable } from './text-table.js';
import { layoutText } from './walk-forward-job.js';

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
    ['Costs', costsText(finished.config)],
    ['In profit', `${percent(judgement.profitableShare, 0)} of ${windows.length} windows`],
    ...monteCarloRows(result.monteCarlo, { initialBalance: finished.config.initial_balance }),
  ];
  const colour = isAtLeast(judgement.verdict, 'promising') ? palette.green : palette.yellow;
  return [
    palette.bold(
      `${loadedStrategy.strategy.name} on ${candles.symbol} ${candles.timeframe} (${candles.market}), walk-forward`,
    ),
    `${layoutText(job.lengths)}; ${windows.length} of ${result.planned} windows, chosen by ${job.ranking.metric}`,
    '',
    ...textTable([[...header, 'settings'], ...rows], 'lrllrrrrrl'),
    '',
    ...textTable(facts, 'll'),
    '',
    palette.bold('Is it more than luck?'),
    ...checkLines(walkForwardChecks(result), palette),
    ...sampleLines(result),
    colour(judgement.sentence),
    '',
    ...[...notes, ...result.notes].map((note) => `Note: ${note}`),
    '',
    ...textTable(written, 'll'),
  ].join('\n');
}

function sampleLines({ selection }: FinishedWalkForward['result']): string[] {
  const evidence = selection?.evidence;
  if (evidence === undefined) return [];
  const { trials, seed, returns } = evidence.sample;
  const splits = grouped(evidence.overfitting?.splits ?? 0, 0);
  return [
    `  from ${grouped(trials, 0)} combinations run again (seed ${seed}), ${grouped(returns, 0)} returns each, ${splits} splits`,
  ];
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
