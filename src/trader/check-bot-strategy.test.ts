import { expect, test } from 'vitest';
import type { CandleSource } from '../exchange/index.js';
import type { BotSettings } from '../live/index.js';
import { defineStrategy } from '../strategies/index.js';
import { checkBotStrategy } from './check-bot-strategy.js';

test('a strategy that needs columns that the trader does not have is refused before anything is fetched', async () => {
  const strategy = defineStrategy({
    name: 'Takers',
    extraColumns: ['count', 'takerBuyVolume'],
    warmUp: 0,
    signals: () => () => 0,
  });
  const run = { symbol: 'BTCUSDT', market: 'spot', interval: '1h', strategy: './takers.ts' };
  const history = {
    candles: {} as CandleSource,
    historyCandles: 500,
    compute: () => Promise.reject(new Error('computed')),
  };
  await expect(
    checkBotStrategy({ run } as unknown as BotSettings, strategy, history),
  ).rejects.toThrow(
    `Strategy "Takers" needs count, takerBuyVolume, but live candles have only prices and volume: it can be backtested, not traded`,
  );
});
