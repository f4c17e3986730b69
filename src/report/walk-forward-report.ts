import { NOT_SET, shortStrategyName } from '../analysis/index.js';
import type { CandleSeries } from '../candles/index.js';
import type { BacktestRunConfig } from '../config/index.js';
import { quoteAsset, timeframeMs } from '../domain/index.js';
import type { WalkForwardResult, WalkForwardWindowResult } from '../forward-test/index.js';
import { chance } from '../optimize/index.js';
import { lowerBound } from '../util/index.js';
import { tinted } from './backtest-headline.js';
import { EQUITY_CHART_ID } from './backtest-payload.js';
import type { Provenance } from './backtest-report-input.js';
import { type Bar, barChart } from './charts/bar-chart.js';
import { curvesChart } from './charts/curves-chart.js';
import { HERO_HEIGHT, heroSection } from './hero.js';
import { html, type SafeHtml } from './html.js';
import { monteCarloSections } from './monte-carlo-section.js';
import { packLine, packText } from './pack.js';
import { renderPage, type Section } from './page.js';
import { reproduceSection } from './reproduce-section.js';
import { rollingParts } from './rolling-section.js';
import { settingsList, settingValue } from './settings-list.js';
import {
  formatAs,
  formatDate,
  groupColumn,
  type LinePayload,
  type NumberUnit,
  plural,
  type ReportPayload,
} from './shared/index.js';
import { definitionList, table } from './tables.js';
import { timeChart } from './time-chart-card.js';
import { verdictSection } from './verdict-section.js';
import { walkForwardChecks } from './walk-forward-checks.js';

/** What the report of a walk-forward shows. */
export interface WalkForwardReportInput {
  /** At least one window. */
  readonly result: WalkForwardResult;
  readonly strategy: { readonly name: string; readonly shortName?: string };
  readonly candles: Pick<CandleSeries, 'symbol' | 'market' | 'timeframe'>;
  readonly config: BacktestRunConfig;
  /** Metric that chose, snake_case. */
  readonly metric: string;
  /** How the windows lie, in words: `180 days of training, 30 days of test, rolling`. */
  readonly layout: string;
  readonly notes: readonly string[];
  readonly provenance: Provenance;
}

/** Candles that the page stores; longer walks are stored in groups. */
const STORED_MAX = 200_000;

/**
 * Builds the HTML report of a walk-forward: one file that works offline.
 *
 * @param input - Result and provenance.
 * @throws {RangeError} If no window was finished.
 */
export function renderWalkForwardReport(input: WalkForwardReportInput): string {
  const { result, strategy, candles, provenance } = input;
  const { windows, stitched } = result;
  if (windows.length === 0) throw new RangeError('Cannot write a report: no window is finished');
  const payload = equityPayload(input);
  const rolling = rollingParts(
    {
      initialBalance: input.config.initial_balance,
      equity: stitched!.equity,
      openTimes: stitched!.openTimes,
      timeframe: candles.timeframe,
    },
    payload.groupSize,
  );
  return renderPage({
    kind: 'Walk-forward',
    title: `${strategy.shortName ?? shortStrategyName(strategy.name)} on ${candles.symbol} ${candles.timeframe}`,
    subtitle: html`Tested from ${formatDate(windows[0]!.testStart)} to ${formatDate(windows.at(-1)!.testEnd)} (UTC) · ${plural(windows.length, 'window')} · ${input.layout} · ${candles.market === 'spot' ? 'spot' : 'USD-M futures'}`,
    isSynthetic: provenance.synthetic,
    banners: [
      ...(result.isComplete
        ? []
        : [
            html`<b>Stopped.</b> ${windows.length} of ${plural(result.planned, 'window')} ${windows.length === 1 ? 'is' : 'are'} finished; run the same command to continue.`,
          ]),
    ],
    sections: [
      resultSection(input),
      ...luckSections(input),
      rolling.section,
      windowsSection(input),
      parametersSection(input),
      ...monteCarloSections(result.monteCarlo, {
        asset: quoteAsset(candles.symbol),
        initialBalance: input.config.initial_balance,
        isUnseen: true,
      }),
      ...noteSections(input),
    ],
    payload: { ...payload, charts: [...payload.charts, ...rolling.charts] },
    version: provenance.version,
    createdTime: provenance.createdTime,
  });
}

