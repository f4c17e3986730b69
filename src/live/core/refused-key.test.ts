import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { RefusalReason } from '../../exchange/index.js';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import type { BotEvent, Failure } from './events.js';
import { initialMemory } from './memory.js';
import { type LiveOrder, sendingOrder } from './order.js';
import { openPosition } from './position.js';
import { step } from './step-by-name.js';
import { type BotState, DEFAULT_LIVE_LIMITS, startState } from './turn.js';

const context = { strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS };
const START = 1_700_000_000_000;
const HOUR = 3_600_000;

const stop: LiveOrder = {
  ...sendingOrder(
    {
      leg: 'stop',
      order: {
        symbol: 'BTCUSDT',
        side: 'sell',
        type: 'stop-loss',
        quantity: decimal('1'),
        triggerPrice: decimal('90'),
        clientOrderId: 'wus-btcusdt-1s-1-1',
      },
    },
    START,
  ),
  ...{ phase: 'open', orderId: '7' },
};
const fill = {
  ...{ symbol: 'BTCUSDT', tradeId: '1', orderId: '1', clientOrderId: 'e', side: 'buy' as const },
  ...{ price: decimal('100'), quantity: decimal('1'), commission: 0n, commissionAsset: 'USDT' },
  ...{ isMaker: false, time: START },
};

function bot(has: 'nothing' | 'stop' | 'position'): BotState {
  const state = startState(initialMemory(busySettings()), 10);
  const position =
    has === 'nothing'
      ? null
      : { ...openPosition(START, fill), entered: decimal('1'), entryNotional: decimal('100') };
  const order = has === 'stop' ? stop : null;
  return { ...state, memory: { ...state.memory, position, order } };
}

const refused = (reason: RefusalReason = 'key'): Failure => ({
  outcome: 'refused',
  reason,
  message: 'Invalid API-key, IP, or permissions for action. (-2015)',
});

const PATHS: readonly (readonly [string, (failure: Failure, time: number) => BotEvent])[] = [
  ['account-failed', (failure, time) => ({ type: 'account-failed', time, failure })],
  ['funding-failed', (failure, time) => ({ type: 'funding-failed', time, failure })],
  ...(['query-failed', 'place-failed', 'cancel-failed'] as const).map(
    (type) =>
      [
        type,
        (failure: Failure, time: number): BotEvent => ({
          ...{ type, time, failure },
          clientOrderId: stop.request.clientOrderId,
        }),
      ] as const,
  ),
  [
    'replace-failed',
    (failure, time) => ({
      ...{ type: 'replace-failed', time, failure },
      ...{ clientOrderId: 'wus-btcusdt-1s-1-2', replacedId: stop.request.clientOrderId },
    }),
  ],
];

interface Alert {
  readonly level: string;
  readonly code: string;
  readonly text: string;
}

/** Runs events one after the other and returns the state and the alerts about the key. */
function run(state: BotState, events: readonly BotEvent[]) {
  const alerts: Alert[] = [];
  let now = state;
  for (const event of events) {
    const result = step(now, event, context);
    now = result.state;
    for (const effect of result.effects) if (effect.type === 'alert') alerts.push(effect);
  }
  return { state: now, alerts, key: alerts.filter(({ code }) => code.startsWith('key-')) };
}

describe.each(PATHS)('%s', (_, event) => {
  test.each(['nothing', 'stop', 'position'] as const)(
    'with %s: a refused key is an alarm at the first refusal, once',
    (has) => {
      const times = [0, 10_000, 20_000, 30_000].map((ms) => START + ms);
      const { key, alerts } = run(
        bot(has),
        times.map((time) => event(refused(), time)),
      );
      expect(key).toHaveLength(1);
      expect(key[0]).toMatchObject({ level: 'alarm', code: 'key-refused' });
      expect(key[0]!.text).toContain('(-2015)');
      expect(key[0]!.text).toMatch(/check at the exchange/);
      expect(alerts.filter(({ code }) => code.endsWith('-failed'))).toEqual([]);
    },
  );
});

test('the alarm says what depends on the key', () => {
  const text = (has: Parameters<typeof bot>[0]): string =>
    run(bot(has), [PATHS[0]![1](refused(), START)]).key[0]!.text;
  expect(text('nothing')).toMatch(/The bot is flat and makes no entries meanwhile$/);
  expect(text('stop')).toMatch(
    /A position is open, its stop at 90 was on the exchange at the last check/,
  );
  expect(text('position')).toMatch(/A position is open, NO stop is known to be on the exchange/);
});

test.each<[RefusalReason, RegExp]>([
  ['key', /refuses the key: .* check at the exchange that the key exists/],
  ['signature', /refuses the key: .* the secret does not match it/],
  ['unavailable-here', /refuses access: .* does not serve the address of this machine/],
])('a refusal for %s says what to check', (reason, words) => {
  const { key } = run(bot('nothing'), [PATHS[0]![1](refused(reason), START)]);
  expect(key.map(({ text }) => text)).toEqual([expect.stringMatching(words)]);
});

test.each<RefusalReason>(['insufficient-balance', 'filter', 'other', 'market-closed'])(
  'a refusal for %s is none of the key',
  (reason) => {
    expect(run(bot('nothing'), [PATHS[0]![1](refused(reason), START)]).key).toEqual([]);
  },
);

describe('one key is one trouble, whatever it was used for', () => {
  const of = (name: string) => PATHS.find(([path]) => path === name)![1];
  test.each([
    ['place-failed', 'account-failed'],
    ['account-failed', 'place-failed'],
  ])('%s, then %s: said once, and a reminder', (first, second) => {
    const events = [0, 10_000, HOUR + 20_000].flatMap((ms) => [
      of(first)(refused(), START + ms),
      of(second)(refused(), START + ms + 1),
    ]);
    const { key } = run(bot('stop'), events);
    expect(key.map(({ text }) => text.startsWith('still: '))).toEqual([false, true]);
  });

  test('of a flat bot whose entry was refused it says that', () => {
    const { key } = run(bot('nothing'), [of('place-failed')(refused(), START)]);
    expect(key[0]!.text).toMatch(/The bot is flat and makes no entries meanwhile$/);
  });
});

test('a reminder comes each hour while it lasts', () => {
  const times = Array.from({ length: 13 }, (_, i) => START + (i * HOUR) / 6);
  const { key } = run(
    bot('stop'),
    times.map((time) => PATHS[0]![1](refused(), time)),
  );
  expect(key.map(({ text }) => text.startsWith('still: '))).toEqual([false, true, true]);
});

test('a stop that the exchange does not take for the key stays wanted: the market is not left for it', () => {
  const place = PATHS.find(([name]) => name === 'place-failed')![1];
  const sending = { ...bot('stop') };
  const state: BotState = {
    ...sending,
    memory: { ...sending.memory, order: { ...stop, phase: 'sending', orderId: null } },
  };
  const { state: after } = run(state, [place(refused(), START)]);
  expect(after.memory.order).toBeNull();
  expect(after.memory.position).toMatchObject({ exit: null, stopRefusals: 0 });
  expect(after.memory.trading).toBe('active');
});
