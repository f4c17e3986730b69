import { idleSettings } from '../analysis/index.js';
import { quoteAsset, type Trade, timeframeMs } from '../domain/index.js';
import { tinted } from './backtest-headline.js';
import { PRICE_CHART_ID } from './backtest-payload.js';
import type { BacktestReportInput } from './backtest-report-input.js';
import { type Bar, barChart } from './charts/bar-chart.js';
import { heatMap } from './charts/heat-map.js';
import { scatterChart } from './charts/scatter-chart.js';
import { type HtmlPart, html, type SafeHtml } from './html.js';
import { type Drawdown, longestDrawdowns } from './measures/drawdowns.js';
import { groupTrades, type TradeGroup } from './measures/group-trades.js';
import { histogram } from './measures/histogram.js';
import { monthlyReturns } from './measures/monthly-returns.js';
import { type YearlyReturn, yearlyReturns } from './measures/yearly-returns.js';
import type { Section } from './page.js';
import { reproduceSection } from './reproduce-section.js';
import { settingsList } from './settings-list.js';
import {
  formatAs,
  formatDate,
  formatDuration,
  formatNumber,
  formatShort,
  formatTime,
  plural,
} from './shared/index.js';
import { definitionList, table } from './tables.js';
import { timeChart } from './time-chart-card.js';
import { holdingBars, streakBars, streakText } from './trade-charts.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const DRAWDOWNS_SHOWN = 5;
const EXTREME_TRADES_SHOWN = 5;

/** Candles, months and drawdowns. */
export function chartSections(input: BacktestReportInput): readonly Section[] {
  return [
    {
      id: 'candles',
      title: 'Candles and trades',
      navigation: 'Candles',
      lead: 'Arrows mark entries, squares mark exits. Select a trade to see its stop levels.',
      content: html`${timeChart(PRICE_CHART_ID, 'Candles with entries and exits, and the indicators of the strategy', 560, html`<div class="trade-panel" id="trade-panel" aria-live="polite">${input.run.trades.length === 0 ? 'No trades in this period.' : ''}</div>`)}<p class="paper">The candle chart is interactive: open this file in a browser.</p>`,
    },
    {
      id: 'months',
      title: 'Months, years and drawdowns',
      navigation: 'Months',
      content: html`<div class="grid two"><div class="card wide">${monthTable(input)}</div><div class="card">${yearTable(input)}</div><div class="card">${drawdownTable(input)}</div></div>`,
    },
  ];
}

/** Distribution, groups and the list of trades. */
export function tradeSections(input: BacktestReportInput): readonly Section[] {
  const { trades } = input.run;
  if (trades.length === 0) return [];
  const asset = quoteAsset(input.candles.symbol);
  return [
    {
      id: 'distribution',
      title: 'Distribution of the trades',
      navigation: 'Distribution',
      content: html`<div class="grid thirds">
${card('Returns per trade', 'Net return in percent of the entry value. The outermost bars include all values beyond.', returnHistogram(trades))}
${card('MAE and MFE', html`Maximum adverse (MAE) and maximum favourable excursion (MFE) of each trade, percent of the entry price.<wbr><span class="named"><span class="key gain"></span>win</span><wbr><span class="named"><span class="key loss"></span>loss</span>`, excursions(trades))}
${card('By holding time', `Net profit in ${asset} by holding time.`, holdingBars(trades, asset))}
${card('By entry hour (UTC)', `Net profit in ${asset} by hour of the entry.`, hourBars(trades, asset))}
${card('By entry weekday (UTC)', `Net profit in ${asset} by weekday of the entry.`, weekdayBars(trades, asset))}
${card('Wins and losses in a row', streakText(trades, asset), streakBars(trades))}
${card('By exit reason', 'Reasons of the exits, and the profit of each.', reasonTable(trades, asset))}
${card('Long against short', 'Profit of each side.', sideTable(trades, asset))}
${card('Ambiguous trades', ambiguousText(input), ambiguousFacts(input, asset))}
</div>`,
    },
    {
      id: 'trades',
      title: 'All trades',
      navigation: 'Trades',
      lead: html`<span class="screen">Select a row to see the trade in the candle chart. Prices are fill prices after slippage; profits are net of commission.</span>`,
      content: html`<div id="trade-table" class="screen" style="min-height:536px"><noscript>The list of trades needs JavaScript.</noscript></div><div class="paper">${extremeTrades(trades, asset)}<p>The full list of ${plural(trades.length, 'trade')} is in the trade log.</p></div>`,
    },
  ];
}

