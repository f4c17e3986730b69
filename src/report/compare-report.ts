import type { Comparison, LoggedTrade, TradeDifferences } from '../analysis/index.js';
import { quoteAsset } from '../domain/index.js';
import { METRICS, type Metrics } from '../metrics/index.js';
import { tinted } from './backtest-headline.js';
import { CURVES_MAX, type Curve, curvesChart } from './charts/curves-chart.js';
import { CURVES_CHART_ID, curvesPayload } from './curves-payload.js';
import { HERO_HEIGHT } from './hero.js';
import { html, type SafeHtml } from './html.js';
import { metricUnit } from './metric-unit.js';
import { type Page, renderPage, type Section } from './page.js';
import { formatAs, formatTime, plural } from './shared/index.js';
import { definitionList, table } from './tables.js';
import { timeChart } from './time-chart-card.js';

/** What a comparison report shows. */
export interface CompareReportInput {
  readonly comparison: Comparison;
  /** Tells this comparison from one of other results. */
  readonly subject: string;
  readonly command: string;
  readonly version: string;
  /** ms UTC. */
  readonly createdTime: number;
}

const TRADES_SHOWN = 100;

/**
 * Builds the HTML report of results side by side: one file that works offline.
 *
 * @param input - Comparison and where it comes from.
 */
export function renderCompareReport(input: CompareReportInput): string {
  const { comparison } = input;
  const names = comparison.results.map(({ name }) => name);
  const synthetic = comparison.results
    .filter(({ record, trades }) => record?.isSynthetic === true || isAllSynthetic(trades))
    .map(({ name }) => name);
  return renderPage({
    kind: 'Comparison',
    subject: input.subject,
    title:
      names.length === 2 ? names.join(' and ') : `${plural(names.length, 'result')} side by side`,
    subtitle: html`${names.length === 2 ? 'Two results side by side' : names.join(' · ')}`,
    isSynthetic: synthetic.length === names.length,
    banners:
      synthetic.length === 0 || synthetic.length === names.length
        ? []
        : [
            html`<b>${synthetic.length} of ${names.length} results ${synthetic.length === 1 ? 'is' : 'are'} SYNTHETIC:</b> ${synthetic.join(', ')}. Generated candles say nothing about a real market.`,
          ],
    sections: [
      resultSection(comparison),
      settingsSection(comparison),
      metricsSection(comparison),
      tradesSection(comparison),
      filesSection(input),
    ],
    ...comparedPayload(comparison),
    version: input.version,
    createdTime: input.createdTime,
  });
}

/** Results that began with other balances are compared in percent. */
function comparedPayload(comparison: Comparison): Pick<Page, 'payload'> {
  const curves = knownCurves(comparison).slice(0, CURVES_MAX);
  if (curves.length === 0) return {};
  const asset = quoteName(comparison.results) ?? 'quote';
  return {
    payload: curvesPayload(curves, {
      title: `Equity (${asset})`,
      kind: 'equity',
      quoteAsset: asset,
      isPercent: new Set(curves.map(({ values }) => values[0])).size > 1,
    }),
  };
}

function isAllSynthetic(trades: readonly LoggedTrade[] = []): boolean {
  return trades.length > 0 && trades.every(({ world }) => world === 'SYNTHETIC');
}

function settingsSection({ settings, results }: Comparison): Section {
  return {
    id: 'settings',
    title: 'Settings that differ',
    navigation: 'Settings',
    content: html`<div class="card">${
      settings.length === 0
        ? html`<p>All known settings are equal.</p>`
        : table(
            [
              { name: 'Setting', isText: true, cell: (row) => row.name },
              ...results.map(({ name }, k) => ({
                name: html`<span class="long">${name}</span>`,
                label: name,
                isText: true,
                cell: (row: (typeof settings)[number]) =>
                  html`<span class="long">${settingCell(row.values[k])}</span>`,
              })),
            ],
            settings,
            'Parameters, rules, money and data that differ between the results',
            { stacks: true },
          )
    }</div>`,
  };
}

/** Times of periods are read as everywhere in reports. */
function settingCell(text: string | undefined): string {
  if (text === undefined) return 'unknown';
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? formatTime(Date.parse(text)) : text;
}

