import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { INDICATORS } from './catalogue.js';
import {
  PUBLISHED_ROWS,
  REFERENCE_ROWS,
  type ReferenceCandles,
  referenceCandles,
} from './reference-values.contract.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 0, 1);

type Lines = Readonly<Record<string, Float64Array>>;

/** Names the columns of an indicator after it. */
function named(name: string, result: Float64Array | object): Lines {
  if (result instanceof Float64Array) return { [name]: result };
  const lines = Object.entries(result as Lines);
  return Object.fromEntries(lines.map(([line, values]) => [`${name}.${line}`, values]));
}

function timesOf({ close }: ReferenceCandles, stepMs: number): Float64Array {
  return Float64Array.from(close, (_, i) => START + i * stepMs);
}

function expectValues(
  values: Float64Array,
  expected: Readonly<Record<number, number>>,
  tolerance: number,
): void {
  expect(Object.keys(expected).length).toBeGreaterThan(0);
  for (const [index, value] of Object.entries(expected)) {
    const error = Math.abs(values[Number(index)]! - value);
    expect([index, error <= tolerance * Math.abs(value) || error <= 1e-12]).toEqual([index, true]);
  }
}

describe('what other programs compute on a small series', () => {
  const columns = referenceCandles();
  const { close, high, low } = columns;
  const candles = { ...columns, openTime: timesOf(columns, HOUR_MS) };
  const median = high.map((top, i) => (top + low[i]!) / 2);
  const use = INDICATORS;
  const lines: Lines = {
    ...named('accumulationDistribution', use.accumulationDistribution(candles)),
    ...named('adx', use.adx(candles, 14)),
    ...named('aroon', use.aroon(candles, 14)),
    ...named('cci', use.cci(candles, 20)),
    ...named('chaikinOscillator', use.chaikinOscillator(candles)),
    ...named('cmf', use.cmf(candles, 20)),
    ...named('dema', use.dema(close, 10)),
    ...named('donchian', use.donchian(candles, 20)),
    ...named('elderRay', use.elderRay(candles, 13)),
    ...named('ewo', use.ewo(close)),
    ...named('ewoAO', use.ewo(median, { fast: 5, slow: 34 })),
    ...named('fisher', use.fisher(candles, 10)),
    ...named('heikinAshi', use.heikinAshi(candles)),
    ...named('hma', use.hma(close, 16)),
    ...named('ichimoku', use.ichimoku(candles)),
    ...named('kama', use.kama(close)),
    ...named('keltner', use.keltner(candles)),
    ...named('linearRegression', use.linearRegression(close, 14)),
    ...named('mfi', use.mfi(candles, 14)),
    ...named('pivotPoints', use.pivotPoints(candles)),
    ...named('psar', use.psar(candles)),
    ...named('sessionVwap', use.sessionVwap({ ...candles, openTime: timesOf(columns, MINUTE_MS) })),
    ...named('sessionVwapDay', use.sessionVwap(candles)),
    ...named('ssl', use.ssl(candles, 10)),
    ...named('stochRsi', use.stochRsi(close)),
    'stochRsi.k1': use.stochRsi(close, { smoothing: 1 }).k,
    ...named('superTrend', use.superTrend(candles)),
    ...named('t3', use.t3(close, 5)),
    ...named('tema', use.tema(close, 10)),
    ...named('trix', use.trix(close, 5)),
    ...named('typicalPrice', use.typicalPrice(candles)),
    ...named('vwma', use.vwma(candles, 14)),
    ...named('williamsR', use.williamsR(candles, 14)),
    ...named('zlema', use.zlema(close, 10)),
  };

  test.each(
    REFERENCE_ROWS.map(([line, source, expected, tolerance = 1e-9]) => ({
      line,
      source,
      expected,
      tolerance,
    })),
  )('$line: $source', ({ line, expected, tolerance }) => {
    expectValues(lines[line]!, expected, tolerance);
  });
});

describe('published values of 502 daily candles', () => {
  const file = '../shared/vectors/indicators/skender-502bar.json';
  const missing = !existsSync(file);
  if (missing) console.warn(`SKIPPED: published indicator values; missing ${file}`);

  const readCandles = (): ReferenceCandles & { readonly openTime: Float64Array } => {
    const { series } = JSON.parse(readFileSync(file, 'utf8')) as {
      series: Readonly<Record<keyof ReferenceCandles, number[]>> & { readonly date: string[] };
    };
    return {
      openTime: Float64Array.from(series.date, (date) => Date.parse(`${date}T00:00:00Z`)),
      open: Float64Array.from(series.open),
      high: Float64Array.from(series.high),
      low: Float64Array.from(series.low),
      close: Float64Array.from(series.close),
      volume: Float64Array.from(series.volume),
    };
  };
  const linesOf = (): Lines => {
    const candles = readCandles();
    const { close } = candles;
    const use = INDICATORS;
    // Its channel leaves the current candle out.
    const later = (column: Float64Array): Float64Array => Float64Array.of(Number.NaN, ...column);
    const channel = use.donchian(candles, 20);
    return {
      ...named('accumulationDistribution', use.accumulationDistribution(candles)),
      ...named('adx', use.adx(candles, 14)),
      ...named('aroon', use.aroon(candles, 25)),
      ...named('cci', use.cci(candles, 20)),
      ...named('chaikinOscillator', use.chaikinOscillator(candles)),
      ...named('cmf', use.cmf(candles, 20)),
      ...named('dema', use.dema(close, 14)),
      'donchian.upper': later(channel.upper),
      'donchian.lower': later(channel.lower),
      ...named('elderRay', use.elderRay(candles, 13)),
      ...named('fisher', use.fisher(candles, 10)),
      ...named('heikinAshi', use.heikinAshi(candles)),
      ...named('hma', use.hma(close, 14)),
      ...named('ichimoku', use.ichimoku(candles)),
      ...named('kama', use.kama(close)),
      ...named('keltner', use.keltner(candles)),
      ...named('linearRegression', use.linearRegression(close, 14)),
      ...named('mfi', use.mfi(candles, 14)),
      ...named('pivotPoints', use.pivotPoints(candles, { session: 'month' })),
      ...named('psar', use.psar(candles)),
      // It has no sessions.
      ...named(
        'sessionVwap',
        use.sessionVwap({ ...candles, openTime: timesOf(candles, MINUTE_MS) }),
      ),
      ...named('stochRsi', use.stochRsi(close, { smoothing: 1 })),
      ...named('superTrend', use.superTrend(candles)),
      ...named('t3', use.t3(close, 5)),
      ...named('tema', use.tema(close, 20)),
      ...named('trix', use.trix(close, 14)),
      ...named('vwma', use.vwma(candles, 14)),
      ...named('williamsR', use.williamsR(candles, 14)),
    };
  };
  const lines = missing ? {} : linesOf();

  test.skipIf(missing).each(PUBLISHED_ROWS)('%s', (line, expected) => {
    expectValues(lines[line]!, expected, 1e-9);
  });
});
