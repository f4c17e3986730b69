import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.js';

const longTests = process.env.WUS_LONG_TESTS === '1';

const LONG = '**/*.long.test.ts';

/** They wait for candles of a market more than they compute. */
const TRADER = ['test/e2e/{trader,exchange,other-exchange,parity}*.test.ts'];

/** Tests beside the sources that start processes and worker threads, or simulate whole days. */
const SLOW_SOURCES = [
  'src/live/simulation/**/*.test.ts',
  'src/live/parity/explain-parity.test.ts',
  'src/plugins/load-strategy.test.ts',
  'src/optimize/optimize.test.ts',
  'src/optimize/judgement/judge-winner.test.ts',
  'src/forward-test/walk-forward.test.ts',
  'src/exchange/download/fetch-data.test.ts',
  'src/exchange/server/*.test.ts',
  'src/candles/csv-decoder.test.ts',
  'src/indicators/window-sums.test.ts',
  'src/backtest/{fast/fast-engine,engine-properties,later-properties,synthetic-market}.test.ts',
  'src/strategies/{strategies,check-strategy}.test.ts',
  'src/history/real-data.test.ts',
  'src/trader/alert-delivery.test.ts',
  'src/trader/telegram-remote.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['./test/build-report-client.ts'],
    pool: 'forks',
    // Two more than there are cores: about as many files wait (see LongestFirst).
    maxWorkers: longTests ? 2 : availableParallelism() + 2,
    sequence: { sequencer: LongestFirst },
    maxConcurrency: 2,
    testTimeout: longTests ? 3_600_000 : 60_000,
    hookTimeout: 120_000,
    reporters: ['default'],
    ...(longTests
      ? { include: ['{src,test}/**/*.long.test.ts'], exclude: ['node_modules/**'] }
      : {
          projects: [
            {
              extends: true as const,
              test: {
                name: 'trader',
                include: TRADER,
                exclude: [LONG],
              },
            },
            {
              extends: true as const,
              // One process for many files: loading the modules for each costs more than the tests.
              test: {
                name: 'unit',
                include: ['src/**/*.test.ts'],
                exclude: [LONG, ...SLOW_SOURCES],
                isolate: false,
              },
            },
            {
              extends: true as const,
              test: {
                name: 'slow',
                include: [...SLOW_SOURCES, 'test/**/*.test.ts'],
                exclude: [LONG, ...TRADER, 'test/clients/**'],
              },
            },
          ],
        }),
  },
});
