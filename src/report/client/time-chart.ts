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
import { ChartLegend, type LegendFact } from './chart-legend.js';
import { chartLibrary } from './chart-library.js';
import type { ChartPicture } from './chart-picture.js';
import { setUpGestures } from './gestures.js';
import type { SharedCrosshair } from './shared-crosshair.js';
import type { SharedView } from './shared-view.js';
import { type ThemeColors, themeColors } from './theme.js';
import type { TradeColumns } from './trades.js';

/** Width of a candle at which the next coarser level takes over, pixels. */
const CANDLE_PIXELS_MIN = 2.2;
/** Beside the view, as much again is loaded on either side, so that small moves need no new data. */
const MARGIN_SHARE = 1;
/** More arrows than this hide the candles. */
const MARKERS_MAX = 250;
/** Room that the label of a part needs, pixels. */
const PART_WIDTH_MIN = 22;

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
  private readonly legend: ChartLegend;
  private readonly data: TimeChartData;
  private readonly view: SharedView;
  private readonly chart: IChartApi;
  private readonly drawn: DrawnLine[] = [];
  private candleSeries: ISeriesApi<'Candlestick'> | undefined;
  private volumeSeries: ISeriesApi<'Histogram'> | undefined;
  private markers: ISeriesMarkersPluginApi<Time> | undefined;
  private partMarkers: ISeriesMarkersPluginApi<Time> | undefined;
  private levelSeries: readonly ISeriesApi<'Line'>[] = [];
  private loaded: LoadedRange = { level: -1, from: 0, to: 0 };
  private picked: number | undefined;
  private frame = 0;
  private readonly lineListeners: (() => void)[] = [];
  private isLog = false;
  private isPercent: boolean;
  private isFollowing = false;

  constructor(
    element: HTMLElement,
    legend: HTMLElement,
    data: TimeChartData,
    view: SharedView,
    crosshair: SharedCrosshair,
  ) {
    this.element = element;
    this.data = data;
    this.view = view;
    this.isPercent = data.chart.isPercent === true;
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
    this.legend = new ChartLegend(
      legend,
      this.drawn.map(({ payload }) => ({
        label: payload.label,
        color: () => colorOf(payload.color, themeColors()),
        dashed: payload.dashed === true,
        isListed: payload.follows === undefined,
      })),
      (line, isShown) => this.showLine(line, isShown),
    );
    this.applyTheme();
    this.chart.subscribeCrosshairMove((event) => {
      // Without an event of a pointer it follows another chart.
      if (event.sourceEvent === undefined) return;
      this.follow(false);
      const logical = event.logical === undefined ? undefined : Math.round(event.logical);
      this.showLegend(logical);
      crosshair.set(this, logical === undefined ? undefined : this.indexOf(logical));
    });
    element.addEventListener('pointerleave', () => crosshair.set(this, undefined));
    crosshair.onMove(this, (index) => this.pointAt(index));
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
    this.legend.paint();
    const levelColors = [colors.loss, colors.gain, colors.series[3] ?? colors.accent];
    this.levelSeries.forEach((series, k) => {
      series.applyOptions({ color: levelColors[k] ?? colors.accent });
    });
    this.reload();
  }

  /** Marks one trade and draws its stop levels; `undefined` marks none. */
  pick(trade: number | undefined): void {
    this.picked = trade;
    this.reload();
  }

  /** Equal factors take equal room, or equal amounts. */
  setLog(isLog: boolean): void {
    this.isLog = isLog;
    const { PriceScaleMode } = chartLibrary();
    const mode = isLog ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal;
    this.data.chart.panes.forEach((pane, k) => {
      if (pane.hasLog) this.chart.priceScale('right', k).applyOptions({ mode });
    });
  }

  /** Money as percent of where each line began, or as money. */
  setPercent(isPercent: boolean): void {
    this.isPercent = isPercent;
    for (const { payload, series } of this.drawn) {
      if (payload.base !== undefined) series.applyOptions({ priceFormat: this.formatOf(payload) });
    }
    this.reload();
  }

  /** Hides or shows a line; scales fit what is shown. */
  showLine(line: number, isShown: boolean): void {
    const label = this.drawn[line]?.payload.label;
    this.drawn.forEach(({ payload, series }, k) => {
      if (k !== line && payload.follows !== label) return;
      series.applyOptions({ visible: isShown });
      this.legend.show(k, isShown);
    });
    for (const listener of this.lineListeners) listener();
  }

  get hasLog(): boolean {
    return this.data.chart.panes.some((pane) => pane.hasLog);
  }

  get hasPercent(): boolean {
    return this.drawn.some(({ payload }) => payload.base !== undefined);
  }

  get showsPercent(): boolean {
    return this.isPercent;
  }

  /** The lines and whether they are shown. */
  get lines(): readonly { readonly payload: LinePayload; readonly isShown: boolean }[] {
    return this.drawn.map(({ payload }, k) => ({ payload, isShown: this.legend.isShown(k) }));
  }

  onLines(listener: () => void): void {
    this.lineListeners.push(listener);
  }

  /** Title, panes and values in view, for a drawing. */
  picture(): ChartPicture {
    const { level, from, to } = this.loaded;
    const size = LEVEL_FACTOR ** level;
    const { from: first, to: last } = this.view.get();
    const start = Math.max(from, Math.floor(first / size));
    const end = Math.min(to, Math.ceil(last / size));
    const candles = this.data.candles.at(level);
    const colors = themeColors();
    const cut = (column: Float64Array): Float64Array => column.slice(start, end);
    let at = 0;
    return {
      times: cut(candles.time),
      colors,
      parts: (this.data.chart.marks ?? []).flatMap(({ index, label }) => {
        const at = Math.floor(index / size) - start;
        return at >= 0 && at < end - start ? [{ at, label }] : [];
      }),
      panes: this.data.chart.panes.map((pane) => ({
        title: pane.title,
        weight: pane.weight,
        isLog: this.isLog && pane.hasLog === true,
        ...(pane.candles
          ? {
              candles: {
                open: cut(candles.open),
                high: cut(candles.high),
                low: cut(candles.low),
                close: cut(candles.close),
              },
            }
          : {}),
        text: (value: number) => this.axisTextOf(pane.lines[0], value),
        lines: pane.lines.flatMap((payload) => {
          const k = at++;
          if (!this.legend.isShown(k)) return [];
          const values = cut(this.drawn[k]!.values.at(level));
          return [
            {
              label: payload.label,
              color: colorOf(payload.color, colors),
              dashed: payload.dashed === true,
              values: values.map((value) => this.shown(payload, value)),
            },
          ];
        }),
      })),
    };
  }

  private axisTextOf(payload: LinePayload | undefined, value: number): string {
    if (payload === undefined) return formatShort(value);
    return this.formatOf(payload).formatter(value);
  }

  private reload(): void {
    this.loaded = { level: -1, from: 0, to: 0 };
    this.schedule();
  }

  /** Percent is drawn as an index that begins at 100, so that it can be drawn with equal factors, too. */
  private shown({ base }: LinePayload, value: number): number {
    return this.isPercent && base !== undefined ? (100 * value) / base : value;
  }

  private indexOf(logical: number): number {
    return (this.loaded.from + logical) * LEVEL_FACTOR ** this.loaded.level;
  }

  /** Shows the moment that the pointer is at in another chart. */
  private pointAt(index: number | undefined): void {
    const { level, from, to } = this.loaded;
    const group = index === undefined ? -1 : Math.floor(index / LEVEL_FACTOR ** level);
    const line = this.drawn.find(
      ({ values }, k) =>
        this.legend.isShown(k) &&
        Number.isFinite(values.at(Math.max(0, level))[group] ?? Number.NaN),
    );
    const target = this.candleSeries ?? line?.series;
    if (level < 0 || group < from || group >= to || target === undefined) {
      this.chart.clearCrosshairPosition();
      this.showLegend(undefined);
      return;
    }
    this.follow(true);
    const candles = this.data.candles.at(level);
    const value = this.candleSeries
      ? candles.close[group]!
      : this.shown(line!.payload, line!.values.at(level)[group]!);
    this.chart.setCrosshairPosition(value, (candles.time[group]! / 1000) as UTCTimestamp, target);
    this.showLegend(group - from);
  }

  /** A chart that follows has no price to point at. */
  private follow(isFollowing: boolean): void {
    if (this.isFollowing === isFollowing) return;
    this.isFollowing = isFollowing;
    this.chart.applyOptions({
      crosshair: { horzLine: { visible: !isFollowing, labelVisible: !isFollowing } },
    });
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
    const [first] = this.drawn;
    if (chart.marks && first) this.partMarkers = library.createSeriesMarkers(first.series, []);
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
      priceFormat: this.formatOf(payload),
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

  private formatOf(payload: LinePayload) {
    if (payload.unit === 'price') return this.priceFormat();
    const isPercent = this.isPercent && payload.base !== undefined;
    return {
      type: 'custom' as const,
      minMove: 1e-8,
      formatter: (value: number) =>
        isPercent ? percentText(value) : axisText(value, payload.unit),
    };
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
    for (const { payload, values, series } of this.drawn) {
      const column = values.at(level);
      series.setData(times.map((time, k) => point(time, this.shown(payload, column[from + k]!))));
    }
    this.fillTrades(times);
    this.fillParts(times);
  }

  /** Marks where the parts of the chart begin; labels stay away where they would cover each other. */
  private fillParts(times: readonly UTCTimestamp[]): void {
    if (!this.partMarkers) return;
    const { level, from } = this.loaded;
    const inView = (this.data.chart.marks ?? []).flatMap(({ index, label }) => {
      const time = times[Math.floor(index / LEVEL_FACTOR ** level) - from];
      return time === undefined ? [] : [{ time, label }];
    });
    const hasLabels = inView.length * PART_WIDTH_MIN <= this.plotWidth();
    this.partMarkers.setMarkers(
      inView.map(({ time, label }) => ({
        time,
        position: 'aboveBar',
        shape: 'arrowDown',
        color: themeColors().soft,
        size: 0.7,
        ...(hasLabels ? { text: label } : {}),
      })),
    );
    this.element.dataset.parts = String(inView.length);
  }

  /** Name of the part that a stored column belongs to. */
  private partAt(index: number): string | undefined {
    return this.data.chart.marks?.filter((mark) => mark.index <= index).at(-1)?.name;
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
    const facts: LegendFact[] = [];
    const grouped = size * report.groupSize;
    facts.push([
      `${formatTime(candles.time[index]!)} UTC`,
      grouped > 1 && this.data.report.candles !== undefined
        ? `${formatNumber(grouped, 0)} candles in one`
        : '',
    ]);
    const part = this.partAt((index + 1) * size - 1);
    if (part !== undefined) facts.push([part, '']);
    if (this.candleSeries) {
      facts.push(['O', price(candles.open[index]!)]);
      facts.push(['H', price(candles.high[index]!)]);
      facts.push(['L', price(candles.low[index]!)]);
      facts.push(['C', price(candles.close[index]!)]);
      facts.push(['Volume', formatShort(candles.volume[index]!)]);
    }
    if (this.element.dataset.markers === 'hidden' && this.markers) {
      facts.push(['', 'Zoom in to see entries and exits']);
    }
    const values = this.drawn.map(({ payload, values: column }) => {
      const value = column.at(level)[index]!;
      if (Number.isNaN(value)) return '\u2013';
      if (payload.unit === 'price') return price(value);
      if (payload.unit !== 'quote') return formatAs(value, payload.unit);
      return this.isPercent && payload.base !== undefined
        ? formatAs(value / payload.base - 1, 'signed-fraction')
        : `${formatAs(value, 'quote')} ${report.quoteAsset}`;
    });
    this.legend.set(facts, values);
  }

  private plotWidth(): number {
    return this.chart.timeScale().width() || this.element.clientWidth || 300;
  }
}

function point(time: UTCTimestamp, value: number) {
  return Number.isNaN(value) ? { time } : { time, value };
}

function axisText(value: number, unit: LinePayload['unit']): string {
  return unit === 'fraction' ? `${formatNumber(value * 100, 1)} %` : formatShort(value);
}

/** Of an index that begins at 100. */
function percentText(index: number): string {
  const change = index - 100;
  return `${change > 0 ? '+' : ''}${formatNumber(change, Math.abs(change) >= 10 ? 0 : 1)} %`;
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