function resultSection(input: WalkForwardReportInput): Section {
  const { result, candles, config } = input;
  const { metrics } = result.stitched!;
  const judgement = result.judgement!;
  const asset = quoteAsset(candles.symbol);
  const earned = metrics.cumulativeProfit / config.initial_balance;
  const { efficiency } = judgement;
  return heroSection({
    sentence: judgement.sentence,
    picture: html`${timeChart(EQUITY_CHART_ID, 'Equity of all tests in sequence, buy and hold, and drawdown', HERO_HEIGHT)}<div class="paper">${staticEquity(input)}</div>`,
    tiles: [
      {
        name: 'Return',
        value: tinted(earned, 'signed-fraction'),
        detail: `${formatAs(metrics.finalBalance, 'quote')} ${asset}, from ${formatAs(config.initial_balance, 'quote')}`,
      },
      {
        name: 'Buy and hold',
        value: tinted(metrics.buyAndHoldReturn, 'signed-fraction'),
        detail: 'first to last test, without costs',
      },
      {
        name: 'Max drawdown',
        value: formatAs(metrics.maxDrawdown, 'fraction'),
        detail: 'of all tests together',
      },
      {
        name: 'Sharpe ratio',
        value: formatAs(metrics.sharpeRatio, 'ratio'),
        detail: `per year; in-sample ${formatAs(judgement.inSampleSharpe, 'ratio')}`,
      },
      {
        name: 'Efficiency',
        value: efficiency === undefined ? '–' : formatAs(efficiency, 'ratio'),
        detail: 'of in-sample growth',
      },
      {
        name: 'Windows in profit',
        value: formatAs(judgement.profitableShare, 'fraction'),
        detail: `of ${plural(result.windows.length, 'window')}`,
      },
      {
        name: 'Trades',
        value: formatAs(metrics.totalTrades, 'count'),
        detail: `${formatAs(metrics.winRate, 'percent')} won`,
      },
      {
        name: 'Chance of luck',
        value: chance(judgement.p),
        detail: 'in worlds without an edge',
      },
    ],
    cautions: [
      'All tests in sequence, each with the settings that were best in its training window; the numbers in the chart mark the start of each window. Equity is measured at candle closes, after costs; buy and hold invests the same balance at the first test.',
      `Growth per year (logarithms): ${formatAs(judgement.outOfSampleGrowth, 'ratio')} out-of-sample, ${formatAs(judgement.inSampleGrowth, 'ratio')} in-sample.`,
    ],
  });
}

/** Equity, buy and hold and drawdown over the candles of the tests. */
function equityPayload({ result, candles, config }: WalkForwardReportInput): ReportPayload {
  const { openTimes, equity, holding } = result.stitched!;
  const asset = quoteAsset(candles.symbol);
  const groupSize = Math.max(1, Math.ceil(openTimes.length / STORED_MAX));
  const line = (label: string, values: Float64Array): Omit<LinePayload, 'color'> => ({
    kind: 'line',
    label,
    unit: 'quote',
    source: { packed: packLine(groupColumn(values, groupSize, 'last')) },
    aggregate: 'last',
    base: config.initial_balance,
  });
  return {
    groupSize,
    candleMs: timeframeMs(candles.timeframe) * groupSize,
    priceDigits: 2,
    quoteAsset: asset,
    times: packText(groupColumn(openTimes, groupSize, 'first'), 0, 2),
    charts: [
      {
        id: EQUITY_CHART_ID,
        marks: result.windows.map(({ number, testStart, testEnd }) => ({
          index: Math.floor(
            Math.min(lowerBound(openTimes, testStart), openTimes.length - 1) / groupSize,
          ),
          label: String(number),
          name: `Window ${number}, from ${formatDate(testStart)} to ${formatDate(testEnd)}`,
        })),
        panes: [
          {
            title: `Equity (${asset})`,
            weight: 3,
            hasLog: true,
            lines: [
              { ...line('Equity', equity), color: 'accent' },
              { ...line('Buy and hold', holding), color: 'muted', dashed: true, isBenchmark: true },
            ],
          },
          {
            title: 'Drawdown (% below the peak)',
            weight: 1.2,
            lines: [
              {
                kind: 'area',
                label: 'Drawdown',
                color: 'loss',
                unit: 'fraction',
                source: { drawdownOf: 'Equity', initial: config.initial_balance },
                aggregate: 'min',
              },
            ],
          },
        ],
      },
    ],
    stops: {},
  };
}

function staticEquity({ result, candles }: WalkForwardReportInput): SafeHtml {
  const { openTimes, equity, holding } = result.stitched!;
  return curvesChart(
    [
      { label: 'Equity out-of-sample', times: openTimes, values: equity },
      { label: 'Buy and hold', times: openTimes, values: holding },
    ],
    {
      label:
        'Stitched out-of-sample equity and buy and hold over time, with the start of each window',
      yName: `equity (${quoteAsset(candles.symbol)})`,
      marks: result.windows.map(({ number, testStart }) => ({
        time: testStart,
        label: String(number),
      })),
    },
  );
}

function luckSections({ result }: WalkForwardReportInput): Section[] {
  const checks = walkForwardChecks(result);
  return checks.length === 0 ? [] : [verdictSection(result.judgement?.sentence ?? '', checks)];
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
    lead: `Each window: the settings with the best ${metric} in training, tested on the candles that follow.`,
    content: html`<div class="grid thirds">
${chart(
  'Return of the test',
  'Percent of the balance at the start of the test.',
  'return (%)',
  bars((window) => 100 * returnOf(window), 'signed-percent'),
)}
${chart(
  'Sharpe ratio in-sample',
  'Annualized, of the chosen settings in the training window.',
  'Sharpe ratio per year',
  bars(({ inSample }) => inSample.sharpeRatio, 'ratio'),
)}
${chart(
  'Sharpe ratio out-of-sample',
  'Annualized, of the same settings in the test window.',
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
    return html`<div class="card"><h3>${name}</h3><p>${changesText(all.map((settings) => settings[name]))}${all.some((settings) => settings[name] === null) ? ` ×: ${NOT_SET}.` : undefined}</p>${barChart(bars, { label: `${name} in each window`, xName: 'window', yName: name })}</div>`;
  });
  const rows = windows.map((window, k) => ({ number: window.number, settings: all[k]! }));
  return {
    id: 'parameters',
    title: 'Chosen settings by window',
    navigation: 'Settings',
    lead: 'A setting that changes from window to window fits noise; a stable one reflects the market.',
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
    }${constant.length === 0 ? undefined : html`<h3>Same in all windows</h3>${definitionList(constant.map(([name, value]) => [name, settingValue(value)] as const))}`}</div>`,
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
