import { type HeatData, type ReportPayload, type TrialsData, viewAround } from '../shared/index.js';
import { LeveledCandles, loadLines } from './chart-data.js';
import { setUpToolbar } from './chart-toolbar.js';
import { setUpDrawingButtons } from './drawing-buttons.js';
import { setUpHeatExplorer } from './heat-explorer.js';
import { loadCandles, loadTimes } from './load-columns.js';
import { setUpScrollHints } from './scroll-hints.js';
import { SharedCrosshair } from './shared-crosshair.js';
import { SharedView } from './shared-view.js';
import { setUpTheme } from './theme.js';
import { TimeChart } from './time-chart.js';
import { showTradePanel } from './trade-panel.js';
import { TradeTable } from './trade-table.js';
import { loadTrades } from './trades.js';
import { setUpTrialTable } from './trial-table.js';

const charts: TimeChart[] = [];

setUpTheme(() => {
  for (const chart of charts) chart.applyTheme();
});
setUpCopyButtons();
setUpDrawingButtons();
setUpScrollHints();
const heatMaps = document.getElementById('heat-maps');
const heatData = document.getElementById('heat-data');
const source = document.getElementById('report-data');
if (source) {
  start(JSON.parse(source.textContent ?? '') as ReportPayload).catch((error: unknown) => {
    for (const plot of document.querySelectorAll<HTMLElement>('.plot.waiting')) {
      plot.classList.add('failed');
      plot.dataset.message =
        typeof DecompressionStream === 'undefined'
          ? 'This browser does not support the interactive charts (DecompressionStream is missing).'
          : 'The chart data could not be read.';
    }
    console.error(error);
  });
} else {
  setUpTrials()
    .catch((error: unknown) => console.error(error))
    .finally(() => {
      document.documentElement.dataset.ready = 'true';
    });
}

/** The table of trials, and the heat map whose cells list theirs in it. */
async function setUpTrials(): Promise<void> {
  const trials = document.getElementById('trials-data');
  const [host, panel] = ['trial-table', 'trial-panel'].map((id) => document.getElementById(id));
  const listCell =
    trials && host && panel
      ? await setUpTrialTable(host, panel, JSON.parse(trials.textContent ?? '') as TrialsData)
      : undefined;
  if (heatMaps && heatData) {
    setUpHeatExplorer(heatMaps, JSON.parse(heatData.textContent ?? '') as HeatData, listCell);
  }
  setUpScrollHints();
}

async function start(report: ReportPayload): Promise<void> {
  const base = report.candles ? await loadCandles(report.candles) : await loadTimes(report.times);
  const candles = new LeveledCandles(base);
  const trades = report.trades ? await loadTrades(report.trades) : undefined;
  const view = new SharedView(base.time.length);
  const crosshair = new SharedCrosshair();
  const withTrades: TimeChart[] = [];
  for (const payload of report.charts) {
    const plot = document.getElementById(payload.id);
    const toolbar = document.querySelector<HTMLElement>(`[data-chart="${payload.id}"]`);
    const legend = toolbar?.querySelector<HTMLElement>('.legend');
    if (!plot || !toolbar || !legend) continue;
    const lines = await loadLines(payload, base);
    plot.classList.remove('waiting');
    plot.replaceChildren();
    const chart = new TimeChart(
      plot,
      legend,
      { chart: payload, report, candles, lines, trades },
      view,
      crosshair,
    );
    setUpToolbar(toolbar, chart, view, report.candleMs);
    charts.push(chart);
    if (payload.trades) withTrades.push(chart);
  }
  document.documentElement.dataset.ready = 'true';
  if (!trades) return;

  const panel = document.getElementById('trade-panel');
  const host = document.getElementById('trade-table');
  const pick = (trade: number): void => {
    for (const chart of withTrades) chart.pick(trade);
    view.set(
      viewAround(
        Math.floor(trades.entryIndex[trade]! / report.groupSize),
        Math.floor(trades.exitIndex[trade]! / report.groupSize),
        view.length,
      ),
    );
    if (panel) showTradePanel(panel, trades, trade, report, step);
  };
  const table = host
    ? new TradeTable(host, trades, report, (trade) => {
        pick(trade);
      })
    : undefined;
  setUpScrollHints(host ?? undefined);
  host?.addEventListener('click', (event) => {
    if (!(event.target as Element).closest('.grid-row')) return;
    document.getElementById('candles')?.scrollIntoView({ block: 'start' });
  });
  host?.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.target as Element).getAttribute('role') === 'grid') {
      document.getElementById('candles')?.scrollIntoView({ block: 'start' });
    }
  });
  function step(direction: 1 | -1): void {
    const next = table?.neighbour(direction);
    if (next === undefined) return;
    table?.mark(next);
    pick(next);
  }
  if (panel) showTradePanel(panel, trades, undefined, report, step);
}

function setUpCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
    const text = document.getElementById(button.dataset.copy ?? '');
    if (!text) continue;
    button.hidden = false;
    button.addEventListener('click', () => {
      const range = document.createRange();
      range.selectNodeContents(text);
      const selection = getSelection();
      selection?.removeAllRanges();
      selection?.addRange(range);
      // Local files are no secure context in every browser; then the selection is ready for Ctrl+C.
      navigator.clipboard
        ?.writeText(text.textContent ?? '')
        .then(() => {
          button.textContent = 'Copied';
        })
        .catch(() => {
          button.textContent = 'Selected: press Ctrl+C';
        });
    });
  }
}
