// Optimizes on the first part of the candles and tests on the rest: node optimize-and-test-on-unseen-candles-in-code.js <candle file…>
import {
  frozenConfig,
  gridEntryOf,
  judgeWinner,
  loadCandles,
  loadStrategy,
  metricsRecord,
  optimize,
  parseBacktestRunConfig,
  parseOptimizeParams,
  runBacktest,
} from 'mista-wus-algo-trader';

const { candles, dataHash } = await loadCandles({ files: process.argv.slice(2) });
const grids = parseOptimizeParams(
  `${candles.symbol}:
     MACross:
       fast_period: [6, 12, 24]
       slow_period: {start: 48, stop: 96, step: 24}
       stop_loss_pct: [null, 0.03]`,
  'the grid in this file',
);
const { strategy, source } = await loadStrategy('MACross');
// Choose on the first 70 %, and use the rest only once.
const split = new Date(candles.openTime[Math.floor(candles.length * 0.7)]).toISOString();
const config = parseBacktestRunConfig({ strategy: 'MACross', market: candles.market, end: split });

const request = {
  config,
  strategy,
  strategySource: source,
  candles,
  dataHash,
  grid: gridEntryOf(grids, candles.symbol, strategy),
  // Frozen, so that TypeScript keeps the name of the metric.
  ranking: Object.freeze({ metric: 'sharpe_ratio', minTrades: 10 }),
  top: 1,
  processes: 2,
};
const found = await optimize(request);
const [winner] = found.best;
const judgement = await judgeWinner(request, found);
const frozen = frozenConfig(
  { strategy: winner.parameters, risk: winner.stops, filters: winner.filters },
  { strategy: 'MACross', market: candles.market, start: split },
  strategy,
);
const unseen = runBacktest(parseBacktestRunConfig(frozen.config), candles, { strategy });

const { sharpe_ratio, total_trades } = metricsRecord(unseen.metrics);
console.log(
  JSON.stringify({
    combinations: found.done,
    ...winner.parameters,
    ...winner.stops,
    verdict: judgement?.verdict,
    unseen: { sharpe_ratio, total_trades },
  }),
);