/** Notes, settings and how to get the same result again. */
export function detailSections(
  input: BacktestReportInput,
  chartNotes: readonly string[],
): readonly Section[] {
  const notes = [...input.notes, ...chartNotes];
  const { provenance, strategy } = input;
  // Parameters have their own list, files stand with what reproduces the run.
  const settings = Object.entries(input.config).filter(
    ([name]) => name !== 'params' && name !== 'files',
  );
  const idle = idleSettings({ ...input.config, ...input.parameters }, strategy.parameters);
  return [
    ...(notes.length === 0
      ? []
      : [
          {
            id: 'notes',
            title: 'Notes',
            content: html`<div class="card"><ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul></div>`,
          },
        ]),
    {
      id: 'settings',
      title: 'Settings',
      content: html`<div class="grid"><div class="card wide"><h3>Parameters of ${strategy.name}</h3>${settingsList(input.parameters, idle)}</div><div class="card wide"><h3>Run</h3>${settingsList(Object.fromEntries(settings), idle)}</div></div>`,
    },
    reproduceSection(provenance),
  ];
}

function card(title: string, lead: HtmlPart, content: HtmlPart): SafeHtml {
  return html`<div class="card"><h3>${title}</h3><p>${lead}</p>${content}</div>`;
}

function monthTable(input: BacktestReportInput): SafeHtml {
  const { candles, period, run, rules } = input;
  const times = candles.openTime.subarray(period.from, period.to);
  const months = monthlyReturns(times, run.equity, rules.initialBalance);
  const years = [...new Set(months.map((month) => month.year))];
  const rows = years.map((year) => {
    const values = MONTHS.map((_, month) => {
      const found = months.find((entry) => entry.year === year && entry.month === month);
      return found === undefined ? undefined : found.value * 100;
    });
    const total = months
      .filter((entry) => entry.year === year)
      .reduce((product, entry) => product * (1 + entry.value), 1);
    return { name: String(year), values: [...values, (total - 1) * 100] };
  });
  return heatMap(['Year', ...MONTHS, 'Year total'], rows, {
    caption:
      'Return of each calendar month (UTC), percent of the equity at the end of the previous month',
    plainLast: true,
  });
}

function yearTable(input: BacktestReportInput): SafeHtml {
  const { candles, period, run, rules } = input;
  const cut = (column: Float64Array): Float64Array => column.subarray(period.from, period.to);
  const years = yearlyReturns(
    { openTime: cut(candles.openTime), close: cut(candles.close), equity: run.equity },
    { balance: rules.initialBalance, price: candles.open[period.from]! },
    run.trades,
  );
  return table<YearlyReturn>(
    [
      { name: 'Year', isText: true, cell: (row) => String(row.year) },
      { name: 'Return', cell: (row) => tinted(row.value, 'signed-fraction') },
      { name: 'Buy and hold', cell: (row) => tinted(row.holding, 'signed-fraction') },
      { name: 'Difference', cell: (row) => tinted(row.value - row.holding, 'signed-fraction') },
      { name: 'Drawdown', cell: (row) => formatAs(row.maxDrawdown, 'fraction') },
      { name: 'Trades', cell: (row) => formatAs(row.trades, 'count') },
      {
        name: 'Won',
        cell: (row) =>
          row.trades === 0 ? '–' : `${formatNumber((100 * row.wins) / row.trades, 0)}\u00a0%`,
      },
    ],
    years,
    'Calendar years (UTC) against buy and hold; maximum drawdown within the year',
  );
}

