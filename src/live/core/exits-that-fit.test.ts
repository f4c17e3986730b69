import { describe, expect, test } from 'vitest';
import { decimal, decimalToNumber } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/index.js';
import { HandExchange } from './hand-exchange.contract.js';
import { DEFAULT_LIVE_LIMITS } from './turn.js';

const sizes = (hand: HandExchange): number[] =>
  hand.exits().map(({ quantity }) => decimalToNumber(quantity));
const MARKETS = ['spot', 'usdm'] as const;
const leave = (hand: HandExchange): void => {
  hand.signal = -1;
  hand.close();
};

describe.each(MARKETS)('%s: an exit', (market) => {
  test.each<[string, Partial<InstrumentRules>, number[]]>([
    ['that one order may hold is one', {}, [1]],
    [
      'larger than a market order leaves in parts',
      { marketQuantityMax: decimal('0.4') },
      [0.4, 0.4, 0.2],
    ],
    ['larger than any order leaves in parts', { quantityMax: decimal('0.6') }, [0.6, 0.4]],
    [
      'above the largest notional leaves in parts',
      { notionalMax: decimal('50'), notionalMaxAppliesToMarket: true },
      [0.5, 0.5],
    ],
    [
      'leaves in as many parts as it takes',
      { marketQuantityMax: decimal('0.03'), notionalMin: decimal('1') },
      [...Array.from({ length: 33 }, () => 0.03), 0.01],
    ],
  ])('%s', (_, part, expected) => {
    const hand = new HandExchange({ market }).enter();
    hand.rules = { ...hand.rules, ...part };
    hand.pass(46);
    leave(hand);
    hand.pass(200);
    expect(sizes(hand)).toEqual(expected);
    expect(hand.amount).toBe(0n);
    expect(hand.trades).toHaveLength(1);
    expect(hand.memory.dust).toBe(0n);
  });

  test('whose bound shrinks between its parts goes on', () => {
    const hand = new HandExchange({ market }).enter();
    hand.rules = { ...hand.rules, marketQuantityMax: decimal('0.4') };
    hand.pass(46);
    hand.refuse = ({ type }) => {
      if (type === 'market' && hand.exits().length > 1)
        hand.rules = { ...hand.rules, marketQuantityMax: decimal('0.2') };
      return type === 'market' && hand.exits().length === 2
        ? { outcome: 'refused', reason: 'filter', message: 'Filter failure: MARKET_LOT_SIZE' }
        : undefined;
    };
    leave(hand);
    hand.pass(60);
    expect(hand.amount).toBe(0n);
    expect(sizes(hand)).toEqual([0.4, 0.4, 0.2, 0.2, 0.2]);
  });

  test.each<[string, Partial<InstrumentRules>, string, RegExp]>([
    ['the market stands still', { status: 'closed' }, 'market-closed', /BTCUSDT is halted/],
    ['the market only cancels', { status: 'cancel-only' }, 'market-closed', /no new orders/],
    [
      'no order may be so small',
      { quantityMin: decimal('2') },
      'exit-stuck',
      /2 to 9000 BTC.* this one is 1/,
    ],
    [
      'no market orders are taken',
      { orderTypes: ['limit', 'stop-loss'] },
      'exit-stuck',
      /does not accept market orders/,
    ],
  ])(
    'while %s waits with its stop, is said once, and leaves soon after',
    (_, part, code, words) => {
      const hand = new HandExchange({ market }).enter();
      const { rules } = hand;
      hand.rules = { ...rules, ...part };
      hand.pass(46);
      leave(hand);
      hand.pass(600);
      expect(hand.stops()).toEqual([1]);
      expect(hand.cancels).toEqual([]);
      expect(hand.codes('alarm')).toEqual([code]);
      expect(hand.alerts.find((alert) => alert.code === code)?.text).toMatch(words);
      hand.rules = rules;
      hand.pass(DEFAULT_LIVE_LIMITS.closedPollMs / 1_000 + 1);
      expect(sizes(hand)).toEqual([1]);
      expect(hand.trades[0]).toMatchObject({ exitReason: 'signal' });
    },
  );

  test('that the exchange refuses because it is closed is said once, and leaves soon after', () => {
    const hand = new HandExchange({ market }).enter();
    hand.refuse = () => ({
      outcome: 'refused',
      reason: 'market-closed',
      message: 'Market is closed. (-1013)',
    });
    leave(hand);
    hand.pass(600);
    expect(hand.codes('alarm').filter((code) => code === 'market-closed')).toHaveLength(1);
    expect(hand.codes('alarm').length).toBeLessThan(4);
    hand.refuse = () => undefined;
    hand.pass(16);
    expect(hand.amount).toBe(0n);
  });

  test('that waits and is overtaken by its stop left by the stop', () => {
    const hand = new HandExchange({ market }).enter();
    hand.rules = { ...hand.rules, status: 'closed' };
    hand.pass(46);
    leave(hand);
    hand.pass(30);
    hand.release();
    hand.pass(10);
    expect(hand.trades[0]).toMatchObject({ exitReason: 'stop-loss' });
  });
});

