import { expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/index.js';
import { boundBy } from './book-fill.js';
import { entering, inPosition, num, sent } from './stepped-bot.contract.js';
import { DEFAULT_LIVE_LIMITS } from './turn.js';

const free = (bot: { state: { observed: { quoteFree: bigint } } }): number =>
  num(bot.state.observed.quoteFree);

test('what an entry and its exit change is free at once, before any look', () => {
  const bot = inPosition();
  expect(free(bot)).toBe(100_000 - 100);
  bot.signal = -1;
  const [exit] = sent(bot.close());
  bot.price = 130;
  bot.fill(exit!, { commission: decimal('0.13'), commissionAsset: 'USDT' });
  expect(free(bot)).toBeCloseTo(100_000 + 30 - 0.13, 8);
});

test('a look that was asked for before the fill does not undo it; one after it counts alone', () => {
  const { bot, entry } = entering();
  const asked = bot.time - 10;
  const before = bot.account.quote;
  bot.fill(entry);
  const after = bot.account.quote;
  bot.account.quote = before;
  bot.look(asked);
  expect(free(bot)).toBe(99_900);
  bot.account.quote = after;
  bot.live(5_000);
  expect(free(bot)).toBe(99_900);
  expect(bot.state.observed.freed).toEqual([]);
});

test.each([1, 60])(
  'the next entry of all the balance is sent without a poll at speed %s',
  (speed) => {
    const limits = {
      ...DEFAULT_LIVE_LIMITS,
      accountPollMs: DEFAULT_LIVE_LIMITS.accountPollMs * speed,
      accountAgeMsMax: DEFAULT_LIVE_LIMITS.accountAgeMsMax * speed,
    };
    const config = { units: null, initial_balance: 100_000 };
    const bot = inPosition({ config, limits });
    bot.signal = -1;
    const [exit] = sent(bot.close());
    bot.fill(exit!);
    bot.signal = 1;
    const [entry] = sent(bot.close());
    expect(num(entry!.quantity)).toBeGreaterThan(990);
  },
);

test('on USD-M an entry binds its margin, and an exit frees it with its profit', () => {
  const bot = inPosition({ market: 'usdm', config: { direction: 'both' } });
  expect(free(bot)).toBe(100_000 - 100);
  bot.account.quote = decimal('99900');
  bot.signal = -1;
  const [exit] = sent(bot.close());
  bot.price = 90;
  bot.fill(exit!);
  expect(free(bot)).toBe(100_000 - 10 - 0);
});

test.each([
  // Entered short at 100, the mark price at 110 at leverage 2: 55 of margin, and 10 lost.
  [
    'its margin at the mark price and what it lost',
    { quantity: '-1', markPrice: '110', unrealizedPnl: '-10' },
    65,
  ],
  ['less what it gained', { quantity: '1', markPrice: '110', unrealizedPnl: '10' }, 45],
  [
    'the margin that the exchange tells, without a mark price',
    { quantity: '1', initialMargin: '50', unrealizedPnl: '10' },
    40,
  ],
  ['nothing that is known, without its profit', { quantity: '1', markPrice: '110' }, undefined],
  ['nothing when flat', { quantity: '0', markPrice: '110', unrealizedPnl: '0' }, undefined],
])('a position of a look binds %s', (_name, { quantity, ...values }, amount) => {
  const told = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, decimal(value)]),
  );
  const position = {
    symbol: 'BTCUSDT',
    quantity: decimal(quantity),
    entryPrice: decimal('100'),
    ...told,
  };
  const rules = { symbol: 'BTCUSDT' } as InstrumentRules;
  const bound = boundBy({ positions: [position], rules, leverage: 2 });
  expect(bound && num(bound.amount)).toBe(amount);
});
