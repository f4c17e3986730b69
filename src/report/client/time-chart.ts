import type {
  AutoscaleInfo,
  IChartApi,
  ISeriesApi,
  ISeriesMarkersPluginApi,
  SeriesMarker,
  SeriesType,
  Time,
  UTCTimestamp,
} from 'lightweight-charts';
import {
  type ColorRole,
  formatAs,
  formatNumber,
  formatShort,
  formatTime,
  groupSizeFor,
  LEVEL_FACTOR,
  type LinePayload,
  type ReportPayload,
  type TimeChartPayload,
  tradeLevels,
} from '../shared/index.js';
import type { LeveledCandles, LeveledLine } from './chart-data.js';
import { chartLibrary } from './chart-library.js';
import { setUpGestures } from './gestures.js';
import type { SharedView } from './shared-view.js';
import { type ThemeColors, themeColors } from './theme.js';
import type { TradeColumns } from './trades.js';

/** Width of a candle at which the next coarser level takes over, pixels. */
const CANDLE_PIXELS_MIN = 2.2;
/** Beside the view, as much again is loaded on either side, so that small moves need no new data. */
const MARGIN_SHARE = 1;
/** More arrows than this hide the candles. */
const MARKERS_MAX = 250;

interface DrawnLine {
  readonly payload: LinePayload;
  readonly values: LeveledLine;
  readonly series: ISeriesApi<SeriesType>;
}

/** The groups that the chart holds now. */
interface LoadedRange {
  readonly level: number;
  readonly from: number;
  readonly to: number;
}

/** What a time chart draws. */
export interface TimeChartData {
  readonly chart: TimeChartPayload;
  readonly report: ReportPayload;
  readonly candles: LeveledCandles;
  readonly lines: readonly (readonly LeveledLine[])[];
  readonly trades: TradeColumns | undefined;
}

/** A chart that holds only what is in view, at the level of detail that fits its width. */
export class TimeChart {
  private readonly element: HTMLElement;
  private readonly legend: HTMLElement;
  private readonly data: TimeChartData;
  private readonly view: SharedView;
  private readonly chart: IChartApi;
  private readonly drawn: DrawnLine[] = [];
  private candleSeries: ISeriesApi<'Candlestick'> | undefined;
  private volumeSeries: ISeriesApi<'Histogram'> | undefined;
  private markers: ISeriesMarkersPluginApi<Time> | undefined;
  private levelSeries: readonly ISeriesApi<'Line'>[] = [];
  private loaded: LoadedRange = { level: -1, from: 0, to: 0 };
  private picked: number | undefined;
  private frame = 0;

  constructor(element: HTMLElement, legend: HTMLElement, data: TimeChartData, view: SharedView) {
    this.element = element;
    this.legend = legend;
    this.data = data;
    this.view = view;
    this.chart = chartLibrary().createChart(element, {
      autoSize: true,
      handleScroll: false,
      handleScale: false,
      layout: { attributionLogo: false, fontSize: 11 },
      localization: { timeFormatter: (time: Time) => formatTime(Number(time) * 1000) },
      rightPriceScale: { minimumWidth: 74, borderVisible: false, entireTextOnly: true },
      timeScale: {
        timeVisible: true,
        secondsVisible: data.report.candleMs < 60_000,
        minBarSpacing: 0.05,
        borderVisible: false,
        lockVisibleTimeRangeOnResize: false,
        shiftVisibleRangeOnNewBar: false,
      },
    });
    // The library lays its panes out in a table, which holds no data.
    element.querySelector('table')?.setAttribute('role', 'presentation');
    this.addSeries();
    this.applyTheme();
    this.chart.subscribeCrosshairMove((event) =>
      this.showLegend(event.logical === undefined ? undefined : Math.round(event.logical)),
    );
    setUpGestures(element, view, () => this.plotWidth());
    view.onChange(() => this.schedule());
    new ResizeObserver(() => this.schedule()).observe(element);
    this.update();
  }

