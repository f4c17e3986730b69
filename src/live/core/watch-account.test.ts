import { expect, test } from 'vitest';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { initialMemory } from './memory.js';
import type { LiveOrder } from './order.js';
import type { Position } from './position.js';
import { resolvedContext } from './step-by-name.js';
import { DEFAULT_LIVE_LIMITS, startState, type Turn } from './turn.js';
import { watchAccount } from './watch-account.js';

const MAX = DEFAULT_LIVE_LIMITS.accountAgeMsMax;
/** A bot that saw the account at 1,000 ms. */
const turnAt = (
  time: number,
  has: 'position' | 'order' | 'nothing',
  unseenAlarm: boolean,
): Turn => {
  const state = startState(initialMemory(busySettings()), 10);
  return {
    ...state,
    memory: {
      ...state.memory,
      position: has === 'position' ? ({} as Position) : null,
      order: has === 'order' ? ({ leg: 'entry', phase: 'unknown' } as LiveOrder) : null,
    },
    observed: {
      ...state.observed,
      ...{ seenTime: 1_000, unseenAlarm },
      reminders: unseenAlarm ? { 'account unseen': 1_001 + MAX } : {},
    },
    time,
    context: resolvedContext({ strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS }),
    effects: [],
  };
};

test.each<[string, number, 'position' | 'order' | 'nothing', boolean, string[], boolean]>([
  ['is no news at first', 1_000 + MAX, 'position', false, [], false],
  ['is told after a while', 1_001 + MAX, 'position', false, ['alarm account-unseen'], true],
  [
    'is told when an entry may have come to be',
    1_001 + MAX,
    'order',
    false,
    ['alarm account-unseen'],
    true,
  ],
  ['is told once', 2_000 + MAX, 'position', true, [], true],
  [
    'is told again after an hour',
    3_601_001 + MAX,
    'position',
    true,
    ['alarm account-unseen'],
    true,
  ],
  ['is nobody’s worry without a position', 1_001 + MAX, 'nothing', false, [], false],
  ['that is over is told', 1_500, 'position', true, ['info account-seen'], false],
  ['is forgotten with the position', 2_000 + MAX, 'nothing', true, [], false],
])('an account that cannot be seen %s', (_, time, has, before, told, after) => {
  const turn = turnAt(time, has, before);
  watchAccount(turn);
  const alerts = turn.effects.flatMap((effect) =>
    effect.type === 'alert' ? [`${effect.level} ${effect.code}`] : [],
  );
  expect(alerts).toEqual(told);
  expect(turn.observed.unseenAlarm).toBe(after);
});

const ABSENT = DEFAULT_LIVE_LIMITS.absentAfterMs;
const stop = (unknownTime: number | null, isForgotten = false): LiveOrder =>
  ({
    ...{ leg: 'stop', phase: 'open' },
    absence: { unlistedTime: null, unknownTime, nothingToCancelTime: null, isForgotten },
  }) as LiveOrder;

test.each<[string, LiveOrder, number, boolean]>([
  ['a stop that the exchange does not know for a while', stop(2_000), 2_000 + ABSENT, true],
  ['not yet', stop(2_000), 1_999 + ABSENT, false],
  ['a stop that was seen since', stop(900), 2_000 + ABSENT, false],
  [
    'a stop that was found forgotten, which has an alarm of its own',
    stop(2_000, true),
    2_000 + ABSENT,
    false,
  ],
  ['a stop that is known', stop(null), 2_000 + ABSENT, false],
])('beside an account that cannot be read: %s', (_, order, time, isTold) => {
  const turn = turnAt(time, 'position', false);
  turn.memory = { ...turn.memory, order };
  watchAccount(turn);
  const texts = turn.effects.map((effect) => (effect.type === 'alert' ? effect.text : ''));
  expect(texts).toHaveLength(isTold ? 1 : 0);
  if (isTold) expect(texts[0]).toContain('says that it does not know its stop');
});
