import { describe, expect, test } from 'vitest';
import {
  clientOrderId,
  isOwnOrderId,
  orderIdPrefix,
  orderTag,
  readOwnOrderId,
} from './client-order-id.js';

const SPOT = { market: 'spot', bot: 'b1', instance: 'a' } as const;

describe('orderTag()', () => {
  test.each([
    ['symbols that begin alike', { symbol: 'TRUMPUSDT' }, { symbol: 'TRUMPUSDC' }],
    ['symbols that begin alike for longer', { symbol: '1000PEPEUSDT' }, { symbol: '1000PEPEUSDC' }],
    ['symbols of other letters', { symbol: '币安人生USDT' }, { symbol: '龙USDT' }],
    [
      'symbols that differ in a letter that names may not have',
      { symbol: 'A_USDT' },
      { symbol: 'A-USDT' },
    ],
    ['markets', { symbol: 'BTCUSDT' }, { symbol: 'BTCUSDT', market: 'usdm' }],
    ['bots', { symbol: 'BTCUSDT' }, { symbol: 'BTCUSDT', bot: 'b2' }],
    ['states', { symbol: 'BTCUSDT' }, { symbol: 'BTCUSDT', instance: 'b' }],
    [
      'texts that are only cut elsewhere',
      { symbol: 'BTC', bot: 'x1' },
      { symbol: 'BTCx', bot: '1' },
    ],
  ] as const)('differs for other %s', (_, a, b) => {
    expect(orderTag({ ...SPOT, ...a })).not.toBe(orderTag({ ...SPOT, ...b }));
  });

  test('is the same for the same, and fits the ids of the exchange', () => {
    const tag = orderTag({ ...SPOT, symbol: 'BTCUSDT' });
    expect(orderTag({ ...SPOT, symbol: 'BTCUSDT' })).toBe(tag);
    expect(tag).toMatch(/^[a-z0-9]{8}$/);
    const signalTime = Date.UTC(2099, 0, 1);
    const id = clientOrderId({
      bot: tag,
      signalTime,
      leg: 'stop',
      epoch: 99_999,
      counter: 999_999,
    });
    expect(id).toMatch(/^[.A-Z:/a-z0-9_-]{1,36}$/);
  });

  test('of 20,000 bots no two are the same', () => {
    const tags = Array.from({ length: 20_000 }, (_, i) => orderTag({ ...SPOT, symbol: `S${i}` }));
    expect(new Set(tags).size).toBe(tags.length);
  });
});

describe('own orders', () => {
  const tags = { tag: 'k2j3', formerTags: ['btcusdt'] };
  const id = (bot: string): string =>
    clientOrderId({ bot, signalTime: 60_000, leg: 'exit', epoch: 2, counter: 40 });

  test.each([
    ['the present tag', id('k2j3'), true],
    ['a former tag', id('btcusdt'), true],
    ['a tag that begins like it', id('k2j34'), false],
    ['a tag that it begins with', id('k2j'), false],
    ['no tag', 'web_k2j3', false],
  ])('%s', (_, text, isOwn) => {
    expect(isOwnOrderId(tags, text)).toBe(isOwn);
    const parts = { signalTime: 60_000, leg: 'exit', epoch: 2, counter: 40 };
    expect(readOwnOrderId(tags, text)).toEqual(isOwn ? parts : undefined);
  });

  test('a name of the bot without the rest is its own, but nothing can be read from it', () => {
    expect(isOwnOrderId(tags, `${orderIdPrefix('k2j3')}x`)).toBe(true);
    expect(readOwnOrderId(tags, `${orderIdPrefix('k2j3')}x`)).toBeUndefined();
  });
});