  /** Repaints in the colours of the current theme. */
  applyTheme(): void {
    const colors = themeColors();
    this.chart.applyOptions({
      layout: {
        background: { type: chartLibrary().ColorType.Solid, color: colors.card },
        textColor: colors.soft,
        panes: { separatorColor: colors.line, enableResize: false },
      },
      grid: { vertLines: { color: colors.lineSoft }, horzLines: { color: colors.lineSoft } },
      crosshair: {
        mode: chartLibrary().CrosshairMode.Normal,
        vertLine: { labelBackgroundColor: colors.accent, color: colors.soft },
        horzLine: { labelBackgroundColor: colors.accent, color: colors.soft },
      },
    });
    this.candleSeries?.applyOptions({
      upColor: colors.gain,
      borderUpColor: colors.gain,
      wickUpColor: colors.gain,
      downColor: colors.loss,
      borderDownColor: colors.loss,
      wickDownColor: colors.loss,
    });
    this.volumeSeries?.applyOptions({ color: `${colors.soft}40` });
    for (const line of this.drawn) {
      const color = colorOf(line.payload.color, colors);
      line.series.applyOptions(
        line.payload.kind === 'area'
          ? { lineColor: color, topColor: `${color}10`, bottomColor: `${color}55` }
          : { color },
      );
    }
    const levelColors = [colors.loss, colors.gain, colors.series[3] ?? colors.accent];
    this.levelSeries.forEach((series, k) => {
      series.applyOptions({ color: levelColors[k] ?? colors.accent });
    });
    this.loaded = { level: -1, from: 0, to: 0 };
    this.schedule();
  }

  /** Marks one trade and draws its stop levels; `undefined` marks none. */
  pick(trade: number | undefined): void {
    this.picked = trade;
    this.loaded = { level: -1, from: 0, to: 0 };
    this.schedule();
  }

