import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { type LiveOrder, sendingOrder } from './order.js';
import {
  FIRST_STATE,
  nextState,
  ORDER_LIFECYCLE,
  type OrderEvent,
  type OrderState,
} from './order-lifecycle.js';
import type { QuantityOrder } from './risk.js';
import { START_TIME, SteppedBot } from './stepped-bot.contract.js';

type Next = OrderState | 'removed' | undefined;

describe('the life of an order', () => {
  // What a trader expects, written a second time: a row is an event, its columns are the states before it.
  test.each<[OrderEvent, Next, Next, Next, Next]>([
    //                    sending    unknown    open    ended
    ['reported-working', 'open', 'open', 'open', 'ended'],
    ['reported-final', 'ended', 'ended', 'ended', 'ended'],
    ['part-filled', 'open', 'open', 'open', 'ended'],
    ['filled', 'ended', 'ended', 'ended', 'ended'],
    ['outcome-unknown', 'unknown', 'unknown', 'open', 'ended'],
    ['reply-overdue', 'unknown', undefined, undefined, undefined],
    ['refused', 'removed', 'removed', 'open', 'ended'],
    ['never-received', 'removed', 'removed', undefined, undefined],
    ['restarted', 'unknown', 'unknown', 'open', 'ended'],
    ['cancel-requested', 'sending', 'unknown', 'open', 'ended'],
    ['cancel-failed', 'unknown', 'unknown', 'open', 'ended'],
    ['unlisted', undefined, undefined, 'open', undefined],
    ['forgotten', undefined, undefined, 'ended', 'ended'],
    ['settled', undefined, undefined, undefined, 'removed'],
  ])('%s', (event, sending, unknown, open, ended) => {
    expect({
      sending: nextState('sending', event),
      unknown: nextState('unknown', event),
      open: nextState('open', event),
      ended: nextState('ended', event),
    }).toEqual({ sending, unknown, open, ended });
  });

  test('has no other events, and begins in one of three states', () => {
    expect(Object.keys(ORDER_LIFECYCLE)).toHaveLength(14);
    expect(FIRST_STATE).toEqual({ sent: 'sending', recovered: 'unknown', adopted: 'open' });
  });

  test('never leads from an end back into the market, nor from open to unknown', () => {
    const events = Object.keys(ORDER_LIFECYCLE) as OrderEvent[];
    for (const event of events) {
      expect(['ended', 'removed', undefined]).toContain(nextState('ended', event));
      expect(['sending', 'unknown']).not.toContain(nextState('open', event));
    }
  });

  test('a state that is not in the table, as of a later version, is a defect and not a crash', () => {
    expect(nextState('resting' as OrderState, 'reported-working')).toBeUndefined();
  });

  test('no other code writes a state', () => {
    const folder = new URL('./', import.meta.url);
    const writers = readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !/\.(test|contract)\.ts$/.test(name))
      .filter((name) => {
        const source = readFileSync(new URL(name, folder), 'utf8').replaceAll(
          /\/\*\*[\s\S]*?\*\//g,
          '',
        );
        // `phase: x` in an object, and the shorthand before a comma or a brace: not the patterns of parameters.
        return /\bphase: (?!order\.phase|OrderState)|\.\.\.\w+,(?: \w+,)* phase\b/.test(source);
      });
    expect(writers.sort()).toEqual([
      'adopt-position.ts',
      'in-flight.ts',
      'lost-orders.ts',
      'order.ts',
    ]);
  });
});

describe('an event that cannot happen', () => {
  const STOP: QuantityOrder = {
    symbol: 'BTCUSDT',
    side: 'sell',
    type: 'stop-loss',
    quantity: decimal('1'),
    triggerPrice: decimal('90'),
    clientOrderId: 'wus-defect-1',
  };
  const NEVER = {
    type: 'query-answer',
    clientOrderId: STOP.clientOrderId,
    report: undefined,
  } as const;

  /** A bot whose state contradicts itself: the exchange has the order, and gave it no id. */
  function brokenBot(): SteppedBot {
    const bot = new SteppedBot().boot();
    const order: LiveOrder = {
      ...sendingOrder({ leg: 'stop', order: STOP }, START_TIME - 60_000),
      phase: 'open',
    };
    bot.state = { ...bot.state, memory: { ...bot.state.memory, order } };
    return bot;
  }
  const defects = (bot: SteppedBot): string[] =>
    bot.effects.flatMap((effect) =>
      effect.type === 'alert' && effect.code === 'order-defect'
        ? [`${effect.level} ${effect.text}`]
        : [],
    );

  test('is an alarm, and the order stays managed: it is kept, queried, and follows the next report', () => {
    const bot = brokenBot();
    const effects = bot.step({ ...NEVER, askedTime: bot.time });
    expect(defects(bot)).toHaveLength(1);
    expect(defects(bot)[0]).toMatch(
      /^alarm defect of the program: stop order wus-defect-1 cannot be "never-received" while it is "open"/,
    );
    expect(bot.memory.order).toMatchObject({ phase: 'open', request: STOP });
    expect(effects).toContainEqual({ type: 'query', clientOrderId: STOP.clientOrderId });
    expect(effects.some(({ type }) => type === 'fetch-account')).toBe(true);
    bot.step({
      type: 'order',
      report: {
        ...STOP,
        orderId: '7',
        status: 'canceled',
        executedQuantity: 0n,
        executedNotional: 0n,
        price: 0n,
        triggerPrice: STOP.triggerPrice,
        updateTime: bot.time,
        fills: [],
      },
    });
    expect(bot.memory.order).toBeNull();
  });

  test('is said once while it repeats itself, and makes no flood of requests', () => {
    const bot = brokenBot();
    for (let i = 0; i < 5; i++) bot.step({ ...NEVER, askedTime: bot.time });
    expect(defects(bot)).toHaveLength(1);
    const queries = bot.effects.filter(({ type }) => type === 'query');
    expect(queries.length).toBeLessThanOrEqual(2);
  });
});
