import {
  type LoggedTrade,
  resultNames,
  shortStrategyName,
  type TradeAnalysis,
  type TradeLog,
  type TradeSummary,
} from '../analysis/index.js';
import { tinted } from './backtest-headline.js';
import { type Bar, barChart } from './charts/bar-chart.js';
import { CURVES_MAX, type Curve, curvesChart, curvesSvg } from './charts/curves-chart.js';
import { heatMap } from './charts/heat-map.js';
import { standaloneSvg } from './charts/standalone-svg.js';
import { CURVES_CHART_ID, curvesPayload } from './curves-payload.js';
import { HERO_HEIGHT, heroSection, type Tile } from './hero.js';
import { breakable, html, type SafeHtml } from './html.js';
import { histogram } from './measures/histogram.js';
import { renderPage, type Section } from './page.js';
import { formatAs, formatDate, formatShort, formatTime, plural } from './shared/index.js';
import { type TableColumn, table } from './tables.js';
import { timeChart } from './time-chart-card.js';
import { holdingBars, streakBars, streakText } from './trade-charts.js';

/** A file that could not be analyzed, and why. */
export interface RefusedFile {
  readonly path: string;
  readonly reason: string;
}

/** What a report of trade logs shows. */
export interface TradeAnalysisInput {
  readonly analysis: TradeAnalysis;
  readonly refused: readonly RefusedFile[];
  /** Sentences about the logs as a whole. */
  readonly notes: readonly string[];
  readonly command: string;
  readonly version: string;
  /** ms UTC. */
  readonly createdTime: number;
}

/** A drawing for a file of its own. */
export interface PlotFile {
  readonly name: string;
  readonly content: string;
}

/** Fewer trades than this in a group are noise whatever they earned. */
const TRADES_MIN = 30;
const ROWS_MAX = 200;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Builds the HTML report of trade logs: one file that works offline.
 *
 * @param input - Analysis and where it comes from.
 */
export function renderTradeAnalysis(input: TradeAnalysisInput): string {
  const { analysis, refused } = input;
  const { overall, logs } = analysis;
  return renderPage({
    kind: 'Trade analysis',
    title: `${plural(overall.trades, 'trade')} of ${plural(logs.length, 'log')}`,
    subtitle: html`${formatDate(overall.firstEntry)} to ${formatDate(overall.lastExit)} (UTC) · ${names(analysis)}`,
    isSynthetic: analysis.groups.world.every(({ key }) => key === 'SYNTHETIC'),
    banners: [
      ...worldBanners(analysis),
      ...(refused.length === 0
        ? []
        : [
            html`<b>${plural(refused.length, 'file')} could not be read</b> and ${refused.length === 1 ? 'is' : 'are'} missing here: ${refused.map((file) => file.path).join(', ')}. See Files.`,
          ]),
    ],
    sections: [
      resultSection(analysis),
      whoSection(analysis),
      howSection(analysis),
      whenSection(analysis),
      filesSection(input),
    ],
    payload: curvesPayload(profitCurves(analysis), {
      title:
        overall.quoteAsset === 'mixed'
          ? 'Sum of returns (%)'
          : `Net profit (${overall.quoteAsset})`,
      kind: 'profit',
      quoteAsset: overall.quoteAsset === 'mixed' ? '%' : overall.quoteAsset,
      isPercent: false,
    }),
    version: input.version,
    createdTime: input.createdTime,
  });
}

/** Trades of different worlds must not be taken for results of one. */
function worldBanners({ groups, overall }: TradeAnalysis): SafeHtml[] {
  if (groups.world.length < 2) return [];
  const synthetic = groups.world.find(({ key }) => key === 'SYNTHETIC');
  const worlds = groups.world.map(({ key, trades }) => `${formatAs(trades, 'count')} ${key}`);
  return [
    ...(synthetic === undefined
      ? []
      : [
          html`<b>${formatAs(synthetic.trades, 'count')} of ${plural(overall.trades, 'trade')} ${synthetic.trades === 1 ? 'is' : 'are'} SYNTHETIC.</b> Their candles were generated, so the results say nothing about a real market.`,
        ]),
    html`<b>Trades from different environments (${worlds.join(', ')}).</b> Do not add them up: compare them in the table by environment.`,
  ];
}

