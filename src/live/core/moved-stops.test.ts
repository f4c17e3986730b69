import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/index.js';
import { HandExchange } from './hand-exchange.contract.js';

/** Rules under which no stop of 1 at 98 or above may be placed. */
const FORBIDDING: readonly [string, Partial<InstrumentRules>][] = [
  ['the market stands still', { status: 'closed' }],
  ['the market only cancels', { status: 'cancel-only' }],
  ['the smallest quantity grows', { quantityMin: decimal('2') }],
  ['the grid grows', { stepSize: decimal('3') }],
  ['the largest quantity shrinks below the smallest part', { quantityMax: decimal('0.01') }],
  ['prices must be lower', { priceMax: decimal('90') }],
  ['no stops are taken any more', { orderTypes: ['market', 'limit'] }],
];
const SPOT_ONLY: typeof FORBIDDING = [
  ['the smallest notional grows', { notionalMin: decimal('260') }],
];
const TRAILING = { stop_loss_pct: null, trailing_stop_loss_pct: 0.02 };
const CONFIGS: readonly [string, Record<string, unknown>][] = [
  ['a trailing stop', TRAILING],
  ['a trailing stop beside a take-profit', { ...TRAILING, take_profit_pct: 0.5 }],
];
const triggers = (hand: HandExchange): number[] =>
  [...hand.open.values()].flatMap((order) =>
    'triggerPrice' in order ? [Number(order.triggerPrice) / 1e8] : [],
  );
/** The price rises to 104 and a candle closes there: the stop should move from 98 to 101.92. */
const rise = (hand: HandExchange): void => {
  hand.pass(60, 104);
  hand.close();
  hand.pass(60);
};

for (const market of ['spot', 'usdm'] as const) {
  const cases = casesOf(market);
  describe.each(CONFIGS)(`${market}: %s`, (_, config) => {
    test.each(cases)('stays where it is while %s, and moves when that is over', (__, part) => {
      const hand = new HandExchange({ market, config }).enter();
      const before = [...hand.open.keys()];
      const { rules } = hand;
      hand.rules = { ...rules, ...part };
      hand.pass(46);
      rise(hand);
      expect([...hand.open.keys()]).toEqual(before);
      expect(triggers(hand)).toEqual([98]);
      expect(hand.memory.position).not.toBeNull();
      expect(hand.exits()).toEqual([]);
      expect(hand.codes().filter((code) => code === 'stop-not-resting')).toHaveLength(1);
      hand.rules = rules;
      hand.pass(50);
      expect(triggers(hand)).toEqual([101.92]);
      expect(hand.open.size).toBe(before.length);
    });

    test('moves after its successor rests, or in one request', () => {
      const hand = new HandExchange({ market, config }).enter();
      let least = 1;
      const count = hand.sent.length;
      hand.refuse = () => {
        least = Math.min(least, hand.stops().length);
        return undefined;
      };
      rise(hand);
      expect(hand.sent.length).toBeGreaterThan(count);
      expect(triggers(hand)).toEqual([101.92]);
      // A pair binds its coins: only it must go first.
      expect(least).toBe(market === 'spot' && 'take_profit_pct' in config ? 0 : 1);
    });
  });

  test(`${market}: a successor that the exchange refuses leaves the stop, is tried again, and ends nothing`, () => {
    const hand = new HandExchange({ market, config: TRAILING }).enter();
    const before = [...hand.open.keys()];
    hand.refuse = ({ type }) =>
      type === 'stop-loss'
        ? { outcome: 'refused', reason: 'filter', message: 'Filter failure: PERCENT_PRICE' }
        : undefined;
    rise(hand);
    hand.pass(60);
    expect([...hand.open.keys()]).toEqual(before);
    expect(hand.memory.trading).toBe('active');
    expect(hand.exits()).toEqual([]);
    expect(hand.codes().filter((code) => code === 'stop-failed').length).toBeLessThan(4);
    hand.refuse = () => undefined;
    hand.pass(60);
    expect(triggers(hand)).toEqual([101.92]);
  });

  test.each(cases)(
    `${market}: a stop that could not rest at all because %s rests when that is over`,
    (__, part) => {
      const hand = new HandExchange({ market });
      const { rules } = hand;
      hand.enter();
      hand.open.clear();
      hand.rules = { ...rules, ...part };
      hand.pass(120);
      expect(hand.stops()).toEqual([]);
      expect(hand.codes()).toContain('stop-not-resting');
      expect(hand.memory.position).not.toBeNull();
      hand.rules = rules;
      hand.pass(50);
      expect(hand.stops()).toEqual([1]);
    },
  );

  test(`${market}: a take-profit that could not rest rests when the rules permit it`, () => {
    const hand = new HandExchange({ market, config: { take_profit_pct: 0.1 } });
    const { rules } = hand;
    hand.rules = { ...rules, priceMax: decimal('105') };
    hand.enter();
    expect(hand.open.size).toBe(1);
    expect(hand.codes()).toContain('take-profit-not-resting');
    hand.rules = rules;
    hand.pass(60);
    expect(hand.open.size).toBe(2);
    expect(hand.stops()).toEqual([1]);
  });
}

function casesOf(market: 'spot' | 'usdm'): typeof FORBIDDING {
  return [...FORBIDDING, ...(market === 'spot' ? SPOT_ONLY : [])];
}

describe.each(['spot', 'usdm'] as const)('%s: a stop larger than one order may be', (market) => {
  const small = { marketQuantityMax: decimal('0.4') };

  test('rests in parts, which move one after the other', () => {
    const hand = new HandExchange({ market, config: TRAILING }).enter();
    hand.rules = { ...hand.rules, ...small };
    hand.pass(46);
    expect(hand.stops()).toEqual([1]);
    rise(hand);
    expect(hand.stops()).toEqual([0.4, 0.4, 0.2]);
    expect(new Set(triggers(hand))).toEqual(new Set([101.92]));
    hand.pass(60, 106);
    hand.close();
    hand.pass(30);
    expect(hand.stops().sort()).toEqual([0.2, 0.4, 0.4]);
    expect(new Set(triggers(hand))).toEqual(new Set([103.88]));
    expect(hand.codes('alarm')).toEqual([]);
  });

  test('rests as one again when the bound is gone and it moves', () => {
    const hand = new HandExchange({ market, config: TRAILING });
    const { rules } = hand;
    hand.enter();
    hand.rules = { ...rules, ...small };
    hand.pass(46);
    rise(hand);
    hand.rules = rules;
    hand.pass(60, 106);
    hand.close();
    hand.pass(30);
    expect(hand.stops().reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect(new Set(triggers(hand))).toEqual(new Set([103.88]));
  });

  test('that needs more parts than the exchange takes stops is watched, and said', () => {
    const hand = new HandExchange({ market }).enter();
    hand.open.clear();
    hand.rules = { ...hand.rules, marketQuantityMax: decimal('0.1') };
    hand.pass(120);
    expect(hand.stops()).toEqual([]);
    expect(hand.codes()).toContain('stop-not-resting');
    hand.pass(60, 97);
    expect(hand.amount).toBe(0n);
    expect(hand.trades[0]).toMatchObject({ exitReason: 'stop-loss' });
  });
});
