import {
  alignToCloses,
  type CandleColumns,
  type CandleSeries,
  candleSeriesFromRows,
  higherCandles,
  higherTimeframeMs,
  requireAscendingRows,
} from '../candles/index.js';
import { timeframeMs } from '../domain/index.js';
import { sma } from '../indicators/index.js';

/** A number, a name, or an operator before its operands. */
export type Expression = number | string | readonly [string, ...Expression[]];

/** Series by name: a higher timeframe, another symbol, a table of rows `[time, value]`. */
export type SeriesCase = Readonly<
  Record<
    string,
    {
      readonly timeframe?: string;
      readonly candles?: number[][];
      readonly rows?: readonly (readonly [number, number])[];
    }
  >
>;

/** The elements of a series: their columns, and when each was known. */
interface Elements {
  readonly columns: Record<string, ArrayLike<number>>;
  readonly knownTime: ArrayLike<number>;
}

const OPERATORS: Readonly<Record<string, (...values: number[]) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  sign: (a) => Math.sign(a),
  if: (condition, a, b) => (condition > 0 ? a : b),
};

/**
 * Returns the value of an expression.
 *
 * @param expression - In prefix form.
 * @param read - A name.
 */
export function evaluate(expression: Expression, read: (name: string) => number): number {
  if (typeof expression === 'number') return expression;
  if (typeof expression === 'string') {
    return expression === 'NaN' ? Number.NaN : read(expression);
  }
  const [operator, ...operands] = expression;
  const compute = OPERATORS[operator];
  if (compute === undefined) throw new RangeError(`Operator ${operator} is unknown`);
  return compute(...operands.map((operand) => evaluate(operand, read)));
}

/**
 * Returns columns of series as the base candles see them.
 *
 * @param candles - Base.
 * @param series - By name.
 * @param wanted - By name: `["align", series, column]`, where a column may be `["sma", column, period]`.
 * @throws {UsageError} If a series is refused.
 */
export function alignedColumns(
  candles: CandleSeries,
  series: SeriesCase,
  wanted: Readonly<Record<string, Expression>>,
): Record<string, Float64Array> {
  const baseMs = timeframeMs(candles.timeframe);
  return Object.fromEntries(
    Object.entries(wanted).map(([name, expression]) => {
      const [, of, column] = expression as readonly ['align', string, Expression];
      const { columns, knownTime } = elementsOf(candles, series[of]!, baseMs);
      const values =
        typeof column === 'string'
          ? columns[column]!
          : sma(
              columns[(column as readonly string[])[1]!] as Float64Array,
              Number((column as readonly unknown[])[2]),
            );
      return [name, alignToCloses(values, knownTime, candles.openTime, baseMs)];
    }),
  );
}

function elementsOf(candles: CandleSeries, one: SeriesCase[string], baseMs: number): Elements {
  if (one.rows !== undefined) {
    const time = one.rows.map(([known]) => known);
    requireAscendingRows(time, 'rows');
    return { columns: { value: one.rows.map(([, value]) => value) }, knownTime: time };
  }
  const base = one.candles === undefined ? candles : candleSeriesFromRows(candles, one.candles);
  const length = one.timeframe === undefined ? baseMs : higherTimeframeMs(one.timeframe, baseMs);
  const columns: CandleColumns = length === baseMs ? base : higherCandles(base, length);
  return {
    columns: columns as unknown as Record<string, Float64Array>,
    knownTime: columns.openTime.map((time) => time + length),
  };
}
