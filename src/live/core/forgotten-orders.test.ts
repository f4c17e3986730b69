import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { HandExchange } from './hand-exchange.contract.js';
import { ordersOf } from './in-flight.js';
import { viewBot } from './step-by-name.js';

const WEEK_MS = 7 * 86_400_000;
/** The exchange forgets what rests; nobody says so. */
const forget = (hand: HandExchange): void => hand.open.clear();
const view = (hand: HandExchange) => viewBot(hand.state, hand.context, hand.time);

describe.each(['spot', 'usdm'] as const)('%s: orders that the exchange forgot', (market) => {
  test.each([
    ['while the bot ran', false],
    ['while it was away for a week', true],
  ])('a stop is placed again after its end is proved, %s', (_, isAway) => {
    const hand = new HandExchange({ market }).enter();
    expect(hand.stops()).toEqual([1]);
    forget(hand);
    if (isAway) {
      hand.time += WEEK_MS;
      hand.boot();
    }
    hand.pass(120);
    expect(hand.stops()).toEqual([1]);
    expect(hand.codes('alarm')).toContain('order-forgotten');
    expect(hand.memory.degradations.map(({ reason }) => reason)).toContain('exits-gone');
    expect(hand.memory.mismatch).toBeNull();
    expect(hand.exits()).toEqual([]);
  });

  test('the take-profit beside it is placed again too', () => {
    const hand = new HandExchange({ market, config: { take_profit_pct: 0.1 } }).enter();
    expect(hand.open.size).toBe(2);
    forget(hand);
    hand.pass(150);
    expect(hand.open.size).toBe(2);
    expect(new Set(ordersOf(hand.memory).map(({ request }) => request.clientOrderId))).toEqual(
      new Set(hand.open.keys()),
    );
  });

  test('it is not shown as resting once a look did not list it', () => {
    const hand = new HandExchange({ market }).enter();
    hand.pass(45);
    expect(view(hand).position?.stopRests).toBe(true);
    forget(hand);
    hand.refuse = () => ({ outcome: 'not-sent', message: 'busy' });
    hand.pass(60);
    expect(view(hand).position?.stopRests).toBe(false);
    expect(hand.codes('alarm')).toContain('unprotected');
  });

  test('flatten leaves soon, and requests to cancel end', () => {
    const hand = new HandExchange({ market }).enter();
    forget(hand);
    hand.event({ type: 'command', time: hand.time, command: 'flatten' });
    hand.pass(30);
    expect(hand.exits()).toHaveLength(1);
    expect(hand.amount).toBe(0n);
    expect(hand.cancels.length).toBeLessThan(4);
    expect(hand.trades[0]).toMatchObject({ exitReason: 'manual' });
  });

  test('the price at its level leaves at market', () => {
    const hand = new HandExchange({ market }).enter();
    forget(hand);
    hand.pass(60);
    hand.open.clear();
    hand.pass(90, 97);
    expect(hand.amount).toBe(0n);
    expect(hand.trades[0]).toMatchObject({ exitReason: 'stop-loss' });
  });

  test.each<[string, (hand: HandExchange) => void]>([
    ['is listed among the open ones', () => undefined],
    ['is known when it is asked for a second time', (hand) => (hand.denies = () => false)],
  ])('an order that is denied and %s rests on', (_, relent) => {
    const hand = new HandExchange({ market }).enter();
    const [id] = [...hand.open.keys()];
    hand.denies = () => true;
    hand.pass(40);
    relent(hand);
    hand.pass(200);
    expect([...hand.open.keys()]).toEqual([id]);
    expect(hand.codes()).not.toContain('order-forgotten');
    expect(hand.sent).toHaveLength(2);
  });

  test('one answer alone is no proof: the stop is in its place until there is a second', () => {
    const hand = new HandExchange({ market }).enter();
    const kept = new Map(hand.open);
    expect(kept.size).toBe(1);
    hand.pass(40);
    forget(hand);
    hand.pass(15);
    for (const [id, order] of kept) hand.open.set(id, order);
    hand.pass(120);
    expect([...hand.open.keys()]).toEqual([...kept.keys()]);
    expect(hand.codes()).not.toContain('order-forgotten');
  });
});

test.each(['spot', 'usdm'] as const)(
  '%s: fills of a stop that was forgotten are its own: it left at the stop, and nobody is called for it',
  (market) => {
    const hand = new HandExchange({ market }).enter();
    const [order] = [...hand.open.values()];
    forget(hand);
    hand.amount = 0n;
    hand.fills = [
      {
        ...{ symbol: 'BTCUSDT', side: 'sell', price: decimal('98'), quantity: decimal('1') },
        ...{ commission: 0n, commissionAsset: 'USDT', isMaker: false, time: hand.time },
        ...{ tradeId: '77', orderId: `x${order!.clientOrderId}` },
      },
    ];
    hand.pass(120);
    expect(hand.trades).toHaveLength(1);
    expect(hand.trades[0]).toMatchObject({ exitReason: 'stop-loss', exitPrice: 98 });
    expect(hand.memory.mismatch).toBeNull();
    expect(hand.sent).toHaveLength(2);
  },
);

test.each(['spot', 'usdm'] as const)(
  '%s: a stop that was forgotten and should move is not asked to move again and again',
  (market) => {
    const config = { stop_loss_pct: null, trailing_stop_loss_pct: 0.02 };
    const hand = new HandExchange({ market, config }).enter();
    forget(hand);
    hand.pass(20, 104);
    hand.close();
    hand.pass(90);
    expect(hand.sent.length).toBeLessThan(5);
    expect(hand.stops()).toEqual([1]);
    expect(hand.codes('alarm')).not.toContain('mismatch');
  },
);
