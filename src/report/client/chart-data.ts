import {
  type Aggregate,
  type ChartCandles,
  groupCandles,
  groupColumn,
  LEVEL_FACTOR,
  type LinePayload,
  type TimeChartPayload,
} from '../shared/index.js';
import { loadColumn } from './load-columns.js';

/** A line with all its values; levels of detail are built when first needed. */
export class LeveledLine {
  private readonly levels: Float64Array[];
  private readonly aggregate: Aggregate;

  constructor(values: Float64Array, aggregate: Aggregate) {
    this.levels = [values];
    this.aggregate = aggregate;
  }

  /** Values in groups of `LEVEL_FACTOR ** level`. */
  at(level: number): Float64Array {
    for (let k = this.levels.length; k <= level; k++) {
      this.levels.push(groupColumn(this.levels[k - 1]!, LEVEL_FACTOR, this.aggregate));
    }
    return this.levels[level]!;
  }
}

/** Candles at every level of detail. */
export class LeveledCandles {
  private readonly levels: ChartCandles[];

  constructor(candles: ChartCandles) {
    this.levels = [candles];
  }

  at(level: number): ChartCandles {
    for (let k = this.levels.length; k <= level; k++) {
      this.levels.push(groupCandles(this.levels[k - 1]!, LEVEL_FACTOR));
    }
    return this.levels[level]!;
  }
}

/**
 * Loads all lines of a chart; lines that are derived from others are computed.
 *
 * @returns One line per entry of `pane.lines`, over all panes in order.
 */
export async function loadLines(
  chart: TimeChartPayload,
  candles: ChartCandles,
): Promise<readonly (readonly LeveledLine[])[]> {
  const values = new Map<string, Float64Array>();
  const valuesOf = async (line: LinePayload): Promise<Float64Array> => {
    const { source } = line;
    if ('packed' in source) return loadColumn(source.packed);
    if ('closeTimes' in source) return candles.close.map((close) => close * source.closeTimes);
    if ('fallOf' in source) return fall(values.get(source.fallOf) ?? new Float64Array());
    return drawdown(values.get(source.drawdownOf) ?? new Float64Array(), source.initial);
  };
  const panes: LeveledLine[][] = [];
  for (const pane of chart.panes) {
    const lines: LeveledLine[] = [];
    for (const line of pane.lines) {
      const column = await valuesOf(line);
      values.set(line.label, column);
      lines.push(new LeveledLine(column, line.aggregate));
    }
    panes.push(lines);
  }
  return panes;
}

function drawdown(equity: Float64Array, initial: number): Float64Array {
  let peak = initial;
  return equity.map((value) => {
    if (Number.isNaN(value)) return value;
    peak = Math.max(peak, value);
    return peak > 0 ? value / peak - 1 : 0;
  });
}

function fall(total: Float64Array): Float64Array {
  let peak = 0;
  return total.map((value) => {
    if (Number.isNaN(value)) return value;
    peak = Math.max(peak, value);
    return value - peak;
  });
}