function metricsSection({ metrics, results }: Comparison): Section {
  const rows = metrics.flatMap((metric) => {
    const entry = METRICS.find(({ key }) => key === metric.key);
    return entry === undefined ? [] : [{ ...metric, entry }];
  });
  const isSpanEqual = new Set(results.map(({ record }) => JSON.stringify(record?.span))).size === 1;
  const asset = quoteName(results);
  return {
    id: 'metrics',
    title: 'Metrics',
    lead: `The arrow marks the best result, for metrics with a better direction.${asset === undefined ? '' : ` Money in ${asset}.`}${isSpanEqual ? '' : ' The periods differ: compare rates and ratios, not totals.'}`,
    content: html`<div class="card">${table(
      [
        { name: 'Metric', isText: true, cell: (row) => row.entry.label },
        ...results.map(({ name }, k) => ({
          name: html`<span class="long">${name}</span>`,
          cell: (row: (typeof rows)[number]): SafeHtml => {
            const value = formatAs(row.values[k]!, metricUnit(row.entry));
            return row.best === k
              ? html`<b class="better" title="better">${value} <span aria-label="better">◂</span></b>`
              : html`${value}`;
          },
        })),
      ],
      rows,
      'Metrics of each result',
    )}</div>`,
  };
}

function quoteName(results: Comparison['results']): string | undefined {
  const symbols = results.map(
    ({ record, trades }) => record?.settings.symbol ?? trades?.[0]?.symbol,
  );
  const assets = new Set(
    symbols.map((symbol) => (typeof symbol === 'string' ? quoteAsset(symbol) : 'quote')),
  );
  return assets.size === 1 ? [...assets][0] : undefined;
}

function knownCurves({ equity, results }: Comparison): readonly Curve[] {
  return equity.flatMap((curve, k): Curve[] =>
    curve === undefined || curve.times.length === 0 ? [] : [{ label: results[k]!.name, ...curve }],
  );
}

/** The comparison begins with its picture; the headline figures stand beside it. */
function resultSection(comparison: Comparison): Section {
  const { equity, results } = comparison;
  const curves = knownCurves(comparison);
  const unknown = results.filter((_, k) => equity[k] === undefined).map(({ name }) => name);
  const notes = [
    'Equity at candle closes if the result has it, otherwise the balance after each exit.',
    ...(unknown.length > 0 && curves.length > 0
      ? [`Not available for ${unknown.join(', ')}.`]
      : []),
    ...(curves.length > CURVES_MAX ? [`The first ${CURVES_MAX} are drawn.`] : []),
  ];
  const yName = `equity (${quoteName(results) ?? 'quote'})`;
  return {
    id: 'result',
    title: 'Result',
    content: html`<div class="hero compared"><div class="picture" id="equity">${
      curves.length === 0
        ? html`<div class="card"><p>No result has an equity curve.</p></div>`
        : html`${timeChart(CURVES_CHART_ID, 'Equity and drawdown of each result over time', HERO_HEIGHT, html`<p class="small-print">${notes.join(' ')}</p>`)}<div class="paper">${curvesChart(curves, { label: 'Equity of each result over time', yName })}</div>`
    }</div><div class="headlines${results.length > 4 ? ' many' : ''}">${results.map((_, k) => headlineCard(comparison, k))}</div></div>`,
  };
}

function headlineCard({ equity, results, metrics }: Comparison, k: number): SafeHtml {
  const value = (key: keyof Metrics): number =>
    metrics.find((metric) => metric.key === key)?.values[k] ?? Number.NaN;
  const curve = equity[k];
  const first = curve?.values[0] ?? Number.NaN;
  const earned = (curve?.values.at(-1) ?? Number.NaN) / first - 1;
  const figure = (name: string, text: SafeHtml | string): SafeHtml =>
    html`<div><dt>${name}</dt><dd>${text}</dd></div>`;
  return html`<div class="card headline-card"><h3>${results[k]!.name}</h3><dl>${figure('Return', tinted(earned, 'signed-fraction'))}${figure('Drawdown', formatAs(value('maxDrawdown'), 'fraction'))}${figure('Sharpe ratio', formatAs(value('sharpeRatio'), 'ratio'))}${figure('Trades', formatAs(value('totalTrades'), 'count'))}</dl></div>`;
}

