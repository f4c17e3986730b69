import { expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { HandExchange } from './hand-exchange.contract.js';
import type { QuantityOrder } from './risk.js';

const rest = (hand: HandExchange, clientOrderId: string, part: Partial<QuantityOrder> = {}) =>
  hand.open.set(clientOrderId, {
    ...{ symbol: 'BTCUSDT', side: 'sell', type: 'stop-loss', clientOrderId },
    ...{ quantity: decimal('1'), triggerPrice: decimal('97') },
    ...part,
  } as QuantityOrder);
/** Orders of this bot, of one that bears its name in the letters of an older version, and of another state of it. */
const NAMES: readonly [string, (hand: HandExchange) => string][] = [
  ['its own name', ({ memory }) => `wus-${memory.tag}-0s-1-2`],
  ['a name of before', () => 'wus-b1-0s-1-2'],
  ['the name of another state', () => 'wus-zzzzzzzz-hsog0s-4-21'],
];

for (const market of ['spot', 'usdm'] as const) {
  test.each(NAMES)(
    `${market}: an order with %s that no journal knows stays, and a person is called`,
    (_, nameOf) => {
      const hand = new HandExchange({ market });
      const [stop, profit] = [nameOf(hand), `${nameOf(hand)}5`];
      rest(hand, stop);
      rest(hand, profit, { type: 'limit-maker', price: decimal('110') } as never);
      hand.enter();
      expect([...hand.open.keys()]).toEqual([stop, profit]);
      expect(hand.cancels).toEqual([]);
      expect(hand.sent).toEqual([]);
      expect(hand.codes('alarm')).toEqual(['mismatch']);
      expect(hand.memory.mismatch).toContain(`${stop}, ${profit}`);
      expect(hand.memory.mismatch).toContain('wus trader adopt');
    },
  );
}

test('resume does not enter beside them: they are said again', () => {
  const hand = new HandExchange();
  rest(hand, 'wus-b1-0s-1-2');
  hand.enter();
  hand.event({ type: 'command', time: hand.time, command: 'resume' });
  hand.pass(60);
  hand.close();
  expect(hand.codes('alarm')).toEqual(['mismatch', 'mismatch']);
  expect(hand.sent).toEqual([]);
});

test('with them gone and a resume the bot trades', () => {
  const hand = new HandExchange();
  rest(hand, 'wus-b1-0s-1-2');
  hand.enter();
  hand.open.clear();
  hand.event({ type: 'command', time: hand.time, command: 'resume' });
  hand.pass(60);
  hand.close();
  expect(hand.amount).toBe(decimal('1'));
});

test('orders of other symbols and of people are nothing to it', () => {
  const hand = new HandExchange();
  rest(hand, 'wus-b1-0s-1-2', { symbol: 'ETHUSDT' });
  rest(hand, 'web_12');
  hand.enter();
  expect(hand.codes('alarm')).toEqual([]);
  expect(hand.amount).toBe(decimal('1'));
});

test('an order that its own journal made and ended is withdrawn', () => {
  const hand = new HandExchange().enter();
  const [[id, stop]] = [...hand.open] as [[string, QuantityOrder]];
  hand.signal = -1;
  hand.close();
  expect(hand.amount).toBe(0n);
  hand.open.set(id, stop);
  hand.pass(60);
  expect(hand.open.size).toBe(0);
  expect(hand.codes('alarm')).toEqual(['orphan-order']);
});
