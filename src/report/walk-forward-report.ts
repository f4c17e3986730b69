import { NOT_SET } from '../analysis/index.js';
import type { CandleSeries } from '../candles/index.js';
import type { BacktestRunConfig } from '../config/index.js';
import { quoteAsset } from '../domain/index.js';
import type { WalkForwardResult, WalkForwardWindowResult } from '../forward-test/index.js';
import { tinted } from './backtest-headline.js';
import type { Provenance } from './backtest-report-input.js';
import { type Bar, barChart } from './charts/bar-chart.js';
import { curvesChart } from './charts/curves-chart.js';
import { html, type SafeHtml } from './html.js';
import { monteCarloSections } from './monte-carlo-section.js';
import { renderPage, type Section } from './page.js';
import { reproduceSection } from './reproduce-section.js';
import { robustnessSection, walkForwardChecks } from './robustness-section.js';
import { settingsList, settingValue } from './settings-list.js';
import { formatAs, formatDate, type NumberUnit, plural } from './shared/index.js';
import { definitionList, table } from './tables.js';

/** What the report of a walk-forward shows. */
export interface WalkForwardReportInput {
  /** At least one window. */
  readonly result: WalkForwardResult;
  readonly strategy: { readonly name: string };
  readonly candles: Pick<CandleSeries, 'symbol' | 'market' | 'timeframe'>;
  readonly config: BacktestRunConfig;
  /** Metric that chose, snake_case. */
  readonly metric: string;
  /** How the windows lie, in words: `180 days of training, 30 days of test, rolling`. */
  readonly layout: string;
  readonly notes: readonly string[];
  readonly provenance: Provenance;
}

/**
 * Builds the HTML report of a walk-forward: one file that works offline.
 *
 * @param input - Result and provenance.
 * @throws {RangeError} If no window was finished.
 */
export function renderWalkForwardReport(input: WalkForwardReportInput): string {
  const { result, strategy, candles, provenance } = input;
  const { windows } = result;
  if (windows.length === 0) throw new RangeError('Cannot report as no window was finished');
  return renderPage({
    kind: 'Walk-forward',
    title: `${strategy.name} on ${candles.symbol} ${candles.timeframe}`,
    subtitle: html`Tested from ${formatDate(windows[0]!.testStart)} to ${formatDate(windows.at(-1)!.testEnd)} (UTC) · ${plural(windows.length, 'window')} · ${input.layout} · ${candles.market === 'spot' ? 'spot' : 'USD-M futures'}`,
    isSynthetic: provenance.synthetic,
    banners: [
      ...(result.isComplete
        ? []
        : [
            html`<b>Stopped.</b> ${windows.length} of ${plural(result.planned, 'window')} ${windows.length === 1 ? 'is' : 'are'} finished; the same command goes on.`,
          ]),
    ],
    sections: [
      resultSection(input),
      ...luckSections(input),
      equitySection(input),
      windowsSection(input),
      parametersSection(input),
      ...monteCarloSections(result.monteCarlo, {
        asset: quoteAsset(candles.symbol),
        initialBalance: input.config.initial_balance,
        isUnseen: true,
      }),
      ...noteSections(input),
    ],
    version: provenance.version,
    createdTime: provenance.createdTime,
  });
}

function resultSection({ result, candles, config }: WalkForwardReportInput): Section {
  const { metrics } = result.stitched!;
  const judgement = result.judgement!;
  const asset = quoteAsset(candles.symbol);
  const earned = metrics.cumulativeProfit / config.initial_balance;
  const tile = (name: string, value: SafeHtml | string, detail: string): SafeHtml =>
    html`<div><dt>${name}</dt><dd>${value}<small>${detail}</small></dd></div>`;
  const { efficiency, probability } = judgement;
  return {
    id: 'result',
    title: 'Result',
    content: html`<div class="card result"><p class="verdict">${judgement.sentence}</p></div><dl class="tiles">
${tile('Return', tinted(earned, 'signed-fraction'), `out-of-sample, from ${formatAs(config.initial_balance, 'quote')} to ${formatAs(metrics.finalBalance, 'quote')} ${asset}`)}
${tile('Efficiency', efficiency === undefined ? '–' : formatAs(efficiency, 'ratio'), `growth per year out-of-sample ${formatAs(judgement.outOfSampleGrowth, 'ratio')} over in-sample ${formatAs(judgement.inSampleGrowth, 'ratio')} (logarithms); 0.5 or more is wanted`)}
${tile('Windows in profit', formatAs(judgement.profitableShare, 'fraction'), `of ${plural(result.windows.length, 'window')}`)}
${tile('Sharpe ratio', formatAs(metrics.sharpeRatio, 'ratio'), `per year, in-sample ${formatAs(judgement.inSampleSharpe, 'ratio')} on average; truly above 0 with probability ${Number.isNaN(probability) ? '–' : formatAs(probability, 'fraction')}`)}
${tile('Max drawdown', formatAs(metrics.maxDrawdown, 'fraction'), 'of the stitched equity')}
${tile('Buy and hold', tinted(metrics.buyAndHoldReturn, 'signed-fraction'), 'first test to last, no costs')}
${tile('Trades', formatAs(metrics.totalTrades, 'count'), `${formatAs(metrics.winRate, 'percent')} won, ${formatAs(metrics.ambiguousShare, 'fraction')} of the money ambiguous`)}
</dl>`,
  };
}