  private addSeries(): void {
    const library = chartLibrary();
    const { chart, lines, trades } = this.data;
    chart.panes.forEach((pane, paneIndex) => {
      if (pane.candles) {
        this.volumeSeries = this.chart.addSeries(
          library.HistogramSeries,
          { priceScaleId: 'volume', lastValueVisible: false, priceLineVisible: false },
          paneIndex,
        );
        this.volumeSeries.priceScale().applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } });
        this.candleSeries = this.chart.addSeries(
          library.CandlestickSeries,
          { priceLineVisible: false, lastValueVisible: false, priceFormat: this.priceFormat() },
          paneIndex,
        );
        this.candleSeries.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.18 } });
        if (chart.trades && trades) {
          this.markers = library.createSeriesMarkers(this.candleSeries, []);
          this.levelSeries = [0, 1, 2].map((k) =>
            this.chart.addSeries(
              library.LineSeries,
              {
                lineWidth: 2,
                lineStyle: k === 2 ? library.LineStyle.Solid : library.LineStyle.Dashed,
                lineType: library.LineType.WithSteps,
                priceLineVisible: false,
                lastValueVisible: false,
                crosshairMarkerVisible: false,
                priceFormat: this.priceFormat(),
              },
              paneIndex,
            ),
          );
        }
      }
      pane.lines.forEach((payload, k) => {
        this.drawn.push({
          payload,
          values: lines[paneIndex]![k]!,
          series: this.addLine(payload, paneIndex),
        });
      });
    });
    chart.panes.forEach((pane, k) => {
      this.chart.panes()[k]?.setStretchFactor(pane.weight);
    });
    this.chart.timeScale().applyOptions({ rightOffset: 0 });
  }

  private addLine(payload: LinePayload, paneIndex: number): ISeriesApi<SeriesType> {
    const library = chartLibrary();
    const common = {
      priceLineVisible: false,
      lastValueVisible: false,
      crosshairMarkerRadius: 3,
      lineWidth: 2,
      lineStyle: payload.dashed ? library.LineStyle.Dashed : library.LineStyle.Solid,
      priceFormat:
        payload.unit === 'price'
          ? this.priceFormat()
          : {
              type: 'custom' as const,
              minMove: 1e-8,
              formatter: (value: number) => axisText(value, payload.unit),
            },
    } as const;
    if (payload.kind === 'line') {
      return this.chart.addSeries(
        library.LineSeries,
        { ...common, lineWidth: payload.unit === 'quote' && !payload.dashed ? 2 : 1 },
        paneIndex,
      );
    }
    const belowZero = (base: () => AutoscaleInfo | null): AutoscaleInfo | null => {
      const info = base();
      if (info?.priceRange) info.priceRange.maxValue = 0;
      return info;
    };
    return this.chart.addSeries(
      library.AreaSeries,
      { ...common, lineWidth: 1, invertFilledArea: true, autoscaleInfoProvider: belowZero },
      paneIndex,
    );
  }

  private priceFormat() {
    const digits = this.data.report.priceDigits;
    return {
      type: 'custom' as const,
      minMove: 10 ** -digits,
      // The room below the candles is the volume's: no price is negative.
      formatter: (value: number) => (value < 0 ? '' : formatNumber(value, digits)),
    };
  }

  private schedule(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.update();
    });
  }

  /** Loads what the view needs, unless the chart holds it already, and shows it. */
  private update(): void {
    const { from, to } = this.view.get();
    const drawable = Math.max(20, this.plotWidth() / CANDLE_PIXELS_MIN);
    const size = groupSizeFor(to - from, drawable);
    const level = Math.round(Math.log(size) / Math.log(LEVEL_FACTOR));
    const groups = Math.ceil(this.view.length / size);
    const first = Math.max(0, Math.floor(from / size));
    const last = Math.min(groups, Math.ceil(to / size));
    const held = this.loaded;
    if (held.level !== level || first < held.from || last > held.to) {
      const margin = Math.ceil((last - first) * MARGIN_SHARE);
      this.loaded = {
        level,
        from: Math.max(0, first - margin),
        to: Math.min(groups, last + margin),
      };
      this.fill();
    }
    this.chart.timeScale().setVisibleLogicalRange({
      from: from / size - this.loaded.from - 0.5,
      to: to / size - this.loaded.from - 0.5,
    });
    this.element.dataset.groupSize = String(size * this.data.report.groupSize);
    this.showLegend(undefined);
  }

  private fill(): void {
    const { level, from, to } = this.loaded;
    const candles = this.data.candles.at(level);
    const times: UTCTimestamp[] = [];
    for (let i = from; i < to; i++) times.push((candles.time[i]! / 1000) as UTCTimestamp);
    if (this.candleSeries && this.volumeSeries) {
      this.candleSeries.setData(
        times.map((time, k) => ({
          time,
          open: candles.open[from + k]!,
          high: candles.high[from + k]!,
          low: candles.low[from + k]!,
          close: candles.close[from + k]!,
        })),
      );
      this.volumeSeries.setData(
        times.map((time, k) => ({ time, value: candles.volume[from + k]! })),
      );
    }
    for (const { values, series } of this.drawn) {
      const column = values.at(level);
      series.setData(times.map((time, k) => point(time, column[from + k]!)));
    }
    this.fillTrades(times);
  }

  private fillTrades(times: readonly UTCTimestamp[]): void {
    const { trades, report } = this.data;
    if (!this.markers || !trades) return;
    const { level, from, to } = this.loaded;
    const perGroup = report.groupSize * LEVEL_FACTOR ** level;
    const groupOf = (index: number): number => Math.floor(index / perGroup);
    const colors = themeColors();
    const first = firstAtOrAfter(trades.exitIndex, from * perGroup);
    const markers: SeriesMarker<Time>[] = [];
    for (let i = first; i < trades.length && trades.entryIndex[i]! < to * perGroup; i++) {
      if (markers.length > MARKERS_MAX * 2) break;
      if (i === this.picked) continue;
      this.addMarkers(markers, i, groupOf, times, colors);
    }
    const shown = markers.length > MARKERS_MAX * 2 ? [] : markers;
    this.element.dataset.markers = shown.length > 0 ? 'shown' : 'hidden';
    if (this.picked !== undefined) this.addMarkers(shown, this.picked, groupOf, times, colors);
    shown.sort((a, b) => Number(a.time) - Number(b.time));
    this.markers.setMarkers(shown);
    this.fillStopLevels(times, perGroup);
  }

  private addMarkers(
    markers: SeriesMarker<Time>[],
    trade: number,
    groupOf: (index: number) => number,
    times: readonly UTCTimestamp[],
    colors: ThemeColors,
  ): void {
    const trades = this.data.trades!;
    const isLong = trades.sides[trade] === 1;
    const isPicked = trade === this.picked;
    const entry = times[groupOf(trades.entryIndex[trade]!) - this.loaded.from];
    const exit = times[groupOf(trades.exitIndex[trade]!) - this.loaded.from];
    const reason = trades.reasonNames[trades.reasons[trade]!] ?? '';
    if (entry !== undefined) {
      markers.push({
        time: entry,
        position: isLong ? 'belowBar' : 'aboveBar',
        shape: isLong ? 'arrowUp' : 'arrowDown',
        color: colors.accent,
        size: isPicked ? 2 : 1,
        ...(isPicked ? { text: isLong ? 'long entry' : 'short entry' } : {}),
      });
    }
    if (exit !== undefined) {
      markers.push({
        time: exit,
        position: isLong ? 'aboveBar' : 'belowBar',
        shape: 'square',
        color: trades.netPnl[trade]! > 0 ? colors.gain : colors.loss,
        size: isPicked ? 1.2 : 0.6,
        ...(isPicked ? { text: reason } : {}),
      });
    }
  }

  /** The picked trade's stop, target and trailing lines; at coarse levels a group shows its first candle's. */
  private fillStopLevels(times: readonly UTCTimestamp[], perGroup: number): void {
    const { trades, report, candles } = this.data;
    const i = this.picked;
    if (i === undefined || !trades) {
      for (const series of this.levelSeries) series.setData([]);
      return;
    }
    const entryIndex = Math.floor(trades.entryIndex[i]! / report.groupSize);
    const exitIndex = Math.floor(trades.exitIndex[i]! / report.groupSize);
    const base = candles.at(0);
    const levels = tradeLevels(
      {
        side: trades.sides[i] === 1 ? 1 : -1,
        entryIndex,
        exitIndex,
        entryPrice: trades.entryPrice[i]!,
      },
      report.stops,
      base.high,
      base.low,
    );
    const size = perGroup / report.groupSize;
    [levels.stop, levels.target, levels.trailing].forEach((column, k) => {
      this.levelSeries[k]?.setData(
        times.map((time, slot) => {
          const index = Math.max(entryIndex, (this.loaded.from + slot) * size);
          const isHeld = (this.loaded.from + slot + 1) * size > entryIndex && index <= exitIndex;
          return point(time, isHeld ? column[index - entryIndex]! : Number.NaN);
        }),
      );
    });
  }

  /** Names, values and units at the pointer, or at the right end of the view. */
  private showLegend(logical: number | undefined): void {
    const { level, from, to } = this.loaded;
    if (level < 0 || to <= from) return;
    const size = LEVEL_FACTOR ** level;
    const { report } = this.data;
    const rightmost = Math.ceil(this.view.get().to / size) - 1;
    const index = Math.min(
      to - 1,
      Math.max(from, logical === undefined ? rightmost : from + logical),
    );
    const candles = this.data.candles.at(level);
    const price = (value: number): string => formatNumber(value, report.priceDigits);
    const parts: (readonly [string | undefined, string, string])[] = [];
    const grouped = size * report.groupSize;
    parts.push([
      undefined,
      `${formatTime(candles.time[index]!)} UTC`,
      grouped > 1 ? `${formatNumber(grouped, 0)} candles in one` : '',
    ]);
    if (this.candleSeries) {
      parts.push([undefined, 'O', price(candles.open[index]!)]);
      parts.push([undefined, 'H', price(candles.high[index]!)]);
      parts.push([undefined, 'L', price(candles.low[index]!)]);
      parts.push([undefined, 'C', price(candles.close[index]!)]);
      parts.push([undefined, 'Volume', formatShort(candles.volume[index]!)]);
    }
    const colors = themeColors();
    for (const { payload, values } of this.drawn) {
      const value = values.at(level)[index]!;
      const text =
        payload.unit === 'price'
          ? price(value)
          : payload.unit === 'quote'
            ? `${formatAs(value, 'quote')} ${report.quoteAsset}`
            : formatAs(value, payload.unit);
      parts.push([colorOf(payload.color, colors), payload.label, text]);
    }
    if (this.element.dataset.markers === 'hidden' && this.markers) {
      parts.push([undefined, '', 'Zoom in to see entries and exits']);
    }
    this.legend.replaceChildren(...parts.flatMap(legendPart));
  }

  private plotWidth(): number {
    return this.chart.timeScale().width() || this.element.clientWidth || 300;
  }
}

function legendPart([color, name, value]: readonly [string | undefined, string, string]): (
  | Node
  | string
)[] {
  const strong = document.createElement('b');
  strong.textContent = value;
  const nodes: (Node | string)[] = [];
  if (color !== undefined) {
    const swatch = document.createElement('span');
    swatch.className = 'swatch';
    swatch.style.background = color;
    nodes.push(swatch);
  }
  nodes.push(name === '' ? '' : `${name} `, strong, '  ');
  return nodes;
}

function point(time: UTCTimestamp, value: number) {
  return Number.isNaN(value) ? { time } : { time, value };
}

function axisText(value: number, unit: LinePayload['unit']): string {
  return unit === 'fraction' ? `${formatNumber(value * 100, 1)} %` : formatShort(value);
}

function colorOf(role: ColorRole, colors: ThemeColors): string {
  switch (role) {
    case 'accent':
      return colors.accent;
    case 'muted':
      return colors.soft;
    case 'loss':
      return colors.loss;
    default:
      return colors.series[Number(role.slice(-1)) - 1] ?? colors.accent;
  }
}

/** First position whose value is at least `value`; the column ascends. */
function firstAtOrAfter(column: Float64Array, value: number): number {
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
