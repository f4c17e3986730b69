import { quoteAsset, type Trade, timeframeMs } from '../domain/index.js';
import { StrategyError, type StrategyPlot } from '../strategies/index.js';
import type { BacktestReportInput } from './backtest-report-input.js';
import { packCandles, packLine, packText } from './pack.js';
import type { RollingInput } from './rolling-section.js';
import {
  type ChartCandles,
  drawingDecimals,
  exactDecimals,
  groupCandles,
  groupColumn,
  type LinePayload,
  type PanePayload,
  type ReportPayload,
  type TradesPayload,
} from './shared/index.js';

/** Packed data may take this much of the 15 MB page; the rest is text, styles and scripts. */
const PAYLOAD_BYTES_MAX = 13_500_000;
/** Lines that a chart can tell apart. */
const PLOTS_MAX = 8;
const LINE_COLORS = ['series-2', 'series-1', 'series-3', 'series-4'] as const;

/** Element ids of the two time charts of a backtest report. */
export const PRICE_CHART_ID = 'price-chart';
export const EQUITY_CHART_ID = 'equity-chart';

/** Data of the page's script, and what a reader must know about it. */
export interface BacktestPayload {
  readonly payload: ReportPayload;
  readonly notes: readonly string[];
}

/**
 * Packs what the interactive parts draw; candles are merged in groups only when the page would grow past its limit.
 *
 * @param input - Result to show.
 */
export function backtestPayload(input: BacktestReportInput): BacktestPayload {
  const notes: string[] = [];
  const plots = strategyPlots(input, notes);
  const trades = input.run.trades.length === 0 ? undefined : packTrades(input.run.trades, input);
  let groupSize = 1;
  for (;;) {
    const payload = packAt(input, plots, trades, groupSize);
    if (packedBytes(payload) <= PAYLOAD_BYTES_MAX || groupSize >= 4096) {
      if (groupSize > 1) {
        notes.push(
          `The charts combine ${groupSize} candles into one to keep this file small; all figures are computed from single candles.`,
        );
      }
      return { payload, notes };
    }
    groupSize *= 2;
  }
}

/**
 * Returns what the rolling measures of a run are made of.
 *
 * @param input - Result to show.
 */
export function rollingInput({ candles, period, run, rules }: BacktestReportInput): RollingInput {
  return {
    initialBalance: rules.initialBalance,
    equity: run.equity,
    openTimes: candles.openTime.subarray(period.from, period.to),
    timeframe: candles.timeframe,
  };
}

function packAt(
  input: BacktestReportInput,
  plots: readonly StrategyPlot[],
  trades: TradesPayload | undefined,
  groupSize: number,
): ReportPayload {
  const { candles, period, rules } = input;
  const cut = (column: Float64Array): Float64Array => column.subarray(period.from, period.to);
  const shown: ChartCandles = groupCandles(
    {
      time: cut(candles.openTime),
      open: cut(candles.open),
      high: cut(candles.high),
      low: cut(candles.low),
      close: cut(candles.close),
      volume: cut(candles.volume),
    },
    groupSize,
  );
  const packed = packCandles(shown);
  return {
    groupSize,
    candleMs: timeframeMs(candles.timeframe) * groupSize,
    priceDigits: Math.max(0, Math.min(10, packed.decimals)),
    quoteAsset: quoteAsset(candles.symbol),
    subject: { symbol: candles.symbol, strategy: input.strategy.name },
    candles: packed,
    charts: [
      { id: EQUITY_CHART_ID, panes: equityPanes(input, groupSize) },
      {
        id: PRICE_CHART_ID,
        trades: true,
        panes: pricePanes(plots, period, groupSize),
      },
    ],
    ...(trades ? { trades } : {}),
    stops: {
      ...(rules.stopLoss === undefined ? {} : { stopLoss: rules.stopLoss }),
      ...(rules.takeProfit === undefined ? {} : { takeProfit: rules.takeProfit }),
      // A trailing stop that waits for a profit is not there from the entry on.
      ...(rules.trailingStop === undefined || rules.trailingActivation !== undefined
        ? {}
        : { trailingStop: rules.trailingStop }),
    },
  };
}