function tradesSection({ trades, results }: Comparison): Section {
  const without = results.filter((result) => result.trades === undefined);
  return {
    id: 'trades',
    title: 'Trades that differ',
    navigation: 'Trades',
    lead: 'Trades match if symbol, side and entry time are equal. The first result is compared with each of the others.',
    content: html`<div class="grid">${trades.map((difference) => differenceCard(difference, results))}${
      without.length > 0
        ? html`<div class="card wide"><p>No trade log for ${without.map(({ name }) => name).join(', ')}: run the backtest with --trades-file.</p></div>`
        : undefined
    }</div>`,
  };
}

function differenceCard(difference: TradeDifferences, results: Comparison['results']): SafeHtml {
  const [a, b] = [results[difference.first]!.name, results[difference.second]!.name];
  const { onlyFirst, onlySecond, otherExit, same } = difference;
  const part = (title: string, content: SafeHtml, count: number): SafeHtml =>
    count === 0
      ? html``
      : html`<details${count <= 12 ? html` open` : undefined}><summary>${title}: ${plural(count, 'trade')}${count > TRADES_SHOWN ? `, the first ${TRADES_SHOWN} shown` : ''}</summary>${content}</details>`;
  return html`<div class="card wide"><h3>${a} and ${b}</h3>${definitionList([
    ['In both', plural(same, 'trade')],
    [`Only in ${a}`, plural(onlyFirst.length, 'trade')],
    [`Only in ${b}`, plural(onlySecond.length, 'trade')],
    ['Same entry, different exit', plural(otherExit.length, 'trade')],
  ])}${part(`Only in ${a}`, tradeTable(onlyFirst), onlyFirst.length)}${part(`Only in ${b}`, tradeTable(onlySecond), onlySecond.length)}${part('Same entry, different exit', exitTable(otherExit, a, b), otherExit.length)}</div>`;
}

function tradeTable(trades: readonly LoggedTrade[]): SafeHtml {
  return table(
    [
      { name: 'Symbol', isText: true, cell: (row) => row.symbol },
      { name: 'Side', isText: true, cell: (row) => row.side },
      { name: 'Entry (UTC)', isText: true, cell: (row) => formatTime(row.entryTime) },
      { name: 'Exit (UTC)', isText: true, cell: (row) => formatTime(row.exitTime) },
      { name: 'Reason', isText: true, cell: (row) => row.exitReason },
      { name: 'Return', cell: (row) => tinted(row.returnPct, 'signed-percent') },
      { name: 'Net profit (quote)', cell: (row) => tinted(row.netPnl, 'signed-quote') },
    ],
    trades.slice(0, TRADES_SHOWN),
    'Trades in one result only',
  );
}

function exitTable(pairs: TradeDifferences['otherExit'], a: string, b: string): SafeHtml {
  const exit = (trade: LoggedTrade): string => `${formatTime(trade.exitTime)}, ${trade.exitReason}`;
  return table(
    [
      { name: 'Symbol', isText: true, cell: ([trade]) => trade.symbol },
      { name: 'Side', isText: true, cell: ([trade]) => trade.side },
      { name: 'Entry (UTC)', isText: true, cell: ([trade]) => formatTime(trade.entryTime) },
      {
        name: html`<span class="long">Exit in ${a}</span>`,
        isText: true,
        cell: ([trade]) => exit(trade),
      },
      {
        name: html`<span class="long">Exit in ${b}</span>`,
        isText: true,
        cell: ([, twin]) => exit(twin),
      },
      {
        name: html`<span class="long">Return in ${a}</span>`,
        cell: ([trade]) => tinted(trade.returnPct, 'signed-percent'),
      },
      {
        name: html`<span class="long">Return in ${b}</span>`,
        cell: ([, twin]) => tinted(twin.returnPct, 'signed-percent'),
      },
    ],
    pairs.slice(0, TRADES_SHOWN),
    'Trades with the same entry and a different exit',
  );
}

function filesSection({ comparison, command }: CompareReportInput): Section {
  return {
    id: 'files',
    title: 'Files',
    content: html`<div class="card">${table(
      [
        { name: 'Name', isText: true, cell: (row) => row.name },
        { name: 'File', isText: true, cell: (row) => row.path },
        {
          name: 'Notes',
          isText: true,
          cell: (row) => html`<span class="long">${row.notes.join('; ') || '–'}</span>`,
        },
      ],
      comparison.results,
      'Compared results',
    )}<div class="command" style="margin-top:12px"><pre id="command" tabindex="0">${command}</pre><button type="button" data-copy="command" hidden>Copy</button></div></div>`,
  };
}