/**
 * Draws the plots of an analysis for files of their own.
 *
 * @param analysis - Of trade logs.
 */
export function tradeAnalysisPlots(analysis: TradeAnalysis): readonly PlotFile[] {
  const money = moneyName(analysis.overall);
  const plot = (name: string, drawing: SafeHtml, title: string): PlotFile => ({
    name: `trades_${name}.svg`,
    content: standaloneSvg(drawing, title),
  });
  return [
    plot(
      'cumulative_profit',
      curvesSvg(profitCurves(analysis), CURVE_OPTIONS(analysis.overall)),
      `Cumulative net profit (${money})`,
    ),
    plot('returns', returnBars(analysis.trades), 'Net return per trade'),
    ...(['hour', 'weekday', 'month'] as const).map((dimension) =>
      plot(
        `by_${dimension}`,
        groupBars(analysis, dimension),
        `Mean return by ${dimension === 'month' ? 'exit' : 'entry'} ${dimension} (UTC)`,
      ),
    ),
  ];
}

function names({ groups }: TradeAnalysis): string {
  return `${plural(groups.strategy.length, 'strategy', 'strategies')} · ${plural(groups.symbol.length, 'symbol')} · ${plural(groups.parameter_set.length, 'parameter set')}`;
}

function moneyName(summary: TradeSummary): string {
  return summary.quoteAsset === 'mixed' ? 'several currencies' : summary.quoteAsset;
}

function resultSection(analysis: TradeAnalysis): Section {
  const { overall } = analysis;
  const asset = overall.quoteAsset;
  const tile = (name: string, value: SafeHtml | string, detail: string): Tile => ({
    name,
    value,
    detail,
  });
  const curves = profitCurves(analysis);
  const hidden = analysis.logs.filter((log) => log.trades.length > 0).length - curves.length;
  return heroSection({
    sentence: verdict(overall),
    cautions: cautions(analysis),
    picture: html`${timeChart(
      CURVES_CHART_ID,
      'Result of each log over time, with its drawdown',
      HERO_HEIGHT,
      html`<p class="small-print">${
        asset === 'mixed'
          ? 'Cumulative sum of trade returns (percent of the entry value) per log, at the exits.'
          : `Cumulative net profit per log, at the exits, in ${asset}.`
      }${hidden > 0 ? ` The ${CURVES_MAX} logs with the most trades are drawn; ${plural(hidden, 'log')} more ${hidden === 1 ? 'is' : 'are'} included in all other figures.` : ''}</p>`,
    )}<div class="paper">${curvesChart(curves, CURVE_OPTIONS(overall))}</div>`,
    tiles: [
      tile('Trades', formatAs(overall.trades, 'count'), plural(analysis.logs.length, 'log')),
      tile(
        'Net profit',
        asset === 'mixed' ? 'mixed' : tinted(overall.netPnl, 'signed-quote'),
        asset === 'mixed' ? 'several currencies, not added up' : `${asset}, after costs`,
      ),
      tile(
        'Mean return',
        tinted(overall.meanReturnPct, 'signed-percent'),
        `per trade; median ${formatAs(overall.medianReturnPct, 'signed-percent')}`,
      ),
      tile(
        'Win rate',
        formatAs(overall.winRate, 'percent'),
        `${formatAs(overall.wins, 'count')} won`,
      ),
      tile('Profit factor', formatAs(overall.profitFactor, 'ratio'), 'gross profit / gross loss'),
      tile('SQN', formatAs(overall.sqn, 'ratio'), 'of returns; below 2 may be luck'),
    ],
  });
}

