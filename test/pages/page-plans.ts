// How each page is run by the tests: what it presupposes, and which lines cannot run here, and why.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import type { Timeframe } from '../../src/domain/index.js';
import { repositoryRoot } from '../e2e/wus.js';

const DAY_MS = 86_400_000;
const END = Date.UTC(2024, 0, 1);

/** Reviewed: lines of the pages that a test cannot run, and what runs in their place. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  'npm install mista-wus-algo-trader':
    '`make test-package` installs the packed package and runs the lines from it',
  'npx wus demo': 'e2e/demo.test.ts runs the command on this machine',
  'git clone <this repository> wus && cd wus': 'the address is that of the reader',
  'npm ci && npm run build': 'the tests run on an installed and built clone',
  'node bin/wus.js demo': 'e2e/demo.test.ts',
  'make optimize STRATEGY=RSIReversion SYMBOL=ETHUSDT INTERVAL=1h SAVE_DETAILS=1 APPLY_ATR_FILTER=1':
    'needs the checkout; the line below the target is wus optimize',
  'make optimize-batch STRATEGIES="MACross LongShort" SYMBOLS="BTCUSDT ETHUSDT" PROCESSES=2':
    'as above, wus optimize-batch runs',
  'make trigger-threaded-optimizer TSO_STRATEGIES=MACross TSO_SYMBOLS="BTCUSDT BNBUSDT" TSO_PROCESSES=4':
    'as above, wus optimize-batch runs',
  'make trader STRATEGY=RSIReversion SYMBOL=ETHUSDT TRADER_ARGS="--interval 15m --stop-loss 0.02"':
    'as above',
  'wus trader --strategy MACross --symbol BTCUSDT --interval 1h': 'asks Binance itself',
  'wus trader --strategy MACross --symbol BTCUSDT --interval 15m …':
    'asks Binance itself, for days',
  'wus fetch-data --symbols BTCUSDT --interval 15m --start 2026-11-01':
    'asks Binance itself; e2e/fetch-data.test.ts runs it at the local exchange',
  'wus parity results/live_trades/paper_spot_BTCUSDT_15m_MovingAverageCrossoverStrategy_trades.csv':
    'needs days of trading; e2e/parity.test.ts',
  'wus trader --mode testnet --strategy MACross --symbol BTCUSDT --interval 15m --units 0.001 --stop-loss 0.02':
    'asks Binance itself; the lines above it run at the local exchange',
  'wus trader --mode live --strategy MACross --symbol BTCUSDT --interval 15m --units 0.001 --stop-loss 0.02 --max-cum-loss 50 --max-order-notional 200':
    'trades real money',
};

/** Lines that run in another wording: what they ask for is not here, or would take an hour. */
export const IN_OTHER_WORDS: Readonly<Record<string, string>> = {
  // The command line of the target, with a market that is always there and averages that cross often.
  'make trader':
    'wus trader --strategy MACross --symbol BTCUSDT --interval 1m --market-data local --param fast_period=2 slow_period=5',
  'BINANCE_API_KEY=… BINANCE_API_SECRET=… wus trader --mode testnet --rest-url http://127.0.0.1:9180 --strategy MACross --symbol BTCUSDT --interval 1m --units 0.01 --stop-loss 0.01':
    'BINANCE_API_KEY=… BINANCE_API_SECRET=… wus trader --mode testnet --rest-url http://127.0.0.1:9180 --strategy MACross --symbol BTCUSDT --interval 1m --units 0.01 --stop-loss 0.01 --param fast_period=2 slow_period=5',
};

/** What must run before a line, where the page says so in words. */
export const BEFORE: Readonly<Record<string, string>> = {
  'curl http://127.0.0.1:9180/control/status': 'wus exchange --market both --speed step',
};

/** Lines that end with another exit code than 0, as their page says. */
export const EXIT_CODES: Readonly<Record<string, number>> = {
  'wus optimize --strategy MACross --symbol BTCUSDT --interval 1h --require promising': 1,
};

/** Whole pages for which there is nothing to run here. */
export const NOT_RUN_PAGES: Readonly<Record<string, string>> = {
  'docs/how-to/run-on-a-server.md':
    'users, services and logs of a server; test/pages/server-files.test.ts reads its files',
  'docs/how-to/set-defaults.md':
    'writes into the folders of a user; e2e/defaults.test.ts and e2e/completion.test.ts do what it says',
  'docs/how-to/read-the-report.md': 'has no commands',
  'docs/how-to/use-the-library.md':
    'has a program; test/pages/library-page.test.ts compiles and runs it',
};

/** Lays out what a page presupposes. */
export type Preparation = (folder: string) => void;

const GRID = `BTCUSDT:
  MACross:
    fast_period: [5, 10]
    slow_period: [30, 60]
    stop_loss_pct: [null, 0.05]
`;

