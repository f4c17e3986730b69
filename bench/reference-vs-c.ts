// One backtest with stops through the reference engine, against a plain C loop of the same semantics.
import { type EngineInput, engineMetrics, runReference } from '../src/backtest/index.js';
import type { TradeRules } from '../src/semantics/index.js';
import { findStrategy, resolveParameters } from '../src/strategies/index.js';
import { median, reportBench } from './lib/bench.js';
import { compileYardstick, type YardstickResult } from './lib/c-yardstick.js';
import { workloadCandles } from './lib/workload.js';

const CANDLES = 525_600;
const RUNS = 9;
const RATIO_MAX = 40;

const candles = workloadCandles(CANDLES, 1);
const strategy = findStrategy('MACross');
const parameters = resolveParameters(strategy, { fast_period: 20, slow_period: 100 });
const signals = strategy.signals(candles, parameters);
const entryMask = new Uint8Array(CANDLES).fill(3);
const rules: TradeRules = {
  market: 'usdm',
  direction: 'both',
  initialBalance: 10_000,
  size: { equityFraction: 0.5 },
  leverage: 1,
  allowOverdraft: false,
  commissionRate: 0.00002,
  slippageRate: 0.00001,
  stopLoss: 0.005,
  takeProfit: 0.01,
  trailingStop: 0.007,
  exitOnNeutral: false,
  reEntry: 'immediate',
};
const period = { from: 0, to: CANDLES };
const input: EngineInput = { candles, period, signals, entryMask, rules };

const yardstick = compileYardstick({
  candles,
  period,
  signals: [{ column: signals, entryMask }],
  rules: [rules],
});
if (yardstick !== undefined) {
  try {
    checkEqual(yardstick.run(1));
    compare((repeats) => median(yardstick.run(repeats).times));
  } finally {
    yardstick.remove();
  }
}

function compare(runC: (repeats: number) => number): void {
  const c: number[] = [];
  const reference: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const pair = [runC(5), cpuMs(() => engineMetrics(input, runReference(input)))] as const;
    if (run === 0) continue;
    c.push(pair[0]);
    reference.push(pair[1]);
  }
  const trades = runReference(input).trades.length;
  reportBench({
    title: 'One backtest: reference engine and plain C',
    about: `${CANDLES} one-minute candles, MACross 20/100, stop-loss, take-profit and trailing stop, ${trades} trades; engine and all metrics, signals given. CPU time, alternating.`,
    rows: [
      { what: 'C -O3 loop', median: median(c), unit: 'ms CPU', runs: RUNS },
      { what: 'reference engine', median: median(reference), unit: 'ms CPU', runs: RUNS },
    ],
    limits: [
      {
        what: 'reference engine / C loop',
        value: median(reference) / median(c),
        atMost: RATIO_MAX,
        unit: 'x',
      },
    ],
    equal: [`${trades} trades to the bit, metrics to 1e-9`],
  });
}

function checkEqual({ trades, metrics }: YardstickResult): void {
  const run = runReference(input);
  if (trades.length !== run.trades.length) {
    throw new Error(`C made ${trades.length} trades, the reference ${run.trades.length}`);
  }
  trades.forEach((trade, k) => {
    for (const [key, value] of Object.entries(trade)) {
      const own = run.trades[k]![key as keyof typeof trade];
      if (own !== value) throw new Error(`trade ${k} ${key}: C ${value}, reference ${own}`);
    }
  });
  const own = engineMetrics(input, run);
  const theirs = metrics[0]!;
  const pairs = {
    finalBalance: [theirs.finalBalance, own.finalBalance],
    profitFactor: [theirs.profitFactor, own.profitFactor],
    maxDrawdown: [theirs.maxDrawdown, own.maxDrawdown],
    sharpeRatio: [theirs.sharpeRatio, own.sharpeRatio],
    totalCommission: [theirs.totalCommission, own.totalCommission],
    expectancy: [theirs.expectancy, own.expectancy],
    candlesInMarket: [theirs.candlesInMarket, run.candlesInMarket],
    skippedEntries: [theirs.skippedEntries, own.skippedEntries],
  };
  for (const [name, [c = 0, reference = 0]] of Object.entries(pairs)) {
    if (Math.abs(c - reference) <= 1e-9 * Math.max(Math.abs(c), Math.abs(reference))) continue;
    throw new Error(`${name}: C ${c}, reference ${reference}`);
  }
}

function cpuMs(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