function luckSections({ result }: WalkForwardReportInput): Section[] {
  const checks = walkForwardChecks(result);
  const isGood = checks.every(({ isPassed }) => isPassed !== false);
  return checks.length === 0
    ? []
    : [
        robustnessSection(
          isGood
            ? 'Neither the number of walk-forwards tried nor the choice within the grid explains the tests.'
            : 'The tests may be luck: what is marked ✗ is missing.',
          checks,
        ),
      ];
}

function equitySection({ result, candles }: WalkForwardReportInput): Section {
  const { openTimes, equity, holding } = result.stitched!;
  const curves = [
    { label: 'Equity out-of-sample', times: openTimes, values: equity },
    { label: 'Buy and hold', times: openTimes, values: holding },
  ];
  const words = {
    label: 'Stitched out-of-sample equity and buy and hold over time',
    yName: `equity (${quoteAsset(candles.symbol)})`,
  };
  return {
    id: 'equity',
    title: 'Equity out-of-sample',
    navigation: 'Equity',
    lead: 'All tests one after the other, each with the settings that were best on the candles before it. Equity is taken at candle closes, after costs; buy and hold is the same money put into the instrument at the first test.',
    content: html`<div class="card">${curvesChart(curves, words)}</div>`,
  };
}

function windowsSection({ result, candles, metric }: WalkForwardReportInput): Section {
  const asset = quoteAsset(candles.symbol);
  const bars = (value: (window: WalkForwardWindowResult) => number, unit: NumberUnit): Bar[] =>
    result.windows.map((window) => ({
      tick: tickOf(result.windows.length, window.number),
      value: value(window),
      detail: `Window ${window.number}, ${spanText(window.testStart, window.testEnd)}: ${formatAs(value(window), unit)}`,
    }));
  const chart = (title: string, lead: string, yName: string, content: Bar[]): SafeHtml =>
    html`<div class="card"><h3>${title}</h3><p>${lead}</p>${barChart(content, { label: `${title} of each window`, xName: 'window', yName })}</div>`;
  return {
    id: 'windows',
    title: 'Windows',
    lead: `Each line was chosen by ${metric} on the training candles and then tested on candles it had not seen.`,
    content: html`<div class="grid thirds">
${chart(
  'Return of the test',
  'Percent of the balance at its start.',
  'return (%)',
  bars((window) => 100 * returnOf(window), 'signed-percent'),
)}
${chart(
  'Sharpe ratio in-sample',
  'Per year, of what was chosen, on the candles it was chosen on.',
  'Sharpe ratio per year',
  bars(({ inSample }) => inSample.sharpeRatio, 'ratio'),
)}
${chart(
  'Sharpe ratio out-of-sample',
  'Per year, of the same settings on the candles after them.',
  'Sharpe ratio per year',
  bars(({ outOfSample }) => outOfSample.metrics.sharpeRatio, 'ratio'),
)}
</div><br><div class="card">${table<WalkForwardWindowResult>(
      [
        { name: '#', cell: (row) => String(row.number) },
        { name: 'Training', isText: true, cell: (row) => spanText(row.trainStart, row.trainEnd) },
        { name: 'Sharpe in', cell: (row) => formatAs(row.inSample.sharpeRatio, 'ratio') },
        { name: 'Test', isText: true, cell: (row) => spanText(row.testStart, row.testEnd) },
        {
          name: 'Sharpe out',
          cell: (row) => formatAs(row.outOfSample.metrics.sharpeRatio, 'ratio'),
        },
        { name: 'Return out', cell: (row) => tinted(returnOf(row), 'signed-fraction') },
        {
          name: 'Net out',
          cell: (row) => tinted(row.outOfSample.metrics.cumulativeProfit, 'signed-quote'),
        },
        {
          name: 'Max drawdown',
          cell: (row) => formatAs(row.outOfSample.metrics.maxDrawdown, 'fraction'),
        },
        { name: 'Trades', cell: (row) => formatAs(row.outOfSample.metrics.totalTrades, 'count') },
      ],
      result.windows,
      `In-sample and out-of-sample of every window; money in ${asset}, Sharpe ratios per year`,
    )}</div>`,
  };
}