function verdict(overall: TradeSummary): string {
  const earned =
    overall.quoteAsset === 'mixed'
      ? `returned ${formatAs(overall.meanReturnPct, 'signed-percent')} of the entry value on average`
      : `${overall.netPnl >= 0 ? 'earned' : 'lost'} ${formatAs(Math.abs(overall.netPnl), 'quote')} ${overall.quoteAsset} after costs, ${formatAs(overall.meanReturnPct, 'signed-percent')} of the entry value on average`;
  return `${plural(overall.trades, 'trade')} ${earned}.`;
}

function cautions({ overall, trades }: TradeAnalysis): string[] {
  const lines: string[] = [];
  if (overall.trades < TRADES_MIN)
    lines.push(`Fewer than ${TRADES_MIN} trades: too few to distinguish from luck.`);
  else if (Math.abs(overall.sqn) < 2)
    lines.push('The mean return is within two standard errors of zero: it may be luck.');
  if (overall.quoteAsset !== 'mixed' && trades.length >= 10) {
    const best = trades
      .map((trade) => trade.netPnl)
      .sort((a, b) => b - a)
      .slice(0, Math.ceil(trades.length / 100));
    const without = overall.netPnl - best.reduce((sum, pnl) => sum + pnl, 0);
    lines.push(
      `Without the best ${best.length === 1 ? 'trade' : `${best.length} trades`} (1 % of all) the result is ${formatAs(without, 'signed-quote')} ${overall.quoteAsset}.`,
    );
  }
  const ambiguous = trades.filter((trade) => trade.ambiguous).length;
  if (ambiguous > 0)
    lines.push(
      `${plural(ambiguous, 'trade')} ended in an ambiguous candle (it contains both stop and take-profit); the stop is assumed.`,
    );
  if (lines.length === 0)
    lines.push('Groups with few trades prove little: check the number of trades first.');
  return lines;
}

const CURVE_OPTIONS = (overall: TradeSummary): { label: string; yName: string } => ({
  label: 'Cumulative result of each log over time',
  yName:
    overall.quoteAsset === 'mixed' ? 'sum of returns (%)' : `net profit (${overall.quoteAsset})`,
});

function profitCurves({ logs, overall }: TradeAnalysis): Curve[] {
  const isMixed = overall.quoteAsset === 'mixed';
  const shown = logs
    .filter((log) => log.trades.length > 0)
    .sort((a, b) => b.trades.length - a.trades.length)
    .slice(0, CURVES_MAX);
  const names = resultNames(shown);
  return shown.map((log, k) => profitCurve(log, names[k]!, isMixed));
}

function profitCurve(log: TradeLog, label: string, isMixed: boolean): Curve {
  const trades = [...log.trades].sort((a, b) => a.exitTime - b.exitTime);
  let total = 0;
  return {
    label,
    times: [trades[0]!.entryTime, ...trades.map((trade) => trade.exitTime)],
    values: [
      0,
      ...trades.map((trade) => {
        total += isMixed ? trade.returnPct : trade.netPnl;
        return total;
      }),
    ],
  };
}

function whoSection(analysis: TradeAnalysis): Section {
  const { groups } = analysis;
  return {
    id: 'who',
    title: 'Strategies, symbols, parameters',
    navigation: 'Strategies',
    lead: 'Means are per trade, in percent of the entry value. SQN (system quality number) is √trades × mean / standard deviation: below about 2 a result cannot be distinguished from luck.',
    content: html`<div class="grid">${groups.world.length > 1 ? groupCard('Environments', groups.world) : undefined}${groupCard('Strategies', groups.strategy)}${groupCard('Symbols', groups.symbol)}${groupCard('Parameter sets', groups.parameter_set)}</div>`,
  };
}

function howSection({ groups, trades }: TradeAnalysis): Section {
  return {
    id: 'how',
    title: 'Sides and exits',
    navigation: 'Exits',
    content: html`<div class="grid thirds"><div class="card"><h3>Returns per trade</h3><p>Net return in percent of the entry value. The outermost bars include all values beyond.</p>${returnBars(trades)}</div><div class="card"><h3>By holding time</h3><p>Mean net return by holding time, percent.</p>${holdingBars(trades, undefined)}</div><div class="card"><h3>Wins and losses in a row</h3><p>${streakText(trades, undefined)}</p>${streakBars(trades)}</div></div><div class="grid">${groupCard('Long against short', groups.side)}${groupCard('Exit reasons', groups.exit_reason)}</div>`,
  };
}

