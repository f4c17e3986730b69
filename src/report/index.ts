export {
  ablationSentence,
  type DetailsReportInput,
  detailMetricText,
  detailsPlots,
  type OutOfSample,
  renderDetailsReport,
} from './analysis-details.js';
export {
  type PlotFile,
  type RefusedFile,
  renderTradeAnalysis,
  type TradeAnalysisInput,
  tradeAnalysisPlots,
} from './analysis-trades.js';
export { renderBacktestReport } from './backtest-report.js';
export type { BacktestReportInput, Provenance } from './backtest-report-input.js';
export { type Bar, barChart } from './charts/bar-chart.js';
export { CURVES_MAX, type Curve, curvesChart, curvesSvg } from './charts/curves-chart.js';
export { type HeatRow, heatMap } from './charts/heat-map.js';
export { lineChart, type StaticLine } from './charts/line-chart.js';
export { type ScatterPoint, scatterChart } from './charts/scatter-chart.js';
export { standaloneSvg } from './charts/standalone-svg.js';
export { type CompareReportInput, renderCompareReport } from './compare-report.js';
export { forwardTestPlots, type Plot } from './forward-test-plots.js';
export { type ForwardTestReportInput, renderForwardTestReport } from './forward-test-report.js';
export { forwardTestVerdict } from './forward-test-verdict.js';
export { escapeHtml, type HtmlPart, html, jsonForScript, SafeHtml } from './html.js';
export { judgementChecks, sampleWords } from './judgement-checks.js';
export { type Drawdown, longestDrawdowns } from './measures/drawdowns.js';
export { groupTrades, type TradeGroup } from './measures/group-trades.js';
export { type HistogramBin, histogram } from './measures/histogram.js';
export { type MonthlyReturn, monthlyReturns } from './measures/monthly-returns.js';
export { packCandles, packLine, packText } from './pack.js';
export {
  isReportPage,
  type Page,
  type ReportKind,
  renderPage,
  reportKind,
  reportSubject,
  type Section,
} from './page.js';
export { type ListedReport, type ReportListInput, renderReportList } from './report-list.js';
export {
  formatAs,
  formatDate,
  formatDuration,
  formatNumber,
  formatShort,
  formatTime,
  type NumberUnit,
  plural,
  type ReportPayload,
  type TimeChartPayload,
} from './shared/index.js';
export { definitionList, type TableColumn, table } from './tables.js';
export type { RunAgain } from './trials-section.js';
export { backtestVerdict, type Verdict } from './verdict.js';
export type { VerdictCheck } from './verdict-checks.js';
export { walkForwardChecks } from './walk-forward-checks.js';
export { renderWalkForwardReport, type WalkForwardReportInput } from './walk-forward-report.js';
