import { expect, test } from 'vitest';
import { parseBacktestRunConfig } from '../config/index.js';
import { decimal, type Market } from '../domain/index.js';
import type { InstrumentRules, MarketFeed } from '../exchange/index.js';
import { instrumentRulesOf } from './instrument-rules.contract.js';
import { type PaperBot, paperTest } from './self-test.js';

function bot(symbol: string, run: object, market: Market = 'spot'): PaperBot {
  const config = parseBacktestRunConfig({ strategy: 'MACross', market, ...run });
  return {
    settings: { bot: 'bot', run: { ...config, symbol, interval: '1m', market }, risk: {} },
    balance: decimal('1000'),
    isInPosition: false,
    broker: {
      market,
      symbolSettings: () =>
        Promise.resolve({ symbol, leverage: 20, marginType: 'cross', notionalMax: 0n }),
      // Nothing is sent, not even a test.
      test: () => Promise.reject(new Error('an order was sent')),
    } as unknown as PaperBot['broker'],
  };
}

/** A feed with the best price of each symbol that it names. */
function feedOf(prices: Readonly<Record<string, string>>): MarketFeed {
  return {
    subscribe: (_, listener) => {
      for (const [symbol, text] of Object.entries(prices)) {
        const price = decimal(text);
        queueMicrotask(() =>
          listener({
            type: 'price',
            symbol,
            bidPrice: price,
            askPrice: price,
            bidQuantity: decimal('1'),
            askQuantity: decimal('1'),
            time: 0,
          } as never),
        );
      }
      return () => undefined;
    },
  };
}

const instruments = {
  instrumentRules: (symbols: readonly string[] = []) =>
    Promise.resolve(
      new Map(symbols.map((one): [string, InstrumentRules] => [one, instrumentRulesOf(one)])),
    ),
} as never;

const check = (...bots: PaperBot[]) =>
  paperTest({ feed: feedOf({ BTCUSDT: '80000', ETHUSDT: '2000' }), instruments, bots });

test.each<[string, object, 'ok' | 'failed', RegExp]>([
  ['a size that fits', { units: 0.01 }, 'ok', /^an entry of 0\.01 BTC is possible, about 800 USDT/],
  ['the whole balance', { equity_fraction: 1 }, 'ok', /^an entry of 0\.012 BTC is possible/],
  ['less than the least amount', { units: 0.00001 }, 'failed', /0\.001/],
  ['more than the balance', { units: 1 }, 'failed', /1,?000/],
])('%s', async (_, run, result, says) => {
  const [line] = await check(bot('BTCUSDT', run));
  expect(line).toMatchObject({ name: 'BTCUSDT size', symbol: 'BTCUSDT', result });
  expect(line?.text).toMatch(says);
});

test('each bot is checked by its own price', async () => {
  const lines = await check(bot('BTCUSDT', { units: 1 }), bot('ETHUSDT', { units: 0.1 }));
  expect(lines.map(({ symbol, result }) => [symbol, result])).toEqual([
    ['BTCUSDT', 'failed'],
    ['ETHUSDT', 'ok'],
  ]);
});

test('what a bot holds it goes on with', async () => {
  const [line] = await check({ ...bot('BTCUSDT', { units: 0.00001 }), isInPosition: true });
  expect(line?.result).toBe('note');
});
