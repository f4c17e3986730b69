// `wus backtest` in code: node compare-stops-in-code-and-write-a-report.js <candle file…>
import { writeFileSync } from 'node:fs';
import {
  loadCandles,
  metricsRecord,
  renderBacktestReport,
  runBacktest,
  syntheticCandles,
  tradeLogCsv,
} from 'mista-wus-algo-trader';

const files = process.argv.slice(2);
const { candles, dataHash } =
  files.length > 0
    ? await loadCandles({ files })
    : { candles: syntheticCandles({ length: 5_000 }), dataHash: 'SYNTHETIC' };

const results = [0.01, 0.02, 0.04].map((stop_loss_pct) =>
  runBacktest(candles, { strategy: 'MACross', stop_loss_pct }),
);
for (const { config, metrics } of results) {
  const { total_trades, cumulative_profit, max_drawdown } = metricsRecord(metrics);
  console.log(
    JSON.stringify({ stop: config.stop_loss_pct, total_trades, cumulative_profit, max_drawdown }),
  );
}

const [first] = results;
writeFileSync(
  'trades.csv',
  tradeLogCsv(first.run.trades, { symbol: candles.symbol, strategy: first.strategy.name }),
);
writeFileSync(
  'report.html',
  renderBacktestReport({
    ...first,
    provenance: {
      command: 'node compare-stops-in-code-and-write-a-report.js',
      dataHash,
      files,
      version: '',
      createdTime: Date.now(),
      synthetic: files.length === 0,
    },
  }),
);