function equityPanes(input: BacktestReportInput, groupSize: number): PanePayload[] {
  const { rules, run, candles, period } = input;
  const asset = quoteAsset(candles.symbol);
  const lines: LinePayload[] = [
    {
      kind: 'line',
      label: 'Equity',
      color: 'accent',
      unit: 'quote',
      source: { packed: packLine(groupColumn(run.equity, groupSize, 'last')) },
      aggregate: 'last',
      base: rules.initialBalance,
    },
    {
      kind: 'line',
      label: 'Buy and hold',
      color: 'muted',
      dashed: true,
      unit: 'quote',
      source: { closeTimes: rules.initialBalance / candles.open[period.from]! },
      aggregate: 'last',
      base: rules.initialBalance,
      isBenchmark: true,
    },
  ];
  const drawdown: LinePayload = {
    kind: 'area',
    label: 'Drawdown',
    color: 'loss',
    unit: 'fraction',
    source: { drawdownOf: 'Equity', initial: rules.initialBalance },
    aggregate: 'min',
  };
  return [
    { title: `Equity (${asset})`, weight: 3, hasLog: true, lines },
    { title: 'Drawdown (% below the peak)', weight: 1.2, lines: [drawdown] },
  ];
}

function pricePanes(
  plots: readonly StrategyPlot[],
  period: BacktestReportInput['period'],
  groupSize: number,
): PanePayload[] {
  const line = (plot: StrategyPlot, k: number): LinePayload => ({
    kind: 'line',
    label: plot.label,
    color: LINE_COLORS[k % LINE_COLORS.length] ?? 'series-1',
    unit: plot.pane === 'price' ? 'price' : 'ratio',
    source: {
      packed: packLine(
        groupColumn(plot.values.subarray(period.from, period.to), groupSize, 'last'),
      ),
    },
    aggregate: 'last',
  });
  const others = [...new Set(plots.map((plot) => plot.pane))].filter((pane) => pane !== 'price');
  const linesOf = (pane: string): LinePayload[] =>
    plots.filter((plot) => plot.pane === pane).map(line);
  return [
    { title: 'Price', weight: 4, candles: true, hasLog: true, lines: linesOf('price') },
    ...others.map((pane) => ({ title: pane, weight: 1.3, lines: linesOf(pane) })),
  ];
}

/** A drawing part that throws must not cost the report; a column of another length would be drawn wrongly, and is refused. */
function strategyPlots(input: BacktestReportInput, notes: string[]): readonly StrategyPlot[] {
  try {
    const plots = input.strategy.plots(input.candles, input.parameters);
    if (plots.length > PLOTS_MAX) {
      notes.push(`Only the first ${PLOTS_MAX} of ${plots.length} indicator lines are drawn.`);
    }
    return plots.slice(0, PLOTS_MAX);
  } catch (error) {
    if (error instanceof StrategyError && error.fault === 'bad-signals') throw error;
    notes.push(
      `The strategy's indicators could not be drawn: ${error instanceof Error ? error.message : String(error)}`,
    );
    return [];
  }
}

function packTrades(trades: readonly Trade[], input: BacktestReportInput): TradesPayload {
  const reasonNames = [...new Set(trades.map((trade) => trade.exitReason))];
  const from = input.period.from;
  const column = (of: (trade: Trade) => number): Float64Array => Float64Array.from(trades, of);
  const whole = (of: (trade: Trade) => number, order: 0 | 1 = 0) => packText(column(of), 0, order);
  const value = (of: (trade: Trade) => number, digits: number, order: 0 | 1 = 0) => {
    const values = column(of);
    return packText(values, exactDecimals(values, digits), order);
  };
  const drawn = (of: (trade: Trade) => number) => packText(column(of), 3, 0);
  const balance = column((trade) => trade.balance);
  return {
    length: trades.length,
    sides: whole((trade) => (trade.side === 'long' ? 1 : -1)),
    entryIndex: whole((trade) => trade.entryIndex - from, 1),
    exitIndex: whole((trade) => trade.exitIndex - from, 1),
    entryTime: whole((trade) => trade.entryTime, 1),
    exitTime: whole((trade) => trade.exitTime, 1),
    entryPrice: value((trade) => trade.entryPrice, 9, 1),
    exitPrice: value((trade) => trade.exitPrice, 9, 1),
    units: value((trade) => trade.units, 8, 1),
    netPnl: value((trade) => trade.netPnl, 8),
    commission: value((trade) => trade.commission, 6),
    returnPct: drawn((trade) => trade.returnPct),
    reasons: whole((trade) => reasonNames.indexOf(trade.exitReason)),
    candlesHeld: whole((trade) => trade.candlesHeld),
    maePct: drawn((trade) => trade.maePct),
    mfePct: drawn((trade) => trade.mfePct),
    flags: whole((trade) => (trade.ambiguous ? 1 : 0) + (trade.exitInsideCandle ? 2 : 0)),
    balance: packText(balance, Math.max(2, drawingDecimals(balance)), 1),
    reasonNames,
  };
}

function packedBytes(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + packedBytes(part), 0);
}