describe('spot: a position that is worth less than the smallest order', () => {
  const config = { stop_loss_pct: null, units: 0.06 };

  test('is kept while nobody wants out', () => {
    const hand = new HandExchange({ config }).enter();
    hand.pass(60, 20);
    expect(hand.memory.position).not.toBeNull();
    hand.pass(60, 104);
    leave(hand);
    hand.pass(10);
    expect(hand.trades[0]).toMatchObject({ exitPrice: 104, dust: 0 });
  });

  test('is kept when an exit is wanted, said with its numbers, and sold when it is worth enough', () => {
    const hand = new HandExchange({ config }).enter();
    hand.pass(10, 79);
    leave(hand);
    hand.pass(3_500);
    const stuck = hand.alerts.filter(({ code }) => code === 'exit-stuck');
    expect(stuck).toHaveLength(1);
    expect(stuck[0]?.text).toContain('worth 4.74 USDT, an order must be worth at least 5');
    expect(hand.memory.position).not.toBeNull();
    expect(hand.memory.netPnl).toBe(0n);
    hand.pass(10, 90);
    expect(hand.trades[0]).toMatchObject({ exitPrice: 90, dust: 0 });
  });

  test('is said again after an hour', () => {
    const hand = new HandExchange({ config }).enter();
    hand.pass(10, 79);
    leave(hand);
    hand.pass(3_700);
    const texts = hand.alerts.filter(({ code }) => code === 'exit-stuck').map(({ text }) => text);
    expect(texts).toHaveLength(2);
    expect(texts[1]).toMatch(/^still: /);
  });

  test('is dust as the remainder of its exit, valued, and no loss that a limit counts', () => {
    const hand = new HandExchange({ config: { ...config, units: 1, max_cumulative_loss: 3 } });
    hand.enter();
    // Two halves would each be too small: all but the rest leaves.
    hand.rules = { ...hand.rules, marketQuantityMax: decimal('0.96'), notionalMin: decimal('50') };
    hand.pass(46, 99);
    leave(hand);
    hand.pass(10);
    expect(sizes(hand)).toEqual([0.96]);
    expect(hand.trades[0]).toMatchObject({ dust: 0.04, exitPrice: 99 });
    expect(hand.trades[0]!.netPnl).toBeCloseTo(-4.96, 9);
    expect(hand.memory).toMatchObject({ dust: decimal('0.04'), dustWorth: decimal('3.96') });
    expect(hand.codes()).not.toContain('loss-limit');
    hand.rules = { ...hand.rules, marketQuantityMax: decimal('100') };
    hand.pass(46);
    hand.signal = 1;
    hand.close();
    expect(hand.memory.position).not.toBeNull();
  });
});