/** A parameter that keeps changing follows noise; one that stays put says something about the market. */
function parametersSection({ result }: WalkForwardReportInput): Section {
  const { windows } = result;
  const all = windows.map(({ settings }) => ({
    ...settings.parameters,
    ...settings.stops,
    ...settings.filters,
  }));
  const names = Object.keys(all[0]!).filter((name) =>
    all.some((settings) => settings[name] !== all[0]![name]),
  );
  const constant = Object.entries(all[0]!).filter(
    ([name, value]) => !names.includes(name) && value !== null && value !== false,
  );
  const numeric = names.filter((name) =>
    all.every((settings) => typeof settings[name] === 'number' || settings[name] === null),
  );
  const charts = numeric.map((name) => {
    const bars = all.map((settings, k): Bar => {
      const value = settings[name] as number | null;
      return {
        tick: tickOf(windows.length, k + 1),
        value: value ?? undefined,
        tone: 'neutral',
        detail: `Window ${k + 1}: ${settingValue(value)}`,
      };
    });
    return html`<div class="card"><h3>${name}</h3><p>${changesText(all.map((settings) => settings[name]))}${all.some((settings) => settings[name] === null) ? ` A cross: ${NOT_SET}.` : undefined}</p>${barChart(bars, { label: `${name} in each window`, xName: 'window', yName: name })}</div>`;
  });
  const rows = windows.map((window, k) => ({ number: window.number, settings: all[k]! }));
  return {
    id: 'parameters',
    title: 'Settings over the windows',
    navigation: 'Settings',
    lead: 'A setting that jumps from window to window follows noise; one that stays put says something about the market.',
    content: html`${charts.length === 0 ? undefined : html`<div class="grid thirds">${charts}</div><br>`}<div class="card">${
      names.length === 0
        ? html`<p>Every window chose the same settings.</p>`
        : table<(typeof rows)[number]>(
            [
              { name: '#', cell: (row) => String(row.number) },
              ...names.map((name) => ({
                name,
                cell: (row: (typeof rows)[number]) => settingValue(row.settings[name]),
              })),
            ],
            rows,
            'Settings that differ between windows',
          )
    }${constant.length === 0 ? undefined : html`<h3>The same in all windows</h3>${definitionList(constant.map(([name, value]) => [name, settingValue(value)] as const))}`}</div>`,
  };
}

function noteSections({ config, notes, result, provenance }: WalkForwardReportInput): Section[] {
  const hidden = ['params', 'symbol', 'interval', 'files', 'engine'];
  const settings = Object.entries(config).filter(([name]) => !hidden.includes(name));
  return [
    {
      id: 'notes',
      title: 'Notes',
      content: html`<div class="card"><ul class="notes">${[...notes, ...result.notes].map((note) => html`<li>${note}</li>`)}</ul></div>`,
    },
    {
      id: 'settings',
      title: 'Run',
      content: html`<div class="card">${settingsList(Object.fromEntries(settings), new Set())}</div>`,
    },
    reproduceSection(provenance),
  ];
}

function returnOf({ outOfSample }: WalkForwardWindowResult): number {
  return outOfSample.metrics.cumulativeProfit / outOfSample.rules.initialBalance;
}

function spanText(start: number, end: number): string {
  return `${formatDate(start)} to ${formatDate(end)}`;
}

/** About a dozen numbers fit below the axis. */
function tickOf(count: number, number: number): string {
  const every = Math.ceil(count / 12);
  return (number - 1) % every === 0 ? String(number) : '';
}

function changesText(values: readonly unknown[]): string {
  const changes = values.filter((value, k) => k > 0 && value !== values[k - 1]).length;
  return `Changed ${plural(changes, 'time')} in ${plural(values.length, 'window')}.`;
}
