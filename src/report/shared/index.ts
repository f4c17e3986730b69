export {
  type Aggregate,
  type ChartCandles,
  groupCandles,
  groupColumn,
  groupSizeFor,
  LEVEL_FACTOR,
} from './candle-levels.js';
export {
  formatAs,
  formatDate,
  formatDuration,
  formatNumber,
  formatShort,
  formatTime,
  type NumberUnit,
  plural,
} from './format.js';
export {
  type HeatCell,
  type HeatChoice,
  type HeatData,
  type HeatGrid,
  heatGrid,
} from './heat-grid.js';
export {
  drawingDecimals,
  exactDecimals,
  type PackedBytes,
  packColumn,
  unpackColumn,
} from './packed-column.js';
export type {
  ColorRole,
  LinePayload,
  LineSource,
  PackedCandles,
  PackedText,
  PanePayload,
  ReportPayload,
  StopsPayload,
  TimeChartPayload,
  TradesPayload,
} from './payload.js';
export { type TradeLevels, tradeLevels } from './trade-levels.js';
export { type FilteredColumns, orderTrades, type TradeFilter } from './trade-order.js';
export { tradesCsv } from './trades-csv.js';
export { type TrialParameter, type TrialsData, trialCommand } from './trials.js';
export { clampView, panView, type View, viewAround, zoomView } from './view.js';
