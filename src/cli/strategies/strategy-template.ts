import { PACKAGE_NAME } from '../../plugins/index.js';

/** Where the templates import the package from, and whether that is more than its name. */
export interface PackagePlace {
  /** `mista-wus-algo-trader`, or the address of its entry where the folder cannot see it by name. */
  readonly specifier: string;
  /** Path of its types, where the folder cannot see them by name. */
  readonly types: string | undefined;
}

/**
 * Returns a strategy to begin with: it runs as it is, and passes the check for look-ahead.
 *
 * @param name - Of the strategy; letters, digits, `.`, `_`, `-`.
 */
export function strategyTemplate(name: string): string {
  return `import { defineStrategy, integer, number } from '${PACKAGE_NAME}';

// Buys dips in an uptrend and sells rallies in a downtrend: a starting point, not trading advice.
export const strategy = defineStrategy({
  name: '${name}',
  // Each is a --param value, a line of the optimizer's grid and a column of its results.
  parameters: {
    trend_period: integer({ default: 100, min: 2, max: 1000, description: 'Average of the trend' }),
    rsi_period: integer({ default: 14, min: 2, max: 200, description: 'Length of the RSI' }),
    depth: number({ default: 10, min: 0, max: 49, description: 'RSI points beyond 50' }),
  },
  // Number of candles before the first signal.
  warmUp: ({ trend_period, rsi_period }) => Math.max(trend_period, rsi_period + 1),
  // The signal at the close of candle i: 1 long, -1 short, 0 none; the order fills at the next open.
  signals({ candles: { close }, parameters, indicators, trace }) {
    const trend = indicators.sma(close, parameters.trend_period);
    const rsi = indicators.rsi(close, parameters.rsi_period);
    return (i) => {
      trace(i, { trend: trend[i], rsi: rsi[i] }); // columns of --trace-file
      const direction = indicators.compare(close[i], trend[i]);
      if (direction > 0 && indicators.compare(rsi[i], 50 - parameters.depth) < 0) return 1;
      if (direction < 0 && indicators.compare(rsi[i], 50 + parameters.depth) > 0) return -1;
      return 0;
    };
  },
  // Lines in the report: over the candles ('price') or in a separate pane.
  plots({ candles: { close }, parameters, indicators }) {
    return [
      { label: 'Trend', pane: 'price', values: indicators.sma(close, parameters.trend_period) },
      { label: 'RSI', pane: 'RSI', values: indicators.rsi(close, parameters.rsi_period) },
    ];
  },
});
`;
}

/**
 * Returns a test of that strategy for Node's own test runner; plain JavaScript, so that every Node runs it.
 *
 * @param file - Name of the strategy file, in the same folder.
 * @param place - Where the package is.
 */
export function strategyTestTemplate(file: string, { specifier }: PackagePlace): string {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  candleSeriesFromRows,
  checkStrategy,
  loadStrategy,
  resolveParameters,
  syntheticCandles,
} from '${specifier}';

const file = fileURLToPath(new URL('./${file}', import.meta.url));
const { strategy, fresh } = await loadStrategy(file);
const parameters = resolveParameters(strategy);
// Seeded, so identical on every machine.
const candles = syntheticCandles({ length: 5_000 });

test('has no look-ahead bias, is deterministic and keeps no state', async () => {
  const { cuts } = checkStrategy(strategy, parameters, candles, { cold: await fresh() });
  assert.ok(cuts > 100);
});

test('signals both sides', () => {
  const signals = strategy.signals(candles, parameters);
  assert.equal(signals.length, candles.length);
  assert.ok(signals.includes(1) && signals.includes(-1));
});

test('never signals short while every candle rises', () => {
  const hour = 3_600_000;
  const rows = Array.from({ length: 500 }, (_, i) => [i * hour, 100 + i, 101 + i, 100 + i, 101 + i, 1]);
  const rising = candleSeriesFromRows({ symbol: 'BTCUSDT', market: 'spot', timeframe: '1h' }, rows);
  assert.ok(!strategy.signals(rising, parameters).includes(-1));
});
`;
}

/**
 * Returns the settings by which an editor and \`tsc -p\` check strategy files; nothing is built from them.
 *
 * @param place - Where the package is.
 */
export function typesTemplate({ types }: PackagePlace): string {
  const options = {
    target: 'ES2023',
    lib: ['ES2023', 'DOM'],
    module: 'NodeNext',
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    types: [],
    ...(types === undefined ? {} : { paths: { [PACKAGE_NAME]: [types] } }),
  };
  return `${JSON.stringify({ compilerOptions: options, include: ['*.ts', '*.mts'] }, null, 2)}\n`;
}