function whenSection(analysis: TradeAnalysis): Section {
  const { groups } = analysis;
  const card = (title: string, text: string, dimension: 'hour' | 'weekday' | 'month'): SafeHtml =>
    html`<div class="card"><h3>${title}</h3><p>${text}</p>${groupBars(analysis, dimension)}</div>`;
  return {
    id: 'when',
    title: 'Hours, weekdays, months',
    navigation: 'When',
    lead: 'All times are UTC. Hours and weekdays are those of the entry, months those of the exit. Twenty-four hours are twenty-four chances to find a pattern in noise (data snooping): test a filter derived from these charts on other candles.',
    content: html`<div class="grid thirds">${card('By entry hour', 'Mean net return per trade, percent.', 'hour')}${card('By entry weekday', 'Mean net return per trade, percent.', 'weekday')}${card('By exit month', 'Mean net return per trade, percent.', 'month')}</div><div class="grid"><div class="card wide">${hourHeat(analysis.trades)}</div>${folded('Table by month', [...groups.month].reverse())}${folded('Table by hour', groups.hour)}${folded('Table by weekday', groups.weekday)}</div>`,
  };
}

function filesSection(input: TradeAnalysisInput): Section {
  const { analysis, refused, notes } = input;
  return {
    id: 'files',
    title: 'Files',
    content: html`<div class="grid"><div class="card wide">${table(
      [
        {
          name: 'Log',
          isText: true,
          cell: (log) => html`<span class="long">${breakable(log.path)}</span>`,
        },
        { name: 'Trades', cell: (log) => formatAs(log.trades.length, 'count') },
        { name: 'From', isText: true, cell: (log) => timeOf(log, 'entryTime', Math.min) },
        { name: 'To', isText: true, cell: (log) => timeOf(log, 'exitTime', Math.max) },
        {
          name: 'Notes',
          isText: true,
          cell: (log) => html`<span class="long">${log.notes.join('; ') || '–'}</span>`,
        },
      ],
      analysis.logs,
      'Logs in this analysis; entry of the first and exit of the last trade, UTC',
    )}</div>${
      refused.length === 0
        ? undefined
        : html`<div class="card wide"><h3>Unreadable files</h3><ul class="notes">${refused.map((file) => html`<li>${file.reason}</li>`)}</ul></div>`
    }${
      notes.length === 0
        ? undefined
        : html`<div class="card wide"><h3>Notes</h3><ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul></div>`
    }<div class="card wide"><h3>Reproduce this result</h3><div class="command"><pre id="command" tabindex="0">${input.command}</pre><button type="button" data-copy="command" hidden>Copy</button></div></div></div>`,
  };
}

function timeOf(
  log: TradeLog,
  name: 'entryTime' | 'exitTime',
  pick: (a: number, b: number) => number,
): string {
  return log.trades.length === 0
    ? '–'
    : formatTime(log.trades.map((trade) => trade[name]).reduce((a, b) => pick(a, b)));
}

function groupCard(title: string, summaries: readonly TradeSummary[]): SafeHtml {
  return html`<div class="card wide"><h3>${title}</h3>${groupTable(title, summaries)}</div>`;
}

/** Long tables that repeat a chart stay closed until somebody wants the numbers. */
function folded(title: string, summaries: readonly TradeSummary[]): SafeHtml {
  return html`<details class="card wide"><summary>${title}</summary>${groupTable(title, summaries)}</details>`;
}

