import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { csvRecords } from '../domain/index.js';
import { marketFillPrice, stopFillPrice, tighterStop } from '../semantics/index.js';
import { defineStrategy, TraceRecorder } from '../strategies/index.js';
import { positionPath } from './position-path.js';
import { randomEngineInput } from './random-input.contract.js';
import { randomColumns, withLaterRules } from './random-later.contract.js';
import { runReference } from './reference-engine.js';
import { runBacktest } from './run-backtest.js';
import { TRACE_COLUMNS, traceCsv } from './trace-csv.js';

describe('positionPath()', () => {
  test('agrees with the engine on 600 random runs: positions, and every level that was hit', () => {
    let hits = 0;
    for (let seed = 1; seed <= 600; seed++) {
      const drawn = randomEngineInput(seed);
      const { length, open: opens } = drawn.candles;
      const given = seed % 4 === 0 ? randomColumns(length, opens[0]!, 7 * seed) : {};
      const later = withLaterRules(drawn.rules, 11 * seed, given);
      const input = { ...drawn, ...given, rules: seed % 2 === 0 ? later : drawn.rules };
      const run = runReference(input);
      const path = [...positionPath({ ...input, run })];
      const { candles, period, rules } = input;
      expect(path, `seed ${seed}`).toHaveLength(period.to - period.from);
      expect(path.filter(({ position }) => position !== 0)).toHaveLength(run.candlesInMarket);
      expect(path.flatMap(({ exits }) => exits)).toEqual(run.trades.map((one) => one.exitReason));
      for (const trade of run.trades) {
        const { levels } = path[trade.exitIndex - period.from]!;
        const side = trade.side === 'long' ? 1 : -1;
        if (levels === undefined || levels.entryPrice !== trade.entryPrice) continue;
        const open = candles.open[trade.exitIndex]!;
        const stop = tighterStop(
          side,
          tighterStop(side, levels.stopLoss, levels.trailingStop),
          levels.liquidation,
        );
        // The price of a trade that left in parts is a mean.
        if (trade.scaleOuts > 0) continue;
        if (trade.exitReason === 'take-profit') {
          const slipped = marketFillPrice(open, side > 0 ? -1 : 1, rules.slippageRate);
          expect([levels.takeProfit, open, slipped], `seed ${seed}`).toContain(trade.exitPrice);
        } else if (!['signal', 'time', 'end-of-data'].includes(trade.exitReason)) {
          const prices = [stop, open].map((level) =>
            stopFillPrice(level, side > 0 ? -1 : 1, rules.slippageRate, rules.stopSlippageRate),
          );
          expect(prices, `seed ${seed}`).toContain(trade.exitPrice);
        } else continue;
        hits++;
      }
    }
    expect(hits).toBeGreaterThan(600);
  });
});

describe('traceCsv()', () => {
  // Enters at the open of candle 2, is stopped in candle 4 below 95.
  const rows = [
    [100, 100, 100, 100],
    [100, 101, 99, 100],
    [100, 110, 99, 108],
    [108, 120, 107, 118],
    [118, 118, 90, 91],
    [91, 92, 90, 91],
  ].map((prices, i) => [i * 3_600_000, ...prices, 7]);
  const candles = candleSeriesFromRows(
    { symbol: 'BTCUSDT', market: 'spot', timeframe: '1h' },
    rows,
  );
  const strategy = defineStrategy({
    name: 'Steps',
    warmUp: 0,
    signals:
      ({ candles: { close }, trace }) =>
      (i) => {
        trace(i, { half: close[i]! / 2, why: i === 1 ? 'a, "b"' : undefined });
        return i === 1 ? 1 : 0;
      },
  });
  const config = parseBacktestRunConfig({
    strategy: 'Steps',
    market: 'spot',
    units: 1,
    commission_bps: 0,
    slippage_bps: 0,
    stop_loss_pct: 0.05,
    take_profit_pct: 0.5,
    trailing_stop_loss_pct: 0.1,
    start: '1970-01-01T01:00:00Z',
  });
  const tableOf = (engine: 'reference' | 'fast'): Record<string, string>[] => {
    const recorder = new TraceRecorder(candles.length, TRACE_COLUMNS);
    const result = runBacktest({ ...config, engine }, candles, { strategy, trace: recorder.trace });
    const [header, ...records] = [...csvRecords([...traceCsv(result, recorder)].join(''))];
    return records.map(({ cells }) =>
      Object.fromEntries(cells.map((cell, k) => [header!.cells[k]!, cell])),
    );
  };

  test.each(['reference', 'fast'] as const)(
    'has one row per candle of the period, %s engine',
    (engine) => {
      const table = tableOf(engine);
      const columns = [
        'signal',
        'mask',
        'position',
        'entry_price',
        'stop_loss',
        'trailing_stop',
        'take_profit',
        'exit_reason',
        'half',
        'why',
      ];
      expect(table.map((row) => columns.map((name) => row[name]).join('|'))).toEqual([
        '1|both|0||||||50|a, "b"',
        '0|both|1|100|95|90|150||54|',
        '0|both|1|100|95|99|150||59|',
        '0|both|0|100|95|108|150|trailing-stop|45.5|',
        '0|both|0||||||45.5|',
      ]);
      expect(table[0]!.open_time).toBe('1970-01-01T01:00:00.000Z');
      expect(table[0]!.symbol).toBe('BTCUSDT');
      expect(table.map(({ equity }) => Number(equity))).toEqual([
        10_000, 10_008, 10_018, 10_008, 10_008,
      ]);
    },
  );

  test('comes in pieces of a thousand rows', () => {
    const many = candleSeriesFromRows(
      { symbol: 'BTCUSDT', market: 'spot', timeframe: '1h' },
      Array.from({ length: 2_500 }, (_, i) => [i * 3_600_000, 1, 1, 1, 1, 1]),
    );
    const recorder = new TraceRecorder(many.length);
    const result = runBacktest({ ...config, start: null }, many, {
      strategy,
      trace: recorder.trace,
    });
    const pieces = [...traceCsv(result, recorder)].map(
      (piece) => piece.trimEnd().split('\n').length,
    );
    expect(pieces).toEqual([1_001, 1_000, 500]);
  });
});
