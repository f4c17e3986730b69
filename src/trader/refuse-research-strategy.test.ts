import { expect, test } from 'vitest';
import { type CandleColumns, syntheticCandles } from '../candles/index.js';
import { defineStrategy, findStrategy, type Strategy, series } from '../strategies/index.js';
import { refuseResearchStrategy } from './refuse-research-strategy.js';
import { StrategyGate } from './strategy-gate.js';

const warmUp = 2;
const plain = defineStrategy({ name: 'Plain', warmUp, signals: () => () => 1 });
const ranked = defineStrategy({
  name: 'Ranked',
  warmUp,
  signals: () => ({ enter: () => 1, rank: (i) => i }),
});
const exits = defineStrategy({
  name: 'Exits',
  warmUp,
  signals: () => ({ enter: () => 1, exit: () => 'long', stopDistance: () => 1 }),
});
const managed = defineStrategy({
  name: 'Managed',
  warmUp,
  signals: () => () => 1,
  manage: () => ({ stop: 1 }),
});
const daily = defineStrategy({
  name: 'Daily',
  series: { day: series.timeframe('1d'), btc: series.symbol('BTCUSDT') },
  warmUp,
  signals: () => () => 1,
});

const refuse = (strategy: Strategy): void => {
  refuseResearchStrategy(strategy, {}, { market: 'spot', interval: '1h' });
};
const candles: CandleColumns = syntheticCandles({ length: 50, timeframe: '1h', seed: 1 });

test.each([
  [exits, 'Strategy "Exits" has exit, stopDistance, which bots do not have yet'],
  [managed, 'Strategy "Managed" has manage, which bots do not have yet'],
  [daily, 'Strategy "Daily" has series (day, btc), which bots do not have yet'],
])('a bot refuses %#: %s', (strategy, message) => {
  expect(() => refuse(strategy)).toThrow(message);
  const guarded = new StrategyGate().guard(strategy);
  expect(() => guarded.signals(candles, {})).toThrow('which bots do not have yet');
});

test.each([[plain], [ranked], [findStrategy('MACross')]])('a bot takes %#', (strategy) => {
  const parameters = { fast_period: 2, slow_period: 5, ma_type: 'EMA' };
  refuseResearchStrategy(strategy, parameters, { market: 'spot', interval: '1h' });
  const guarded = new StrategyGate().guard(strategy);
  expect(guarded.signals(candles, parameters)).toHaveLength(50);
});