function groupTable(title: string, summaries: readonly TradeSummary[]): SafeHtml {
  const columns: TableColumn<TradeSummary>[] = [
    {
      name: singular(title),
      isText: true,
      cell: (row) => html`<span class="long">${breakable(groupName(row.key))}</span>`,
    },
    { name: 'Trades', cell: (row) => formatAs(row.trades, 'count') },
    { name: 'Won', cell: (row) => formatAs(row.winRate, 'percent') },
    { name: 'Mean', cell: (row) => tinted(row.meanReturnPct, 'signed-percent') },
    { name: 'Median', cell: (row) => tinted(row.medianReturnPct, 'signed-percent') },
    {
      name: 'Net profit',
      cell: (row) => html`${tinted(row.netPnl, 'signed-quote')} ${row.quoteAsset}`,
    },
    { name: 'Profit factor', cell: (row) => formatAs(row.profitFactor, 'ratio') },
    { name: 'SQN', cell: (row) => formatAs(row.sqn, 'ratio') },
  ];
  const hidden = summaries.length - ROWS_MAX;
  const caption = `${title}: ${plural(summaries.length, 'group')}${hidden > 0 ? `, the first ${ROWS_MAX} shown, all of them in the summary CSV` : ''}`;
  return table(columns, summaries.slice(0, ROWS_MAX), caption);
}

/** Strategies are known by their short names; a parameter set begins with one. */
function groupName(key: string): string {
  const [first = '', ...rest] = key.split(': ');
  return [shortStrategyName(first), ...rest].join(': ');
}

/** `Strategies` → `Strategy`, `Months in numbers` → `Month`. */
function singular(title: string): string {
  if (title === 'Long against short') return 'Side';
  return title
    .replace(/ in numbers$/, '')
    .replace(/ies$/, 'y')
    .replace(/s$/, '');
}

function returnBars(trades: readonly LoggedTrade[]): SafeHtml {
  const bins = histogram(trades.map((trade) => trade.returnPct));
  const every = Math.max(1, Math.ceil(bins.length / 7));
  const bars = bins.map(
    (bin, k): Bar => ({
      tick: k % every === 0 ? formatShort(bin.from) : '',
      value: bin.count,
      detail: `${formatShort(bin.from)} % to ${formatShort(bin.to)} %: ${plural(bin.count, 'trade')}`,
      tone: bin.from >= 0 ? 'gain' : 'loss',
    }),
  );
  return barChart(bars, {
    label: 'Distribution of the returns of single trades',
    xName: 'net return (%)',
    yName: 'trades',
  });
}

function groupBars({ groups }: TradeAnalysis, dimension: 'hour' | 'weekday' | 'month'): SafeHtml {
  const shown = groups[dimension].slice(-60);
  const every = Math.max(1, Math.ceil(shown.length / (dimension === 'month' ? 5 : 8)));
  const bars = shown.map(
    (row, k): Bar => ({
      tick: k % every === 0 ? row.key : '',
      value: row.meanReturnPct,
      detail: `${row.key}: ${formatAs(row.meanReturnPct, 'signed-percent')} per trade, ${plural(row.trades, 'trade')}`,
    }),
  );
  return barChart(bars, {
    label: `Mean return per trade by ${dimension}`,
    xName: `${dimension === 'month' ? 'exit' : 'entry'} ${dimension} (UTC)`,
    yName: 'mean return (%)',
  });
}

function hourHeat(trades: readonly LoggedTrade[]): SafeHtml {
  const sums = WEEKDAYS.map(() => Array.from({ length: 24 }, () => ({ count: 0, total: 0 })));
  for (const trade of trades) {
    const time = new Date(trade.entryTime);
    const cell = sums[(time.getUTCDay() + 6) % 7]![time.getUTCHours()]!;
    cell.count++;
    cell.total += trade.returnPct;
  }
  const rows = sums.map((hours, day) => ({
    name: WEEKDAYS[day]!,
    values: hours.map(({ count, total }) => (count === 0 ? undefined : total / count)),
  }));
  const columns = [
    'Day',
    ...Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0')),
  ];
  return heatMap(columns, rows, {
    caption: 'Mean net return per trade by weekday and hour of the entry (UTC), percent',
    className: 'hours',
  });
}