function drawdownTable(input: BacktestReportInput): SafeHtml {
  const { candles, period, run, rules } = input;
  const candleMs = timeframeMs(candles.timeframe);
  const found = longestDrawdowns(
    (position) => candles.openTime[period.from + position]! + candleMs,
    run.equity,
    { balance: rules.initialBalance, time: candles.openTime[period.from]! },
    DRAWDOWNS_SHOWN,
  );
  if (found.length === 0) return html`<p>The equity had no drawdown.</p>`;
  return table<Drawdown>(
    [
      { name: 'Peak', isText: true, cell: (row) => formatDate(row.peakTime) },
      { name: 'Lowest', isText: true, cell: (row) => formatDate(row.troughTime) },
      {
        name: 'Recovered',
        isText: true,
        cell: (row) => (row.recoveryTime === undefined ? 'not yet' : formatDate(row.recoveryTime)),
      },
      { name: 'Length', cell: (row) => formatDuration(row.durationMs) },
      { name: 'Depth', cell: (row) => formatAs(row.depth, 'fraction') },
    ],
    found,
    'Longest drawdowns: dates of candle closes (UTC), depth in percent of the peak',
  );
}

function returnHistogram(trades: readonly Trade[]): SafeHtml {
  const bins = histogram(trades.map((trade) => trade.returnPct));
  const every = Math.ceil(bins.length / 6);
  const bars = bins.map(
    (bin, k): Bar => ({
      tick: k % every === Math.floor(every / 2) ? `${formatShort(bin.from)}` : '',
      value: bin.count,
      tone: bin.to <= 1e-12 ? 'loss' : bin.from >= -1e-12 ? 'gain' : 'neutral',
      detail: `${formatShort(bin.from)} to ${formatShort(bin.to)} %${bin.openEnded ? ' and beyond' : ''}: ${plural(bin.count, 'trade')}`,
    }),
  );
  return barChart(bars, {
    label: 'Histogram of the net return per trade',
    xName: 'net return per trade (%)',
    yName: 'trades',
  });
}

function excursions(trades: readonly Trade[]): SafeHtml {
  return scatterChart(
    trades.map((trade) => ({ x: trade.maePct, y: trade.mfePct, isWin: trade.netPnl > 0 })),
    {
      label: 'Maximum adverse and favourable excursion of each trade',
      xName: 'maximum adverse excursion, MAE (%)',
      yName: 'maximum favourable excursion, MFE (%)',
    },
  );
}

function reasonTable(trades: readonly Trade[], asset: string): SafeHtml {
  const groups = [...groupTrades(trades, (trade) => trade.exitReason)];
  groups.sort((a, b) => b.trades - a.trades);
  return groupTable('Reason', groups, asset);
}

function sideTable(trades: readonly Trade[], asset: string): SafeHtml {
  const groups = groupTrades(trades, (trade) => trade.side);
  const none = { trades: 0, winRate: Number.NaN, netPnl: 0, meanReturnPct: Number.NaN };
  const both = (['long', 'short'] as const).map(
    (key) => groups.find((group) => group.key === key) ?? { key, ...none },
  );
  return groupTable('Side', both, asset);
}

function groupTable(name: string, groups: readonly TradeGroup<string>[], asset: string): SafeHtml {
  return table<TradeGroup<string>>(
    [
      { name, isText: true, cell: (row) => row.key },
      { name: 'Trades', cell: (row) => formatAs(row.trades, 'count') },
      {
        name: 'Won',
        cell: (row) => (row.trades === 0 ? '–' : `${formatNumber(row.winRate * 100, 0)}\u00a0%`),
      },
      {
        name: 'Mean',
        cell: (row) => (row.trades === 0 ? '–' : tinted(row.meanReturnPct, 'signed-percent')),
      },
      { name: 'Net', cell: (row) => tinted(row.netPnl, 'signed-quote') },
    ],
    groups,
    `Net profit in ${asset}, mean return per trade in percent`,
  );
}