const OWN_STRATEGY = (
  name: string,
): string => `import { defineStrategy, integer } from 'mista-wus-algo-trader';
export const strategy = defineStrategy({
  name: '${name}',
  parameters: { period: integer({ default: 20, min: 2, description: 'Length of the average' }) },
  warmUp: ({ period }) => period,
  signals({ candles: { close }, parameters: { period }, indicators, trace }) {
    const average = indicators.sma(close, period);
    return (i) => {
      trace(i, { average: average[i] });
      return indicators.compare(close[i], average[i]);
    };
  },
});
`;

const stored = (symbol: string, timeframe: Timeframe, days: number, end = END): Preparation =>
  written(`data/spot/${timeframe}/${symbol}_${timeframe}.csv`, symbol, timeframe, days, end);

function written(
  file: string,
  symbol: string,
  timeframe: Timeframe,
  days: number,
  end = END,
): Preparation {
  return (folder) => {
    const startTime = end - days * DAY_MS;
    const perDay = timeframe === '1m' ? 1_440 : 24;
    const length = days * perDay;
    const options = { length, symbol, timeframe, startTime, hasTimeGaps: false };
    put(folder, file, candlesToCsv(syntheticCandles(options)));
  };
}

function put(folder: string, file: string, text: string): void {
  mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(folder, file), file.endsWith('.gz') ? gzipSync(text) : text);
}

const grid: Preparation = (folder) => put(folder, 'config/optimize_params.yaml', GRID);
const threeYears = stored('BTCUSDT', '1h', 3 * 365);

const HEADER = 'open_time,open,high,low,close,volume';
const rows = (stepMs: number): number[][] =>
  Array.from({ length: 240 }, (_, i) => [END + i * stepMs, 42_000, 42_100, 41_900, 42_050, i + 1]);

/** What the reader of the README saves. */
function readmeStrategy(): string {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(read('README.md')) ?? [];
  return code;
}

const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), 'utf8');

/** Per page, what it presupposes; its commands run in this folder. */
export const PREPARATIONS: Readonly<Record<string, readonly Preparation[]>> = {
  'docs/how-to/forward-test.md': [threeYears, grid],
  'docs/how-to/analyze-and-compare.md': [threeYears, grid],
  'docs/how-to/walk-forward.md': [threeYears, grid],
  'docs/how-to/is-it-overfit.md': [threeYears, grid],
  'docs/how-to/optimize.md': ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'BNBUSDT'].map((symbol) =>
    stored(symbol, '1h', 60),
  ),
  'docs/how-to/import-your-candles.md': [
    written('BTCUSDT_1h.csv.gz', 'BTCUSDT', '1h', 30),
    (folder) => put(folder, 'BTCUSDT.json', JSON.stringify(rows(60_000))),
    (folder) => put(folder, 'joined.csv', [HEADER, ...rows(3_600_000), HEADER, ''].join('\n')),
  ],
  'docs/how-to/write-a-strategy.md': [
    stored('BTCUSDT', '1h', 90),
    (folder) => put(folder, 'breakout.ts', OWN_STRATEGY('Breakout')),
    (folder) => put(folder, 'my-strategy.ts', OWN_STRATEGY('Mine')),
  ],
  'docs/how-to/come-from-freqtrade.md': [
    stored('BTCUSDT', '1h', 90),
    ...[
      'buy-dips-in-a-daily-uptrend.ts',
      'follow-a-trend-with-an-atr-stop.ts',
      'hold-a-breakout-with-a-chandelier-stop.ts',
    ].map(
      (name): Preparation =>
        (folder) =>
          put(folder, name, read(`examples/${name}`)),
    ),
  ],
  'docs/how-to/paper-trade.md': [stored('BTCUSDT', '1m', 2, Date.UTC(2023, 2, 2))],
  'docs/how-to/trade-live.md': [],
  'docs/how-to/explain-parity.md': [],
  'docs/how-to/rehearse-with-the-local-exchange.md': [],
  'README.md': [
    written('BTCUSDT_1h.csv.gz', 'BTCUSDT', '1h', 90),
    (folder) => put(folder, 'above-average.ts', readmeStrategy()),
  ],
};

/** Text that says that a line which does not end by itself is under way. */
export const UNDER_WAY: readonly (readonly [RegExp, RegExp])[] = [
  [/^wus exchange\b/, /REST and archives[\s\S]*BINANCE_API_KEY=\S+[^\n]*\n/],
  [/\bwus trader --.*fast_period=2/, /exit: (long|short)/],
  [/\bwus trader --.*--rest-url/, /next \d\d:\d\d/],
  [/ --watch\b/, /./],
  [/^wus trader log --follow/, /./],
];
