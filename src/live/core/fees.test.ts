import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { Fill } from '../../exchange/index.js';
import { feeShareOf } from './fees.js';
import { fromJournalText, toJournalText, upgradedMemory } from './memory.js';
import { cashChange, type Position } from './position.js';
import { inPosition, num, type SteppedBot, sent } from './stepped-bot.contract.js';

const facts = {
  rules: { baseAsset: 'BNB', quoteAsset: 'USDT' },
  stock: decimal('0.08'),
  prices: { XYZ: decimal('20') },
  commissionRate: decimal('0.001'),
};
const fill = (part: Partial<Fill>): Fill =>
  ({ side: 'buy', price: decimal('600'), quantity: decimal('1'), ...part }) as Fill;

describe('a commission', () => {
  test.each<[string, Partial<Fill>, 1 | -1, string, string, string]>([
    ['in quote is cash', { commissionAsset: 'USDT' }, 1, '0', '0', '0'],
    ['of bought coins is taken from them', { commissionAsset: 'BNB' }, 1, '0.00075', '0', '0'],
    [
      'of a sale is taken from the stock of others, and costs',
      { commissionAsset: 'BNB', side: 'sell' },
      1,
      '0',
      '0.00075',
      '0.45',
    ],
    [
      'of a buy that closes a short is taken from the stock',
      { commissionAsset: 'BNB' },
      -1,
      '0',
      '0.00075',
      '0.45',
    ],
    ['in a third asset costs its price', { commissionAsset: 'XYZ' }, 1, '0', '0', '0.015'],
    [
      'in an asset without a price costs what the settings say',
      { commissionAsset: 'ABC' },
      1,
      '0',
      '0',
      '0.6',
    ],
  ])('%s', (_, part, side, fromPosition, fromStock, cost) => {
    const share = feeShareOf(fill({ commission: decimal('0.00075'), ...part }), side, facts);
    expect([share.fromPosition, share.fromStock, share.cost]).toEqual(
      [fromPosition, fromStock, cost].map(decimal),
    );
  });

  test('larger than the stock takes the rest from what the position left', () => {
    const paid = fill({ commissionAsset: 'BNB', side: 'sell', commission: decimal('0.1') });
    expect(feeShareOf(paid, 1, facts)).toMatchObject({
      fromStock: decimal('0.08'),
      fromPosition: decimal('0.02'),
      cost: decimal('48'),
    });
  });

  test('of nothing costs nothing', () => {
    expect(feeShareOf(fill({ commissionAsset: 'ABC', commission: 0n }), 1, facts).cost).toBe(0n);
  });
});

const BNB = { rules: { symbol: 'BTCUSDT', baseAsset: 'BNB' } };
const paid = (bot: SteppedBot, amount: string): Partial<Fill> => {
  bot.account.base -= decimal(amount);
  return { commission: decimal(amount), commissionAsset: 'BNB' };
};

test('a coin traded with fees in the same coin: the fees of both sides are in the profit, and nothing is missing', () => {
  const bot = inPosition(BNB);
  // The stock of others is seen before the entry in the life of an account; here it comes with its first look.
  bot.account.base += decimal('0.08');
  bot.live(20_000);
  expect(bot.memory.foreignBase).toBe(decimal('0.08'));
  bot.signal = -1;
  const [exit] = sent(bot.close());
  bot.price = 110;
  bot.fill(exit!, { ...paid(bot, '0.00075') });
  bot.live(20_000);
  expect(bot.memory.position).toBeNull();
  expect(bot.memory.mismatch).toBeNull();
  expect(num(bot.memory.netPnl)).toBeCloseTo(10 - 0.00075 * 110, 8);
  expect(bot.memory.foreignBase).toBe(decimal('0.07925'));
});

test('fees in a third coin are in the profit, in the trade and in the sum of the memory', () => {
  const bot = inPosition();
  bot.step({ type: 'fee-prices', prices: { BNB: decimal('300') } });
  bot.signal = -1;
  const [exit] = sent(bot.close());
  bot.fill(exit!, { commission: decimal('0.0002'), commissionAsset: 'BNB' });
  expect(num(bot.memory.netPnl)).toBeCloseTo(-0.06, 8);
  expect(bot.memory.otherFees).toBe(decimal('0.06'));
  const trade = bot.effects.find((effect) => effect.type === 'trade-closed')?.trade;
  expect(trade).toMatchObject({
    commission: 0.06,
    otherCommission: '0.0002 BNB',
    netPnl: -0.06,
    grossPnl: 0,
  });
});

test('a fill that is reported right after a restart is valued at the price known before', () => {
  const bot = inPosition();
  bot.step({ type: 'fee-prices', prices: { BNB: decimal('300') } });
  bot.signal = -1;
  const [exit] = sent(bot.close());
  bot.restart();
  expect(fromJournalText(toJournalText(bot.memory))).toEqual(bot.memory);
  bot.fill(exit!, { commission: decimal('0.0002'), commissionAsset: 'BNB' });
  expect(bot.memory.otherFees).toBe(decimal('0.06'));
});

test('a lost exit is sent again although the fees of other bots take from the stock', () => {
  const bot = inPosition(BNB);
  bot.account.base += decimal('0.08');
  bot.live(20_000);
  bot.signal = -1;
  const [exit] = sent(bot.close());
  for (let k = 1; k <= 24; k++) {
    bot.account.base -= decimal('0.0001');
    bot.live(5_000);
    for (const { type } of bot.effects.slice(-3)) {
      if (type !== 'query') continue;
      const { clientOrderId } = bot.memory.order?.request ?? exit!;
      bot.step({ type: 'query-answer', clientOrderId, askedTime: bot.time, report: undefined });
    }
  }
  expect(bot.memory.mismatch).toBeNull();
  const exits = sent(bot.effects).filter(({ side }) => side === 'sell');
  expect(exits.length).toBeGreaterThan(1);
});

test('a saved position of an earlier version has paid nothing elsewhere', () => {
  const { memory } = inPosition();
  const { otherCost: _, ...position } = memory.position!;
  const upgraded = upgradedMemory({ ...memory, position: position as Position });
  expect(cashChange(upgraded.position!)).toBe(cashChange(memory.position!));
});