function hourBars(trades: readonly Trade[], asset: string): SafeHtml {
  const groups = groupTrades(trades, (trade) => new Date(trade.entryTime).getUTCHours());
  const bars = Array.from({ length: 24 }, (_, hour) =>
    groupBar(groups, hour, hour % 3 === 0 ? String(hour) : '', `${hour}:00`, asset),
  );
  return barChart(bars, {
    label: 'Net profit by entry hour',
    xName: 'entry hour (UTC)',
    yName: `net profit (${asset})`,
  });
}

function weekdayBars(trades: readonly Trade[], asset: string): SafeHtml {
  const groups = groupTrades(trades, (trade) => (new Date(trade.entryTime).getUTCDay() + 6) % 7);
  const bars = WEEKDAYS.map((name, day) => groupBar(groups, day, name, name, asset));
  return barChart(bars, {
    label: 'Net profit by entry weekday',
    xName: 'entry weekday (UTC)',
    yName: `net profit (${asset})`,
  });
}

function groupBar(
  groups: readonly TradeGroup<number>[],
  key: number,
  tick: string,
  name: string,
  asset: string,
): Bar {
  const group = groups.find((candidate) => candidate.key === key);
  if (group === undefined) return { tick, value: 0, detail: `${name}: no trades` };
  return {
    tick,
    value: group.netPnl,
    detail: `${name}: ${formatAs(group.netPnl, 'signed-quote')} ${asset} in ${plural(group.trades, 'trade')}, ${formatAs(group.winRate, 'fraction')} won`,
  };
}

function ambiguousText(input: BacktestReportInput): string {
  const { rules, columns, manage } = input;
  const hasStop = [
    ...[rules.stopLoss, rules.stopLossAtr, rules.trailingStop, rules.trailingStopAtr],
    ...[rules.breakEven, columns?.stopDistance, manage],
  ].some((rule) => rule !== undefined);
  const hasTarget = [
    ...[rules.takeProfit, rules.takeProfitAtr, rules.profitTargets, rules.scaleOut],
    ...[columns?.targetDistance, manage],
  ].some((rule) => rule !== undefined);
  if (!hasStop || !hasTarget) {
    return 'Not applicable: ambiguous trades need both a stop and a take-profit. If one candle contains both levels, the data do not show which was reached first.';
  }
  return 'Both stop and take-profit are inside the exit candle. The data do not show which was reached first, so the stop is assumed. The larger the share, the more the result depends on this assumption; a finer timeframe resolves it.';
}

function ambiguousFacts(input: BacktestReportInput, asset: string): SafeHtml {
  const { metrics } = input;
  return definitionList([
    ['Ambiguous trades', formatAs(metrics.ambiguousTrades, 'count')],
    ['Their net profit', html`${tinted(metrics.ambiguousNetPnl, 'signed-quote')} ${asset}`],
    ['Share of gross profit and loss', formatAs(metrics.ambiguousShare, 'fraction')],
  ]);
}

function extremeTrades(trades: readonly Trade[], asset: string): SafeHtml {
  const sorted = [...trades].sort((a, b) => b.netPnl - a.netPnl);
  const shown =
    sorted.length <= 2 * EXTREME_TRADES_SHOWN
      ? sorted
      : [...sorted.slice(0, EXTREME_TRADES_SHOWN), ...sorted.slice(-EXTREME_TRADES_SHOWN)];
  return table<Trade>(
    [
      { name: 'Side', isText: true, cell: (row) => row.side },
      { name: 'Entry (UTC)', isText: true, cell: (row) => formatTime(row.entryTime) },
      { name: 'Exit (UTC)', isText: true, cell: (row) => formatTime(row.exitTime) },
      { name: 'Reason', isText: true, cell: (row) => row.exitReason },
      { name: 'Return', cell: (row) => tinted(row.returnPct, 'signed-percent') },
      { name: `Net profit (${asset})`, cell: (row) => tinted(row.netPnl, 'signed-quote') },
    ],
    shown,
    'Best and worst trades',
  );
}
