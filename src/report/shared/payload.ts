import type { Aggregate } from './candle-levels.js';
import type { NumberUnit } from './format.js';

/** A packed column inside the page: the bytes of `packColumn()`, gzipped, in base64. */
export interface PackedText {
  readonly length: number;
  readonly decimals: number;
  readonly order: 0 | 1 | 2;
  readonly data: string;
}

/** Candles inside the page: each column stored as what the one before does not tell, in whole price steps. */
export interface PackedCandles {
  /** Price = whole steps / 10^decimals. */
  readonly decimals: number;
  readonly time: PackedText;
  /** open - previous close. */
  readonly gap: PackedText;
  /** close - open. */
  readonly body: PackedText;
  /** high - max(open, close). */
  readonly upper: PackedText;
  /** min(open, close) - low. */
  readonly lower: PackedText;
  readonly volume: PackedText;
}

/** Where a drawn line takes its values from. */
export type LineSource =
  | { readonly packed: PackedText }
  /** The candles' closes times a factor: buy and hold. */
  | { readonly closeTimes: number }
  /** Fraction (<= 0) below the running peak of another line of the chart, which started at `initial`. */
  | { readonly drawdownOf: string; readonly initial: number }
  /** Money (<= 0) below the running peak of another line of the chart, which started at 0. */
  | { readonly fallOf: string };

/** Colour roles; the theme decides how they look. */
export type ColorRole =
  | 'accent'
  | 'muted'
  | 'loss'
  | 'series-1'
  | 'series-2'
  | 'series-3'
  | 'series-4';

/** One line of a pane. */
export interface LinePayload {
  readonly kind: 'line' | 'area';
  readonly label: string;
  readonly color: ColorRole;
  readonly dashed?: boolean;
  readonly unit: NumberUnit;
  readonly source: LineSource;
  readonly aggregate: Aggregate;
  /** What counts as 0 % when money is shown as percent; without it the line has no such view. */
  readonly base?: number;
  /** Label of the line with which it is hidden and shown; it has no place of its own in the legend. */
  readonly follows?: string;
  /** Whether it is what doing nothing would have earned: it has a switch of its own. */
  readonly isBenchmark?: boolean;
}

/** One pane of a time chart; panes share the time axis. */
export interface PanePayload {
  readonly title: string;
  /** Relative height. */
  readonly weight: number;
  /** Whether the candles are drawn here. */
  readonly candles?: boolean;
  /** Whether equal factors may take equal room. */
  readonly hasLog?: boolean;
  readonly lines: readonly LinePayload[];
}

/** A chart over the candles' time axis, drawn into the element with this id. */
export interface TimeChartPayload {
  readonly id: string;
  readonly panes: readonly PanePayload[];
  /** Whether trades are marked, and the picked one is shown with its stop levels. */
  readonly trades?: boolean;
  /** Whether money is shown as percent at first. */
  readonly isPercent?: boolean;
  /** Where its parts begin, ascending; marked on the first line. */
  readonly marks?: readonly ChartMark[];
}

/** The beginning of a part of a chart. */
export interface ChartMark {
  /** Of the stored columns. */
  readonly index: number;
  /** Drawn beside the mark. */
  readonly label: string;
  /** Shown in the legend while the pointer is in the part. */
  readonly name: string;
}

/** The closed trades, one packed column each. */
export interface TradesPayload {
  readonly length: number;
  readonly sides: PackedText;
  readonly entryIndex: PackedText;
  readonly exitIndex: PackedText;
  readonly entryTime: PackedText;
  readonly exitTime: PackedText;
  readonly entryPrice: PackedText;
  readonly exitPrice: PackedText;
  readonly units: PackedText;
  readonly netPnl: PackedText;
  readonly commission: PackedText;
  readonly returnPct: PackedText;
  readonly reasons: PackedText;
  readonly candlesHeld: PackedText;
  readonly maePct: PackedText;
  readonly mfePct: PackedText;
  /** 1 = ambiguous, 2 = exit inside the candle. */
  readonly flags: PackedText;
  readonly balance: PackedText;
  /** Names that `reasons` points into. */
  readonly reasonNames: readonly string[];
}

/** Stop fractions of the run, for the level lines of a picked trade. */
export interface StopsPayload {
  readonly stopLoss?: number;
  readonly takeProfit?: number;
  readonly trailingStop?: number;
}

/** Everything that the page's script reads. */
export interface ReportPayload {
  /** Candles per stored candle: 1 unless the page would have grown past its limit. */
  readonly groupSize: number;
  /** Length of one stored candle, ms. */
  readonly candleMs: number;
  readonly priceDigits: number;
  readonly quoteAsset: string;
  /** Whose trades they are. */
  readonly subject?: { readonly symbol: string; readonly strategy: string };
  /** The time axis: candles, or their open times alone. */
  readonly candles?: PackedCandles;
  readonly times?: PackedText;
  readonly charts: readonly TimeChartPayload[];
  readonly trades?: TradesPayload;
  readonly stops: StopsPayload;
}
